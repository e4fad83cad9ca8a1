"""Describing records: resolved tables to quads, by the one table ``mappings/graph.tsv``, column by column."""

import polars as pl

from etl.describe import quads
from etl.describe.united import unite_citations, unite_rows
from etl.resolve.records import Resolved
from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

TERM, IRI, STRING, TEXT = "term", "iri", "string", "text@"


def describe_records(resolved: Resolved, names: Names) -> pl.DataFrame:
    """Return the quads of all records, to be united: columns ``s``, ``p``, ``o``, ``g`` of N-Quads text."""
    tables = united_tables(resolved, names)
    # Without any contribution, the tables of contributions have no such columns.
    statements = [row for row in Table(MAPPINGS / "graph.tsv").rows.iter_rows() if row[1] in tables[row[0]].columns]
    for table, subject in dict.fromkeys((table, subject) for table, subject, *_ in statements):
        # Once, so that all statements about a thing share the memory of its IRI.
        tables[table] = tables[table].with_columns(quads.iri(subject).alias(f"<{subject}>"))
    return pl.concat(
        _describe(tables[table], (subject, predicate, target, kind), names)
        for table, subject, predicate, target, kind in statements
    )


def united_tables(resolved: Resolved, names: Names) -> dict[str, pl.DataFrame]:
    """Return the tables that ``mappings/graph.tsv`` names, with the graph ``g`` that each row is described in."""
    united = {
        **resolved.tables(),
        "records": unite_rows(resolved.records, names),
        "publications": unite_citations(resolved.publications),
    }
    return {name: _with_graph(table, names) for name, table in united.items()}


def _with_graph(table: pl.DataFrame, names: Names) -> pl.DataFrame:
    graphs = {False: names.mint("graph", "atlas"), True: names.mint("graph", "synthetic")}
    chosen = pl.when("synthetic").then(pl.lit(f"<{graphs[True]}>")).otherwise(pl.lit(f"<{graphs[False]}>"))
    return table.with_columns(chosen.alias("g"))


def _describe(table: pl.DataFrame, statement: tuple[str, str, str, str], names: Names) -> pl.DataFrame:
    """Return what one line of ``mappings/graph.tsv`` says of every row."""
    of, predicate, target, kind = statement
    subject = pl.col(f"<{of}>").alias("s")
    if kind == TERM:
        pairs = table.select(subject, pl.lit(names.expand(target)).alias("object"), "g")
    else:
        pairs = table.select(subject, pl.col(target).alias("object"), "g")
    if isinstance(pairs.schema["object"], pl.List):
        pairs = pairs.explode("object")
    return (
        pairs.filter(pl.col("s").is_not_null() & pl.col("object").is_not_null())
        .select(
            "s",
            pl.lit(f"<{names.expand(predicate)}>").alias("p"),
            _object(kind, pairs.schema["object"], names).alias("o"),
            "g",
        )
        .unique()
    )


def _object(kind: str, dtype: pl.DataType, names: Names) -> pl.Expr:
    if kind in (TERM, IRI):
        return quads.iri("object")
    if kind == STRING:
        return quads.literal("object")
    if kind.startswith(TEXT):
        return quads.literal("object", language=kind.removeprefix(TEXT))
    return quads.literal(lexical("object", dtype), datatype=names.expand(kind))


def lexical(column: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column of values as texts: the lexical forms of their datatypes."""
    if dtype == pl.Float64:
        # xsd:decimal has no exponent, and its canonical form no zeros at the end (XSD 1.1). Nine decimals hold the
        # side of a pixel of an electron micrograph in micrometres.
        return pl.col(column).round(9).cast(pl.Decimal(27, 9)).cast(pl.String).str.replace(r"\.?0+$", "")
    return pl.col(column).cast(pl.String)
