"""Quads as columns of N-Quads text: ``s``, ``p``, ``o`` and ``g``, one row a quad."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import polars as pl
import pyoxigraph as ox
import zstandard

from muscle_atlas.names import Names

SCHEMA = {"s": pl.String, "p": pl.String, "o": pl.String, "g": pl.String}

CURIES = {"s": pl.String, "p": pl.String, "o": pl.String, "kind": pl.String}

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


def of_curies(triples: pl.DataFrame, graph: str, names: Names) -> pl.DataFrame:
    """Return triples as quads of one graph IRI.

    Args:
        triples: columns of ``CURIES``. Subjects, predicates, and objects of the kind ``term`` are CURIEs or IRIs; other
            objects are texts: in English (``en``), French (``fr``), no language (``none``), or a ``boolean``.
        graph: IRI of the graph.
        names: the names of the atlas.
    """
    terms = pl.col("kind") == "term"
    curies = pl.concat([triples["s"], triples["p"], triples.filter(terms)["o"]]).unique()
    iris = {curie: f"<{curie if '://' in curie else names.expand(curie)}>" for curie in curies}
    return triples.select(
        pl.col("s", "p").replace_strict(iris, return_dtype=pl.String),
        pl.when(terms)
        .then(pl.col("o").replace_strict(iris, default=None, return_dtype=pl.String))
        .when(kind="boolean")
        .then(literal("o", datatype=names.expand("xsd:boolean")))
        .when(kind="en")
        .then(literal("o", language="en"))
        .when(kind="fr")
        .then(literal("o", language="fr"))
        .otherwise(literal("o"))
        .alias("o"),
        pl.lit(f"<{graph}>").alias("g"),
    )


def _expression(column: str | pl.Expr) -> pl.Expr:
    return pl.col(column) if isinstance(column, str) else column


def unite(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return all quads once, sorted; a triple told of several graphs stands in the alphabetically first.

    So what a real and a synthetic record share is described in ``…/atlas``, not in ``…/synthetic``.
    """
    quads = pl.concat(frames).sort("s", "p", "o", "g")
    # Neighbours are compared, which takes a third of the time of grouping.
    again = pl.all_horizontal(pl.col(part) == pl.col(part).shift() for part in ("s", "p", "o"))
    return quads.filter(~again.fill_null(value=False))


def repeated(quads: pl.DataFrame) -> pl.DataFrame:
    """Return the quads whose triple may stand more than once, all that do among them."""
    # Two triples may share a hash, and then are looked at for nothing; one number may have two spellings.
    term = pl.when(~pl.col("o").str.contains('"^^', literal=True)).then("o")
    return quads.filter(quads.select(pl.struct("s", "p", term).hash()).to_series().is_duplicated())


def blank(quads: pl.DataFrame) -> pl.DataFrame:
    """Return the quads that hold a blank node."""
    return quads.filter(pl.any_horizontal(pl.col("s", "o").str.starts_with("_:")))


def write(quads: pl.DataFrame, file: IO[bytes]) -> None:
    """Write quads as N-Quads, one a line."""
    terms = quads.select("s", "p", "o", "g")
    terms.write_csv(file, include_header=False, separator=" ", line_terminator=" .\n", quote_style="never")


def read(path: Path) -> pl.DataFrame:
    """Return the quads of a dump that ``write`` wrote, compressed by Zstandard."""
    with path.open("rb") as file:
        text = zstandard.ZstdDecompressor().stream_reader(file).read()
    # A sign that canonical N-Quads escapes separates nothing.
    lines = pl.read_csv(
        text, has_header=False, separator="\x01", quote_char=None, new_columns=["quad"], infer_schema=False
    )
    parts = pl.col("quad").str.extract_groups(r"^(<[^>]*>|_:\S+) (<[^>]*>) (.+) (<[^>]*>) \.$")
    return lines.select(parts.struct.rename_fields(["s", "p", "o", "g"])).unnest("quad")


def serialise(quads: pl.DataFrame) -> bytes:
    """Return quads as N-Quads, one a line."""
    file = io.BytesIO()
    write(quads, file)
    return file.getvalue()


def quads_of(parsed: Iterable[ox.Quad], graph: str) -> pl.DataFrame:
    """Return parsed RDF as quads of one graph IRI."""
    rows = [(str(quad.subject), str(quad.predicate), str(quad.object), f"<{graph}>") for quad in parsed]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
