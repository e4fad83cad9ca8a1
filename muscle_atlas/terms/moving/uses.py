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
    """Return the numbers of the photographs that stand in any of the series, each once."""
    found = [pl.Series(dtype=pl.UInt32), *rows]
    return pl.concat(found).unique()


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
        images = table.select("image_id", *columns).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnusableError(f"{release.images}: {' '.join(str(error).split())}") from error
    return gather_uses(images, columns, names)


def gather_uses(images: pl.DataFrame, columns: Sequence[str], names: Names, words: pl.DataFrame | None = None) -> Uses:
    """Gather what photographs use.

    Args:
        images: one row a photograph: ``image_id``, and columns of IRIs or lists of IRIs.
        columns: the columns of IRIs.
        names: the names of the atlas.
        words: ``image_id``, ``word`` and ``identifier`` (CURIE), one row a word of a cell.
    """
    numbered = images.sort("image_id").with_row_index("row")
    # What the atlas itself mints stands in no vocabulary.
    flat = [
        _flat(numbered, column).rename({column: "iri"}).filter(~pl.col("iri").str.starts_with(names.base))
        for column in columns
    ]
    links = pl.concat(flat or [pl.DataFrame(schema={"row": pl.UInt32, "iri": pl.String})]).unique()
    curies = {iri: names.compress(iri) for iri in links["iri"].unique()}
    pairs = pl.DataFrame(schema={"row": pl.UInt32, _GENE: pl.String, _DISEASE: pl.String})
    if {_GENE, _DISEASE} <= set(columns):
        pairs = _flat(numbered, _GENE).join(_flat(numbered, _DISEASE), on="row").unique()
    told = None
    if words is not None:
        placed = words.join(numbered.select("image_id", "row"), on="image_id").select("row", "identifier", "word")
        told = _grouped(placed.unique(), "identifier", "word")
    return Uses(
        numbered["image_id"],
        {curies[iri]: rows for (iri,), rows in _grouped(links, "iri").items()},
        {
            (names.compress(gene), names.compress(disease)): rows
            for (gene, disease), rows in _grouped(pairs, _GENE, _DISEASE).items()
        },
        told,  # type: ignore[arg-type]
    )


def _flat(numbered: pl.DataFrame, column: str) -> pl.DataFrame:
    flat = numbered.select("row", column)
    return (flat.explode(column) if isinstance(flat.schema[column], pl.List) else flat).drop_nulls()


def _grouped(table: pl.DataFrame, *keys: str) -> dict[tuple[str, ...], pl.Series]:
    grouped = table.group_by(*keys).agg("row")
    return dict(zip(grouped.select(keys).iter_rows(), grouped["row"], strict=True))
