"""Generalising: telling less of persons, step by step, until every cell holds enough of them."""

from collections.abc import Mapping

import polars as pl

from etl.privacy.persons import BANDED, PLACELESS, RAISED, SEXLESS, WITHHELD, crowd
from muscle_atlas.names import Names

_LISTED = pl.List(pl.String)


def generalise(persons: pl.DataFrame, parents: Mapping[str, list[str]], k: int | None, start: int) -> pl.DataFrame:
    """Return persons with the ``level`` at which each is told of, and the ``parents`` of the diseases of those raised.

    A cell that holds fewer than ``k`` persons takes the next step with all that are in it, so that a cell that is large
    enough never loses anybody, and nobody takes a step without need.

    Args:
        persons: those of ``list_persons``.
        parents: the IRIs of what stands directly above each disease.
        k: how many persons a cell must hold; None takes no step.
        start: the level that all begin with.
    """
    persons = persons.with_columns(
        pl.lit(start).alias("level"), pl.lit("").alias("raised"), pl.lit([], _LISTED).alias("parents")
    )
    if k is None:
        return persons
    for level in (BANDED, SEXLESS, PLACELESS):
        if level > start:
            persons = _move(persons, crowd(persons) < k, level)
    persons = _with_parents(persons, crowd(persons) < k, parents)
    # Who has the disease that others are raised to waits: they may be enough together.
    small = (crowd(persons) < k) & (persons["raised"] != "")
    targets = persons.filter(small)["raised"].unique()
    persons = _move(persons, small & ~persons["disease"].is_in(targets.implode()), RAISED)
    small = (crowd(persons) < k) & (persons["raised"] != "") & (persons["level"] == PLACELESS)
    persons = _move(persons, small, RAISED)
    return _move(persons, crowd(persons) < k, WITHHELD)


def _move(persons: pl.DataFrame, small: pl.Series, level: int) -> pl.DataFrame:
    return persons.with_columns(pl.when(small).then(pl.lit(level)).otherwise("level").alias("level"))


def _with_parents(persons: pl.DataFrame, small: pl.Series, parents: Mapping[str, list[str]]) -> pl.DataFrame:
    """Say what stands above the diseases of persons: of several parents the one that most of them share.

    Nothing stands above who has no disease, or one without a parent.
    """
    above = pl.DataFrame(
        {"disease": list(parents), "parent": list(parents.values())}, schema={"disease": pl.String, "parent": _LISTED}
    ).explode("parent")
    told = persons.select("individual", "synthetic", pl.col("diseases").alias("disease"))
    told = told.filter(small).explode("disease").drop_nulls("disease").join(above, on="disease")
    shared = told.group_by("parent").len("shared")
    chosen = (
        above.join(shared, on="parent")
        .sort(["shared", "parent"], descending=[True, False])
        .unique("disease", keep="first", maintain_order=True)
    )
    raised = (
        told.select("individual", "synthetic", "disease")
        .unique()
        .join(chosen, on="disease")
        .group_by("individual", "synthetic")
        .agg(pl.col("parent").unique().sort().alias("_parents"), pl.len().alias("_found"))
    )
    joined = persons.join(raised, on=["individual", "synthetic"], how="left", maintain_order="left")
    whole = (pl.col("_found") == pl.col("diseases").list.len()).fill_null(value=False)
    return joined.with_columns(
        pl.when(whole).then("_parents").otherwise("parents").alias("parents"),
        pl.when(whole).then(pl.col("_parents").list.join("\n")).otherwise("raised").alias("raised"),
    ).drop("_parents", "_found")


def parents_of(vocabularies: pl.DataFrame, names: Names) -> dict[str, list[str]]:
    """Return the IRIs of what stands directly above each disease of ORDO, by the vocabularies of a release."""
    ordo = f"<{names.expand('ORPHA:')}"
    above = vocabularies.filter(
        pl.col("p") == f"<{names.expand('rdfs:subClassOf')}>",
        pl.col("s").str.starts_with(ordo),
        pl.col("o").str.starts_with(ordo),
    )
    bare = above.select(pl.col("s", "o").str.strip_chars("<>")).unique()
    return dict(bare.group_by("s").agg(pl.col("o").sort()).iter_rows())
