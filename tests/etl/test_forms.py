"""Every form in which laboratories keep tables: text in any encoding, JSON Lines, Parquet, and what only looks so."""

import bz2
import csv
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.read.cells import clean, write, write_number
from etl.read.limits import Limits
from tests.conftest import HOUSE, Run
from tests.etl.built import Built
from tests.etl.tabular import names, one, read, rows, write_workbook

FRENCH = "Identifiant;Espèce;Muscle prélevé;Gène\nim-1;souris;deltoïde;BIN1\n"
READ = ("image_id", "species", "muscle", "gene")
MEANT = [("im-1", "souris", "deltoïde", "BIN1")]


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encoding_that_is_declared_or_plain_is_read_without_a_word(tmp_path: Path, encoding: str) -> None:
    records = read(written(tmp_path / "a.csv", FRENCH.encode(encoding)))
    assert rows(records, *READ) == MEANT
    assert records.problems == []


@pytest.mark.parametrize(
    ("encoding", "called"),
    [
        ("cp1252", "Windows-1252"),
        ("latin-1", "Windows-1252"),
        ("mac_roman", "Mac Roman"),
        ("utf-16-le", "UTF-16 LE"),
        ("utf-16-be", "UTF-16 BE"),
    ],
)
def test_encoding_that_is_guessed_is_told_with_a_word_that_shows_it(tmp_path: Path, encoding: str, called: str) -> None:
    records = read(written(tmp_path / "a.csv", FRENCH.encode(encoding)))
    assert rows(records, *READ) == MEANT
    told = one(records, "file-encoding-guessed")
    assert (told.severity, told.row, told.value) == ("warning", 1, called)
    assert ("Identifiant" if "utf-16" in encoding else "Espèce") in told.message


def test_signs_that_windows_1252_does_not_have_make_the_text_latin_1_and_are_told(tmp_path: Path) -> None:
    records = read(written(tmp_path / "a.csv", b"image_id,muscle\na,delto\xefde\nb,x\x81\n"))
    assert one(records, "file-encoding-guessed").value == "ISO 8859-1 (Latin-1)"
    assert (one(records, "cell-control-character").row, one(records, "cell-control-character").value) == (3, "U+0081")
    assert rows(records, "muscle") == [("deltoïde",), (None,)]


def test_typographic_signs_of_windows_are_read(tmp_path: Path) -> None:
    records = read(written(tmp_path / "a.csv", "image_id,caption_fr\na,l’œil – 10 €\n".encode("cp1252")))
    assert rows(records, "caption_fr") == [("l’œil – 10 €",)]


@pytest.mark.parametrize(
    ("content", "row", "value"),
    [
        ("image_id,muscle\na,deltoïde\nb,deltoïde\n".encode()[:-5] + b"\xefde\n", 3, "0xEF"),
        (b"\xef\xbb\xbfimage_id\n\xe9\n", 2, "0xE9"),
        (b"image_id\na\n" + b"\xed\xa0\x80" + "é".encode(), 3, "0xED"),
        ("image_id\na\n\ud800b\n".encode("utf-16", "surrogatepass"), 3, "0x00 0xD8"),
        ("image_id\na".encode("utf-16")[:-1], 2, "0x61"),
    ],
    ids=["one wrong byte", "with a byte order mark", "surrogate", "surrogate in UTF-16", "cut off"],
)
def test_text_that_is_mixed_is_never_guessed_at(tmp_path: Path, content: bytes, row: int, value: str) -> None:
    records = read(written(tmp_path / "a.csv", content))
    assert records.unreadable
    [told] = records.problems
    assert (told.name, told.row, told.value) == ("file-encoding", row, value)


# Separators, headings, titles


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_the_one_that_makes_headings_known(tmp_path: Path, separator: str) -> None:
    records = read(written(tmp_path / "a.txt", FRENCH.replace(";", separator)))
    assert rows(records, *READ) == MEANT


