"""A valid table of records breaks no rule, an invalid one exactly the rule in its name."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.build import Report, build
from etl.validate.graphs import check_graphs
from muscle_atlas.rooms import MAPPINGS
from tests.shapes.shape_examples import RECORD, SETTINGS, Example, examples, tables

Run = Callable[..., subprocess.CompletedProcess[str]]

TABLES = tables()
VALID = next(example for example in TABLES if example.rule is None)
OWN_WORDS = "word-ambiguous"
"""The rule for words that no table of ours leaves ambiguous, but that of another institute may."""
IMPLIED = {
    # No row is no photograph, of which the release itself tells.
    "file-without-rows": {"release-images"},
    # Says of its variants that they are not stated, instead of inventing any.
    "disease-deduced": {"image-not-stated"},
    "zygosity-without-variant": {"image-variant-missing"},
}
"""What is rightly told beside the rule in the name."""


def _assert_breaks(example: Example, report: Report) -> None:
    found = {problem.name for problem in report.problems}
    expected = example.expected | IMPLIED.get(str(example.rule), set())
    assert found == expected, f"{example.name} breaks {sorted(found)}"


@pytest.mark.parametrize(
    "example",
    [example for example in TABLES if example.rule != OWN_WORDS],
    ids=lambda example: example.name,
)
def test_a_table_breaks_the_rule_in_its_name_and_no_other(example: Example) -> None:
    report = build([example.path], SETTINGS, data=None)
    _assert_breaks(example, report)
    assert (report.exit_code == 0) == all(problem.severity != "violation" for problem in report.problems)


def test_a_word_of_an_institute_s_own_table_may_be_ambiguous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = next(example for example in TABLES if example.rule == OWN_WORDS)
    mappings = tmp_path / "mappings"
    shutil.copytree(MAPPINGS, mappings)
    shutil.copy(Path(__file__).parent / "mappings" / "sides-elsewhere.sssom.tsv", mappings)
    monkeypatch.setattr("etl.resolve.lexicon.MAPPINGS", mappings)
    _assert_breaks(example, build([example.path], SETTINGS, data=None))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    report = build([VALID.path, tmp_path / "nowhere.csv"], SETTINGS, data=None)
    assert [problem.name for problem in report.problems] == ["file-missing"]
    assert report.exit_code == 2


def test_a_file_that_is_given_twice_is_told(tmp_path: Path) -> None:
    other_name = tmp_path / "link.csv"
    other_name.symlink_to(VALID.path)
    report = build([VALID.path, other_name], SETTINGS, data=None)
    assert [problem.name for problem in report.problems] == ["file-twice"]
    assert (report.exit_code, report.images) == (0, 2)


def test_rdf_with_an_error_of_syntax_is_told() -> None:
    example = next(example for example in examples(".ttl") if example.concept == RECORD)
    report = check_graphs([example.path], SETTINGS)
    assert {problem.name for problem in report.problems} == example.expected
    assert report.exit_code == 2


def test_the_command_finds_no_fault_in_a_valid_table(run: Run) -> None:
    done = run("check", "--json", VALID.path)
    assert json.loads(done.stdout)["problems"] == []
    assert done.returncode == 0
