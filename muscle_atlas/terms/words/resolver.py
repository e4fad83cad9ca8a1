"""The resolver: words of any kind, or of one, and what they stand for."""

from dataclasses import dataclass
from functools import cached_property

from muscle_atlas.names import Names
from muscle_atlas.settings import Language
from muscle_atlas.terms.words.kinds import read_kinds
from muscle_atlas.terms.words.lexicon import CANDIDATES, Lexicon
from muscle_atlas.terms.words.matches import Candidate, Match, Outcome
from muscle_atlas.terms.words.muscles import Muscles
from muscle_atlas.terms.words.shelf import Shelf

_RANKS: dict[Outcome, int] = {"identifier": 0, "cross-reference": 0, "label": 1}
_LEAST = 2
"""Rank of every other name: over kinds as within one, only identifiers and preferred labels win over what is shared."""


@dataclass(frozen=True)
class Answer:
    """What a word stands for."""

    match: Match
    kind: str | None
    """That of what is accepted, or that was asked for; None where a word of any kind is not accepted."""
    label: str | None
    """Of what is accepted, in the language of the resolver."""
    other: Candidate | None = None
    """What the word names where a muscle was asked for and that is none."""

    def as_json(self) -> dict[str, object]:
        """Return what ``terms resolve --json`` prints of a word."""
        return {
            "word": self.match.word,
            "kind": self.kind,
            "identifier": self.match.identifier,
            "label": self.label,
            "match": self.match.outcome,
            "candidates": [
                {"identifier": one.identifier, "label": one.label, "score": one.score} for one in self.match.candidates
            ],
        }


class Resolver:
    """Resolves words by our own tables and the installed releases."""

    def __init__(self, names: Names, language: Language = "en", shelf: Shelf | None = None) -> None:
        """Take the releases; labels are in ``language`` where there is one.

        Raises:
            SliceError: if an installed release cannot be read.
        """
        shelf = shelf or Shelf()
        self.lexicons = {
            name: Lexicon(kind.words, names, language, shelf, searched=None) for name, kind in read_kinds().items()
        }
        """The words of each kind."""
        self._names = names

    @cached_property
    def _muscles(self) -> Muscles:
        return Muscles(self.lexicons["muscle"], Lexicon("sides", self._names))

    def resolve(self, word: str, kind: str | None = None) -> Answer:
        """Return what a word stands for, of one kind or of any.

        Of any, a word of several kinds is ambiguous, unless it is an identifier or preferred label in just one of them.
        """
        word = word.strip()
        return self._of_kind(word, kind) if kind else self._of_any(word)

    def _of_kind(self, word: str, kind: str) -> Answer:
        lexicon = self.lexicons[kind]
        read = self._muscles.read(word) if kind == "muscle" else None
        match = read.match if read else lexicon.resolve(word)
        return self._answer(match, kind, read.other if read else None)

    def _answer(self, match: Match, kind: str | None, other: Candidate | None = None) -> Answer:
        label = self.lexicons[kind].label(match.identifier) if kind and match.identifier else None
        return Answer(match, kind, label, other)

    def _of_any(self, word: str) -> Answer:
        found = {kind: match for kind, lexicon in self.lexicons.items() if (match := lexicon.find(word))}
        if not found:
            if muscle := self._muscles.find(word):
                found = {"muscle": muscle.match}
            else:
                near = (one for lexicon in self.lexicons.values() for one in lexicon.nearest(word) if one.score)
                best = sorted(near, key=lambda one: (-one.score, one.identifier))
                return self._answer(Match(word, "unknown", None, tuple(best[:CANDIDATES])), None)
        best_rank = min(_RANKS.get(match.outcome, _LEAST) for match in found.values())
        first = {kind: match for kind, match in found.items() if _RANKS.get(match.outcome, _LEAST) == best_rank}
        if len(first) == 1:
            kind, match = next(iter(first.items()))
            return self._answer(match, kind if match.identifier else None)
        meant = [
            one
            for kind, match in first.items()
            for one in ([self.lexicons[kind].candidate(match.identifier)] if match.identifier else match.candidates)
        ]
        return self._answer(Match(word, "ambiguous", None, tuple(dict.fromkeys(meant))), None)
