"""Risks beside the cells: variants, publications and genes that only one person has."""

import polars as pl

from etl.privacy.persons import PERSONS, crowd


def count_risks(united: pl.DataFrame, persons: pl.DataFrame) -> dict[str, int]:
    """Return how many persons a gene, a variant or a publication singles out.

    Of ``variant`` and ``publication``: persons who have one that no other person has. Of ``gene``: persons who share
    their cell with others, and would be alone if causal genes were counted with diseases.

    Args:
        united: what is published, its rows united (``unite_rows``).
        persons: the persons of ``list_persons`` of whom something is published, with their levels.
    """
    humans = united.join(persons.select("individual", "synthetic"), on=["individual", "synthetic"], how="semi")
    alone = {column: _alone(humans, column) for column in ("variant", "publication")}
    genes = humans.group_by("individual", "synthetic").agg(
        pl.col("gene").list.explode().drop_nulls().unique().sort().str.join("\n").alias("genes")
    )
    told = persons.join(genes, on=["individual", "synthetic"], how="left", maintain_order="left")
    divided = crowd(told.with_columns(pl.col("genes").fill_null("")), "genes")
    return {"gene": int(((crowd(persons) > 1) & (divided < 2)).sum()), **alone}


def _alone(humans: pl.DataFrame, column: str) -> int:
    pairs = humans.select("individual", "individual_inferred", "synthetic", column).explode(column).drop_nulls(column)
    shared = pairs.group_by(column, "synthetic").agg(PERSONS)
    lonely = pairs.join(shared.filter(pl.col("persons") < 2), on=[column, "synthetic"], how="semi")
    return lonely["individual"].n_unique()
