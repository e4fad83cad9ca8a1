"""Meanings: what words stand for where an atlas is built with some releases."""

from collections.abc import Iterable

from muscle_atlas.names import Names
from muscle_atlas.terms.kinds import Kind
from muscle_atlas.terms.lexicon import Lexicon
from muscle_atlas.terms.shelf import Shelf
from muscle_atlas.terms.slices import Slice


class Meanings:
    """What words stand for, by our own tables and some releases."""

    def __init__(self, slices: Iterable[Slice], names: Names) -> None:
        """Take the slices of the releases.

        Raises:
            SliceError: if one of them cannot be read.
        """
        self._shelf = Shelf(slices)
        self._names = names
        self._lexicons: dict[str, Lexicon] = {}

    def of(self, word: str, kind: Kind) -> tuple[str, ...]:
        """Return what a word stands for (CURIEs): one where it is accepted, several where it is ambiguous, else none.

        Raises:
            SliceError: if a slice cannot be read.
        """
        if kind.words not in self._lexicons:
            self._lexicons[kind.words] = Lexicon(kind.words, self._names, shelf=self._shelf)
        match = self._lexicons[kind.words].find(word)
        if match is None:
            return ()
        if match.identifier:
            return (match.identifier,)
        candidates = tuple(candidate.identifier for candidate in match.candidates)
        # One that is not accepted is a guess.
        return candidates if len(candidates) > 1 else ()
