"""What an atlas uses: the terms that its photographs link to, the genes and diseases that stand together, the words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from muscle_atlas.names import Names
from muscle_atlas.releases import Release

FIRST = 5
"""How many photographs are named of those that a change touches."""

_LABEL = "_label_en"
_GENE, _DISEASE = "gene", "disease"


class UnusableError(Exception):
    """The table of images of a release cannot be read; the message says why."""


@dataclass(frozen=True)
class Uses:
    """What the photographs of an atlas use. Photographs are numbered in the order of their ids."""

    images: pl.Series
    """Ids of the photographs."""
    terms: dict[str, pl.Series]
    """CURIE -> numbers of the photographs that link to it."""
    pairs: dict[tuple[str, str], pl.Series]
    """Gene and disease (CURIEs) -> numbers of the photographs that have both."""
    words: dict[tuple[str, str], pl.Series] | None = None
    """CURIE and the word that was resolved to it -> numbers of the photographs; None where words are not known."""

    def first(self, rows: pl.Series) -> tuple[str, ...]:
        """Return the first ids of some photographs."""
        return tuple(self.images.gather(rows.bottom_k(FIRST).sort()))


def union(rows: Iterable[pl.Series]) -> pl.Series:
    """Return the numbers of the photographs that stand in any of the series; each once, as it does in each of them."""
    found = list(rows)
    return found[0] if len(found) == 1 else pl.concat([pl.Series(dtype=pl.UInt32), *found]).unique()


def read_release(release: Release, names: Names) -> Uses:
    """Read what a release uses from its table of images.

    Raises:
        UnusableError: if the table cannot be read, or lacks ids.
    """
    try:
        table = pl.scan_parquet(release.images)
        known = table.collect_schema().names()
        # What links to a term has a label beside it.
        columns = [column for column in known if f"{column}{_LABEL}" in known]
        return gather_uses(table, columns, names)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnusableError(f"{release.images}: {' '.join(str(error).split())}") from error


def gather_uses(images: pl.LazyFrame, columns: Sequence[str], names: Names, words: pl.DataFrame | None = None) -> Uses:
    """Gather what photographs use, one column at a time, so that a million of them need little memory.

    Args:
        images: one row a photograph, in the order of ``image_id``: that, and columns of IRIs or lists of IRIs.
        columns: the columns of IRIs.
        names: the names of the atlas.
        words: ``image_id``, ``word`` and ``identifier`` (CURIE), one row a word of a cell.

    Raises:
        polars.exceptions.PolarsError: if ``images`` cannot be read.
    """
    terms: dict[str, list[pl.Series]] = {}
    for column in columns:
        # What the atlas itself mints stands in no vocabulary.
        linked = _flat(images, column).filter(~pl.col(column).str.starts_with(names.base))
        for (iri,), rows in _grouped(linked, column).items():
            terms.setdefault(names.compress(iri), []).append(rows)
    pairs = {}
    if {_GENE, _DISEASE} <= set(columns):
        both = _flat(images, _GENE).join(_flat(images, _DISEASE), on="row")
        pairs = {
            (names.compress(gene), names.compress(disease)): rows
            for (gene, disease), rows in _grouped(both, _GENE, _DISEASE).items()
        }
    ids = images.select("image_id").collect()["image_id"]
    told: dict[tuple[str, str], pl.Series] | None = None
    if words is not None:
        numbered = images.select("image_id").with_row_index("row").collect()
        placed = words.join(numbered, on="image_id").select("row", "identifier", "word")
        told = {(curie, word): rows for (curie, word), rows in _grouped(placed, "identifier", "word").items()}
    return Uses(ids, {curie: union(rows) for curie, rows in terms.items()}, pairs, told)


def _flat(images: pl.LazyFrame, column: str) -> pl.DataFrame:
    """Return ``row`` and one value of a column a row."""
    table = images.select(column).with_row_index("row").collect()
    return (table.explode(column) if isinstance(table.schema[column], pl.List) else table).drop_nulls()


def _grouped(table: pl.DataFrame, *keys: str) -> dict[tuple[str, ...], pl.Series]:
    grouped = table.group_by(*keys).agg(pl.col("row").unique())
    return dict(zip(grouped.select(keys).iter_rows(), grouped["row"], strict=True))
