"""Protection: resolved records as they are published, and what was done to each."""

from dataclasses import dataclass, field

import polars as pl

from etl.describe.united import unite_rows
from etl.privacy.generalising import generalise, parents_of
from etl.privacy.persons import (
    BANDED,
    EXACT,
    PERSONS,
    PLACELESS,
    RAISED,
    SEXLESS,
    UNKNOWN_SEX,
    WITHHELD,
    crowd,
    persons_of,
)
from etl.privacy.policy import Policy
from etl.privacy.risks import count_risks
from etl.privacy.summary import QUASI_IDENTIFIERS, Singled, Summary
from etl.resolve.cells import listed
from etl.resolve.records import Resolved
from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

_AGES = ("age", "age_years", "gestational_weeks")
_EMPTIED = {
    BANDED: (*_AGES, "caption_en", "caption_fr", "treatment", "strain", "genotype"),
    SEXLESS: ("sex",),
    PLACELESS: ("muscle", "side"),
    RAISED: ("gene", "family", "variant", "inheritance", "finding"),
}
"""Columns of records that each step empties: what it takes away, and what would tell it all the same."""
_CHANGED = {column for columns in _EMPTIED.values() for column in columns} | {"disease", "publication"}
STEPS = {"age": BANDED, "sex": SEXLESS, "muscle": PLACELESS, "disease": RAISED, "record": WITHHELD}
"""What is told less of, and the level from which on."""


@dataclass(frozen=True)
class Protection:
    """What a policy makes of records."""

    resolved: Resolved
    """The records as they are published."""
    summary: Summary
    steps: list[tuple[int, str]] = field(default_factory=list)
    """Records, and what of each is told less of: a key of ``STEPS``."""
    withheld: set[int] = field(default_factory=set)
    """Records that are not published."""


def protect(resolved: Resolved, vocabularies: pl.DataFrame, policy: Policy, names: Names) -> Protection:
    """Return what is published of records under a policy.

    Args:
        resolved: valid records.
        vocabularies: the quads of the vocabularies, for what stands above a disease.
        policy: what the institute chose.
        names: the names of the atlas.
    """
    start = BANDED if policy.age_bands else EXACT
    parents = parents_of(vocabularies, names) if policy.k else {}
    united = unite_rows(resolved.records, names)
    persons = generalise(persons_of(united, names), parents, policy.k, start)
    told = resolved.records.join(
        persons.select("individual", "synthetic", "level", "parents"),
        on=["individual", "synthetic"],
        how="left",
        maintain_order="left",
    )
    taken = {of: told.filter(_taken(of, start, names)) for of in STEPS}
    withheld = set(taken["record"]["record"])
    published = resolved
    if policy.generalises:
        published = _publish(resolved, told, policy.k, names).without(withheld)
        united = unite_rows(published.records, names)
    shown = persons.filter(pl.col("level") < WITHHELD)
    summary = Summary(
        k=policy.k,
        age_bands=policy.age_bands,
        pseudonymised=policy.pseudonyms is not None,
        persons=shown.height,
        inferred=int(shown["individual_inferred"].sum() or 0),
        published=_singled(shown, policy.k),
        given=_singled(persons.with_columns(pl.lit(EXACT).alias("level")), policy.k),
        suppressed=persons.height - shown.height,
        suppressed_images=len(withheld),
        generalised={of: taken[of]["individual"].n_unique() for of in QUASI_IDENTIFIERS},
        risks=count_risks(united, shown),
    )
    steps = [(record, of) for of, records in taken.items() for record in records["record"]]
    return Protection(published, summary, steps, withheld)


def _singled(persons: pl.DataFrame, k: int | None) -> Singled:
    crowds = crowd(persons)
    return Singled(int((crowds < 2).sum()), int((crowds < k).sum()) if k else 0)


def _taken(of: str, start: int, names: Names) -> pl.Expr:
    """Tell of which records a step takes what they have."""
    level = pl.col("level").fill_null(EXACT)
    if of == "record":
        return level == WITHHELD
    had = {
        "age": pl.any_horizontal(pl.col("age", "gestational_weeks").is_not_null()),
        "sex": (pl.col("sex") != names.expand(UNKNOWN_SEX)).fill_null(value=False),
        "muscle": pl.col("muscle").is_not_null(),
        "disease": pl.col("disease").list.len().fill_null(0) > 0,
    }
    return (level >= STEPS[of]) & (level < WITHHELD) & pl.lit(STEPS[of] > start) & had[of]


def _publish(resolved: Resolved, told: pl.DataFrame, k: int | None, names: Names) -> Resolved:
    """Return what is told of each record at its level."""
    level = pl.col("level").fill_null(EXACT)
    kept = {
        "variants": level < RAISED,
        # A zygosity tells the sex: only one who has one X is hemizygous for a gene on it.
        "interpretations": level < SEXLESS,
        "publications": (level == EXACT) | ~pl.col("publication").is_in(_lonely(resolved, told, k).implode()),
        "genes": (level < RAISED) | pl.col("gene").is_in("target").fill_null(value=False),
    }
    at = told.select("record", "level", "target")
    tables = {
        name: table.join(at, on="record", maintain_order="left").filter(kept.get(name, True)).select(table.columns)
        for name, table in resolved.tables().items()
        if name != "records"
    }
    publications = listed(tables["publications"], "publication")
    emptied = {column: level >= step for step, columns in _EMPTIED.items() for column in columns}
    records = (
        told.drop("publication")
        .join(publications, on="record", how="left", maintain_order="left")
        .with_columns(
            *(pl.when(~gone).then(column).alias(column) for column, gone in emptied.items()),
            pl.when((level >= RAISED) & pl.col("disease").is_not_null())
            .then("parents")
            .otherwise("disease")
            .alias("disease"),
        )
    )
    records = records.with_columns(_withheld(told, records, names)).select(resolved.records.columns)
    return resolved.of({"records": records, **tables})


def _lonely(resolved: Resolved, told: pl.DataFrame, k: int | None) -> pl.Series:
    """Return the publications that fewer than ``k`` persons share, real and synthetic ones apart."""
    persons = told.filter(pl.col("level") < WITHHELD).select("record", "individual", "individual_inferred")
    shared = resolved.publications.join(persons, on="record").group_by("publication", "synthetic").agg(PERSONS)
    return shared.filter(pl.col("persons") < (k or 0))["publication"].unique()


def _withheld(told: pl.DataFrame, published: pl.DataFrame, names: Names) -> pl.Series:
    """Return the properties (IRIs) of each photograph of which less is published than is told of its individual."""
    of_images = Table(MAPPINGS / "graph.tsv").rows.filter(pl.col("subject") == "image", pl.col("as") != "term")
    properties = {
        column: names.expand(predicate) for column, predicate in of_images.select("object", "predicate").iter_rows()
    }
    columns = [column for column in properties if column in _CHANGED]
    both = told.select("individual", *columns).with_columns(
        (told[column].is_not_null() & ~told[column].eq_missing(published[column])).alias(column) for column in columns
    )
    less = [pl.when(pl.col(column).any().over("individual")).then(pl.lit(properties[column])) for column in columns]
    return both.select(
        pl.concat_list(less).list.drop_nulls().list.unique(maintain_order=True).alias("withheld")
    ).to_series()
