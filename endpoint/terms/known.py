"""What a release knows of terms: the slices that it was built with, our tables, and how often each is photographed."""

import threading
from collections import Counter
from dataclasses import dataclass
from typing import get_args
from weakref import WeakKeyDictionary

import polars as pl

from endpoint.atlas import OpenRelease
from endpoint.problems import ProblemError
from muscle_atlas.settings import Language
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.slices import SliceError
from muscle_atlas.terms.words.kinds import Kind, read_kinds
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.resolver import Resolver
from muscle_atlas.terms.words.search import Search
from muscle_atlas.terms.words.shelf import Shelf


@dataclass(frozen=True, eq=False)
class Term:
    """A term that links may name."""

    identifier: str
    kind: Kind
    iri: str


class KnownTerms:
    """The terms of one release, in both languages."""

    def __init__(self, opened: OpenRelease) -> None:
        """Take a release.

        Raises:
            SliceError: if it keeps a slice that cannot be read.
        """
        self._opened = opened
        shelf = Shelf.of_folder(opened.release.terms, Mappings.beside(opened.release.mappings))
        self.photographs = _photographs(opened)
        """How many photographs say just this term, by CURIE."""
        self.resolvers = {language: Resolver(opened.names, language, shelf) for language in get_args(Language)}
        """What reads words, and tells labels in a language."""
        self.searches = {
            language: Search(resolver.lexicons, self.photographs) for language, resolver in self.resolvers.items()
        }
        """What finds terms as people type them, and tells labels in a language."""

    def lexicon(self, kind: str, language: str = "en") -> Lexicon:
        """Return the words of a kind, which tells labels in a language."""
        return self.resolvers[language].lexicons[kind]

    def term(self, identifier: str) -> Term | None:
        """Return a term by its CURIE, None where links may name none such."""
        if self._opened.names.identifier(identifier) != identifier:
            return None
        for kind in read_kinds().values():
            if self.lexicon(kind.name).links(identifier):
                return Term(identifier, kind, self._opened.names.expand(identifier))
        return None


def _photographs(opened: OpenRelease) -> Counter[str]:
    """Count the photographs that say a term, each once, by its CURIE."""
    said = []
    for kind in read_kinds():
        told = opened.images.select("image", pl.col(kind).alias("term"))
        said.append(told.explode("term") if isinstance(opened.images.schema[kind], pl.List) else told)
    counts = pl.concat(said).drop_nulls("term").unique().group_by("term").len()
    return Counter({opened.names.compress(iri): count for iri, count in counts.iter_rows()})


_known: WeakKeyDictionary[OpenRelease, KnownTerms] = WeakKeyDictionary()
"""Of open releases; a release that is closed takes its own with it."""
_lock = threading.Lock()


def known_terms(opened: OpenRelease) -> KnownTerms:
    """Return what a release knows of terms, read when it is first asked for.

    Raises:
        ProblemError: if the release keeps a slice that cannot be read.
    """
    with _lock:
        if opened not in _known:
            try:
                _known[opened] = KnownTerms(opened)
            except SliceError as error:
                raise unreadable(error) from error
        return _known[opened]


def unreadable(error: SliceError) -> ProblemError:
    """Return the problem that a slice cannot be read."""
    return ProblemError.of(503, "terms-unreadable", reason=error)
