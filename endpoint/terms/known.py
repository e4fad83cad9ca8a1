"""What a release knows of terms: the slices that it was built with, our tables, and how often each is photographed."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import polars as pl

from muscle_atlas.names import Names
from muscle_atlas.releases import Release
from muscle_atlas.settings import Language
from muscle_atlas.terms.curation.mappings import Mappings
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

    def __init__(self, release: Release, names: Names) -> None:
        """Take a release, and the names of the atlas that built it.

        Raises:
            SliceError: if it keeps a slice that cannot be read.
        """
        self._names = names
        shelf = Shelf.of_folder(release.terms, Mappings.beside(release.mappings))
        self.photographs = _photographs(pl.read_parquet(release.images), names)
        """How many photographs say just this term, by CURIE."""
        self.resolvers = {language: Resolver(names, language, shelf) for language in get_args(Language)}
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
        if self._names.identifier(identifier) != identifier:
            return None
        for kind in read_kinds().values():
            if self.lexicon(kind.name).links(identifier):
                return Term(identifier, kind, self._names.expand(identifier))
        return None


def _photographs(images: pl.DataFrame, names: Names) -> Counter[str]:
    """Count the photographs that say a term, each once, by its CURIE."""
    said = []
    for kind in read_kinds():
        told = images.select("image", pl.col(kind).alias("term"))
        said.append(told.explode("term") if isinstance(images.schema[kind], pl.List) else told)
    counts = pl.concat(said).drop_nulls("term").unique().group_by("term").len()
    return Counter({names.compress(iri): count for iri, count in counts.iter_rows()})


def read_known_terms(folder: Path) -> KnownTerms:
    """Return what the release in a folder knows of terms.

    Raises:
        SliceError: if it keeps a slice that cannot be read.
    """
    release = Release(folder)
    return KnownTerms(release, Names(release.read_report()["base"]))
