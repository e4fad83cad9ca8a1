"""A valid table of records breaks no rule, an invalid one exactly the rule in its name."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from etl.build import build
from etl.privacy.policy import Policy
from etl.problems import Rules
from etl.read.columns import Columns
from etl.read.records import Records, read_records
from etl.reports.report import Report
from etl.validate.graphs import check_graphs
from muscle_atlas.releases import current_release
from muscle_atlas.terms.slices import Contents, Reference, Term
from tests.shapes.shape_examples import NAMES, SETTINGS, TABULAR, Example, examples, tables
from tests.terms.small import EARLY, write_small, write_withdrawn

Run = Callable[..., subprocess.CompletedProcess[str]]

TABLES = tables()
WHILE_READ = [example for example in TABLES if example.concept == "file"]
VALUES = [example for example in TABLES if example.concept != "file"]
VALID = next(example for example in TABLES if example.rule is None)
RULES = Rules(NAMES, "en")
OWN_WORDS = "word-ambiguous"
"""The rule for words that no table of ours leaves ambiguous, but that of another institute may."""
OF_RELEASES = {"term-withdrawn", "term-withdrawn-without-successor"}
"""Rules on terms that only an installed release knows to be withdrawn."""
OF_MONDO = "disease-without-orpha"
"""The rule on diseases that only an installed release of MONDO knows."""
IMPLIED = {
    # Says of its variants that they are not stated, instead of inventing any.
    "disease-deduced": {"image-not-stated"},
    "zygosity-without-variant": {"image-variant-missing"},
    # Each step follows on those before.
    "privacy-sex-withheld": {"privacy-age-banded"},
    "privacy-muscle-withheld": {"privacy-age-banded", "privacy-sex-withheld"},
    "privacy-disease-raised": {"privacy-age-banded", "privacy-sex-withheld", "privacy-muscle-withheld"},
}
"""What is rightly told beside the rule in the name."""


def _assert_breaks(example: Example, report: Report | Records) -> None:
    found = {problem.name for problem in report.problems}
    expected = example.expected | IMPLIED.get(str(example.rule), set())
    assert found == expected, f"{example.name} breaks {sorted(found)}"


@pytest.mark.parametrize(
    "example",
    [example for example in VALUES if example.rule not in {OWN_WORDS, OF_MONDO, *OF_RELEASES}],
    ids=lambda example: example.name,
)
def test_a_table_breaks_the_rule_in_its_name_and_no_other(example: Example) -> None:
    policy = Policy(k=2 if example.concept == "generalisation" else None)
    report = build([example.path], SETTINGS, data=None, policy=policy)
    _assert_breaks(example, report)
    assert (report.exit_code == 0) == all(problem.severity != "violation" for problem in report.problems)


@pytest.mark.parametrize("example", WHILE_READ, ids=lambda example: example.name)
def test_a_file_breaks_the_rule_in_its_name_and_no_other_while_it_is_read(example: Example) -> None:
    _assert_breaks(example, read_records([example.path], RULES, Columns()))


def test_valid_files_of_every_form_are_one_table() -> None:
    valid = [example.path for example in WHILE_READ if example.rule is None]
    read = [read_records([path], RULES, Columns()).table for path in valid]
    assert {path.suffix for path in valid} == {".csv", ".xlsx", ".parquet", ".jsonl"}
    for table in read:
        assert table.drop("file", "row").equals(read[0].drop("file", "row"))


def test_a_word_of_an_institute_s_own_table_may_be_ambiguous() -> None:
    example = next(example for example in TABLES if example.rule == OWN_WORDS)
    settings = replace(SETTINGS, mappings=Path(__file__).parent / "mappings")
    _assert_breaks(example, build([example.path], settings, data=None))


@pytest.mark.parametrize("rule", sorted(OF_RELEASES))
def test_a_term_that_a_release_has_withdrawn_is_told_with_its_successor(rule: str, tmp_path: Path) -> None:
    example = next(example for example in TABLES if example.rule == rule)
    write_withdrawn(tmp_path)
    report = build([example.path], replace(SETTINGS, terms=tmp_path), data=None)
    _assert_breaks(example, report)
    (problem,) = report.problems
    assert str(problem.value) in problem.message
    assert ("UBERON:0001601" in problem.message) == (rule == "term-withdrawn")


def test_a_disease_that_orphanet_lacks_is_linked_to_mondo_and_told(tmp_path: Path) -> None:
    example = next(example for example in TABLES if example.rule == OF_MONDO)
    nemaline = Term("MONDO:0009725", "disease", "nemaline myopathy 2")
    write_small(
        tmp_path, "mondo", Contents(EARLY, EARLY, [nemaline], references=[Reference(nemaline.id, "OMIM:256030")])
    )
    for word in ("nemaline myopathy 2", "Nemaline Myopathy 2", "MONDO:0009725", "OMIM:256030"):
        records = tmp_path / "records.csv"
        records.write_text(example.text.replace("nemaline myopathy 2", word), encoding="utf-8")
        report = build([records], replace(SETTINGS, terms=tmp_path), data=tmp_path / "data")
        _assert_breaks(example, report)
        assert "MONDO:0009725" in report.problems[0].message
        images = pl.read_parquet(current_release(tmp_path / "data").images)
        assert [one for cell in images["disease"] for one in cell if "MONDO" in one] == [NAMES.expand("MONDO:0009725")]


def test_a_disease_that_mondo_finds_at_orphanet_is_linked_there(tmp_path: Path) -> None:
    example = next(example for example in TABLES if example.rule == OF_MONDO)
    # Orphanet has an entry, which this atlas does not know: MONDO does not stand in for it.
    elsewhere = Term("MONDO:0009725", "disease", "nemaline myopathy 2")
    write_small(
        tmp_path, "mondo", Contents(EARLY, EARLY, [elsewhere], references=[Reference(elsewhere.id, "ORPHA:99999999")])
    )
    report = build([example.path], replace(SETTINGS, terms=tmp_path), data=None)
    assert {problem.name for problem in report.problems} == {"disease-unknown"}


def test_a_gene_orders_the_diseases_of_an_ambiguous_word_and_does_not_decide(tmp_path: Path) -> None:
    example = next(example for example in TABLES if example.rule == "disease-ambiguous")
    records = tmp_path / "records.csv"
    records.write_text(example.text.replace("RYR1", "DMD").replace("NM_000540.3:c.14582G>A", ""), encoding="utf-8")
    told = [
        problem for problem in build([records], SETTINGS, data=None).problems if problem.name == "disease-ambiguous"
    ]
    assert told[0].value == "BMD"
    assert str(told[0].suggestion).index("Becker") < str(told[0].suggestion).index("vitelliform")


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
    example = next(example for example in examples(".ttl") if example.concept in TABULAR)
    report = check_graphs([example.path], SETTINGS)
    assert {problem.name for problem in report.problems} == example.expected
    assert report.exit_code == 2


def test_the_command_finds_no_fault_in_a_valid_table(run: Run) -> None:
    done = run("check", "--json", VALID.path)
    assert json.loads(done.stdout)["problems"] == []
    assert done.returncode == 0
