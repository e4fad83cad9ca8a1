"""What came of the W3C's tests, as an EARL report (https://www.w3.org/TR/EARL10-Schema/)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import DCTERMS, DOAP, RDF, XSD

from muscle_atlas import __version__
from tests.endpoint.w3c.manifests import W3cTest

EARL = rdflib.Namespace("http://www.w3.org/ns/earl#")
PROJECT = rdflib.URIRef("https://w3id.org/muscle-atlas/")


class Report:
    """The outcomes of a run, and why some tests do not apply."""

    def __init__(self, tests: Sequence[W3cTest]) -> None:
        self._tests = tests
        self.outcomes: dict[str, tuple[str, str]] = {}

    @contextmanager
    def testing(self, test: W3cTest) -> Iterator[list[str]]:
        """Note what comes of a test; put a reason into the list if it does not apply."""
        reasons: list[str] = []
        try:
            yield reasons
        except BaseException as error:
            outcome = "untested" if isinstance(error, pytest.skip.Exception | KeyboardInterrupt) else "failed"
            self.outcomes[test.iri] = (outcome, f"{type(error).__name__}: {error}"[:500])
            raise
        self.outcomes[test.iri] = ("inapplicable", " ".join(reasons)) if reasons else ("passed", "")

    def graph(self) -> rdflib.Graph:
        """Return the report; a test that has not run is told to be untested."""
        graph = rdflib.Graph()
        for prefix, namespace in (("earl", EARL), ("dcterms", DCTERMS), ("doap", DOAP)):
            graph.bind(prefix, namespace)
        for kind in (DOAP.Project, EARL.Software, EARL.TestSubject):
            graph.add((PROJECT, RDF.type, kind))
        graph.add((PROJECT, DOAP.name, rdflib.Literal("Muscle Atlas")))
        graph.add((PROJECT, DOAP["programming-language"], rdflib.Literal("Python")))
        revision = rdflib.URIRef(f"{PROJECT}version/{__version__}")
        graph.add((PROJECT, DOAP.release, revision))
        graph.add((revision, DOAP.revision, rdflib.Literal(__version__)))
        assertor = rdflib.URIRef(f"{PROJECT}tests")
        graph.add((assertor, RDF.type, EARL.Assertor))
        graph.add((assertor, RDF.type, EARL.Software))
        graph.add((assertor, DCTERMS.title, rdflib.Literal("The test suite of Muscle Atlas, run by pytest", lang="en")))
        now = rdflib.Literal(datetime.now(UTC).isoformat(timespec="seconds"), datatype=XSD.dateTime)
        for number, test in enumerate(self._tests, 1):
            outcome, reason = self.outcomes.get(test.iri, ("untested", "It was not among the tests that were run."))
            criterion = rdflib.URIRef(test.iri)
            graph.add((criterion, RDF.type, EARL.TestCase))
            graph.add((criterion, DCTERMS.title, rdflib.Literal(test.name, lang="en")))
            assertion, result = (rdflib.URIRef(f"{assertor}/{number}{part}") for part in ("", "/result"))
            graph.add((assertion, RDF.type, EARL.Assertion))
            graph.add((assertion, EARL.assertedBy, assertor))
            graph.add((assertion, EARL.subject, PROJECT))
            graph.add((assertion, EARL.test, criterion))
            graph.add((assertion, EARL.mode, EARL.automatic))
            graph.add((assertion, EARL.result, result))
            graph.add((result, RDF.type, EARL.TestResult))
            graph.add((result, EARL.outcome, EARL[outcome]))
            graph.add((result, DCTERMS.date, now))
            if reason:
                graph.add((result, EARL.info, rdflib.Literal(reason, lang="en")))
        return graph

    def write(self, path: Path) -> None:
        """Write the report as Turtle."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.graph().serialize(path, format="turtle")
