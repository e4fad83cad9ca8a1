"""What a rule says is told in the language that is set; what each must say is told by shapes/meta/rule.ttl."""

import re
from collections import Counter
from functools import cache

import pytest
import rdflib
from rdflib.namespace import RDF

from etl.problems import Rules
from etl.read.columns import Columns
from muscle_atlas.rooms import MAPPINGS, SHAPES
from muscle_atlas.tables import read_tables
from muscle_atlas.terms.words.lexicon import Lexicon
from tests.shapes.shape_examples import NAMES, concepts, examples

CATALOGUES = (Rules(NAMES, "en"), Rules(NAMES, "fr"))
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
def test_both_languages_of_a_rule_tell_the_same_values(concept: str, rule: rdflib.URIRef) -> None:
    graph = _read(concept)
    for text in ("sh:message", "ma:advice"):
        places = [frozenset(PLACE.findall(str(told))) for told in graph.objects(rule, _term(text))]
        assert len(set(places)) == 1, f"{concept}.ttl: {_local(rule)}: {text} tells {places}"


@rules
def test_a_rule_is_told_in_the_language_that_is_set(concept: str, rule: rdflib.URIRef) -> None:
    for catalogue in CATALOGUES:
        read = catalogue.by_iri[str(rule)]
        for told, text in ((read.name, "sh:name"), (read.message, "sh:message"), (read.advice, "ma:advice")):
            assert rdflib.Literal(told, lang=catalogue.language) in _read(concept).objects(rule, _term(text))


def test_no_example_is_without_a_rule() -> None:
    known = {_local(rule) for _, rule in RULES}
    strays = [example.name for example in examples() if example.rule is not None and example.rule not in known]
    assert not strays, f"no rule of shapes/*.ttl has these names: {strays}"


def test_no_rule_has_two_homes() -> None:
    twice = [rule for rule, count in Counter(rule for _, rule in RULES).items() if count > 1]
    assert not twice


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
