"""Where each photograph of a release was told: the rows of its records, those left out among them."""

import polars as pl

from etl.read.records import Records
from etl.resolve.records import Resolved

THINGS = ("image", "specimen", "individual", "contribution")
"""What may be taken back, as columns that hold IRIs."""


def tabulate_rows(records: Records, resolved: Resolved) -> pl.DataFrame:
    """Return ``image``, ``specimen``, ``individual``, ``contribution`` (IRIs), ``file`` and ``row`` of every row.

    So what a report says of a row can be taken back with it; the table is never served.
    """
    places = records.table.select("record", "file", "row")
    return resolved.records.select("record", *THINGS).join(places, on="record").drop("record").sort("file", "row")
