"""SHACL-SPARQL queries: what they may say, what they read, and whether they may be asked of many nodes at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib
from pyparsing import ParseException
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

THIS = "this"
FOCUS = "focus:"
"""Predicate and object that mark, in a store, the nodes that a query is asked about."""
_MARK = (Path(__file__).parent / "focus.rq").read_text(encoding="utf-8").strip()

_OF_ITS_OWN = frozenset({"failure", "message"})
"""Variables by which a query says more than what it found (SHACL, 5.3.2)."""
_EXISTS = ("Builtin_EXISTS", "Builtin_NOTEXISTS")


class QueryError(Exception):
    """A query that cannot be read, or says what a query of shapes must not; the message says why."""


class _UnforeseenError(Exception):
    """A query reads what cannot be told from its text."""


@dataclass(frozen=True)
class Reads:
    """Which triples a query reads of the nodes that it is asked about."""

    near: frozenset[str]
    """Predicates that are read of the nodes themselves, and of what they lead to by these predicates."""
    wide: frozenset[str]
    """Predicates of which any triple may be read."""


@dataclass(frozen=True)
class Query:
    """A query of a shape."""

    text: str
    prefixes: tuple[tuple[str, str], ...] = ()
    """Prefixes with their namespaces."""

    @property
    def marked(self) -> str:
        """The query, asked of the nodes that are marked."""
        head, brace, body = self.text.partition("{")
        return f"{head}{brace} {_MARK} {body}"

    @property
    def algebra(self) -> CompValue:
        """The marked query as rdflib understands it.

        Raises:
            QueryError: if it is no SPARQL.
        """
        return _read(self.marked, self.prefixes)

    def refuse_remote(self) -> None:
        """Refuse a query that would ask others: none is ever called.

        Raises:
            QueryError: if it cannot be read, or holds SERVICE or FROM.
        """
        algebra = _read(self.text, self.prefixes)
        if any(part.name == "ServiceGraphPattern" for part in _parts(algebra)):
            raise QueryError("SERVICE")
        if algebra.get("datasetClause"):
            raise QueryError("FROM")

    @cached_property
    def reads(self) -> Reads | None:
        """What the query reads; None where it has to be asked of each node by itself, over everything.

        That is so where answers for one node depend on others (LIMIT, subqueries, aggregates over all), where a
        variable is bound before the query begins and not by its patterns, and where any predicate may be read.
        """
        try:
            algebra = self.algebra
            if (
                algebra.name != "SelectQuery"
                or algebra.get("datasetClause")
                or _OF_ITS_OWN & {str(name) for name in algebra.PV}
            ):
                return None
            reading = _Reading()
            if not reading.understands(algebra):
                return None
            # Oxigraph, which is to be asked, is stricter than rdflib.
            ox.Store().query(self.marked, prefixes=dict(self.prefixes))
        except (QueryError, _UnforeseenError, SyntaxError):
            return None
        return Reads(frozenset(reading.near), frozenset(reading.wide))


@lru_cache(maxsize=1_024)
def _read(text: str, prefixes: tuple[tuple[str, str], ...]) -> CompValue:
    try:
        query = translateQuery(parseQuery(text), initNs=dict(prefixes))
    except ParseException as error:
        raise QueryError(f"{error.msg}, line {error.lineno}, column {error.column}") from error
    except Exception as error:
        # rdflib raises bare exceptions for unknown prefixes and variables out of scope.
        raise QueryError(str(error)) from error
    algebra: CompValue = query.algebra
    return algebra


def _parts(value: Any) -> Iterator[CompValue]:
    """Give every part of a query, whatever it stands in."""
    if isinstance(value, CompValue):
        yield value
        value = list(value.values())
    if isinstance(value, list | tuple | set):
        for part in value:
            yield from _parts(part)


def variables(value: Any) -> frozenset[rdflib.Variable]:
    """Return every variable within a part of a query; rdflib's own ``_vars`` is lacking in patterns within patterns."""
    if isinstance(value, rdflib.Variable):
        return frozenset({value})
    if isinstance(value, CompValue):
        value = list(value.values())
    if isinstance(value, list | tuple | set):
        return frozenset().union(*map(variables, value))
    return frozenset()


