"""Gaps: what a cell, or the source of a record, says that it does not state."""

import polars as pl

from etl.resolve.cells import distinct
from etl.resolve.values.answers import is_not_stated
from etl.resolve.words.antibodies import METHODS, at_or_below
from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

HUMAN = "NCBITaxon:9606"
ELECTRONS = "FBbi:00000256"
"""Electron microscopy."""

SOURCED = ("species", "sex", "age", "muscle", "stain", "technique", "disease", "gene", "variants", "licence")
"""Columns that a perfectly characterised photograph fills, so that a gap is worth telling."""

OF_SOME = ("target", "strain", "pixel_size_um", "scale_bar_um")
"""Columns that some photographs fill: immunostains, those of animals, electron micrographs."""

OPEN = (*SOURCED, *OF_SOME)

_WORDED = ("file", "caption_en", "caption_fr", "comment")
"""Columns that are no answer to a question, so that no word of theirs says "not stated"."""


def gap_properties(names: Names) -> dict[str, str]:
    """Return the property (IRI), of images or else of individuals, of each column that may be left open."""
    told = Table(MAPPINGS / "graph.tsv").rows.filter(pl.col("subject").is_in(["image", "individual"]))
    # What stands on images, last, is the short way.
    told = told.sort(pl.col("subject") == "image", maintain_order=True)
    properties = dict(told.select("object", "predicate").iter_rows())
    return {column: names.expand(properties.get(column) or properties[column.removesuffix("s")]) for column in OPEN}


def separate_gaps(table: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Empty the cells that say "not stated", and list in ``not_stated`` the properties that are left open.

    A record transcribed from a cited text leaves open whatever it does not fill: the text says no more. Whether it is
    of a kind that has a strain, a target or a scale is known when it is resolved (``leave_open``).
    """
    properties = gap_properties(names)
    said = {
        column: pl.col(column)
        .is_in([word for word in distinct(table, column) if is_not_stated(word, column)])
        .fill_null(value=False)
        for column in table.columns
        if table.schema[column] == pl.String and column not in _WORDED
    }
    transcribed = pl.col("source").is_not_null() & ~said["source"]
    left_open = [
        pl.when(said[column] | (transcribed & pl.col(column).is_null() & pl.lit(column in SOURCED)))
        .then(pl.lit(properties[column]))
        .otherwise(None)
        for column in OPEN
    ]
    return table.with_columns(
        pl.concat_list(left_open).list.drop_nulls().alias("not_stated"),
        *(pl.when(said[column]).then(None).otherwise(pl.col(column)).alias(column) for column in said),
    )


def leave_open(out: pl.DataFrame, table: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Add to ``not_stated`` what a cited text does not say of an animal, an immunostain or an electron micrograph.

    Args:
        out: the resolved records (CURIEs), with ``not_stated``.
        table: the records, gaps separated.
        names: the names of the atlas.
    """
    properties = gap_properties(names)
    asked = {
        "strain": pl.col("species") != HUMAN,
        "target": pl.col("stain").is_in(METHODS),
        "pixel_size_um": pl.col("technique").is_in(list(at_or_below(ELECTRONS))) & pl.col("scale_bar_um").is_null(),
    }
    silent = pl.concat_list(
        pl.when(pl.col("source").is_not_null() & asks & pl.col(column).is_null()).then(pl.lit(properties[column]))
        for column, asks in asked.items()
    )
    return (
        out.join(table.select("record", "source"), on="record", how="left", maintain_order="left")
        .with_columns(pl.col("not_stated").list.set_union(silent.list.drop_nulls()))
        .drop("source")
    )
