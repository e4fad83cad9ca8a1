"""The SPARQL 1.1 protocol over a real socket."""

import csv
import html
import io
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest
import rdflib

from tests.endpoint.conftest import Serve

BIN1 = """
PREFIX ma: <https://w3id.org/muscle-atlas/ontology#>
PREFIX hgnc: <http://identifiers.org/hgnc/>
SELECT ?image WHERE { ?image ma:gene hgnc:1052 }
"""
PHOTOGRAPH = "https://w3id.org/muscle-atlas/image/VLM-199-2"
TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?s = <https://w3id.org/muscle-atlas/image/VLM-199-2>) }"
JSON = "application/sparql-results+json"


def rows(response: httpx.Response) -> list[dict[str, str]]:
    response.raise_for_status()
    bindings = response.json()["results"]["bindings"]
    return [{name: term["value"] for name, term in binding.items()} for binding in bindings]


def test_the_gene_bin1_has_one_photograph_and_nothing_else(server: httpx.Client) -> None:
    assert rows(server.get("/sparql", params={"query": BIN1})) == [{"image": PHOTOGRAPH}]


def test_get_and_both_forms_of_post_give_the_same(server: httpx.Client) -> None:
    got = server.get("/sparql", params={"query": BIN1})
    form = server.post("/sparql", data={"query": BIN1})
    direct = server.post("/sparql", content=BIN1, headers={"Content-Type": "application/sparql-query"})
    assert got.content == form.content == direct.content
    assert got.headers["content-type"] == form.headers["content-type"] == JSON


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        ("application/json", JSON),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/csv;q=0.2, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("nonsense", JSON),
    ],
)
def test_the_accept_header_chooses_the_form_of_a_table(server: httpx.Client, accept: str | None, given: str) -> None:
    request = server.build_request("GET", "/sparql", params={"query": BIN1})
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    response = server.send(request)
    assert response.status_code == 200
    assert response.headers["content-type"] == given
    assert "Accept" in response.headers["vary"]
    assert "VLM-199-2" in response.text


def test_a_browser_gets_a_page_and_by_format_html_one_with_the_answer(server: httpx.Client) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    for parameters in ({"query": BIN1}, {"query": BIN1, "format": "html"}):
        response = server.get("/sparql", params=parameters, headers=accept)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert "Accept" in response.headers["vary"]
        assert html.escape(BIN1.strip().splitlines()[0], quote=False) in response.text
    assert "VLM-199-2" in response.text


def test_csv_and_tsv_and_xml_hold_the_answer(server: httpx.Client) -> None:
    def ask(accept: str) -> str:
        return server.get("/sparql", params={"query": BIN1}, headers={"Accept": accept}).text

    assert list(csv.reader(io.StringIO(ask("text/csv")))) == [["image"], [PHOTOGRAPH]]
    assert ask("text/tab-separated-values").splitlines() == ["?image", f"<{PHOTOGRAPH}>"]
    tree = ElementTree.fromstring(ask("application/sparql-results+xml"))  # noqa: S314 - our own server wrote it
    assert [element.text for element in tree.iter("{http://www.w3.org/2005/sparql-results#}uri")] == [PHOTOGRAPH]


