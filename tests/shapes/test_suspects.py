"""What is left out by columns before pySHACL and Oxigraph are asked is never what they would find fault with."""

import re

import polars as pl
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.namespace import RDF

from etl.describe import quads
from etl.problems import Rules
from etl.validate import cases
from etl.validate.cases import judge_cases
from etl.validate.excerpts import take_excerpt
from etl.validate.focus import find_nodes
from etl.validate.predicates import Predicates
from etl.validate.queries import FOCUS, Query
from etl.validate.releases import ask_release_rules
from etl.validate.results import parse_quads
from etl.validate.shapes import NearRule, Shapes, SparqlRule
from etl.validate.suspects import suspects
from tests.shapes.shape_examples import NAMES, Example, graphs, vocabularies

SHAPES = Shapes(NAMES)
VALID = [example for example in graphs() if example.rule is None and example.path.suffix == ".ttl"]
DATASETS = [example for example in graphs() if example.path.suffix == ".trig"]

# Photographs of biopsies, one of them of two, one of none; numbers that are one value in two spellings; a cycle.
SMALL = """
@prefix : <urn:x:> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Micrograph rdfs:subClassOf :Image .
:Image rdfs:subClassOf :Micrograph .
:i1 a :Image ; :of :s1 ; :muscle :m1 ; :age "36.0"^^xsd:decimal ; :label "one", "One"@en .
:i2 a :Micrograph ; :of :s1, :s2 ; :muscle :m2 ; :age "5"^^xsd:integer ; :label "two"@en .
:i3 a :Image ; :muscle :m1, :m3 ; :label "a \\"b\\"\\n" ; :flag true .
_:i4 a :Image ; :of :s2 ; :age "36"^^xsd:decimal .
:s1 :muscle :m1 ; :age "36"^^xsd:decimal ; :kind :Micrograph .
:s2 :muscle :m2 ; :age "05"^^xsd:integer ; :kind :Other ; :next :s1 .
"""
PREFIXES = "PREFIX : <urn:x:> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
QUERIES = (
    "SELECT $this { $this :of ?s }",
    "SELECT $this { FILTER NOT EXISTS { $this :of ?s } }",
    "SELECT $this { FILTER EXISTS { $this :of ?s } }",
    "SELECT $this { FILTER NOT EXISTS { $this :of :s1 } }",
    'SELECT $this { FILTER EXISTS { $this :label "two"@EN } }',
    'SELECT $this { FILTER NOT EXISTS { $this :label "two"@EN } }',
    "SELECT $this { $this :of ?s ; :muscle ?m FILTER NOT EXISTS { ?s :muscle ?m } }",
    "SELECT $this { $this :of ?s ; :age ?a . ?s :age ?a }",
    "SELECT $this { $this :of ?s ; :age ?a FILTER NOT EXISTS { ?s :age ?a } }",
    "SELECT $this { $this :of ?s ; :age ?a FILTER EXISTS { ?s :age ?a } }",
    "SELECT $this { $this :age 36.0 }",
    "SELECT $this { FILTER EXISTS { $this :age 36 } }",
    "SELECT $this { ?s :muscle ?m . $this :muscle ?m FILTER(?s != $this) }",
    "SELECT $this { $this ^:of ?x }",
    "SELECT $this { FILTER NOT EXISTS { $this ^:of ?x } }",
    "SELECT $this { FILTER NOT EXISTS { ?x :next/^:of $this } }",
    "SELECT $this { $this :of/:next ?s }",
    "SELECT $this { FILTER NOT EXISTS { $this :of/:next ?s } }",
    "SELECT $this { FILTER NOT EXISTS { $this :of/(:next|:missing) ?s } }",
    "SELECT $this { FILTER NOT EXISTS { $this (:of/:next)|:flag ?s } }",
    "SELECT $this { FILTER NOT EXISTS { $this :of/:kind/rdfs:subClassOf* :Image } }",
    "SELECT $this { FILTER NOT EXISTS { $this :of/:next+ ?s } }",
    "SELECT $this { FILTER NOT EXISTS { $this :of/:next* :s1 } }",
    "SELECT $this { FILTER NOT EXISTS { $this :of? :s1 } }",
    "SELECT $this { FILTER NOT EXISTS { $this :of ?s FILTER EXISTS { ?s :next ?n FILTER EXISTS { ?n :kind ?k } } } }",
    "SELECT $this { FILTER EXISTS { $this :of ?s FILTER NOT EXISTS { ?s :next ?n } } }",
    "SELECT $this { FILTER NOT EXISTS { $this :of ?s FILTER NOT EXISTS { $this :next ?n } } }",
    "SELECT $this { FILTER NOT EXISTS { $this !:of ?s } }",
    "SELECT $this { FILTER NOT EXISTS { $this ?p :s1 } }",
    "SELECT $this { { $this :of :s2 } UNION { $this :flag true } }",
    "SELECT $this { { $this :of ?s } UNION { $this :flag ?s } FILTER NOT EXISTS { ?s :next ?t } }",
    "SELECT $this { OPTIONAL { $this :of ?s } FILTER NOT EXISTS { ?s :muscle :m2 } }",
    "SELECT $this { OPTIONAL { $this :of ?s } FILTER(!BOUND(?s)) }",
    "SELECT $this { $this :of ?s OPTIONAL { ?s :next ?t } FILTER NOT EXISTS { ?t :age ?a } }",
    "SELECT $this { VALUES ?s { :s2 } $this :of ?s }",
    "SELECT $this { $this :label ?l BIND(:s1 AS ?s) FILTER NOT EXISTS { ?s :next ?t } }",
    "SELECT $this { $this :of ?s { SELECT ?s { ?s :next ?t } } }",
    "SELECT $this { $this :of ?s FILTER NOT EXISTS { ?s :muscle ?m FILTER(?m = :m1) } }",
    "SELECT $this { $this :of ?s FILTER(NOT EXISTS { ?s :next ?t } || ?s = :s2) }",
    "SELECT $this { $this :of ?s FILTER(!(NOT EXISTS { ?s :next ?t })) }",
    "SELECT $this { $this :flag ?f FILTER(?f) }",
    "SELECT DISTINCT $this { $this :of ?s . FILTER NOT EXISTS { ?s :missing ?x } } ORDER BY $this",
    "SELECT $this { $this :of ?s FILTER(NOT EXISTS { ?s :next ?t } || NOT EXISTS { $this :flag ?f }) }",
    "SELECT $this { $this :of ?s FILTER(EXISTS { ?s :next ?t } || NOT EXISTS { $this :label ?l } || ?s = :s9) }",
    "SELECT $this { $this :of ?s } LIMIT 1",
    "SELECT $this { { $this :of ?s FILTER NOT EXISTS { $this :muscle ?m . ?s :muscle ?m } } }",
    "SELECT $this { ?s :next ?t FILTER NOT EXISTS { $this :of ?s } }",
    "SELECT $this (COUNT(?s) AS ?value) { $this :of ?s } GROUP BY $this HAVING (COUNT(?s) > 1)",
    "SELECT $this { $this :of ?s . { ?s :next ?t } UNION { ?t :next ?s } }",
    "SELECT $this { $this :of ?s . { ?s :muscle ?m FILTER NOT EXISTS { ?s :next ?t } } }",
    "SELECT $this { $this :of ?s . { ?x :muscle ?m FILTER NOT EXISTS { ?s :next ?t } } }",
    "SELECT $this { $this :of ?s OPTIONAL { ?t :next* ?s . ?t :age ?a } FILTER(BOUND(?a)) }",
    "SELECT $this { $this :of ?s OPTIONAL { ?s :next ?t } OPTIONAL { ?t :age ?a } FILTER(BOUND(?a)) }",
)  # fmt: skip


