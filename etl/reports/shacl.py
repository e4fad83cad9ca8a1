"""Reports as SHACL has them: a ``sh:ValidationReport`` in Turtle, with the places in the files."""

from collections.abc import Iterator
from typing import IO

import pyoxigraph as ox

from etl.problems import Found, Problem, Rule
from etl.reports.forms import Dossier
from muscle_atlas.names import Names

_SEVERITIES = {"violation": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}
_NAMED_OTHERWISE = {"sparql": "SPARQL"}
_PREFIXES = ("sh", "ma", "rule", "xsd")


def write(dossier: Dossier, file: IO[bytes]) -> None:
    """Write a report as Turtle.

    The focus node of a problem that is about no node of a graph is its place, as text: any term may be
    one (SHACL, section 1.5).
    """
    names = dossier.rules.names
    prefixes = {prefix: names.prefixes[prefix] for prefix in _PREFIXES}
    ox.serialize(_Writer(dossier).triples(), file, format=ox.RdfFormat.TURTLE, prefixes=prefixes)


class _Writer:
    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._names: Names = dossier.rules.names
        self._nodes: dict[str, ox.NamedNode] = {}
        self._rules: dict[str, Rule] = {}

    def triples(self) -> Iterator[ox.Triple]:
        """Give the triples of the report: SHACL, section 3.6."""
        report, problems = ox.BlankNode("report"), self._dossier.report.problems
        yield ox.Triple(report, self._node("rdf:type"), self._node("sh:ValidationReport"))
        yield ox.Triple(report, self._node("sh:conforms"), ox.Literal(not problems))
        results = [ox.BlankNode(f"r{number}") for number in range(1, len(problems) + 1)]
        yield from (ox.Triple(report, self._node("sh:result"), result) for result in results)
        for result, problem in zip(results, problems, strict=True):
            yield ox.Triple(result, self._node("rdf:type"), self._node("sh:ValidationResult"))
            for predicate, term in self._told(problem):
                yield ox.Triple(result, self._node(predicate), term)

    def _told(self, problem: Problem) -> Iterator[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]]:
        if problem.rule not in self._rules:
            self._rules[problem.rule] = self._dossier.rule(problem.rule)
        rule, found = self._rules[problem.rule], problem.found or Found()
        language = self._dossier.rules.language
        yield "sh:focusNode", self._focus(problem)
        # A path of several steps would have to be written as the shape has it, which the shape does.
        if path := rule.path or _single(found.path):
            yield "sh:resultPath", ox.NamedNode(path)
        if found.value:
            yield "sh:value", _term(found.value)
        elif problem.value is not None:
            yield "sh:value", ox.Literal(problem.value)
        yield "sh:resultSeverity", self._node(_SEVERITIES[problem.severity])
        yield "sh:sourceShape", ox.NamedNode(problem.rule)
        component = ox.NamedNode(found.component) if found.component else self._component(rule)
        yield "sh:sourceConstraintComponent", component
        yield "sh:resultMessage", ox.Literal(problem.message, language=language)
        if problem.suggestion:
            yield "ma:advice", ox.Literal(problem.suggestion, language=language)
        for text in problem.corrections:
            yield "ma:correction", ox.Literal(text)
        if problem.file:
            yield "ma:file", ox.Literal(problem.file)
        if problem.row is not None:
            yield "ma:row", ox.Literal(problem.row)
        if problem.column:
            yield "ma:heading", ox.Literal(problem.column)
        yield "ma:cause", ox.Literal(problem.cause)

    def _focus(self, problem: Problem) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if problem.focus is None:
            place = [str(part) for part in (problem.file, problem.row) if part is not None]
            return ox.Literal(":".join(place)) if place else ox.NamedNode(self._names.base)
        return _term(problem.focus) if problem.focus.startswith(("_:", '"')) else ox.NamedNode(problem.focus)

    def _component(self, rule: Rule) -> ox.NamedNode:
        """Return SHACL's component of a rule that has one, else ours of rules as a whole."""
        if not rule.constraint:
            return self._node("ma:RuleConstraintComponent")
        parameter = self._names.compress(rule.constraint).partition(":")[2]
        name = _NAMED_OTHERWISE.get(parameter, parameter[:1].upper() + parameter[1:])
        return self._node(f"sh:{name}ConstraintComponent")

    def _node(self, curie: str) -> ox.NamedNode:
        if curie not in self._nodes:
            self._nodes[curie] = ox.NamedNode(self._names.expand(curie))
        return self._nodes[curie]


def _single(path: str | None) -> str | None:
    """Return the IRI of a path of one property, as SPARQL writes it."""
    return path[1:-1] if path and path[:1] == "<" and path.find(">") == len(path) - 1 else None


def _term(text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return a term of N-Triples text."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    term = next(ox.parse(f"<x:> <x:> {text} .", format=ox.RdfFormat.N_TRIPLES)).object
    assert isinstance(term, ox.Literal)  # noqa: S101 - what is neither IRI nor blank node is a literal
    return term
