"""The files of shapes are good Turtle, good SHACL, and speak of prefixes that there are."""

import re
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF

from etl.describe.vocabulary import turtle_files
from etl.validate.shapes import Shapes
from muscle_atlas.names import PREFIX_MAP
from muscle_atlas.rooms import HOUSE, SHAPES
from tests.shapes.shape_examples import NAMES, concepts

PREFIX = re.compile(r"^@prefix\s+([\w.-]*):\s+<([^>]*)>\s*\.\s*$", re.MULTILINE)
EXAMPLES = sorted((SHAPES / "examples").glob("*/*.ttl")) + sorted((SHAPES / "examples").glob("*/*.trig"))

every_concept = pytest.mark.parametrize("concept", concepts())


@every_concept
def test_shapes_parse_and_hold_something(concept: str) -> None:
    assert len(rdflib.Graph().parse(SHAPES / f"{concept}.ttl")) > 0


@pytest.mark.parametrize("path", [*sorted(SHAPES.glob("*.ttl")), SHAPES / "meta" / "rule.ttl"], ids=lambda p: p.stem)
def test_shapes_are_shacl(path: Path, shared: Path) -> None:
    shacl = rdflib.Graph().parse(shared / "suites" / "data-shapes" / "shacl" / "shacl-shacl.ttl")
    shapes = Shapes(NAMES, path.read_text(encoding="utf-8")).graph
    conforms, _, text = pyshacl.validate(shapes, shacl_graph=shacl, advanced=False)
    assert conforms, f"{path.name}: {text}"


def test_every_rule_is_validated_as_a_query_or_near_its_node() -> None:
    shapes = Shapes(NAMES)
    assert not shapes.wide, "a shape looks further than its node: try it with a million photographs"
    rules = {str(rule) for rule in shapes.graph.subjects(RDF.type, rdflib.URIRef(NAMES.expand("ma:Rule")))}
    near = {str(rule.shape) for rule in shapes.near}
    assert {rule.iri for rule in shapes.sparql} | near == rules


@pytest.mark.parametrize("path", turtle_files(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_prefixes_are_those_of_the_prefix_map(path: Path) -> None:
    for prefix, namespace in PREFIX.findall(path.read_text(encoding="utf-8")):
        known = NAMES.prefixes.get(prefix)
        assert known == namespace, f"{path.name}: {prefix} is {namespace}, {known} in {PREFIX_MAP.name}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_prefixes_of_examples_do_not_contradict_the_prefix_map(path: Path) -> None:
    # Examples are for reading: they may give a prefix to what the atlas mints (image:, specimen:), too.
    for prefix, namespace in PREFIX.findall(path.read_text(encoding="utf-8")):
        known = NAMES.prefixes.get(prefix, namespace)
        assert known == namespace, f"{path.name}: {prefix} is {namespace}, {known} in {PREFIX_MAP.name}"
        minted = namespace.startswith(NAMES.base)
        assert prefix in NAMES.prefixes or minted, f"{path.name}: {prefix} is not in {PREFIX_MAP.name}"