def test_headings_are_found_below_a_title_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    content = "Biopsie\n\n\nLaboratoire de myologie, 2024\n" + FRENCH
    records = read(written(tmp_path / "a.csv", content))
    assert rows(records, "row", *READ) == [(6, *MEANT[0])]
    [told] = records.problems
    assert (told.name, told.severity, told.row) == ("heading-below-title", "info", 5)
    assert told.value == "Biopsie · Laboratoire de myologie, 2024"


def test_rows_that_look_like_headings_do_not_replace_them(tmp_path: Path) -> None:
    records = read(written(tmp_path / "a.csv", "image_id,gene\nimage,disease\n"))
    assert rows(records, "row", "image_id") == [(2, "image")]
    assert records.problems == []


def test_headings_are_known_with_spaces_and_signs_of_no_width(tmp_path: Path) -> None:
    content = "\u200bIdentifiant\u00a0,\u202fMuscle\u00a0prélevé,Gè\u200bne,\u2060DOI\nIM\u200b-1,a\u00a0b,B,\n"
    records = read(written(tmp_path / "a.csv", content))
    assert rows(records, "image_id", "muscle", "gene") == [("IM-1", "a\u00a0b", "B")]
    assert records.problems == []


def test_headings_are_known_as_forms_of_laboratories_write_them(tmp_path: Path) -> None:
    records = read(
        written(tmp_path / "a.tsv", "Identifiant *\tÂge (ans)\tSexe (F/M) :\tGène(s)\tN° de biopsie\tPMID\na\n")
    )
    assert list(records.headings[str(tmp_path / "a.tsv")]) == ["image_id", "age", "sex", "gene", "specimen_id", "doi"]


def test_heading_that_gives_ages_in_months_is_not_read_as_years(tmp_path: Path) -> None:
    records = read(written(tmp_path / "a.tsv", "Identifiant\tÂge (mois)\na\t9\n"))
    assert one(records, "heading-unknown").value == "Âge (mois)"


def test_column_without_heading_that_holds_something_is_told_once(tmp_path: Path) -> None:
    records = read(written(tmp_path / "a.csv", "image_id,,gene,,\na,,B,,\nb,x,B,,\nc,y,B,,\n"))
    [told] = records.problems
    assert (told.name, told.row, told.value) == ("heading-empty", 3, "B")


def test_biopsies_stand_in_for_photographs_that_have_no_column(tmp_path: Path) -> None:
    content = "patient_id,biopsie_id,muscle_prelev,gene_diag\nP1,B1,deltoid,HGNC:1052 BIN1\nP2,B2,deltoid,\n"
    records = read(written(tmp_path / "reports.csv", content))
    assert rows(records, "image_id", "specimen_id", "individual_id") == [("B1", "B1", "P1"), ("B2", "B2", "P2")]
    [told] = records.problems
    assert (told.name, told.severity, told.row) == ("heading-image-id-from-specimen", "warning", 1)
    assert (told.column, told.value) == ("biopsie_id", "biopsie_id")


def test_reports_on_biopsies_are_published(run: Run, records: Callable[..., Path]) -> None:
    report = {
        "patient_id": "P1",
        "biopsie_id": "B1",
        "muscle_prelev": "deltoid",
        "age_biopsie": "14",
        "gene_diag": "HGNC:1052 BIN1",
        "conclusion": "ORPHA:169189 Autosomal dominant centronuclear myopathy",
        "type_coloration": "HE",
    }
    checked = Built(run("check", records(report), "--json"), Path())
    assert (checked.report["images"], checked.report["rejected"]) == (1, 0)
    assert len(checked.named("heading-image-id-from-specimen")) == 1


# Cells


HOSTILE = {
    "markup": '"><script>alert(1)</script>',
    "newline": "first\nsecond",
    "quote": 'say "no"',
    "backslash": "C:\\new\\u0041",
    "formula": "=cmd|' /C calc'!A0",
    "apostrophe": "'=1+1",
    "spaces": "a\u00a0b\u202fc",
    "joined": "👩🏽\u200d🔬",
}


