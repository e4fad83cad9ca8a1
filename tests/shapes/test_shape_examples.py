"""A valid graph breaks no rule, an invalid one exactly the rule in its name."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from etl.problems import Rules
from etl.validate.graphs import check_graphs
from muscle_atlas.names import default_base
from tests.shapes.shape_examples import GIVEN, NAMES, SETTINGS, TABULAR, Example, concepts, graphs

Run = Callable[..., subprocess.CompletedProcess[str]]

ELSEWHERE = "https://atlas.example.org/muscle/"
GRAPHS = graphs()
CONCEPTS = [concept for concept in concepts() if concept not in TABULAR | {GIVEN}]
RELEASE_RULES = {rule.iri.rpartition("/")[2] for rule in Rules(NAMES, "en").by_iri.values() if rule.query}
CODES = {"violation": 1, "warning": 0, "info": 0}

every_graph = pytest.mark.parametrize("example", GRAPHS, ids=[example.name for example in GRAPHS])


def _first_invalid(concept: str) -> Example:
    return next(
        example
        for example in GRAPHS
        if example.concept == concept and example.rule and example.rule not in RELEASE_RULES
    )


@every_graph
def test_a_graph_breaks_the_rule_in_its_name_and_no_other(example: Example) -> None:
    report = check_graphs([example.path], SETTINGS)
    found = {problem.name for problem in report.problems}
    assert found == example.expected - RELEASE_RULES, f"{example.name} breaks {sorted(found)}"
    worst = max((CODES[problem.severity] for problem in report.problems), default=0)
    assert report.exit_code == worst, example.name


@pytest.mark.parametrize(
    "example",
    [example for example in GRAPHS if example.path.suffix == ".trig"],
    ids=lambda example: example.name,
)
def test_a_dataset_breaks_the_rule_in_its_name_and_no_other(example: Example) -> None:
    store = ox.Store()
    store.load(path=str(example.path), format=ox.RdfFormat.TRIG)
    found = {
        rule.iri.rpartition("/")[2]
        for rule in Rules(NAMES, "en").by_iri.values()
        if rule.query and list(store.query(rule.query, prefixes=NAMES.prefixes))  # type: ignore[arg-type]
    }
    assert found == example.expected, f"{example.name} breaks {sorted(found)}"


@every_graph
def test_the_first_line_of_an_example_says_what_it_is(example: Example) -> None:
    first = example.text.splitlines()[0]
    assert first.startswith("# "), example.name
    assert first.endswith("."), f"{example.name}: the first line is a sentence"


@pytest.mark.parametrize("concept", CONCEPTS)
def test_an_atlas_elsewhere_has_the_same_rules(concept: str, tmp_path: Path) -> None:
    settings = replace(SETTINGS, base=ELSEWHERE)
    valid = next(example for example in GRAPHS if example.concept == concept and example.rule is None)
    for example in (valid, _first_invalid(concept)):
        moved = tmp_path / example.path.name
        moved.write_text(example.text.replace(default_base(), ELSEWHERE), encoding="utf-8")
        problems = check_graphs([moved], settings).problems
        assert {problem.name for problem in problems} == example.expected, example.name
        assert all(problem.rule.startswith(f"{ELSEWHERE}rule/") for problem in problems), example.name


def test_the_command_finds_no_fault_in_what_is_valid(run: Run) -> None:
    valid = [example.path for example in GRAPHS if example.rule is None and example.path.suffix == ".ttl"]
    done = run("validate", "--json", *valid)
    assert json.loads(done.stdout)["problems"] == []
    assert done.returncode == 0
    assert done.stderr == ""


def test_the_command_tells_every_rule_that_is_broken(run: Run) -> None:
    broken = [_first_invalid(concept) for concept in CONCEPTS]
    done = run("validate", "--json", *(example.path for example in broken))
    problems = json.loads(done.stdout)["problems"]
    told = {problem["rule"] for problem in problems}
    assert told >= {NAMES.mint("rule", str(example.rule)) for example in broken}
    assert all(problem["message"] and problem["focus"] for problem in problems)
    assert done.returncode == 1


def test_what_may_have_been_meant_is_told_with_the_one_fault() -> None:
    example = next(example for example in GRAPHS if example.rule == "individual-gene-of-model")
    [problem] = check_graphs([example.path], SETTINGS).problems
    assert "(ORPHA:597)" in str(problem.suggestion) and "(ORPHA:98905)" in str(problem.suggestion)


def test_the_command_tells_the_file_where_there_is_one(run: Run) -> None:
    example = _first_invalid("diagnosis")
    done = run("validate", "--json", example.path)
    problems = json.loads(done.stdout)["problems"]
    assert {problem["rule"] for problem in problems} == {NAMES.mint("rule", str(example.rule))}, example.name
    assert {problem["file"] for problem in problems} == {str(example.path)}
    assert done.returncode == max(CODES[problem["severity"]] for problem in problems)


def test_the_command_follows_the_base_that_is_set(run: Run, tmp_path: Path) -> None:
    example = _first_invalid("image")
    moved = tmp_path / example.path.name
    moved.write_text(example.text.replace(default_base(), ELSEWHERE), encoding="utf-8")
    done = run("validate", "--json", moved, MUSCLE_ATLAS_BASE=ELSEWHERE)
    told = [problem["rule"] for problem in json.loads(done.stdout)["problems"]]
    assert told == [f"{ELSEWHERE}rule/{example.rule}"]
    assert done.returncode == 1
