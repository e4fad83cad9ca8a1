"""SERVICE: what may be called, what is called, and what is told where it fails; a mirror stands for the services."""

import itertools
import json
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import httpx
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from endpoint.federation.rewriting import MOST_CALLS, MOST_SIGNS, Call, rewrite
from endpoint.federation.services import Service, Services, ServicesError, read_services
from endpoint.problems import ProblemError
from tests.conftest import Run
from tests.endpoint.conftest import HOUSE, Serve

ROWS = {
    "head": {"vars": ["s", "n"]},
    "results": {
        "bindings": [
            {"s": {"type": "uri", "value": "urn:one"}, "n": {"type": "literal", "value": "1"}},
            {"s": {"type": "uri", "value": "urn:two"}, "n": {"type": "literal", "value": "2"}},
        ]
    },
}
XML = """<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="n"/></head>
<results><result><binding name="n"><literal>xml</literal></binding></result></results></sparql>"""


class Mirror(BaseHTTPRequestHandler):
    """Services that answer, and services that do not, by path."""

    asked: ClassVar[list[tuple[str, str, dict[str, str]]]] = []

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        query = parse_qs(self.rfile.read(length).decode())["query"][0]
        self.asked.append((self.path, query, dict(self.headers)))
        getattr(self, f"answer_{self.path.strip('/').split('/')[0]}")()

    def do_GET(self) -> None:
        self.asked.append((self.path, "", dict(self.headers)))
        self.answer_ok()

    def give(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    given_up: ClassVar[threading.Event] = threading.Event()
    server: ThreadingHTTPServer

    def answer_ok(self) -> None:
        self.give(200, json.dumps(ROWS).encode(), Content_Type="application/sparql-results+json; charset=utf-8")

    answer_other = answer_ok

    def answer_xml(self) -> None:
        self.give(200, XML.encode(), Content_Type="application/sparql-results+xml")

    def answer_fails(self) -> None:
        self.give(500, b"Virtuoso 42000 Error\nThe estimated\x1b execution time is too long", Content_Type="text/plain")

    def answer_page(self) -> None:
        self.give(200, b"<html>", Content_Type="text/html")

    def answer_garbage(self) -> None:
        self.give(200, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{', Content_Type="application/json")

    def answer_nested(self) -> None:
        deep = b'{"type": "triple", "value": {"subject": ' * 200_000
        self.give(
            200, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": ' + deep, Content_Type="application/json"
        )

    def answer_port(self) -> None:
        self.give(307, b"", Location="http://localhost:99999/ok")

    def answer_accent(self) -> None:
        self.give(307, b"", Location="http://localhost/\u00e9")

    def answer_packed(self) -> None:
        self.give(200, b"x", Content_Type="application/sparql-results+json", Content_Encoding="gzip")

    def answer_breaks(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(json.dumps(ROWS).encode()[:60])
        self.close_connection = True

    def answer_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b" " * 2**20)
        except OSError:
            self.close_connection = True

    def answer_slow(self) -> None:
        # Until the other side is tired of waiting.
        self.connection.settimeout(30)
        if self.connection.recv(1) == b"":
            self.given_up.set()

    def answer_moved(self) -> None:
        self.give(308, b"", Location="/ok")

    def answer_seeother(self) -> None:
        self.give(303, b"", Location="/ok")

    def answer_circle(self) -> None:
        self.give(307, b"", Location=self.path)

    def answer_inward(self) -> None:
        self.give(307, b"", Location=f"http://localhost:{self.server.server_port}/ok")

    def answer_metadata(self) -> None:
        self.give(302, b"", Location="http://169.254.169.254/latest/meta-data")

    def answer_file(self) -> None:
        self.give(302, b"", Location="file:///etc/passwd")

    def log_message(self, *_: Any) -> None:
        pass


PATHS = sorted(name.removeprefix("answer_") for name in vars(Mirror) if name.startswith("answer_"))


@pytest.fixture(scope="module")
def mirror() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def asked() -> list[tuple[str, str, dict[str, str]]]:
    """What the mirror was asked during this test."""
    Mirror.asked.clear()
    return Mirror.asked


@pytest.fixture(scope="module")
def table(mirror: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("services") / "services.tsv"
    rows = [f"{name}\t{mirror}/{name}\t{mirror}/{name}/\t" + ("urn:label" if name == "ok" else "") for name in PATHS]
    local = mirror.replace("127.0.0.1", "localhost")
    nobody = "http://127.0.0.1:1/sparql\t\t"
    rows += [f"local\t{local}/ok\t\t", f"nobody\t{nobody}", "unknown\thttp://unknown.invalid/sparql\t\t"]
    path.write_text("# for tests\nname\tiri\talso\twithin\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def calling(serve: Serve, example_data: Path, table: Path) -> Iterator[httpx.Client]:
    """A server that may call the mirror."""
    told = {"MUSCLE_ATLAS_SERVICES": str(table), "MUSCLE_ATLAS_TRUSTED_HOSTS": "127.0.0.1"}
    with serve(example_data, **told) as client:
        yield client


def ask(client: httpx.Client, query: str, **parameters: str) -> httpx.Response:
    headers = {"Accept": "application/sparql-results+json"}
    return client.post("/sparql", data={"query": query, **parameters}, headers=headers)


def rows(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    found = response.json()["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def test_an_allowed_service_is_called_and_joined(
    calling: httpx.Client, mirror: str, asked: list[tuple[str, str, dict[str, str]]]
) -> None:
    query = f"SELECT * {{ VALUES ?n {{ '2' '3' }} SERVICE <{mirror}/ok> {{ ?s <urn:p> ?n }} }} # SERVICE"
    assert rows(ask(calling, query)) == [{"s": "urn:two", "n": "2"}]
    ((path, sent, headers),) = asked
    assert path == "/ok"
    assert "<urn:p>" in sent
    assert headers["User-Agent"].startswith("muscle-atlas/")
    assert "+http" in headers["User-Agent"]
    assert headers["Accept"].startswith("application/sparql-results+json")


@pytest.mark.parametrize(
    "template",
    [
        "SELECT ?n {{ SERVICE<{0}/ok>{{ ?s ?p ?n }} }}",
        "SELECT ?n {{ service silent <{0}/ok/> {{ ?s ?p ?n }} }}",
        "PREFIX m: <{0}/> SELECT ?n {{ BIND(1 AS ?x)SERVICE m:ok {{ ?s ?p ?n }} }}",
        "PREFIX : <{0}/ok> SELECT ?n {{ SERVICE : {{ ?s ?p ?n }} }}",
        "SELECT ?n {{ SERVICE <{0}/o\\u006b> {{ ?s ?p ?n }} }}",
        "SELECT ?n {{ SERVICE # where\n <{0}/ok> {{ ?s ?p ?n }} }}",
        "SELECT ?n {{ SERVICE <{0}/moved> {{ ?s ?p ?n }} }}",
        "SELECT ?n {{ SERVICE <{0}/seeother> {{ ?s ?p ?n }} }}",
        "SELECT ?n {{ {{ SELECT ?n {{ SERVICE <{0}/ok> {{ ?s ?p ?n }} }} }} }}",
        "SELECT ?n {{ OPTIONAL {{ SERVICE <{0}/ok> {{ ?s ?p ?n }} }} }}",
    ],
)
def test_an_allowed_service_is_found_however_it_is_written(calling: httpx.Client, mirror: str, template: str) -> None:
    assert sorted(row["n"] for row in rows(ask(calling, template.format(mirror)))) == ["1", "2"]


def test_several_services_of_one_query_are_called(calling: httpx.Client, mirror: str) -> None:
    query = (
        f"SELECT ?n {{ {{ SERVICE <{mirror}/ok> {{ ?s ?p ?n }} }} UNION {{ SERVICE <{mirror}/xml> {{ ?s ?p ?n }} }} }}"
    )
    assert sorted(row["n"] for row in rows(ask(calling, query))) == ["1", "2", "xml"]


def test_answers_of_services_are_never_kept(
    calling: httpx.Client, mirror: str, asked: list[tuple[str, str, dict[str, str]]]
) -> None:
    for _ in range(2):
        response = ask(calling, f"SELECT * {{ SERVICE <{mirror}/ok> {{ ?s ?p ?n }} }}")
        assert response.headers["cache-control"] == "no-store"
    assert len(asked) == 2


@pytest.mark.parametrize("verb", ["CONSTRUCT { ?s <urn:q> ?n }", "DESCRIBE ?s"])
def test_graphs_are_made_of_what_services_answer(calling: httpx.Client, mirror: str, verb: str) -> None:
    query = f"{verb} WHERE {{ SERVICE <{mirror}/ok> {{ ?s ?p ?n }} }}"
    response = calling.post("/sparql", data={"query": query}, headers={"Accept": "application/n-triples"})
    assert response.status_code == 200
    assert ("<urn:one> <urn:q>" in response.text) == verb.startswith("CONSTRUCT")


# What is refused


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("<{0}/unlisted>", "{0}/unlisted"),
        ("<{0}/ok?x=1>", "{0}/ok?x=1"),
        ("<{0}/OK>", "{0}/OK"),
        ("SILENT <{0}/ok#x>", "{0}/ok#x"),
        ("<file:///etc/passwd>", "file:///etc/passwd"),
        ("<urn:label>", "urn:label"),
        ("m:x", "{0}/x"),
        ("<{0}/\\uD800>", "{0}/\ufffd"),
    ],
)
def test_a_service_that_is_not_listed_is_refused_by_name(
    calling: httpx.Client, mirror: str, target: str, told: str, asked: list[tuple[str, str, dict[str, str]]]
) -> None:
    response = ask(calling, f"PREFIX m: <{mirror}/> SELECT * {{ SERVICE {target.format(mirror)} {{ ?s ?p ?o }} }}")
    assert response.status_code == 403
    problem = response.json()
    assert f"<{told.format(mirror)}>" in problem["detail"]
    assert f"ok <{mirror}/ok>" in problem["mend"]
    assert asked == []


@pytest.mark.parametrize("content", ["", "# none\n", "name\tiri\n"])
def test_an_empty_list_denies_every_service(tmp_path: Path, content: str) -> None:
    path = tmp_path / "none.tsv"
    path.write_text(content, encoding="utf-8")
    query = "SELECT * { SERVICE <https://sparql.uniprot.org/sparql> { ?s ?p ?o } }"
    with pytest.raises(ProblemError, match="not on this endpoint's list") as refused:
        rewrite(query, read_services(path), lambda call: call.iri)
    assert refused.value.status == 403
    assert "list is empty" in refused.value.tell("en")[1]


def test_the_published_list_is_the_default(server: httpx.Client) -> None:
    response = ask(server, "SELECT * { SERVICE <http://example.org/sparql> { ?s ?p ?o } }")
    assert response.status_code == 403
    assert "UniProt <https://sparql.uniprot.org/sparql>" in response.json()["mend"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICESILENT<urn:x>{ ?s ?p ?o } }",
        "PREFIX : <urn:x> SELECT * { BIND(1 AS ?a) SERVICE:x { ?s ?p ?o } }",
        "PREFIX : <urn:x> SELECT * { FILTER(trueSERVICE:x { ?s ?p ?o } }",
        'SELECT * { BIND("a"@enservice AS ?a) }',
        "SELECT * { ?s ?p _:service }",
        "SELECT * { SERVICE",
        "SELECT * { SERVICE <urn:x> }",
        "SELECT * { SERVICE <relative> { ?s ?p ?o } }",
        "SELECT * { SERVICE m:x { ?s ?p ?o } }",
        "SELECT * { SERVICE 1 { ?s ?p ?o } }",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(calling: httpx.Client, query: str) -> None:
    response = ask(calling, query)
    assert response.status_code == 400
    assert "SERVICE" in response.json()["detail"]
    assert response.json()["mend"]


def test_an_update_that_calls_a_service_is_told_that_nothing_is_updated(calling: httpx.Client) -> None:
    response = ask(calling, "INSERT { ?s ?p ?o } WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }")
    assert response.status_code == 403
    assert "read-only" in response.json()["detail"]


def test_the_place_of_an_error_is_that_of_the_query_as_it_was_asked(calling: httpx.Client, mirror: str) -> None:
    query = f'SELECT * {{ # a comment on SERVICE\n SERVICE <{mirror}/ok> {{ ?s ?p "service" }}\n BIND("é" AS ?e) !! }}'
    problem = ask(calling, query).json()
    assert problem["fault"] == "syntax"
    plain = ask(calling, re.sub(r"\n SERVICE.*", "\n", query).replace("SERVICE", "")).json()
    assert (problem["line"], problem["column"]) == (plain["line"], plain["column"])
    assert problem["line"] == 3


# What fails


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("fails", 502, "it answered 500: Virtuoso 42000 Error The estimated execution time is too long"),
        ("page", 502, "its answer is text/html"),
        ("garbage", 502, "its answer cannot be read"),
        ("packed", 502, "its answer is compressed"),
        ("breaks", 502, "the connection to it failed"),
        ("endless", 502, "its answer is larger than 67108864 bytes"),
        ("slow", 504, "it did not answer in time"),
        ("circle", 502, "it redirects more than 3 times"),
        ("port", 502, "it redirects to what is no address"),
        ("accent", 502, "it redirects to what is no address"),
        ("inward", 502, "its address is not one of the public internet"),
        ("metadata", 502, "its address is not one of the public internet"),
        ("file", 502, "it is not at an http or https address"),
        ("local", 502, "its address is not one of the public internet"),
        ("nobody", 502, "the connection to it failed"),
        ("unknown", 502, "it cannot be found"),
    ],
)
def test_a_service_that_fails_is_named_with_the_reason_and_goes_unheard_with_silent(
    calling: httpx.Client, table: Path, name: str, status: int, reason: str
) -> None:
    service = next(found for found in read_services(table).all if found.name == name)
    lines = "SELECT * {{ VALUES ?here {{ 1 }} SERVICE {0}<{1}> {{ ?s ?p ?n }} }}"
    timeout = {"timeout": "1"} if name == "slow" else {}
    response = ask(calling, lines.format("", service.iri), **timeout)
    assert response.status_code == status, response.text
    problem = response.json()
    assert problem["service"] == service.iri
    assert f"<{service.iri}>" in problem["detail"]
    assert reason in problem["detail"]
    assert problem["mend"]
    # Neither an address of the forwarder nor one that a name led to is told.
    told = response.text.replace(service.iri, "")
    assert "127.0.0.1" not in told
    assert "169.254" not in told
    assert rows(ask(calling, lines.format("SILENT ", service.iri), **timeout)) == [{"here": "1"}]


def test_an_answer_that_nests_deeply_ends_no_server(calling: httpx.Client, mirror: str) -> None:
    query = f"SELECT * {{{{ VALUES ?here {{{{ 1 }}}} SERVICE {{0}}<{mirror}/nested> {{{{ ?s ?p ?n }}}} }}}}"
    assert rows(ask(calling, query.format("SILENT "))) == [{"here": "1"}]
    assert ask(calling, query.format(""), timeout="2").status_code in (422, 502, 504)
    assert calling.get("/healthz").status_code == 200


def test_a_redirect_into_a_private_network_is_not_followed(
    calling: httpx.Client, mirror: str, asked: list[tuple[str, str, dict[str, str]]]
) -> None:
    ask(calling, f"SELECT * {{ SERVICE <{mirror}/inward> {{ ?s ?p ?n }} }}")
    assert [path for path, _, _ in asked] == ["/inward"]


def test_a_service_is_not_called_once_a_row(
    calling: httpx.Client, mirror: str, asked: list[tuple[str, str, dict[str, str]]]
) -> None:
    values = " ".join(map(str, range(50)))
    query = f"SELECT * {{ VALUES ?i {{ {values} }} FILTER EXISTS {{ SERVICE <{mirror}/ok> {{ ?i ?p ?n }} }} }}"
    response = ask(calling, query)
    assert response.status_code == 422
    assert response.json()["fault"] == "calls"
    assert len(asked) == MOST_CALLS


def test_a_query_with_too_many_calls_is_refused(calling: httpx.Client, mirror: str) -> None:
    call = f"SERVICE <{mirror}/ok> {{ ?s ?p ?n }} "
    assert ask(calling, "SELECT * { " + call * MOST_CALLS + "}").status_code == 200
    response = ask(calling, "SELECT * { " + call * (MOST_CALLS + 1) + "}")
    assert response.status_code == 422
    assert str(MOST_CALLS) in response.json()["detail"]


def test_the_server_answers_others_while_a_service_is_slow(calling: httpx.Client, mirror: str) -> None:
    slow = threading.Thread(
        target=ask, args=(calling, f"SELECT * {{ SERVICE <{mirror}/slow> {{ ?s ?p ?n }} }}"), kwargs={"timeout": "2"}
    )
    slow.start()
    assert ask(calling, "ASK {}").json()["boolean"] is True
    assert slow.is_alive()
    slow.join()


def test_a_service_is_given_up_when_the_client_leaves(calling: httpx.Client, mirror: str) -> None:
    Mirror.given_up.clear()
    with pytest.raises(httpx.ReadTimeout):
        query = f"SELECT * {{ SERVICE <{mirror}/slow> {{ ?s ?p ?n }} }}"
        httpx.post(calling.base_url.join("/sparql"), data={"query": query}, timeout=0.7)
    # Long before its own time is over.
    assert Mirror.given_up.wait(10)


def test_a_long_query_is_refused_only_where_it_could_call_a_service(calling: httpx.Client) -> None:
    long = "ASK { VALUES ?x { " + "1 " * (MOST_SIGNS // 2) + "} }"
    assert ask(calling, long).status_code == 200
    response = ask(calling, long + " # service")
    assert response.status_code == 413
    assert str(MOST_SIGNS) in response.json()["detail"]


# SERVICE within SERVICE, and with a variable


def test_a_service_within_a_call_stands_in_what_is_sent_as_it_was_asked(
    calling: httpx.Client, mirror: str, asked: list[tuple[str, str, dict[str, str]]]
) -> None:
    query = (
        f"SELECT * {{ SERVICE <{mirror}/ok> {{ ?s ?p ?n SERVICE SILENT <{mirror}/xml> {{ ?s ?q ?m }} "
        "SERVICE <urn:label> { ?s ?q 'en' } } }"
    )
    assert len(rows(ask(calling, query))) == 2
    ((_, sent, _),) = asked
    assert f"SERVICE SILENT <{mirror}/xml>" in sent
    assert "SERVICE <urn:label>" in sent
    assert sent.count("http://127.0.0.1") == 1


def test_a_service_within_a_call_is_on_the_list_too(calling: httpx.Client, mirror: str) -> None:
    query = f"SELECT * {{ SERVICE <{mirror}/xml> {{ ?s ?p ?n SERVICE <{{0}}> {{ ?s ?q ?m }} }} }}"
    for iri in ("urn:label", f"{mirror}/unlisted"):
        assert ask(calling, query.replace("{0}", iri)).status_code == 403


def test_a_variable_stands_for_the_allowed_services_that_the_query_names(
    calling: httpx.Client, mirror: str, asked: list[tuple[str, str, dict[str, str]]]
) -> None:
    query = (
        f"SELECT ?v ?n {{ VALUES ?v {{ <{mirror}/ok> <{mirror}/xml> <{mirror}/unlisted> }} "
        "SERVICE ?v { ?s ?p _:b . _:b ?q ?n } }"
    )
    found = sorted((row["v"].rpartition("/")[2], row["n"]) for row in rows(ask(calling, query)))
    assert found == [("ok", "1"), ("ok", "2"), ("xml", "xml")]
    assert {path for path, _, _ in asked} == {"/ok", "/xml"}


def test_a_variable_that_the_query_gives_no_service_is_refused(calling: httpx.Client, mirror: str) -> None:
    for query in (
        "SELECT * { ?v ?p ?o SERVICE ?v { ?s ?p ?n } }",
        f"SELECT * {{ VALUES ?v {{ <{mirror}/unlisted> }} SERVICE SILENT $v {{ ?s ?p ?n }} }}",
        f"SELECT * {{ SERVICE <{mirror}/ok> {{ ?s ?p ?v }} SERVICE ?v {{ ?s ?p ?n }} }}",
    ):
        response = ask(calling, query)
        assert response.status_code == 403
        assert "v: the query names none" in response.json()["detail"]


def test_variables_within_variables_are_bounded(calling: httpx.Client, mirror: str) -> None:
    named = " ".join(f"<{mirror}/{name}>" for name in ("ok", "xml", "other"))
    query = f"SELECT * {{ VALUES ?v {{ {named} }} " + "SERVICE ?v { " * 8 + "?s ?p ?o" + " }" * 8 + " }"
    assert ask(calling, query).status_code == 422


def test_silent_is_kept_with_a_variable(calling: httpx.Client, mirror: str) -> None:
    query = f"SELECT ?n {{ VALUES ?v {{ <{mirror}/ok> <{mirror}/fails> }} SERVICE {{0}}?v {{ ?s ?p ?n }} }} ORDER BY ?n"
    assert ask(calling, query.replace("{0}", "")).status_code == 502
    assert rows(ask(calling, query.replace("{0}", "SILENT "))) == [{}, {"n": "1"}, {"n": "2"}]


# Nobody is called who is not on the list


@pytest.fixture(scope="module")
def stranger() -> Iterator[socket.socket]:
    """A listening socket that nobody may connect to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def nobody_came(listening: socket.socket) -> bool:
    try:
        listening.accept()
    except BlockingIOError:
        return True
    return False


HIDDEN = (
    'SELECT * {{ FILTER(?a<?b)#>"""\n SERVICE <{0}> {{ ?s ?p ?o }} #"""\n }}',
    'SELECT * {{ FILTER(?a<?b)#>"\n SERVICE <{0}> {{ ?s ?p ?o }} #"\n }}',
    "SELECT * {{ FILTER(?a<?b&&?c>?d)SERVICE<{0}>{{}} }}",
    "SELECT * {{ FILTER(1<2#>\n) SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND('\\\\'AS?a)SERVICE<{0}>{{?s?p?o}}BIND('\\\\'AS?b) }}",
    "SELECT * {{ BIND(''AS?a)BIND(''''''AS?b)SERVICE<{0}>{{?s?p?o}}#'''\n }}",
    "SELECT * {{ ?s ?p 1SERVICE<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 1.SERVICE<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 1e5.SERVICE<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(1 AS ?x)SERVICESILENT<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(1 AS ?x)SERV\\u0049CE<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(1 AS ?x)\u017fERVICE<{0}>{{ ?s ?p ?o }} }}",
    "PREFIX : <{0}> SELECT * {{ SERVICE:x {{ ?s ?p ?o }} }}",
    "PREFIX : <{0}> SELECT * {{ FILTER(true)SERVICE:{{ ?s ?p ?o }} }}",
    "PREFIX SERVICE: <{0}> SELECT * {{ SERVICE SERVICE:x {{ ?s ?p ?o }} }}",
    "BASE <{0}> SELECT * {{ SERVICE <x> {{ ?s ?p ?o }} }}",
    "BASE <{0}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?v {{ <{0}> }} SERVICE ?v {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(<{0}> AS ?v) LATERAL {{ SERVICE ?v {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ SERVICE <{1}/ok> {{ ?s ?p ?o }} SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE <{1}/ok> {{ ?s ?p '}}' SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    'SELECT * {{ SERVICE <{1}/ok> {{ ?s ?p ?o FILTER(?a<?b)#>"""\n }} SERVICE <urn:label> {{ ?s ?p ?o }} #"""\n }}',
    "SELECT * FROM <{0}> WHERE {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{0}> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "LOAD <{0}>",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s <urn:p>?service<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s <urn:p>?\nservice<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 'x'@en SERVICE<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 'x'@enSERVICE<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p _:aSERVICE<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p () SERVICE\u00a0<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ FILTER EXISTS {{ SERVICE <{0}> {{}} }} }}",
    "ASK {{ {{ SELECT * {{ SERVICE\r<{0}>{{ ?s ?p ?o }} }} }} }}",
)


