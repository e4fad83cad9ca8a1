"""Tables of text: CSV and TSV, their separator found by the headings it makes known."""

import csv
from collections.abc import Iterator
from itertools import islice

from etl.read.cells import SPACES
from etl.read.columns import Columns
from etl.read.encoding import Text
from etl.read.headings import TITLES
from etl.read.limits import Limits, written
from etl.read.source import Cell, Fault, Sheet, UnreadableError, passed

SEPARATORS = ",;\t|"
_SEPARATOR_LINE = "sep="
"""Begins the line by which spreadsheets tell themselves the separator."""


def open_delimited(text: Text, columns: Columns, limits: Limits) -> Sheet:
    """Return the table of a text; rows count as the records of CSV do, empty lines included.

    Raises:
        UnreadableError: while rows are read, if a line or cell is too long or a quote is never closed.
    """
    csv.field_size_limit(limits.cell)
    return Sheet(_rows(text, find_separator(text, columns, limits), limits), separated=True)


def find_separator(text: Text, columns: Columns, limits: Limits) -> str:
    """Return the separator that makes the most headings known."""
    told = (line for line in text.lines(limits) if line.strip(SPACES))
    head = [line for line in islice(told, TITLES + 2) if not line.startswith(_SEPARATOR_LINE)]

    def score(separator: str) -> tuple[int, int]:
        best = (0, 0)
        for line in head:
            try:
                cells = next(csv.reader([line], delimiter=separator), [])
            except csv.Error:
                continue
            known = sum(columns.find(cell) is not None for cell in cells[: limits.columns])
            best = max(best, (known, len(cells)))
        return best

    return max(SEPARATORS, key=score)


def _rows(text: Text, separator: str, limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(text.lines(limits), delimiter=separator, strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            if row == 1 and cells and cells[0].startswith(_SEPARATOR_LINE) and not any(cells[1:]):
                continue
            yield row, cells  # type: ignore[misc]
    except csv.Error as error:
        if "field larger" in str(error):
            raise passed("cell-limit", written(limits.cell), row + 1) from error
        line = written(reader.line_num)
        raise UnreadableError(Fault("file-quotes", row=row + 1, bindings=(("line", line),))) from error
