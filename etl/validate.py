"""Validating a graph with the shapes: core constraints by pySHACL in batches, each query once on Oxigraph."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import RDF, SH
from rdflib.util import from_n3

from etl import quads
from etl.shapes import Shapes, SparqlRule
from muscle_atlas.names import Names

BATCH = 2_000
"""Subjects validated by pySHACL at a time: bounds memory; larger batches were not faster."""


@dataclass(frozen=True)
class Result:
    """One validation result, as ``sh:ValidationResult`` has it; terms as N-Triples text."""

    rule: str
    """IRI of the shape."""
    focus: str
    value: str | None = None
    path: str | None = None
    suggestion: str | None = None
    """What the rule proposes instead, where its query binds ``?suggestion``."""


def validate(graph: pl.DataFrame, store: ox.Store, shapes: Shapes) -> list[Result]:
    """Return every result, sorted.

    Args:
        graph: the quads to validate (columns ``s``, ``p``, ``o``, ``g`` of N-Quads text).
        store: a store that holds them and the vocabularies that the rules lean on.
        shapes: what to validate with.
    """
    results = set(_validate_near(graph, shapes))
    for rule in shapes.sparql:
        results |= set(_ask(rule, store, shapes.names))
    if shapes.wide is not None:
        results |= set(_run(_to_rdflib(graph), shapes.wide))
    return sorted(results, key=lambda result: (result.rule, result.focus, result.path or "", result.value or "",
                                               result.suggestion or ""))


def _validate_near(graph: pl.DataFrame, shapes: Shapes) -> Iterator[Result]:
    predicates = [f"<{iri}>" for iri in shapes.local_predicates]
    looked_at = graph.filter(pl.col("p").is_in(predicates)).sort("s")
    subjects = looked_at["s"].unique().sort()
    for start in range(0, len(subjects), BATCH):
        batch = subjects.slice(start, BATCH)
        rows = looked_at.filter(pl.col("s").is_between(pl.lit(batch[0]), pl.lit(batch[-1])))
        yield from _run(_to_rdflib(rows), shapes.local)


def _run(data: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Result]:
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True, advanced=False)
    assert isinstance(report, rdflib.Graph)  # noqa: S101 - pySHACL returns bytes only where it is asked to
    for result in report.subjects(RDF.type, SH.ValidationResult):
        value, path = report.value(result, SH.value), report.value(result, SH.resultPath)
        focus, shape = report.value(result, SH.focusNode), report.value(result, SH.sourceShape)
        assert focus is not None  # noqa: S101 - SHACL, section 3.6.2: every result has one
        yield Result(
            rule=str(shape),
            focus=focus.n3(),
            value=value.n3() if value is not None else None,
            path=path.n3() if path is not None else None,
        )


def _ask(rule: SparqlRule, store: ox.Store, names: Names) -> Iterator[Result]:
    """Ask a rule of the whole graph at once: ``$this`` is bound to the instances of its class, not one by one."""
    head, brace, body = rule.select.partition("{")
    bound = f"{head}{brace}{_binding(rule, names)}{body}"
    solutions = store.query(bound, prefixes=names.prefixes, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - the shapes hold SELECT queries only
    known = {variable.value for variable in solutions.variables}
    for solution in solutions:
        focus = solution["this"]
        texts = {
            name: str(solution[name]) if name in known and solution[name] is not None else None
            for name in ("value", "path", "suggestion")
        }
        yield Result(rule=rule.iri, focus=str(focus), **{**texts, "value": texts["value"] or str(focus)})


def _binding(rule: SparqlRule, names: Names) -> str:
    kind, below = names.expand("rdf:type"), names.expand("rdfs:subClassOf")
    return f" $this <{kind}>/<{below}>* <{rule.target}> . "


def _to_rdflib(rows: pl.DataFrame) -> rdflib.Graph:
    graph = rdflib.Graph()
    for subject, predicate, target in rows.select("s", "p", "o").iter_rows():
        graph.add((_term(subject), _term(predicate), _term(target)))
    return graph


@lru_cache(maxsize=65_536)
def _term(text: str) -> rdflib.term.Node:
    if text.startswith("<"):
        return rdflib.URIRef(text[1:-1])
    term = from_n3(text)
    assert isinstance(term, rdflib.term.Node)  # noqa: S101 - what our own writer or a parser wrote is a term
    return term


def parse_quads(parsed: Iterable[ox.Quad]) -> pl.DataFrame:
    """Return parsed RDF of any graphs as quads of text."""
    rows = [(str(q.subject), str(q.predicate), str(q.object), str(q.graph_name)) for q in parsed]
    return pl.DataFrame(rows, schema=quads.SCHEMA, orient="row")
