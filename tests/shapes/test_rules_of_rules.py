"""The shapes of the shapes: no rule of ours lacks anything, and what lacks something is told."""

from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import DCTERMS, RDF, SH

from etl.read.columns import Columns
from etl.validate.shapes import Shapes
from muscle_atlas.rooms import SHAPES
from tests.shapes.shape_examples import NAMES, concepts, examples

META = SHAPES / "meta"
RULE_OF_RULES = (META / "rule.ttl").read_text(encoding="utf-8")
EXAMPLES = sorted((META / "examples").glob("*.ttl"))
KINDS = [rdflib.URIRef(NAMES.expand(kind)) for kind in ("ma:Rule", "ma:RecordRule", "ma:ReleaseRule")]
KEPT, BROKEN = (rdflib.URIRef(NAMES.expand(curie)) for curie in ("ma:keptBy", "ma:brokenBy"))
SHAPES_OF_SHAPES = Shapes(NAMES, RULE_OF_RULES).graph


def _faults(rules: rdflib.Graph) -> set[tuple[str, str]]:
    """Return rule of rules and rule, by their local names, for everything that is wrong."""
    _, report, _ = pyshacl.validate(rules, shacl_graph=SHAPES_OF_SHAPES, advanced=False)
    assert isinstance(report, rdflib.Graph)
    return {
        (_local(report.value(result, SH.sourceShape)), _local(report.value(result, SH.focusNode)))
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def _local(term: rdflib.term.Node | None) -> str:
    return str(term).rpartition("/")[2]


def _with_examples(concept: str, turtle: str, folder: Path) -> rdflib.Graph:
    """Return the rules of a concept with the names of the columns and the examples that lie in a folder."""
    graph = Shapes(NAMES, turtle).graph
    columns = rdflib.URIRef(NAMES.mint("mappings", "columns"))
    for column in Columns().names:
        graph.add((columns, DCTERMS.hasPart, rdflib.Literal(column)))
    for kind in KINDS:
        for rule in list(graph.subjects(RDF.type, kind)):
            for path in (path for path in folder.iterdir() if path.is_file()):
                example = rdflib.URIRef(NAMES.mint("shapes", f"examples/{concept}/{path.name}"))
                if path.stem in ("valid", f"invalid.{_local(rule)}"):
                    graph.add((rule, KEPT if path.stem == "valid" else BROKEN, example))
    return graph


def test_no_rule_lacks_anything() -> None:
    rules = rdflib.Graph()
    for concept in concepts():
        turtle = (SHAPES / f"{concept}.ttl").read_text(encoding="utf-8")
        rules += _with_examples(concept, turtle, SHAPES / "examples" / concept)
    assert _faults(rules) == set()


def test_the_rules_of_rules_lack_nothing_themselves() -> None:
    assert _faults(_with_examples("rule", RULE_OF_RULES, META / "examples")) == set()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_breaks_the_rule_in_its_name_and_no_other(path: Path) -> None:
    expected = set() if path.stem == "valid" else {path.stem.removeprefix("invalid.")}
    assert {fault for fault, _ in _faults(rdflib.Graph().parse(path))} == expected


def test_a_rule_that_says_why_it_has_no_example_has_none() -> None:
    without = rdflib.URIRef(NAMES.expand("ma:withoutExample"))
    excused = {_local(rule) for rule in Shapes(NAMES).graph.subjects(without)}
    assert excused
    assert excused & {example.rule for example in examples()} == set()
