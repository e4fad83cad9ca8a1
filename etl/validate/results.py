"""Validating a graph with the shapes: cases by pySHACL, queries on Oxigraph of the nodes they may find fault with."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import rdflib

from etl.describe import quads
from etl.validate.cases import judge_cases
from etl.validate.judge import Result, judge
from etl.validate.predicates import Predicates
from etl.validate.shapes import Shapes, SparqlRule
from etl.validate.suspects import suspects
from etl.validate.terms import read_term
from muscle_atlas.names import Names

_INSTANCES = (Path(__file__).parent / "instances.rq").read_text(encoding="utf-8").strip()

FEW = 2_000
"""Instances of a class that are asked about without looking for suspects first, since reading a query takes longer."""

ONE_BY_ONE = 5_000
"""Suspects asked about one by one (0.2 to 2 ms each); where there are more, the query is asked once of everything."""


def validate(graph: pl.DataFrame, store: ox.Store, shapes: Shapes) -> list[Result]:
    """Return every result, sorted.

    Args:
        graph: the quads to validate, with those of the vocabularies that the rules lean on (columns ``s``, ``p``,
            ``o``, ``g`` of N-Quads text).
        store: a store that holds them.
        shapes: what to validate with.
    """
    everything = Predicates(graph)
    results = set(judge_cases(everything, shapes))
    for rule in shapes.sparql:
        results |= set(_ask(rule, everything, store, shapes.names))
    if shapes.wide is not None:
        results |= set(judge(_to_rdflib(graph), shapes.wide))
    return sorted(
        results,
        key=lambda result: (result.rule, result.focus, result.path or "", result.value or "", result.suggestion or ""),
    )


def _ask(rule: SparqlRule, everything: Predicates, store: ox.Store, names: Names) -> Iterator[Result]:
    """Ask a rule of the nodes that may break it: one by one where they are not many, else of all at once."""
    nodes = everything.instances(rule.target)["s"]
    if len(nodes) > FEW:
        nodes = suspects(rule, names, everything)
        # A store gives blank nodes other labels than ours.
        if len(nodes) <= ONE_BY_ONE and not nodes.str.starts_with("_:").any():
            for node in nodes:
                focus = {ox.Variable("this"): ox.NamedNode(node[1:-1])}
                yield from _query(rule, rule.select, store, names, focus)
            return
    if len(nodes):
        head, brace, body = rule.select.partition("{")
        yield from _query(rule, f"{head}{brace} {_binding(rule)} {body}", store, names)


def _query(
    rule: SparqlRule, query: str, store: ox.Store, names: Names, focus: dict[ox.Variable, ox.NamedNode] | None = None
) -> Iterator[Result]:
    solutions = store.query(
        query,
        prefixes=names.prefixes,
        use_default_graph_as_union=True,
        substitutions=focus,  # type: ignore[arg-type]  # a dictionary of terms is wanted, and is invariant
    )
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - the shapes hold SELECT queries only
    known = {variable.value for variable in solutions.variables}
    for solution in solutions:
        node = str(solution["this"])
        texts = {
            name: str(solution[name]) if name in known and solution[name] is not None else None
            for name in ("value", "path", "suggestion")
        }
        yield Result(rule=rule.iri, focus=node, **{**texts, "value": texts["value"] or node})


def _binding(rule: SparqlRule) -> str:
    """Return the pattern that binds ``$this`` to the instances of the rule's class (SHACL, 2.1.3.2)."""
    return _INSTANCES.replace("?target", f"<{rule.target}>")


def _to_rdflib(rows: pl.DataFrame) -> rdflib.Graph:
    graph = rdflib.Graph()
    for subject, predicate, target in rows.select("s", "p", "o").iter_rows():
        graph.add((read_term(subject), read_term(predicate), read_term(target)))
    return graph


def parse_quads(parsed: Iterable[ox.Quad]) -> pl.DataFrame:
    """Return parsed RDF of any graphs as quads of text."""
    rows = [(str(q.subject), str(q.predicate), str(q.object), str(q.graph_name)) for q in parsed]
    return pl.DataFrame(rows, schema=quads.SCHEMA, orient="row")
