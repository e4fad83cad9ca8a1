"""Descriptions of everything the atlas names, over a real socket."""

from collections import Counter
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib

BASE = "https://w3id.org/muscle-atlas/"
PHOTOGRAPH = "image/VLM-199-2"
PARSERS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}


def test_every_iri_that_was_minted_is_described(server: httpx.Client, example_data: Path) -> None:
    store = ox.Store.read_only(str(example_data / "current" / "store"))
    minted = set()
    for quad in store:
        minted |= {
            term.value
            for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
            if isinstance(term, ox.NamedNode)
        }
    minted = {iri.removeprefix(BASE) for iri in minted if iri.startswith(BASE) and iri != BASE}
    kinds = {iri.partition("/")[0].partition("#")[0] for iri in minted}
    assert {
        "image",
        "specimen",
        "individual",
        "diagnosis",
        "publication",
        "rule",
        "stain",
        "family",
        "age-band",
    } <= kinds
    assert {"release", "graph", "vocabulary", "ontology"} <= kinds
    silent = [
        path
        # The endpoint itself answers in its own forms (test_protocol.py).
        for path in sorted(minted - {"sparql"})
        if server.get(f"/{path}", headers={"Accept": "application/n-triples"}).status_code != 200
    ]
    assert silent == []


@pytest.mark.parametrize("suffix", sorted(PARSERS))
def test_a_photograph_is_described_in_every_form_by_suffix_and_by_header(server: httpx.Client, suffix: str) -> None:
    by_suffix = server.get(f"/{PHOTOGRAPH}.{suffix}")
    by_header = server.get(f"/{PHOTOGRAPH}", headers={"Accept": by_suffix.headers["content-type"].partition(";")[0]})
    assert by_suffix.content == by_header.content
    graph = rdflib.Graph().parse(data=by_suffix.text, format=PARSERS[suffix])
    image, ma = rdflib.URIRef(BASE + PHOTOGRAPH), rdflib.Namespace(f"{BASE}ontology#")
    assert graph.value(image, ma.gene) == rdflib.URIRef("http://identifiers.org/hgnc/1052")
    assert graph.value(image, ma.muscle) == rdflib.URIRef("http://purl.obolibrary.org/obo/UBERON_0001476")
    disease = graph.value(image, ma.disease)
    assert rdflib.Literal("Myopathie centronucléaire", lang="fr") in set(graph.objects(disease, rdflib.RDFS.label))


def test_a_browser_gets_a_page(server: httpx.Client) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    response = server.get(f"/{PHOTOGRAPH}", headers=accept)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "Centronuclear myopathy" in response.text
    assert "Centronuclear myopathy" in server.get(f"/{PHOTOGRAPH}.html").text


def test_a_client_that_asks_for_nothing_known_is_told_the_forms(server: httpx.Client) -> None:
    response = server.get(f"/{PHOTOGRAPH}", headers={"Accept": "application/pdf"})
    assert response.status_code == 406
    assert "text/turtle" in response.json()["detail"]


def test_linked_terms_have_a_description_too(server: httpx.Client) -> None:
    response = server.get(
        "/about", params={"iri": "http://identifiers.org/hgnc/1052"}, headers={"Accept": "text/turtle"}
    )
    graph = rdflib.Graph().parse(data=response.text, format="turtle")
    bin1 = rdflib.URIRef("http://identifiers.org/hgnc/1052")
    assert rdflib.Literal("BIN1", lang="en") in set(graph.objects(bin1, rdflib.RDFS.label))
    page = server.get("/about", params={"iri": str(bin1)}, headers={"Accept": "text/html"})
    assert "/image/VLM-199-2" in page.text


@pytest.mark.parametrize("iri", ["", "not an iri", "javascript:alert(1)", "http://example.org/nothing", "x" * 5000])
def test_a_term_that_is_none_is_a_problem_not_a_failure(server: httpx.Client, iri: str) -> None:
    response = server.get("/about", params={"iri": iri}, headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    ["/image/", "/image/%00", "/image/%FF", "/image/..%2F..%2Fetc%2Fpasswd", "/%3Cscript%3E", "/mappings/..%2Fcolumns"],
)
def test_a_strange_path_is_not_found(server: httpx.Client, path: str) -> None:
    for accept in ("text/html", "text/turtle"):
        response = server.get(path, headers={"Accept": accept})
        assert response.status_code in (400, 404)
        assert "<script>" not in response.text or response.headers["content-type"] == "application/problem+json"


def test_the_ontology_is_whole_and_a_graph_of_its_own(server: httpx.Client) -> None:
    graph = rdflib.Graph().parse(data=server.get("/ontology.ttl").text, format="turtle")
    ma = rdflib.Namespace(f"{BASE}ontology#")
    committed = rdflib.Graph().parse(Path(__file__).resolve().parents[2] / "ontology" / "muscle-atlas.ttl")
    terms = set(committed.subjects(rdflib.RDFS.isDefinedBy, rdflib.URIRef(f"{BASE}ontology")))
    assert terms == set(graph.subjects(rdflib.RDFS.isDefinedBy, rdflib.URIRef(f"{BASE}ontology")))
    chain = graph.value(ma.muscle, rdflib.OWL.propertyChainAxiom)
    assert chain is not None
    assert list(graph.items(chain)) == [
        rdflib.URIRef("http://purl.obolibrary.org/obo/IAO_0000136"),
        ma.sampledMuscle,
    ]
    page = server.get("/ontology", headers={"Accept": "text/html"}).text
    assert all(f'id="{str(term).partition("#")[2]}"' in page for term in terms)


def test_every_rule_stands_on_the_page_of_rules(server: httpx.Client, example_data: Path) -> None:
    page = server.get("/shapes").text
    store = ox.Store.read_only(str(example_data / "current" / "store"))
    rules = {
        q.subject.value
        for q in store
        if isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(f"{BASE}rule/")
    }
    assert len(rules) > 60
    assert [rule for rule in sorted(rules) if f'id="{rule.rpartition("/")[2]}"' not in page] == []


def test_the_shapes_can_be_had_as_shacl(server: httpx.Client) -> None:
    served = rdflib.Graph().parse(data=server.get("/shapes.ttl").text, format="turtle")
    committed = rdflib.Graph()
    for path in sorted((Path(__file__).resolve().parents[2] / "shapes").glob("*.ttl")):
        committed.parse(path)

    # Blank nodes have IRIs in a release: compared by how many statements there are of each kind.
    def kinds(graph: rdflib.Graph) -> dict[rdflib.term.Node, int]:
        return dict(Counter(graph.predicates()))

    assert kinds(served) == kinds(committed)
    assert server.get("/shapes", headers={"Accept": "text/turtle"}).headers["content-type"].startswith("text/turtle")


def test_mapping_sets_are_given_as_they_are(server: httpx.Client) -> None:
    response = server.get("/mappings/genes")
    assert response.headers["content-type"].startswith("text/tab-separated-values")
    assert "\tHGNC:1052\t" in response.text
    assert "\tNot\tHP:0030230\t" in server.get("/mappings/disbelieved/findings").text
    assert server.get("/mappings/none").status_code == 404


def test_the_api_describes_itself(server: httpx.Client) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    assert {"/sparql", "/about", "/healthz", "/readyz", "/{path}"} <= set(paths)
