"""Reports in files: which suffixes there are, and that a file is whole or not there."""

import json
from pathlib import Path

import pytest

from etl.problems import Rules
from etl.reports.forms import FORMS, Dossier, ReportError, write_reports
from etl.reports.report import Report
from muscle_atlas.names import Names, default_base
from muscle_atlas.options import SUFFIXES
from tests.conftest import Run
from tests.etl.built import COMPLETE, write_table
from tests.etl.contributed import write_contribution


@pytest.fixture
def records(tmp_path: Path) -> Path:
    rows = [{"image_id": f"a{n}", **COMPLETE, "gene": "BIN11"} for n in range(3)]
    return write_table(tmp_path / "records.csv", [*rows, {"image_id": "right", **COMPLETE}])


def test_every_form_is_told_by_the_help() -> None:
    assert tuple(FORMS) == SUFFIXES


def test_a_problem_has_its_corrections_and_its_cause(run: Run, records: Path) -> None:
    report = json.loads(run("check", records, "--json").stdout)
    assert {problem["cause"] for problem in report["problems"]} == {"gene-unknown BIN11"}
    assert all("BIN1" in problem["corrections"] for problem in report["problems"])
    [line] = report["summary"]
    assert (line["causes"], line["rows"], line["problems"]) == (1, 3, 3)


def test_a_report_is_what_is_printed_as_json(run: Run, records: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    process = run("check", records, "--json", "--report", target)
    printed, written = json.loads(process.stdout), json.loads(target.read_text(encoding="utf-8"))
    assert printed == written
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("report.docx", ".json"),
        ("report", ".json"),
        ("nowhere/report.json", "nowhere"),
        ("records.csv", "would be lost"),
        ("folder.json", "folder"),
        ("device.json", "device"),
        (f"{'n' * 300}.json", "too long"),
    ],
)
def test_a_report_that_cannot_be_written_is_told_before_work_begins(
    run: Run, records: Path, tmp_path: Path, name: str, word: str
) -> None:
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "device.json").symlink_to("/dev/null")
    before = records.read_bytes()
    process = run("check", records, "--report", tmp_path / name)
    assert (process.returncode, process.stdout) == (2, "")
    assert word in process.stderr
    assert records.read_bytes() == before


def test_a_file_of_a_contribution_is_named_and_not_written_over(run: Run, tmp_path: Path) -> None:
    folder = write_contribution(tmp_path / "contribution")
    [records] = folder.glob("*.csv")
    text = records.read_text(encoding="utf-8").replace("BIN1", "BIN11")
    records.write_text(text, encoding="utf-8")
    sarif = tmp_path / "report.sarif"
    done = run("check", folder, "--report", sarif, "--report", records)
    assert done.returncode == 2
    assert "would be lost" in done.stderr
    assert records.read_text(encoding="utf-8") == text
    [log] = json.loads(sarif.read_text(encoding="utf-8"))["runs"]
    results = [result for result in log["results"] if result["ruleId"] == "gene-unknown"]
    located = [result["locations"][0]["physicalLocation"] for result in results]
    assert located
    assert all(place["artifactLocation"]["uri"].endswith(records.name) for place in located)
    assert all("region" in place for place in located)


def test_a_report_that_fails_does_not_keep_others_from_being_written(tmp_path: Path) -> None:
    dossier = Dossier(Report(), (), Rules(Names(default_base()), "en"))
    with pytest.raises(ReportError) as failed:
        write_reports(dossier, [tmp_path / "gone" / "report.json", tmp_path / "report.json"])
    assert failed.value.word == "report_failed"
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["problems"] == []
