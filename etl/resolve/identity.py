"""Who is who: ids of photographs, biopsies and individuals, told or inferred, and their IRIs."""

import re
import unicodedata
from collections.abc import Container, Mapping

import polars as pl

from etl.privacy.pseudonyms import Pseudonyms
from etl.read.cells import mask
from etl.resolve.cells import Cells
from etl.resolve.revealing import reveals
from etl.resolve.screening import hide_person

IDENTIFIER = r"^[A-Za-z0-9._-]{1,64}$"
"""Ids given by people (design); those that begin with ``of.`` are kept for what is inferred."""
INFERRED = "of."
STAND_IN = f"{INFERRED}row-"
"""Begins the ids of rows that have none of their own."""
_UNUSABLE = re.compile(r"[^A-Za-z0-9._-]+")
IDS = ("image_id", "specimen_id", "individual_id")


def check_ids(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Tell wrong ids, and give their rows stand-in ids, so that whatever else is wrong with them is told too."""
    for record in table.filter(pl.col("image_id").is_null() & ~pl.col("record").is_in(list(cells.rejected)))["record"]:
        cells.tell("image-id-missing", record, "image_id", None)
    for column in IDS:
        for record, value in table.filter(~_is_id(column)).select("record", column).iter_rows():
            # A photograph is called by what it shows, a biopsy and an individual may be called by a person's name.
            told = value if column == "image_id" else hide_person(value)
            # What is hidden is not told in another spelling either.
            spelled = spell_id(value, set(table[column])) if told == value else ()
            cells.tell(f"{column.replace('_', '-')}-malformed", record, column, told, corrections=spelled)
    # Two contributions may have an id in common, since each is prefixed by its own.
    copies = table.filter(pl.col("image_id").is_not_null() & prefixed("image_id").is_duplicated())
    for (identifier,), rows in copies.group_by("image_id", maintain_order=True):
        places = [f"{file}:{row}" for file, row in rows.select("file", "row").iter_rows()]
        told = mask(str(identifier)) if reveals(str(identifier)) else str(identifier)
        for record in rows["record"]:
            cells.tell("image-id-twice", record, "image_id", told, places)
    stand_in = pl.concat_str(pl.lit(STAND_IN), "record")
    return table.with_columns(
        pl.when(_is_id("image_id") & prefixed("image_id").is_unique())
        .then("image_id")
        .otherwise(stand_in)
        .alias("image_id"),
        *(
            pl.when(_is_id(column) | pl.col(column).is_null()).then(column).otherwise(stand_in).alias(column)
            for column in ("specimen_id", "individual_id")
        ),
    )


def spell_id(value: str, taken: Container[str | None]) -> tuple[str, ...]:
    """Return an id that says the same as one that cannot be used, if there is such, and no row has it already."""
    letters = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    plain = _UNUSABLE.sub("-", letters).strip("-")
    while plain.startswith(INFERRED):
        plain = plain.removeprefix(INFERRED)
    return (plain,) if re.match(IDENTIFIER, plain) and plain not in taken else ()


def identify(table: pl.DataFrame, cells: Cells, pseudonyms: Pseudonyms | None = None) -> pl.DataFrame:
    """Return the IRIs of each row's photograph, biopsy, individual, diagnosis, contribution, and what is inferred.

    With ``pseudonyms`` these take the place of all ids, those of photographs among them: laboratories often make them
    of the number of a biopsy.
    """
    if pseudonyms:
        table = table.with_columns(_opaque(table, column, pseudonyms) for column in IDS)
    table = table.with_columns(prefixed(column).alias(column) for column in IDS)
    individual = pl.coalesce("individual_id", pl.concat_str(pl.lit("of."), pl.coalesce("specimen_id", "image_id")))
    specimen = pl.coalesce("specimen_id", pl.concat_str(pl.lit("of."), "image_id"))

    def mint(kind: str, identifier: pl.Expr) -> pl.Expr:
        return pl.concat_str(pl.lit(cells.names.mint(kind, "")), identifier).alias(kind)

    return table.select(
        "record",
        *IDS,
        mint("image", pl.col("image_id")),
        mint("specimen", specimen),
        mint("individual", individual),
        mint("diagnosis", individual),
        mint("contribution", pl.col("contribution")),
        pl.when(pl.col("specimen_id").is_null()).then(pl.lit(value=True)).alias("specimen_inferred"),
        pl.when(pl.col("individual_id").is_null()).then(pl.lit(value=True)).alias("individual_inferred"),
    )


def hide_ids(table: pl.DataFrame, revealing: Mapping[str, list[int]]) -> pl.DataFrame:
    """Return records with stand-ins for the ids that tell of a person, one for each id, so that no report repeats them.

    Args:
        table: the records.
        revealing: the records of such ids, by column.
    """
    return table.with_columns(
        pl.when(pl.col("record").is_in(records))
        .then(pl.concat_str(pl.lit(STAND_IN), pl.col("record").min().over(column)))
        .otherwise(column)
        .alias(column)
        for column, records in revealing.items()
    )


def _opaque(table: pl.DataFrame, column: str, pseudonyms: Pseudonyms) -> pl.Expr:
    """Return the pseudonyms of a column of ids; those that stand in for a wrong one stay."""
    whole = table.select(prefixed(column).alias(column))[column].drop_nulls().unique(maintain_order=True)
    kind = column.removesuffix("_id")
    opaque = pl.Series([pseudonyms.of(kind, identifier) for identifier in whole], dtype=pl.String)
    stand_in = pl.col(column).str.starts_with("of.")
    return pl.when(stand_in).then(column).otherwise(prefixed(column).replace(whole, opaque)).alias(column)


def prefixed(column: str) -> pl.Expr:
    """Return ids as the atlas knows them: behind that of their contribution and a full stop, if they came with one."""
    within = pl.concat_str("contribution", column, separator=".")
    return pl.when(pl.col("contribution").is_null()).then(column).otherwise(within)


def check_origin(out: pl.DataFrame, cells: Cells) -> None:
    """Tell individuals and biopsies of which some rows are synthetic and others are not."""
    mixed = pl.any_horizontal(pl.col("synthetic").n_unique().over(of) > 1 for of in ("individual", "specimen"))
    for record, synthetic in out.filter(mixed).select("record", "synthetic").iter_rows():
        cells.tell("individual-real-and-synthetic", record, "synthetic", "true" if synthetic else "false")


def stands_in(column: str) -> pl.Expr:
    """Tell of which rows an id or IRI stands in for one that they have not."""
    return pl.col(column).str.contains(STAND_IN, literal=True)


def _is_id(column: str) -> pl.Expr:
    return (
        pl.col(column).str.contains(IDENTIFIER)
        & pl.col(column).str.contains(r"[A-Za-z0-9]")
        & ~pl.col(column).str.starts_with("of.")
    )