@pytest.mark.parametrize("form", ["csv", "tsv", "xlsx", "jsonl", "parquet"])
def test_hostile_text_is_the_same_text_in_every_form(tmp_path: Path, form: str) -> None:
    given_rows = [[name, text, name] for name, text in HOSTILE.items()]
    path = WRITERS[form](tmp_path / f"a.{form}", ["image_id", "caption_en", "gene"], given_rows)
    records = read(path)
    assert rows(records, "image_id", "caption_en") == list(HOSTILE.items())
    assert [name for name in names(records.problems) if name != "cell-formula"] == []


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_control_character_leaves_its_row_out_in_every_form(tmp_path: Path, form: str) -> None:
    path = WRITERS[form](tmp_path / f"a.{form}", ["image_id", "gene"], [["a", "x\0y"], ["b", "BIN1"]])
    records = read(path)
    assert (one(records, "cell-control-character").value, records.rejected) == ("U+0000", {0})
    assert rows(records, "image_id", "gene") == [("a", None), ("b", "BIN1")]


@pytest.mark.parametrize("word", ["#REF!", "#N/A", "#valeur!", "#NOM ?"])
def test_errors_of_formulas_are_told_where_a_table_was_exported_with_them(tmp_path: Path, word: str) -> None:
    records = read(written(tmp_path / "a.csv", f"image_id,gene\na,{word}\nb,#1\n"))
    told = one(records, "cell-error")
    assert (told.row, told.column, told.value, records.rejected) == (2, "gene", word, {0})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (14.0, "14"),
        (0.5, "0.5"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (float("nan"), "nan"),
        (True, "true"),
        (None, ""),
        (date(2026, 9, 9), "2026-09-09"),
        (datetime(2026, 9, 9), "2026-09-09"),
        (datetime(2026, 9, 9, 14, 30), "2026-09-09T14:30:00"),
        (["BIN1", 2.0, None], "BIN1;2;"),
    ],
)
def test_values_are_written_as_a_person_would_type_them(value: object, text: str) -> None:
    assert write(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_the_same_number_as_text(number: float) -> None:
    text = write_number(repr(number))
    assert float(text) == number
    assert "e" not in text


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    cleaned = clean(text, Limits())
    assert cleaned is None or clean(cleaned, Limits()) == cleaned


def test_marks_piled_without_end_are_told_before_they_take_time(tmp_path: Path) -> None:
    started = time.perf_counter()
    records = read(written(tmp_path / "a.csv", "image_id,caption_en\na,x" + "\u0315\u0300" * 200_000 + "\n"))
    assert one(records, "cell-control-character").value == "U+0315"
    assert time.perf_counter() - started < 20


# JSON Lines


def json_lines(tmp_path: Path, *lines: str, name: str = "a.jsonl") -> Path:
    return written(tmp_path / name, "\n".join(lines) + "\n")


def test_values_of_json_have_their_types(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path,
        '{"Identifiant": "a", "age": 14.0, "pixel_size_um": 1.50, "gene": ["BIN1", "RYR1"], "synthetic": true}',
        "",
        '{"Identifiant": 17, "age": null, "pixel_size_um": NaN, "gene": [], "zorglub": 1}',
    )
    records = read(path)
    assert rows(records, "row", "image_id", "age", "pixel_size_um", "gene", "synthetic") == [
        (1, "a", "14", "1.5", "BIN1;RYR1", "true"),
        (3, "17", None, None, None, None),
    ]
    told = one(records, "heading-unknown")
    assert (told.row, told.value) == (None, "zorglub")


def test_a_line_that_is_no_object_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path,
        '{"image_id": "a", "gene": "BIN1"}',
        '{"image_id": "b", "gene": "BIN1"',
        '["c"]',
        '{"image_id": "d", "gene": "BIN1", "gene": "RYR1"}',
        "[" * 100_000,
        '{"image_id": "e\ttab"}',
        '{"image_id": "f"}',
    )
    records = read(path)
    found = [(problem.row, problem.name) for problem in records.problems]
    assert found == [(2, "row-json"), (3, "row-json"), (4, "row-key-twice"), (5, "row-json"), (6, "row-json")]
    assert records.shifted == {1, 2, 3, 4, 5}
    assert [image for (image,) in rows(records, "image_id") if image] == ["a", "f"]


