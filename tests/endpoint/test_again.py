"""The same request again, byte by byte, over one connection: answered before it is parsed, and never otherwise."""

import http.client
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conftest import Run
from tests.endpoint.conftest import Serve

QUERY = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D"


@contextmanager
def connected(server: httpx.Client) -> Iterator[socket.socket]:
    with socket.create_connection((server.base_url.host, server.base_url.port or 80), timeout=30) as connection:
        yield connection


def request(target: str = QUERY, method: str = "GET", more: str = "") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: atlas\r\nAccept: text/csv\r\n{more}\r\n".encode()


def ask(connection: socket.socket, sent: bytes, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    connection.sendall(sent)
    return take(connection, method)


def take(connection: socket.socket, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    answer = http.client.HTTPResponse(connection, method=method)
    answer.begin()
    body = answer.read()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    headers.pop("date", None)
    headers.pop("x-query-id", None)
    return answer.status, headers, body


def kept_used(server: httpx.Client) -> float:
    lines = server.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("muscle_atlas_answers_kept_used_total"))


def test_the_same_bytes_get_the_same_answer(server: httpx.Client) -> None:
    with connected(server) as connection:
        first = ask(connection, request())
        used = kept_used(server)
        again = [ask(connection, request()) for _ in range(5)]
        assert kept_used(server) == used + 5
    assert first[0] == 200
    assert all(answer == first for answer in again)
    assert first[1]["etag"] and first[1]["access-control-allow-origin"] == "*"


def test_what_differs_in_a_header_is_answered_by_it(server: httpx.Client) -> None:
    with connected(server) as connection:
        for _ in range(3):
            _, headers, body = ask(connection, request())
        held = request(more=f"If-None-Match: {headers['etag']}\r\n")
        for _ in range(3):
            assert ask(connection, held)[0] == 304
            assert ask(connection, request(method="HEAD"), "HEAD")[2] == b""
            assert ask(connection, request())[2] == body
            told = ask(connection, request().replace(b"text/csv", b"application/sparql-results+json"))
            assert told[1]["content-type"] == "application/sparql-results+json"


def test_requests_in_one_packet_are_each_answered(server: httpx.Client) -> None:
    other = "/sparql?query=ASK%20%7B%7D&format=csv"
    with connected(server) as connection:
        for _ in range(4):
            ask(connection, request())
        for _ in range(4):
            connection.sendall(request() + request(other))
            came = b""
            while came.count(b"HTTP/1.1 200 OK") < 2 or b"true" not in came:
                came += connection.recv(65_536)
            first, second = came.removeprefix(b"HTTP/1.1 200 OK").split(b"HTTP/1.1 200 OK")
            assert b"\r\n\r\nn\r\n" in first
            assert second.split(b"\r\n\r\n")[1].strip() == b"true"


def test_a_head_that_is_cut_in_half_is_put_together(server: httpx.Client) -> None:
    with connected(server) as connection:
        _, _, body = ask(connection, request())
        ask(connection, request())
        for cut in (1, 20, len(request()) - 4, len(request()) - 1):
            connection.sendall(request()[:cut])
            connection.sendall(request()[cut:])
            assert take(connection)[2] == body


def test_a_head_that_begins_in_the_packet_of_the_one_before_is_its_own(server: httpx.Client) -> None:
    line, rest = request("/sparql?query=SELECT%20(%22LETTER%22%20AS%20%3Fx)%20%7B%7D").split(b"\r\n", 1)
    for letter in (b"a", b"a", b"a", b"b"):
        with connected(server) as connection:
            connection.sendall(request() + line.replace(b"LETTER", letter) + b"\r\n")
            take(connection)
            connection.sendall(rest)
            assert take(connection)[2] == b"x\r\n" + letter + b"\r\n"


def test_a_header_that_stands_there_twice_says_both(server: httpx.Client) -> None:
    twice = request(more="Accept: */*;q=0.1\r\nAccept-Encoding: gzip\r\nAccept-Encoding: br;q=0.1\r\n")
    once = request(more="Accept-Encoding: br;q=0.1\r\n").replace(b"text/csv", b"*/*;q=0.1")
    target = "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%20200"
    with connected(server) as connection:
        for sent, kind, coding in ((twice, "text/csv", "gzip"), (once, "application/sparql-results+json", "br")):
            for _ in range(2):
                _, headers, _ = ask(connection, sent.replace(QUERY.encode(), target.encode()))
                assert headers["content-type"].partition(";")[0] == kind
                assert headers["content-encoding"] == coding


def test_a_head_whose_body_follows_is_read_with_it(server: httpx.Client) -> None:
    form = b"query=ASK%20%7B%7D"
    post = request(
        "/sparql", "POST", f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
    )
    get = request(more="Content-Length: 3\r\n")
    with connected(server) as connection:
        for _ in range(3):
            connection.sendall(post)
            assert ask(connection, form)[0] in (200, 406)
        for _ in range(3):
            connection.sendall(get)
            assert ask(connection, b"abc")[0] == 200
        assert ask(connection, request())[0] == 200


def test_a_client_that_wants_to_close_is_left(server: httpx.Client) -> None:
    close = request(more="Connection: close\r\n")
    for _ in range(4):
        with connected(server) as connection:
            assert ask(connection, close)[0] == 200
            assert connection.recv(1) == b""
    old = request().replace(b"HTTP/1.1", b"HTTP/1.0")
    for _ in range(4):
        with connected(server) as connection:
            assert ask(connection, old)[0] == 200
            assert connection.recv(1) == b""


def test_another_release_is_served_at_once(serve: Serve, example_data: Path, run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(example_data, data, symlinks=True)
    with serve(data) as server:
        with connected(server) as connection:
            before = [ask(connection, request()) for _ in range(3)][-1]
        assert run("build", Path("examples/vlm-199.csv").resolve(), "--data", data).returncode == 0
        # The former connection may have been closed meanwhile: nothing was asked on it.
        with connected(server) as connection:
            after = ask(connection, request())
        assert after[1]["x-muscle-atlas-release"] != before[1]["x-muscle-atlas-release"]
