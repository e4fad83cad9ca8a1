"""Muscles as laboratories write them: with their side, with the group they belong to, or no muscle at all."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from etl.resolve.cells import Cells
from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS, ONTOLOGY
from muscle_atlas.tables import JOINER, Table, read_tables
from muscle_atlas.terms.lexicon import Lexicon
from muscle_atlas.terms.matches import Candidate, Match

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
        match = self.muscles.resolve(word)
        if match.outcome != "unknown":
            return Muscle(match)
        if (name := _IS_A_MUSCLE.sub("", word)) != word and (named := self.read(name)).match.outcome != "unknown":
            return replace(named, match=replace(named.match, word=word))
        found = self._beside(word) or self._narrowest(word)
        if found is None and (other := self._other(word)):
            return Muscle(match, other=other)
        return found or Muscle(match)

    def _beside(self, word: str) -> Muscle | None:
        words = word.replace("(", " ").replace(")", " ").replace(",", " ").split()
        for side, rest in ((words[-1], words[:-1]), (words[0], words[1:])) if len(words) > 1 else ():
            named = self.sides.resolve(side.rstrip("."))
            muscle = self.muscles.resolve(" ".join(rest)) if named.identifier else None
            if muscle and muscle.identifier and (long := self._abbreviated(muscle.identifier, side, rest)):
                return Muscle(Match(word, "ambiguous", None, long))
            if muscle and muscle.outcome != "unknown":
                return Muscle(Match(word, muscle.outcome, muscle.identifier, muscle.candidates), named.identifier)
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
        found = [self.muscles.resolve(part).identifier for part in parts]
        if len(parts) < 2 or None in found:
            return None
        fitting = [
            one for one in found if one and all(one == other or other in _above().get(one, ()) for other in found)
        ]
        return Muscle(Match(word, "synonym", fitting[0])) if fitting else None

    def _other(self, word: str) -> Candidate | None:
        found = _others().get(self.muscles.names.identifier(word) or fold(word))
        if not found:
            return None
        identifier, english, french = found
        return Candidate(identifier, french if self.muscles.language == "fr" else english)


def resolve_muscles(table: pl.DataFrame, sides: pl.DataFrame, cells: Cells) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``record`` and ``muscle``, and ``record`` and ``side`` (CURIEs), told in either column.

    Args:
        table: the records.
        sides: ``record`` and ``side`` as the column of sides tells them.
        cells: told of what is no muscle, too wide or contradictory.
    """
    muscles = Muscles(cells.lexicon("muscle"), cells.lexicon("side"))
    split = cells.split(table, "muscle")
    read = {word: muscles.read(word) for word in split["value"].unique(maintain_order=True)}
    told: dict[int, str] = dict(sides.iter_rows())
    written: dict[int, str] = dict(table.select("record", "side").iter_rows())
    found: list[tuple[int, str]] = []
    for record, word in split.select("record", "value").iter_rows():
        muscle = read[word]
        if muscle.other:
            cells.tell("muscle-is-none", record, "muscle", word, [muscle.other])
        elif muscle.match.identifier is None:
            cells.tell_unresolved(record, "muscle", muscle.match)
        else:
            found.append((record, muscle.match.identifier))
        if muscle.side and told.setdefault(record, muscle.side) != muscle.side:
            cells.tell("side-differs", record, "muscle", word, [written[record]])
    return (
        pl.DataFrame(found, schema={"record": pl.UInt32, "muscle": pl.String}, orient="row"),
        pl.DataFrame(list(told.items()), schema={"record": pl.UInt32, "side": pl.String}, orient="row"),
    )
