"""Quads by predicate, which is how rules look at them."""

import polars as pl
from rdflib.namespace import RDF, RDFS


class Predicates:
    """For each predicate a table of subjects ``s`` and objects ``o``, as N-Triples text."""

    def __init__(self, quads: pl.DataFrame) -> None:
        """Take quads with columns ``s``, ``p`` and ``o``."""
        parts = quads.select("s", "p", "o").partition_by("p", as_dict=True, include_key=False)
        self._pairs = {str(key[0]): pairs for key, pairs in parts.items()}
        self._instances: dict[str, pl.DataFrame] = {}

    def __getitem__(self, iri: str) -> pl.DataFrame:
        """Return ``s`` and ``o`` of a predicate."""
        return self._pairs.get(f"<{iri}>", pl.DataFrame(schema={"s": pl.String, "o": pl.String}))

    def instances(self, target: str) -> pl.DataFrame:
        """Return as ``s`` the instances of a class and of those below it (SHACL, 2.1.3.2)."""
        if target not in self._instances:
            narrower = self[str(RDFS.subClassOf)].select(s="o", o="s")
            below = closure(pl.DataFrame({"s": [f"<{target}>"]}), narrower)
            self._instances[target] = self[str(RDF.type)].join(below, on="o", how="semi").select("s").unique()
        return self._instances[target]


def closure(starts: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Return as ``o`` what is reached from ``starts`` over edges from ``s`` to ``o``, the starts among it."""
    reached = frontier = starts.select(o="s")
    while frontier.height:
        ends = edges.join(frontier.select(s="o"), on="s", how="semi").select("o").unique()
        frontier = ends.join(reached, on="o", how="anti")
        reached = pl.concat([reached, frontier])
    return reached
