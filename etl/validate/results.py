"""Validating a graph with the shapes: core constraints by pySHACL in batches, each query once on Oxigraph."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import RDF, RDFS, SH, XSD

from etl.describe import quads
from etl.validate.shapes import Shapes, SparqlRule
from muscle_atlas.names import Names

_INSTANCES = (Path(__file__).parent / "instances.rq").read_text(encoding="utf-8").strip()

BATCH = 2_000
"""Subjects validated by pySHACL at a time: bounds the memory that rdflib takes. A choice, not a measured optimum."""


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
    results = set(_validate_near(graph, store, shapes))
    for rule in shapes.sparql:
        results |= set(_ask(rule, store, shapes.names))
    if shapes.wide is not None:
        results |= set(_run(_to_rdflib(graph), shapes.wide))
    return sorted(
        results,
        key=lambda result: (result.rule, result.focus, result.path or "", result.value or "", result.suggestion or ""),
    )


def _validate_near(graph: pl.DataFrame, store: ox.Store, shapes: Shapes) -> Iterator[Result]:
    below = list(_subclasses(store, shapes.local_targets))
    predicates = [f"<{iri}>" for iri in shapes.local_predicates]
    looked_at = graph.filter(pl.col("p").is_in(predicates)).sort("s")
    subjects = looked_at["s"].unique().sort()
    for start in range(0, len(subjects), BATCH):
        batch = subjects.slice(start, BATCH)
        rows = looked_at.filter(pl.col("s").is_between(pl.lit(batch[0]), pl.lit(batch[-1])))
        batch_graph = _to_rdflib(rows)
        for narrower, wider in below:
            batch_graph.add((rdflib.URIRef(narrower), RDFS.subClassOf, rdflib.URIRef(wider)))
        yield from _run(batch_graph, shapes.local)


def _subclasses(store: ox.Store, targets: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each class below a target with the target: its instances are validated, too (SHACL, 2.1.3.2)."""
    for target in targets:
        reached, waiting = {target}, [target]
        while waiting:
            wider = ox.NamedNode(waiting.pop())
            for quad in store.quads_for_pattern(None, ox.NamedNode(RDFS.subClassOf), wider, None):
                if isinstance(quad.subject, ox.NamedNode) and quad.subject.value not in reached:
                    reached.add(quad.subject.value)
                    waiting.append(quad.subject.value)
                    yield quad.subject.value, target


def _run(data: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Result]:
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True, advanced=False)
    assert isinstance(report, rdflib.Graph)  # noqa: S101 - pySHACL returns bytes only where it is asked to
    for result in report.subjects(RDF.type, SH.ValidationResult):
        value, path = report.value(result, SH.value), report.value(result, SH.resultPath)
        focus, shape = report.value(result, SH.focusNode), report.value(result, SH.sourceShape)
        assert focus is not None  # noqa: S101 - SHACL, section 3.6.2: every result has one
        yield Result(
            rule=str(shape),
            focus=_text(focus),
            value=_text(value) if value is not None else None,
            path=_text(path) if path is not None else None,
        )


def _ask(rule: SparqlRule, store: ox.Store, names: Names) -> Iterator[Result]:
    """Ask a rule of the whole graph at once: ``$this`` is bound to the instances of its class, not one by one."""
    head, brace, body = rule.select.partition("{")
    bound = f"{head}{brace} {_binding(rule)} {body}"
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


def _binding(rule: SparqlRule) -> str:
    """Return the pattern that binds ``$this`` to the instances of the rule's class (SHACL, 2.1.3.2)."""
    return _INSTANCES.replace("?target", f"<{rule.target}>")


def _to_rdflib(rows: pl.DataFrame) -> rdflib.Graph:
    graph = rdflib.Graph()
    for subject, predicate, target in rows.select("s", "p", "o").iter_rows():
        graph.add((read_term(subject), read_term(predicate), read_term(target)))
    return graph


@lru_cache(maxsize=65_536)
def read_term(text: str) -> rdflib.term.Node:
    """Return a term of N-Triples text as it is spelled: validation must tell what stands in the file."""
    if text.startswith("<"):
        return rdflib.URIRef(text[1:-1])
    if text.startswith("_:"):
        return rdflib.BNode(text[2:])
    term = next(ox.parse(f"<x:> <x:> {text} .", format=ox.RdfFormat.N_TRIPLES)).object
    assert isinstance(term, ox.Literal)  # noqa: S101 - what is neither IRI nor blank node is a literal
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    # rdflib writes a plain string without datatype.
    datatype = None if term.datatype.value == str(XSD.string) else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=datatype, normalize=False)


def _text(term: rdflib.term.Node) -> str:
    """Return a term as N-Triples text; rdflib's own is Turtle where a literal has several lines."""
    if isinstance(term, rdflib.URIRef):
        return f"<{term}>"
    if isinstance(term, rdflib.Literal):
        datatype = ox.NamedNode(term.datatype) if term.datatype and not term.language else None
        return str(ox.Literal(str(term), datatype=datatype, language=term.language))
    return f"_:{term}"


def parse_quads(parsed: Iterable[ox.Quad]) -> pl.DataFrame:
    """Return parsed RDF of any graphs as quads of text."""
    rows = [(str(q.subject), str(q.predicate), str(q.object), str(q.graph_name)) for q in parsed]
    return pl.DataFrame(rows, schema=quads.SCHEMA, orient="row")
