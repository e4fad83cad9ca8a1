"""Matches: what became of a word, and why."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from muscle_atlas.terms.slices import Tier

Outcome = Literal[
    "identifier",
    "cross-reference",
    "label",
    "synonym",
    "alias",
    "previous",
    "orthologue",
    "withdrawn",
    "ambiguous",
    "broad",
    "contradictory",
    "unknown",
]
"""By what a word was found, best first, and then why none was accepted; ``withdrawn`` is accepted where it has one
successor."""


class Entry(NamedTuple):
    """A name that a table or a release gives a term."""

    identifier: str
    """CURIE of the term."""
    tier: Tier
    text: str
    """The name as it is written there."""
    source: str
    active: bool = True
    """Whether links may name the term, or its publisher has taken it back."""


@dataclass(frozen=True)
class Candidate:
    """A thing that a word may have meant."""

    identifier: str
    label: str
    score: float = 100.0

    def __str__(self) -> str:
        return f"{self.label} ({self.identifier})" if self.label else self.identifier


@dataclass(frozen=True)
class Match:
    """What became of one word."""

    word: str
    outcome: Outcome
    identifier: str | None
    """CURIE, None where none is accepted."""
    candidates: tuple[Candidate, ...] = ()
    name: str = ""
    """The name or identifier that the word was found by, as it is written where it was found."""
    source: str = ""
    """Where that stands: a table of ours, or a release."""
    withdrawn: Candidate | None = None
    """The term that the word stands for, where its publisher has withdrawn it."""
