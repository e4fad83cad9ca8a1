"""Tables of linked terms in the graph, and what of them is left where a release of their source is installed."""

import json
import sqlite3
from collections.abc import Iterator, Sequence

import polars as pl

from etl.describe import quads
from muscle_atlas.names import Names
from muscle_atlas.tables import JOINER, Table
from muscle_atlas.terms.slices import Slice

# Column of ontology/terms/*.tsv, predicate, and whether the object is a term or a text in a language.
_COLUMNS = {
    "label_en": ("rdfs:label", "en"),
    "label_fr": ("rdfs:label", "fr"),
    "parents": ("rdfs:subClassOf", "term"),
    "part_of": ("obo:BFO_0000050", "term"),
    "exact_match": ("skos:exactMatch", "term"),
    "broad_match": ("skos:broadMatch", "term"),
    "narrow_match": ("skos:narrowMatch", "term"),
    # In orthology relationship with.
    "orthologue": ("obo:RO_HOM0000017", "term"),
    "synonyms": ("skos:altLabel", "en"),
}
_MATCHES = ("exact_match", "broad_match", "narrow_match")
_SYMBOLIC = ("hgnc", "mgi")
"""Graphs whose synonyms are symbols, of no language."""
_BEHIND = ";"
"""Sorts just behind the colon of a CURIE."""


def describe_table(table: Table, rows: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return the quads of rows of a table of terms, in the graph that its header names."""
    graph = table.header["graph"]
    parts = []
    for column, (predicate, kind) in _COLUMNS.items():
        if column not in rows.columns:
            continue
        values = pl.col(column) if column.startswith("label") else pl.col(column).str.split(JOINER)
        told = rows.select(pl.col("id").alias("s"), pl.lit(predicate).alias("p"), values.alias("o"))
        if column == "synonyms" and graph in _SYMBOLIC:
            kind = "none"  # noqa: PLW2901 - the column has another kind here
        if told.schema["o"] != pl.String:
            told = told.explode("o")
        parts.append(told.drop_nulls("o").with_columns(pl.lit(kind).alias("kind")))
    return quads.of_curies(pl.concat(parts), names.mint("graph", graph), names)


def is_drawn(table: Table) -> bool:
    """Return whether a table was drawn from a release of the source that its graph is named after.

    Those that are kept by hand have a graph of ours, or say so behind their name: ``uberon-fr``.
    """
    return "-" not in table.path.stem and table.header.get("graph") != "vocabulary"


class Installed:
    """What installed slices hold."""

    def __init__(self, slices: Sequence[Slice]) -> None:
        """Read of which vocabularies there are terms.

        Raises:
            SliceError: if a slice cannot be read.
        """
        self._slices = {one.release["name"]: one for one in slices}
        self.prefixes: set[str] = set()
        for one in slices:
            with one.open() as database:
                self.prefixes |= set(_prefixes(database))

    def supersedes(self, table: Table) -> bool:
        """Return whether a slice takes the place of a table."""
        return is_drawn(table) and table.header.get("graph") in self._slices

    def left_of(self, table: Table) -> pl.DataFrame:
        """Return what of a table no slice says: terms that its slice lacks, and links to vocabularies it knows not.

        Raises:
            SliceError: if the slice cannot be read.
        """
        if not self.supersedes(table):
            return table.rows
        ids = json.dumps(table.rows["id"].to_list())
        with self._slices[table.header["graph"]].open() as database:
            known = database.execute("SELECT id FROM term WHERE id IN (SELECT value FROM json_each(?))", [ids])
            held = pl.col("id").is_in([curie for (curie,) in known])
            parts = [table.rows.filter(~held)]
            for column in _MATCHES:
                if column in table.rows.columns:
                    links = table.rows.filter(held).select("id", pl.col(column).str.split(JOINER)).explode(column)
                    prefixes = links[column].str.split(":").list.first()
                    told = [
                        one for one in prefixes.unique().drop_nulls() if one in self.prefixes or _tells(database, one)
                    ]
                    parts.append(links.filter(~prefixes.is_in(told)))
        return pl.concat(parts, how="diagonal")

    def mentioned(self, columns: pl.DataFrame, names: Names) -> set[str]:
        """Return the CURIEs of terms of the installed vocabularies, of all IRIs (N-Quads text) in some columns."""
        found: set[str] = set()
        for prefix in self.prefixes:
            start = f"<{names.expand(f'{prefix}:')}"
            for column in columns.iter_columns():
                iris = column.filter(column.str.starts_with(start)).unique()
                found |= {f"{prefix}:{iri[len(start) : -1]}" for iri in iris}
        return found


def _prefixes(database: sqlite3.Connection) -> Iterator[str]:
    """Yield the prefixes of the terms of a slice, jumping from one to the next in its index."""
    first = ""
    while curie := database.execute("SELECT min(id) FROM term WHERE id >= ?", [first]).fetchone()[0]:
        prefix = curie.partition(":")[0]
        yield prefix
        first = prefix + _BEHIND


def _tells(database: sqlite3.Connection, prefix: str) -> bool:
    """Return whether a slice links to terms of a vocabulary."""
    query = "SELECT 1 FROM reference WHERE other >= ? AND other < ? LIMIT 1"
    return database.execute(query, [f"{prefix}:", prefix + _BEHIND]).fetchone() is not None
