"""The W3C's tests of SHACL, core and SPARQL, go through our entry point and give the results that their manifests say.

``w3c/outcomes.tsv`` lists them all, with those that pySHACL does not pass, and why.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pytest
import rdflib
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SH, Namespace

from etl.validate.graphs import GraphReport, check_graphs
from etl.validate.judge import JudgeError, Result, judge
from etl.validate.paths import write_path
from etl.validate.predicates import Predicates
from etl.validate.results import serialise, validate
from etl.validate.shapes import Shapes
from etl.validate.sources import read_source
from etl.validate.terms import read_term
from muscle_atlas.tables import Table
from tests.shapes.shape_examples import SETTINGS

Run = Callable[..., subprocess.CompletedProcess[str]]

TABLE = Path(__file__).parent / "w3c" / "outcomes.tsv"
TESTS = Path("suites", "data-shapes", "data-shapes-test-suite", "tests")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
PASSED = "passed"
FAULTS = ("shape-unusable", "shape-query-unreadable", "shape-query-remote")
OUTCOMES = {row["test"]: row["outcome"] for row in Table(TABLE).rows.iter_rows(named=True)}
# rdflib warns of literals that the suite spells wrong on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@cache
def _suite(folder: Path) -> dict[str, "Test"]:
    """Every test below a folder, by its path there."""
    found = {}
    for path in sorted(folder.rglob("*.ttl")):
        graph = rdflib.Graph().parse(path)
        for test in graph.subjects(RDF.type, SHT.Validate):
            found[str(path.relative_to(folder).with_suffix(""))] = Test(graph, test)
    return found


class Test:
    """One test as its file says it."""

    __test__ = False

    def __init__(self, graph: rdflib.Graph, test: rdflib.term.Node) -> None:
        action = graph.value(test, MF.action)
        self.data, self.shapes = (
            Path(str(graph.value(action, part)).removeprefix("file://")) for part in (SHT.dataGraph, SHT.shapesGraph)
        )
        self.graph = graph
        self.expected = graph.value(test, MF.result)

    def outcome(self, report: GraphReport) -> str:
        """Return ``passed``, or how a report differs from what is expected."""
        faults = [problem.message for problem in report.problems if problem.name in FAULTS]
        if self.expected == SHT.Failure:
            return PASSED if report.exit_code == 2 and faults else "no failure"
        if faults:
            return faults[0]
        theirs = [self._theirs(node) for node in self.graph.objects(self.expected, SH.result)]
        ours = [_ours(result) for result in report.results]
        if len(theirs) != len(ours):
            return f"{len(ours)} results, {len(theirs)} expected"
        return PASSED if isomorphic(_graph(theirs), _graph(ours)) else "other results"

    def _theirs(self, node: rdflib.term.Node) -> dict[str, rdflib.term.Node]:
        found: dict[str, rdflib.term.Node] = {}
        for part in (SH.focusNode, SH.value, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity):
            if (term := self.graph.value(node, part)) is not None:
                found[str(part)] = term
        if (path := self.graph.value(node, SH.resultPath)) is not None:
            found[str(SH.resultPath)] = rdflib.Literal(write_path(path, self.graph))
        return found


def _ours(result: Result) -> dict[str, rdflib.term.Node]:
    shape = result.rule
    found = {
        str(SH.focusNode): read_term(result.focus),
        str(SH.sourceShape): rdflib.BNode(shape[2:]) if shape.startswith("_:") else rdflib.URIRef(shape),
        str(SH.sourceConstraintComponent): rdflib.URIRef(result.component),
        str(SH.resultSeverity): rdflib.URIRef(result.severity),
    }
    if result.value is not None:
        found[str(SH.value)] = read_term(result.value)
    if result.path is not None:
        found[str(SH.resultPath)] = rdflib.Literal(result.path)
    return found


def _graph(results: list[dict[str, rdflib.term.Node]]) -> rdflib.Graph:
    """Results as a graph; literals as texts, so that their spelling counts."""
    graph = rdflib.Graph()
    for result in results:
        node = rdflib.BNode()
        for part, term in result.items():
            graph.add((node, rdflib.URIRef(part), term))
    return graph


@pytest.fixture(scope="module")
def suite(shared: Path) -> Iterator[dict[str, Test]]:
    with pytest.MonkeyPatch.context() as patch:
        # rdflib would spell literals anew while it reads them.
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        yield _suite((shared / TESTS).resolve())


def test_every_test_is_listed(suite: dict[str, Test]) -> None:
    assert list(OUTCOMES) == list(suite)


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_outcome_is_the_one_that_is_listed(name: str, suite: dict[str, Test]) -> None:
    test = suite[name]
    report = check_graphs([test.data], SETTINGS, shapes=[test.shapes], judging=judge)
    assert test.outcome(report) == OUTCOMES[name]


def test_a_process_that_can_be_ended_judges_alike(suite: dict[str, Test]) -> None:
    test = suite["core/property/node-002"]
    report = check_graphs([test.data], SETTINGS, shapes=[test.shapes])
    assert test.outcome(report) == PASSED


def test_the_command_tells_what_is_expected(suite: dict[str, Test], run: Run) -> None:
    test = suite["core/complex/personexample"]
    done = run("validate", "--json", "--shapes", test.shapes, test.data)
    expected = Counter(
        str(test.graph.value(node, SH.focusNode)) for node in test.graph.objects(test.expected, SH.result)
    )
    problems = json.loads(done.stdout)["problems"]
    assert Counter(problem["focus"] for problem in problems if problem["severity"] == "violation") == expected
    assert done.returncode == 1


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_changed_data_is_judged_by_shapes_of_the_suite_as_by_one_plain_run(
    data: st.DataObject, suite: dict[str, Test]
) -> None:
    test = suite[data.draw(st.sampled_from([name for name in OUTCOMES if _is_small(suite[name])]))]
    changed = set(_read(test.data))
    triples = [triple for triple in sorted(changed) if not any(name in triple[1] for name in map(str, (SH, MF, SHT)))]
    assume(triples)
    terms = st.sampled_from(sorted({term for triple in triples for term in triple if not term.startswith('"')}))
    for _ in range(data.draw(st.integers(1, 6))):
        old = data.draw(st.sampled_from(triples))
        if data.draw(st.booleans()):
            changed.discard(old)
        if data.draw(st.booleans()):
            changed.add((old[0], old[1], data.draw(terms | st.sampled_from(VALUES))))
        else:
            changed.add((data.draw(terms), old[1], old[2]))
    graph = rdflib.Graph()
    for triple in _read(test.shapes):
        graph.add((read_term(triple[0]), read_term(triple[1]), read_term(triple[2])))
    predicates = Predicates(pl.DataFrame(sorted(changed), schema=dict.fromkeys("spo", pl.String), orient="row"))
    try:
        plain = list(judge(serialise(predicates), graph))
    except JudgeError:
        # What pySHACL cannot judge at all is compared nowhere.
        assume(False)
    ours = validate(predicates, Shapes(SETTINGS.names, graph=graph))
    assert _counted(ours) == _counted(plain)


VALUES = ('""', '"a"', '"b"@en', '"c"@de', '"4"^^<http://www.w3.org/2001/XMLSchema#integer>', "_:new", "<urn:x:new>")


def _is_small(test: Test) -> bool:
    return test.expected != SHT.Failure and test.data.stat().st_size < 20_000


@cache
def _read(path: Path) -> set[tuple[str, str, str]]:
    return {row for part in read_source(path, relative=True) for row in part.iter_rows()}


def _counted(results: list[Result]) -> Counter[tuple[str | None, ...]]:
    return Counter(
        (result.rule, result.focus, result.value, result.path, result.component, result.severity) for result in results
    )
