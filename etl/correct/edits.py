"""Edits of one table: which cell each of them is of, and what the cell then holds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from etl.read.cells import SEPARATOR, clean
from etl.read.columns import Columns
from etl.read.headings import Headings, find_headings, read_headings
from etl.read.limits import Limits
from etl.read.source import Cell, Fault, Sheet


class CorrectionError(Exception):
    """A correction cannot be made; carries why, and what there is to tell of it."""

    def __init__(self, kind: str, **values: Any) -> None:
        super().__init__(kind)
        self.kind = kind
        self.values = values


@dataclass(frozen=True)
class Edit:
    """What one cell of a table is to hold."""

    row: int
    column: str
    """Heading as the file writes it."""
    old: str
    """What the cell holds, or one of its values."""
    new: str

    def apply(self, cell: Cell, limits: Limits) -> str:
        """Return the text that a cell then holds.

        Raises:
            CorrectionError: if the cell holds something else by now.
        """
        held = clean(cell, limits)
        if isinstance(held, Fault):
            # What cannot be read cannot be compared.
            return self.new
        text = held or ""
        if self.old in (text, cell):
            return self.new
        parts = [part.strip() for part in text.split(SEPARATOR)]
        if self.old and self.old in parts:
            return f"{SEPARATOR} ".join(self.new if part == self.old else part for part in parts)
        raise CorrectionError("stale", row=self.row, column=self.column, old=self.old, held=text)


@dataclass(frozen=True)
class Edits:
    """The edits of a table by row, each with the place of its cell in it, counted from 0."""

    by_row: dict[int, list[tuple[int, Edit]]]

    @classmethod
    def of(cls, edits: Sequence[Edit], headings: Headings) -> "Edits":
        """Find the cells of edits by the headings of their table.

        Raises:
            CorrectionError: if there is no such column.
        """
        by_row: dict[int, list[tuple[int, Edit]]] = defaultdict(list)
        for edit in edits:
            if edit.column not in headings.written:
                known = ", ".join(heading for heading in headings.written if heading)
                raise CorrectionError("column", column=edit.column, known=known)
            by_row[edit.row].append((headings.written.index(edit.column), edit))
        return cls(by_row)

    def check_rows(self, done: set[int]) -> None:
        """Refuse what is of a row that is not there.

        Raises:
            CorrectionError: naming the row.
        """
        for row in sorted(self.by_row.keys() - done):
            raise CorrectionError("row", row=row)


def headings_of(sheet: Sheet, columns: Columns, limits: Limits) -> Headings:
    """Return the headings of a table.

    Raises:
        UnreadableError: if it has none that can be read.
    """
    cells, row = sheet.headings, sheet.heading_row
    if cells is None:
        rows = (numbered for numbered in sheet.rows if not isinstance(numbered[1], Sequence) or any(numbered[1]))
        row, cells, _, _ = find_headings(rows, columns, limits)
    headings, _, _ = read_headings(cells, row, columns, limits, sheet.heading_rows)
    return headings
