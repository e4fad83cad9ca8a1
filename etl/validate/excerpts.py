"""What a query reads of some nodes: a graph so small that its answers for them are those over the whole."""

import io

import polars as pl

from etl.validate.predicates import Predicates
from etl.validate.queries import FOCUS, Reads


def take_excerpt(reads: Reads, nodes: pl.DataFrame, predicates: Predicates) -> bytes:
    """Return as N-Triples what a query reads of ``nodes`` (column ``s``), marked as those it is asked about."""
    file = io.BytesIO()
    write_pairs(nodes.with_columns(o=pl.lit(f"<{FOCUS}>")), FOCUS, file)
    near = reads.near - reads.wide - {FOCUS}
    for predicate in reads.wide:
        write_pairs(predicates[predicate], predicate, file)
    reached = nodes
    frontier = nodes
    while frontier.height:
        # What is reached for the first time is written once.
        steps = {predicate: predicates[predicate].join(frontier, on="s", how="semi") for predicate in near}
        for predicate, pairs in steps.items():
            write_pairs(pairs, predicate, file)
        steps |= {
            predicate: predicates[predicate].join(frontier, on="s", how="semi") for predicate in reads.near & reads.wide
        }
        ends = pl.concat([predicates.nodes(), *(pairs.select(s="o") for pairs in steps.values())]).unique()
        frontier = ends.join(reached, on="s", how="anti")
        reached = pl.concat([reached, frontier])
    return file.getvalue()


def write_pairs(pairs: pl.DataFrame, predicate: str, file: io.BytesIO) -> None:
    """Write pairs of a predicate as N-Triples."""
    lines = pairs.select(pl.col("s").cast(pl.String), p=pl.lit(f"<{predicate}>"), o=pl.col("o").cast(pl.String))
    lines.write_csv(file, include_header=False, separator=" ", line_terminator=" .\n", quote_style="never")
