"""The headings of a table: which row they stand in, and which column each of them means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from etl.read.cells import SPACES, clean, printable
from etl.read.columns import Columns
from etl.read.limits import Limits, written
from etl.read.source import Cell, Fault, Row, UnreadableError, passed

TITLES = 10
"""Rows above the headings in which a table may say what it is."""
IDENTIFIERS = ("image_id", "specimen_id")
"""Columns of which a table has one at least; a report on a biopsy, one row each, has the second only."""


@dataclass
class Headings:
    """What stands above the columns of a table."""

    row: int | None
    """The row they stand in; None where they stand in none."""
    written: list[str | None]
    """Each heading as written, None where there is none."""
    places: dict[str, int] = field(default_factory=dict)
    """Canonical column to its place, counted from 0."""

    def of(self, place: int | None) -> str | None:
        """Return the heading of a place."""
        return self.written[place] if place is not None and place < len(self.written) else None


def find_headings(
    rows: Iterator[tuple[int, Row]], columns: Columns, limits: Limits
) -> tuple[int, Sequence[Cell], str, Iterator[tuple[int, Row]]]:
    """Find the row of headings: the first, unless one of the next ten knows more columns, and identifiers.

    Returns:
        Its number, its cells, the text that stands above it, and the rows below it.

    Raises:
        UnreadableError: if there is no row.
    """
    head = list(islice(rows, TITLES + 1))
    if not head:
        raise UnreadableError(Fault("file-empty"))
    place = 0
    first = _known(head[0][1], columns, limits)
    if "image_id" not in first:
        for below, (_, cells) in enumerate(head[1:], start=1):
            known = _known(cells, columns, limits)
            if len(known) > len(first) and not known.isdisjoint(IDENTIFIERS):
                place = below
                break
    titles = (cell.strip(SPACES) for _, cells in head[:place] for cell in _texts(cells))
    number, cells = head[place]
    above = printable(" · ".join(title for title in titles if title))
    return number, list(_texts(cells)), above, chain(head[place + 1 :], rows)


def read_headings(
    cells: Sequence[Cell], row: int | None, columns: Columns, limits: Limits, rows: Sequence[int] | None = None
) -> tuple[Headings, list[Fault], UnreadableError | None]:
    """Return what headings mean, what is to be told of them, and why the table cannot be read with them, if so.

    They stand in ``row``, or, where each row gives its own, each of them first in one of ``rows``.

    Raises:
        UnreadableError: if there are more than a table can have.
    """
    if len(cells) > limits.columns:
        raise passed("heading-limit", written(limits.columns), row)
    headings = Headings(row, [])
    faults: list[Fault] = []
    error: UnreadableError | None = None
    for place, cell in enumerate(cells):
        cleaned = clean(cell, limits)
        heading = printable(str(cell)) if isinstance(cleaned, Fault) else cleaned
        headings.written.append(heading)
        column = columns.find(heading) if heading else None
        if heading and column is None:
            nearest = tuple(columns.nearest(heading))
            told = printable(heading)
            faults.append(Fault("heading-unknown", told, row, place, candidates=nearest, corrections=nearest))
        elif column in headings.places:
            both = (str(headings.of(headings.places[column])), str(heading))
            error = UnreadableError(
                Fault("heading-twice", heading, rows[place] if rows else row, place, candidates=both)
            )
        elif column:
            headings.places[column] = place
    if headings.places.keys().isdisjoint(IDENTIFIERS):
        error = UnreadableError(Fault("heading-image-id-missing", row=row))
    return headings, faults, error


def _known(cells: Row, columns: Columns, limits: Limits) -> set[str]:
    cleaned = (clean(cell, limits) for cell in islice(_texts(cells), limits.columns))
    found = (columns.find(cell) for cell in cleaned if isinstance(cell, str))
    return {column for column in found if column}


def _texts(cells: Row) -> Iterator[str]:
    """Return the cells of a row, those that are no text as empty ones."""
    return iter(()) if isinstance(cells, Fault) else ("" if isinstance(cell, Fault) else cell for cell in cells)
