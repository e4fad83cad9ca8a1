"""Muscles as laboratories write them: with their side, with the group they belong to, or no muscle at all."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache

from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS, ONTOLOGY
from muscle_atlas.tables import JOINER, Table, read_tables
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.matches import Candidate, Match

# "muscle deltoïde", "M. deltoideus", "biopsie du muscle vaste externe": what says no more than the column does.
_IS_A_MUSCLE = re.compile(
    r"^(?:biopsie\s+|biopsy\s+(?:of\s+)?)?(?:(?:du|de|des|the|le|les)\s+)?(?:muscles?|musculus|musculi|mm?\.)\s+", re.I
)
_PARTS = re.compile(r"\s*[,(/:]\s*|\s+-\s+|\)\s*")


@dataclass(frozen=True)
class Muscle:
    """What a word for a muscle was read as."""

    match: Match
    side: str | None = None
    """CURIE of the side that the word names beside the muscle."""
    other: Candidate | None = None
    """What the word names where that is no muscle."""


@cache
def _others() -> dict[str, tuple[str, str, str]]:
    """CURIE, English and French label of what is biopsied or written and no muscle, by word and by CURIE."""
    found = {}
    for word, identifier, english, french in Table(MAPPINGS / "no-muscles.tsv").rows.iter_rows():
        found[fold(word)] = found[identifier] = (identifier, english, french)
    return found


@cache
def _above() -> dict[str, frozenset[str]]:
    """Everything that each muscle is or is part of."""
    near: dict[str, list[str]] = defaultdict(list)
    for table in read_tables(ONTOLOGY / "terms", "uberon*.tsv"):
        for column in ("parents", "part_of"):
            if column in table.rows.columns:
                for muscle, cell in table.rows.select("id", column).iter_rows():
                    near[muscle] += cell.split(JOINER) if cell else []
    found: dict[str, frozenset[str]] = {}
    for muscle, first in near.items():
        reached, waiting = set(), list(first)
        while waiting:
            if (above := waiting.pop()) not in reached:
                reached.add(above)
                waiting += near.get(above, [])
        found[muscle] = frozenset(reached)
    return found


class Muscles:
    """Reads the words of the column of muscles."""

    def __init__(self, muscles: Lexicon, sides: Lexicon) -> None:
        """Take the words of muscles and of sides."""
        self.muscles = muscles
        self.sides = sides

    def read(self, word: str) -> Muscle:
        """Return what a word stands for; a side before or behind the muscle, and "muscle" before it, are taken off."""
        return self.find(word) or Muscle(self.muscles.resolve(word), other=self._other(word))

    def find(self, word: str) -> Muscle | None:
        """Return what a word stands for, None where that is no muscle."""
        if match := self.muscles.find(word):
            return Muscle(match)
        if (name := _IS_A_MUSCLE.sub("", word)) != word and (named := self.find(name)):
            return replace(named, match=replace(named.match, word=word))
        return self._beside(word) or self._narrowest(word)

    def _beside(self, word: str) -> Muscle | None:
        words = word.replace("(", " ").replace(")", " ").replace(",", " ").split()
        for side, rest in ((words[-1], words[:-1]), (words[0], words[1:])) if len(words) > 1 else ():
            named = self.sides.resolve(side.rstrip("."))
            muscle = self.muscles.find(" ".join(rest)) if named.identifier else None
            if muscle and muscle.identifier and (long := self._abbreviated(muscle.identifier, side, rest)):
                return Muscle(Match(word, "ambiguous", None, long))
            if muscle and muscle.outcome != "unknown":
                return Muscle(replace(muscle, word=word), named.identifier)
        return None

    def _abbreviated(self, muscle: str, side: str, rest: list[str]) -> tuple[Candidate, ...]:
        """Return what "extensor digitorum L" may mean, where L abbreviates more than a side: longus, lateralis."""
        if len(side.rstrip(".")) > 1:
            return ()
        others = self.muscles.beginning(f"{' '.join(rest)} {side.rstrip('.')}") - {muscle}
        return tuple(map(self.muscles.candidate, [muscle, *sorted(others)])) if others else ()

    def _narrowest(self, word: str) -> Muscle | None:
        """Read "quadriceps (vaste latéral)": of several parts that name muscles, the one that lies in all others."""
        parts = [part for part in _PARTS.split(word) if part]
        read = [self.muscles.find(part) for part in parts]
        found = [match.identifier if match else None for match in read]
        if len(parts) < 2 or None in found:
            return None
        fitting = [one for one in found if one and all(one == other or other in self._above(one) for other in found)]
        return Muscle(Match(word, "synonym", fitting[0])) if fitting else None

    def _above(self, muscle: str) -> frozenset[str]:
        return _above().get(muscle, frozenset()) | self.muscles.above(muscle)

    def _other(self, word: str) -> Candidate | None:
        found = _others().get(self.muscles.names.identifier(word) or fold(word))
        if not found:
            return self.muscles.of_no_kind(word)
        identifier, english, french = found
        return Candidate(identifier, french if self.muscles.language == "fr" else english)
