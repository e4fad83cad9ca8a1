"""What is known of the terms of one kind: their labels, what has become of them, what leads to them."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from muscle_atlas.folding import fold
from muscle_atlas.names import Names
from muscle_atlas.settings import Language
from muscle_atlas.terms.words.embedded import Words, embedded_vocabulary
from muscle_atlas.terms.words.kinds import Kind, kind_of_words
from muscle_atlas.terms.words.labels import french_labels
from muscle_atlas.terms.words.matches import Candidate
from muscle_atlas.terms.words.shelf import Shelf
from muscle_atlas.terms.words.typed import Name, Typed
from muscle_atlas.terms.words.vocabularies import Vocabulary, follow

_OURS = Kind("", "", None, "", (), (), None, None, alone=False, labels={})
"""Kinds that only our own tables name."""


class Known:
    """The terms of one kind: those of our tables, and those of the installed releases of their vocabulary."""

    def __init__(self, words: str, names: Names, language: Language = "en", shelf: Shelf | None = None) -> None:
        """Read the tables ``<words>*.sssom.tsv``; labels are in ``language`` where there is one.

        Raises:
            SliceError: if an installed release cannot be read.
        """
        shelf = shelf or Shelf()
        self.kind = kind_of_words(words) or _OURS
        self.names = names
        self.language = language
        self._words = Words(words, shelf.releases, shelf.mappings)
        self._installed = shelf.vocabulary(self.kind.vocabulary, self.kind.name, self.kind.prefix)
        self._through = shelf.vocabulary(self.kind.through, self.kind.name, "")
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

    def led(self, identifier: str) -> list[str]:
        """Return the terms (CURIEs) that one of the vocabulary ``through`` leads to."""
        references = self.through.references(identifier) if self.through else []
        ends = (other for _, other, match in references if match == self.kind.manner)
        return [today for end in ends if end.startswith(f"{self.kind.prefix}:") for today in self.today(end)]

    def stands_alone(self, identifier: str) -> bool:
        """Tell whether a term of the vocabulary ``through`` is linked itself: it corresponds to none of this one."""
        if self.through is None or not self.kind.alone:
            return False
        term = self.through.term(identifier)
        others = (other for _, other, _ in self.through.references(identifier))
        return (
            term is not None
            and term.status == "active"
            and not any(other.startswith(f"{self.kind.prefix}:") for other in others)
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

    def links(self, identifier: str) -> bool:
        """Tell whether links may name a term (CURIE), be it one that stands alone."""
        return self.lists(identifier) or self.stands_alone(identifier)

    def installs(self, identifier: str) -> bool:
        """Tell whether an installed release has a term (CURIE)."""
        return self._installed is not None and self._installed.term(identifier) is not None

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
        return self._words.decisions.labels.get(identifier, "")

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
        for vocabulary in (self.vocabulary, self.through if self.stands_alone(identifier) else None):
            if vocabulary:
                yield from vocabulary.names_of(identifier)

    def _candidates(self, identifiers: Iterable[str]) -> tuple[Candidate, ...]:
        return tuple(self.candidate(identifier) for identifier in identifiers)
