"""The words of one kind of thing (genes, diseases, muscles …) and the identifiers they stand for."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from rapidfuzz import fuzz, process

from etl.folding import fold
from etl.tables import read_tables
from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS, ONTOLOGY
from muscle_atlas.settings import Language

Outcome = Literal["identifier", "label", "synonym", "ambiguous", "broad", "unknown"]

PREFERRED = "skos:prefLabel"
EXACT = "skos:exactMatch"
NARROW = "skos:narrowMatch"
CANDIDATES = 5
"""How many candidates a curator is told at the most."""
SIMILAR = 60.0
"""Least similarity, of 100, of a word that is told as a candidate."""
PARTLY = 86.0
"""The same for a word of which only parts are alike."""
FEW = 20
"""A list of up to this length is told whole where no word of it is alike."""
SHORT = 8
"""Words up to this length are compared letter by letter: a part of one is not like the whole."""

# "HGNC:1052 BIN1" as laboratories write it, and "BIN1 (HGNC:1052)" as candidates are told.
_LABELLED_IDENTIFIER = re.compile(r"^([A-Za-z]+[:_]\s?C?\d+)\s+\S|\(([A-Za-z.-]+:[^\s()]+)\)$")


@cache
def french_labels() -> dict[str, str]:
    """Return the French label of every linked term that has one, by CURIE."""
    tables = (table.rows for table in read_tables(ONTOLOGY / "terms"))
    return {
        identifier: label
        for rows in tables
        if "label_fr" in rows.columns
        for identifier, label in rows.select("id", "label_fr").drop_nulls().iter_rows()
    }


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


@dataclass(frozen=True)
class _Entry:
    identifier: str
    preferred: bool


class Lexicon:
    """Words of one kind, read from ``mappings/<kind>.sssom.tsv`` and ``mappings/<kind>-*.sssom.tsv``."""

    def __init__(self, kind: str, names: Names, language: Language = "en") -> None:
        """Read the tables; labels of candidates are given in ``language`` where there is one."""
        self.kind = kind
        self.names = names
        self.labels: dict[str, str] = {}
        self._exact: dict[str, list[_Entry]] = defaultdict(list)
        self._broad: dict[str, list[str]] = defaultdict(list)
        tables = read_tables(MAPPINGS, f"{kind}.sssom.tsv") + read_tables(MAPPINGS, f"{kind}-*.sssom.tsv")
        for table in tables:
            rows = table.rows.select("subject_label", "predicate_id", "object_id", "object_label", "object_match_field")
            for word, predicate, identifier, label, field in rows.iter_rows():
                self.labels.setdefault(identifier, label or "")
                if predicate == EXACT:
                    self._exact[fold(word)].append(_Entry(identifier, field == PREFERRED))
                elif predicate == NARROW:
                    self._broad[fold(word)].append(identifier)

        if language == "fr":
            self.labels |= {identifier: french_labels().get(identifier, own) for identifier, own in self.labels.items()}

    def resolve_words(self, words: Iterable[str]) -> dict[str, Match]:
        """Resolve each word once."""
        return {word: self.resolve(word) for word in words}

    def resolve(self, word: str) -> Match:
        """Return what a word stands for.

        An identifier in any spelling, then a preferred label, then any other name; a name that several things
        share is ambiguous, whatever its tier, unless it is the preferred label of exactly one of them.
        Similarity yields candidates and never decides.
        """
        if identifier := self._spelled_identifier(word):
            return Match(word, "identifier", identifier)
        key = fold(word)
        entries = self._exact.get(key, [])
        preferred = {entry.identifier for entry in entries if entry.preferred}
        every = {entry.identifier for entry in entries}
        if len(preferred) == 1:
            return Match(word, "label", preferred.pop())
        if len(every) == 1:
            return Match(word, "synonym", every.pop())
        if every:
            return Match(word, "ambiguous", None, self._candidates(sorted(every)))
        if broad := self._broad.get(key):
            return Match(word, "broad", None, self._candidates(broad))
        return Match(word, "unknown", None, self.nearest(word))

    def nearest(self, word: str) -> tuple[Candidate, ...]:
        """Return the things whose names look most like ``word``, best first."""
        key = fold(word)
        scores: dict[str, float] = {}
        ways = (
            ((fuzz.ratio, SIMILAR),) if len(key) <= SHORT else ((fuzz.token_sort_ratio, SIMILAR), (fuzz.WRatio, PARTLY))
        )
        for scorer, least in ways:
            for known, score, _ in process.extract(
                key, self._keys, scorer=scorer, limit=4 * CANDIDATES, score_cutoff=least
            ):
                scores[known] = max(score, scores.get(known, 0.0))
        best: dict[str, Candidate] = {}
        for known, score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
            for identifier in self._identifiers(known):
                best.setdefault(identifier, Candidate(identifier, self.labels[identifier], round(score, 1)))
        if not best and len(self.labels) <= FEW:
            return tuple(Candidate(identifier, label, 0.0) for identifier, label in sorted(self.labels.items()))
        return tuple(best.values())[:CANDIDATES]

    def words_of(self, identifier: str) -> set[str]:
        """Return the words, folded, that stand for one thing."""
        return {
            word for word, entries in self._exact.items() if {entry.identifier for entry in entries} == {identifier}
        }

    @cached_property
    def _keys(self) -> list[str]:
        return [*self._exact, *(key for key in self._broad if key not in self._exact)]

    def _identifiers(self, key: str) -> list[str]:
        return [entry.identifier for entry in self._exact.get(key, [])] or self._broad.get(key, [])

    def _candidates(self, identifiers: Iterable[str]) -> tuple[Candidate, ...]:
        return tuple(Candidate(identifier, self.labels[identifier]) for identifier in identifiers)

    def _spelled_identifier(self, word: str) -> str | None:
        labelled = _LABELLED_IDENTIFIER.search(word)
        identifier = self.names.identifier((labelled[1] or labelled[2]) if labelled else word)
        return identifier if identifier in self.labels else None
