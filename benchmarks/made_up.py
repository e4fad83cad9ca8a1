"""Graphs of made-up records of any size, with faults planted in them."""

import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from etl.describe.records import describe_records
from etl.generate.atlas import generate_records
from etl.generate.forms import write_records
from etl.pictures.table import Pictures
from etl.problems import Rules
from etl.read.columns import Columns
from etl.read.records import read_records
from etl.resolve.records import resolve_records
from muscle_atlas.names import Names
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.words.shelf import Shelf

ATLAS = 5_006
"""Photographs of the published atlas: larger graphs are made of so many, again and again under fresh names."""
SEED = 1
OF_RECORDS = ("image", "specimen", "individual", "diagnosis", "interpretation")
"""What each record has of its own; genes, diseases, variants and publications are shared."""
FAULTS = 1_000
"""Of so many triples one is left out, and one has another value."""
PLANTED = '"planted"'


def describe_made_up(size: int, names: Names) -> pl.DataFrame:
    """Return the graph of so many made-up records as a build describes them, columns ``s``, ``p`` and ``o``."""
    rules = Rules(names, "en")
    with TemporaryDirectory() as folder:
        made = Path(folder) / "records.parquet"
        with made.open("wb") as file:
            write_records(generate_records(size, SEED), file, made.suffix)
        records = read_records([made], rules, Columns())
    resolved = resolve_records(records, rules, names, Columns(), Shelf([], Mappings.beside(None)))
    resolved.records = Pictures().beside(resolved.records)
    return describe_records(resolved, names).select("s", "p", "o").unique().sort("s", "p", "o")


def grow(size: int, names: Names) -> Iterator[pl.DataFrame]:
    """Give, in parts, the graph of about so many records: that of ``ATLAS``, each time under fresh names, with faults.

    What is the same in all copies is what many records share in a real atlas, too. The faults are drawn by a checksum:
    the same in every run.
    """
    copies, rest = divmod(size, ATLAS)
    for copy in range(copies + bool(rest)):
        part = describe_made_up(ATLAS if copy < copies else rest, names)
        yield _faulty(_fresh(part, copy, names))


def _fresh(part: pl.DataFrame, copy: int, names: Names) -> pl.DataFrame:
    own = "|".join(OF_RECORDS)
    pattern = f"^<{names.base.replace('.', '[.]')}({own})/"
    told = pl.col("p") == f"<{names.expand('dcterms:identifier')}>"

    def named(column: str) -> pl.Expr:
        mine = pl.col(column).str.contains(pattern)
        return pl.when(mine).then(pl.col(column).str.replace(">$", f"-{copy}>")).otherwise(pl.col(column))

    identifier = pl.when(told).then(pl.col("o").str.replace('"$', f'-{copy}"')).otherwise("o")
    return part.with_columns(named("s"), named("o")).with_columns(o=identifier)


def _faulty(part: pl.DataFrame) -> pl.DataFrame:
    drawn = part.with_columns(lot=pl.concat_str("s", "p", "o").hash(SEED) % FAULTS).filter(pl.col("lot") != 0)
    value = pl.when(pl.col("lot") == 1).then(pl.lit(PLANTED)).otherwise("o")
    return drawn.select("s", "p", o=value).unique()


def write_lines(part: pl.DataFrame) -> bytes:
    """Return triples as N-Triples."""
    file = io.BytesIO()
    part.write_csv(file, include_header=False, separator=" ", line_terminator=" .\n", quote_style="never")
    return file.getvalue()
