"""Problems as a terminal lists them: file by file, the worst first, what several rows share once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from etl.problems import SEVERITIES, Problem

SHOWN = 20
"""How many entries of one rule are listed; the summary counts all."""

RANGES = 8
"""How many runs of rows an entry names."""


@dataclass
class Entry:
    """What is told of one row, or word for word of several."""

    problem: Problem
    """The first of them."""
    rows: list[int] = field(default_factory=list)

    @property
    def place(self) -> str:
        """File and rows, such as ``records.csv:2-4,8``."""
        runs = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in _runs(self.rows)]
        rows = ",".join(runs[:RANGES]) + (",…" if len(runs) > RANGES else "")
        return ":".join(part for part in (self.problem.file, rows) if part)


def list_entries(problems: Sequence[Problem]) -> Iterator[list[Entry]]:
    """Give the entries of each file, those of no file last."""
    ordered = sorted(problems, key=lambda problem: (problem.file is None, problem.file or ""))
    for _, told in groupby(ordered, key=lambda problem: problem.file):
        entries: dict[tuple[str | None, ...], Entry] = {}
        for problem in told:
            about = problem.focus if problem.row is None else None
            key = problem.rule, problem.column, problem.value, problem.message, problem.suggestion, about
            entry = entries.setdefault(key, Entry(problem))
            if problem.row is not None and problem.row not in entry.rows[-1:]:
                entry.rows.append(problem.row)
        yield sorted(entries.values(), key=lambda entry: SEVERITIES.index(entry.problem.severity))


def bound(entries: Iterable[Entry], told: Counter[str]) -> Iterator[Entry]:
    """Give the first entries of each rule; ``told`` counts all, over the files."""
    for entry in entries:
        told[entry.problem.name] += 1
        if told[entry.problem.name] <= SHOWN:
            yield entry


def _runs(rows: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs
