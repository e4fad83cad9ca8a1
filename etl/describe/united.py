"""Uniting rows: what one row tells of a biopsy or an individual holds for all their photographs."""

import polars as pl

from etl.resolve.gaps import HUMAN, OPEN, gap_properties
from muscle_atlas.names import Names

PERSON = "sio:SIO_000498"

_OF_INDIVIDUALS = ("species", "sex", "status")
_SEVERAL_OF_INDIVIDUALS = ("gene", "animal_gene", "disease", "family", "variant", "inheritance")
_OF_SPECIMENS = ("muscle", "side", "age", "age_years", "gestational_weeks", "age_band")


def unite_rows(records: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return records whose short way says what their biopsy, individual and diagnosis say.

    A cell left empty on one row of an individual takes what another row tells; several diseases, genes and so on are
    united. Added columns: ``person_type``, ``modelled_disease`` (animals) or ``diagnosed_disease``; ``diagnosis`` is
    null where nothing was diagnosed.
    """
    united = records.with_columns(
        *(_filled(column, "individual") for column in _OF_INDIVIDUALS),
        *(_filled(column, "specimen") for column in _OF_SPECIMENS),
    )
    for column in _SEVERAL_OF_INDIVIDUALS:
        union = (
            united.select("individual", column)
            .explode(column)
            .drop_nulls()
            .group_by("individual", maintain_order=True)
            .agg(pl.col(column).unique(maintain_order=True))
        )
        united = united.drop(column).join(union, on="individual", how="left", maintain_order="left")
    return _derive(_without_filled_gaps(united, names), names)


def unite_citations(publications: pl.DataFrame) -> pl.DataFrame:
    """Return publications with one citation each, the alphabetically first: rows cite one DOI in several ways."""
    return publications.with_columns(pl.col("citation").drop_nulls().min().over("publication"))


def _filled(column: str, of: str) -> pl.Expr:
    return pl.coalesce(column, pl.col(column).drop_nulls().first().over(of)).alias(column)


def _without_filled_gaps(united: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Take from ``not_stated`` what another row tells."""
    resolved_as = {"variants": "variant"}
    properties = gap_properties(names)
    filled = pl.concat_list(
        pl.when(pl.col(resolved_as.get(column, column)).is_not_null()).then(pl.lit(properties[column]))
        for column in OPEN
    )
    return united.with_columns(pl.col("not_stated").list.set_difference(filled.list.drop_nulls()))


def _derive(united: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Add what follows from other columns: who is a person, what is modelled, whether there is a diagnosis."""
    human = (pl.col("species") == names.expand(HUMAN)).fill_null(value=False)
    animal = (pl.col("species") != names.expand(HUMAN)).fill_null(value=False)
    diagnosed = pl.any_horizontal(pl.col(column).list.len().fill_null(0) > 0 for column in _SEVERAL_OF_INDIVIDUALS)
    return united.with_columns(
        pl.when(human).then(pl.lit(names.expand(PERSON))).alias("person_type"),
        pl.when(animal).then("disease").alias("modelled_disease"),
        pl.when(~animal).then("disease").alias("diagnosed_disease"),
        pl.when(diagnosed).then("diagnosis").alias("diagnosis"),
    )