class _Reading:
    """Follows the patterns of a query from ``$this`` on."""

    def __init__(self) -> None:
        self.near: set[str] = set()
        self.wide: set[str] = set()

    def understands(self, algebra: CompValue) -> bool:
        return rdflib.Variable(THIS) in self._follow(algebra, frozenset())

    def _follow(self, part: CompValue, outside: frozenset[Any]) -> frozenset[Any]:  # noqa: PLR0911 - a kind each
        """Take down what a part reads; return the variables it surely binds to what was walked to from ``$this``.

        ``outside`` are such variables of what the part is joined with: of its solutions only those count that agree
        with them. They are not bound within its filters, where SPARQL evaluates it by itself.
        """
        match part.name:
            case "SelectQuery" | "Project" | "Distinct" | "Reduced" | "OrderBy" | "AggregateJoin":
                return self._follow(part.p, outside)
            case "Group":
                if rdflib.Variable(THIS) not in (part.expr or ()):
                    raise _UnforeseenError
                return self._follow(part.p, outside) & {rdflib.Variable(THIS)}
            case "BGP":
                return self._match(part.triples, outside)
            case "Join":
                first = self._follow(part.p1, outside)
                return first | self._follow(part.p2, outside | first)
            case "LeftJoin":
                first = self._follow(part.p1, outside)
                second = self._follow(part.p2, outside | first)
                self._look_into(part.expr, first | second)
                return first
            case "Union":
                return self._follow(part.p1, outside) & self._follow(part.p2, outside)
            case "Filter" | "Extend":
                bound = self._follow(part.p, outside)
                self._look_into(part.expr, bound)
                return bound
        raise _UnforeseenError

    def _look_into(self, expression: Any, bound: frozenset[Any]) -> None:
        """Take down what the patterns within an expression read."""
        if expression == rdflib.Variable(THIS) and expression not in bound:
            # SHACL binds it before the query begins, SPARQL by itself would not.
            raise _UnforeseenError
        if isinstance(expression, CompValue):
            if expression.name in _EXISTS:
                if rdflib.Variable(THIS) in variables(expression) - bound:
                    raise _UnforeseenError
                self._follow(expression.graph, bound)
                return
            expression = list(expression.values())
        if isinstance(expression, list | tuple):
            for part in expression:
                self._look_into(part, bound)

    def _match(self, triples: list[tuple[Any, Any, Any]], outside: frozenset[Any]) -> frozenset[Any]:
        bound: frozenset[Any] = frozenset()
        waiting = list(triples)
        while ready := [step for step in waiting if step[0] in outside | bound or _is_mark(step)]:
            for subject, path, target in ready:
                predicates, onward = _predicates(path)
                (self.near if onward else self.wide).update(predicates)
                ends = {subject, target} if onward else {subject}
                bound |= {end for end in ends if isinstance(end, rdflib.Variable | rdflib.BNode)}
            waiting = [step for step in waiting if step not in ready]
        for subject, path, target in waiting:
            predicates, _ = _predicates(path)
            free = {end for end in (subject, target) if isinstance(end, rdflib.Variable | rdflib.BNode)}
            if _may_stand_still(path) and len(free - outside - bound) == 2:
                # Every node of the graph is at both ends of a path without steps.
                raise _UnforeseenError
            self.wide.update(predicates)
        return bound


def _is_mark(step: tuple[Any, Any, Any]) -> bool:
    return bool(step[0] == rdflib.Variable(THIS) and step[1] == rdflib.URIRef(FOCUS))


def _predicates(path: Any) -> tuple[set[str], bool]:
    """Return the predicates of a path, and whether it is walked from subjects to objects only."""
    match path:
        case rdflib.URIRef():
            return {str(path)}, True
        case InvPath():
            return _predicates(path.arg)[0], False
        case SequencePath() | AlternativePath():
            found = [_predicates(arg) for arg in path.args]
            return set().union(*(predicates for predicates, _ in found)), all(onward for _, onward in found)
        case MulPath():
            return _predicates(path.path)
    raise _UnforeseenError


def _may_stand_still(path: Any) -> bool:
    """Tell whether a path may lead from a node to itself without a step."""
    match path:
        case MulPath():
            return bool(path.zero) or _may_stand_still(path.path)
        case SequencePath():
            return all(_may_stand_still(arg) for arg in path.args)
        case AlternativePath():
            return any(_may_stand_still(arg) for arg in path.args)
        case InvPath():
            return _may_stand_still(path.arg)
    return False
