"""RDF and shapes as they are given: each fault is told, with its place, and nothing is fetched, endless or lost."""

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from etl.problems import Problem
from etl.read.given import Sent
from etl.validate.graphs import check_graphs
from etl.validate.judge import judge
from muscle_atlas.rooms import SHAPES
from tests.shapes.shape_examples import GIVEN, SETTINGS, Example, examples

Run = Callable[..., subprocess.CompletedProcess[str]]

EXAMPLES = [example for example in examples() if example.concept == GIVEN]
OF_SHAPES = [example for example in EXAMPLES if str(example.rule).startswith("shape-")]
OF_DATA = [example for example in EXAMPLES if example.rule and example not in OF_SHAPES]
FOLDER = SHAPES / "examples" / GIVEN
VALID = FOLDER / "valid.ttl"
ENDLESS = FOLDER / "invalid.shape-endless.ttl"
UNTARGETED = FOLDER / "invalid.shape-without-target.ttl"


def _told(example: Example) -> list[Problem]:
    return check_graphs([VALID], SETTINGS, shapes=[example.path], judging=judge).problems


@pytest.mark.parametrize("example", OF_DATA, ids=lambda example: example.name)
def test_data_breaks_the_rule_in_its_name_and_no_other(example: Example) -> None:
    report = check_graphs([example.path], SETTINGS)
    assert {problem.name for problem in report.problems} == example.expected
    assert report.exit_code == (2 if report.problems[0].severity == "violation" else 0)


@pytest.mark.parametrize(
    "example", [example for example in OF_SHAPES if example.path != ENDLESS], ids=lambda example: example.name
)
def test_shapes_break_the_rule_in_their_name_and_no_other(example: Example) -> None:
    problems = _told(example)
    assert {problem.name for problem in problems} == example.expected
    assert all(problem.file == str(example.path) for problem in problems)


def test_a_pattern_that_never_ends_is_ended_and_told_with_its_shape(run: Run) -> None:
    done = run("validate", "--json", "--time-limit", "2", "--shapes", ENDLESS, VALID)
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["rule"].endswith("/shape-endless")
    assert problem["value"] == "^(a+)+$"
    assert problem["focus"].endswith("/example/Endless")
    assert done.returncode == 2


CROSSED = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .
ex:Crossed a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property [ sh:path ex:p ; sh:pattern "never mind" ] ;
 sh:sparql [ sh:select "SELECT $this WHERE { $this <urn:x:none> ?none }" ] , [ sh:select "%s" ] .
