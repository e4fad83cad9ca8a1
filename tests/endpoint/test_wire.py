"""What goes over the wire, byte by byte, where clients would tidy it up."""

import http.client
import json
import socket
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.endpoint.wire import send

QUERY_TYPE = {"Content-Type": "application/sparql-query"}
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


def bound(server: httpx.Client, literal: bytes) -> str:
    """Return what the server understands of a literal in the address."""
    reply = send(server, "GET", f"/sparql?query=SELECT%20(%22{literal.decode()}%22%20AS%20?x)%20%7B%7D")
    assert reply.status == 200, reply.text
    return str(json.loads(reply.body)["results"]["bindings"][0]["x"]["value"])


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        (b"a%20b", "a b"),
        (b"a+b", "a b"),
        (b"a%2Bb", "a+b"),
        (b"%2541", "%41"),
        (b"%252541", "%2541"),
        (b"%2520", "%20"),
        (b"100%25", "100%"),
        (b"%C3%A9", "é"),
        (b"%F0%9F%94%AC", "🔬"),
        (b"a%26b%3Dc%3Bd", "a&b=c;d"),
        (b"a;b", "a;b"),
    ],
)
def test_percent_signs_are_decoded_once(server: httpx.Client, sent: bytes, understood: str) -> None:
    assert bound(server, sent) == understood
    query = f'SELECT ("{understood}" AS ?x) {{}}'
    form = send(server, "POST", "/sparql", FORM_TYPE, f"query={quote(query)}".encode())
    direct = send(server, "POST", "/sparql", QUERY_TYPE, query.encode())
    for reply in (form, direct):
        assert json.loads(reply.body)["results"]["bindings"][0]["x"]["value"] == understood


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (("GET", "/sparql?query=ASK%20%7B%20%22%FF%22%20%7D", {}, b""), 400),
        (("GET", "/sparql?query=ASK%20%7B%7D&default-graph-uri=%C3%28", {}, b""), 400),
        (("POST", "/sparql", FORM_TYPE, b"query=ASK%20%7B%7D%20%23%E9"), 400),
        (("POST", "/sparql", FORM_TYPE, b"query=ASK {} #\xe9"), 400),
        (("POST", "/sparql", QUERY_TYPE, b"ASK {} #\xe9"), 400),
        (("QUERY", "/sparql", QUERY_TYPE, b"ASK {} #\xe9"), 400),
        (
            (
                "POST",
                "/sparql",
                {"Content-Type": "application/sparql-query; charset=UTF-16"},
                "ASK {}".encode("utf-16"),
            ),
            415,
        ),
        (("POST", "/sparql", {"Content-Type": 'application/sparql-query;charset="iso-8859-1"'}, b"ASK {}"), 415),
        (("POST", "/sparql", {"Content-Type": "application/sparql-query; charset=none-such"}, b"ASK {}"), 415),
        (("POST", "/sparql", {"Content-Type": 'Application/SPARQL-Query; Charset="UTF-8"'}, "ASK {} #é".encode()), 200),
        (("POST", "/sparql", {"Content-Type": "application/x-www-form-urlencoded; charset=utf8"}, b"query=ASK{}"), 200),
        (("POST", "/sparql", {}, b"query=ASK%20%7B%7D"), 415),
        (("POST", "/sparql", FORM_TYPE, b""), 400),
        (("POST", "/sparql?query=ASK%20%7B%7D", FORM_TYPE, b"query=ASK%20%7B%7D"), 400),
        (("GET", "/rdf-graph-store?graph=http://e/%FF", {}, b""), 400),
    ],
)
def test_what_is_not_utf_8_is_told(
    server: httpx.Client, request_: tuple[str, str, dict[str, str], bytes], status: int
) -> None:
    reply = send(server, *request_)
    assert reply.status == status, reply.text
    if status != 200:
        assert reply.kind == "application/problem+json"
        assert {"detail", "mend"} <= set(json.loads(reply.body))
        assert reply.headers["access-control-allow-origin"] == "*"


def test_the_query_method_asks_as_post_does(server: httpx.Client) -> None:
    text = b"SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s LIMIT 3"
    posted = send(server, "POST", "/sparql", QUERY_TYPE, text)
    asked = send(server, "QUERY", "/sparql", QUERY_TYPE, text)
    form = send(server, "QUERY", "/sparql?format=json", FORM_TYPE, b"query=" + quote(text).encode())
    assert posted.status == asked.status == form.status == 200
    assert posted.body == asked.body == form.body


def test_the_parameters_of_address_and_body_are_taken_together(server: httpx.Client) -> None:
    ask = b"ASK { ?image a <https://w3id.org/muscle-atlas/ontology#Image> }"
    for graph, answer in (("atlas", True), ("hgnc", False)):
        target = f"/sparql?default-graph-uri={quote(f'https://w3id.org/muscle-atlas/graph/{graph}', safe='')}"
        for headers, body in ((QUERY_TYPE, ask), (FORM_TYPE, b"query=" + quote(ask).encode())):
            reply = send(server, "POST", target, headers, body)
            assert json.loads(reply.body)["boolean"] is answer


def test_relative_iris_are_resolved_against_the_address_of_the_service(server: httpx.Client) -> None:
    body = b"SELECT ?x { VALUES ?x { <image/VLM-199-2> } ?x ?p ?o } LIMIT 1"
    reply = send(server, "POST", "/sparql", QUERY_TYPE, body)
    found = json.loads(reply.body)["results"]["bindings"]
    assert [row["x"]["value"] for row in found] == ["https://w3id.org/muscle-atlas/image/VLM-199-2"]


