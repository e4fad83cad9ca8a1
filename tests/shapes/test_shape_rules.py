"""Every rule says what it is for, in both languages, and has an example that breaks it."""

import re
from collections import Counter
from functools import cache

import pytest
import rdflib
from rdflib.namespace import RDF, SH

from etl.problems import Rules
from etl.read.columns import Columns
from muscle_atlas.rooms import MAPPINGS, SHAPES
from muscle_atlas.tables import read_tables
from muscle_atlas.terms.words.lexicon import Lexicon
from tests.shapes.shape_examples import BY_SIZE, BY_THE_WAY_IT_IS_GIVEN, NAMES, concepts, examples

CATALOGUES = (Rules(NAMES, "en"), Rules(NAMES, "fr"))
LANGUAGES = {catalogue.language for catalogue in CATALOGUES}
KINDS = {NAMES.expand(kind) for kind in ("ma:Rule", "ma:RecordRule", "ma:ReleaseRule")}
PLACE = re.compile(r"\{\?(\w+)\}")


@cache
def _read(concept: str) -> rdflib.Graph:
    return rdflib.Graph().parse(SHAPES / f"{concept}.ttl")


def _rules() -> list[tuple[str, rdflib.URIRef]]:
    return sorted(
        (concept, rule)
        for concept in concepts()
        for rule, kind in _read(concept).subject_objects(RDF.type)
        if str(kind) in KINDS and isinstance(rule, rdflib.URIRef)
    )


RULES = _rules()
IDS = [rule.rpartition("/")[2] for _, rule in RULES]
rules = pytest.mark.parametrize(("concept", "rule"), RULES, ids=IDS)


def _term(curie: str) -> rdflib.URIRef:
    return rdflib.URIRef(NAMES.expand(curie))


def _local(rule: str) -> str:
    return rule.rpartition("/")[2]


@rules
def test_the_iri_of_a_rule_matches_the_pattern_of_its_prefix(concept: str, rule: rdflib.URIRef) -> None:
    prefix, _, name = NAMES.compress(rule).partition(":")
    pattern = NAMES.converter.get_record(prefix, strict=True).pattern
    assert prefix == "rule", f"{concept}.ttl: {rule} is not in {NAMES.mint('rule', '')}"
    assert pattern, "ontology/prefixes.json gives the prefix rule no pattern"
    assert re.search(pattern, name), f"{concept}.ttl: {name} does not match {pattern}"


@rules
def test_a_rule_says_everything_in_english_and_french(concept: str, rule: rdflib.URIRef) -> None:
    graph = _read(concept)
    for text in ("sh:name", "sh:description", "sh:message", "ma:advice"):
        told = list(graph.objects(rule, _term(text)))
        languages = Counter(one.language for one in told if isinstance(one, rdflib.Literal))
        assert languages == Counter(LANGUAGES), f"{concept}.ttl: {_local(rule)} has {text} in {dict(languages)}"
        assert all(str(one).strip() == str(one) != "" for one in told), f"{_local(rule)}: {text} has spaces around"


@rules
def test_both_languages_of_a_rule_tell_the_same_values(concept: str, rule: rdflib.URIRef) -> None:
    graph = _read(concept)
    for text in ("sh:message", "ma:advice"):
        places = [frozenset(PLACE.findall(str(told))) for told in graph.objects(rule, _term(text))]
        assert len(set(places)) == 1, f"{concept}.ttl: {_local(rule)}: {text} tells {places}"


@rules
def test_a_rule_has_one_severity(concept: str, rule: rdflib.URIRef) -> None:
    severities = list(_read(concept).objects(rule, SH.severity))
    assert len(severities) == 1
    assert severities[0] in {SH.Violation, SH.Warning, SH.Info}, f"{concept}.ttl: {_local(rule)}: {severities[0]}"


@rules
def test_a_rule_has_an_example_that_breaks_it(concept: str, rule: rdflib.URIRef) -> None:
    name = _local(rule)
    if name in BY_THE_WAY_IT_IS_GIVEN | BY_SIZE:
        return
    found = [example for example in examples() if example.rule == name]
    assert found, f"write shapes/examples/{concept}/invalid.{name}.*"
    assert {example.concept for example in found} == {concept}, f"{name} is a rule of {concept}.ttl"


@rules
def test_a_rule_is_told_in_the_language_that_is_set(concept: str, rule: rdflib.URIRef) -> None:
    for catalogue in CATALOGUES:
        read = catalogue.by_iri[str(rule)]
        for told, text in ((read.name, "sh:name"), (read.message, "sh:message"), (read.advice, "ma:advice")):
            assert rdflib.Literal(told, lang=catalogue.language) in _read(concept).objects(rule, _term(text))


@pytest.mark.parametrize("concept", concepts())
def test_a_concept_has_a_valid_example(concept: str) -> None:
    assert any(example.concept == concept and example.rule is None for example in examples()), concept


def test_no_example_is_without_a_rule() -> None:
    known = {_local(rule) for _, rule in RULES}
    strays = [example.name for example in examples() if example.rule is not None and example.rule not in known]
    assert not strays, f"no rule of shapes/*.ttl has these names: {strays}"


def test_no_rule_has_two_homes() -> None:
    twice = [rule for rule, count in Counter(rule for _, rule in RULES).items() if count > 1]
    assert not twice


def test_every_property_shape_is_asked_of_some_class() -> None:
    graph = rdflib.Graph()
    for concept in concepts():
        graph += _read(concept)
    idle = {
        _local(str(shape))
        for shape in graph.subjects(RDF.type, SH.PropertyShape)
        if (None, SH.property, shape) not in graph
    }
    assert not idle, f"no node shape has these rules: {idle}"


@pytest.mark.parametrize("column", sorted(Columns().words))
def test_words_that_are_ambiguous_have_a_rule_of_their_own(column: str) -> None:
    kind = Columns().words[column]
    lexicon = Lexicon(kind, NAMES)
    written = {
        word
        for pattern in (f"{kind}.sssom.tsv", f"{kind}-*.sssom.tsv")
        for table in read_tables(MAPPINGS, pattern)
        for word in table.rows["subject_label"]
        if "://" not in word
    }
    ambiguous = sorted(word for word in written if lexicon.resolve(word).outcome in ("ambiguous", "broad"))
    name = f"{column.removesuffix('s') if column == 'findings' else column}-ambiguous"
    told = name in CATALOGUES[0]
    assert told == bool(ambiguous), (
        f"shapes/record.ttl has {'' if told else 'no '}rule {name}; "
        f"mappings/{kind}*.sssom.tsv hold {len(ambiguous)} ambiguous words: {ambiguous[:5]}"
    )
