"""Slices in the graph: of each installed release the terms in use, all above them, and what is said of these."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import polars as pl

from etl.describe import quads
from etl.describe.associations import describe_associations
from muscle_atlas.names import Names
from muscle_atlas.terms.slices import Slice

_IN_USE = Path(__file__).with_name("in_use.sql")
_TRIPLES = Path(__file__).with_name("slice.sql")
_ASSOCIATIONS = """
SELECT gene, disease, kind AS association, status
FROM association JOIN temp.in_use ON in_use.id = disease"""


def describe_slices(
    slices: Sequence[Slice], mentioned: Collection[str], recorded: Collection[str], names: Names
) -> pl.DataFrame:
    """Return the quads of every slice, each in the named graph of its source.

    Args:
        slices: releases of vocabularies.
        mentioned: CURIEs of all that the atlas mentions.
        recorded: CURIEs of what records mention.
        names: the names of the atlas.

    Raises:
        SliceError: if one of them cannot be read.
    """
    with ExitStack() as opened:
        databases = {one.release["name"]: opened.enter_context(one.open()) for one in slices}
        wanted = {*mentioned, *recorded}
        for database in databases.values():
            wanted |= _choose(database, wanted, recorded)
            wanted |= set(_rows(database, _ASSOCIATIONS)["gene"])
        # Once more, for what corresponds to a term of another slice.
        used = frozenset[str]().union(*(_choose(database, wanted, recorded) for database in databases.values()))
        return pl.concat(_describe(name, database, used, names) for name, database in databases.items())


def _choose(database: sqlite3.Connection, wanted: Iterable[str], recorded: Iterable[str]) -> set[str]:
    """Fill the temporary table ``in_use`` of a slice, and return what it holds."""
    _fill(database, "wanted", wanted)
    _fill(database, "recorded", recorded)
    database.executescript(_IN_USE.read_text(encoding="utf-8"))
    return {curie for (curie,) in database.execute("SELECT id FROM temp.in_use")}


def _fill(database: sqlite3.Connection, table: str, ids: Iterable[str]) -> None:
    database.execute(f"DROP TABLE IF EXISTS temp.{table}")
    database.execute(f"CREATE TEMPORARY TABLE {table} (id TEXT PRIMARY KEY) WITHOUT ROWID")
    database.executemany(f"INSERT INTO temp.{table} VALUES (?)", ((curie,) for curie in ids))  # noqa: S608 - our names


def _rows(database: sqlite3.Connection, query: str) -> pl.DataFrame:
    answer = database.execute(query)
    columns = [column[0] for column in answer.description]
    return pl.DataFrame(answer.fetchall(), schema=dict.fromkeys(columns, pl.String), orient="row")


def _describe(name: str, database: sqlite3.Connection, used: Iterable[str], names: Names) -> pl.DataFrame:
    """Return what a slice says of its terms that are in use."""
    _fill(database, "used", used)
    graph = names.mint("graph", name)
    return pl.concat(
        [
            quads.of_curies(_rows(database, _TRIPLES.read_text(encoding="utf-8")), graph, names),
            describe_associations(_rows(database, _ASSOCIATIONS), graph, names.mint("vocabulary", name), names),
        ]
    )
