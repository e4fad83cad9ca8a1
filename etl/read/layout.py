"""Where the cells of a table stand, so that what is told of a row and a heading can be shown in its place."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from etl.read.headings import IDENTIFIERS, Headings
from etl.read.references import Range


@dataclass(frozen=True)
class Layout:
    """The headings of one table and its merged cells; places count from 0, rows as the file counts them."""

    headings: Headings
    merged: Sequence[Range] = field(default_factory=list)

    @property
    def identifiers(self) -> int:
        """The place of what names a row: its photograph, else its biopsy, else the first."""
        return next((self.headings.places[name] for name in IDENTIFIERS if name in self.headings.places), 0)

    @property
    def shift(self) -> int:
        """How many rows further down each stands on a sheet, where the headings stand in none of the file."""
        return 1 if self.headings.row is None and self.headings.written else 0

    def find(self, heading: str, row: int | None) -> list[int]:
        """Return the places of a heading: in its own row wherever it stands, below it where it is read."""
        found = [place for place, written in enumerate(self.headings.written) if written == heading]
        read = [place for place in self.headings.places.values() if self.headings.of(place) == heading]
        return found if row == self.headings.row else read or found

    def anchor(self, row: int, place: int) -> tuple[int, int]:
        """Return row and place of the cell that is seen there: of merged cells, the first."""
        ranges, firsts = self._spans.get(place, ((), ()))
        at = bisect_right(firsts, row) - 1
        if at >= 0 and row <= ranges[at].last_row:
            return ranges[at].first_row, ranges[at].first_column
        return row, place

    @cached_property
    def _spans(self) -> dict[int, tuple[list[Range], list[int]]]:
        """The merged cells of each place that has any, from top to bottom."""
        spans: dict[int, list[Range]] = {}
        for one in sorted(self.merged, key=lambda one: one.first_row):
            for place in range(one.first_column, min(one.last_column + 1, len(self.headings.written))):
                spans.setdefault(place, []).append(one)
        return {place: (ranges, [one.first_row for one in ranges]) for place, ranges in spans.items()}