@pytest.mark.parametrize("path", ["/sparql", "/rdf-graph-store"])
def test_any_page_may_ask_and_read_even_errors(server: httpx.Client, path: str) -> None:
    origin = {"Origin": "https://example.org"}
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "content-type"}
    preflight = send(server, "OPTIONS", path, {**origin, **asked})
    assert preflight.status == 204
    assert "GET" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["allow"] == preflight.headers["access-control-allow-methods"]
    assert "*" in preflight.headers["access-control-allow-headers"]
    for method, target in (
        ("GET", path),
        ("GET", f"{path}?query=%FF&graph=%FF"),
        ("GET", f"{path}?{'x' * 70_000}"),
        ("GET", f"{path}?{'x' * 62_000}"),
        ("GET", f"{path}?query=nonsense&graph=nonsense"),
        ("DELETE", path),
        ("TRACE", path),
    ):
        reply = send(server, method, target, origin)
        assert reply.headers["access-control-allow-origin"] == "*", (method, reply.status)
        assert "X-Muscle-Atlas-Release" in reply.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "target",
    [
        "/sparql",
        "/sparql?query=ASK%20%7B%7D",
        "/sparql?query=nonsense",
        "/sparql?query=SELECT%20*%20%7B%20?s%20?p%20?o%20%7D",
        "/rdf-graph-store?default",
        "/rdf-graph-store?graph=https://w3id.org/muscle-atlas/graph/atlas",
        "/rdf-graph-store?graph=https://w3id.org/muscle-atlas/graph/none",
    ],
)
def test_head_tells_what_get_would(server: httpx.Client, target: str) -> None:
    got, head = send(server, "GET", target), send(server, "HEAD", target)
    assert head.body == b""
    assert head.status == got.status
    for name in ("content-type", "etag", "cache-control", "vary"):
        assert head.headers.get(name) == got.headers.get(name)


def test_an_answer_that_is_held_is_not_sent_again(server: httpx.Client) -> None:
    for target in (
        "/sparql",
        "/sparql?query=ASK%20%7B%7D",
        "/rdf-graph-store?graph=https://w3id.org/muscle-atlas/graph/atlas",
    ):
        tag = send(server, "GET", target).headers["etag"]
        for held in (tag, f'"other", W/{tag}', "*"):
            again = send(server, "GET", target, {"If-None-Match": held})
            assert (again.status, again.body) == (304, b"")
            assert again.headers["etag"] == tag
        assert send(server, "GET", target, {"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize("length", [61_000, 65_536, 100_000, 140_000])
def test_an_address_that_is_too_long_is_told_as_a_problem(server: httpx.Client, length: int) -> None:
    reply = send(server, "GET", f"/sparql?query={'x' * length}")
    assert reply.status in ((414,) if length < 130_000 else (414, 431))
    assert reply.kind == "application/problem+json"
    assert "POST" in json.loads(reply.body)["mend"]


def test_what_is_no_http_is_told_as_a_problem(server: httpx.Client) -> None:
    reply = send(server, "NO SUCH", "/sparql")
    assert reply.status == 400
    assert reply.kind == "application/problem+json"


def send_in_two(server: httpx.Client, request: bytes, cut: int) -> tuple[int, Any]:
    """Send a request in two packets, the second after the first was read."""
    with socket.create_connection((server.base_url.host, server.base_url.port or 80), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request[:cut])
        # The server answers in the order in which it reads.
        assert server.get("/healthz").status_code == 200
        connection.sendall(request[cut:])
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, json.loads(answer.read())


OFFERING = (
    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    b"UpGrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\nContent-Type: application/sparql-query\r\n"
    b"Accept: application/sparql-results+json\r\n"
)
BODY = b'SELECT ("""\r\nupgrade: x""" AS ?x) {}'


def test_the_offer_of_another_protocol_is_declined_wherever_the_head_is_cut(server: httpx.Client) -> None:
    request = OFFERING + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
    begins, ends = request.index(b"UpGrade") - 4, request.index(b"\r\n\r\n")
    for cut in (*range(begins, begins + 14), *range(ends - 1, ends + 16)):
        status, found = send_in_two(server, request, cut)
        assert status == 200, (cut, found)
        assert found["results"]["bindings"][0]["x"]["value"] == "\r\nupgrade: x", cut


def test_what_only_looks_like_an_offer_is_left_as_it_is(server: httpx.Client) -> None:
    request = b"GET /sparql?query=SELECT%20(%22upgrade:%22%20AS%20?x)%7B%7D HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for cut in (request.index(b"upgrade"), len(request) - 1, len(request) - 2, len(request) - 3):
        _, found = send_in_two(server, request, cut)
        assert found["results"]["bindings"][0]["x"]["value"] == "upgrade:", cut


def test_a_head_that_comes_byte_by_byte_is_read(server: httpx.Client) -> None:
    request = OFFERING + b"Content-Length: 6\r\n\r\nASK {}"
    with socket.create_connection((server.base_url.host, server.base_url.port or 80), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(len(request)):
            connection.sendall(request[at : at + 1])
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert json.loads(answer.read())["boolean"] is True
