"""The W3C's manifests of tests, read: what is asked, and what must come."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

STATUSES = {
    "OK": (200, 200),
    "Created": (201, 201),
    "NoContent": (204, 204),
    "NotFound": (404, 404),
    "StatusCode2xx": (200, 299),
    "StatusCode3xx": (300, 399),
    "StatusCode4xx": (400, 499),
}


@dataclass(frozen=True)
class Exchange:
    """One request of a test, and the answer that is expected."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    statuses: tuple[tuple[int, int], ...]
    format: str | None
    boolean: bool | None
    answer_headers: dict[str, str]
    answer_body: str | None

    def allows(self, status: int) -> bool:
        return any(low <= status <= high for low, high in self.statuses)

    @property
    def updates(self) -> bool:
        kind = self.headers.get("content-type", "")
        return kind.startswith("application/sparql-update") or self.body.startswith(b"update=")


@dataclass(frozen=True)
class W3cTest:
    """One test of a manifest."""

    iri: str
    name: str
    requires: frozenset[str] = frozenset()
    exchanges: tuple[Exchange, ...] = ()
    data: dict[str, Path] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.iri.rpartition("#")[2]


def read_tests(manifest: Path) -> tuple[W3cTest, ...]:
    """Return the tests of a manifest and of those it includes, in their order."""
    return _read_tests(manifest) if manifest.is_file() else ()


@cache
def _read_tests(manifest: Path) -> tuple[W3cTest, ...]:
    graph = rdflib.Graph().parse(manifest, format="turtle", publicID=manifest.as_uri())
    return tuple(_entries(graph, manifest))


def _entries(graph: rdflib.Graph, manifest: Path) -> Iterator[W3cTest]:
    for included in graph.objects(None, MF.include):
        for path in Collection(graph, included):
            yield from read_tests(manifest.parent / str(path).rpartition("/")[2])
    for entries in graph.objects(None, MF.entries):
        for node in Collection(graph, entries):
            actions = list(graph.objects(node, MF.action))
            yield W3cTest(
                str(node),
                str(graph.value(node, MF.name)),
                frozenset(str(feature).rpartition("#")[2] for feature in graph.objects(node, MF.requires)),
                tuple(exchange for action in actions for exchange in _exchanges(graph, action)),
                {
                    str(graph.value(given, RDFS.label)): manifest.parent / str(file).rpartition("/")[2]
                    for given in graph.objects(node, UT.graphData)
                    if (file := graph.value(given, UT.graph))
                },
            )


def _exchanges(graph: rdflib.Graph, action: rdflib.term.Node) -> Iterator[Exchange]:
    requests = graph.value(action, HT.requests)
    assert requests is not None
    for request in Collection(graph, requests):
        assert graph.value(request, RDF.type) == HT.Request
        answer = graph.value(request, HT.resp)
        boolean = graph.value(answer, MF.expectedBoolean)
        form = graph.value(answer, MF.expectedFormat)
        body = graph.value(request, HT.body)
        encoding = str(graph.value(body, CNT.characterEncoding)) if body else "utf-8"
        text = str(graph.value(body, CNT.chars)) if body else ""
        told = graph.value(answer, HT.body)
        yield Exchange(
            str(graph.value(request, HT.methodName)),
            str(graph.value(request, HT.absolutePath)),
            _headers(graph, request),
            text.encode(encoding),
            tuple(STATUSES[str(code).rpartition("#")[2]] for code in graph.objects(answer, MF.expectedStatus)),
            str(form) if form else None,
            None if boolean is None else str(boolean) == "true",
            _headers(graph, answer),
            str(graph.value(told, CNT.chars)) if told else None,
        )


def _headers(graph: rdflib.Graph, node: rdflib.term.Node | None) -> dict[str, str]:
    headers = graph.value(node, HT.headers)
    if headers is None:
        return {}
    return {
        str(graph.value(entry, HT.fieldName)).lower(): str(graph.value(entry, HT.fieldValue))
        for entry in Collection(graph, headers)
    }