# Queries that cannot be asked of many nodes at once, or not of an excerpt.
ALL_OR_NOTHING = (
    "SELECT $this { $this :of ?s } LIMIT 1",
    "SELECT $this { $this :of ?s { SELECT ?s { ?s :next ?t } } }",
    "SELECT $this (COUNT(?s) AS ?value) { $this :of ?s }",
    "SELECT $this (COUNT(?s) AS ?value) { $this :of ?s } GROUP BY ?s",
    "SELECT $this { $this ?p :s1 }",
    "SELECT $this { $this :of ?s { FILTER(BOUND($this)) } }",
    "SELECT $this { { FILTER NOT EXISTS { $this :of ?s } } UNION { $this :flag true } }",
    "SELECT $this { $this :of ?s MINUS { ?s :next ?t } }",
    "SELECT $this { VALUES ?s { :s2 } $this :of ?s }",
    "SELECT $this { ?x :next* ?y }",
    "SELECT $this ?failure { $this :of ?failure }",
    "SELECT $this { $this :of ?s GRAPH ?g { ?s :next ?t } }",
    "SELECT $this FROM <urn:x:g> { $this :of ?s }",
    "SELECT $this { no SPARQL }",
    "ASK { $this :of ?s }",
)


def _read(text: str) -> pl.DataFrame:
    return parse_quads(ox.parse(text, format=ox.RdfFormat.TURTLE))


