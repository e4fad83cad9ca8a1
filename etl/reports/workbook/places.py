"""Where in which table each problem is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from etl.problems import SEVERITIES, Problem, Severity
from etl.read.layout import Layout
from etl.read.references import LAST_COLUMN, LAST_ROW, parse_cell

_VALUE_IS_PLACE = ("heading-empty", "cell-merged-across")
"""Rules that tell no heading, but as their value the place: ``C``, ``C5:D5``."""


@dataclass
class Placed:
    """What is told of the cells of one table."""

    told: dict[int, dict[int, list[Problem]]] = field(default_factory=dict)
    """Row to place to what is told there, as sheets count: rows from 1, places from 0."""

    def marks(self) -> dict[int, dict[int, Severity]]:
        """Return the worst that is told of each cell."""
        return {
            row: {place: min((p.severity for p in problems), key=SEVERITIES.index) for place, problems in cells.items()}
            for row, cells in self.told.items()
        }


def place_problems(
    problems: Sequence[Problem], layouts: Mapping[str, Layout]
) -> tuple[dict[str, Placed], list[tuple[int, int] | None]]:
    """Find the cells that problems are told of.

    Where the headings stand in no row, sheets have a first row for them, and every other is one further down.

    Returns:
        What is told of each table, by its name; the first cell of each problem, None where it has none.
    """
    tables: dict[str, Placed] = {}
    firsts: list[tuple[int, int] | None] = []
    for problem in problems:
        layout = layouts.get(problem.file or "")
        cells = _cells(problem, layout) if layout else []
        firsts.append(cells[0] if cells else None)
        for row, place in cells:
            told = tables.setdefault(problem.file or "", Placed()).told
            told.setdefault(row, {}).setdefault(place, []).append(problem)
    return tables, firsts


def _cells(problem: Problem, layout: Layout) -> list[tuple[int, int]]:
    places = [layout.identifiers]
    if problem.name in _VALUE_IS_PLACE and problem.value:
        places = [parse_cell(f"{problem.value.partition(':')[0].rstrip('0123456789')}1")[0]]
    elif problem.column is not None:
        places = layout.find(problem.column, problem.row) or places
    if layout.shift:
        # What stands under a heading that is not read is not copied: its heading is shown.
        read = set(layout.headings.places.values())
        if problem.row is None:
            places = [place for place in places if layout.headings.of(place) == problem.column]
        is_cell = [problem.row is not None and place in read for place in places]
        cells = [
            ((problem.row or 0) + layout.shift if below else layout.shift, place)
            for place, below in zip(places, is_cell, strict=True)
        ]
    elif problem.row is None:
        return []
    else:
        cells = [layout.anchor(problem.row, place) for place in places]
    return [(row, place) for row, place in cells if row <= LAST_ROW and place < LAST_COLUMN]