def test_what_is_no_cell_in_json_is_told(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path,
        '{"image_id": "a", "gene": {"symbol": "BIN1"}}',
        '{"image_id": "b", "gene": [["BIN1"]]}',
        '{"image_id": "c", "gene": ["BIN1; RYR1"]}',
        '{"image_id": "d", "gene": "\\ud800"}',
        '{"image_id": "e", "\\udfff": "\\ud800"}',
        '{"image_id": "f", "age": ' + "9" * 5000 + "}",
    )
    records = read(path)
    assert [(problem.name, problem.row, problem.value) for problem in records.problems] == [
        ("heading-unknown", None, "?"),
        ("cell-nested", 1, "symbol"),
        ("cell-nested", 2, "[[…]]"),
        ("cell-list-separator", 3, "BIN1; RYR1"),
        ("cell-control-character", 4, "U+D800"),
    ]
    assert records.rejected == {0, 1, 2, 3}
    assert rows(records, "age")[-1] == ("9" * 5000,)


def test_key_without_a_name_that_holds_something_is_told(tmp_path: Path) -> None:
    records = read(json_lines(tmp_path, '{"image_id": "a", "gene": "BIN1"}', '{"image_id": "b", " ": "lost"}'))
    told = one(records, "heading-empty")
    assert (told.row, records.unreadable) == (2, False)


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_of_json_end_as_any_system_ends_them(tmp_path: Path, end: str) -> None:
    lines = end.join(['{"image_id": "a"}', '{"image_id": "b", "caption_en": "one\u2028two"}', ""])
    records = read(written(tmp_path / "a.jsonl", lines))
    assert rows(records, "row", "image_id", "caption_en") == [(1, "a", None), (2, "b", "one\u2028two")]


def test_line_of_json_that_is_too_long_is_told_by_its_length(tmp_path: Path) -> None:
    given = '{"image_id": "a", "caption_en": "' + "x" * 200 + '"}\n'
    for name in ("a.jsonl", "a.txt"):
        records = read(written(tmp_path / name, given), limits=Limits(line=100))
        assert [(problem.name, problem.row) for problem in records.problems] == [("line-limit", 1)]


def test_list_of_json_on_one_long_line_is_told_as_json(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", json.dumps([{"image_id": "a", "caption_en": "x" * 200}]))
    assert names(read(path, limits=Limits(line=100)).problems) == ["file-json"]


def test_two_keys_that_mean_one_column_are_a_heading_twice(tmp_path: Path) -> None:
    records = read(json_lines(tmp_path, '{"image_id": "a", "gene": "BIN1"}', '{"image_id": "b", "Gène": "BIN1"}'))
    assert (names(records.problems), records.unreadable) == (["heading-twice"], True)


# Parquet


def test_values_of_parquet_have_their_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "zorglub": [{"a": 1}, {"a": 2}],
            "Identifiant": pl.Series(["a", "b"], dtype=pl.Categorical),
            "age": [14.0, None],
            "gene": [["BIN1", "RYR1"], ["BIN1;RYR1"]],
            "synthetic": [True, False],
            "comment": [datetime(2026, 9, 9), None],
            "strain": pl.Series([1, None], dtype=pl.Decimal(10, 2)),
            "stain": [b"x", None],
        }
    )
    frame.write_parquet(tmp_path / "a.parquet")
    records = read(tmp_path / "a.parquet")
    assert rows(records, "row", "image_id", "age", "gene", "synthetic", "comment", "strain") == [
        (2, "a", "14", "BIN1;RYR1", "true", "2026-09-09", "1"),
        (3, "b", None, None, "false", None, None),
    ]
    assert {(problem.name, problem.row) for problem in records.problems} == {
        ("heading-unknown", 1),
        ("cell-nested", 2),
        ("cell-list-separator", 3),
    }


