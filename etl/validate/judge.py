"""The judge: one pySHACL run, and what it returns."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.errors import ShapeRecursionWarning
from rdflib.namespace import RDF, SH

from etl.validate.paths import write_path
from etl.validate.terms import read_term, write_term

Message = tuple[str, str | None]
"""A text and its language."""


class JudgeError(Exception):
    """Shapes that no data can be judged by; the message says why."""


class EndlessError(JudgeError):
    """A judgement that took too long, or too much memory, and was ended; the message is the limit."""


@dataclass(frozen=True)
class Result:
    """One validation result, as ``sh:ValidationResult`` has it; terms as N-Triples text."""

    rule: str
    """IRI of the shape, or its blank node as in ``Shapes.graph``."""
    focus: str
    value: str | None = None
    path: str | None = None
    """As SPARQL writes it."""
    suggestion: str | None = None
    """What the rule proposes instead, where its query binds ``?suggestion``."""
    component: str = ""
    """IRI of the kind of constraint."""
    severity: str = str(SH.Violation)
    """IRI."""
    messages: tuple[Message, ...] = ()
    """What the shape says, else pySHACL."""

    @property
    def sort_key(self) -> tuple[str, ...]:
        """By rule, then by what it is about."""
        return (self.rule, self.focus, self.path or "", self.value or "", self.suggestion or "", self.component)


Judge = Callable[[bytes, rdflib.Graph], Iterable[Result]]
"""Judges data, as N-Triples, by shapes."""


def judge(data: bytes, shapes: rdflib.Graph) -> Iterator[Result]:
    """Give the results of pySHACL for data in N-Triples.

    Raises:
        JudgeError: if the shapes are no good SHACL, or recurse.
    """
    graph = rdflib.Graph()
    add_quads(graph, ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
    report = _report(graph, shapes)
    for result in report.objects(report.value(None, RDF.type, SH.ValidationReport), SH.result):
        value, path = report.value(result, SH.value), report.value(result, SH.resultPath)
        focus, shape = report.value(result, SH.focusNode), report.value(result, SH.sourceShape)
        assert focus is not None and shape is not None  # noqa: S101 - SHACL, section 3.6.2: every result has them
        said = [text for text in report.objects(result, SH.resultMessage) if isinstance(text, rdflib.Literal)]
        yield Result(
            rule=name_shape(shape),
            focus=write_term(focus),
            value=write_term(value) if value is not None else None,
            path=write_path(path, report) if path is not None else None,
            component=str(report.value(result, SH.sourceConstraintComponent)),
            severity=str(report.value(result, SH.resultSeverity)),
            messages=tuple(sorted(((str(text), text.language) for text in said), key=str)),
        )


def _report(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    with warnings.catch_warnings():
        # What rdflib cannot read as a value of its datatype is told by the report.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ShapeRecursionWarning)
        try:
            _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True, advanced=False)
        except ShapeRecursionWarning as warning:
            raise JudgeError(f"sh:node → … → sh:node: {warning.message.splitlines()[-1]}") from warning
        except MemoryError:
            raise
        except Exception as error:
            # pySHACL and rdflib raise whatever comes up, bare exceptions too, where shapes or queries are no good.
            raise JudgeError(str(error).split("\n")[0] or type(error).__name__) from error
    if not isinstance(report, rdflib.Graph):
        raise JudgeError(str(report))
    return report


def name_shape(shape: rdflib.term.Node) -> str:
    """Return the IRI of a shape, or its blank node."""
    return str(shape) if isinstance(shape, rdflib.URIRef) else write_term(shape)


def add_quads(graph: rdflib.Graph, quads: Iterable[ox.Quad]) -> None:
    """Add parsed RDF, of whatever named graph, to an rdflib graph."""
    for quad in quads:
        graph.add((read_term(str(quad.subject)), read_term(str(quad.predicate)), read_term(str(quad.object))))
