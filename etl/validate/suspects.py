"""Which nodes a SHACL-SPARQL query can find fault with at all, told from its text by joins of columns.

The query stays the judge: what is told here is a superset of its findings, so that it need not be asked of the rest.
Whatever part of a query is not understood here is passed over where that leaves more suspects, never fewer.
"""

from collections.abc import Iterable
from typing import Any

import polars as pl
import rdflib
from rdflib.paths import AlternativePath, MulPath, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue

from etl.validate.predicates import Predicates
from etl.validate.queries import FOCUS, THIS, Query
from etl.validate.terms import write_term

MOST = 20_000_000
"""Rows of a join at most, some hundred megabytes: steps that lead to more, as several over one property with many
values do, are passed over. Only joins of shapes that others wrote come near."""

Step = tuple[rdflib.term.Node, Any, rdflib.term.Node]


def suspects(query: Query, everybody: pl.DataFrame, predicates: Predicates) -> pl.Series:
    """Return the nodes that a query may return as ``$this``, and maybe more.

    Args:
        query: the query.
        everybody: as ``s``, the nodes that it is asked about.
        predicates: every triple that the query is asked over.
    """
    return _narrow(query.algebra, everybody.rename({"s": THIS}), predicates)[THIS].unique()


def _narrow(part: CompValue, known: pl.DataFrame, predicates: Predicates) -> pl.DataFrame:
    """Return the rows of ``known`` that may be solutions of a part of a query, with the variables it binds."""
    match part.name:
        case "SelectQuery" | "Project" | "Distinct" | "Reduced" | "OrderBy" | "Extend" | "LeftJoin":
            return _narrow(part.p1 if part.name == "LeftJoin" else part.p, known, predicates)
        case "BGP":
            return _match(part.triples, known, predicates)
        case "Join":
            return _narrow(part.p2, _narrow(part.p1, known, predicates), predicates)
        case "Union":
            branches = [_narrow(branch, known, predicates).select(known.columns) for branch in (part.p1, part.p2)]
            return pl.concat(branches).unique()
        case "Filter":
            rest = _narrow(part.p, known, predicates)
            for condition in _conditions(part.expr):
                rest = _keep(condition, rest, part.p._vars, predicates)
            return rest
    return known


def _keep(condition: Any, known: pl.DataFrame, bound: set[Any], predicates: Predicates) -> pl.DataFrame:
    """Return the rows of ``known`` that may keep a condition; ``bound`` are the variables that the query has bound."""
    if not isinstance(condition, CompValue):
        return known
    if condition.name == "ConditionalOrExpression":
        ways = [_keep(way, known, bound, predicates) for way in (condition.expr, *condition.other)]
        return pl.concat(ways).unique()
    # A variable that is bound in the query and not here would make more patterns match.
    if condition.name == "Builtin_NOTEXISTS" and all(str(name) in known.columns for name in bound & condition._vars):
        return _without(condition.graph, known, predicates)
    if condition.name == "Builtin_EXISTS":
        return _with(condition.graph, known, predicates)
    return known


def _conditions(expression: Any) -> Iterable[CompValue]:
    """Give the conditions that must all hold."""
    if isinstance(expression, CompValue):
        if expression.name == "ConditionalAndExpression":
            for condition in (expression.expr, *expression.other):
                yield from _conditions(condition)
        else:
            yield expression


def _match(steps: Iterable[Step], known: pl.DataFrame, predicates: Predicates) -> pl.DataFrame:
    """Return ``known`` joined with all steps that can be walked from what is known."""
    waiting, walked = [step for step in steps if step[1] != rdflib.URIRef(FOCUS)], True
    while walked:
        walked = False
        for step in list(waiting):
            # Two literals can be one term in two spellings: values are not compared.
            fresh = isinstance(step[2], rdflib.Variable) and str(step[2]) not in known.columns
            if fresh or isinstance(step[2], rdflib.URIRef):
                further = _walk(step, known, predicates)
                if further is not None:
                    known, walked = further, True
                    waiting.remove(step)
    return known


