"""The judge: one pySHACL run, and what it returns."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError, ShapeRecursionWarning
from rdflib.namespace import RDF, SH

from etl.validate.paths import write_path
from etl.validate.terms import write_term

Message = tuple[str, str | None]
"""A text and its language."""


class JudgeError(Exception):
    """Shapes that no data can be judged by; the message says why."""


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


def judge(data: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Result]:
    """Give the results of pySHACL for ``data``.

    Raises:
        JudgeError: if the shapes are no good SHACL, or recurse.
    """
    # Or rdflib would fetch what a query names in FROM; that it cannot read a value is told by the report.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ShapeRecursionWarning)
        try:
            _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True, advanced=False)
        except ShapeRecursionWarning as warning:
            raise JudgeError(f"recursion: {warning.message.splitlines()[-1]}") from warning
        except (ReportableRuntimeError, NotImplementedError, ValueError, RecursionError) as error:
            raise JudgeError(str(error).split("\n")[0]) from error
    if not isinstance(report, rdflib.Graph):
        raise JudgeError(str(report))
    for result in report.subjects(RDF.type, SH.ValidationResult):
        value, path = report.value(result, SH.value), report.value(result, SH.resultPath)
        focus, shape = report.value(result, SH.focusNode), report.value(result, SH.sourceShape)
        assert focus is not None and shape is not None  # noqa: S101 - SHACL, section 3.6.2: every result has them
        messages = sorted(
            (str(message), message.language)
            for message in report.objects(result, SH.resultMessage)
            if isinstance(message, rdflib.Literal)
        )
        yield Result(
            rule=name_shape(shape),
            focus=write_term(focus),
            value=write_term(value) if value is not None else None,
            path=write_path(path, report) if path is not None else None,
            component=str(report.value(result, SH.sourceConstraintComponent)),
            severity=str(report.value(result, SH.resultSeverity)),
            messages=tuple(messages),
        )


def name_shape(shape: rdflib.term.Node) -> str:
    """Return the IRI of a shape, or its blank node."""
    return str(shape) if isinstance(shape, rdflib.URIRef) else write_term(shape)
