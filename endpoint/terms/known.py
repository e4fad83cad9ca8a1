"""What a release knows of terms: the slices that it was built with, our tables, and how often each is photographed."""

import math
import threading
from collections import Counter
from dataclasses import dataclass
from typing import cast
from weakref import WeakKeyDictionary

import polars as pl

from endpoint.atlas import OpenRelease
from endpoint.problems import ProblemError
from muscle_atlas.settings import Language
from muscle_atlas.terms.kinds import Kind, read_kinds
from muscle_atlas.terms.lexicon import Lexicon
from muscle_atlas.terms.search import Search
from muscle_atlas.terms.shelf import Shelf
from muscle_atlas.terms.slices import SliceError


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
        self.shelf = Shelf.of_folder(opened.release.terms)
        counts = _photographs(opened)
        self._searches = {language: Search(self._lexicons(language), counts) for language in ("en", "fr")}
        self.photographs = counts
        """How many photographs say just this term, by CURIE."""

    def search(self, language: str) -> Search:
        """Return the search that tells labels in a language."""
        return self._searches[language]

    def lexicons(self, language: str) -> dict[str, Lexicon]:
        """Return the words of each kind."""
        return dict(self._searches[language].lexicons)

    def term(self, identifier: str) -> Term | None:
        """Return a term by its CURIE, None where links may name none such."""
        if self._opened.names.identifier(identifier) != identifier:
            return None
        for name, lexicon in self._searches["en"].lexicons.items():
            if lexicon.lists(identifier):
                return Term(identifier, read_kinds()[name], self._opened.names.expand(identifier))
        return None

    def _lexicons(self, language: str) -> dict[str, Lexicon]:
        return {
            kind.name: Lexicon(kind.words, self._opened.names, cast("Language", language), self.shelf, math.inf)
            for kind in read_kinds().values()
        }


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
