"""A valid contribution breaks no rule, an invalid one exactly the rule in its name."""

from pathlib import Path

import pytest

from etl.build import build
from etl.contribute.folders import read_paths
from etl.problems import Problem, Rules
from tests.etl.contributed import RECORDS, VALID, other, write_contribution
from tests.shapes.shape_examples import NAMES, SETTINGS, Example, examples

FOUND = [example for example in examples(".yaml", ".csv") if example.concept == "contribution"]
DECLARATIONS = [example for example in FOUND if example.path.suffix == ".yaml"]
RECORDED = [example for example in FOUND if example.path.suffix == ".csv"]
TWICE = "contribution-twice"
BESIDE = {TWICE, "contribution-doi-twice", "contribution-agent-names-differ"}
"""Rules that two contributions break together."""
RULES = Rules(NAMES, "en")


def _check(example: Example, problems: list[Problem], folder: Path) -> None:
    # One of the examples names no variant, since another is about variants.
    told = {problem.name for problem in problems} - {"image-variant-missing"}
    assert told == example.expected, problems
    for problem in problems:
        assert problem.suggestion
        assert "{?" not in problem.suggestion + problem.message
        assert problem.file
        assert problem.file.startswith(str(folder))


@pytest.mark.parametrize(
    "example", [example for example in DECLARATIONS if example.rule not in BESIDE], ids=lambda example: example.name
)
def test_a_declaration_breaks_the_rule_in_its_name_and_no_other(example: Example, tmp_path: Path) -> None:
    delivery = read_paths([write_contribution(tmp_path / "a", example.text)], RULES, NAMES)
    _check(example, delivery.problems, tmp_path)
    lines = [problem.row for problem in delivery.problems]
    assert lines == [None] * len(lines) or all(line and line <= example.text.count("\n") + 1 for line in lines)
    refused = any(problem.severity == "violation" for problem in delivery.problems)
    assert refused == all(contribution.terms is None for contribution in delivery.contributions)


def test_two_contributions_of_one_identifier_are_both_refused(tmp_path: Path) -> None:
    (example,) = (one for one in DECLARATIONS if one.rule == TWICE)
    folders = [write_contribution(tmp_path / "a"), write_contribution(tmp_path / "b", example.text)]
    delivery = read_paths(folders, RULES, NAMES)
    _check(example, delivery.problems, tmp_path)
    assert [contribution.terms for contribution in delivery.contributions] == [None, None]


@pytest.mark.parametrize(
    "example",
    [example for example in FOUND if example in RECORDED or example.rule in BESIDE - {TWICE}],
    ids=lambda example: example.name,
)
def test_contributions_together_break_the_rule_in_its_name_and_no_other(example: Example, tmp_path: Path) -> None:
    first = write_contribution(tmp_path / "a")
    folders = [first]
    if example.path.suffix == ".yaml":
        folders.append(write_contribution(tmp_path / "b", example.text, other(RECORDS.read_text(encoding="utf-8"))))
    elif example.rule:
        valid = VALID.read_text(encoding="utf-8").replace("doi: 10.5072/example-deposit\n", "")
        folders.append(write_contribution(tmp_path / "b", valid.replace("example-lab", "other-lab"), example.text))
    report = build(folders, SETTINGS, data=None)
    _check(example, [problem for problem in report.problems if problem.name != "release-images"], tmp_path)