@pytest.mark.parametrize("template", HIDDEN)
def test_no_query_calls_a_stranger(calling: httpx.Client, mirror: str, stranger: socket.socket, template: str) -> None:
    address = f"http://127.0.0.1:{stranger.getsockname()[1]}/"
    response = ask(calling, template.format(address, mirror))
    assert response.status_code in (200, 400, 403, 502), response.text
    assert nobody_came(stranger)


PIECES = (
    *(
        "SERVICE",
        "service",
        "SILENT",
        "SERVICESILENT",
        " ",
        "\n",
        "#",
        "<",
        ">",
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "\\u0053",
    ),
    *(
        "{",
        "}",
        "(",
        ")",
        "?a",
        "?service",
        "1",
        "true",
        ":",
        "x:",
        "_:",
        "@en",
        ".",
        ";",
        "&&",
        "FILTER",
        "BIND",
        "AS",
    ),
    *("SELECT * {", "?s ?p ?o", "UNION", "<urn:x>", "VALUES ?a {"),
)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*PIECES, "<ADDRESS>", "SERVICE <ADDRESS> { ?s ?p ?o }"]), max_size=25))
def test_no_jumble_leaves_a_keyword_that_was_not_written_by_us(pieces: list[str]) -> None:
    text = "SELECT * { " + "".join(pieces) + " SERVICE <http://stranger.invalid/> {} }"
    number = itertools.count()
    services = Services([Service("stranger", "http://stranger.invalid/"), Service("address", "ADDRESS:")])
    try:
        found = rewrite(text, services, lambda _: f"forwarder:{next(number)}").text
    except ProblemError:
        return
    without = re.sub(r" SERVICE (SILENT )?<forwarder:\d+> ", " ", found)
    without = re.sub(r"[?$]\w+", "?", without)
    assert "service" not in without.lower()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*PIECES, "<ADDRESS>", "SERVICE <ADDRESS> { ?s ?p ?o }"]), max_size=20))
def test_no_jumble_calls_a_stranger(calling: httpx.Client, stranger: socket.socket, pieces: list[str]) -> None:
    address = f"http://127.0.0.1:{stranger.getsockname()[1]}/"
    ask(calling, ("SELECT * { " + "".join(pieces) + " }").replace("ADDRESS", address))
    assert nobody_came(stranger)


WORDS = st.sampled_from(
    ["service", "SERVICE", "Services", "x", "é", " ", "#", "\\\\", "\\n", "'", "{", "<a>", "SILENT"]
)
TEXTS = st.lists(WORDS, max_size=6).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.sampled_from(["Service", "aService", "x", "service.x", "%41service", "a\\-service"]), TEXTS)
def test_the_letters_in_texts_names_and_variables_change_nothing(
    calling: httpx.Client, text: str, name: str, comment: str
) -> None:
    query = (
        'PREFIX e: <http://example.org/service#>\nSELECT ?service ("TEXT" AS ?text) #COMMENT\n'
        "{ BIND(e:NAME AS ?service) BIND(<urn:Services#a> AS ?b) FILTER(?service != ?b) }"
    )
    query = query.replace("COMMENT", comment.replace("\\n", "")).replace("NAME", name)
    (row,) = rows(ask(calling, query.replace("TEXT", text)))
    assert row["text"] == text.replace("\\n", "\n").replace("\\\\", "\\")
    assert row["service"] == "http://example.org/service#" + name.replace("\\-", "-")


def test_the_letters_in_a_query_do_not_hinder_its_answer(server: httpx.Client) -> None:
    plain = "SELECT ?x WHERE { ?x a <https://w3id.org/muscle-atlas/ontology#Image> } ORDER BY ?x"
    lettered = plain.replace("?x", "?service").replace("WHERE", "# Service\nWHERE") + " # service"
    assert [list(row.values()) for row in rows(ask(server, plain))] == [
        list(row.values()) for row in rows(ask(server, lettered))
    ]


# The forwarder


def test_the_forwarder_serves_nobody_but_the_cages(calling: httpx.Client, mirror: str) -> None:
    listening = [
        (psutil.Process(found.pid), found.laddr)
        for found in psutil.net_connections("tcp4")
        if found.status == psutil.CONN_LISTEN and found.pid and found.laddr
    ]
    server = next(process for process, address in listening if address.port == calling.base_url.port)
    (forwarder,) = (
        address for process, address in listening if process == server and address.port != calling.base_url.port
    )
    assert forwarder.ip == "127.0.0.1"
    for path in ("/", "/x/1/0.", "/sparql", f"/{mirror}"):
        response = httpx.post(f"http://127.0.0.1:{forwarder.port}{path}", data={"query": "ASK {}"})
        assert response.status_code == 404


# The list


def test_the_list_is_whole_and_says_where_each_address_was_found() -> None:
    services = read_services().all
    assert {"UniProt", "Rhea", "Bgee", "Wikidata", "WikiPathways"} <= {service.name for service in services}
    for service in services:
        assert all((service.holds_en, service.holds_fr, service.homepage, service.source)), service.name
        assert service.iri.startswith("https://")
    assert [service.name for service in services] == sorted((service.name for service in services), key=str.lower)


DOCUMENT = (HOUSE / "docs" / "federation.md").read_text(encoding="utf-8")


def test_the_example_of_the_documentation_is_answered(
    calling: httpx.Client, mirror: str, asked: list[tuple[str, str, dict[str, str]]]
) -> None:
    example = re.search(r"```sparql\n(.*?)```", DOCUMENT, re.DOTALL)
    assert example
    query = example[1].replace("https://sparql.uniprot.org/sparql", f"{mirror}/ok")
    assert query != example[1]
    assert len(rows(ask(calling, query))) > 0
    assert "database/HGNC" in asked[0][1]


def test_the_list_stands_in_the_documentation() -> None:
    told = re.findall(r"^\| \[(.+?)\]\((.+?)\) \| `(.+?)` \| (.+?) \|$", DOCUMENT, re.MULTILINE)
    assert told == [(each.name, each.homepage, each.iri, each.holds_en) for each in read_services().all]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name\tiri\nx\tftp://example.org/\n", ":2: 'ftp://example.org/' is no address of a service"),
        ("name\tiri\nx\thttps://a:b@example.org/\n", "without a password"),
        ("name\tiri\nx\thttp://\n", ":2: 'http://'"),
        ("name\tiri\nx\t\n", ":2: ''"),
        ("# c\nname\taddress\nx\ty\n", ":2: there is no column 'iri'"),
        ("name\tiri\nx\thttp://a.b/\ny\thttp://a.b/\n", ":3: http://a.b/ stands there twice"),
    ],
)
def test_a_list_that_cannot_be_used_is_told_with_its_line(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "services.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ServicesError) as refused:
        read_services(path)
    assert told in str(refused.value)


@pytest.mark.parametrize("option", ["--port=0", "--check-federation"])
def test_a_list_that_is_missing_is_told(run: Run, example_data: Path, tmp_path: Path, option: str) -> None:
    ended = run("serve", "--data", example_data, option, MUSCLE_ATLAS_SERVICES=str(tmp_path / "none.tsv"))
    assert ended.returncode == 2
    assert ended.stderr.startswith("muscle-atlas: ")
    assert "MUSCLE_ATLAS_SERVICES" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_services_of_the_list_are_tried(run: Run, mirror: str, tmp_path: Path) -> None:
    path = tmp_path / "services.tsv"
    path.write_text(f"name\tiri\nGood\t{mirror}/ok\nBad\t{mirror}/fails\n", encoding="utf-8")
    told = {"MUSCLE_ATLAS_SERVICES": str(path), "MUSCLE_ATLAS_TRUSTED_HOSTS": "127.0.0.1"}
    ended = run("serve", "--check-federation", **told)
    assert ended.returncode == 1
    good, bad = ended.stdout.splitlines()[1:]
    assert re.fullmatch(rf"Good +{mirror}/ok +answers +\d+ *", good)
    assert re.match(rf"Bad +{mirror}/fails +it answered 500", bad)
    path.write_text(f"name\tiri\nGood\t{mirror}/ok\n", encoding="utf-8")
    ended = run("serve", "--check-federation", MUSCLE_ATLAS_LANGUAGE="fr", **told)
    assert ended.returncode == 0
    assert "répond" in ended.stdout


def test_a_call_names_what_the_query_names() -> None:
    service = read_services().find("https://sparql.uniprot.org/sparql/")
    assert service is not None
    assert Call(service, silent=False).iri == "https://sparql.uniprot.org/sparql"
    assert Call(service, silent=False, within="urn:x").iri == "urn:x"
