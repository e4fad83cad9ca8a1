"""Shapes of somebody else: what is wrong with them, and what they find, told as our own rules tell it."""

from collections.abc import Iterator, Sequence

import polars as pl
import rdflib
from rdflib.namespace import SH

from etl.problems import Found, Problem, Rules, Severity
from etl.validate.focus import find_nodes
from etl.validate.judge import EndlessError, JudgeError, Result, name_shape
from etl.validate.predicates import Predicates
from etl.validate.queries import QueryError
from etl.validate.shapes import Shapes
from etl.validate.terms import read_term, write_term

_SEVERITIES: dict[str, Severity] = {str(SH.Warning): "warning", str(SH.Info): "info"}


class Foreign:
    """The shapes of files, in place of ours."""

    def __init__(self, parts: Sequence[pl.DataFrame], rules: Rules, file: str | None) -> None:
        """Take the triples of the files, the catalogue that speaks of them, and their name where it is one file."""
        graph = rdflib.Graph()
        for part in parts:
            for triple in part.iter_rows():
                graph.add((read_term(triple[0]), read_term(triple[1]), read_term(triple[2])))
        self._rules, self._file = rules, file
        self._refused = list(self._refuse(graph))
        self.shapes = Shapes(rules.names, graph=graph)

    def _refuse(self, graph: rdflib.Graph) -> Iterator[Problem]:
        """Take the queries that cannot be read, or would ask others, out of the graph, and tell of each."""
        shapes = Shapes(self._rules.names, graph=graph)
        for holder, query in list(shapes.queries()):
            try:
                query.refuse_remote()
            except QueryError as error:
                remote = str(error) in ("SERVICE", "FROM")
                focus = self._named(shapes, holder)
                rule = self._rules["shape-query-remote" if remote else "shape-query-unreadable"]
                yield rule.tell(file=self._file, value=str(error), focus=focus)
                for subject, predicate in list(graph.subject_predicates(holder)):
                    graph.remove((subject, predicate, holder))

    def refused(self) -> list[Problem]:
        """Return what keeps shapes from being used."""
        if not self.shapes.any:
            return [*self._refused, self._rules["shape-none"].tell(file=self._file)]
        return self._refused

    def unused(self, data: Predicates) -> Iterator[Problem]:
        """Give the shapes that look at nothing: without target, or without a node that it finds."""
        for shape in self.shapes.untargeted:
            yield self._rules["shape-without-target"].tell(file=self._file, focus=self._named(self.shapes, shape))
        for shape, targets in self.shapes.targets():
            for target in targets:
                if target.kind != SH.targetNode and find_nodes([target], data).is_empty():
                    yield self._rules["shape-target-absent"].tell(
                        file=self._file,
                        value=write_term(target.value).strip("<>"),
                        focus=self._named(self.shapes, shape),
                    )

    def fault(self, shape: rdflib.term.Node, error: JudgeError) -> Problem:
        """Return what is told of a shape that cannot be judged by."""
        focus = self._named(self.shapes, shape)
        if isinstance(error, EndlessError):
            suspected = ", ".join(self.shapes.patterns(shape)) or str(error)
            return self._rules["shape-endless"].tell(
                file=self._file, value=suspected, focus=focus, bindings={"limit": str(error)}
            )
        return self._rules["shape-unusable"].tell(file=self._file, value=str(error), focus=focus)

    def tell(self, result: Result) -> Problem:
        """Return a result as our own rules tell theirs."""
        rule = self.shapes.name(result.rule)
        value = self._said(result.value) if result.value and result.value != result.focus else None
        focus = result.focus.strip("<>")
        return Problem(
            file=None,
            row=None,
            column=None,
            value=value,
            rule=rule if not rule.startswith("_:") else result.component,
            severity=_SEVERITIES.get(result.severity, "violation"),
            message=self._message(result),
            suggestion=None,
            focus=focus,
            found=Found(result.value if value else None, result.path, result.component),
            cause=f"{rule} {value or focus}",
        )

    def _message(self, result: Result) -> str:
        """Return the message in the language of the report, else in whatever language there is one."""
        ours = self._rules.language
        ranked = sorted(result.messages, key=lambda message: (message[1] != ours, message[1] is not None, message[0]))
        return ranked[0][0] if ranked else self._rules.names.compress(result.component)

    def _said(self, term: str) -> str:
        return self._rules.names.compress(term[1:-1]) if term.startswith("<") else str(read_term(term))

    @staticmethod
    def _named(shapes: Shapes, shape: rdflib.term.Node) -> str:
        return shapes.name(name_shape(shape))