@pytest.mark.parametrize("spoil", [lambda c: c[:-20], lambda c: c[:4] + bytes(40) + c[44:], lambda _: b"PAR1"])
def test_damaged_parquet_is_told(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    pl.DataFrame({"image_id": ["a"] * 100}).write_parquet(tmp_path / "a.parquet")
    records = read(written(tmp_path / "b.parquet", spoil((tmp_path / "a.parquet").read_bytes())))
    assert (names(records.problems), records.unreadable) == (["file-damaged"], True)


def test_parquet_that_repeats_long_text_without_end_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"image_id": ["x" * 10_000] * 1000}).write_parquet(tmp_path / "a.parquet")
    records = read(tmp_path / "a.parquet", limits=Limits(unpacked=1_000_000))
    assert names(records.problems) == ["file-unpacked-limit"]
    assert "1 MB" in records.problems[0].message


# What a file is, whatever it is called


@pytest.mark.parametrize(
    ("form", "name"), [("csv", "a.xlsx"), ("xlsx", "a.csv"), ("jsonl", "a.csv"), ("csv", "a.json")]
)
def test_form_is_told_by_content(tmp_path: Path, form: str, name: str) -> None:
    records = read(WRITERS[form](tmp_path / name, ["image_id", "gene"], [["a", "BIN1"]]))
    assert rows(records, "image_id", "gene") == [("a", "BIN1")]


def test_heading_that_begins_like_an_archive_is_a_heading(tmp_path: Path) -> None:
    assert rows(read(written(tmp_path / "a.csv", "PK,image_id\n1,a\n")), "image_id") == [("a",)]


OTHER = {
    "table.csv.gz": (gzip.compress(FRENCH.encode()), "file-archive", "GZIP"),
    "table.csv.bz2": (bz2.compress(FRENCH.encode()), "file-archive", "BZIP2"),
    "old.xls": (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "Workbook".encode("utf-16-le"),
        "workbook-form",
        "XLS",
    ),
    "locked.xlsx": (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
        "workbook-encrypted",
        None,
    ),
    "letter.doc": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504), "file-form", "OLE"),
    "export.xls": (b"\n<HTML><table><tr><td>image_id</td></tr></table>", "workbook-form", "HTML"),
    "report.pdf": (b"%PDF-1.7\n", "file-form", "PDF"),
    "table.feather": (b"ARROW1\0\0\xff\xff\xff\xff", "file-form", "Arrow"),
    "table.avro": (b"Obj\x01\x04\x16avro.schema\xd0", "file-form", "Avro"),
    "table.sav": (b"$FL2@(#) SPSS DATA FILE\xd0", "file-form", "SPSS"),
    "records.json": (json.dumps([{"image_id": "a"}]).encode(), "file-json", None),
    "pretty.json": (json.dumps({"image_id": "a"}, indent=1).encode(), "file-json", None),
    "zeros.csv": (bytes(5000), "file-empty", None),
    "mark.csv": (b"\xef\xbb\xbf\n", "file-empty", None),
}


@pytest.mark.parametrize("name", OTHER)
def test_other_kinds_of_files_are_told_with_what_to_do(tmp_path: Path, name: str) -> None:
    content, rule, value = OTHER[name]
    records = read(written(tmp_path / name, content))
    [told] = records.problems
    assert (told.name, told.value, records.unreadable) == (rule, value, True)
    assert told.suggestion


def test_pipe_is_not_waited_for_and_a_device_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    records = read(tmp_path / "pipe.csv", Path("/dev/zero"), tmp_path, tmp_path / "loop.csv")
    assert names(records.problems) == ["file-kind", "file-kind", "file-kind", "file-missing"]


