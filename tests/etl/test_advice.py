"""What is told names the place, in the words of the curator, and says what to do."""

import os
import re
from pathlib import Path

import pytest

from etl.problems import Rules
from etl.read.columns import Columns
from tests.conftest import Run
from tests.etl.built import COMPLETE, NAMES, Built, write_table
from tests.etl.tabular import COLUMNS, SHEET, change_parts, write_workbook


def checked(run: Run, *paths: Path, language: str = "en") -> Built:
    return Built(run("check", *paths, "--json", MUSCLE_ATLAS_LANGUAGE=language), Path())


# Columns that are never published


@pytest.mark.parametrize("comment", ["#N/A", "a\x07b"])
def test_comment_that_cannot_be_read_costs_no_row(run: Run, tmp_path: Path, comment: str) -> None:
    path = write_table(tmp_path / "a.csv", [{"image_id": "a", **COMPLETE, "comment": comment}])
    built = checked(run, path)
    [told] = built.told()
    assert (told["name"], told["severity"], told["column"], told["row"]) == ("cell-private", "info", "comment", 2)
    assert (built.report["images"], built.report["rejected"], built.process.returncode) == (1, 0, 0)


def test_comment_that_cannot_be_read_is_not_repeated(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"image_id": "a", "comment": {"DUPONT": 1}}\n', encoding="utf-8")
    built = checked(run, path)
    assert "DUPONT" not in built.process.stdout
    assert built.report["rejected"] == 0


# Files


@pytest.mark.parametrize(("language", "cause"), [("en", "none of this name"), ("fr", "aucun fichier ne porte ce nom")])
def test_missing_file_is_told_in_the_language_of_the_report(
    run: Run, tmp_path: Path, language: str, cause: str
) -> None:
    for verb, name in (("check", "nowhere.csv"), ("validate", "nowhere.ttl")):
        built = Built(run(verb, tmp_path / name, "--json", MUSCLE_ATLAS_LANGUAGE=language), tmp_path)
        [told] = built.told()
        assert cause in told["message"]
        assert "No such file" not in built.process.stdout


def test_link_to_itself_is_told_in_our_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    [told] = checked(run, tmp_path / "loop.csv", language="fr").told()
    assert "revient sur lui-même" in told["message"]
    assert os.strerror(40) not in told["message"]


def test_damaged_workbook_is_told_in_the_language_of_the_report(run: Run, tmp_path: Path) -> None:
    cell = b'<row r="2"><c r="A2" t="s"><v>99</v></c></row></sheetData>'
    table = [["image_id"], ["a"]]
    string = change_parts(
        write_workbook(tmp_path / "string.xlsx", table), {SHEET: lambda c: c.replace(b"</sheetData>", cell)}
    )
    text = change_parts(write_workbook(tmp_path / "text.xlsx", table), {SHEET: lambda _: b"image_id"})
    cut = write_workbook(tmp_path / "cut.xlsx", table)
    cut.write_bytes(cut.read_bytes()[:-200])
    parquet = tmp_path / "a.parquet"
    parquet.write_bytes(b"PAR1")
    built = checked(run, string, text, cut, parquet, language="fr")
    messages = {Path(problem["file"].partition("#")[0]).name: problem["message"] for problem in built.told()}
    assert "contredit la forme des classeurs" in messages["string.xlsx"]
    assert "XML est mal formé" in messages["text.xlsx"]
    assert "tronquée ou altérée" in messages["cut.xlsx"]
    assert "ne se décodent pas" in messages["a.parquet"]
    for words in ("out of range", "syntax error", "not a zip", "parquet:"):
        assert words not in built.process.stdout


# Columns that are absent


def test_absent_column_is_to_be_added(run: Run, tmp_path: Path) -> None:
    cells = {column: value for column, value in COMPLETE.items() if column != "age"}
    path = write_table(tmp_path / "a.csv", [{"image_id": name, **cells} for name in "ab"])
    [english] = checked(run, path).told()
    assert (english["name"], english["row"], english["column"]) == ("image-age-missing", None, None)
    assert english["suggestion"].startswith("Add a column “age”")
    [french] = checked(run, path, language="fr").told()
    assert french["suggestion"].startswith("Ajoutez une colonne « Âge à la biopsie »")


def test_empty_cell_is_to_be_filled(run: Run, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", [{"image_id": "a", **COMPLETE, "age": ""}])
    [told] = checked(run, path).told()
    assert (told["row"], told["column"]) == (2, "age")
    assert told["suggestion"].startswith("Fill the cell")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_columns_to_be_added_are_known(language: str) -> None:
    advised = [
        (rule.column, rule.without_column)
        for rule in Rules(NAMES, "fr" if language == "fr" else "en").by_iri.values()
        if rule.without_column
    ]
    assert len(advised) == 13
    for column, advice in advised:
        first, *others = re.findall(r"[“«]\s?(.+?)\s?[”»]", advice.partition(", ")[0])
        assert COLUMNS.find(first) == column
        assert all(COLUMNS.find(other) for other in others)


# Keys of JSON


def test_two_keys_for_one_column_are_told_with_the_line_of_the_second(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"image_id": "a", "gene": "BIN1"}\n{"image_id": "b"}\n{"image_id": "c", "Gène": "BIN1"}\n', encoding="utf-8"
    )
    [told] = checked(run, path).told()
    assert (told["name"], told["row"], told["value"]) == ("heading-twice", 3, "Gène")
    assert "gene" in told["suggestion"]


# Cells of several lines


@pytest.mark.parametrize(
    ("column", "cell", "written"),
    [
        ("gene", "BIN1\nRYR1", "BIN1; RYR1"),
        ("findings", "central cores\r\nnemaline bodies", "central cores; nemaline bodies"),
        ("variants", "NM_139343.3:c.461G>A\nNM_139343.3:c.462C>T", "NM_139343.3:c.461G>A; NM_139343.3:c.462C>T"),
        ("disease", "central\ncore disease", "central; core disease"),
    ],
)
def test_lines_of_a_cell_are_no_values_and_the_mend_is_told(
    run: Run, tmp_path: Path, column: str, cell: str, written: str
) -> None:
    path = write_table(tmp_path / "a.csv", [{"image_id": "a", **COMPLETE, column: cell}])
    [told] = checked(run, path).named("cell-lines")
    assert (told["row"], told["column"], told["severity"]) == (2, column, "warning")
    assert f"write: {written}." in told["suggestion"]


def test_lines_that_end_in_the_separator_are_values(run: Run, tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "a.csv", [{"image_id": "a", **COMPLETE, "findings": "central cores;\nnemaline bodies"}]
    )
    assert checked(run, path).named("cell-lines") == []


def test_what_is_never_published_is_a_column() -> None:
    assert Columns().private == {"comment"}
