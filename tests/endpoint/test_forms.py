"""Which form an answer comes in: every kind of query in every form, as Accept headers weigh them."""

import itertools
import json
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest
import rdflib

from tests.endpoint.wire import send

PHOTOGRAPH = "https://w3id.org/muscle-atlas/image/VLM-199-2"
SELECT = f"SELECT%20?o%20WHERE%20%7B%20<{PHOTOGRAPH}>%20a%20?o%20%7D".replace("<", "%3C").replace(">", "%3E")
ASK = "ASK%20%7B%7D"
CONSTRUCT = f"CONSTRUCT%20WHERE%20%7B%20%3C{PHOTOGRAPH}%3E%20a%20?o%20%7D"
DESCRIBE = f"DESCRIBE%20%3C{PHOTOGRAPH}%3E"

RESULTS = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
GRAPHS = (
    "text/turtle",
    "application/n-triples",
    "application/ld+json",
    "application/rdf+xml",
    "application/trig",
    "application/n-quads",
)
PAIRS = [
    *((query, RESULTS, form) for query, form in itertools.product((SELECT, ASK), RESULTS)),
    *((query, GRAPHS, form) for query, form in itertools.product((CONSTRUCT, DESCRIBE), GRAPHS)),
]


def ask(server: httpx.Client, query: str, accept: str | None) -> tuple[int, str]:
    reply = send(server, "GET", f"/sparql?query={query}", {} if accept is None else {"Accept": accept})
    assert "Accept" in reply.headers["vary"]
    return reply.status, reply.kind


@pytest.mark.parametrize(("query", "forms", "form"), PAIRS)
def test_every_form_of_every_kind_of_query_is_chosen_by_weight(
    server: httpx.Client, query: str, forms: tuple[str, ...], form: str
) -> None:
    others = [other for other in forms if other != form]
    light = ", ".join(f"{other};q=0.{number}" for number, other in enumerate(others, 1))
    assert ask(server, query, form) == (200, form)
    assert ask(server, query, f"{light}, {form};q=0.9") == (200, form)
    assert ask(server, query, f"*/*;q=0.1, {form} ; q=0.201, {others[0]};q=0.2") == (200, form)
    refused = ", ".join(f"{other};q=0" for other in others)
    assert ask(server, query, f"{refused}, */*;q=0.5") == (200, form)
    assert ask(server, query, f"{form};q=0")[0] == 406
    assert ask(server, query, form.upper()) == (200, form)
    assert ask(server, query, f"image/png, {form};charset=utf-8;q=0.3") == (200, form)


@pytest.mark.parametrize(
    ("accept", "results", "graph"),
    [
        (None, RESULTS[0], GRAPHS[0]),
        ("", RESULTS[0], GRAPHS[0]),
        (",", RESULTS[0], GRAPHS[0]),
        ("*", RESULTS[0], GRAPHS[0]),
        ("*/*", RESULTS[0], GRAPHS[0]),
        ("*/*;q=0", None, None),
        ("text/*", "text/csv", "text/turtle"),
        ("application/*;q=0, */*;q=0.1", "text/csv", "text/turtle"),
        ("application/json", RESULTS[0], "application/ld+json"),
        ("application/xml", RESULTS[1], "application/rdf+xml"),
        ("text/plain", None, "application/n-triples"),
        ("application/x-turtle", None, "text/turtle"),
        ("application/x-trig", None, "application/trig"),
        ("application/sparql-results+json;q=0.1, text/csv;q=0.2;level=1", "text/csv", None),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "text/html", "text/html"),
        ("image/png", None, None),
        ("text/csv," + "image/png," * 12_000, "text/csv", None),
        ("image/png," * 12_000 + "text/csv", None, None),
    ],
)
def test_wildcards_aliases_and_odd_headers_are_read_as_they_are_meant(
    server: httpx.Client, accept: str | None, results: str | None, graph: str | None
) -> None:
    for query, form in ((SELECT, results), (CONSTRUCT, graph)):
        status, kind = ask(server, query, accept)
        assert (status, kind) == ((200, form) if form else (406, "application/problem+json"))


def test_what_cannot_be_given_is_told_with_what_can(server: httpx.Client) -> None:
    for query, forms in ((SELECT, RESULTS), (CONSTRUCT, GRAPHS)):
        accept = GRAPHS[0] if forms is RESULTS else "text/csv"
        reply = send(server, "GET", f"/sparql?query={query}", {"Accept": accept})
        assert reply.status == 406
        problem = json.loads(reply.body)
        assert accept in problem["detail"]
        assert all(form in problem["mend"] for form in forms)


