"""Validating a graph with the shapes: cases by pySHACL, queries on Oxigraph of the nodes they may find fault with."""

import io
import re
from collections.abc import Iterable, Iterator

import polars as pl
import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH

from etl.describe import quads
from etl.validate.ask import Ask, Found, ask
from etl.validate.cases import judge_cases
from etl.validate.excerpts import take_excerpt, write_pairs
from etl.validate.focus import find_nodes
from etl.validate.judge import Judge, JudgeError, Message, Result, judge
from etl.validate.predicates import Predicates
from etl.validate.queries import THIS
from etl.validate.shapes import Faults, Shapes, SparqlRule, raise_fault
from etl.validate.suspects import suspects
from etl.validate.terms import read_term

TOGETHER = 50_000
"""Nodes that a query is asked about at a time: bounds the memory of the store that holds what it reads of them."""

_PLACE = re.compile(r"\{[?$]([A-Za-z_][A-Za-z_0-9]*)\}")


def validate(
    predicates: Predicates,
    shapes: Shapes,
    judging: Judge = judge,
    asking: Ask = ask,
    fault: Faults = raise_fault,
) -> list[Result]:
    """Return every result, sorted.

    Args:
        predicates: the triples to validate, with those of the vocabularies that the rules lean on.
        shapes: what to validate with.
        judging: who judges what pySHACL has to judge.
        asking: who asks the queries that are not left to pySHACL.
        fault: is told of shapes that cannot be judged by, or of what holds a query that cannot be asked; the others
            are.
    """
    results = list(judge_cases(predicates, shapes, judging, fault))
    for rule in shapes.sparql:
        try:
            results += list(_ask(rule, predicates, asking))
        except JudgeError as error:
            fault(rule.constraint, error)
    if shapes.wide:
        everything = serialise(predicates)
        results += _judge_wide(everything, shapes, shapes.wide, judging, fault)
    return sorted(results, key=lambda result: result.sort_key)


def _judge_wide(
    everything: bytes, shapes: Shapes, wanted: list[rdflib.term.Node], judging: Judge, fault: Faults
) -> list[Result]:
    """Judge everything by some shapes at once; where that fails, by each of them by itself."""
    try:
        return list(judging(everything, shapes.looking_for(wanted)))
    except JudgeError as error:
        if len(wanted) == 1:
            fault(wanted[0], error)
            return []
        return [result for shape in wanted for result in _judge_wide(everything, shapes, [shape], judging, fault)]


def _ask(rule: SparqlRule, predicates: Predicates, asking: Ask) -> Iterator[Result]:
    """Ask a query of the nodes that may break it."""
    reads = rule.query.reads
    assert reads is not None  # noqa: S101 - others are left to pySHACL
    nodes = suspects(rule.query, find_nodes(rule.targets, predicates), predicates)
    for part in nodes.to_frame("s").iter_slices(TOGETHER):
        for found in asking(take_excerpt(reads, part, predicates), rule.query.marked, rule.query.prefixes):
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


def _filled(message: Message, found: Found) -> Message:
    """Return a message with what the query found in place of ``{?variable}``."""

    def say(place: re.Match[str]) -> str:
        text = found.get(place[1])
        return str(read_term(text)) if text else place[0]

    return _PLACE.sub(say, message[0]), message[1]


def serialise(predicates: Predicates) -> bytes:
    """Return the triples as N-Triples."""
    file = io.BytesIO()
    for predicate in predicates:
        write_pairs(predicates[predicate], predicate, file)
    return file.getvalue()


def parse_quads(parsed: Iterable[ox.Quad]) -> pl.DataFrame:
    """Return parsed RDF of any graphs as quads of text."""
    rows = [(str(q.subject), str(q.predicate), str(q.object), str(q.graph_name)) for q in parsed]
    return pl.DataFrame(rows, schema=quads.SCHEMA, orient="row")
