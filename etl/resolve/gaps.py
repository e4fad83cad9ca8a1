"""Gaps: what a cell, or the source of a record, says that it does not state."""

import polars as pl

from etl.resolve.cells import distinct
from etl.resolve.values.answers import is_not_stated
from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

SOURCED = ("species", "sex", "age", "muscle", "stain", "technique", "disease", "gene", "variants", "licence")
"""Columns that a perfectly characterised photograph fills, so that a gap is worth telling."""

OF_SOME = ("target", "strain", "pixel_size_um", "scale_bar_um")
"""Columns that some photographs fill: immunostains, those of animals, electron micrographs. Left open only where a cell
says so, since a text is not silent of the strain of a patient."""

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

    A record transcribed from a cited text leaves open whatever it does not fill: the text says no more.
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
