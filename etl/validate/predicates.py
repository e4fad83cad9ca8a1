"""Triples by predicate, which is how rules look at them."""

from collections.abc import Iterator

import polars as pl
from rdflib.namespace import RDF, RDFS


class Predicates:
    """For each predicate a table of subjects ``s`` and objects ``o``, as N-Triples text.

    Each term is kept once, and tables hold four bytes for it: a triple takes eight.
    """

    def __init__(self, quads: pl.DataFrame | None = None) -> None:
        """Take quads with columns ``s``, ``p`` and ``o``; further ones by ``add``."""
        self.term = pl.Categorical(pl.Categories.random())
        self._parts: dict[str, list[pl.DataFrame]] = {}
        self._instances: dict[str, pl.DataFrame] = {}
        if quads is not None:
            self.add(quads)

    def add(self, quads: pl.DataFrame) -> None:
        """Take further quads; triples that are known already stay one."""
        terms = quads.select("p", pl.col("s", "o").cast(self.term))
        for key, pairs in terms.partition_by("p", as_dict=True, include_key=False).items():
            self._parts.setdefault(str(key[0])[1:-1], []).append(pairs)
        self._instances.clear()

    def __getitem__(self, iri: str) -> pl.DataFrame:
        """Return ``s`` and ``o`` of a predicate, each pair once."""
        parts = self._parts.get(iri)
        if not parts:
            return pl.DataFrame(schema={"s": self.term, "o": self.term})
        if len(parts) > 1:
            parts[:] = [pl.concat(parts).unique()]
        return parts[0]

    def __iter__(self) -> Iterator[str]:
        """Give the IRIs of the predicates."""
        return iter(self._parts)

    @property
    def height(self) -> int:
        """Number of triples."""
        return sum(self[iri].height for iri in self)

    def objects(self) -> pl.DataFrame:
        """Return as ``o`` every different object, as text."""
        found = [parts.select(pl.col("o").unique()) for parts in map(self.__getitem__, self)]
        return pl.concat([self.nodes().select(o="s"), *found]).unique().cast(pl.String)

    def nodes(self, *texts: str) -> pl.DataFrame:
        """Return terms as a table of ``s``."""
        return pl.DataFrame({"s": texts}, schema={"s": self.term})

    def instances(self, target: str) -> pl.DataFrame:
        """Return as ``s`` the instances of a class and of those below it (SHACL, 2.1.3.2)."""
        if target not in self._instances:
            narrower = self[str(RDFS.subClassOf)].select(s="o", o="s")
            below = closure(self.nodes(f"<{target}>"), narrower)
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
