"""The records of contributions: whose each row is, and the terms that hold where its cells are empty."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from etl.contribute.contribution import Contribution
from etl.contribute.folders import Delivery
from etl.read.records import Input, Records


def attach(records: Records, delivery: Delivery) -> Records:
    """Return records whose column ``contribution`` holds the identifier of theirs.

    Empty cells of licence and credit take what the contribution says. Rows of a contribution that is refused are
    rejected, and told of in full.
    """
    of = _contributions_of_files(records.table["file"].unique(), delivery.contributions)
    identifier = {file: contribution.identifier for file, contribution in of.items()}
    terms = {file: contribution.terms for file, contribution in of.items() if contribution.terms}
    licence = {file: contribution.licence for file, contribution in of.items() if contribution.licence}
    credit = {file: told.credit for file, told in terms.items()}
    table = records.table.with_columns(
        _by_file(identifier).alias("contribution"),
        pl.coalesce("licence", _by_file(licence)).alias("licence"),
        pl.coalesce("credit", _by_file(credit)).alias("credit"),
    )
    refused = [file for file, contribution in of.items() if contribution.terms is None]
    return replace(
        records,
        table=table,
        problems=delivery.problems + records.problems,
        rejected=records.rejected | set(table.filter(pl.col("file").is_in(refused))["record"]),
        inputs=records.inputs + [Input(one.place, one.sha256, 0) for one in delivery.contributions],
        unreadable=records.unreadable or delivery.unreadable,
    )


def folders_of_pictures(records: Records, images: Path | None, delivery: Delivery) -> list[tuple[Path, Records]]:
    """Return each folder of pictures with the records whose pictures lie in it.

    ``images`` is that of records without contribution. Pictures of a contribution that is refused are not looked at.
    """
    own = [(images, _part(records, None))] if images else []
    pictured = ((one.images, one.identifier) for one in delivery.contributions if one.terms)
    return own + [(folder, _part(records, identifier)) for folder, identifier in pictured if folder]


def _part(records: Records, contribution: str | None) -> Records:
    return replace(records, table=records.table.filter(pl.col("contribution").eq_missing(pl.lit(contribution))))


def _by_file(values: dict[str, str]) -> pl.Expr:
    if not values:
        return pl.lit(None, pl.String)
    return pl.col("file").replace_strict(values, default=None, return_dtype=pl.String)


def _contributions_of_files(files: pl.Series, delivery: Sequence[Contribution]) -> dict[str, Contribution]:
    """Return the contribution that each table came with; a sheet is called by its file, ``#`` and its name."""
    # By what they are on disk: whoever gives a file of a contribution by itself, too, may spell it otherwise.
    real = os.path.realpath
    whose = {real(path): one for one in delivery for path in one.records}
    found = {file: whose.get(real(file)) or whose.get(real(file.rpartition("#")[0])) for file in files}
    return {file: contribution for file, contribution in found.items() if contribution}
