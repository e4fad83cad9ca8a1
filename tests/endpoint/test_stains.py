"""The scheme of stains as it is served: a page to cite, a graph and a table to take away, photographs counted."""

import csv
import html
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import rdflib
from rdflib.namespace import DCTERMS, RDF, SKOS

from tests.conftest import Run
from tests.endpoint.conftest import HOUSE, Serve

BASE = "https://w3id.org/muscle-atlas/"
COMMITTED = rdflib.Graph().parse(HOUSE / "ontology" / "schemes" / "stain.ttl")
STAINED = {"A": "NADH", "B": "DYS1", "C": "dystrophine", "D": "IF dystrophine", "E": "PAS diastase"}


@pytest.fixture(scope="module")
def stained(serve: Serve, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An atlas of five photographs, one a stain of ``STAINED``."""
    folder = tmp_path_factory.mktemp("stained")
    rows = "".join(f"{name},{stain},RYR1\n" for name, stain in STAINED.items())
    (folder / "records.csv").write_text(f"image_id,stain,gene\n{rows}", encoding="utf-8")
    assert run("build", folder / "records.csv", "--data", folder / "data").returncode == 0
    with serve(folder / "data") as client:
        yield client


def page(client: httpx.Client, path: str, language: str) -> str:
    return html.unescape(client.get(path, params={"lang": language}, headers={"Accept": "text/html"}).text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_shows_every_stain_with_its_definition_and_how_to_cite_it(server: httpx.Client, language: str) -> None:
    text = page(server, "/stain", language)
    for concept in COMMITTED.subjects(RDF.type, SKOS.Concept):
        assert f'id="{COMMITTED.value(concept, SKOS.notation)}"' in text
        for predicate in (SKOS.prefLabel, SKOS.definition):
            own = [str(o) for o in COMMITTED.objects(concept, predicate) if getattr(o, "language", "") == language]
            assert own[0] in text
    assert "CC BY 4.0" in text
    assert f"{BASE}stain" in text


def test_the_graph_holds_the_whole_scheme_as_committed(server: httpx.Client) -> None:
    served = rdflib.Graph().parse(data=server.get("/stain.ttl").text, format="turtle")
    assert set(COMMITTED) <= set(served)
    assert (rdflib.URIRef(f"{BASE}section/frozen"), RDF.type, SKOS.Concept) in served
    negotiated = server.get("/stain", headers={"Accept": "text/turtle"})
    assert negotiated.content == server.get("/stain.ttl").content


@pytest.mark.parametrize(("suffix", "form"), [("jsonld", "json-ld"), ("nt", "nt"), ("rdf", "xml")])
def test_every_form_says_the_same(server: httpx.Client, suffix: str, form: str) -> None:
    turtle = rdflib.Graph().parse(data=server.get("/stain.ttl").text, format="turtle")
    other = rdflib.Graph().parse(data=server.get(f"/stain.{suffix}").text, format=form)
    assert set(other) == set(turtle)


def test_the_table_has_a_row_for_each_stain_that_a_photograph_may_have(stained: httpx.Client) -> None:
    response = stained.get("/stain.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    table = {row["notation"]: row for row in csv.DictReader(io.StringIO(response.text))}
    sections = rdflib.URIRef(f"{BASE}ontology#section")
    assert table.keys() == {str(COMMITTED.value(stain, SKOS.notation)) for stain in COMMITTED.subjects(sections, None)}
    assert table["ATP94"]["pH"] == "9.4"
    assert table["anti-DMD"]["target"] == "HGNC:2928"
    assert table["SDH"]["ec_number"] == "1.3.5.1"
    assert (table["anti-DMD"]["photographs"], table["anti-DMD-rod"]["photographs"]) == ("3", "1")


def test_a_stain_shows_its_photographs_and_those_of_narrower_ones(stained: httpx.Client) -> None:
    def shown(path: str) -> set[str]:
        return set(re.findall(r'href="/image/(\w)\?', page(stained, path, "en")))

    assert shown("/stain/NADH") == {"A"}
    assert shown("/stain/anti-DMD") == {"B", "C", "D"}
    assert shown("/stain/anti-DMD-rod") == {"B"}
    assert shown("/stain/PAS") == {"E"}
    assert shown("/stain/immunostaining") == {"B", "C", "D"}
    assert shown("/stain/COX") == set()


def test_the_query_of_a_stain_gives_its_photographs(stained: httpx.Client) -> None:
    query = re.search(r'name="query" value="([^"]*)"', stained.get("/stain/anti-DMD.html").text)
    assert query
    answer = stained.get("/sparql", params={"query": html.unescape(query[1])}, headers={"Accept": "text/csv"})
    assert sorted(answer.text.split()[1:]) == [f"{BASE}image/{name}" for name in "BCD"]


def test_a_stain_shows_what_is_known_of_it(server: httpx.Client) -> None:
    text = page(server, "/stain/ATP94", "fr")
    assert "9,4" in text
    assert "coupe congelée" in text
    text = page(server, "/stain/anti-DMD-rod", "en")
    assert "/about?iri=http%3A%2F%2Fidentifiers.org%2Fhgnc%2F2928" in text
    assert "/stain/anti-DMD?" in text
    source = next(COMMITTED.objects(rdflib.URIRef(f"{BASE}stain/anti-DMD-rod"), DCTERMS.source))
    assert str(COMMITTED.value(source, DCTERMS.bibliographicCitation)) in text


def test_another_release_shows_its_own_counts(
    serve: Serve, run: Run, records: Callable[..., Path], tmp_path: Path
) -> None:
    row = {"image_id": "one", "stain": "NADH", "gene": "RYR1"}
    run("build", records(row), "--data", tmp_path / "data")
    with serve(tmp_path / "data") as client:
        assert "/image/one" in page(client, "/stain/NADH", "en")
        run("build", records({**row, "image_id": "two"}), "--data", tmp_path / "data")
        assert "/image/two" in page(client, "/stain/NADH", "en")


@pytest.mark.parametrize("path", ["/stain/none", "/stain.pdf", "/stain/%3Cscript%3E"])
def test_a_stain_or_form_that_is_none_is_not_found(server: httpx.Client, path: str) -> None:
    assert server.get(path, headers={"Accept": "text/html"}).status_code == 404


def test_the_page_of_the_documentation_is_true(server: httpx.Client) -> None:
    text = (HOUSE / "docs" / "stains.md").read_text(encoding="utf-8")
    query = re.search(r"```sparql\n(.*?)```", text, re.DOTALL)
    assert query
    answer = server.post("/sparql", data={"query": query[1]}, headers={"Accept": "text/csv"})
    assert "anti-MYH-fast,MYH1" in answer.text.split()
    assert "anti-MYH7,MYH7" in answer.text.split()
    said = set(re.findall(r"`(?:anti-[\w-]+|ATP94|NADH|IHC|IF|MGT)`", text))
    assert said
    assert [name for name in said if server.get(f"/stain/{name.strip('`')}").status_code != 200] == []
