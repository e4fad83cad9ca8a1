"""Kinds: of what things words are known, in which tables and releases."""

from dataclasses import dataclass
from functools import cache

from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.settings import Language
from muscle_atlas.tables import JOINER, Table


@dataclass(frozen=True)
class Kind:
    """Where the terms of one kind come from (a row of ``mappings/kinds.tsv``)."""

    name: str
    words: str
    """The SSSOM tables of its words, ``<words>*.sssom.tsv``."""
    vocabulary: str | None
    """The release whose terms are accepted."""
    prefix: str
    same: tuple[str, ...]
    """Matches of the references that say which term an identifier of another vocabulary stands for."""
    bare: tuple[str, ...]
    """Prefixes of identifiers that are written without them."""
    through: str | None
    """A release whose terms lead to those of ``vocabulary``."""
    manner: str | None
    """By which references they do."""
    alone: bool
    """Whether one of them that leads nowhere stands for itself."""
    labels: dict[Language, str]


@cache
def read_kinds() -> dict[str, Kind]:
    """Return every kind by its name, in the order of the table."""
    kinds = {}
    for row in Table(MAPPINGS / "kinds.tsv").rows.iter_rows(named=True):
        kinds[row["kind"]] = Kind(
            name=row["kind"],
            words=row["words"],
            vocabulary=row["vocabulary"],
            prefix=row["prefix"],
            same=_several(row["same"]),
            bare=_several(row["bare"]),
            through=row["through"],
            manner=row["manner"],
            alone=row["alone"] == "yes",
            labels={"en": row["label_en"], "fr": row["label_fr"]},
        )
    return kinds


def _several(cell: str | None) -> tuple[str, ...]:
    return tuple(cell.split(JOINER)) if cell else ()


@cache
def kind_of_words(words: str) -> Kind | None:
    """Return the kind whose words stand in the tables ``<words>*.sssom.tsv``; None where there are only tables."""
    return next((kind for kind in read_kinds().values() if kind.words == words), None)
