"""The W3C's tests of the SPARQL 1.1 Protocol, Service Description and Graph Store Protocol, over a real socket."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import RDF

from tests.endpoint.conftest import Serve
from tests.endpoint.releases import publish_quads, quads_of
from tests.endpoint.w3c.earl import EARL, Report
from tests.endpoint.w3c.manifests import Exchange, W3cTest, read_tests
from tests.endpoint.w3c.writes import Graphs, play
from tests.endpoint.wire import Reply, send

HOUSE = Path(__file__).resolve().parents[2]
SUITES = Path(os.environ.get("MUSCLE_ATLAS_SHARED", HOUSE.parent / "shared")) / "suites" / "rdf-tests/sparql/sparql11"

PROTOCOL = read_tests(SUITES / "protocol" / "manifest.ttl")
DESCRIPTION = read_tests(SUITES / "service-description" / "manifest.ttl")
GRAPH_STORE = read_tests(SUITES / "graph-store-protocol" / "manifest.ttl")

RESULTS = {
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
}
GRAPHS = {"text/turtle", "application/n-triples", "application/rdf+xml"}
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")


class Store:
    """A server, and the graphs that its current release holds."""

    def __init__(self, server: httpx.Client, data: Path, example: Path) -> None:
        self.server = server
        self._data = data
        self._example = example
        self._held: list[ox.Quad] | None = []

    def hold(self, quads: list[ox.Quad]) -> None:
        if quads != self._held:
            publish_quads(quads, self._data, self._example)
            self._held = quads


@pytest.fixture(scope="module")
def store(serve: Serve, example_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    data = tmp_path_factory.mktemp("w3c")
    publish_quads([], data, example_data)
    with serve(data) as server:
        yield Store(server, data, example_data)


@pytest.fixture(scope="module")
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """The EARL report, written when all tests have run."""
    report = Report([*PROTOCOL, *DESCRIPTION, *GRAPH_STORE])
    yield report
    report.write(Path(request.config.getoption("--earl")))


def ask(store: Store, exchange: Exchange, path: str) -> Reply:
    return send(store.server, exchange.method, path, exchange.headers, exchange.body)


def boolean_of(reply: Reply) -> bool:
    if reply.kind == "application/sparql-results+json":
        return bool(json.loads(reply.body)["boolean"])
    tree = ElementTree.fromstring(reply.body)  # noqa: S314 - our own server wrote it
    return tree.findtext("{http://www.w3.org/2005/sparql-results#}boolean") == "true"


@pytest.mark.parametrize("test", PROTOCOL, ids=str)
def test_the_protocol_manifest_passes(test: W3cTest, store: Store, report: Report) -> None:
    quads = [
        quad
        for graph, path in sorted(test.data.items())
        for quad in quads_of(path.read_bytes(), ox.RdfFormat.N_TRIPLES, ox.NamedNode(graph))
    ]
    with report.testing(test) as reasons:
        store.hold(quads)
        for exchange in test.exchanges:
            reply = ask(store, exchange, exchange.path.replace("/sparql/", "/sparql", 1))
            if exchange.updates and exchange.allows(200):
                assert reply.status == 403
                assert "read-only" in reply.text
                reasons.append("The service is read-only by design: the update is refused with 403.")
                continue
            if reasons:
                # It would see the outcome of the update.
                assert reply.status == 200
                continue
            assert exchange.allows(reply.status), reply.text
            if reply.status >= 400:
                assert reply.kind == "application/problem+json"
            if exchange.format == "tabular":
                assert reply.kind in RESULTS
            if exchange.format == "RDF":
                assert reply.kind in GRAPHS
                rdflib.Graph().parse(data=reply.body, format=reply.kind)
            if exchange.boolean is not None:
                assert boolean_of(reply) is exchange.boolean


def test_every_query_test_of_the_protocol_applies() -> None:
    queries = [test for test in PROTOCOL if "update" not in str(test)]
    assert len(queries) >= 19
    assert not any(exchange.updates for test in queries for exchange in test.exchanges)


# Domains and ranges of https://www.w3.org/TR/sparql11-service-description/#vocab; None where it states none.
SCHEMA: dict[str, tuple[str, str | None]] = {
    "endpoint": ("Service", None),
    "feature": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "resultFormat": ("Service", None),
    "defaultDataset": ("Service", "Dataset"),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("Dataset", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
INSTANCES = {
    "Feature": {SD.UnionDefaultGraph, SD.BasicFederatedQuery},
    "Language": {SD.SPARQL11Query},
}


@pytest.mark.parametrize("test", DESCRIPTION, ids=str)
def test_the_service_description_manifest_passes(test: W3cTest, server: httpx.Client, report: Report) -> None:
    with report.testing(test):
        reply = send(server, "GET", "/sparql")
        assert reply.status == 200
        assert reply.kind in GRAPHS
        graph = rdflib.Graph().parse(data=reply.body, format=reply.kind)
        address = rdflib.URIRef(str(server.base_url.join("/sparql")))
        match str(test):
            case "returns-rdf":
                assert len(graph) > 0
            case "has-endpoint-triple":
                assert (None, SD.endpoint, address) in graph
            case "conforms-to-schema":
                conforms(graph)
            case other:
                pytest.fail(f"nobody knows how to run {other}")


def conforms(graph: rdflib.Graph) -> None:
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert len(list(graph.objects(service, SD.endpoint))) == 1
    used = {str(term).removeprefix(SD) for term in graph.predicates() if str(term).startswith(SD)}
    assert used <= set(SCHEMA)
    for name, (domain, range_) in SCHEMA.items():
        for subject, value in graph.subject_objects(SD[name]):
            assert (subject, RDF.type, SD[domain]) in graph
            assert isinstance(value, rdflib.URIRef)
            if range_ in INSTANCES:
                assert value in INSTANCES[range_]
            elif range_:
                assert (value, RDF.type, SD[range_]) in graph
    for named in graph.subjects(RDF.type, SD.NamedGraph):
        assert len(list(graph.objects(named, SD.name))) == 1
    for dataset in graph.subjects(RDF.type, SD.Dataset):
        assert len(list(graph.objects(dataset, SD.defaultGraph))) == 1


@pytest.mark.parametrize("test", GRAPH_STORE, ids=str)
def test_the_graph_store_manifest_passes_as_far_as_it_reads(test: W3cTest, store: Store, report: Report) -> None:
    graphs: Graphs = {}
    location = ""
    with report.testing(test) as reasons:
        if "DirectGraphIdentification" in test.requires:
            reasons.append(
                "Graphs are identified indirectly: what stands at the address of a graph is the description of it."
            )
            return
        store.hold([])
        for exchange in test.exchanges:
            path = exchange.path.replace("/gsp", "/rdf-graph-store", 1).replace("$LOCATION$", location)
            reply = ask(store, exchange, path)
            if exchange.method not in ("GET", "HEAD"):
                assert reply.status == 403
                assert "read-only" in reply.text
                play(exchange, graphs)
                store.hold([quad for quads in graphs.values() for quad in quads])
                location = "http://www.example/gsp/new"
                if not reasons:
                    reasons.append(
                        "The service is read-only by design: writes are refused with 403. The reading requests pass "
                        "over releases that hold what the writes would have left."
                    )
                continue
            assert exchange.allows(reply.status), reply.text
            for name, value in exchange.answer_headers.items():
                assert reply.headers[name] == value
            if exchange.answer_body is not None:
                expected = rdflib.Graph().parse(data=exchange.answer_body, format="turtle")
                assert isomorphic(rdflib.Graph().parse(data=reply.body, format=reply.kind), expected)


def test_the_earl_report_tells_an_outcome_of_every_test_and_why_it_does_not_apply(report: Report) -> None:
    graph = report.graph()
    manifests = {rdflib.URIRef(test.iri) for test in (*PROTOCOL, *DESCRIPTION, *GRAPH_STORE)}
    assert len(manifests) >= 50
    assert set(graph.subjects(RDF.type, EARL.TestCase)) == manifests
    assertions = list(graph.subjects(RDF.type, EARL.Assertion))
    assert {graph.value(assertion, EARL.test) for assertion in assertions} == manifests
    for assertion in assertions:
        for required in (EARL.assertedBy, EARL.subject, EARL.mode):
            assert graph.value(assertion, required)
        result = graph.value(assertion, EARL.result)
        outcome = graph.value(result, EARL.outcome)
        ran = str(graph.value(assertion, EARL.test)) in report.outcomes
        assert outcome in ((EARL.passed, EARL.inapplicable) if ran else (EARL.untested,))
        assert (outcome == EARL.passed) is (graph.value(result, EARL.info) is None)
