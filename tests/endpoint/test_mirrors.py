"""Services that an operator calls at an address of their own; the example questions that call others, truly asked."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import httpx
import polars as pl
import pyoxigraph as ox
import pytest

from endpoint.federation.services import ServicesError, read_services
from muscle_atlas.questions import read_questions
from tests.conftest import Run
from tests.endpoint.conftest import Serve

MIRRORS = Path(__file__).parent / "mirrors"
PUBLIC = {"uniprot": "https://sparql.uniprot.org/sparql", "wikidata": "https://query.wikidata.org/sparql"}
TRUST = {"MUSCLE_ATLAS_TRUSTED_HOSTS": "127.0.0.1"}


class Mirror(BaseHTTPRequestHandler):
    """SPARQL services over a few triples, one a path."""

    stores: ClassVar[dict[str, ox.Store]] = {}
    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        name = self.path.strip("/")
        self.asked.append(name)
        results = self.stores[name].query(parse_qs(body)["query"][0])
        assert not isinstance(results, ox.QueryTriples)
        answer = results.serialize(format=ox.QueryResultsFormat.JSON) or b""
        self.send_response(200)
        self.send_header("Content-Type", ox.QueryResultsFormat.JSON.media_type)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A table of services that leads to mirrors."""
    for name in PUBLIC:
        Mirror.stores[name] = ox.Store()
        Mirror.stores[name].load(path=str(MIRRORS / f"{name}.ttl"), format=ox.RdfFormat.TURTLE)
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        path = tmp_path_factory.mktemp("mirrors") / "services.tsv"
        rows = (f"{name}\t{iri}\t{iri}/\thttp://127.0.0.1:{server.server_port}/{name}" for name, iri in PUBLIC.items())
        path.write_text("name\tiri\talso\tmirror\n" + "\n".join(rows) + "\n", encoding="utf-8")
        yield path
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def mirrored(serve: Serve, example_data: Path, table: Path) -> Iterator[httpx.Client]:
    with serve(example_data, MUSCLE_ATLAS_SERVICES=str(table), **TRUST) as client:
        yield client


def call(client: httpx.Client, name: str, **parameters: str) -> list[dict[str, str]]:
    response = client.get(f"/api/queries/{name}", params=parameters, headers={"Accept": "application/json"})
    assert response.status_code == 200, response.text
    found = response.json()["results"]["bindings"]
    return [{variable: term["value"] for variable, term in row.items()} for row in found]


def test_every_question_that_calls_others_is_asked_here() -> None:
    called = {service for question in read_questions() for service in question.services}
    assert called == set(PUBLIC.values())


def test_the_protein_of_a_gene_is_found_in_uniprot(mirrored: httpx.Client) -> None:
    expected = {
        "gene": "http://identifiers.org/hgnc/1052",
        "protein": "http://purl.uniprot.org/uniprot/O00499",
        "proteinName": "Myc box-dependent-interacting protein 1",
        "photographs": "1",
    }
    assert call(mirrored, "proteins-of-a-gene-in-uniprot", symbol="BIN1") == [expected]
    assert call(mirrored, "proteins-of-a-gene-in-uniprot") == [expected]
    assert call(mirrored, "proteins-of-a-gene-in-uniprot", symbol="OTHER") == []


@pytest.mark.parametrize(("language", "name"), [("en", "centronuclear myopathy"), ("fr", "myopathie centronucléaire")])
def test_a_disease_is_found_in_wikidata(mirrored: httpx.Client, language: str, name: str) -> None:
    expected = {
        "disease": "http://www.orpha.net/ORDO/Orphanet_595",
        "item": "http://www.wikidata.org/entity/Q900000001",
        "itemName": name,
        "photographs": "1",
    }
    assert call(mirrored, "a-disease-in-wikidata", orpha_number="595", language=language) == [expected]


def test_the_accession_of_the_mirror_is_that_of_hgnc(shared: Path) -> None:
    path = shared / "reference" / "hgnc" / "hgnc_complete_set_2024-10.txt.gz"
    rows = pl.read_csv(path, separator="\t", infer_schema=False).filter(pl.col("symbol") == "BIN1")
    assert rows["uniprot_ids"].to_list() == ["O00499"]
    assert rows["hgnc_id"].to_list() == ["HGNC:1052"]


def test_a_mirror_is_called_by_every_spelling_of_the_service_and_never_told(mirrored: httpx.Client) -> None:
    for iri in (PUBLIC["uniprot"], PUBLIC["uniprot"] + "/"):
        Mirror.asked.clear()
        query = f"ASK {{ SERVICE <{iri}> {{ ?protein <http://purl.uniprot.org/core/mnemonic> 'BIN1_HUMAN' }} }}"
        answer = mirrored.post("/sparql", data={"query": query}, headers={"Accept": "application/json"})
        assert answer.json()["boolean"] is True
        assert Mirror.asked == ["uniprot"]
    described = mirrored.get("/sparql", headers={"Accept": "text/turtle"}).text
    assert PUBLIC["uniprot"] in described
    assert "127.0.0.1" not in described.replace(str(mirrored.base_url), "")


def test_the_address_of_a_mirror_is_no_name_for_it(mirrored: httpx.Client, table: Path) -> None:
    mirror = table.read_text(encoding="utf-8").splitlines()[1].split("\t")[3]
    refused = mirrored.post("/sparql", data={"query": f"ASK {{ SERVICE <{mirror}> {{}} }}"})
    assert refused.status_code == 403
    assert PUBLIC["uniprot"] in refused.text


def test_a_mirror_in_a_network_of_ones_own_is_called_only_if_it_is_trusted(
    serve: Serve, example_data: Path, table: Path
) -> None:
    with serve(example_data, MUSCLE_ATLAS_SERVICES=str(table)) as client:
        query = f"ASK {{ SERVICE <{PUBLIC['uniprot']}> {{ ?s ?p ?o }} }}"
        refused = client.post("/sparql", data={"query": query})
        assert refused.status_code == 502
        assert "127.0.0.1" not in refused.text


def test_a_mirror_is_tried_in_place_of_the_service(run: Run, table: Path) -> None:
    ended = run("serve", "--check-federation", MUSCLE_ATLAS_SERVICES=str(table), **TRUST)
    assert ended.returncode == 0, ended.stdout
    mirror = table.read_text(encoding="utf-8").splitlines()[1].split("\t")[3]
    assert mirror in ended.stdout


def test_a_mirror_without_an_address_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "services.tsv"
    path.write_text("name\tiri\tmirror\nx\thttps://example.org/\t//nowhere\n", encoding="utf-8")
    with pytest.raises(ServicesError, match=r":2: '//nowhere' is no address of a service"):
        read_services(path)
