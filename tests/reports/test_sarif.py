"""Reports for code review tools: what SARIF asks, what GitHub asks beyond, and that lines and corrections are right."""

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Schema

from etl.problems import Problem, Rules
from etl.reports.forms import Dossier, write_reports
from etl.reports.report import Report
from etl.reports.sarif import MOST
from tests.conftest import Run
from tests.etl.built import COMPLETE, NAMES
from tests.etl.tabular import write_workbook
from tests.reports.told import ROWS, Reports, report_on, write_rows


def by_rule(reports: Reports, name: str) -> list[dict[str, Any]]:
    return [result for result in reports.sarif["results"] if result["ruleId"] == name]


def test_it_is_as_the_schema_says(english: Reports, french: Reports, clean: Reports, graph: Reports) -> None:
    # Bindings made of sarif-schema-2.1.0.json, which forbid what it does not know.
    for reports in (english, french, clean, graph):
        Schema.model_validate_json(reports.path(".sarif").read_text(encoding="utf-8"))


def test_it_is_as_github_asks(english: Reports, graph: Reports) -> None:
    for reports in (english, graph):
        rules = reports.sarif["tool"]["driver"]["rules"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        for result in reports.sarif["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["message"]["text"]
            [location] = result["locations"]
            assert location["physicalLocation"]["artifactLocation"]["uri"]
        prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in reports.sarif["results"]]
        assert max(Counter(prints).values()) == 1
        levels = {"violation": "error", "warning": "warning", "info": "note"}
        assert [result["level"] for result in reports.sarif["results"]] == [
            levels[problem["severity"]] for problem in reports.problems
        ]
    assert english.sarif["automationDetails"] != graph.sarif["automationDetails"]


def test_rules_are_described_in_both_languages(english: Reports, french: Reports) -> None:
    [translation] = english.sarif["translations"]
    assert translation["language"] == "fr"
    assert translation["rules"] == french.sarif["tool"]["driver"]["rules"]
    assert french.sarif["translations"][0]["rules"] == english.sarif["tool"]["driver"]["rules"]
    assert all(rule["help"]["text"] and "{?" not in rule["help"]["text"] for rule in translation["rules"])


def test_a_line_is_that_of_the_file_although_cells_have_several(english: Reports, dirty: Path) -> None:
    lines, seen = dirty.read_text(encoding="utf-8").splitlines(), 0
    for result in by_rule(english, "gene-unknown"):
        region = result["locations"][0]["physicalLocation"]["region"]
        value = result["properties"]["value"]
        assert region["startLine"] == result["properties"]["row"] + 1
        if "startColumn" in region:
            assert lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == value
            seen += 1
    assert seen >= 3


def test_a_row_of_several_lines_is_marked_to_its_end(english: Reports) -> None:
    [result] = [r for r in english.sarif["results"] if "a|b" in (r["properties"].get("value") or "")]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region["endLine"] == region["startLine"] + 1


def test_a_correction_put_in_as_told_mends_the_cell(english: Reports, dirty: Path) -> None:
    lines = dirty.read_text(encoding="utf-8").splitlines()
    fixed = [result for result in by_rule(english, "gene-unknown") if "fixes" in result]
    assert len(fixed) == 3
    [change] = fixed[0]["fixes"][0]["artifactChanges"]
    [replacement] = change["replacements"]
    region, text = replacement["deletedRegion"], replacement["insertedContent"]["text"]
    line = lines[region["startLine"] - 1]
    mended = line[: region["startColumn"] - 1] + text + line[region["endColumn"] - 1 :]
    [cells] = csv.reader(io.StringIO(mended))
    headings = next(csv.reader([lines[0]]))
    assert cells[headings.index("gene")] == "BIN1"


def test_a_fingerprint_stays_where_rows_are_put_in_above(run: Run, english: Reports, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "dirty records.csv", [{"image_id": "new"}, *ROWS])
    later = report_on(run, "check", path, tmp_path)

    def prints(reports: Reports) -> set[tuple[str, str]]:
        return {
            (result["ruleId"], result["partialFingerprints"]["primaryLocationLineHash"])
            for result in reports.sarif["results"]
        }

    assert {rule for rule, _ in prints(later)} == {rule for rule, _ in prints(english)}
    again = report_on(run, "check", write_rows(path, ROWS), tmp_path / "again")
    assert prints(again) == prints(later)


def test_a_cell_of_a_workbook_has_sheet_row_and_column_and_no_line(run: Run, tmp_path: Path) -> None:
    row = {"image_id": "a", **COMPLETE, "gene": "BIN11"}
    path = write_workbook(tmp_path / "records.xlsx", [list(row), list(row.values())])
    reports = report_on(run, "check", path, tmp_path / "r")
    [result] = by_rule(reports, "gene-unknown")
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"].endswith("/records.xlsx")
    assert "region" not in location["physicalLocation"]
    [logical] = location["logicalLocations"]
    assert logical["fullyQualifiedName"].endswith("row 2 · gene")
    assert logical["fullyQualifiedName"].count(" · ") == 2
    assert "fixes" not in result


def test_a_file_below_the_folder_is_named_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    problem = Rules(NAMES, "en")["file-empty"].tell(file="records 1/a.csv")
    dossier = Dossier(Report(problems=[problem]), (Path("records 1/a.csv"),), Rules(NAMES, "en"))
    write_reports(dossier, [tmp_path / "report.sarif"])
    [result] = Reports(tmp_path, 0, "", "").sarif["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "records%201/a.csv", "uriBaseId": "%SRCROOT%"}


def test_of_too_many_the_worst_are_told_and_the_rest_is_counted(tmp_path: Path) -> None:
    rules = Rules(NAMES, "en")
    warning, violation = rules["finding-unknown"], rules["gene-unknown"]
    problems: list[Problem] = [warning.tell(file="a.csv", row=row, value="x") for row in range(2, MOST + 2)]
    problems += [violation.tell(file="a.csv", row=row, value="x") for row in range(MOST + 2, MOST + 12)]
    write_reports(Dossier(Report(problems=problems), (Path("a.csv"),), rules), [tmp_path / "report.sarif"])
    reports = Reports(tmp_path, 0, "", "")
    assert len(reports.sarif["results"]) == MOST
    assert Counter(result["level"] for result in reports.sarif["results"])["error"] == 10
    [note] = reports.sarif["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("10 more problems")