def _everybody(graph: pl.DataFrame) -> tuple[Predicates, pl.DataFrame]:
    predicates = Predicates(graph)
    return predicates, predicates.instances("urn:x:Image")


@pytest.mark.parametrize("select", QUERIES)
def test_a_query_finds_nobody_but_suspects(select: str) -> None:
    graph = _read(SMALL)
    store = ox.Store()
    store.load(SMALL, format=ox.RdfFormat.TURTLE)
    predicates, everybody = _everybody(graph)
    assert everybody.height == 4
    found = set()
    solutions = store.query(PREFIXES + select.replace("{", "{ $this a/rdfs:subClassOf* :Image . ", 1))
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        found.add(_unlabelled(str(solution["this"])))
    left = suspects(Query(PREFIXES + select), everybody, predicates).cast(pl.String)
    assert set(left) <= set(everybody["s"].cast(pl.String))
    assert found <= {_unlabelled(term) for term in left}


@pytest.mark.parametrize("select", QUERIES)
def test_an_excerpt_answers_as_everything_does(select: str) -> None:
    query = Query(PREFIXES + select)
    if query.reads is None:
        return
    predicates, everybody = _everybody(_read(SMALL))
    triples = [
        f"{subject} <{predicate}> {target} ."
        for predicate in predicates
        for subject, target in predicates[predicate].cast(pl.String).iter_rows()
    ]
    for nodes in [everybody, *everybody.sort("s").iter_slices(1), everybody.sort("s").head(2)]:
        marks = [f"{node} <{FOCUS}> <{FOCUS}> ." for node in nodes["s"].cast(pl.String)]
        over_all = _answers(query, "\n".join(triples + marks).encode())
        assert _answers(query, take_excerpt(query.reads, nodes, predicates)) == over_all


def _answers(query: Query, triples: bytes) -> set[str]:
    store = ox.Store()
    store.bulk_extend(ox.parse(triples, format=ox.RdfFormat.N_QUADS))
    solutions = store.query(query.marked)
    assert isinstance(solutions, ox.QuerySolutions)
    return {str(solution) for solution in solutions}


@pytest.mark.parametrize("select", ALL_OR_NOTHING)
def test_a_query_whose_answers_depend_on_more_than_a_node_is_left_to_pyshacl(select: str) -> None:
    assert Query(PREFIXES + select).reads is None


@pytest.mark.parametrize("select", QUERIES[:24])
def test_what_a_query_reads_can_be_told(select: str) -> None:
    assert Query(PREFIXES + select).reads is not None


def _unlabelled(term: str) -> str:
    return "_:" if term.startswith("_:") else term


@pytest.mark.parametrize("select", [*QUERIES[:4], QUERIES[6], *QUERIES[16:21], QUERIES[40]])
def test_columns_leave_fewer_than_everybody(select: str) -> None:
    predicates, everybody = _everybody(_read(SMALL))
    assert len(suspects(Query(PREFIXES + select), everybody, predicates)) < 4


@pytest.mark.parametrize("rule", SHAPES.sparql, ids=lambda rule: rule.iri.rpartition("/")[2])
def test_what_is_valid_is_suspected_by_few_rules(rule: SparqlRule) -> None:
    # These ask more than columns can tell: of genes anywhere in a hierarchy, of the text of a name or IRI.
    asked_of_all = {"diagnosis-gene-causes-disease", "publication-identified", "variant-reference-missing"}
    asked_of_all |= {"variant-gene-missing", "picture-whole", "variant-interpretation-plasmy"}
    if rule.iri.rpartition("/")[2] in asked_of_all:
        return
    everything = Predicates(pl.concat([*(_read(example.text) for example in VALID), vocabularies()]))
    left = set(suspects(rule.query, find_nodes(rule.targets, everything), everything).cast(pl.String))
    found = {node for node in left if "not-stated" in rule.iri}
    assert left == found


