"""An operator's limit on rows: every form of a table is cut on purpose, tells so, and leads on to the next rows."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest

from tests.conftest import Run
from tests.endpoint.conftest import Serve
from tests.endpoint.wire import send

FEW = 100
QUERY = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 250"
FORMS = ("json", "xml", "csv", "tsv")
TERMS = """SELECT * { VALUES (?iri ?text ?number ?other) {
  (<urn:a> "é \\"x\\"\\n\\t\\\\ <&> \\u0001"@fr 1.50 "x"^^<urn:type>) (UNDEF "" -0e0 UNDEF) (UNDEF UNDEF UNDEF UNDEF)
} BIND(<<( ?iri <urn:says> ?text )>> AS ?triple) }"""


@pytest.fixture(scope="module")
def limited(serve: Serve, example_data: Path) -> Iterator[httpx.Client]:
    """The example atlas, whose operator gives a hundred rows at a time."""
    with serve(example_data, "--rows", str(FEW)) as client:
        yield client


def ask(client: httpx.Client, query: str, form: str, **parameters: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query, "format": form, **parameters})


def rows(response: httpx.Response) -> list[str]:
    """The rows of an answer, each as some text."""
    assert response.status_code == 200, response.text
    match response.headers["content-type"].partition(";")[0]:
        case "application/sparql-results+json":
            return [json.dumps(row, sort_keys=True) for row in response.json()["results"]["bindings"]]
        case "application/sparql-results+xml":
            return re.findall(r"<result>.*?</result>|<result/>", response.text, re.DOTALL)
        case "text/csv":
            return ["\t".join(row) for row in list(csv.reader(io.StringIO(response.text, newline="")))[1:]]
        case _:
            return response.text.split("\n")[1:-1]


def follow(client: httpx.Client, first: httpx.Response) -> list[httpx.Response]:
    """An answer and all that its links lead to."""
    found = [first]
    while "next" in found[-1].links:
        found.append(client.get(found[-1].links["next"]["url"]))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_links_lead_through_all_rows_and_the_last_page_has_none(
    limited: httpx.Client, server: httpx.Client, form: str
) -> None:
    pages = follow(limited, ask(limited, QUERY, form))
    assert [page.headers["X-Muscle-Atlas-Rows"] for page in pages] == ["1-100, more", "101-200, more", "201-250"]
    assert [len(rows(page)) for page in pages] == [100, 100, 50]
    whole = ask(server, QUERY, form)
    assert "X-Muscle-Atlas-Rows" not in whole.headers
    assert "link" not in whole.headers
    assert [row for page in pages for row in rows(page)] == rows(whole)


@pytest.mark.parametrize("count", [0, 1, FEW - 1, FEW])
@pytest.mark.parametrize("form", FORMS)
def test_an_answer_that_has_no_more_rows_says_nothing_and_is_the_same(
    limited: httpx.Client, server: httpx.Client, form: str, count: int
) -> None:
    query = f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {count}"
    answer, whole = ask(limited, query, form), ask(server, query, form)
    assert answer.content == whole.content
    assert answer.headers["etag"] == whole.headers["etag"]
    assert "link" not in answer.headers
    assert "X-Muscle-Atlas-Rows" not in answer.headers


def test_one_row_more_is_told(limited: httpx.Client) -> None:
    pages = follow(limited, ask(limited, f"SELECT ?s {{ ?s ?p ?o }} LIMIT {FEW + 1}", "tsv"))
    assert [len(rows(page)) for page in pages] == [FEW, 1]
    assert pages[-1].headers["X-Muscle-Atlas-Rows"] == f"{FEW + 1}-{FEW + 1}"


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_term_is_written_as_without_a_limit(
    limited: httpx.Client, server: httpx.Client, form: str
) -> None:
    assert ask(limited, TERMS, form).content == ask(server, TERMS, form).content


@pytest.mark.parametrize("form", FORMS)
def test_rows_without_columns_are_counted(limited: httpx.Client, server: httpx.Client, form: str) -> None:
    assert ask(limited, "SELECT * {}", form).content == ask(server, "SELECT * {}", form).content


def test_groups_come_in_one_order_from_page_to_page(limited: httpx.Client, server: httpx.Client) -> None:
    query = "SELECT ?o (COUNT(?s) AS ?n) { ?s ?p ?o } GROUP BY ?o LIMIT 350"
    pages = follow(limited, ask(limited, query, "json"))
    assert len(pages) == 4
    assert [row for page in pages for row in rows(page)] == rows(ask(server, query, "json"))


def test_graphs_and_verdicts_are_not_cut(limited: httpx.Client) -> None:
    graph = ask(limited, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 250", "nt", offset="10")
    assert graph.text.count("\n") > FEW
    assert "link" not in graph.headers
    assert ask(limited, "ASK {}", "json", offset="10").json()["boolean"] is True


def test_the_link_is_the_same_for_every_way_to_ask(limited: httpx.Client) -> None:
    accept = {"Accept": "text/csv"}
    graph = "https://w3id.org/muscle-atlas/graph/atlas"
    by_post = limited.post("/sparql", data={"query": QUERY, "default-graph-uri": graph}, headers=accept)
    raw = {**accept, "Content-Type": "application/sparql-query"}
    address = f"/sparql?{urlencode({'default-graph-uri': graph})}"
    by_body = limited.post(address, content=QUERY, headers=raw)
    by_get = limited.get("/sparql", params={"query": QUERY, "default-graph-uri": graph}, headers=accept)
    links = {answer.links["next"]["url"] for answer in (by_post, by_body, by_get)}
    assert len(links) == 1
    following = limited.get(links.pop(), headers={"Accept": "*/*"})
    assert following.headers["content-type"].startswith("text/csv")
    assert not set(rows(following)) & set(rows(by_post))


def test_a_query_too_long_for_an_address_is_told_how_to_go_on_by_the_header(limited: httpx.Client) -> None:
    query = f"{QUERY} # {'x' * 5_000}"
    seen: list[str] = []
    for offset in (0, 100, 200):
        given = {"query": query, "offset": str(offset), "format": "tsv"}
        answer = limited.post("/sparql", data=given)
        assert "link" not in answer.headers
        assert answer.headers["X-Muscle-Atlas-Rows"].endswith("more") == (offset < 200)
        seen += rows(answer)
    assert len(seen) == len(set(seen)) == 250


def test_a_head_and_a_kept_answer_tell_the_same(limited: httpx.Client) -> None:
    target = f"/sparql?query={quote(QUERY)}&format=csv"
    told = [send(limited, method, target).headers for method in ("HEAD", "GET", "GET")]
    assert {headers["x-muscle-atlas-rows"] for headers in told} == {"1-100, more"}
    assert len({headers["link"] for headers in told}) == 1
    kept = send(limited, "GET", target, {"If-None-Match": told[-1]["etag"]})
    assert kept.status == 304
    assert kept.headers["link"] == told[-1]["link"]


def test_an_example_question_is_cut_and_leads_on(limited: httpx.Client, serve: Serve, example_data: Path) -> None:
    with serve(example_data, MUSCLE_ATLAS_ROWS="1") as client:
        name = "photographs-per-muscle"
        first = client.get(f"/api/queries/{name}", params={"format": "tsv"})
        pages = follow(client, first)
        assert len(pages) > 1
        whole = rows(limited.get(f"/api/queries/{name}", params={"format": "tsv"}))
        assert [row for page in pages for row in rows(page)] == whole
        second = client.get(f"/api/queries/{name}", params={"format": "tsv", "offset": "1"})
        assert rows(second) == rows(pages[1])


def test_a_page_shows_no_more_rows_than_the_operator_gives(limited: httpx.Client) -> None:
    page = limited.get("/sparql", params={"query": QUERY, "format": "html"}, headers={"Accept": "text/html"})
    assert page.text.count("<tr>") - 1 == FEW
    assert page.headers["X-Muscle-Atlas-Rows"] == "1-100, more"


def test_a_page_of_a_long_query_leads_on_by_its_text_alone(limited: httpx.Client) -> None:
    parameters = {"query": f"{QUERY} #{'long' * 1_000}", "format": "html"}
    page = limited.get("/sparql", params=parameters, headers={"Accept": "text/html"})
    assert page.headers["X-Muscle-Atlas-Rows"] == "1-100, more"
    assert "link" not in page.headers
    assert "offset=100" in page.text


def test_a_large_limit_streams_and_tells_before_the_first_row(serve: Serve, example_data: Path) -> None:
    """What is told stands in the head, although the answer is longer than what is held back."""
    query = "SELECT ?a ?b ?c ?d { ?a ?p ?b . ?c ?q ?d } LIMIT 30000"
    with serve(example_data, "--rows", "20000") as client:
        client.headers["Accept-Encoding"] = "identity"
        first = ask(client, query, "json")
        assert "content-length" not in first.headers
        pages = follow(client, first)
    assert [len(rows(page)) for page in pages] == [20_000, 10_000]


def test_rows_before_an_offset_are_left_out_where_there_is_no_limit(server: httpx.Client) -> None:
    assert rows(ask(server, QUERY, "tsv", offset="240")) == rows(ask(server, QUERY, "tsv"))[240:]
    assert rows(ask(server, QUERY, "csv", offset="9999")) == []


@pytest.mark.parametrize("wrong", ["0", "-5", "many"])
def test_a_limit_that_is_no_number_of_rows_is_refused(run: Run, example_data: Path, wrong: str) -> None:
    ended = run("serve", "--data", example_data, "--rows", wrong)
    assert ended.returncode == 2
    assert "--rows" in ended.stderr
