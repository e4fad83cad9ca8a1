"""Validating a graph with the shapes: cases by pySHACL, queries on Oxigraph of the nodes they may find fault with."""

import re
from collections.abc import Iterable, Iterator

import polars as pl
import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH

from etl.describe import quads
from etl.validate.cases import judge_cases
from etl.validate.excerpts import take_excerpt
from etl.validate.focus import find_nodes
from etl.validate.judge import Message, Result, judge
from etl.validate.predicates import Predicates
from etl.validate.queries import THIS
from etl.validate.shapes import Shapes, SparqlRule
from etl.validate.suspects import suspects
from etl.validate.terms import read_term

TOGETHER = 50_000
"""Nodes that a query is asked about at a time: bounds the memory of the store that holds what it reads of them."""

_PLACE = re.compile(r"\{[?$]([A-Za-z_][A-Za-z_0-9]*)\}")


def validate(predicates: Predicates, shapes: Shapes) -> list[Result]:
    """Return every result, sorted.

    Args:
        predicates: the triples to validate, with those of the vocabularies that the rules lean on.
        shapes: what to validate with.

    Raises:
        JudgeError: if the shapes are no good SHACL.
    """
    results = list(judge_cases(predicates, shapes))
    for rule in shapes.sparql:
        results += _ask(rule, predicates)
    if shapes.wide is not None:
        results += judge(to_rdflib(predicates), shapes.wide)
    return sorted(results, key=lambda result: result.sort_key)


def _ask(rule: SparqlRule, predicates: Predicates) -> Iterator[Result]:
    """Ask a query of the nodes that may break it."""
    reads = rule.query.reads
    assert reads is not None  # noqa: S101 - others are left to pySHACL
    nodes = suspects(rule.query, find_nodes(rule.targets, predicates), predicates)
    for part in nodes.to_frame("s").iter_slices(TOGETHER):
        store = ox.Store()
        # Parsed here, because a store that loads text gives blank nodes other labels.
        store.bulk_extend(ox.parse(take_excerpt(reads, part, predicates), format=ox.RdfFormat.N_QUADS))
        solutions = store.query(rule.query.marked, prefixes=dict(rule.query.prefixes))
        assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - other queries cannot be read
        names = [variable.value for variable in solutions.variables]
        for bound in {tuple(str(term) if (term := row[name]) else None for name in names) for row in solutions}:
            found = dict(zip(names, bound, strict=True))
            focus = found[THIS]
            assert focus is not None  # noqa: S101 - the query is asked of marked nodes
            yield Result(
                rule=rule.iri,
                focus=focus,
                value=found.get("value") or focus,
                path=found.get("path"),
                suggestion=found.get("suggestion"),
                component=str(SH.SPARQLConstraintComponent),
                severity=rule.severity,
                messages=tuple(_filled(message, found) for message in rule.messages),
            )


def _filled(message: Message, found: dict[str, str | None]) -> Message:
    """Return a message with what the query found in place of ``{?variable}``."""

    def say(place: re.Match[str]) -> str:
        text = found.get(place[1])
        return str(read_term(text)) if text else place[0]

    return _PLACE.sub(say, message[0]), message[1]


def to_rdflib(predicates: Predicates) -> rdflib.Graph:
    """Return the triples as rdflib has them."""
    graph = rdflib.Graph()
    for predicate in predicates:
        for subject, target in predicates[predicate].cast(pl.String).iter_rows():
            graph.add((read_term(subject), rdflib.URIRef(predicate), read_term(target)))
    return graph


def parse_quads(parsed: Iterable[ox.Quad]) -> pl.DataFrame:
    """Return parsed RDF of any graphs as quads of text."""
    rows = [(str(q.subject), str(q.predicate), str(q.object), str(q.graph_name)) for q in parsed]
    return pl.DataFrame(rows, schema=quads.SCHEMA, orient="row")