ex:Quick a sh:NodeShape ; sh:targetClass ex:Thing ; sh:sparql [ sh:message "too old"@en ; sh:select
 "SELECT $this ?value WHERE { $this <urn:x:age> ?value FILTER(?value > 60) }" ] ."""
_PARTS = " ".join(f"?s{n} <urn:x:p> ?a{n} ." for n in range(9))
_SUM = "+".join(f"?a{n}" for n in range(9))
CROSSING = f"SELECT $this WHERE {{ $this a ?t . {_PARTS} FILTER({_SUM} = -1) }}"


@pytest.fixture
def crowd() -> Sent:
    """Things with many values."""
    lines = (f"<urn:x:{n}> a <urn:x:Thing> ; <urn:x:age> {n} ; <urn:x:p> {n} .\n" for n in range(62))
    kind = f'<urn:x:Thing> <urn:x:long> "{"x" * 2_000_000}" .'
    return Sent("crowd.ttl", "".join((*lines, kind)).encode())


def test_a_query_that_never_ends_is_ended_and_told_with_its_shape(crowd: Sent) -> None:
    own = Sent("own.ttl", (CROSSED % CROSSING).encode())
    report = check_graphs([crowd], SETTINGS, shapes=[own], limit=2)
    told = {problem.name: problem for problem in report.problems if problem.severity == "violation"}
    assert told["shape-endless"].value == CROSSING
    assert told["shape-endless"].focus == "urn:x:Crossed"
    assert told["urn:x:Quick"].message == "too old"
    assert report.exit_code == 2


def test_a_query_that_would_fill_the_memory_is_ended_and_told_with_its_shape(
    crowd: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.validate.judges.MEMORY", 2**30)
    every = _SUM.replace("+", "), STR(")
    filling = CROSSING.replace("SELECT $this", "SELECT $this ?value")
    filling = filling.replace(f"FILTER({_SUM} = -1)", f"?t <urn:x:long> ?l BIND(CONCAT(?l, STR({every})) AS ?value)")
    report = check_graphs([crowd], SETTINGS, shapes=[Sent("own.ttl", (CROSSED % filling).encode())], limit=60)
    told = {problem.name: problem for problem in report.problems if problem.severity == "violation"}
    assert told["shape-endless"].value == filling
    assert "> 1 GiB" in told["shape-endless"].message
    assert "urn:x:Quick" in told


def test_a_query_of_many_steps_over_one_property_with_many_values_does_not_fill_the_memory() -> None:
    steps = " ".join(f"$this <urn:x:p> ?a{n} ." for n in range(4))
    query = f"SELECT $this WHERE {{ {steps} FILTER(?a0 + ?a1 + ?a2 + ?a3 = -1) }}"
    own = Sent("own.ttl", (CROSSED % query).encode())
    values = " , ".join(map(str, range(2_000)))
    hub = Sent("hub.ttl", f"<urn:x:hub> a <urn:x:Thing> ; <urn:x:age> 61 ; <urn:x:p> {values} .".encode())
    report = check_graphs([hub], SETTINGS, shapes=[own], limit=1)
    assert {"shape-endless", "urn:x:Quick"} <= {problem.name for problem in report.problems}


def test_the_other_shapes_are_applied_beside_one_that_cannot_be(tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    broken = (FOLDER / "invalid.shape-unusable.ttl").read_text(encoding="utf-8")
    own.write_text(
        broken + "ex:Short a sh:NodeShape ; sh:targetClass ex:Person ;\n"
        ' sh:property [ sh:path ex:name ; sh:maxLength 2 ; sh:message "too long"@en, "trop long"@fr ] .\n',
        encoding="utf-8",
    )
    report = check_graphs([VALID], SETTINGS, shapes=[own], judging=judge)
    told = {problem.name: problem.message for problem in report.problems}
    assert set(told) == {"shape-unusable", "Short"}
    assert told["Short"] == "too long"
    assert report.exit_code == 2


def test_an_error_in_a_file_of_shapes_is_told_with_line_and_column(tmp_path: Path, run: Run) -> None:
    own = tmp_path / "own.ttl"
    own.write_text("@prefix sh: <http://www.w3.org/ns/shacl#> .\n<urn:x:S> a sh:NodeShape ,, .\n", encoding="utf-8")
    done = run("validate", "--shapes", own, VALID)
    assert f"{own}:2" in done.stdout
    assert "line 2 " in done.stdout
    assert done.returncode == 2


def test_a_shape_without_target_names_itself() -> None:
    report = check_graphs([VALID], SETTINGS, shapes=[UNTARGETED], judging=judge)
    assert [(problem.severity, str(problem.focus).rpartition("/")[2]) for problem in report.problems] == [
        ("warning", "Nowhere")
    ]
    assert report.exit_code == 0


RDF_XML = (
    '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">\n'
    '<rdf:Description rdf:about="urn:x:a">{}</rdf:Description>\n</rdf:RDF>\n'
)
WRONG = {
    "one.ttl": ("@prefix a: <urn:a:> .\na:x a:y a:z ;\n a:q x .\n", 3, "line 3 "),
    "one.trig": ("<urn:g> {\n <urn:x> <urn:y> }\n", 2, "line 2 column 18"),
    "one.nt": ("<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b c> <urn:c> .\n", 2, "line 2 between columns 9 and 18"),
    "one.nq": ("<urn:a> <urn:b> <urn:c> <urn:g> .\n<urn:a> <urn:b> .\n", 2, "line 2 column 17"),
    "one.jsonld": ('{"@id": "urn:x:a",\n "urn:x:p": [ }\n', 2, "line 2 column 15"),
    "one.rdf": (RDF_XML.format("<x:p>text</x:q>"), 3, "line 3 column 52"),
    "meaning.rdf": (RDF_XML.format('\n<x:p rdf:ID="a b"/>'), 4, "line 4 column"),
    "unclosed.rdf": (RDF_XML.format("<x:p>text"), 3, "line 3 column"),
    "entity.rdf": (RDF_XML.format("<x:p>&who;</x:p>"), 3, "line 3 column"),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors_of_syntax_are_told_with_line_and_column_in_every_form(name: str) -> None:
    text, row, place = WRONG[name]
    report = check_graphs([Sent(name, text.encode())], SETTINGS)
    (problem,) = report.problems
    assert problem.name == "graph-unreadable"
    assert problem.row == row, problem.message
    assert place in problem.message
    assert report.exit_code == 2


@pytest.mark.parametrize("name", ["packed.ttl.gz", "packed.ttl.zst", "packed.TTL.GZ"])
def test_packed_files_are_read(name: str) -> None:
    pack = gzip.compress if name.lower().endswith("gz") else zstandard.compress
    violation = (SHAPES / "examples" / "image" / "invalid.image-age-range.ttl").read_bytes()
    report = check_graphs([Sent(name, pack(violation))], SETTINGS)
    assert [problem.name for problem in report.problems] == ["image-age-range"]


@pytest.mark.parametrize("name", ["cut.ttl.gz", "cut.ttl.zst", "none.ttl.gz", "none.ttl.zst"])
def test_packed_files_that_are_damaged_are_told(name: str) -> None:
    pack = gzip.compress if name.endswith("gz") else zstandard.compress
    content = pack(VALID.read_bytes())[:-20] if name.startswith("cut") else b"no archive at all"
    report = check_graphs([Sent(name, content)], SETTINGS)
    assert [problem.name for problem in report.problems] == ["graph-unreadable"]
    assert report.exit_code == 2


@pytest.mark.parametrize(
    ("name", "looks"),
    [
        ("turtle.rdf", "Turtle"),
        ("turtle.jsonld", "Turtle"),
        ("xml.ttl", "RDF/XML"),
        ("json.nt", "JSON-LD"),
        ("x", "Turtle"),
    ],
)
def test_a_wrong_suffix_is_told_with_what_the_file_looks_like(name: str, looks: str) -> None:
    contents = {"xml.ttl": RDF_XML.format("").encode(), "json.nt": b'{"@id": "urn:x:a", "urn:x:p": 1}'}
    report = check_graphs([Sent(name, contents.get(name, VALID.read_bytes()))], SETTINGS)
    (problem,) = report.problems
    assert f"it looks like {looks}" in problem.message


def test_json_nested_without_end_is_refused_at_its_place() -> None:
    deep = '{"@id": "urn:x:a",\n "urn:x:p": ' * 20_000
    (problem,) = check_graphs([Sent("deep.jsonld", deep.encode())], SETTINGS).problems
    assert problem.name == "graph-unreadable"
    assert problem.row == 257
    assert "257" in problem.message


@pytest.mark.parametrize(
    "entity", [f'a "{"a" * 100_000}"', 'a SYSTEM "file:///etc/passwd"', '% a "<!ENTITY b \'c\'>" >%a;<!ENTITY c "&b;"']
)
def test_entities_that_grow_or_are_elsewhere_are_refused(entity: str) -> None:
    head, _, rest = RDF_XML.format("<x:p>&a;</x:p>").partition("\n")
    text = f"{head}\n<!DOCTYPE rdf:RDF [\n<!ENTITY {entity}>\n]>\n{rest}"
    (problem,) = check_graphs([Sent("bomb.rdf", text.encode())], SETTINGS).problems
    assert problem.name in ("graph-entity", "graph-unreadable")
    assert problem.row is not None


def test_entities_that_stand_for_namespaces_are_read() -> None:
    head, _, rest = RDF_XML.format("<x:p>&who;</x:p>").partition("\n")
    text = f'{head}\n<!DOCTYPE rdf:RDF [\n<!ENTITY who "Ann">\n]>\n{rest}'
    report = check_graphs([Sent("good.rdf", text.encode())], SETTINGS)
    assert report.problems == []
    assert report.triples == 1


def test_a_file_of_no_bytes_is_told() -> None:
    for suffix in ("ttl", "trig", "nt", "nq"):
        (problem,) = check_graphs([Sent(f"empty.{suffix}", b"")], SETTINGS).problems
        assert problem.name == "file-empty"


def test_blank_nodes_of_shapes_and_data_are_told() -> None:
    shapes = b"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .
[] a sh:NodeShape ; sh:targetClass ex:Person ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ."""
    data = b"@prefix ex: <urn:x:> . [] a ex:Person ."
    report = check_graphs([Sent("data.ttl", data)], SETTINGS, shapes=[Sent("own.ttl", shapes)], judging=judge)
    (problem,) = report.problems
    assert str(problem.focus).startswith("_:")
    assert problem.name.endswith("MinCountConstraintComponent")