def test_every_file_read_has_its_checksum(tmp_path: Path) -> None:
    paths = [WRITERS[form](tmp_path / f"a.{form}", ["image_id"], [["a"]]) for form in WRITERS]
    inputs = read(*paths).inputs
    assert [len(given.sha256) for given in inputs] == [64] * len(paths)
    assert [given.rows for given in inputs] == [1] * len(paths)


# Limits


TABLE = "image_id,gene\n" + "".join(f"im-{n},BIN1\n" for n in range(50))


@pytest.mark.parametrize(
    ("content", "limits", "told"),
    [
        (TABLE, Limits(file=100), ("file-limit", None, "0.0001 MB")),
        (TABLE, Limits(columns=1), ("heading-limit", 1, "1 headings")),
        (TABLE, Limits(rows=20), ("row-limit", 22, "20 rows")),
        (TABLE + "x" * 200, Limits(line=100), ("line-limit", 52, "100 characters")),
        (TABLE + "a," + "x" * 200, Limits(cell=100), ("cell-limit", 52, "100 characters")),
        (TABLE + 'a,"' + "open\n" * 50, Limits(cell=100), ("cell-limit", 52, "100 characters")),
        (TABLE + "a,b,c\n" * 50, Limits(faults=10), ("row-faults", 101, "10 rows")),
        ('{"image_id": "a"}\n{"x": 1, "y": 2}\n', Limits(columns=2), ("heading-limit", None, "2 headings")),
        ('{"image_id": "a"}\n' + "{\n" * 50, Limits(faults=10), ("row-faults", 51, "10 rows")),
    ],
)
def test_limit_is_told_where_it_is_passed(
    tmp_path: Path, content: str, limits: Limits, told: tuple[str, int | None, str]
) -> None:
    records = read(written(tmp_path / "a.csv", content), limits=limits)
    last = records.problems[-1]
    assert (last.name, last.row, records.unreadable) == (*told[:2], True)
    assert told[2] in last.message.replace("\u202f", " ")


@pytest.mark.parametrize("form", ["xlsx", "jsonl", "parquet"])
def test_cell_that_is_too_long_leaves_out_its_row_only(tmp_path: Path, form: str) -> None:
    path = WRITERS[form](tmp_path / f"a.{form}", ["image_id", "gene"], [["a", "x" * 200], ["b", "BIN1"]])
    records = read(path, limits=Limits(cell=100))
    assert (names(records.problems), records.rejected, records.unreadable) == (["cell-limit"], {0}, False)


def test_rows_cut_short_are_told_one_by_one_up_to_a_number(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "image_id,gene\n" + "a\n" * 50)
    records = read(path, limits=Limits(short=5))
    assert names(records.problems) == ["row-too-short"] * 5 + ["rows-too-short"]
    assert records.problems[-1].message.startswith("45 more rows")


MEASURE = """
import resource, sys
from pathlib import Path
from tests.etl.tabular import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
records = read(Path(sys.argv[1]))
print(*(problem.name for problem in records.problems), records.table.height)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // (1024**2 if sys.platform == "darwin" else 1024))
"""


@pytest.mark.parametrize(
    ("content", "told", "megabytes"),
    [
        (lambda: b"image_id," + b"x" * 200_000_000, "line-limit 0", 300),
        (lambda: ",".join(f"c{n}" for n in range(1_000_000)).encode(), "heading-limit 0", 250),
        (lambda: b"image_id\n" + b"\n" * 2_000_000 + b"a\n", "1", 100),
    ],
    ids=["a line of 200 MB", "a million headings", "two million empty rows"],
)
def test_hostile_files_take_little_more_memory_than_they_are_large(
    tmp_path: Path, content: Callable[[], bytes], told: str, megabytes: int
) -> None:
    path = written(tmp_path / "a.csv", content())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, path], cwd=HOUSE, capture_output=True, text=True, timeout=100, check=True
    )
    found, taken = done.stdout.splitlines()
    assert found == told
    assert int(taken) < megabytes


# What is written is what is read


