"""The words of one kind of thing (genes, diseases, muscles …) and the identifiers they stand for."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from muscle_atlas.folding import fold
from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import MAPPINGS, ONTOLOGY
from muscle_atlas.settings import Language
from muscle_atlas.tables import JOINER, read_tables

Outcome = Literal["identifier", "label", "synonym", "former", "ambiguous", "broad", "contradictory", "unknown"]

PREFERRED = "skos:prefLabel"
FORMER = "skos:hiddenLabel"
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
SEARCHED = 500
"""How many unknown words of one kind likenesses are looked for; a table with more has the wrong column, and each search
takes milliseconds."""

# "HGNC:1052 BIN1" as laboratories write it, and "BIN1 (HGNC:1052)" as candidates are told.
_IDENTIFIER_FIRST = re.compile(r"^([A-Za-z]+\s?[:_#]\s?#?C?\d+)\s*[\s,:(\[-]\s*(\S.*?)[)\]]?$")
_IDENTIFIER_LAST = re.compile(r"^(.*\S)\s*\(([A-Za-z.-]+[:_][^\s()]+)\)$")


@cache
def french_labels() -> dict[str, str]:
    """Return the French label of every linked term and every concept of ours that has one, by CURIE."""
    tables = (table.rows for table in read_tables(ONTOLOGY / "terms"))
    return _french_labels_of_schemes() | {
        identifier: label
        for rows in tables
        if "label_fr" in rows.columns
        for identifier, label in rows.select("id", "label_fr").drop_nulls().iter_rows()
    }


def _french_labels_of_schemes() -> dict[str, str]:
    names, store = Names(default_base()), ox.Store()
    for path in sorted((ONTOLOGY / "schemes").glob("*.ttl")):
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    found = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(names.expand("skos:prefLabel")), None, None):
        if (
            isinstance(quad.subject, ox.NamedNode)
            and isinstance(quad.object, ox.Literal)
            and quad.object.language == "fr"
        ):
            found[names.compress(quad.subject.value)] = quad.object.value
    return found


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
    field: str


@cache
def _other_identifiers() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Identifiers of other vocabularies, such as MONDO and OMIM: the linked terms that are the same, or nearly."""
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    matches = ("exact_match", "broad_match", "narrow_match")
    for table in read_tables(ONTOLOGY / "terms"):
        if "exact_match" not in table.rows.columns:
            continue
        for term, *cells in table.rows.select("id", *matches).iter_rows():
            for match, cell in zip(matches, cells, strict=True):
                for other in cell.split(JOINER) if cell else ():
                    found[other][match != "exact_match"].add(term)
    return {other: (frozenset(same), frozenset(near)) for other, (same, near) in found.items()}


def separate_identifier(word: str) -> tuple[str, str | None]:
    """Take apart "HGNC:1052 BIN1" and "BIN1 (HGNC:1052)": what may be an identifier, and the name beside it."""
    if found := _IDENTIFIER_FIRST.match(word):
        return found[1], found[2]
    if found := _IDENTIFIER_LAST.match(word):
        return found[2], found[1]
    return word, None


