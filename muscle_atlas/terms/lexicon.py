"""The words of one kind of thing (genes, diseases, muscles …) and the identifiers they stand for."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import get_args

from muscle_atlas.folding import fold
from muscle_atlas.names import Names
from muscle_atlas.settings import Language
from muscle_atlas.terms.embedded import Words, embedded_vocabulary
from muscle_atlas.terms.identifiers import linked_identifiers, separate_identifier
from muscle_atlas.terms.kinds import Kind, kind_of_words
from muscle_atlas.terms.labels import french_labels
from muscle_atlas.terms.likeness import likenesses
from muscle_atlas.terms.matches import Candidate, Entry, Match, Outcome
from muscle_atlas.terms.shelf import Shelf
from muscle_atlas.terms.slices import Tier
from muscle_atlas.terms.typed import Name, Typed
from muscle_atlas.terms.vocabularies import Vocabulary, follow

CANDIDATES = 5
"""How many candidates a curator is told at the most."""
FEW = 20
"""A list of up to this length is told whole where no word of it is alike."""
SEARCHED = 500
"""How many unknown words of one kind likenesses are looked for; a table with more has the wrong column, and each search
takes milliseconds."""

_TIERS = get_args(Tier)
_OURS = Kind("", "", None, "", (), (), None, None, {})
"""Kinds that only our own tables name."""


class Lexicon:
    """Words of one kind: those of our tables, and those of the installed releases of its vocabulary.

    A release stands in for the tables that were drawn from an earlier one; those that a curator keeps hold beside it.
    """

    def __init__(
        self,
        words: str,
        names: Names,
        language: Language = "en",
        shelf: Shelf | None = None,
        searched: float = SEARCHED,
    ) -> None:
        """Read the tables ``<words>*.sssom.tsv``; labels of candidates are in ``language`` where there is one.

        Likenesses are looked for ``searched`` times at the most.

        Raises:
            SliceError: if an installed release cannot be read.
        """
        shelf = shelf or Shelf()
        self.kind = kind_of_words(words) or _OURS
        self.names = names
        self.language = language
        self._searched = 0
        self._most_searched = searched
        self._words = Words(words, shelf.slices)
        self._installed = shelf.vocabulary(self.kind.vocabulary, self.kind.name, self.kind.prefix)
        self._through = shelf.vocabulary(self.kind.through, self.kind.name, "")
        self._shelf = shelf
        self.labels = self._words.labels
        """Everything that our own tables name, with its label, by CURIE."""
        if language == "fr":
            self.labels = self.labels | {one: french_labels().get(one, own) for one, own in self.labels.items()}

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """The terms that are accepted: an installed release, or what stands in for it."""
        return self._installed or embedded_vocabulary(self.kind.vocabulary or "")

    @cached_property
    def through(self) -> Vocabulary | None:
        """The terms that lead to those that are accepted: an installed release, or what stands in for it."""
        return self._through or embedded_vocabulary(self.kind.through or "")

    def resolve_words(self, words: Iterable[str]) -> dict[str, Match]:
        """Resolve each word once."""
        return {word: self.resolve(word) for word in words}

    def resolve(self, word: str) -> Match:
        """Return what a word stands for, as ``find`` does, or else what looks like it, which is never accepted."""
        return self.find(word) or Match(word, "unknown", None, self.nearest(word))

    def find(self, word: str) -> Match | None:
        """Return what a word stands for, None where it is not known.

        An identifier in any spelling, ours or one that a vocabulary calls exactly the same, then a preferred label,
        then any other name; an identifier that is only nearly the same yields candidates. A name that several things
        share is ambiguous, whatever its tier, unless it is the preferred label of exactly one of them. A withdrawn
        term leads to its successor where that is one. An identifier beside the name of something else is
        contradictory.
        """
        return self._identified(word) or self._called(word) or self._led(word) or self._bare(word)

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
        return self._corresponding(word, identifier) or self._led_by(word, identifier)

    def _corresponding(self, word: str, other: str) -> Match | None:
        """Look for the terms that an identifier of another vocabulary is the same as, or nearly."""
        same: set[str] = set()
        near: set[str] = set()
        for term, _, match in self.vocabulary.referring(other) if self.vocabulary else ():
            (same if match in self.kind.same else near).update(self.today(term))
        source = self._installed.source if self._installed else ""
        if not same and not near:
            same, near = (
                {one for one in told if self.lists(one)} for told in linked_identifiers().get(other, ((), ()))
            )
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
        first = (
            [identifier] if term else [one for one, _, match in self.through.referring(identifier) if match == "exact"]
        )
        return self._lead(word, first, identifier) if first else None

    def _led(self, word: str) -> Match | None:
        """Follow a name of the vocabulary that leads to this one."""
        entries = self.through.named(fold(word)) if self.through else []
        first = list(dict.fromkeys(entry.identifier for entry in entries if entry.active))
        return self._lead(word, first, entries[0].text) if first else None

    def _lead(self, word: str, first: list[str], name: str) -> Match:
        assert self.through is not None  # noqa: S101 - what leads here was found in it
        ends = dict.fromkeys(end for one in first for end in self.led(one))
        before = tuple(self.candidate(one) for one in first)
        if len(ends) == 1:
            orthologue = self.kind.manner == "orthologue"
            outcome: Outcome = "orthologue" if orthologue else "cross-reference"
            told = f"{name} ({first[0]})" if name != first[0] else name
            return Match(word, outcome, next(iter(ends)), before if orthologue else (), told, self.through.source)
        return Match(word, "ambiguous" if ends else "unknown", None, (*self._candidates(ends), *before)[:CANDIDATES])

    def led(self, identifier: str) -> list[str]:
        """Return the terms (CURIEs) that one of the vocabulary ``through`` leads to."""
        references = self.through.references(identifier) if self.through else []
        ends = (other for _, other, match in references if match == self.kind.manner)
        return [today for end in ends if end.startswith(f"{self.kind.prefix}:") for today in self.today(end)]

    def _bare(self, word: str) -> Match | None:
        """Look for an identifier that is written without its prefix, such as that of a gene in Ensembl."""
        for prefix in self.kind.bare:
            identifier = self.names.identifier(f"{prefix}:{word.strip()}")
            if identifier and (match := self._corresponding(word, identifier)):
                return match
        return None

    def _called(self, word: str) -> Match | None:
        key = fold(word)
        entries = self._entries(key)
        there = [entry for entry in entries if entry.active]
        exact = [entry for entry in there if entry.tier != "broad"]
        preferred = {entry.identifier for entry in exact if entry.tier == "label"}
        every = {entry.identifier for entry in there}
        if len(preferred) == 1:
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
        if self._installed is not None:
            return [*own, *self._installed.named(key)]
        # What stands in for a release knows no more of what our tables have than they do.
        if own or key in self._words.broad or self.vocabulary is None:
            return own
        return self.vocabulary.named(key)

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

    def today(self, identifier: str) -> list[str]:
        """Return a term, or what stands for it today where it was withdrawn; nothing where it is none of this kind."""
        term = self.vocabulary.term(identifier) if self.vocabulary else None
        if term is None:
            return [identifier] if identifier in self._words.labels else []
        if term.status == "active":
            return [identifier]
        assert self.vocabulary is not None  # noqa: S101 - it has the term
        return follow(self.vocabulary, identifier)[0]

    def lists(self, identifier: str) -> bool:
        """Tell whether links may name a term (CURIE): our tables or the vocabulary have it, and it is not withdrawn."""
        term = self.vocabulary.term(identifier) if self.vocabulary else None
        return term.status == "active" if term else identifier in self._words.labels

    def named(self, word: str) -> frozenset[str]:
        """Return everything that goes by a name exactly, or that a broader word covers (CURIEs)."""
        key = fold(word)
        found = {today for entry in self._entries(key) for today in self.today(entry.identifier)}
        return frozenset(found) or frozenset(self._words.broad.get(key, ()))

    def of_no_kind(self, word: str) -> Candidate | None:
        """Return what the installed vocabulary calls so, or numbers so, that is of no kind: a region, no muscle."""
        if self._installed is None:
            return None
        term = self._installed.of_no_kind(fold(word), self.names.identifier(word) or "")
        return Candidate(term.id, term.label_en) if term else None

    def above(self, identifier: str) -> frozenset[str]:
        """Return everything that a term is or is part of (CURIEs), as the installed vocabulary says."""
        return self._installed.ancestors(identifier) if self._installed else frozenset()

    def candidate(self, identifier: str) -> Candidate:
        """Return a thing as it is told to curators."""
        return Candidate(identifier, self.label(identifier))

    def label(self, identifier: str) -> str:
        """Return the label of a term (CURIE) in the language of the lexicon, else in English, else nothing."""
        for vocabulary in (self._installed, self._through):
            if vocabulary and (term := vocabulary.term(identifier)):
                own = term.label_fr or french_labels().get(identifier) if self.language == "fr" else None
                return own or term.label_en
        if identifier in self.labels:
            return self.labels[identifier]
        for stand_in in (self.vocabulary, self.through):
            if stand_in and (term := stand_in.term(identifier)):
                return term.label_en
        return ""

    def nearest(self, word: str) -> tuple[Candidate, ...]:
        """Return the things whose names look most like ``word``, best first; nothing past the most words searched."""
        key = fold(word)
        self._searched += 1
        best: dict[str, Candidate] = {}
        if self._searched <= self._most_searched:
            near = self._near(key)
            scores = likenesses(key, self._words.keys, 4 * CANDIDATES) | likenesses(key, [*near], 4 * CANDIDATES)
            for known, score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
                for identifier in (*self._words.named.get(known, ()), *near.get(known, ())):
                    best.setdefault(identifier, Candidate(identifier, self.label(identifier), round(score, 1)))
                if len(best) >= CANDIDATES:
                    break
        if not best and len(self.labels) <= FEW:
            return tuple(Candidate(identifier, label, 0.0) for identifier, label in sorted(self.labels.items()))
        return tuple(best.values())[:CANDIDATES]

    def _near(self, key: str) -> dict[str, list[str]]:
        """Return names of the installed release, folded, that may look like ``key``, with what they stand for."""
        found: dict[str, list[str]] = {}
        for name, entry in self._installed.alike(key) if self._installed else ():
            if entry.active:
                found.setdefault(name, []).append(entry.identifier)
        return found

    def words_of(self, identifier: str) -> set[str]:
        """Return the words, folded, that stand for one thing in our tables."""
        return self._words.words_of(identifier)

    def beginning(self, start: str) -> set[str]:
        """Return the things (CURIEs) that a name beginning so stands for, folded."""
        key = fold(start)
        return self._words.beginning(key) | (self._installed.beginning(key) if self._installed else set())

    def typed(self, typed: Typed) -> Iterator[Name]:
        """Yield names that begin with what somebody types, among them those of withdrawn terms."""
        yield from self._words.typed(typed)
        if self.vocabulary:
            yield from self.vocabulary.typed(typed)

    def holding(self, typed: Typed) -> Iterator[Name]:
        """Yield names in which every word that somebody types begins a word, among them those of withdrawn terms."""
        yield from self._words.holding(typed)
        if self.vocabulary:
            yield from self.vocabulary.holding(typed)

    def names_of(self, identifier: str) -> Iterator[Name]:
        """Yield every name of a term (CURIE)."""
        yield from self._words.names_of(identifier)
        if self.vocabulary:
            yield from self.vocabulary.names_of(identifier)

    def _candidates(self, identifiers: Iterable[str]) -> tuple[Candidate, ...]:
        return tuple(self.candidate(identifier) for identifier in identifiers)
