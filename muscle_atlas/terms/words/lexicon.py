"""The words of one kind of thing (genes, diseases, muscles …) and the identifiers they stand for."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import get_args

from muscle_atlas.folding import fold
from muscle_atlas.names import Names
from muscle_atlas.settings import Language
from muscle_atlas.terms.slices import Tier
from muscle_atlas.terms.words.identifiers import linked_identifiers, separate_identifier
from muscle_atlas.terms.words.known import Known
from muscle_atlas.terms.words.likeness import likenesses
from muscle_atlas.terms.words.matches import Candidate, Entry, Match, Outcome
from muscle_atlas.terms.words.shelf import Shelf
from muscle_atlas.terms.words.vocabularies import follow

CANDIDATES = 5
"""How many candidates a curator is told at the most."""
FEW = 20
"""A list of up to this length is told whole where no word of it is alike."""
SEARCHED = 500
"""How many unknown words of a table likenesses are looked for; one with more has the wrong column, and each takes
milliseconds."""

_VERSION = re.compile(r"\.\d+$")
_TIERS = get_args(Tier)


class Lexicon(Known):
    """Words of one kind: those of our tables, and those of the installed releases of its vocabulary.

    A release stands in for the tables that were drawn from an earlier one; those that a curator keeps hold beside it.
    What a curator disbelieves is never found, whatever a release says; what one is unsure of is only a candidate.
    """

    def __init__(
        self,
        words: str,
        names: Names,
        language: Language = "en",
        shelf: Shelf | None = None,
        searched: int | None = SEARCHED,
    ) -> None:
        """Read the tables ``<words>*.sssom.tsv``.

        Args:
            words: the kind of words.
            names: reads identifiers.
            language: of labels, where there is one.
            shelf: the installed releases.
            searched: how many unknown words likenesses are looked for; None: all.

        Raises:
            SliceError: if an installed release cannot be read.
        """
        super().__init__(words, names, language, shelf)
        self._left = searched

    def resolve_words(self, words: Iterable[str]) -> dict[str, Match]:
        """Resolve each word once."""
        return {word: self.resolve(word) for word in words}

    def resolve(self, word: str) -> Match:
        """Return what a word stands for.

        An identifier in any spelling, ours or one that a vocabulary calls exactly the same, then a preferred label,
        then any other name; an identifier that is only nearly the same yields candidates. A name that several things
        share is ambiguous, whatever its tier, unless it is the preferred label of exactly one of them. A withdrawn
        term leads to its successor where that is one. An identifier beside the name of something else is
        contradictory. Similarity yields candidates and never decides.
        """
        return self.find(word) or Match(word, "unknown", None, self.nearest(word))

    def find(self, word: str) -> Match | None:
        """Return what a word stands for, or could; None where nothing goes by it, without looking for likenesses."""
        found = self._identified(word) or self._called(word) or self._led(word) or self._bare(word)
        return self._judged(word, found)

    def _judged(self, word: str, found: Match | None) -> Match | None:
        """Return what was found as far as no curator decided against it; what one is unsure of comes first."""
        key, decided = fold(word), self._words.decisions
        unsure = decided.unsure.get(key, ())
        if found is None and unsure:
            found = Match(word, "unknown", None, self.nearest(word))
        if found is None or (not unsure and key not in decided.disbelieved):
            return found
        others = found.candidates
        if found.identifier is not None:
            if found.identifier not in unsure and not decided.denies(key, found.identifier):
                return found
            outcome: Outcome = "withdrawn" if found.withdrawn else "unknown"
            found, others = replace(found, outcome=outcome, identifier=None, name="", source=""), self.nearest(word)
        told = {one: self.candidate(one) for one in unsure} | {
            one.identifier: one for one in others if one.identifier not in unsure
        }
        kept = [one for identifier, one in told.items() if not decided.denies(key, identifier)]
        return replace(found, candidates=tuple(kept[:CANDIDATES]))

    def _identified(self, word: str) -> Match | None:
        spelled, name = separate_identifier(word)
        identifier = self.names.identifier(spelled)
        match = self._by_identifier(word, identifier) if identifier else None
        if match is None or match.identifier is None or name is None:
            return match
        meant = self.named(name)
        if meant and match.identifier not in meant:
            return Match(word, "contradictory", None, self._candidates([match.identifier, *sorted(meant)]))
        return match

    def _by_identifier(self, word: str, identifier: str) -> Match | None:
        term = self.vocabulary.term(identifier) if self.vocabulary else None
        if term is not None and term.status == "withdrawn":
            return self._after(word, [identifier], identifier)
        if term is not None or identifier in self._words.kept:
            source = self.vocabulary.source if term and self.vocabulary else f"{self.kind.words}*.sssom.tsv"
            return Match(word, "identifier", identifier, name=identifier, source=source)
        return self._corresponding(word, identifier)

    def _corresponding(self, word: str, other: str) -> Match | None:
        """Look for the terms that an identifier of another vocabulary is the same as, or nearly."""
        same: set[str] = set()
        near: set[str] = set()
        for term, _, match in self.vocabulary.referring(other) if self.vocabulary else ():
            if match in self.kind.same:
                same.update(self.today(term))
            elif match != self.kind.manner:
                near.update(self.today(term))
        source = self._installed.source if self._installed else ""
        if not same and not near:
            if led := self._led_by(word, other):
                return led
            told = linked_identifiers().get(other, (frozenset[str](),) * 2)
            same, near = ({one for one in terms if self.lists(one)} for terms in told)
            source = "ontology/terms"
        if len(same) == 1:
            return Match(word, "cross-reference", same.pop(), name=other, source=source)
        if found := same or near:
            outcome: Outcome = "ambiguous" if len(found) > 1 else "unknown"
            return Match(word, outcome, None, self._candidates(sorted(found)))
        return None

    def _led_by(self, word: str, identifier: str) -> Match | None:
        """Follow an identifier of, or known to, the vocabulary that leads to this one."""
        if self.through is None:
            return None
        term = self.through.term(identifier)
        exact = [one for one, _, match in self.through.referring(identifier) if match == "exact"]
        first = [identifier] if term else exact
        return self._lead(word, first, identifier, "identifier" if term else "cross-reference") if first else None

    def _led(self, word: str) -> Match | None:
        """Follow a name of the vocabulary that leads to this one."""
        entries = self.through.named(fold(word)) if self.through else []
        first = list(dict.fromkeys(entry.identifier for entry in entries if entry.active))
        return self._lead(word, first, entries[0].text, entries[0].tier) if first else None

    def _lead(self, word: str, first: list[str], name: str, by: Outcome) -> Match:
        """Follow terms of the vocabulary that leads to this one, which were found ``by`` a name or identifier."""
        assert self.through is not None  # noqa: S101 - what leads here was found in it
        ends = dict.fromkeys(end for one in first for end in self.led(one))
        before = tuple(self.candidate(one) for one in first)
        if len(ends) == 1:
            orthologue = self.kind.manner == "orthologue"
            outcome: Outcome = "orthologue" if orthologue else "cross-reference"
            told = f"{name} ({first[0]})" if name != first[0] else name
            return Match(word, outcome, next(iter(ends)), before if orthologue else (), told, self.through.source)
        if len(first) == 1 and self.stands_alone(first[0]):
            return Match(word, by, first[0], (), name, self.through.source)
        return Match(word, "ambiguous" if ends else "unknown", None, (*self._candidates(ends), *before)[:CANDIDATES])

    def _bare(self, word: str) -> Match | None:
        """Look for an identifier that is written without its prefix, with or without a version: ENSG00000198947.16."""
        for prefix in self.kind.bare:
            identifier = self.names.identifier(f"{prefix}:{_VERSION.sub('', word.strip())}")
            if identifier and (match := self._corresponding(word, identifier)):
                return match
        return None

    def _called(self, word: str) -> Match | None:
        key = fold(word)
        own = {entry.identifier for entry in self._words.exact.get(key, ())}
        entries = self._entries(key)
        there = [entry for entry in entries if entry.active]
        exact = [entry for entry in there if entry.tier != "broad"]
        preferred = {entry.identifier for entry in exact if entry.tier == "label"}
        every = {entry.identifier for entry in there}
        # A word that a curator gave to something else is not left to what a release prefers.
        if len(preferred) == 1 and (not own or preferred <= own):
            return self._found(word, [entry for entry in exact if entry.identifier in preferred])
        # What a curator has judged to cover several things is no other name of one of them.
        if (broad := self._words.broad.get(key)) and key not in self._words.exact:
            return Match(word, "broad", None, self._candidates(dict.fromkeys([*broad, *sorted(every)])))
        if len(every) == 1 and exact:
            return self._found(word, exact)
        if every:
            return Match(word, "ambiguous", None, self._candidates(sorted(every)))
        gone = list(dict.fromkeys(entry.identifier for entry in entries))
        return self._after(word, gone, entries[0].text) if gone else None

    def _entries(self, key: str) -> list[Entry]:
        own = self._words.exact.get(key, [])
        # What stands in for a release knows no more of what our tables have than they do.
        known = self._installed is None and (own or key in self._words.broad)
        named = self.vocabulary.named(key) if self.vocabulary and not known else []
        return [*own, *(entry for entry in named if not self._words.decisions.denies(key, entry.identifier))]

    def _found(self, word: str, entries: list[Entry]) -> Match:
        best = min(entries, key=lambda entry: _TIERS.index(entry.tier))
        return Match(word, best.tier, best.identifier, name=best.text, source=best.source)

    def _after(self, word: str, gone: list[str], name: str) -> Match:
        """Return what has become of withdrawn terms."""
        assert self.vocabulary is not None  # noqa: S101 - it says that they are withdrawn
        after: dict[str, None] = {}
        leading = True
        for one in gone:
            found, decided = follow(self.vocabulary, one)
            after |= dict.fromkeys(found)
            leading = leading and decided
        successor = next(iter(after)) if len(after) == 1 and leading else None
        return Match(
            word,
            "withdrawn",
            successor,
            self._candidates(after),
            name,
            self.vocabulary.source,
            withdrawn=self.candidate(gone[0]),
        )

    def named(self, word: str) -> frozenset[str]:
        """Return everything that goes by a name exactly, or that a broader word covers (CURIEs)."""
        key = fold(word)
        found = {today for entry in self._entries(key) for today in self.today(entry.identifier)}
        return frozenset(found) or frozenset(self._words.broad.get(key, ()))

    def nearest(self, word: str) -> tuple[Candidate, ...]:
        """Return the things whose names look most like ``word``, best first; nothing past so many words."""
        key = fold(word)
        best: dict[str, Candidate] = {}
        if self._left is not None:
            self._left -= 1
        if self._left is None or self._left >= 0:
            scores = likenesses(key, self._words.keys)
            if self._installed is not None:
                scores |= likenesses(key, [*self._installed.alike(key)])
            for name, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))[: 10 * CANDIDATES]:
                for identifier in self._identifiers(name):
                    if self._words.decisions.denies(key, identifier):
                        continue
                    best.setdefault(identifier, Candidate(identifier, self.label(identifier), round(score, 1)))
        # Of what is equally like, that which the atlas lists is rather meant.
        ranked = sorted(best.values(), key=lambda one: (-one.score, one.identifier not in self.labels))
        if not best and len(self.labels) <= FEW:
            return tuple(Candidate(identifier, label, 0.0) for identifier, label in sorted(self.labels.items()))
        return tuple(ranked[:CANDIDATES])

    def _identifiers(self, key: str) -> Iterator[str]:
        yield from self._words.named.get(key, ())
        if self._installed is not None:
            yield from (entry.identifier for entry in self._installed.named(key) if entry.active)

    def spelling(self, identifier: str) -> str:
        """Return what to write for a term (CURIE) to be meant: its label where that is accepted for it, else itself."""
        label = self.label(identifier)
        meant = self.find(label) if label else None
        return label if meant and meant.identifier == identifier else identifier

    def words_of(self, identifier: str) -> set[str]:
        """Return the words, folded, that stand for one thing in our tables."""
        return self._words.words_of(identifier)

    def beginning(self, start: str) -> set[str]:
        """Return the things (CURIEs) that a name beginning so stands for, folded."""
        key = fold(start)
        return self._words.beginning(key) | (self._installed.beginning(key) if self._installed else set())
