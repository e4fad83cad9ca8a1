"""The graph without what was taken back: nothing that only withdrawn photographs speak of stays in it."""

from collections.abc import Iterable

import polars as pl

from etl.describe import quads
from muscle_atlas.names import Names


def withdraw(graph: pl.DataFrame, images: Iterable[str], names: Names) -> pl.DataFrame:
    """Return the quads of a release without some photographs.

    With a photograph goes whatever no other photograph leads to: its biopsy, individual, diagnosis, variants,
    publications, contribution. What a synthetic photograph alone still leads to moves into the graph of synthetic
    records, as a build would have it. Findings of a biopsy that none of its other photographs shows go, too.

    Args:
        graph: columns ``s``, ``p``, ``o``, ``g`` of N-Quads text.
        images: IRIs of the photographs.
        names: the names of the atlas.
    """
    real, synthetic = (f"<{names.mint('graph', name)}>" for name in ("atlas", "synthetic"))
    gone = pl.Series([f"<{image}>" for image in images], dtype=pl.String)
    recorded = graph.filter(pl.col("g").is_in([real, synthetic]))
    links = (
        recorded.select("s", "o").join(recorded.select(pl.col("s").alias("o")).unique(), on="o", how="semi").unique()
    )
    photographs = recorded.filter(
        (pl.col("p") == _iri("rdf:type", names)) & (pl.col("o") == _iri("ma:Image", names))
    ).select("s", "g")
    left = photographs.filter(~pl.col("s").is_in(gone.implode()))
    kept_links = links.filter(~pl.col("o").is_in(gone.implode()))
    before = _reached(photographs["s"], links)
    by_real = _reached(left.filter(g=real)["s"], kept_links)
    by_synthetic = _reached(left.filter(g=synthetic)["s"], kept_links)
    dropped = before.filter(~before.is_in(pl.concat([by_real, by_synthetic]).implode())).implode()
    moved = by_synthetic.filter(~by_synthetic.is_in(by_real.implode())).implode()
    kept = recorded.filter(~pl.col("s").is_in(dropped) & ~pl.col("o").is_in(dropped)).with_columns(
        pl.when(pl.col("s").is_in(moved)).then(pl.lit(synthetic)).otherwise("g").alias("g")
    )
    others = graph.filter(~pl.col("g").is_in([real, synthetic]))
    return quads.unite([others, _without_findings(kept, recorded, gone, names)])


def _reached(start: pl.Series, links: pl.DataFrame) -> pl.Series:
    """Return what links lead to from some things, and these."""
    reached = start.unique()
    new = reached
    while new.len():
        found = links.join(pl.DataFrame({"s": new}), on="s", how="semi")["o"].unique()
        new = found.filter(~found.is_in(reached.implode()))
        reached = pl.concat([reached, new])
    return reached


def _without_findings(kept: pl.DataFrame, recorded: pl.DataFrame, gone: pl.Series, names: Names) -> pl.DataFrame:
    """Leave out findings of biopsies that only withdrawn photographs showed."""
    about, has, shows = (_iri(curie, names) for curie in ("obo:IAO_0000136", "obo:RO_0002200", "ma:finding"))
    of = recorded.filter((pl.col("p") == about) & pl.col("s").is_in(gone.implode()))["o"].implode()
    seen = (
        kept.filter(p=about)
        .select("s", pl.col("o").alias("biopsy"))
        .join(kept.filter(p=shows).select("s", "o"), on="s")
        .select(pl.col("biopsy").alias("s"), "o")
        .unique()
    )
    doubtful = (pl.col("p") == has) & pl.col("s").is_in(of)
    return pl.concat([kept.filter(~doubtful), kept.filter(doubtful).join(seen, on=["s", "o"], how="semi")])


def _iri(curie: str, names: Names) -> str:
    return f"<{names.expand(curie)}>"
