"""Clients that people use, unchanged, and the requests of those that are not installed here."""

import csv
import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pandas as pd
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, POST, RDFXML, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from tests.endpoint.wire import send

COMUNICA = Path(__file__).resolve().parent / "comunica"
GENES = """
PREFIX ma: <https://w3id.org/muscle-atlas/ontology#>
SELECT ?image ?gene WHERE { ?image ma:gene ?gene } ORDER BY ?image ?gene
"""
BIN1 = "http://identifiers.org/hgnc/1052"
PHOTOGRAPH = "https://w3id.org/muscle-atlas/image/VLM-199-2"
TRIPLES = f"CONSTRUCT {{ <{PHOTOGRAPH}> ?p ?o }} WHERE {{ <{PHOTOGRAPH}> ?p ?o }}"


@pytest.fixture(scope="module")
def address(server: httpx.Client) -> str:
    return str(server.base_url.join("/sparql"))


@pytest.fixture(scope="module")
def expected(server: httpx.Client) -> list[dict[str, str]]:
    text = server.post("/sparql", data={"query": GENES}, headers={"Accept": "text/csv"}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {"image": PHOTOGRAPH, "gene": BIN1} in rows
    return rows


def answer_of(wrapper: SPARQLWrapper, query: str, form: str) -> Any:
    wrapper.setQuery(query)
    wrapper.setReturnFormat(form)
    return wrapper.queryAndConvert()


@pytest.mark.parametrize("method", ["GET", POST])
def test_sparqlwrapper_reads_every_form_it_asks_for(address: str, expected: list[dict[str, str]], method: str) -> None:
    wrapper = SPARQLWrapper(address)
    wrapper.setMethod(method)
    bindings = answer_of(wrapper, GENES, JSON)["results"]["bindings"]
    assert [{name: term["value"] for name, term in row.items()} for row in bindings] == expected
    assert PHOTOGRAPH in answer_of(wrapper, GENES, XML).toxml()
    assert list(csv.DictReader(io.StringIO(answer_of(wrapper, GENES, CSV).decode()))) == expected
    assert answer_of(wrapper, "ASK { ?s ?p ?o }", JSON)["boolean"] is True


@pytest.mark.parametrize("form", [TURTLE, N3, RDFXML, XML, JSONLD])
def test_sparqlwrapper_reads_graphs(address: str, form: str) -> None:
    found = answer_of(SPARQLWrapper(address), TRIPLES, form)
    graph = found if isinstance(found, rdflib.Graph) else rdflib.Graph().parse(data=found, format="turtle")
    assert len(graph) > 15


def test_sparqlwrapper_tells_a_mistake_with_our_words(address: str) -> None:
    wrapper = SPARQLWrapper(address)
    wrapper.setQuery("SELECT * WHERE {")
    with pytest.raises(QueryBadFormed, match="Syntax error at line"):
        wrapper.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_the_store_of_rdflib_asks(address: str, expected: list[dict[str, str]], method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(address, method=method))
    found = [{"image": str(row.image), "gene": str(row.gene)} for row in graph.query(GENES)]  # type: ignore[union-attr]
    assert found == expected
    assert bool(graph.query("ASK { ?s ?p ?o }"))
    gene = rdflib.URIRef("https://w3id.org/muscle-atlas/ontology#gene")
    assert list(graph.subjects(gene, rdflib.URIRef(BIN1))) == [rdflib.URIRef(PHOTOGRAPH)]
    assert len(graph) > 15_000
    assert len(graph.query(TRIPLES).graph or ()) > 15
    named = rdflib.Graph(SPARQLStore(address, context_aware=True), rdflib.URIRef("http://example.org/none"))
    assert list(named.subjects(gene, None)) == []


def test_pandas_reads_a_table_from_an_address(address: str, expected: list[dict[str, str]]) -> None:
    query = quote(GENES)
    by_parameter = pd.read_csv(f"{address}?query={query}&format=csv")
    by_header = pd.read_csv(f"{address}?query={query}", storage_options={"Accept": "text/csv"})
    assert by_parameter.to_dict("records") == by_header.to_dict("records") == expected


@pytest.fixture(scope="session")
def comunica() -> Path:
    """The folder that ``.ci/run`` installs Comunica into, by the lock file beside this test."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "muscle-atlas" / "comunica"
    if not shutil.which("node"):
        pytest.skip("node is not installed: Comunica runs on it")
    lock = cache / "package-lock.json"
    if not lock.is_file() or lock.read_bytes() != (COMUNICA / "package-lock.json").read_bytes():
        pytest.skip(f"Comunica is not in {cache}; tests/endpoint/comunica/install puts it there")
    return cache / "node_modules"


@pytest.mark.parametrize("query", [GENES, TRIPLES, "ASK { ?s ?p ?o }"])
def test_comunica_finds_out_what_we_are_and_asks(
    address: str, comunica: Path, expected: list[dict[str, str]], query: str
) -> None:
    ended = subprocess.run(
        ["node", COMUNICA / "ask.cjs", address, query],
        env={**os.environ, "NODE_PATH": str(comunica)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    if query is GENES:
        assert answer == expected
    elif query is TRIPLES:
        assert len(answer) > 15
    else:
        assert answer is True


@pytest.mark.parametrize(
    "options",
    [
        ["--get", "--data-urlencode", f"query={GENES}"],
        ["--data-urlencode", f"query={GENES}"],
        ["--data-binary", GENES, "--header", "Content-Type: application/sparql-query"],
        ["--request", "QUERY", "--data-binary", GENES, "--header", "Content-Type: application/sparql-query"],
        ["--compressed", "--get", "--data-urlencode", f"query={GENES}"],
    ],
)
def test_curl_asks(address: str, expected: list[dict[str, str]], options: list[str]) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    ended = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail-with-body", "--header", "Accept: text/csv", *options, address],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert list(csv.DictReader(io.StringIO(ended.stdout))) == expected


# Apache Jena, jena-arq/src/main/java/org/apache/jena/riot/WebContent.java: defaultSparqlResultsHeader,
# defaultSparqlAskHeader, defaultGraphAcceptHeader, defaultDatasetAcceptHeader; QueryExecHTTP.java sends them.
JENA_SELECT = (
    "application/sparql-results+json,application/sparql-results+xml;q=0.9,text/tab-separated-values;q=0.7,"
    "text/csv;q=0.5,application/json;q=0.2,application/xml;q=0.2,*/*;q=0.1"
)
JENA_ASK = (
    "application/sparql-results+json,application/sparql-results+xml;q=0.9,application/json;q=0.2,"
    "application/xml;q=0.2,*/*;q=0.1"
)
JENA_GRAPH = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
JENA_DATASET = "application/trig,application/n-quads;q=0.9,application/ld+json;q=0.8,*/*;q=0.3"

# Eclipse RDF4J, core/http/client/src/main/java/org/eclipse/rdf4j/http/client/SPARQLProtocolSession.java: every media
# type of every format, q=0.8 for all but the preferred one (binary tables, text booleans, Turtle); for graphs by
# RDFFormat.getAcceptParams, which takes 0.1 off formats without namespaces and 0.4 off RDF/XML.
RDF4J_SELECT = (
    "application/x-binary-rdf-results-table, application/sparql-results+xml;q=0.8, application/xml;q=0.8, "
    "application/sparql-results+json;q=0.8, application/json;q=0.8, text/csv;q=0.8, text/tab-separated-values;q=0.8"
)
RDF4J_ASK = (
    "text/boolean, application/sparql-results+xml;q=0.8, application/xml;q=0.8, "
    "application/sparql-results+json;q=0.8, application/json;q=0.8"
)
RDF4J_GRAPH = (
    "application/rdf+xml;q=0.4, application/xml;q=0.4, text/xml;q=0.4, application/n-triples;q=0.7, text/plain;q=0.7, "
    "text/turtle, application/x-turtle, text/n3;q=0.8, text/rdf+n3;q=0.8, application/trix;q=0.8, "
    "application/trig;q=0.8, application/x-trig;q=0.8, application/x-binary-rdf;q=0.8, application/n-quads;q=0.7, "
    "text/x-nquads;q=0.7, text/nquads;q=0.7, application/ld+json;q=0.8, application/rdf+json;q=0.7, "
    "application/xhtml+xml;q=0.8, application/html;q=0.8, text/html;q=0.8"
)

# OpenLink Virtuoso, libsrc/Wi/sparql_io.sql: DB.DBA.SPARQL_REXEC_INT, whatever the query; it reads results in XML,
# and graphs in RDF/XML or Turtle. From 1,900 bytes on it sends a form.
VIRTUOSO = (
    "application/sparql-results+xml, text/rdf+n3, text/rdf+ttl, text/rdf+turtle, text/turtle, application/turtle, "
    "application/x-turtle, application/rdf+xml, application/xml"
)


@pytest.mark.parametrize(
    ("accept", "query", "form"),
    [
        (JENA_SELECT, GENES, "application/sparql-results+json"),
        (JENA_ASK, "ASK {}", "application/sparql-results+json"),
        (JENA_GRAPH, TRIPLES, "text/turtle"),
        (JENA_GRAPH, f"DESCRIBE <{PHOTOGRAPH}>", "text/turtle"),
        (JENA_DATASET, TRIPLES, "application/trig"),
        (RDF4J_SELECT, GENES, "application/sparql-results+json"),
        (RDF4J_ASK, "ASK {}", "application/sparql-results+json"),
        (RDF4J_GRAPH, TRIPLES, "text/turtle"),
        (VIRTUOSO, GENES, "application/sparql-results+xml"),
        (VIRTUOSO, "ASK {}", "application/sparql-results+xml"),
        (VIRTUOSO, TRIPLES, "text/turtle"),
    ],
)
def test_the_headers_of_other_stores_get_what_they_can_read(
    server: httpx.Client, accept: str, query: str, form: str
) -> None:
    # What these clients send besides: Jena nothing, RDF4J its own parameters, Virtuoso the number of rows.
    parameters = urlencode({"query": query, "infer": "true", "queryLn": "SPARQL", "maxrows": "10000"})
    got = send(server, "GET", f"/sparql?{parameters}", {"Accept": accept})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
    posted = send(server, "POST", "/sparql", kind, parameters.encode())
    direct = send(
        server,
        "POST",
        "/sparql",
        {"Content-Type": "application/sparql-query;charset=utf-8", "Accept": accept},
        query.encode(),
    )
    for reply in (got, posted, direct):
        assert (reply.status, reply.kind) == (200, form)
    assert got.body == posted.body == direct.body
