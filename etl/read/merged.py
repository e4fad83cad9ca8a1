"""Merged cells: what the one value of several cells counts for."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from etl.read.headings import Headings
from etl.read.references import Range, listed
from etl.read.source import Fault


def spread_merged(
    merged: Sequence[Range], headings: Headings, rows: Sequence[int], cells: dict[str, list[str | None]]
) -> list[Fault]:
    """Let the value of cells merged downwards count for all their rows, as a reader of the sheet sees it.

    Cells merged over several columns count for the first of them only, since no one can say what they are in the
    others. Either is told.

    Args:
        merged: the merged cells of a sheet.
        headings: its headings.
        rows: the numbers of the rows read, ascending.
        cells: canonical column to its cells, which are filled in place.
    """
    faults: list[Fault] = []
    top = headings.row or 0
    columns = {place: column for column, place in headings.places.items()}
    across: list[Range] = []
    down: dict[int, list[Range]] = {}
    for one in sorted(merged, key=lambda one: (one.first_row, one.first_column)):
        if one.first_row <= top:
            faults += _tell_heading(one, headings)
        elif one.first_column != one.last_column:
            if any(one.first_column <= place <= one.last_column for place in columns):
                across.append(one)
        elif one.first_column in columns:
            down.setdefault(one.first_column, []).append(one)
    for place, ranges in down.items():
        if filled := _fill(cells[columns[place]], ranges, rows):
            faults.append(Fault("cell-merged", listed(filled), filled[0].first_row, place))
    if across:
        faults.append(Fault("cell-merged-across", listed(across), across[0].first_row))
    return faults


def below_merged_headings(merged: Sequence[Range], headings: Headings) -> set[int]:
    """Return the places that have no heading of their own because the one before spans them."""
    top = headings.row or 0
    return {
        place
        for one in merged
        if one.first_row <= top <= one.last_row
        for place in range(one.first_column + 1, one.last_column + 1)
    }


def _tell_heading(one: Range, headings: Headings) -> Iterator[Fault]:
    heading = headings.of(one.first_column)
    if heading and one.last_row >= (headings.row or 0) and one.first_column != one.last_column:
        yield Fault("heading-merged", heading, headings.row, one.first_column, bindings=(("range", str(one)),))


def _fill(values: list[str | None], ranges: Sequence[Range], rows: Sequence[int]) -> list[Range]:
    filled: list[Range] = []
    behind = 0
    for one in ranges:
        first = bisect_left(rows, one.first_row)
        if first < behind or first >= len(rows) or rows[first] != one.first_row:
            # Merged cells overlap, which no program writes, or nothing stands in the row of their value.
            continue
        behind = bisect_left(rows, one.last_row + 1)
        if values[first] is not None and behind > first + 1:
            values[first + 1 : behind] = [values[first]] * (behind - first - 1)
            filled.append(one)
    return filled
