"""Streamed answers: what they are known by, and who is told that they hold one already."""

import os
from pathlib import Path

import httpx
import pytest

from tests.endpoint.conftest import Serve
from tests.endpoint.test_limits import metric
from tests.endpoint.wire import Reply, send

LARGE = "SELECT ?a ?b ?c ?d { ?a ?p ?b . ?c ?q ?d } LIMIT 10000"


def ask(client: httpx.Client, query: str, tag: str = "", **headers: str) -> Reply:
    given = {"Accept": "text/csv", "Content-Type": "application/sparql-query", **headers}
    return send(client, "POST", "/sparql", {**given, "If-None-Match": tag} if tag else given, query.encode())


def runs(client: httpx.Client) -> float:
    return metric(client, "muscle_atlas_queries_total", 'outcome="answered"')


def test_a_streamed_answer_that_is_held_is_not_made_again(server: httpx.Client) -> None:
    first = ask(server, LARGE)
    assert "content-length" not in first.headers, "it is not streamed: the test shows nothing"
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    assert first.headers["cache-control"] == "public, no-cache"
    before = runs(server)
    for given in (tag, f'"other", {tag}', tag.removeprefix("W/")):
        held = ask(server, LARGE, given)
        assert (held.status, held.body) == (304, b"")
        assert held.headers["etag"] == tag
        for name in ("vary", "cache-control", "x-muscle-atlas-release", "access-control-allow-origin"):
            assert held.headers[name] == first.headers[name]
    assert runs(server) == before
    assert ask(server, LARGE, '"other"').body == first.body
    assert runs(server) == before + 1


def test_the_tag_is_that_of_one_question_in_one_form(server: httpx.Client) -> None:
    tag = ask(server, LARGE).headers["etag"]
    others = [
        ask(server, f"{LARGE} OFFSET 1", tag),
        ask(server, LARGE, tag, Accept="text/tab-separated-values"),
        ask(server, LARGE.replace("?q", "?r"), tag),
    ]
    assert [other.status for other in others] == [200, 200, 200]
    assert len({other.headers["etag"] for other in others} | {tag}) == 4
    graph = send(server, "GET", "/sparql?default-graph-uri=urn:none", {"If-None-Match": tag})
    assert graph.status != 304


@pytest.mark.parametrize(
    "query",
    [
        LARGE.replace("?d {", "?d (RAND() AS ?x) {"),
        LARGE.replace("?d {", "?d (NOW() AS ?x) {"),
        LARGE.replace("?d {", "?d (STRUUID() AS ?x) {"),
    ],
)
def test_what_may_be_another_answer_next_time_has_no_tag(server: httpx.Client, query: str) -> None:
    answer = ask(server, query)
    assert answer.status == 200
    assert "content-length" not in answer.headers
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_whole_graphs_have_a_tag_too(server: httpx.Client) -> None:
    target = "/rdf-graph-store?default"
    form = {"Accept": "application/n-triples"}
    first = send(server, "GET", target, form)
    assert "content-length" not in first.headers
    before = runs(server)
    assert send(server, "GET", target, {**form, "If-None-Match": first.headers["etag"]}).status == 304
    assert send(server, "HEAD", target, {**form, "If-None-Match": first.headers["etag"]}).status == 304
    assert runs(server) == before


def test_a_release_that_was_built_anew_has_another_tag(serve: Serve, example_data: Path, tmp_path: Path) -> None:
    """Even under the same version: the data folder may have been thrown away and made anew."""
    data = tmp_path / "data"
    (data / "releases").mkdir(parents=True)
    version = (example_data / "current").resolve().name
    folder = data / "releases" / version
    folder.mkdir()
    for part in (example_data / "current").resolve().iterdir():
        if part.name != "report.json":
            (folder / part.name).symlink_to(part)
    report = folder / "report.json"
    report.write_bytes((example_data / "current" / "report.json").read_bytes())
    (data / "current").symlink_to(Path("releases") / version)
    with serve(data) as client:
        tag = ask(client, LARGE).headers["etag"]
        assert ask(client, LARGE, tag).status == 304
        os.utime(report, ns=(1, 1))
        again = ask(client, LARGE, tag)
        assert again.status == 200
        assert again.headers["etag"] != tag


def test_a_limit_on_rows_is_part_of_the_question(serve: Serve, example_data: Path, server: httpx.Client) -> None:
    tag = ask(server, LARGE).headers["etag"]
    with serve(example_data, "--rows", "9000") as client:
        first = ask(client, LARGE, tag)
        assert first.status == 200
        assert first.headers["etag"] not in ("", tag)
        assert ask(client, LARGE, first.headers["etag"]).status == 304
