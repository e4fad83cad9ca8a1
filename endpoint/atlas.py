"""The atlas that is served: the current release, opened read-only, replaced when another is published."""

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph as ox

from endpoint.negotiation import Form
from endpoint.queries import read_query
from muscle_atlas.names import Names
from muscle_atlas.releases import CURRENT, NoReleaseError, Release, current_release

Solution = dict[str, ox.Literal | ox.NamedNode]


@dataclass(frozen=True, eq=False)
class OpenRelease:
    """One release while it is served."""

    release: Release
    store: ox.Store

    @cached_property
    def report(self) -> dict[str, Any]:
        """The report of the build."""
        return self.release.read_report()

    @cached_property
    def names(self) -> Names:
        """The names of the atlas that built the release."""
        return Names(self.report["base"])

    @cached_property
    def mark(self) -> str:
        """What tells this release from every other, even from one of the same version in a folder made anew."""
        return f"{self.release.version} {self.release.report.stat().st_mtime_ns}"

    @cached_property
    def images(self) -> pl.DataFrame:
        """The table of photographs, the synthetic ones last, so that no real one is hidden behind thousands of them."""
        return pl.read_parquet(self.release.images).sort("synthetic", maintain_order=True, nulls_last=False)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that graphs are written with."""
        return {
            record.prefix: record.uri_prefix
            for record in self.names.converter.records
            # "atlas" would hide the more telling prefixes; a name with a dot or dash is none in XML.
            if record.prefix.isidentifier() and record.prefix != "atlas"
        }

    def prefixes_of(self, triples: Iterable[ox.Triple]) -> dict[str, str]:
        """Return the prefixes that Turtle of these triples is written with."""
        terms = {
            term.value for t in triples for term in (t.subject, t.predicate, t.object) if isinstance(term, ox.NamedNode)
        }
        used = {self.names.compress(iri).partition(":")[0] for iri in terms}
        return {prefix: start for prefix, start in self.prefixes.items() if prefix in used}

    def serialise(self, triples: Iterable[ox.Triple], form: Form) -> bytes:
        """Return triples in a form, sorted, each once."""
        assert isinstance(form.serializer, ox.RdfFormat)  # noqa: S101 - a page is no form of triples
        told = sorted(set(triples), key=str)
        written = ox.serialize(told, format=form.serializer, prefixes=self.prefixes_of(told))
        assert written is not None  # noqa: S101 - no file was given to write to
        return written

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        """The names of classes and properties by IRI and language."""
        found: dict[str, dict[str, str]] = {}
        for solution in self.select("properties"):
            label = solution["label"]
            if isinstance(label, ox.Literal):
                found.setdefault(solution["term"].value, {})[label.language or ""] = label.value
        return found

    def label(self, iri: str, language: str) -> str:
        """Return the name of a class or property, its CURIE where it has none."""
        labels = self._labels.get(iri, {})
        return labels.get(language) or labels.get("en") or self.names.compress(iri)

    def knows(self, iri: str) -> bool:
        """Tell whether the release says anything of an IRI; of what is no IRI it does not."""
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            return False
        return next(self.store.quads_for_pattern(node, None, None, None), None) is not None

    def query(
        self, text: str, base_iri: str | None = None, **substitutions: str
    ) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        """Run one of our own queries over all graphs, with IRIs put for some of its variables.

        Raises:
            ValueError: if a substitution is no IRI.
            SyntaxError: if ``base_iri``, against which relative IRIs of the query are resolved, is none.
        """
        return self.store.query(
            self.names.localise(text),
            base_iri=base_iri,
            prefixes=self.names.prefixes,
            use_default_graph_as_union=True,
            substitutions={ox.Variable(name): ox.NamedNode(iri) for name, iri in substitutions.items()},
        )

    def select(self, name: str, **substitutions: str) -> list[Solution]:
        """Return the solutions of ``endpoint/queries/pages/<name>.rq``, unbound variables left out."""
        solutions = self.query(read_query(name), **substitutions)
        assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - a query of ours that is no SELECT is a bug
        variables = [variable.value for variable in solutions.variables]
        return [
            {
                variable: term
                for variable in variables
                if isinstance(term := solution[variable], ox.Literal | ox.NamedNode)
            }
            for solution in solutions
        ]

    def construct(self, name: str, base_iri: str | None = None, **substitutions: str) -> ox.QueryTriples:
        """Return the triples of ``endpoint/queries/pages/<name>.rq``, relative IRIs resolved against ``base_iri``."""
        triples = self.query(read_query(name), base_iri, **substitutions)
        assert isinstance(triples, ox.QueryTriples)  # noqa: S101 - a query of ours that is no CONSTRUCT is a bug
        return triples


class Atlas:
    """A data folder and its current release."""

    def __init__(self, data: Path) -> None:
        """Open the current release.

        Raises:
            NoReleaseError: if the folder holds none.
        """
        self._data = data
        self._marked = str(data / CURRENT / "report.json")
        self._lock = threading.Lock()
        self._open = self._read(current_release(data))
        self._opened_at = self._mark()

    def current(self) -> OpenRelease:
        """Return the current release; where another has been published since, it is opened now.

        The former one is closed when the last answer made from it has been given.
        """
        try:
            mark = self._mark()
        except OSError:
            # The folder is gone or being restored: what is open stays right.
            return self._open
        if mark != self._opened_at:
            with self._lock:
                if mark != self._opened_at:
                    try:
                        self._open = self._read(current_release(self._data))
                        self._opened_at = mark
                    except (NoReleaseError, OSError):
                        # A link that leads nowhere, mended by the next publication.
                        return self._open
        return self._open

    def _mark(self) -> tuple[int, int]:
        """Return what tells one release from another, even of the same version in a folder made anew."""
        found = os.stat(self._marked)  # noqa: PTH116 - asked for every request, and a Path takes three times as long
        return found.st_ino, found.st_mtime_ns

    @staticmethod
    def _read(release: Release) -> OpenRelease:
        opened = OpenRelease(release, ox.Store.read_only(str(release.store)))
        _ = opened.names, opened.mark
        return opened
