"""What is looked up in a vocabulary, whether it is an installed release or a table of ours."""

from typing import Protocol

from muscle_atlas.terms.slices import Reference, Successor, Term
from muscle_atlas.terms.words.matches import Entry
from muscle_atlas.terms.words.typed import Name, Typed

_LEADING = frozenset({"merged", "moved", "referred", "replaced"})
"""How a publisher says that another term stands for a withdrawn one; "considered" leaves it to the reader."""


class Vocabulary(Protocol):
    """The terms of one kind of a vocabulary, with their names."""

    source: str
    """What the vocabulary and its version are called."""

    def named(self, key: str) -> list[Entry]:
        """Return what a name, folded, stands for, among it withdrawn terms."""
        ...

    def term(self, identifier: str) -> Term | None:
        """Return a term of the kind, or a withdrawn one, by its CURIE."""
        ...

    def successors(self, identifier: str) -> list[Successor]:
        """Return where a withdrawn term leads, in one step."""
        ...

    def references(self, identifier: str) -> list[Reference]:
        """Return what a term corresponds to in other vocabularies."""
        ...

    def referring(self, other: str) -> list[Reference]:
        """Return the terms that correspond to one of another vocabulary."""
        ...

    def beginning(self, start: str) -> set[str]:
        """Return the terms (CURIEs) with a name that begins so, folded."""
        ...

    def names_of(self, identifier: str) -> list[Name]:
        """Return every name of a term."""
        ...

    def typed(self, typed: Typed) -> list[Name]:
        """Return names that begin with what somebody types, among them those of withdrawn terms."""
        ...

    def holding(self, typed: Typed) -> list[Name]:
        """Return names in which every word that somebody types begins a word, among them those of withdrawn terms."""
        ...


def follow(vocabulary: Vocabulary, withdrawn: str) -> tuple[list[str], bool]:
    """Follow a withdrawn term to the terms that are there today.

    Returns:
        Their CURIEs, and whether the publisher says that they stand for it, rather than that they be considered.
    """
    found: dict[str, None] = {}
    leading, seen, waiting = True, set(), [withdrawn]
    while waiting:
        identifier = waiting.pop(0)
        if identifier in seen:
            continue
        seen.add(identifier)
        for _, successor, manner in vocabulary.successors(identifier):
            term = vocabulary.term(successor)
            leading = leading and manner in _LEADING
            if term is not None and term.status == "active":
                found[successor] = None
            elif term is not None:
                waiting.append(successor)
    return list(found), leading
