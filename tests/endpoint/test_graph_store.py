"""Whole graphs by the Graph Store Protocol, and the description of the service that lists them."""

import json
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF

from endpoint.atlas import Atlas
from endpoint.negotiation import DATASET_FORMS, RDF_FORMS, RESULT_FORMS, Form
from endpoint.query.service import describe_service
from tests.endpoint.conftest import Serve
from tests.endpoint.releases import publish_quads
from tests.endpoint.wire import send

HOUSE = Path(__file__).resolve().parents[2]
BASE = "https://w3id.org/muscle-atlas/"
ATLAS = f"{BASE}graph/atlas"
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")


def described(server: httpx.Client) -> rdflib.Graph:
    return rdflib.Graph().parse(data=send(server, "GET", "/sparql").body, format="turtle")


def count(server: httpx.Client, pattern: str) -> int:
    answer = server.post("/sparql", data={"query": f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"})
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


def test_every_graph_that_holds_something_is_described_with_its_triples(server: httpx.Client) -> None:
    told = described(server)
    names = {str(name) for name in told.objects(None, SD.name)}
    answer = server.post("/sparql", data={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"}).json()
    assert names == {row["g"]["value"] for row in answer["results"]["bindings"]}
    for name in names:
        assert int(str(told.value(rdflib.URIRef(name), VOID.triples))) == count(
            server, f"GRAPH <{name}> {{ ?s ?p ?o }}"
        )
    (union,) = told.objects(None, SD.defaultGraph)
    assert int(str(told.value(union, VOID.triples))) == count(server, "?s ?p ?o")


def test_the_description_names_the_release_and_everything_that_can_be_given(server: httpx.Client) -> None:
    told = described(server)
    (service,) = told.subjects(RDF.type, SD.Service)
    assert str(service) == str(server.base_url.join("/sparql"))
    release = told.value(service, SD.defaultDataset)
    assert release == rdflib.URIRef(f"{BASE}release/{server.get('/readyz').json()['release']}")
    assert told.value(release, OWL.versionInfo)
    assert told.value(release, DCTERMS.license)
    # Oxigraph calls JSON-LD by another address than https://www.w3.org/ns/formats/ does.
    forms = {str(form.serializer and form.serializer.iri).replace("https:", "http:") for form in RESULT_FORMS}
    forms |= {str(form.serializer and form.serializer.iri).replace("https:", "http:") for form in DATASET_FORMS}
    assert {str(form) for form in told.objects(service, SD.resultFormat)} == {
        form.replace("/data/", "/") for form in forms
    }
    assert set(told.objects(service, SD.feature)) == {SD.UnionDefaultGraph, SD.BasicFederatedQuery}
    rows = (HOUSE / "endpoint" / "federation" / "services.tsv").read_text(encoding="utf-8")
    services = [str(service) for service in told.objects(service, DCTERMS.references)]
    assert services
    assert [service for service in services if service not in rows] == []
    assert not [term for triple in told for term in triple if isinstance(term, rdflib.BNode)]


def test_services_that_are_asked_are_described_where_there_are_any(example_data: Path) -> None:
    opened = Atlas(example_data).current()
    other = rdflib.URIRef("https://sparql.example.org/sparql")
    told = rdflib.Graph().parse(data=describe_service(opened, f"{BASE}sparql", [str(other)], RDF_FORMS[0]))
    service = rdflib.URIRef(f"{BASE}sparql")
    assert (service, SD.feature, SD.BasicFederatedQuery) in told
    assert (service, DCTERMS.references, other) in told
    assert list(told.objects(None, SD.endpoint)) == [service]
    alone = rdflib.Graph().parse(data=describe_service(opened, f"{BASE}sparql", [], RDF_FORMS[0]))
    assert list(alone.objects(service, SD.feature)) == [SD.UnionDefaultGraph]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("atlas.example.org", "http://atlas.example.org/sparql"),
        ("localhost:8765", "http://localhost:8765/sparql"),
        ("[::1]:8765", "http://[::1]:8765/sparql"),
        ("w3id.org", f"{BASE}sparql"),
        ("w3id.org:443", f"{BASE}sparql"),
    ],
)
def test_the_service_is_known_by_the_address_that_was_asked(server: httpx.Client, host: str, address: str) -> None:
    reply = send(server, "GET", "/sparql", {"Host": host})
    told = rdflib.Graph().parse(data=reply.body, format="turtle")
    assert [str(found) for found in told.objects(None, SD.endpoint)] == [address]


def test_a_host_that_is_none_is_told(server: httpx.Client) -> None:
    reply = send(server, "GET", "/sparql", {"Host": "a%zz"})
    assert reply.status == 400
    assert "Host" in json.loads(reply.body)["mend"]


def test_browsers_see_the_editor(server: httpx.Client) -> None:
    reply = send(server, "GET", "/sparql", {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (reply.status, reply.kind) == (200, "text/html")


@pytest.mark.parametrize("form", DATASET_FORMS, ids=lambda form: form.suffix)
def test_a_graph_comes_as_it_stands_in_the_release(server: httpx.Client, form: Form) -> None:
    assert isinstance(form.serializer, ox.RdfFormat)
    query = f"SELECT * {{ GRAPH <{ATLAS}> {{ ?s ?p ?o }} }}"
    rows = server.post("/sparql", data={"query": query}).json()["results"]["bindings"]
    for target, expected in (
        (f"graph={quote(ATLAS, safe='')}", len(rows)),
        ("default", count(server, "?s ?p ?o")),
    ):
        reply = send(server, "GET", f"/rdf-graph-store?{target}", {"Accept": form.media_type})
        assert (reply.status, reply.kind) == (200, form.media_type)
        quads = list(ox.parse(reply.body, form.serializer))
        assert len(quads) == len(set(quads)) == expected
        assert {quad.graph_name for quad in quads} == {ox.DefaultGraph()}


@pytest.mark.parametrize(
    ("target", "status", "told"),
    [
        ("graph=http://example.org/none", 404, "http://example.org/none"),
        (f"graph={BASE}graph/synthetic", 404, "synthetic"),
        ("graph=relative", 400, "“relative” is no absolute IRI"),
        ("graph=http://a%20b/", 400, "IRI"),
        ("graph=", 400, "empty"),
        ("graph=http://a/&graph=http://b/", 400, "More than one"),
        ("graph=http://a/&default", 400, "More than one"),
        ("default&default", 200, ""),
        ("default&timeout=no", 400, "timeout"),
    ],
)
def test_what_names_no_graph_is_told(server: httpx.Client, target: str, status: int, told: str) -> None:
    reply = send(server, "GET", f"/rdf-graph-store?{target}")
    assert reply.status == status
    if status != 200:
        problem = json.loads(reply.body)
        assert told in problem["detail"] + problem["mend"]


def test_a_form_that_no_graph_has_is_refused(server: httpx.Client) -> None:
    reply = send(server, "GET", "/rdf-graph-store?default", {"Accept": "text/csv"})
    assert reply.status == 406
    assert "application/trig" in json.loads(reply.body)["mend"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_writing_is_refused_and_told_how_records_come_in(server: httpx.Client, method: str) -> None:
    reply = send(server, method, "/rdf-graph-store?default", {"Content-Type": "text/turtle"}, b"<a:a> <a:b> <a:c> .")
    assert reply.status == 403
    assert "muscle-atlas build" in json.loads(reply.body)["mend"]


def test_other_methods_are_none_of_it(server: httpx.Client) -> None:
    reply = send(server, "QUERY", "/rdf-graph-store?default")
    assert reply.status == 405
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"


def test_without_a_parameter_the_graph_store_describes_itself(server: httpx.Client) -> None:
    assert send(server, "GET", "/rdf-graph-store").body == send(server, "GET", "/sparql").body


def test_a_triple_that_stands_in_two_graphs_is_given_once(
    serve: Serve, example_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    node = ox.NamedNode
    terms = (node("http://e/s"), node("http://e/p"), ox.Literal("x"))
    data = tmp_path_factory.mktemp("twice")
    publish_quads([ox.Quad(*terms, node(f"http://e/{name}")) for name in "abc"], data, example_data)
    with serve(data) as server:
        reply = send(server, "GET", "/rdf-graph-store?default", {"Accept": "application/n-triples"})
        assert reply.body == b'<http://e/s> <http://e/p> "x" .\n'
        assert send(server, "GET", "/rdf-graph-store?graph=http://e/b&format=nt").body == reply.body


def test_a_large_graph_is_compressed_and_streamed(server: httpx.Client) -> None:
    plain = server.get("/rdf-graph-store?default&format=nt", headers={"Accept-Encoding": "identity"})
    assert len(plain.content) > 2**20
    assert "content-length" not in plain.headers
    packed = server.get("/rdf-graph-store?default&format=nt", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
