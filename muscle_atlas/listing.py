"""Problems as a terminal lists them: file by file, the worst first, what several rows share once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

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


@dataclass
class Listing:
    """What is listed of problems, and how many of each rule are not."""

    files: list[list[Entry]] = field(default_factory=list)
    """The entries of each file, those of no file last."""
    left: Counter[str] = field(default_factory=Counter)


def list_problems(problems: Iterable[Problem]) -> Listing:
    """Return the first entries of each rule, file by file; memory does not grow with what is left."""
    listing, shown = Listing(), Counter[str]()
    files: dict[str | None, dict[tuple[str | None, ...], Entry]] = {}
    for problem in problems:
        entries = files.setdefault(problem.file, {})
        about = problem.focus if problem.row is None else None
        key = problem.rule, problem.column, problem.value, problem.message, problem.suggestion, about
        if key not in entries:
            if shown[problem.name] == SHOWN:
                listing.left[problem.name] += 1
                continue
            shown[problem.name] += 1
            entries[key] = Entry(problem)
        if problem.row is not None and problem.row not in entries[key].rows[-1:]:
            entries[key].rows.append(problem.row)
    listing.files = [
        sorted(files[file].values(), key=lambda entry: SEVERITIES.index(entry.problem.severity))
        for file in sorted(files, key=lambda file: (file is None, file or ""))
        if files[file]
    ]
    return listing


def _runs(rows: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs
