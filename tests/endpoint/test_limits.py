"""Queries and clients that mean harm, or do not know better: each is told, and nobody else notices."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.endpoint.conftest import Serve

SECONDS = 3.0
PAIRS = "?a ?b ?c . ?d ?e ?f ."
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i) }"


@pytest.fixture(scope="module")
def server(serve: Serve, example_data: Path) -> Iterator[httpx.Client]:
    """The example atlas behind narrow limits."""
    with serve(example_data, "--timeout", str(SECONDS), "--memory", "256", "--workers", "6") as client:
        yield client


def ask(server: httpx.Client, query: str, **parameters: str) -> httpx.Response:
    return server.post("/sparql", data={"query": query, **parameters})


def assert_answers(server: httpx.Client) -> None:
    """A question that nobody has asked before is answered."""
    response = ask(server, f"ASK {{ FILTER({time.monotonic_ns()} > 0) }}")
    assert response.json()["boolean"] is True


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        pytest.param(f"SELECT * {{ {PAIRS} }} ORDER BY ?c ?f", {"memory", "time"}, id="sorted cross product"),
        pytest.param(
            f"SELECT (GROUP_CONCAT(?c) AS ?all) {{ {PAIRS} }}", {"memory", "time"}, id="everything concatenated"
        ),
        pytest.param(
            "SELECT (COUNT(*) AS ?n) { ?a (rdfs:label|!rdfs:label)* ?b . ?c (rdfs:label|!rdfs:label)* ?d }".replace(
                "rdfs:label", "<http://www.w3.org/2000/01/rdf-schema#label>"
            ),
            {"memory", "time"},
            id="every path",
        ),
        pytest.param(
            "SELECT (STRLEN(?x40) AS ?n) { BIND('muscle' AS ?x0) "
            + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
            + " }",
            {"memory"},
            id="doubled text",
        ),
        pytest.param(
            "SELECT (STRLEN(?x9) AS ?n) { BIND('aaaaaaaaaa' AS ?x0) "
            + " ".join(f"BIND(REPLACE(?x{n}, 'a', 'aaaaaaaaaa') AS ?x{n + 1})" for n in range(9))
            + " }",
            {"memory", "time"},
            id="replaced text",
        ),
        pytest.param(ENDLESS, {"time"}, id="filtered cross product"),
        pytest.param("ASK {" + "{" * 10_000 + "}" * 10_000 + "}", {"depth", "syntax", None}, id="nested groups"),
        pytest.param("ASK { FILTER(" + "(" * 200_000 + "1" + ")" * 200_000 + ") }", {"depth"}, id="nested brackets"),
    ],
)
def test_a_query_that_takes_too_much_is_told_which_limit_it_hit(
    server: httpx.Client, query: str, faults: set[str | None]
) -> None:
    response = ask(server, query)
    if response.status_code != 200:
        problem = response.json()
        assert response.status_code in (400, 422, 504)
        assert problem["fault"] in faults
        assert problem["mend"]
    else:
        assert None in faults
    assert response.elapsed.total_seconds() < SECONDS + 10
    assert_answers(server)


def test_nested_groups_in_an_address_end_nothing(server: httpx.Client) -> None:
    response = server.get("/sparql", params={"query": "ASK {" + "{" * 10_000 + "}" * 10_000 + "}"})
    assert response.status_code in (200, 400, 414, 422)
    assert_answers(server)


def test_a_megabyte_of_values_is_answered(server: httpx.Client) -> None:
    values = " ".join(f"<http://example.org/{n:0>40}>" for n in range(15_000))
    response = ask(server, f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {values} }} }}")
    assert response.json()["results"]["bindings"][0]["n"]["value"] == "15000"


def test_a_client_may_ask_for_less_time(server: httpx.Client) -> None:
    response = ask(server, ENDLESS, timeout="0.5")
    assert response.status_code == 504
    assert response.json()["seconds"] == 0.5
    assert ask(server, "ASK {}", timeout="1000").status_code == 200
    for wrong in ("soon", "-1", "0", "nan"):
        assert ask(server, "ASK {}", timeout=wrong).status_code == 400


def test_who_asks_what_somebody_else_asks_waits_no_longer_than_it_said(server: httpx.Client) -> None:
    query = f"{ENDLESS} #both"
    with ThreadPoolExecutor(1) as pool:
        running = metric(server, "muscle_atlas_queries_running")
        other = pool.submit(httpx.post, f"{server.base_url}sparql", data={"query": query}, timeout=60)
        while metric(server, "muscle_atlas_queries_running") == running:
            time.sleep(0.05)
        hasty = ask(server, query, timeout="0.5")
        assert not other.done()
        assert (hasty.status_code, hasty.json()["seconds"]) == (504, 0.5)
        assert other.result().json()["fault"] == "time"


def test_a_long_query_is_read_in_its_cage_where_it_holds_nobody_up(server: httpx.Client) -> None:
    """Two million tokens, and a word for which all of them are looked at: that is stopped as any other work is."""
    headers = {"Content-Type": "application/sparql-query"}
    answer = server.post("/sparql?timeout=0.1", content="(" * 1_900_000 + "from", headers=headers)
    assert (answer.status_code, answer.json()["fault"]) == (504, "time")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("#\n" * 900_000 + "INSERT DATA {}", 403),
        ("PREFIX a: <b>" * 100_000 + "\nCLEAR ALL", 403),
        ("BASE<x>PREFIX insert:<b>#x\nload<x>", 403),
        ("#\n" * 900_000 + "SERVICE", 413),
        ("PREFIX delete: <b> SELECT * { insert }", 400),
    ],
    ids=["comments", "prefixes", "glued", "too long", "no update"],
)
def test_an_update_is_known_behind_any_prologue(server: httpx.Client, query: str, status: int) -> None:
    answer = server.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})
    assert answer.status_code == status


def test_an_answer_that_is_cut_is_no_whole_answer(server: httpx.Client) -> None:
    """The limit is reached after the first bytes have gone: the transfer breaks, and the client can see it."""
    with (
        pytest.raises(httpx.RemoteProtocolError),
        server.stream("POST", "/sparql", data={"query": f"SELECT * {{ {PAIRS} }}"}) as response,
    ):
        assert response.status_code == 200
        assert "content-length" not in response.headers
        for _ in response.iter_raw():
            pass
    assert_answers(server)


def test_new_queries_find_a_place_while_others_last(server: httpx.Client) -> None:
    """Eight that last are asked at once; half of six places is theirs, the others are told within moments."""
    with ThreadPoolExecutor(8) as pool:
        lasting = [
            pool.submit(httpx.post, f"{server.base_url}sparql", data={"query": f"{ENDLESS} #{n}"}, timeout=60)
            for n in range(8)
        ]
        time.sleep(0.3)
        for _ in range(10):
            assert_answers(server)
        answers = [future.result() for future in lasting]
    faults = [answer.json()["fault"] for answer in answers]
    assert set(faults) <= {"time", "crowd"}
    assert faults.count("crowd") >= 3
    for answer in answers:
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) > 0


def test_many_that_ask_little_are_all_answered(server: httpx.Client) -> None:
    def answer(number: int) -> int:
        return server.get("/sparql", params={"query": f"ASK {{}} #{number % 40}"}).status_code

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(answer, range(600))) == {200}


def test_a_query_ends_when_its_client_leaves(server: httpx.Client) -> None:
    before = metric(server, "muscle_atlas_queries_total", 'outcome="left"')
    with contextlib.suppress(httpx.ReadTimeout):
        httpx.post(f"{server.base_url}sparql", data={"query": f"{ENDLESS} #gone"}, timeout=0.5)
    deadline = time.monotonic() + 2
    while metric(server, "muscle_atlas_queries_total", 'outcome="left"') == before:
        assert time.monotonic() < deadline, "the query goes on"
        time.sleep(0.05)


def test_a_client_that_leaves_while_it_waits_keeps_no_place(serve: Serve, example_data: Path) -> None:
    """Two places are taken; those who wait for one leave, and their queries are not begun."""
    crowd = 12
    with serve(example_data, "--workers", "2", "--timeout", "6") as client, contextlib.ExitStack() as open_:

        def begin(number: int) -> socket.socket:
            connection = open_.enter_context(connect(client))
            connection.sendall(head("GET", f"/sparql?query={quote(ENDLESS)}%23{number}"))
            return connection

        for number in range(2):
            begin(number)
        wait_for(client, "muscle_atlas_queries_running", 2)
        waiting = [begin(number) for number in range(2, 2 + crowd)]
        deadline = time.monotonic() + 5
        while metric(client, "muscle_atlas_queries_waiting") + begun(client) < crowd + 2:
            assert time.monotonic() < deadline, "they do not stand in line"
        standing, before = metric(client, "muscle_atlas_queries_waiting"), begun(client)
        for connection in waiting:
            connection.close()
        deadline = time.monotonic() + 5
        while metric(client, "muscle_atlas_queries_waiting") or metric(client, "muscle_atlas_queries_running") > 2:
            assert time.monotonic() < deadline, "they still stand in line"
        # Some may have come to a place before they left.
        assert begun(client) - before < standing, "queries of clients that are gone were begun"


def begun(server: httpx.Client) -> float:
    """How many queries ever came to a cage."""
    return metric(server, "muscle_atlas_query_seconds_count") + metric(server, "muscle_atlas_queries_running")


def wait_for(server: httpx.Client, name: str, value: float) -> None:
    deadline = time.monotonic() + 10
    while metric(server, name) != value:
        assert time.monotonic() < deadline, f"{name} is never {value}"
        time.sleep(0.02)


def metric(server: httpx.Client, name: str, labels: str = "") -> float:
    wanted = f"{name}{{{labels}}}" if labels else name
    for line in server.get("/metrics").text.splitlines():
        key, _, value = line.rpartition(" ")
        if key == wanted:
            return float(value)
    return 0.0


# -- Clients that do not keep to the rules of HTTP --------------------------------------------------------------------


def connect(server: httpx.Client) -> socket.socket:
    assert server.base_url.port
    return socket.create_connection(("127.0.0.1", server.base_url.port), timeout=30)


def read_all(connection: socket.socket) -> bytes:
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def head(method: str, target: str, **headers: str) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def test_a_client_that_reads_nothing_keeps_no_place(server: httpx.Client) -> None:
    target = f"/sparql?query={quote(f'SELECT * {{ {PAIRS} }}')}"
    slow = [connect(server) for _ in range(8)]
    try:
        for connection in slow:
            connection.sendall(head("GET", target))
        time.sleep(1.0)
        for _ in range(5):
            assert_answers(server)
        time.sleep(SECONDS)
        assert metric(server, "muscle_atlas_queries_running") == 0
    finally:
        for connection in slow:
            connection.close()


def test_a_long_address_is_told_to_post(server: httpx.Client) -> None:
    with connect(server) as connection:
        connection.sendall(head("GET", f"/sparql?query=ASK%7B%7D%23{'x' * 70_000}", Connection="close"))
        told = read_all(connection)
    assert told.startswith(b"HTTP/1.1 414 ")
    assert b"POST" in told


def test_an_endless_head_is_cut_off(server: httpx.Client) -> None:
    with connect(server) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(head("GET", f"/sparql?query=ASK%7B%7D%23{'x' * 1_000_000}"))
        told = read_all(connection)
    assert told == b"" or told.startswith(b"HTTP/1.1 431 ")
    assert_answers(server)


def test_half_a_body_is_not_waited_for(server: httpx.Client) -> None:
    with connect(server) as connection:
        connection.sendall(
            head("POST", "/sparql", Content_Type="application/sparql-query", Content_Length="100") + b"ASK {"
        )
        assert_answers(server)
        told = read_all(connection)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"Content-Length" in told


@pytest.mark.parametrize(
    "request_",
    [
        head("POST", "/sparql", Content_Type="application/sparql-query", Content_Length="-1") + b"ASK {}",
        head("POST", "/sparql", Content_Type="application/sparql-query", Content_Length="ten") + b"ASK {}",
        head(
            "POST", "/sparql", Content_Type="application/sparql-query", Content_Length="6", Transfer_Encoding="chunked"
        )
        + b"ASK {}",
        head("POST", "/sparql", Content_Type="application/sparql-query", Transfer_Encoding="chunked")
        + b"XYZ\r\nASK {}",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /sparql?query=ASK\r\n\r\n",
        b"NONSENSE\r\n\r\n",
    ],
)
def test_requests_that_are_no_http_are_refused(server: httpx.Client, request_: bytes) -> None:
    with connect(server) as connection:
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)
        told = read_all(connection)
    assert told == b"" or told.startswith(b"HTTP/1.1 4")
    assert_answers(server)


def test_a_body_longer_than_it_says_ends_nothing(server: httpx.Client) -> None:
    body = b"ASK {} garbage"
    with connect(server) as connection:
        connection.sendall(head("POST", "/sparql", Content_Type="application/sparql-query", Content_Length="6") + body)
        connection.shutdown(socket.SHUT_WR)
        told = read_all(connection)
    # The query was whole; what came behind it is no request.
    assert told.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 400 "))
    assert_answers(server)


def test_a_thousand_idle_connections_keep_nobody_out(server: httpx.Client) -> None:
    idle: list[socket.socket] = []
    try:
        idle.extend(connect(server) for _ in range(1_000))
        assert_answers(server)
        with httpx.Client(base_url=server.base_url) as other:
            assert_answers(other)
    finally:
        for connection in idle:
            connection.close()


@pytest.mark.parametrize("target", ["/sparql?query=ASK%20%7B%7D%23%FF", "/sparql?query=%C3%28", "/sparql?query=%80"])
def test_what_is_not_utf8_is_told(server: httpx.Client, target: str) -> None:
    with connect(server) as connection:
        connection.sendall(head("GET", target, Connection="close"))
        told = read_all(connection)
    assert told.startswith(b"HTTP/1.1 400 ")
    assert b"UTF-8" in told
    assert b"access-control-allow-origin: *" in told.lower()


def test_percent_signs_are_decoded_once(server: httpx.Client) -> None:
    query = 'SELECT ("%20%2B+" AS ?x) {}'
    once = server.get(f"/sparql?query={quote(query)}")
    assert once.json()["results"]["bindings"][0]["x"]["value"] == "%20%2B+"
    assert server.get(f"/sparql?query={quote(quote('ASK {}'))}").status_code == 400


def test_problems_are_never_broken_json(server: httpx.Client) -> None:
    for query in ("SELECT \u0000", 'ASK { "\\', "\u2028", "SELECT * { ?s ?p '\U0001f4a9' ", "{" * 50):
        response = ask(server, query)
        assert response.status_code == 400
        problem: dict[str, Any] = json.loads(response.content)
        assert problem["status"] == 400


def test_nothing_is_lost_of_what_was_begun_when_the_server_is_stopped(serve: Serve, example_data: Path) -> None:
    """SIGTERM, sent at the end of the block, lets what runs finish."""
    slow = "SELECT (COUNT(*) AS ?n) { { SELECT ?a { ?a ?b ?c } LIMIT 1000 } { SELECT ?d { ?d ?e ?f } LIMIT 1000 } \
        FILTER(CONCAT(STR(?a), STR(?d)) != '') }"
    found: list[httpx.Response] = []
    with serve(example_data) as client:
        asked = threading.Thread(
            target=lambda: found.append(httpx.post(f"{client.base_url}sparql", data={"query": slow}, timeout=60))
        )
        asked.start()
        while "muscle_atlas_queries_running 1.0" not in client.get("/metrics").text:
            time.sleep(0.02)
    asked.join()
    assert found[0].json()["results"]["bindings"][0]["n"]["value"] == "1000000"
