"""The example questions: files, calls with typed parameters, RDF in the graph, pages; ``test_demo.py`` asks each."""

import html
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import DCTERMS, RDF, RDFS
from rdflib.plugins.sparql import prepareQuery

from endpoint.query.tokens import changes
from muscle_atlas.names import Names, default_base
from muscle_atlas.questions import (
    CATALOGUE,
    LANGUAGES,
    Question,
    QuestionError,
    question_files,
    read_catalogue,
    read_question,
    read_questions,
)

NAMES = Names(default_base())
# rdflib has the SHACL of 2017, which does not know DESCRIBE.
SH = rdflib.Namespace(NAMES.prefixes["sh"])
SCHEMA = rdflib.Namespace(NAMES.prefixes["schema"])
SPEX = rdflib.Namespace(NAMES.prefixes["spex"])
HERE = [question for question in read_questions() if not question.services]

every_question = pytest.mark.parametrize("question", read_questions(), ids=lambda question: question.name)


def call(server: httpx.Client, name: str, **parameters: Any) -> httpx.Response:
    return server.get(f"/api/queries/{name}", params={"format": "json", **parameters})


def rows(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return [{name: term["value"] for name, term in row.items()} for row in response.json()["results"]["bindings"]]


def test_there_are_questions_of_every_kind() -> None:
    assert len(read_questions()) >= 25
    assert {question.form for question in read_questions()} == {"select", "construct", "ask", "describe"}
    tags, parameters = read_catalogue()
    assert set(tags) == {tag for question in read_questions() for tag in question.tags}
    assert set(parameters) == {parameter.name for question in read_questions() for parameter in question.parameters}


def test_the_catalogue_is_sorted() -> None:
    names = list(json.loads(CATALOGUE.read_text(encoding="utf-8"))["parameters"])
    assert names == sorted(names), f"sort the parameters of {CATALOGUE.name}"


@every_question
def test_a_question_is_told_in_both_languages_and_has_a_name_to_cite(question: Question) -> None:
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", question.name)
    for texts in (question.summary, question.description):
        assert set(texts) == set(LANGUAGES)
        assert all(len(text) > 10 for text in texts.values())
        assert texts["en"] != texts["fr"]
    assert len(set(question.tags)) == len(question.tags) > 0


def test_no_two_questions_are_called_the_same() -> None:
    for language in LANGUAGES:
        summaries = [question.summary[language] for question in read_questions()]
        assert len(set(summaries)) == len(summaries)


@every_question
def test_a_question_declares_the_prefixes_it_uses_as_the_prefix_map_has_them(question: Question) -> None:
    for prefix, namespace in question.prefixes.items():
        assert NAMES.prefixes.get(prefix) == namespace, f"{prefix} in ontology/prefixes.json"
        assert re.search(rf"(?<![\w-]){prefix}:(?! )", question.text), f"{prefix} is declared for nothing"
    assert list(question.prefixes) == sorted(question.prefixes, key=str.lower)


@every_question
def test_a_question_parses_with_another_parser_too(question: Question) -> None:
    prepareQuery(question.text)


@every_question
def test_a_question_speaks_of_terms_that_the_ontology_has(question: Question) -> None:
    ontology = (CATALOGUE.parents[2] / "ontology" / "muscle-atlas.ttl").read_text(encoding="utf-8")
    known = set(re.findall(r"^ma:(\w+)$", ontology, re.MULTILINE))
    assert set(re.findall(r"\bma:(\w+)", question.text)) <= known


@pytest.mark.parametrize("question", HERE, ids=lambda question: question.name)
def test_the_answer_to_a_question_may_be_kept(question: Question) -> None:
    assert not changes(question.text), "a word in it looks like RAND, NOW, UUID, BNODE or SERVICE"


@every_question
def test_the_call_of_a_question_is_not_an_error(server: httpx.Client, question: Question) -> None:
    response = server.get(f"/api/queries/{question.name}")
    # Whether another service can be reached from here is not the question's.
    assert response.status_code == 200 or (question.services and response.json()["fault"].startswith("service"))
    if not question.services:
        assert response.content == server.get("/sparql", params={"query": question.text}).content


@pytest.mark.parametrize("gene", ["BIN1", "HGNC:1052", "hgnc:1052", "http://identifiers.org/hgnc/1052"])
def test_a_gene_may_be_given_by_symbol_curie_or_iri(server: httpx.Client, gene: str) -> None:
    [row] = rows(call(server, "photographs-of-a-gene", gene=gene, language="fr"))
    assert row["photograph"].endswith("/image/VLM-199-2")
    assert row["diseaseName"] == "Myopathie centronucléaire"


def test_several_things_may_be_looked_for_at_once(server: httpx.Client) -> None:
    found = rows(call(server, "photographs-of-a-gene", gene=["BIN1", "SMN1"]))
    assert sorted(row["photograph"][-9:] for row in found) == ["VLM-199-1", "VLM-199-2"]


def test_a_muscle_may_be_given_by_its_french_name(server: httpx.Client) -> None:
    muscle: dict[str, Any] = {"muscle": "muscle deltoïde", "from_years": 36, "until_years": 37}
    assert len(rows(call(server, "keep-a-muscle-and-eliminate-electron-microscopy", **muscle))) == 1


@pytest.mark.parametrize(
    ("name", "parameters", "told"),
    [
        ("photographs-of-a-gene", {"gene": "BIN11"}, "HGNC:"),
        ("photographs-of-a-gene", {"gene": "ORPHA:597"}, "HGNC:"),
        ("photographs-of-a-gene", {"gene": "HGNC:10520000"}, "HGNC:"),
        ("photographs-of-a-gene", {"gene": ""}, "HGNC:"),
        ("photographs-of-a-gene", {"gene": "HGNC:1052 } ?s ?p ?o {"}, "HGNC:"),
        ("photographs-of-a-gene", {"language": "de"}, "en, fr"),
        ("photographs-of-a-gene", {"language": ["en", "fr"]}, "1 time"),
        ("photographs-of-a-gene", {"gene": ["BIN1"] * 101}, "100 times"),
        ("photographs-of-a-gene", {"genes": "BIN1"}, "gene, language"),
        ("photographs-of-a-gene", {"query": "ASK {}"}, "gene, language"),
        ("photographs-of-a-gene", {"format": "xlsx"}, "csv"),
        ("photographs-of-a-gene", {"timeout": "-1"}, "timeout"),
        ("everything-about-a-photograph", {"photograph": "atlas:image/a> <b"}, "atlas:"),
        ("diseases-that-rest-on-few-individuals", {"most": "1e3"}, "integer"),
        ("diseases-that-rest-on-few-individuals", {"most": "0"}, "at least 1"),
        ("diseases-that-rest-on-few-individuals", {"most": "٣"}, "integer"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_refused_with_what_there_is(
    server: httpx.Client, name: str, parameters: dict[str, Any], told: str
) -> None:
    response = call(server, name, **parameters)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert told in response.json()["mend"]


def test_a_refusal_is_told_in_french_to_who_asks_for_it(server: httpx.Client) -> None:
    told = server.get("/api/queries/photographs-of-a-gene", params={"gene": "BIN11"}, headers={"Accept-Language": "fr"})
    assert "« BIN11 »" in told.json()["detail"]


def test_a_text_is_a_text_whatever_stands_in_it(server: httpx.Client) -> None:
    hostile = '" } ?variant ?p ?o } # \\" \n \' $0 \\1 {'
    assert rows(call(server, "photographs-of-a-variant", hgvs=hostile)) == []


def test_an_unheard_of_question_is_told_with_those_that_are_like_it(server: httpx.Client) -> None:
    response = call(server, "photographs-of-gene")
    assert response.status_code == 404
    assert "photographs-of-a-gene" in response.json()["mend"]


def test_a_call_has_the_forms_limits_and_errors_of_sparql(server: httpx.Client) -> None:
    path = "/api/queries/photographs-of-a-gene"
    table = server.get(path, headers={"Accept": "text/csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert server.get(path, headers={"Accept": "text/csv", "If-None-Match": table.headers["etag"]}).status_code == 304
    assert server.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert server.head(path).status_code == 200
    assert server.put(path).status_code == 405
    assert server.options(path).headers["access-control-allow-origin"] == "*"
    assert "VLM-199-2" in server.get(path, headers={"Accept": "text/html"}).text
    assert server.post(path, data={"gene": "BIN1"}).json() == server.get(path, params={"gene": "BIN1"}).json()
    graph = server.get("/api/queries/graph-of-a-gene", params={"format": "nt"})
    assert graph.headers["content-type"] == "application/n-triples"
    # Two questions with the same parameters are two questions.
    assert server.get("/api/queries/graph-of-a-gene", params={"gene": "BIN1"}).text != server.get(path).text


def test_the_list_has_everything_that_an_editor_needs(server: httpx.Client) -> None:
    content = server.get("/api/queries").json()
    told = {one["name"]: one for one in content["queries"]}
    assert list(told) == [question.name for question in read_questions()]
    for question in read_questions():
        one = told[question.name]
        assert one["query"] == question.text
        assert one["summary"] == question.summary
        assert set(one["tags"]) <= {tag["name"] for tag in content["tags"]}
    gene = told["photographs-of-a-gene"]["parameters"][0]
    assert gene["default"] == ["HGNC:1052"]
    assert gene["prefixes"] == {"HGNC": r"\d{1,5}"}


def test_every_call_stands_in_openapi_with_typed_parameters(server: httpx.Client) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    for question in read_questions():
        operation = paths[f"/api/queries/{question.name}"]["get"]
        schemas = {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]}
        assert set(schemas) == {*(parameter.name for parameter in question.parameters), "format", "timeout", "offset"}
        assert operation["summary"] == question.summary["en"]
    gene = paths["/api/queries/photographs-of-a-gene"]["get"]["parameters"][0]
    assert gene["schema"]["items"]["anyOf"][0]["pattern"] == r"^HGNC:\d{1,5}$"
    assert gene["schema"]["default"] == ["HGNC:1052"]
    few = paths["/api/queries/diseases-that-rest-on-few-individuals"]["get"]["parameters"]
    assert few[0]["schema"] == {"type": "integer", "minimum": 1, "default": 1}
    assert few[1]["schema"] == {"type": "string", "enum": ["en", "fr"], "default": "en"}


@pytest.fixture(scope="module")
def published(server: httpx.Client) -> rdflib.Graph:
    return rdflib.Graph().parse(data=server.get("/query.ttl").text, format="turtle")


@every_question
def test_a_question_is_in_the_graph_as_an_executable(published: rdflib.Graph, question: Question) -> None:
    subject = rdflib.URIRef(NAMES.mint("query", question.name))
    kind = f"SPARQL{question.form.capitalize()}Executable"
    assert {SH.SPARQLExecutable, SH[kind]} <= set(published.objects(subject, RDF.type))
    assert published.value(subject, SH[question.form]) == rdflib.Literal(question.text)
    comments = {rdflib.Literal(text, lang=language) for language, text in question.summary.items()}
    assert set(published.objects(subject, RDFS.comment)) == comments
    assert {str(tag) for tag in published.objects(subject, SCHEMA.keywords)} == set(question.tags)
    assert published.value(subject, SCHEMA.target) == rdflib.URIRef(f"{NAMES.base}sparql")
    assert {str(one) for one in published.objects(subject, SPEX.federatesWith)} == set(question.services)
    prefixes = published.value(subject, SH.prefixes)
    declared = {
        str(published.value(one, SH.prefix)): str(published.value(one, SH.namespace))
        for one in published.objects(prefixes, SH.declare)
    }
    assert question.prefixes.items() <= declared.items()


def test_a_describe_is_told_in_both_ways(published: rdflib.Graph) -> None:
    described = [question for question in read_questions() if question.form == "describe"]
    for question in described:
        subject = rdflib.URIRef(NAMES.mint("query", question.name))
        assert SPEX.SPARQLDescribeExecutable in set(published.objects(subject, RDF.type))
        assert published.value(subject, SPEX.describe) == published.value(subject, SH.describe)
    assert described


def test_editors_find_the_questions_by_asking_the_endpoint(server: httpx.Client) -> None:
    # As sib-swiss/sparql-examples and the editors that follow it ask.
    query = f"""
    PREFIX sh: <{SH}> PREFIX rdfs: <{RDFS}> PREFIX spex: <{SPEX}>
    SELECT DISTINCT ?sq ?comment ?query
    WHERE {{
      ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|spex:describe ?query .
      FILTER(LANG(?comment) = "en")
    }}
    """
    assert len(rows(server.get("/sparql", params={"query": query}))) == len(read_questions())


def test_a_question_is_one_thing_in_one_graph(server: httpx.Client) -> None:
    query = f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?q a <{SH.SPARQLExecutable}> }} }}"
    [row] = rows(server.get("/sparql", params={"query": query}))
    assert row["g"] == NAMES.mint("graph", "vocabulary")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_all_questions_leads_to_each(server: httpx.Client, language: str) -> None:
    page = html.unescape(server.get("/query", params={"lang": language}, headers={"Accept": "text/html"}).text)
    for question in read_questions():
        assert question.summary[language] in page
        assert f'href="/query/{question.name}?lang={language}"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_question_asks_it_with_other_values(server: httpx.Client, language: str) -> None:
    path = "/query/photographs-of-muscles-of-the-thigh"
    page = html.unescape(server.get(path, params={"lang": language}, headers={"Accept": "text/html"}).text)
    question = next(one for one in read_questions() if path.endswith(one.name))
    assert question.summary[language] in page
    assert question.description[language] in page
    assert question.text in page
    assert 'action="/api/queries/photographs-of-muscles-of-the-thigh"' in page
    for muscle in question.default(question.parameters[0]):
        assert f'name="muscle_group" value="{muscle}"' in page
    assert f"<option selected>{language}</option>" in page


def test_a_question_is_described_by_its_iri(server: httpx.Client) -> None:
    data = server.get("/query/is-a-disease-in-the-atlas", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=data.text, format="turtle")
    subject = rdflib.URIRef(NAMES.mint("query", "is-a-disease-in-the-atlas"))
    assert str(graph.value(subject, SH.ask)).startswith("PREFIX")
    assert {title.language for title in graph.objects(subject, DCTERMS.title)} == set(LANGUAGES)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("#+ summary_fr:", "#+ resume:", "summary_fr"),
        ("#+   - look-up", "#+   - look", "'look'"),
        ("#+   - gene", "#+   - muscles", "'muscles'"),
        ("VALUES ?gene { HGNC:1052 }", "", "VALUES ?gene"),
        ("#+ description: ", "#+ description: a: b: ", "quote"),
    ],
)
def test_a_bad_file_is_told_with_its_name_and_what_to_do(tmp_path: Path, old: str, new: str, told: str) -> None:
    good = next(path for path in question_files() if path.stem == "photographs-of-a-gene").read_text(encoding="utf-8")
    assert old in good
    bad = tmp_path / "bad.rq"
    bad.write_text(good.replace(old, new), encoding="utf-8")
    with pytest.raises(QuestionError, match=r"^bad\.rq: ") as raised:
        read_question(bad)
    assert told in str(raised.value)


def test_another_institute_publishes_the_questions_under_its_own_iris() -> None:
    names = Names("https://atlas.example/")
    question = next(one for one in read_questions() if one.name == "photographs-in-a-group-of-stains").localised(names)
    assert "PREFIX stain: <https://atlas.example/stain/>" in question.text
    assert NAMES.base not in question.text
    ox.Store().query(question.text)
