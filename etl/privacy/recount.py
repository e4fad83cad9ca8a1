"""Counting anew how many persons a release singles out, once some have left it."""

import polars as pl

from etl.privacy.persons import EXACT, crowd, persons_of
from muscle_atlas.names import Names


def count_anew(images: pl.DataFrame, k: int | None, names: Names) -> dict[str, int]:
    """Return ``persons``, ``inferred``, ``unique`` and ``below_k`` of a table of photographs.

    What is published is looked at as it is: where less is told of a person, its cells hold less.

    Args:
        images: ``images.parquet``, or some of its rows.
        k: what the release promises, if anything.
        names: the names of the atlas.
    """
    of_nobody = names.mint("individual", "of.")
    inferred = pl.when(pl.col("individual").str.starts_with(of_nobody)).then(pl.lit(value=True))
    persons = persons_of(images.with_columns(inferred.alias("individual_inferred")), names)
    crowds = crowd(persons.with_columns(pl.lit(EXACT).alias("level"), pl.col("disease").alias("raised")))
    return {
        "persons": persons.height,
        "inferred": int(persons["individual_inferred"].sum() or 0),
        "unique": int((crowds < 2).sum()),
        "below_k": int((crowds < k).sum()) if k else 0,
    }