class Lexicon:
    """Words of one kind, read from ``mappings/<kind>.sssom.tsv`` and ``mappings/<kind>-*.sssom.tsv``."""

    def __init__(self, kind: str, names: Names, language: Language = "en") -> None:
        """Read the tables; labels of candidates are given in ``language`` where there is one."""
        self.kind = kind
        self.names = names
        self.language = language
        self.labels: dict[str, str] = {}
        self._searched = 0
        self._exact: dict[str, list[_Entry]] = defaultdict(list)
        self._broad: dict[str, list[str]] = defaultdict(list)
        tables = read_tables(MAPPINGS, f"{kind}.sssom.tsv") + read_tables(MAPPINGS, f"{kind}-*.sssom.tsv")
        for table in tables:
            rows = table.rows.select("subject_label", "predicate_id", "object_id", "object_label", "object_match_field")
            for word, predicate, identifier, label, field in rows.iter_rows():
                self.labels.setdefault(identifier, label or "")
                if predicate == EXACT:
                    self._exact[fold(word)].append(_Entry(identifier, field))
                elif predicate == NARROW:
                    self._broad[fold(word)].append(identifier)

        if language == "fr":
            self.labels |= {identifier: french_labels().get(identifier, own) for identifier, own in self.labels.items()}

    def resolve_words(self, words: Iterable[str]) -> dict[str, Match]:
        """Resolve each word once."""
        return {word: self.resolve(word) for word in words}

    def resolve(self, word: str) -> Match:
        """Return what a word stands for.

        An identifier in any spelling, ours or one that a vocabulary calls exactly the same, then a preferred label,
        then any other name; an identifier that is only nearly the same yields candidates. A name that several things
        share is ambiguous, whatever its tier, unless it is the preferred label of exactly one of them.
        An identifier beside the name of something else is contradictory. Similarity yields candidates and never
        decides.
        """
        return self._identified(word) or self._called(word)

    def _identified(self, word: str) -> Match | None:
        spelled, name = separate_identifier(word)
        identifier = self.names.identifier(spelled)
        if identifier is not None and identifier not in self.labels:
            nothing: frozenset[str] = frozenset()
            same, near = (terms & self.labels.keys() for terms in _other_identifiers().get(identifier, (nothing,) * 2))
            if len(same) != 1:
                outcome: Outcome = "ambiguous" if len(same or near) > 1 else "unknown"
                return Match(word, outcome, None, self._candidates(sorted(same or near))) if same or near else None
            (identifier,) = same
        if identifier is None:
            return None
        meant = self.named(name) if name else frozenset()
        if meant and identifier not in meant:
            return Match(word, "contradictory", None, self._candidates([identifier, *sorted(meant)]))
        return Match(word, "identifier", identifier)

    def _called(self, word: str) -> Match:
        key = fold(word)
        entries = self._exact.get(key, [])
        preferred = {entry.identifier for entry in entries if entry.field == PREFERRED}
        every = {entry.identifier for entry in entries}
        if len(preferred) == 1:
            return Match(word, "label", preferred.pop())
        if len(every) == 1:
            former = all(entry.field == FORMER for entry in entries)
            return Match(word, "former" if former else "synonym", every.pop())
        if every:
            return Match(word, "ambiguous", None, self._candidates(sorted(every)))
        if broad := self._broad.get(key):
            return Match(word, "broad", None, self._candidates(broad))
        return Match(word, "unknown", None, self.nearest(word))

    def named(self, word: str) -> frozenset[str]:
        """Return everything that goes by a name exactly, or that a broader word covers (CURIEs)."""
        return frozenset(self._identifiers(fold(word)))

    def candidate(self, identifier: str) -> Candidate:
        """Return a thing as it is told to curators."""
        return Candidate(identifier, self.labels.get(identifier, ""))

    def nearest(self, word: str) -> tuple[Candidate, ...]:
        """Return the things whose names look most like ``word``, best first; nothing past ``SEARCHED`` words."""
        key = fold(word)
        self._searched += 1
        scores: dict[str, float] = {}
        ways = (
            ((fuzz.ratio, SIMILAR),) if len(key) <= SHORT else ((fuzz.token_sort_ratio, SIMILAR), (fuzz.WRatio, PARTLY))
        )
        for scorer, least in ways if self._searched <= SEARCHED else ():
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

    def beginning(self, start: str) -> set[str]:
        """Return the things (CURIEs) that a name beginning so stands for, folded."""
        key = fold(start)
        return {entry.identifier for word, entries in self._exact.items() if word.startswith(key) for entry in entries}

    @cached_property
    def _keys(self) -> list[str]:
        return [*self._exact, *(key for key in self._broad if key not in self._exact)]

    def _identifiers(self, key: str) -> list[str]:
        return [entry.identifier for entry in self._exact.get(key, [])] or self._broad.get(key, [])

    def _candidates(self, identifiers: Iterable[str]) -> tuple[Candidate, ...]:
        return tuple(self.candidate(identifier) for identifier in identifiers)