@pytest.mark.parametrize(
    ("accept", "given", "parser"),
    [
        ("*/*", "text/turtle; charset=utf-8", "turtle"),
        ("text/turtle", "text/turtle; charset=utf-8", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
    ],
)
def test_graphs_come_in_four_forms_that_say_the_same(
    server: httpx.Client, accept: str, given: str, parser: str
) -> None:
    response = server.post("/sparql", data={"query": TRIPLES}, headers={"Accept": accept})
    assert response.headers["content-type"] == given
    triples = server.post("/sparql", data={"query": TRIPLES}, headers={"Accept": "application/n-triples"}).text
    expected = rdflib.Graph().parse(data=triples, format="nt")
    found = rdflib.Graph().parse(data=response.text, format=parser)
    assert len(expected) > 15
    # rdflib's JSON-LD parser reads xsd:boolean and the like as native values: compared as Python values.
    assert {tuple(map(str, triple)) for triple in found} == {tuple(map(str, triple)) for triple in expected}


def test_describe_and_ask_are_answered(server: httpx.Client) -> None:
    described = server.post("/sparql", data={"query": f"DESCRIBE <{PHOTOGRAPH}>"})
    assert len(rdflib.Graph().parse(data=described.text, format="turtle")) > 15
    assert server.post("/sparql", data={"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True
    assert server.post("/sparql", data={"query": "ASK {}"}, headers={"Accept": "text/csv"}).text == "true"


def test_a_form_that_cannot_be_given_is_refused_with_those_that_can(server: httpx.Client) -> None:
    response = server.get("/sparql", params={"query": BIN1}, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.headers["content-type"] == "application/problem+json"
    assert JSON in response.json()["mend"]
    assert server.get("/sparql", params={"query": TRIPLES}, headers={"Accept": "text/csv"}).status_code == 406


def test_a_query_sees_the_union_of_graphs_and_a_dataset_narrows_it(server: httpx.Client) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    graph = "https://w3id.org/muscle-atlas/graph/atlas"

    def number(**parameters: str) -> int:
        return int(rows(server.get("/sparql", params={"query": count, **parameters}))[0]["n"])

    everything, atlas = number(), number(**{"default-graph-uri": graph})
    assert 0 < atlas < everything
    assert number(**{"named-graph-uri": graph}) == 0
    named = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    answer = server.post("/sparql", data={"query": named, "named-graph-uri": graph})
    assert int(rows(answer)[0]["n"]) == atlas
    assert server.get("/sparql", params={"query": count, "default-graph-uri": "no iri"}).status_code == 400


@pytest.mark.parametrize(
    ("request_", "status", "told"),
    [
        (("GET", "/sparql", {"headers": {"Accept": "text/csv"}}), 400, "query"),
        (("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", {}), 400, "more than once"),
        (("GET", "/sparql?query=SELECT%20%3Fx%20WHERE%20%7B%0A%20%3Fx%20a%20%7D", {}), 400, "line 2, column 8"),
        (("GET", "/sparql?query=SELECT%20%2A%20WHERE%20%7B%20%3Fx%20ma%3Agene%20%3Fy%20%7D", {}), 400, "Syntax error"),
        (("POST", "/sparql", {"headers": {"Content-Type": "text/plain"}, "content": "ASK {}"}), 415, "text/plain"),
        (("POST", "/sparql", {"data": {"update": "CLEAR ALL"}}), 403, "read-only"),
        (("POST", "/sparql", {"data": {"query": "CLEAR ALL"}}), 403, "read-only"),
        (
            (
                "GET",
                "/sparql?query=PREFIX%20e%3A%3Chttp%3A%2F%2Fe%2F%3E%20%23x%0Ainsert%20data%20%7Be%3Aa%20a%20e%3Ab%7D",
                {},
            ),
            403,
            "read-only",
        ),
        (
            ("POST", "/sparql", {"headers": {"Content-Type": "application/sparql-update"}, "content": "CLEAR ALL"}),
            403,
            "build",
        ),
        (
            (
                "POST",
                "/sparql",
                {"headers": {"Content-Type": "application/sparql-query"}, "content": b"ASK { ?s ?p '\xff' }"},
            ),
            400,
            "UTF-8",
        ),
        (
            (
                "POST",
                "/sparql",
                {"headers": {"Content-Type": "application/sparql-query"}, "content": b"ASK {} #" + b" " * 2_097_153},
            ),
            413,
            "2097152",
        ),
        (("PUT", "/sparql", {}), 405, "POST"),
        (("GET", "/image/none", {"headers": {"Accept": "text/turtle"}}), 404, "image/none"),
    ],
)
def test_errors_are_problems_that_name_place_and_mend(
    server: httpx.Client, request_: tuple[str, str, dict[str, object]], status: int, told: str
) -> None:
    method, path, options = request_
    response = server.request(method, path, **options)  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert {"type", "title", "status", "detail", "mend"} <= set(problem)
    assert told in problem["detail"] + problem["mend"]
    assert problem["mend"]
    assert problem["status"] == status


def test_head_gives_the_headers_of_get(server: httpx.Client) -> None:
    for path in ("/", "/sparql?query=ASK%7B%7D", "/image/VLM-199-2.ttl", "/ontology.ttl", "/healthz"):
        got, head = server.get(path), server.head(path)
        assert head.status_code == got.status_code == 200
        assert head.content == b""
        assert head.headers["content-type"] == got.headers["content-type"]


def test_any_web_page_may_ask(server: httpx.Client) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=nonsense", "/image/VLM-199-2.ttl"):
        response = server.get(path, headers={"Origin": "https://example.org"})
        assert response.headers["access-control-allow-origin"] == "*"
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = server.options("/sparql", headers=preflight)
    assert response.status_code == 204
    assert "QUERY" in response.headers["access-control-allow-methods"]


@pytest.mark.parametrize(
    "template",
    [
        "SELECT * WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ service silent <{0}> {{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ ?s ?p 1SERVICE<{0}>{{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ BIND(1 AS ?x)SERVICESILENT<{0}>{{ ?s ?p ?o }} }}",
        "PREFIX : <{0}> SELECT * WHERE {{ SERVICE:x {{ ?s ?p ?o }} }}",
        'SELECT * WHERE {{ FILTER(?a<?b)#>"""\n SERVICE <{0}> {{ ?s ?p ?o }} #"""\n }}',
        "SELECT * FROM <{0}> WHERE {{ ?s ?p ?o }}",
        "SELECT * FROM NAMED <{0}> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    ],
)
def test_no_query_makes_the_server_call_another(server: httpx.Client, template: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.5)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        response = server.post("/sparql", data={"query": template.format(address)})
        assert response.status_code in (200, 400, 403)
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * " + "{" * 4000 + "}" * 4000,
        "ASK { FILTER(" + "(" * 100_000 + "1" + ")" * 100_000 + ") }",
        "ASK { FILTER(" + "!" * 100_000 + "true) }",
        "ASK { FILTER(" + "- " * 100_000 + "1 > 0) }",
        "ASK { ?s " + "^" * 100_000 + "?p ?o }",
    ],
)
def test_a_query_that_nests_deeply_is_answered_or_told(server: httpx.Client, query: str) -> None:
    response = server.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})
    assert response.status_code in (200, 400, 422)
    assert server.get("/sparql", params={"query": "ASK {}"}).status_code == 200


@pytest.mark.parametrize(
    ("clause", "sees"),
    [
        ("FROM <https://w3id.org/muscle-atlas/graph/atlas>", True),
        ("from<https://w3id.org/muscle-atlas/graph/atlas>", True),
        ("FROM <https://w3id.org/muscle-atlas/graph/synthetic>", False),
        ("FROM <http://example.org/none>", False),
        ("FROM NAMED <https://w3id.org/muscle-atlas/graph/atlas>", False),
        ('# FROM <http://example.org/none> "', True),
    ],
)
def test_from_names_the_dataset(server: httpx.Client, clause: str, sees: bool) -> None:
    query = f"ASK {clause}\n {{ ?image a <https://w3id.org/muscle-atlas/ontology#Image> }}"
    assert server.post("/sparql", data={"query": query}).json()["boolean"] is sees


def test_an_update_by_get_is_told_that_the_atlas_is_read_only(server: httpx.Client) -> None:
    assert server.get("/sparql", params={"update": "DROP ALL"}).status_code == 403


def test_pages_and_checks_answer_while_slow_queries_run(server: httpx.Client) -> None:
    # Some 800,000 pairs: seconds of work, and an end.
    slow = """SELECT (COUNT(*) AS ?n) WHERE {
      { SELECT ?a WHERE { ?a ?b ?c } LIMIT 900 } { SELECT ?d WHERE { ?d ?e ?f } LIMIT 900 }
      FILTER(CONCAT(STR(?a), STR(?d)) != "")
    }"""
    threads = [
        threading.Thread(target=lambda: httpx.post(f"{server.base_url}sparql", data={"query": slow}, timeout=120))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    started = time.monotonic()
    answers = [server.get(path).status_code for path in ("/healthz", "/readyz", "/", "/image/VLM-199-1")]
    waited = time.monotonic() - started
    running = any(thread.is_alive() for thread in threads)
    for thread in threads:
        thread.join()
    assert answers == [200, 200, 200, 200]
    assert running, "the queries ended before the pages were asked: the test shows nothing"
    assert waited < 10


def test_a_page_shows_the_first_rows_and_says_where_the_next_are(server: httpx.Client) -> None:
    query = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 2300"
    address, seen = f"/sparql?{urlencode({'query': query, 'format': 'html'})}", []
    while address:
        page = server.get(address, headers={"Accept": "text/html"})
        seen.append(page.text.count("<tr>") - 1)
        following = page.links.get("next", {}).get("url", "")
        assert bool(following) == page.headers.get("X-Muscle-Atlas-Rows", "").endswith("more")
        assert bool(following) == ('rel="next"' in page.text)
        address = following
    assert seen == [1000, 1000, 300]
    for wrong in ("-1", "many", "9" * 30):
        assert server.get("/sparql", params={"query": query, "offset": wrong}).status_code == 400


def test_many_who_ask_the_same_at_once_cost_one_run(serve: Serve, example_data: Path) -> None:
    query = """SELECT (COUNT(*) AS ?n) WHERE {
      { SELECT ?a WHERE { ?a ?b ?c } LIMIT 400 } { SELECT ?d WHERE { ?d ?e ?f } LIMIT 400 }
      FILTER(CONCAT(STR(?a), STR(?d)) != "")
    }"""
    with serve(example_data) as client, ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: client.get("/sparql", params={"query": query}).text, range(12)))
        told = client.get("/metrics").text
    assert len(set(answers)) == 1
    assert 'muscle_atlas_queries_total{outcome="answered"} 1.0' in told
