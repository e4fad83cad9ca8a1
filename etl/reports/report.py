"""The report of a build or of a validation: what it took, what it told, how long it took, how it ended."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Protocol

from etl.privacy.summary import Summary
from etl.problems import Problem
from etl.read.given import Given
from etl.read.layout import Layout
from etl.reports.summary import Line, summarise

FailOn = Literal["violation", "warning", "never"]
PHASES = ("read", "resolve", "describe", "validate", "load", "total")


class Progress(Protocol):
    """Is told which phase a build is in, and how many of how many things are done where they are counted."""

    def __call__(self, phase: str, done: int = 0, total: int = 0, /) -> object:
        """Take note."""


def take_no_note(phase: str, done: int = 0, total: int = 0, /) -> None:
    """Be a ``Progress`` that nobody watches."""
    del phase, done, total


@dataclass
class Told:
    """What every report has: problems, and how it ended."""

    problems: list[Problem] = field(default_factory=list)
    exit_code: int = 0
    files: tuple[Given, ...] = ()
    """The files of records, those of contributions among them, where they are known."""
    rows_are_lines: ClassVar[bool] = False
    """Whether the rows of problems are lines of text, and not rows of a table."""

    def head(self) -> dict[str, Any]:
        """Return what a report says beside its problems and their summary; every key is always there."""
        return {}

    def summary(self) -> list[Line]:
        """Return the problems counted by rule."""
        return summarise(self.problems)

    def as_json(self) -> dict[str, Any]:
        """Return the report as one JSON object; every key is always there."""
        return {
            **self.head(),
            "summary": [line.as_json() for line in self.summary()],
            "problems": [problem.as_json() for problem in self.problems],
        }


@dataclass
class Report(Told):
    """What a build or check came to.

    Its exit code is 0 where it is done; 1 where rows were left out; 2 for unreadable input; 3 where nothing is
    published.
    """

    release: str | None = None
    images: int = 0
    rejected: int = 0
    privacy: Summary = field(default_factory=Summary)
    """The policy that the records are published under, and how many persons they single out."""
    seconds: dict[str, float | None] = field(default_factory=lambda: dict.fromkeys(PHASES))
    layouts: dict[str, Layout] = field(default_factory=dict)
    """Each table that was read to where its cells stand."""
    digests: dict[str, str] = field(default_factory=dict)
    """Each file that was read to its SHA-256."""

    def head(self) -> dict[str, Any]:
        """Return the release, how many photographs it has, rows left out, privacy, and the seconds of phases."""
        return {
            "release": self.release,
            "images": self.images,
            "rejected": self.rejected,
            "privacy": self.privacy.as_json(),
            "seconds": self.seconds,
        }

    def add(self, problems: Sequence[Problem]) -> None:
        """Tell problems, each once."""
        known = {_once(problem) for problem in self.problems}
        for problem in problems:
            if (key := _once(problem)) not in known:
                known.add(key)
                self.problems.append(problem)

    @contextmanager
    def timing(self, phase: str) -> Iterator[None]:
        """Add the time that passes to the seconds of a phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] = round((self.seconds[phase] or 0.0) + time.perf_counter() - start, 3)

    def decide(self, fail_on: FailOn, *, unreadable: bool, blocked: bool) -> None:
        """Set the exit code.

        Args:
            fail_on: which problems move it.
            unreadable: whether a file of records could not be read.
            blocked: whether a rule on the release as a whole forbids to publish it.
        """
        told = {problem.severity for problem in self.problems}
        if unreadable:
            self.exit_code = 2
        elif blocked or (fail_on == "warning" and told & {"violation", "warning"}):
            self.exit_code = 3
        elif self.rejected and fail_on != "never":
            self.exit_code = 1

    def finish(self, seconds: float) -> None:
        """Put the problems in order, and take down the seconds of the whole."""
        self.problems.sort(key=lambda problem: problem.sort_key)
        self.seconds["total"] = round(seconds, 3)


def _once(problem: Problem) -> Problem:
    """Return a problem without what it is about where its row says so already: a row speaks of several things."""
    return problem if problem.row is None else replace(problem, focus=None, found=None, cause="")