def _is_term(text: str) -> bool:
    try:
        return bool(list(ox.parse(f"<x:> <x:> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    except SyntaxError:
        return False


TERMS = st.one_of(
    st.text(max_size=12).map(lambda text: str(ox.Literal(text))),
    st.text(max_size=6).map(lambda text: str(ox.Literal(text, language="en"))),
    st.from_regex(r"<urn:[A-Za-z0-9/#_.-]{0,9}>", fullmatch=True),
    *(
        st.from_regex(re.compile(str(value), re.ASCII)).map(_named)
        for rule in SHAPES.near
        for _, constraint, value in rule.values
        if str(constraint).endswith("#pattern")
        for _named in (lambda text: str(ox.Literal(text)), lambda text: f"<{re.sub(r'[^!-~]|[<>{}|^`]', '', text)}>")
    ),
    st.sampled_from([str(term) for term in SHAPES.graph.objects(None, RDF.rest) if isinstance(term, rdflib.URIRef)]),
).filter(_is_term)


@settings(max_examples=150, deadline=None)
@given(values=st.lists(TERMS, min_size=1, max_size=20, unique=True), rule=st.sampled_from(SHAPES.near))
def test_columns_call_right_only_what_pyshacl_calls_right(values: list[str], rule: NearRule) -> None:
    table = pl.DataFrame({"o": values}).filter(cases._right(rule))
    target = next(iter(rule.targets)).value
    rows = [
        row
        for number, value in enumerate(table["o"])
        for row in (
            (f"<urn:x:{number}>", f"<{RDF.type}>", f"<{target}>"),
            (f"<urn:x:{number}>", f"<{rule.path}>", value),
        )
    ]
    graph = pl.DataFrame(rows, schema=dict.fromkeys("spo", pl.String), orient="row")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cases, "_right", lambda _: pl.lit(value=False))
        found = [result for result in judge_cases(Predicates(graph), SHAPES) if result.rule == str(rule.shape)]
    assert not found


def test_equal_values_are_told_of_every_node_that_has_them() -> None:
    path, target = NAMES.expand("ma:gene"), NAMES.expand("ma:Image")
    rows = [
        row
        for number in range(3)
        for row in (
            (f"<urn:x:{number}>", f"<{RDF.type}>", f"<{target}>"),
            (f"<urn:x:{number}>", f"<{path}>", '"RYR1"'),
        )
    ]
    graph = pl.DataFrame(rows, schema=dict.fromkeys("spo", pl.String), orient="row")
    gene = NAMES.mint("rule", "image-gene-is-hgnc")
    found = [result for result in judge_cases(Predicates(graph), SHAPES) if result.rule == gene]
    assert {(result.focus, result.value, result.path) for result in found} == {
        (f"<urn:x:{number}>", '"RYR1"', f"<{path}>") for number in range(3)
    }


@pytest.mark.parametrize("example", DATASETS, ids=lambda example: example.name)
def test_a_rule_on_releases_finds_among_few_quads_what_it_finds_among_all(example: Example) -> None:
    store = ox.Store()
    store.load(path=str(example.path), format=ox.RdfFormat.TRIG)
    graph = pl.concat([parse_quads(store), *([vocabularies()] if example.rule is None else [])])
    problems = ask_release_rules(graph, store, Rules(NAMES, "en"), NAMES)
    assert {problem.name for problem in problems} == example.expected


def test_a_number_in_two_spellings_is_one_triple() -> None:
    decimal = NAMES.expand("xsd:decimal")
    rows = [
        ("<urn:x:a>", "<urn:x:p>", f'"36.0"^^<{decimal}>', "<urn:x:g>"),
        ("<urn:x:a>", "<urn:x:p>", f'"36"^^<{decimal}>', "<urn:x:h>"),
        ("<urn:x:a>", "<urn:x:p>", '"36"', "<urn:x:h>"),
    ]
    graph = pl.DataFrame(rows, schema=quads.SCHEMA, orient="row")
    assert quads.repeated(graph).height == 2
    problems = list(ask_release_rules(graph, ox.Store(), Rules(NAMES, "en"), NAMES))
    assert {problem.name for problem in problems} == {"release-triple-in-two-graphs"}
