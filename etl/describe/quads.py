"""Quads as columns of N-Quads text: ``s``, ``p``, ``o`` and ``g``, one row a quad."""

from collections.abc import Iterable

import polars as pl
import pyoxigraph as ox

SCHEMA = {"s": pl.String, "p": pl.String, "o": pl.String, "g": pl.String}

# The escapes that canonical N-Quads asks for (RDF 1.1 N-Quads, section 4); the reader refuses other control signs.
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def iri(column: str | pl.Expr) -> pl.Expr:
    """Return a column of IRIs in angle brackets; null stays null."""
    return pl.concat_str(pl.lit("<"), _expression(column), pl.lit(">"))


def literal(column: str | pl.Expr, *, datatype: str | None = None, language: str | None = None) -> pl.Expr:
    """Return a column of texts as literals with a datatype IRI or a language; null stays null."""
    text = _expression(column)
    for sign, escape in _ESCAPES.items():
        text = text.str.replace_all(sign, escape, literal=True)
    suffix = f"@{language}" if language else f"^^<{datatype}>" if datatype else ""
    return pl.concat_str(pl.lit('"'), text, pl.lit(f'"{suffix}'))


def _expression(column: str | pl.Expr) -> pl.Expr:
    return pl.col(column) if isinstance(column, str) else column


def unite(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return all quads once, sorted; a triple told of several graphs stands in the alphabetically first.

    So what a real and a synthetic record share is described in ``…/atlas``, not in ``…/synthetic``.
    """
    return pl.concat(frames).group_by("s", "p", "o").agg(pl.col("g").min()).sort("s", "p", "o", "g")


def lines(quads: pl.DataFrame) -> pl.Series:
    """Return one line of N-Quads a quad, without line ends."""
    return quads.select(pl.concat_str("s", "p", "o", "g", separator=" ") + " .").to_series()


def quads_of(parsed: Iterable[ox.Quad], graph: str) -> pl.DataFrame:
    """Return parsed RDF as quads of one graph IRI."""
    rows = [(str(quad.subject), str(quad.predicate), str(quad.object), f"<{graph}>") for quad in parsed]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
