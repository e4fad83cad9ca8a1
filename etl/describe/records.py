"""Describing records: resolved tables to quads, by the one table ``mappings/graph.tsv``, column by column."""

import polars as pl

from etl.describe import quads
from etl.describe.united import unite_citations, unite_rows
from etl.resolve.records import Resolved
from etl.tables import Table
from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS

TERM, IRI, STRING, TEXT = "term", "iri", "string", "text@"


def describe_records(resolved: Resolved, names: Names) -> pl.DataFrame:
    """Return the quads of all records, each once, sorted: columns ``s``, ``p``, ``o``, ``g`` of N-Quads text."""
    united = {
        **resolved.tables(),
        "records": unite_rows(resolved.records, names),
        "publications": unite_citations(resolved.publications),
    }
    tables = {name: _with_graph(table, names) for name, table in united.items()}
    statements = Table(MAPPINGS / "graph.tsv").rows
    frames = [
        _describe(tables[table], (subject, predicate, target, kind), names)
        for table, subject, predicate, target, kind in statements.iter_rows()
    ]
    return quads.unite(frames)


def _with_graph(table: pl.DataFrame, names: Names) -> pl.DataFrame:
    graphs = {False: names.mint("graph", "atlas"), True: names.mint("graph", "synthetic")}
    chosen = pl.when("synthetic").then(pl.lit(f"<{graphs[True]}>")).otherwise(pl.lit(f"<{graphs[False]}>"))
    return table.with_columns(chosen.alias("g"))


def _describe(table: pl.DataFrame, statement: tuple[str, str, str, str], names: Names) -> pl.DataFrame:
    """Return what one line of ``mappings/graph.tsv`` says of every row."""
    subject, predicate, target, kind = statement
    if kind == TERM:
        pairs = table.select(subject, pl.lit(names.expand(target)).alias("object"), "g")
    else:
        pairs = table.select(subject, pl.col(target).alias("object"), "g")
    if isinstance(pairs.schema["object"], pl.List):
        pairs = pairs.explode("object")
    return (
        pairs.filter(pl.col(subject).is_not_null() & pl.col("object").is_not_null())
        .select(
            quads.iri(subject).alias("s"),
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
    text = pl.col("object").cast(pl.String)
    if dtype == pl.Float64:
        # xsd:decimal has no exponent, and its canonical form no zeros at the end (XSD 1.1). Nine decimals hold the
        # side of a pixel of an electron micrograph in micrometres.
        text = pl.col("object").round(9).cast(pl.Decimal(27, 9)).cast(pl.String).str.replace(r"\.?0+$", "")
    return quads.literal(text, datatype=names.expand(kind))
