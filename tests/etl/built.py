"""What a build came to: the process, its JSON report, and the release as readers find it."""

import csv
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph as ox
import zstandard

from muscle_atlas.names import Names, default_base
from muscle_atlas.releases import Release, current_release

HOUSE = Path(__file__).resolve().parents[2]
NAMES = Names(default_base())

COMPLETE = {
    "species": "human",
    "sex": "F",
    "age": "14",
    "muscle": "deltoid",
    "stain": "HE",
    "technique": "light microscopy",
    "gene": "BIN1",
    "variants": "NM_139343.3:c.461G>A",
    "disease": "Autosomal recessive centronuclear myopathy",
    "licence": "CC BY 4.0",
}
"""Cells of a row that nothing can be said against."""


def node(curie: str) -> ox.NamedNode:
    """Return the node of a CURIE of ``ontology/prefixes.json``."""
    return ox.NamedNode(NAMES.expand(curie))


def image(identifier: str) -> ox.NamedNode:
    """Return the node of a photograph."""
    return ox.NamedNode(NAMES.mint("image", identifier))


def write_table(
    path: Path,
    rows: Sequence[Mapping[str, str]],
    *,
    separator: str = ",",
    headings: Mapping[str, str] | None = None,
) -> Path:
    """Write rows as a table; ``headings`` gives the heading to write for a column."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow([(headings or {}).get(column, column) for column in columns])
        writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return path


@dataclass(frozen=True)
class Built:
    """A run of ``build`` or ``check`` with ``--json``."""

    process: subprocess.CompletedProcess[str]
    data: Path

    @cached_property
    def report(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        assert "Traceback" not in self.process.stderr, self.process.stderr
        content: dict[str, Any] = json.loads(self.process.stdout)
        return content

    def told(self, file: Path | None = None, row: int | None = None) -> list[dict[str, Any]]:
        """Return the problems of a file and row, with the local name of their rule as ``name``."""
        problems = [{**problem, "name": problem["rule"].rpartition("/")[2]} for problem in self.report["problems"]]
        return [
            problem
            for problem in problems
            if (file is None or problem["file"] == str(file)) and (row is None or problem["row"] == row)
        ]

    def named(self, name: str) -> list[dict[str, Any]]:
        """Return the problems told by one rule."""
        return [problem for problem in self.told() if problem["name"] == name]

    @cached_property
    def release(self) -> Release:
        """The current release."""
        return current_release(self.data)

    @cached_property
    def report_of_release(self) -> dict[str, Any]:
        """The report that the release keeps."""
        return self.release.read_report()

    @cached_property
    def store(self) -> ox.Store:
        """The store, as readers open it."""
        return ox.Store.read_only(str(self.release.store))

    @cached_property
    def dump(self) -> str:
        """The text of ``graph.nq``."""
        with self.release.graph.open("rb") as file:
            return zstandard.ZstdDecompressor().stream_reader(file).read().decode("utf-8")

    @cached_property
    def quads(self) -> list[ox.Quad]:
        """The quads of the dump."""
        return list(ox.parse(self.dump.encode(), format=ox.RdfFormat.N_QUADS))

    @cached_property
    def images(self) -> pl.DataFrame:
        """The table of images."""
        return pl.read_parquet(self.release.images)

    def ask(self, query: str) -> list[tuple[str | None, ...]]:
        """Return the solutions of a SELECT query over the union of all graphs, sorted, as values of terms."""
        solutions = self.store.query(query, prefixes=NAMES.prefixes, use_default_graph_as_union=True)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        found = [tuple(getattr(solution[name], "value", None) for name in names) for solution in solutions]
        return sorted(found, key=str)

    def values(self, subject: ox.NamedNode, curie: str) -> set[str]:
        """Return the values of a property of one thing."""
        return set(self._values(subject, curie))

    def _values(self, subject: ox.NamedNode, curie: str) -> Iterator[str]:
        for quad in self.store.quads_for_pattern(subject, node(curie), None, None):
            assert isinstance(quad.object, ox.NamedNode | ox.Literal)
            yield quad.object.value

    def graphs(self, subject: ox.NamedNode) -> set[str]:
        """Return the local names of the graphs that speak of a thing."""
        return {
            str(quad.graph_name.value).rpartition("/")[2]
            for quad in self.store.quads_for_pattern(subject, None, None, None)
            if isinstance(quad.graph_name, ox.NamedNode)
        }
