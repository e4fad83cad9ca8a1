"""What becomes of words: what they stand for where an atlas is built with one or the other releases."""

from collections.abc import Collection, Iterable, Iterator

import polars as pl

from muscle_atlas.folding import fold
from muscle_atlas.names import Names
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.moving.vocabulary import Editions, Found, Vocabulary
from muscle_atlas.terms.slices import Slice
from muscle_atlas.terms.words.kinds import Kind
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.shelf import Shelf


class Meanings:
    """What words stand for, by our own tables and some releases."""

    def __init__(self, slices: Iterable[Slice], names: Names, mappings: Mappings | None = None) -> None:
        """Take the slices of the releases, and tables of words: ours where no others are given.

        Raises:
            SliceError: if one of them cannot be read.
        """
        self._shelf = Shelf(slices, mappings)
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


def word_changes(
    vocabulary: Vocabulary, kind: Kind, before: Editions, meanings: tuple[Meanings, Meanings], gone: Collection[str]
) -> Iterator[Found]:
    """Yield the words that stood for a term and are understood otherwise, or no longer.

    Args:
        vocabulary: where they are told.
        kind: of the terms.
        before: the vocabularies as they are.
        meanings: what words stand for with these, and with other releases.
        gone: terms (CURIEs) that are left out.

    Raises:
        SliceError: if a slice cannot be read.
    """
    old, new = meanings
    for curie in vocabulary.uses.terms:
        if curie.startswith(f"{kind.prefix}:") and curie not in gone:
            for word, rows in _words_of(curie, kind, vocabulary, before):
                if old.of(word, kind) == (curie,) and (now := new.of(word, kind)) != (curie,):
                    after = tuple(vocabulary.thing(one) for one in now)
                    yield vocabulary.change("word", curie, (vocabulary.thing(curie),), after, having=rows, about=word)


def _words_of(curie: str, kind: Kind, vocabulary: Vocabulary, before: Editions) -> Iterator[tuple[str, pl.Series]]:
    """Yield the words of cells that stand for a term; every name of it where cells are not known."""
    uses = vocabulary.uses
    if uses.words is not None:
        yield from ((word, rows) for (used, word), rows in uses.words.items() if used == curie)
        return
    own, through = (before.get(name or "") for name in (kind.vocabulary, kind.through))
    names = own.names(curie) if own else []
    if through and kind.manner == "exact":
        names += [name for same in sorted(through.referring(curie, "exact")) for name in through.names(same)]
    for name in {fold(name): name for name in reversed(names)}.values():
        yield name, uses.terms[curie]
