"""The summary of a report: each rule that is broken, how many causes that has, and how many rows they spoil."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from etl.problems import SEVERITIES, Problem, Severity


@dataclass(frozen=True)
class Line:
    """What is told by one rule."""

    rule: str
    """IRI of the rule."""
    severity: Severity
    causes: int
    """How many different things are wrong."""
    rows: int
    """How many rows they spoil, each counted once; 0 where they concern no row."""
    problems: int
    """How many problems are told."""

    @property
    def name(self) -> str:
        """Local name of the rule."""
        return self.rule.rpartition("/")[2]

    def as_json(self) -> dict[str, Any]:
        """Return the line as a JSON object."""
        return asdict(self)


@dataclass
class _Count:
    problems: int = 0
    causes: set[str] = field(default_factory=set)
    rows: set[tuple[str | None, int]] = field(default_factory=set)


def summarise(problems: Iterable[Problem]) -> list[Line]:
    """Count problems by rule; the worst come first, then those with the most causes and rows."""
    counts: dict[tuple[str, Severity], _Count] = {}
    for problem in problems:
        count = counts.setdefault((problem.rule, problem.severity), _Count())
        count.problems += 1
        count.causes.add(problem.cause)
        if problem.row is not None:
            count.rows.add((problem.file, problem.row))
    lines = [
        Line(rule, severity, len(count.causes), len(count.rows), count.problems)
        for (rule, severity), count in counts.items()
    ]
    return sorted(lines, key=lambda line: (SEVERITIES.index(line.severity), -line.causes, -line.rows, line.rule))


def choose(problems: Sequence[Problem], summary: Sequence[Line], most: int) -> Sequence[Problem]:
    """Return at most so many problems in their order: where not all fit, the first of each rule, of each as many."""
    if len(problems) <= most:
        return problems
    left, share = most, dict[str, int]()
    for number, line in enumerate(sorted(summary, key=lambda line: line.problems)):
        share[line.rule] = min(line.problems, max(1, left // (len(summary) - number)))
        left -= share[line.rule]
    taken: Counter[str] = Counter()
    chosen = []
    for problem in problems:
        if taken[problem.rule] < share[problem.rule]:
            taken[problem.rule] += 1
            chosen.append(problem)
    return chosen
