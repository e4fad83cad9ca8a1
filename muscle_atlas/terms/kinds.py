"""Kinds: of what things words are known, in which tables and releases."""

from dataclasses import dataclass
from functools import cache

from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.settings import Language
from muscle_atlas.tables import Table


@dataclass(frozen=True)
class Vocabularies:
    """Where the terms of one kind come from (a row of ``mappings/kinds.tsv``)."""

    kind: str
    words: str
    """The SSSOM tables of its words, ``<words>*.sssom.tsv``."""
    vocabulary: str | None
    """The release whose terms are accepted."""
    prefix: str
    through: str | None
    """A release whose terms lead to those of ``vocabulary``."""
    manner: str | None
    """By which references they do."""
    labels: dict[Language, str]


@cache
def read_kinds() -> dict[str, Vocabularies]:
    """Return every kind by its name, in the order of the table."""
    rows = Table(MAPPINGS / "kinds.tsv").rows.iter_rows()
    return {
        kind: Vocabularies(kind, words, vocabulary, prefix, through, manner, {"en": english, "fr": french})
        for kind, words, vocabulary, prefix, through, manner, english, french in rows
    }


@cache
def kind_of_words(words: str) -> Vocabularies | None:
    """Return the kind whose words stand in the tables ``<words>*.sssom.tsv``; None where there are only tables."""
    return next((kind for kind in read_kinds().values() if kind.words == words), None)