def _with(part: CompValue, known: pl.DataFrame, predicates: Predicates) -> pl.DataFrame:
    """Return ``known`` without the rows for which a pattern surely has no solution."""
    found = _match(_steps(part) or (), known, predicates)
    return known.join(found, on=known.columns, how="semi", nulls_equal=True)


def _without(part: CompValue, known: pl.DataFrame, predicates: Predicates) -> pl.DataFrame:
    """Return ``known`` without the rows for which a pattern surely has a solution."""
    waiting, found = _steps(part), known.unique()
    if waiting is None:
        return known
    while waiting:
        for step in waiting:
            further = _walk(step, found, predicates)
            if further is not None:
                found = further
                waiting.remove(step)
                break
        else:
            return known
    return known.join(found, on=known.columns, how="anti", nulls_equal=True)


def _steps(part: CompValue) -> list[Step] | None:
    """Return the triple patterns that a part consists of; None where there is more to it."""
    if part.name == "BGP":
        return list(part.triples)
    if part.name == "Join":
        first, second = _steps(part.p1), _steps(part.p2)
        return None if first is None or second is None else first + second
    return None


def _walk(step: Step, known: pl.DataFrame, predicates: Predicates) -> pl.DataFrame | None:
    """Return ``known`` joined with one step from a variable bound in it; None where that is not understood."""
    subject, path, target = step
    if not isinstance(subject, rdflib.Variable) or str(subject) not in known.columns:
        return None
    starts = known.select(pl.col(str(subject)).alias("s")).unique()
    pairs = _pairs(path, starts, predicates)
    if pairs is None:
        return None
    pairs = pairs.rename({"s": str(subject)})
    if not isinstance(target, rdflib.Variable):
        return known.join(pairs.filter(pl.col("o") == write_term(target)), on=str(subject), how="semi")
    pairs = pairs.rename({"o": str(target)})
    shared = [str(subject), str(target)] if str(target) in known.columns else [str(subject)]
    return None if _exceeds(known, pairs, shared) else known.join(pairs, on=shared)


def _exceeds(known: pl.DataFrame, pairs: pl.DataFrame, shared: list[str]) -> bool:
    """Tell whether a join would have too many rows."""
    if known.height * pairs.height <= MOST or pairs[shared[0]].n_unique() == pairs.height:
        return False
    one, other = (side.group_by(shared).agg(pl.len().cast(pl.UInt64).alias("#")) for side in (known, pairs))
    rows = one.join(other, on=shared, suffix="#").select(pl.col("#") * pl.col("##")).sum().item()
    return int(rows) > MOST


def _pairs(path: Any, starts: pl.DataFrame, predicates: Predicates) -> pl.DataFrame | None:
    """Return starts ``s`` and ends ``o`` of a property path; None for a path that is not understood."""
    if isinstance(path, rdflib.URIRef):
        return predicates[str(path)].join(starts, on="s", how="semi")
    if isinstance(path, SequencePath):
        pairs = starts.with_columns(pl.col("s").alias("o"))
        for arg in path.args:
            further = _pairs(arg, pairs.select(pl.col("o").alias("s")).unique(), predicates)
            if further is None:
                return None
            pairs = pairs.rename({"o": "via"}).join(further.rename({"s": "via"}), on="via").select("s", "o").unique()
        return pairs
    if isinstance(path, AlternativePath):
        ways = [_pairs(arg, starts, predicates) for arg in path.args]
        known = [way for way in ways if way is not None]
        return pl.concat(known).unique() if len(known) == len(ways) else None
    if isinstance(path, MulPath) and path.mod == "*" and isinstance(path.path, rdflib.URIRef):
        edges = predicates[str(path.path)]
        return _reached(starts, edges)
    return None


def _reached(starts: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Return each start ``s`` with every end ``o`` that it reaches over edges, itself among them."""
    pairs = frontier = starts.with_columns(o="s")
    while frontier.height:
        further = frontier.rename({"o": "via"}).join(edges.rename({"s": "via"}), on="via").select("s", "o").unique()
        frontier = further.join(pairs, on=["s", "o"], how="anti")
        pairs = pl.concat([pairs, frontier])
    return pairs
