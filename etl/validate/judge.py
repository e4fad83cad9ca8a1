"""The judge: one pySHACL run, and what it returns."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyshacl
import rdflib
from rdflib.namespace import RDF, SH

from etl.validate.terms import write_term


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


def judge(data: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Result]:
    """Give the results of pySHACL for ``data``."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True, advanced=False)
    assert isinstance(report, rdflib.Graph)  # noqa: S101 - pySHACL returns bytes only where it is asked to
    for result in report.subjects(RDF.type, SH.ValidationResult):
        value, path = report.value(result, SH.value), report.value(result, SH.resultPath)
        focus, shape = report.value(result, SH.focusNode), report.value(result, SH.sourceShape)
        assert focus is not None  # noqa: S101 - SHACL, section 3.6.2: every result has one
        yield Result(
            rule=str(shape),
            focus=write_term(focus),
            value=write_term(value) if value is not None else None,
            path=write_term(path) if path is not None else None,
        )