@pytest.mark.parametrize(
    ("query", "name", "form"),
    [
        *((SELECT, name, form) for name, form in zip(("json", "xml", "csv", "tsv"), RESULTS, strict=True)),
        *(
            (CONSTRUCT, name, form)
            for name, form in zip(("ttl", "nt", "jsonld", "rdf", "trig", "nq"), GRAPHS, strict=True)
        ),
        (CONSTRUCT, "Turtle", "text/turtle"),
        (CONSTRUCT, "xml", "application/rdf+xml"),
        (CONSTRUCT, "json", "application/ld+json"),
        (SELECT, "text%2Fcsv", "text/csv"),
        (CONSTRUCT, "application/ld%2Bjson,application/x-json%2Bld", "application/ld+json"),
        (SELECT, "html", "text/html"),
    ],
)
def test_a_format_parameter_wins_over_the_header(server: httpx.Client, query: str, name: str, form: str) -> None:
    for target in (f"query={query}&format={name}", f"format={name}&query={query}"):
        reply = send(server, "GET", f"/sparql?{target}", {"Accept": "application/rdf+xml, text/html"})
        assert (reply.status, reply.kind) == (200, form)


def test_an_unknown_format_is_told_with_those_there_are(server: httpx.Client) -> None:
    for target in (f"/sparql?query={ASK}&format=pdf", "/sparql?format=pdf", "/rdf-graph-store?default&format=pdf"):
        reply = send(server, "GET", target)
        assert reply.status == 400
        assert "pdf" in json.loads(reply.body)["detail"]
        assert "ttl" in json.loads(reply.body)["mend"]
    assert send(server, "GET", f"/sparql?query={CONSTRUCT}&format=csv").status == 406


def test_the_four_forms_of_the_service_description_say_the_same(server: httpx.Client) -> None:
    found = []
    for form in GRAPHS[:4]:
        reply = send(server, "GET", "/sparql", {"Accept": form})
        assert (reply.status, reply.kind) == (200, form)
        graph = rdflib.Graph().parse(data=reply.body, format=form)
        found.append({tuple(map(str, triple)) for triple in graph})
    assert len(found[0]) > 90
    assert all(triples == found[0] for triples in found)


@pytest.mark.parametrize(
    ("accepted", "given"),
    [
        ("gzip, deflate, identity", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, *;q=0.1", None),
        ("identity;q=0.1, br;q=0.4, gzip;q=0.5", "gzip"),
        ("GZIP;q=0.001, zstd;q=0", "gzip"),
        ("*", "zstd"),
        ("*, zstd;q=0", "br"),
        ("*;q=0", None),
        ("identity;q=0, deflate", None),
    ],
)
def test_the_coding_that_is_liked_best_is_given(server: httpx.Client, accepted: str, given: str | None) -> None:
    query = quote("SELECT * { ?s ?p ?o } LIMIT 200")
    reply = send(server, "GET", f"/sparql?query={query}", {"Accept-Encoding": accepted})
    assert (reply.status, reply.headers.get("content-encoding")) == (200, given)


@pytest.mark.parametrize("sign", ["\\u0000", "\\u001B", "\\uFFFE", "\\uFFFF"])
@pytest.mark.parametrize(
    "query", ['SELECT ("aSIGNb" AS ?x) {}', 'CONSTRUCT { <urn:a> <urn:b> "aSIGNb" } {}'], ids=["table", "graph"]
)
def test_what_xml_cannot_say_is_no_broken_xml(server: httpx.Client, query: str, sign: str) -> None:
    asked = quote(query.replace("SIGN", sign))
    reply = send(server, "GET", f"/sparql?query={asked}&format=xml")
    problem = json.loads(reply.body)
    assert (reply.status, problem["fault"]) == (422, "xml")
    assert sign.removeprefix("\\u") in problem["detail"]
    assert send(server, "GET", f"/sparql?query={asked}").status == 200


@pytest.mark.parametrize("iri", ["http://example.org/1", "http://example.org/a/", "urn:a:"])
def test_a_property_without_a_name_is_no_broken_rdf_xml(server: httpx.Client, iri: str) -> None:
    asked = quote(f"CONSTRUCT {{ <urn:a> <{iri}> 1 }} {{}}")
    reply = send(server, "GET", f"/sparql?query={asked}&format=rdf", {"Accept-Language": "fr"})
    assert (reply.status, json.loads(reply.body)["fault"]) == (422, "xml")
    assert iri in json.loads(reply.body)["detail"]


def test_every_end_of_line_comes_through_xml(server: httpx.Client) -> None:
    ends = "a\rb\r\nc\nd\te"
    written = ends.encode("unicode_escape").decode()
    select, construct = f'SELECT ("{written}" AS ?x) {{}}', f'CONSTRUCT {{ <urn:a> <urn:b> "{written}" }} {{}}'
    table = send(server, "GET", f"/sparql?query={quote(select)}&format=xml")
    graph = send(server, "GET", f"/sparql?query={quote(construct)}&format=rdf")
    for reply, tag in ((table, "{http://www.w3.org/2005/sparql-results#}literal"), (graph, "{urn:}b")):
        tree = ElementTree.fromstring(reply.text)  # noqa: S314 - our own server wrote it
        assert [element.text for element in tree.iter(tag)] == [ends]
