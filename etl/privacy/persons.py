"""Persons and their cells: who is told apart by disease, sex, age and muscle."""

import polars as pl

from etl.describe.united import unite_rows
from etl.resolve.gaps import HUMAN
from etl.resolve.records import Resolved
from muscle_atlas.names import Names

UNKNOWN_SEX = "NCIT:C17998"
EXACT, BANDED, SEXLESS, PLACELESS, RAISED, WITHHELD = range(6)
"""How little is told of a person: everything; age as a band; no sex; no muscle; the disease above; nothing."""

PERSONS = (
    pl.col("individual").filter(pl.col("individual_inferred").is_null()).n_unique()
    + pl.col("individual_inferred").any(ignore_nulls=True).fill_null(value=False).cast(pl.UInt32)
).alias("persons")
"""How many persons a group of records certainly shows: those without an id of the individual may all show one."""

_BETWEEN, _WITHIN = "\n", "\t"
"""Stand in no IRI and no age."""


def list_persons(resolved: Resolved, names: Names) -> pl.DataFrame:
    """Return one row a person, animals left out, with what the atlas would tell of them.

    All that is told of a person counts together, since the photographs of one person are linked: two biopsies are two
    ages and two muscles of one cell. Columns: ``individual``, ``synthetic``, ``individual_inferred`` (true where nobody
    gave an id), ``diseases`` (list), and as texts ``disease``, ``sex``, ``exact`` (ages and muscles), ``banded``
    (bands and muscles), ``bands``.
    """
    return persons_of(unite_rows(resolved.records, names), names)


def persons_of(united: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return the persons of united records, as ``list_persons`` does."""
    united = united.filter(pl.col("species").is_null() | (pl.col("species") == names.expand(HUMAN)))
    before_birth = pl.concat_str(pl.col("gestational_weeks"), pl.lit("w"))
    told = pl.coalesce("age", before_birth, "age_band")
    return (
        united.with_columns(
            pl.when(pl.col("sex") != names.expand(UNKNOWN_SEX)).then("sex").alias("sex"),
            _pair(told).alias("exact"),
            _pair(pl.col("age_band")).alias("banded"),
        )
        .group_by("individual", "synthetic", maintain_order=True)
        .agg(
            pl.col("individual_inferred").first(),
            pl.col("disease").list.explode().drop_nulls().unique().sort().alias("diseases"),
            pl.col("sex").drop_nulls().min(),
            _set("exact"),
            _set("banded"),
            _set(pl.col("age_band").fill_null("")).alias("bands"),
        )
        .with_columns(pl.col("diseases").list.join(_BETWEEN).alias("disease"), pl.col("sex").fill_null(""))
    )


def told_of(persons: pl.DataFrame) -> pl.Series:
    """Return what is told of each person at its ``level``, as one text: equal texts are one cell."""
    level = pl.col("level")
    age = pl.when(level == EXACT).then("exact").when(level < PLACELESS).then("banded").otherwise("bands")
    sex = pl.when(level < SEXLESS).then("sex").otherwise(pl.lit(""))
    disease = pl.when(level < RAISED).then("disease").otherwise("raised")
    return persons.select(pl.concat_str([disease, sex, age], separator=_BETWEEN * 2).alias("cell")).to_series()


def crowd(persons: pl.DataFrame, *also: str) -> pl.Series:
    """Return how many persons the cell of each one holds, real and synthetic ones apart.

    Photographs without an id of the individual may all show one person, and count as one. Persons that are withheld
    count for nothing, and their cell is empty.

    Args:
        persons: those of ``list_persons``, with their ``level``.
        also: further columns that cells are divided by.
    """
    told = persons.select("individual", "individual_inferred", "synthetic", "level", *also, told_of(persons))
    cell = ("cell", "synthetic", *also)
    counts = told.filter(pl.col("level") < WITHHELD).group_by(cell).agg(PERSONS)
    counted = told.join(counts, on=cell, how="left", maintain_order="left")
    return counted.select(pl.when(pl.col("level") < WITHHELD).then("persons").otherwise(0).alias("crowd")).to_series()


def _pair(age: pl.Expr) -> pl.Expr:
    return pl.concat_str(age.fill_null(""), (pl.lit(_WITHIN) + pl.col("muscle")).fill_null(""))


def _set(of: str | pl.Expr) -> pl.Expr:
    values = pl.col(of) if isinstance(of, str) else of
    return values.unique().sort().str.join(_BETWEEN)