def write_csv(path: Path, headings: list[str], given_rows: list[list[str]], **options: str) -> Path:
    with path.open("w", encoding=options.get("encoding", "utf-8"), newline="") as file:
        writer = csv.writer(file, delimiter=options.get("delimiter", ","))
        writer.writerows([headings, *given_rows])
    return path


def write_json_lines(path: Path, headings: list[str], given_rows: list[list[str]]) -> Path:
    lines = [json.dumps(dict(zip(headings, row, strict=True))) for row in given_rows]
    return written(path, "\n".join(lines) + "\n")


def write_parquet(path: Path, headings: list[str], given_rows: list[list[str]]) -> Path:
    pl.DataFrame(given_rows, schema=dict.fromkeys(headings, pl.String), orient="row").write_parquet(path)
    return path


def write_sheet(path: Path, headings: list[str], given_rows: list[list[str]]) -> Path:
    def as_text(book: object) -> None:
        for row in book.worksheets[0].iter_rows(min_row=2):  # type: ignore[attr-defined]
            for cell in row:
                # Text that begins with "=" is text here, no formula.
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type

    return write_workbook(path, [headings, *given_rows], edit=as_text)


WRITERS: dict[str, Callable[[Path, list[str], list[list[str]]], Path]] = {
    "csv": write_csv,
    "tsv": lambda path, headings, given_rows: write_csv(path, headings, given_rows, delimiter="\t"),
    "xlsx": write_sheet,
    "jsonl": write_json_lines,
    "parquet": write_parquet,
}

PRINTED = st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"], exclude_characters="#")
WORDS = st.lists(st.text(PRINTED, min_size=1, max_size=8), min_size=0, max_size=3).map(" ".join)
WESTERN = st.text(st.sampled_from("abcXYZ019 ,;|\t\n\"'=éèêàçîôûöüñ"), max_size=12)


def tables(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.tuples(cells, cells).map(list), min_size=1, max_size=5).map(
        lambda found: [[f"im-{n}", *row] for n, row in enumerate(found)]
    )


HEADINGS = ["Identifiant", "Légende", "comment"]
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_same(path: Path, given_rows: list[list[str]], *told: str) -> None:
    records = read(path)
    assert [name for name in names(records.problems) if name not in told] == []
    meant = [tuple(clean(cell, Limits()) for cell in row) for row in given_rows]
    assert rows(records, "image_id", "caption_fr", "comment") == meant


@SLOW
@given(given_rows=tables(WORDS))
def test_records_are_the_same_in_every_form(tmp_path: Path, given_rows: list[list[str]]) -> None:
    for form, writer in WRITERS.items():
        assert_same(writer(tmp_path / f"a.{form}", HEADINGS, given_rows), given_rows)


@SLOW
@given(given_rows=tables(WESTERN), delimiter=st.sampled_from(",;\t|"))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"])
def test_records_are_the_same_in_every_encoding(
    tmp_path: Path, encoding: str, given_rows: list[list[str]], delimiter: str
) -> None:
    path = write_csv(tmp_path / "a.csv", HEADINGS, given_rows, encoding=encoding, delimiter=delimiter)
    assert_same(path, given_rows, "file-encoding-guessed")


def surrogates_too(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


BEGINNINGS = [b"", b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"image_id,gene\n", b"image_id\n\xe9", b'{"image_id":']
TEXT = st.text(st.sampled_from('aé ,;\t|"\n\r{}[]:=\\u0\0\ud800'), max_size=40)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(beginning=st.sampled_from(BEGINNINGS), rest=st.binary(max_size=100) | TEXT.map(surrogates_too))
def test_any_bytes_are_read_or_told(tmp_path: Path, beginning: bytes, rest: bytes) -> None:
    records = read(written(tmp_path / "a", beginning + rest))
    assert records.problems or records.table.height
    # What is told can be written as UTF-8.
    assert "".join(f"{told.message}{told.value}{told.column}" for told in records.problems).encode() is not None
