"""Workbooks: sheets, types of cells, merged and hidden cells, and archives that are damaged or hostile."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from etl.read.limits import Limits
from etl.read.references import LAST_COLUMN, letters, parse_cell
from tests.conftest import Run
from tests.etl.built import COMPLETE, Built
from tests.etl.tabular import SHEET, change_parts, names, one, read, rows, write_workbook

HEADINGS: list[object] = ["image_id", "gene", "age"]
TABLE: list[list[object]] = [HEADINGS, ["a", "BIN1", 14], ["b", "RYR1", 9]]


def sheet_of(*rows_: str, before: str = "", behind: str = "") -> Callable[[bytes], bytes]:
    """Replace the rows of the first sheet by others, written as XML."""

    def change(content: bytes) -> bytes:
        text = content.decode()
        start, end = text.index("<sheetData>"), text.index("</sheetData>") + len("</sheetData>")
        return f"{text[:start]}{before}<sheetData>{''.join(rows_)}</sheetData>{behind}{text[end:]}".encode()

    return change


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADING_ROW = f'<row r="1">{cell("A1", "image_id")}{cell("B1", "gene")}</row>'


def book_with(tmp_path: Path, *rows_: str, before: str = "", behind: str = "") -> Path:
    path = write_workbook(tmp_path / "a.xlsx", TABLE)
    return change_parts(path, {SHEET: sheet_of(HEADING_ROW, *rows_, before=before, behind=behind)})


# Sheets


def test_each_sheet_is_a_table_and_keeps_its_name(tmp_path: Path) -> None:
    second = [["Identifiant", "Gène"], None, ["c", "DMD"]]
    path = write_workbook(tmp_path / "a.xlsx", TABLE, [row or [] for row in second])
    records = read(path)
    assert rows(records, "file", "row", "image_id", "gene") == [
        (f"{path}#Sheet 1", 2, "a", "BIN1"),
        (f"{path}#Sheet 1", 3, "b", "RYR1"),
        (f"{path}#Sheet 2", 3, "c", "DMD"),
    ]
    assert records.headings[f"{path}#Sheet 2"] == {"image_id": "Identifiant", "gene": "Gène"}
    assert [(given.path, given.rows, given.sheets) for given in records.inputs] == [
        (str(path), 3, ("Sheet 1", "Sheet 2"))
    ]


def test_sheets_that_hold_no_table_are_told_and_the_others_read(tmp_path: Path) -> None:
    def hide(book: Workbook) -> None:
        book.worksheets[3].sheet_state = "hidden"
        book.worksheets[4].sheet_state = "veryHidden"
        book.create_chartsheet("Chart")

    patients = [["patient", "sexe"], ["P1", "F"]]
    path = write_workbook(tmp_path / "a.xlsx", [["Read me"], ["zorglub"]], TABLE, [], TABLE, TABLE, patients, edit=hide)
    records = read(path)
    assert {(problem.file, problem.name, problem.value, problem.severity) for problem in records.problems} == {
        (f"{path}#Sheet 1", "sheet-without-table", None, "warning"),
        (f"{path}#Sheet 3", "sheet-without-table", None, "warning"),
        (str(path), "sheet-hidden", "Sheet 4", "warning"),
        (str(path), "sheet-hidden", "Sheet 5", "warning"),
        (f"{path}#Sheet 6", "sheet-without-table", None, "warning"),
    }
    assert not records.unreadable
    assert [image for (image,) in rows(records, "image_id")] == ["a", "b"]


@pytest.mark.parametrize(
    ("sheets", "told"),
    [
        ([[]], ["file-empty"]),
        ([[["gene"], ["BIN1"]]], ["heading-image-id-missing"]),
        ([[], [["gene"], ["BIN1"]]], ["heading-image-id-missing", "sheet-without-table"]),
    ],
)
def test_workbook_without_any_table_is_unreadable(
    tmp_path: Path, sheets: list[list[list[object]]], told: list[str]
) -> None:
    records = read(write_workbook(tmp_path / "a.xlsx", *sheets))
    assert (names(records.problems), records.unreadable) == (told, True)


def test_what_is_wrong_with_a_value_is_told_with_its_sheet(run: Run, tmp_path: Path) -> None:
    heads = ["image_id", *COMPLETE]
    faulty = {**COMPLETE, "gene": "BIN11"}
    path = write_workbook(tmp_path / "a.xlsx", [heads, ["a", *COMPLETE.values()]], [heads, ["b", *faulty.values()]])
    checked = Built(run("check", path, "--json"), Path())
    [told] = [problem for problem in checked.told() if problem["severity"] == "violation"]
    assert (told["file"], told["row"], told["name"]) == (f"{path}#Sheet 2", 2, "gene-unknown")
    assert (checked.report["images"], checked.report["rejected"]) == (1, 1)


# Cells


def test_cells_are_read_by_their_type(tmp_path: Path) -> None:
    values: dict[str, tuple[object, str | None]] = {
        "whole": (14, "14"),
        "float": (14.0, "14"),
        "part": (0.1625, "0.1625"),
        "small": (1e-7, "0.0000001"),
        "yes": (True, "true"),
        "day": (date(2026, 9, 9), "2026-09-09"),
        "moment": (datetime(2026, 9, 9, 14, 30), "2026-09-09T14:30:00"),
        "hour": (time(8, 5), "08:05:00"),
        "hours": (timedelta(hours=26, minutes=30), "26:30:00"),
        "text": ("  deux\u00a0mots ", "deux\u00a0mots"),
        "escaped": ("a_x000D_\nb", "a\r\nb"),
        "rich": (CellRichText("BIN", TextBlock(InlineFont(b=True), "1"), " gène"), "BIN1 gène"),
        "error": ("#REF!", None),
    }
    table: list[list[object]] = [["image_id", "treatment"], *([name, value] for name, (value, _) in values.items())]
    records = read(write_workbook(tmp_path / "a.xlsx", table))
    assert dict(records.table.select("image_id", "treatment").iter_rows()) == {
        name: text for name, (_, text) in values.items()
    }
    [told] = records.problems
    assert (told.name, told.row, told.column, told.value) == ("cell-error", 14, "treatment", "#REF!")


def test_dates_are_counted_from_the_day_that_the_workbook_counts_from(tmp_path: Path) -> None:
    def from_1904(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    table: list[list[object]] = [["image_id", "comment"], ["a", date(2026, 9, 9)]]
    records = read(write_workbook(tmp_path / "a.xlsx", table, edit=from_1904))
    assert rows(records, "comment") == [("2026-09-09",)]


def test_zeros_in_front_that_a_format_shows_are_part_of_an_identifier(tmp_path: Path) -> None:
    def format_(book: Workbook) -> None:
        book.worksheets[0]["A2"].number_format = "00000"
        book.worksheets[0]["C2"].number_format = "0%"

    records = read(write_workbook(tmp_path / "a.xlsx", [HEADINGS, [42, "BIN1", 0.5]], edit=format_))
    assert rows(records, "image_id", "age") == [("00042", "0.5")]


def test_text_that_a_quote_in_front_keeps_text_is_read_without_it(tmp_path: Path) -> None:
    def quote(book: Workbook) -> None:
        book.worksheets[0]["B2"].data_type = "s"
        book.worksheets[0]["B2"].style = "Normal"
        book.worksheets[0]["B2"].quotePrefix = True

    records = read(write_workbook(tmp_path / "a.xlsx", [HEADINGS, ["a", "=1+1", 14]], edit=quote))
    assert rows(records, "gene") == [("=1+1",)]
    assert records.problems == []


def test_formula_gives_its_stored_result_and_a_command_its_text(tmp_path: Path) -> None:
    path = book_with(
        tmp_path,
        '<row r="2"><c r="A2" t="str"><f>"a"&amp;1</f><v>a1</v></c><c r="B2" t="str"><f>1</f><v></v></c></row>',
        '<row r="3"><c r="A3"><f>1+1</f><v>2</v></c>'
        '<c r="B3" t="str"><f>cmd|\' /C calc\'!A0</f><v>harmless</v></c></row>',
        '<row r="4"><c r="A4" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B4"><f>A1</f></c></row>',
        '<row r="5"><c r="A5"><v>5</v></c><c r="B5" t="str"><f>IF(A5="a|b",1)</f><v>BIN1</v></c></row>',
    )
    records = read(path)
    assert rows(records, "image_id", "gene") == [
        ("a1", None),
        ("2", "=cmd|' /C calc'!A0"),
        (None, "=A1"),
        ("5", "BIN1"),
    ]
    told = one(records, "cell-formula")
    assert (told.row, told.column, told.value) == (3, "gene", "=cmd|' /C calc'!A0")
    assert (one(records, "cell-error").row, records.rejected) == (4, {2})


def test_formula_about_an_age_shows_no_day_of_birth(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "age"], ["a", '=DATEDIF("12/05/1995",NOW(),"y")']])
    told = one(read(path), "cell-formula")
    assert (told.row, told.column) == (2, "age")
    assert not any(sign.isdigit() for sign in f"{told.value}{told.message}")


def test_number_has_the_fifteen_digits_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    path = book_with(tmp_path, '<row r="2"><c r="A2"><f>0.1+0.2</f><v>0.30000000000000004</v></c></row>')
    assert rows(read(path), "image_id") == [("0.3",)]


def share_strings(path: Path, *strings: str) -> Path:
    """Give a workbook strings that its cells refer to by number, as Excel and LibreOffice write them."""
    relation = b'<Relationship Id="rId99" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    change_parts(path, {"xl/_rels/workbook.xml.rels": lambda c: c.replace(b"</Relationships>", relation)})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst>{''.join(strings)}</sst>")
    return path


def test_strings_that_cells_share_are_read_without_their_format_and_pronunciation(tmp_path: Path) -> None:
    path = book_with(
        tmp_path,
        '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>0</v></c></row>',
        '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" t="s"><v>3</v></c></row>',
    )
    share_strings(
        path,
        "<si><t>BIN1</t></si>",
        "<si><r><rPr><b/></rPr><t>a</t></r><r><t>-1 </t></r></si>",
        "<si><t>b</t><rPh sb='0' eb='1'><t>bé</t></rPh></si>",
        "<si/>",
    )
    assert rows(read(path), "image_id", "gene") == [("a-1", "BIN1"), ("b", None)]


def test_signs_that_xml_cannot_hold_are_told(tmp_path: Path) -> None:
    path = book_with(
        tmp_path, *(f'<row r="{n}">{cell(f"A{n}", f"x_x{c}_")}</row>' for n, c in ((2, "0000"), (3, "D800")))
    )
    records = read(path)
    assert [(problem.row, problem.value) for problem in records.problems] == [(2, "U+0000"), (3, "U+D800")]


def test_sheets_of_programs_that_leave_out_or_prefix_names_are_read(tmp_path: Path) -> None:
    def prefixed(content: bytes) -> bytes:
        text = sheet_of("<row><c t='inlineStr'><is><t>image_id</t></is></c></row><row><c><v>7</v></c></row>")(
            content
        ).decode()
        named = text.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:").replace("xmlns=", "xmlns:x=")
        return named.replace("<x:?xml", "<?xml").encode()

    path = change_parts(write_workbook(tmp_path / "a.xlsx", TABLE), {SHEET: prefixed})
    assert rows(read(path), "row", "image_id") == [(2, "7")]


# Merged and hidden cells, cells beside the table


def test_cells_merged_downwards_count_for_all_their_rows(tmp_path: Path) -> None:
    table: list[list[object]] = [
        ["image_id", "patient", "gene", "maladie"],
        ["a", "P1", "BIN1", "x"],
        ["b", None, "RYR1", None],
        [None, None, None, None],
        ["c", None, "DMD", "y"],
        ["d", "P2", None, None],
    ]

    def merge(book: Workbook) -> None:
        for place in ("B2:B5", "C5:D5", "A6:A6", "H2:H9"):
            book.worksheets[0].merge_cells(place)

    records = read(write_workbook(tmp_path / "a.xlsx", table, edit=merge))
    assert rows(records, "row", "individual_id", "gene", "disease") == [
        (2, "P1", "BIN1", "x"),
        (3, "P1", "RYR1", None),
        (5, "P1", "DMD", None),
        (6, "P2", None, None),
    ]
    assert [(p.name, p.row, p.column, p.value) for p in records.problems] == [
        ("cell-merged", 2, "patient", "B2:B5"),
        ("cell-merged-across", 5, None, "C5:D5"),
    ]


def test_heading_over_several_columns_counts_for_the_first(tmp_path: Path) -> None:
    table: list[list[object]] = [["image_id", "gene", None, "age"], ["a", "BIN1", "RYR1", 14]]
    path = write_workbook(tmp_path / "a.xlsx", table, edit=lambda book: book.worksheets[0].merge_cells("B1:C1"))
    records = read(path)
    [told] = records.problems
    assert (told.name, told.row, told.column, told.value) == ("heading-merged", 1, "gene", "gene")
    assert "B1:C1" in told.message
    assert rows(records, "gene", "age") == [("BIN1", "14")]


def test_headings_are_found_below_groups_that_span_them(tmp_path: Path) -> None:
    table: list[list[object]] = [
        ["Patient", None, "Biopsie", None],
        ["image_id", "sexe", "muscle", "gène"],
        ["a", "F", "deltoid", "BIN1"],
    ]

    def merge(book: Workbook) -> None:
        book.worksheets[0].merge_cells("A1:B1")
        book.worksheets[0].merge_cells("C1:D1")

    records = read(write_workbook(tmp_path / "a.xlsx", table, edit=merge))
    assert names(records.problems) == ["heading-below-title"]
    assert rows(records, "row", "image_id", "gene") == [(3, "a", "BIN1")]


def test_hidden_rows_and_columns_are_read_and_told_once(tmp_path: Path) -> None:
    def hide(book: Workbook) -> None:
        sheet = book.worksheets[0]
        for row in (2, 3, 5, 90):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.column_dimensions["K"].hidden = True

    table: list[list[object]] = [HEADINGS, *([f"i{n}", "BIN1", 14] for n in range(6))]
    records = read(write_workbook(tmp_path / "a.xlsx", table, edit=hide))
    [told] = records.problems
    assert (told.name, told.severity, told.value) == ("sheet-hidden-cells", "warning", "B:B, 2:3, 5:5")
    assert records.table.height == 6


def test_cells_beside_the_table_shift_nothing_and_are_told(tmp_path: Path) -> None:
    records = read(write_workbook(tmp_path / "a.xlsx", [HEADINGS, ["a", "BIN1", 14], ["b", "BIN1", 9, None, "look!"]]))
    [told] = records.problems
    assert (told.name, told.row, told.value) == ("heading-empty", 3, "E")
    assert records.rejected == set()


def test_rows_of_fewer_cells_than_headings_are_no_fault(tmp_path: Path) -> None:
    records = read(write_workbook(tmp_path / "a.xlsx", [HEADINGS, ["a"], [], ["b", "BIN1"]]))
    assert rows(records, "row", "image_id", "gene", "age") == [(2, "a", None, None), (4, "b", "BIN1", None)]
    assert records.problems == []


# Damage and malice


def test_truncated_workbook_is_told_wherever_it_is_cut(tmp_path: Path) -> None:
    whole = write_workbook(tmp_path / "a.xlsx", TABLE).read_bytes()
    for length in range(4, len(whole), 397):
        (tmp_path / "cut.xlsx").write_bytes(whole[:length])
        records = read(tmp_path / "cut.xlsx")
        assert (names(records.problems), records.unreadable) == (["file-damaged"], True), length


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_workbook_with_wrong_bytes_is_read_or_told(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(change_parts(write_workbook(tmp_path / "a.xlsx", TABLE), {}, zipfile.ZIP_STORED).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(2, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "b.xlsx").write_bytes(content)
    records = read(tmp_path / "b.xlsx")
    assert records.problems or records.table.height


DAMAGES = {
    "a document type": lambda c: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + c[c.index(b"<worksheet") :],
    "a string that is not there": sheet_of(HEADING_ROW, '<row r="2"><c r="A2" t="s"><v>99</v></c></row>'),
    "a number of a string that is none": sheet_of('<row r="1"><c r="A1" t="s"><v>x</v></c></row>'),
    "a place beyond the sheet": sheet_of('<row r="1"><c r="XFE1"><v>1</v></c></row>'),
    "a row beyond the sheet": sheet_of('<row r="1048577"><c r="A1048577"><v>1</v></c></row>'),
    "a row of too many digits": sheet_of(f'<row r="{"9" * 5000}"/>'),
    "rows out of order": sheet_of('<row r="2"/><row r="1"/>'),
    "cells out of order": sheet_of('<row r="1"><c r="B1"/><c r="A1"/></row>'),
    "merged cells that are no range": sheet_of(HEADING_ROW, behind='<mergeCells><mergeCell ref="B2:A1"/></mergeCells>'),
    "no XML": lambda _: b"image_id",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_sheet_is_told(tmp_path: Path, damage: str) -> None:
    path = change_parts(write_workbook(tmp_path / "a.xlsx", TABLE, TABLE), {SHEET: DAMAGES[damage]})
    records = read(path)
    [told] = records.problems
    assert (told.name, records.unreadable) == ("file-damaged", True)
    assert SHEET in (told.value or "")


def test_sheet_that_claims_to_be_as_large_as_can_be_is_read_by_what_it_holds(tmp_path: Path) -> None:
    claimed = '<dimension ref="A1:XFD1048576"/>'
    far = f'<row r="1048576">{cell("A1048576", "z")}{cell("XFD1048576", "far")}</row>'
    path = book_with(tmp_path, far, before=claimed, behind='<mergeCells><mergeCell ref="B1:B1048576"/></mergeCells>')
    records = read(path)
    assert rows(records, "row", "image_id") == [(1048576, "z")]
    assert (one(records, "heading-empty").value, one(records, "heading-empty").row) == ("XFD", 1048576)


def spaces(count: int) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"<sheetData>", b"<sheetData>" + b" " * count)


def claiming(size: int) -> Callable[[bytes], bytes]:
    """Let the directory of an archive claim another size of the first sheet."""

    def change(content: bytes) -> bytes:
        changed = bytearray(content)
        for signature, size_at, length_at, name_at in ((b"PK\3\4", 22, 26, 30), (b"PK\1\2", 24, 28, 46)):
            at = changed.find(signature)
            while at >= 0:
                length = struct.unpack_from("<H", changed, at + length_at)[0]
                if changed[at + name_at : at + name_at + length] == SHEET.encode():
                    struct.pack_into("<I", changed, at + size_at, size)
                at = changed.find(signature, at + 4)
        return bytes(changed)

    return change


@pytest.mark.parametrize(
    ("spoil", "limits", "told"),
    [
        (spaces(5_000_000), Limits(), "workbook-ratio-limit"),
        (spaces(5_000_000), Limits(ratio=10_000, unpacked=2_000_000), "file-unpacked-limit"),
        (spaces(0), Limits(parts=3), "workbook-parts-limit"),
    ],
)
def test_bomb_is_refused_by_its_directory(
    tmp_path: Path, spoil: Callable[[bytes], bytes], limits: Limits, told: str
) -> None:
    path = change_parts(write_workbook(tmp_path / "a.xlsx", TABLE), {SHEET: spoil})
    records = read(path, limits=limits)
    assert (names(records.problems), records.unreadable) == ([told], True)


def test_bomb_whose_directory_lies_is_found_while_it_is_read(tmp_path: Path) -> None:
    path = change_parts(write_workbook(tmp_path / "a.xlsx", TABLE), {SHEET: spaces(50_000_000)})
    path.write_bytes(claiming(2000)(path.read_bytes()))
    records = read(path)
    assert (names(records.problems), records.unreadable) == (["file-damaged"], True)


def test_one_large_part_that_many_sheets_name_counts_each_time(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", TABLE, TABLE, TABLE)
    part = "xl/_rels/workbook.xml.rels"
    shared = {part: lambda c: c.replace(b"sheet2.xml", b"sheet1.xml").replace(b"sheet3.xml", b"sheet1.xml")}
    change_parts(path, {SHEET: spaces(900_000), **shared})
    records = read(path, limits=Limits(unpacked=2_000_000, ratio=10_000))
    assert names(records.problems) == ["file-unpacked-limit"]


def test_locked_entry_of_an_archive_is_told(tmp_path: Path) -> None:
    content = bytearray(write_workbook(tmp_path / "a.xlsx", TABLE).read_bytes())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(signature, at + 4)
    (tmp_path / "a.xlsx").write_bytes(content)
    assert names(read(tmp_path / "a.xlsx").problems) == ["workbook-encrypted"]


OTHER = {
    "table.xlsb": ({"[Content_Types].xml": "", "xl/workbook.bin": ""}, "workbook-form", "XLSB"),
    "table.ods": ({"mimetype": "x", "content.xml": "<x/>"}, "workbook-form", "OpenDocument (ODS)"),
    "table.numbers": ({"Index/Document.iwa": ""}, "workbook-form", "Numbers"),
    "letter.docx": ({"[Content_Types].xml": "", "word/document.xml": ""}, "file-form", "DOCX"),
    "tables.zip": ({"table.csv": "image_id\na\n"}, "file-archive", "ZIP"),
}


@pytest.mark.parametrize("name", OTHER)
def test_other_archives_are_told_with_what_to_do(tmp_path: Path, name: str) -> None:
    parts, rule, value = OTHER[name]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    (tmp_path / name).write_bytes(content.getvalue())
    [told] = read(tmp_path / name).problems
    assert (told.name, told.value) == (rule, value)


def test_our_own_example_of_a_workbook_is_what_openpyxl_reads(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsm", TABLE)
    expected = [[str(value) for value in row] for row in load_workbook(path).worksheets[0].values][1:]
    assert [list(row) for row in rows(read(path), "image_id", "gene", "age")] == expected


@given(st.integers(0, LAST_COLUMN - 1), st.integers(1, 1_048_576))
def test_place_is_the_same_when_it_is_written_and_read(column: int, row: int) -> None:
    assert parse_cell(f"{letters(column)}{row}") == (column, row)


# What is never run, followed or unpacked


def test_macros_and_links_are_told_and_the_cells_are_read(tmp_path: Path) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    added = "".join(
        f'<Relationship Id="rId{number}" Type="{office}/{kind}" Target="{kind}.xml"/>'
        for number, kind in enumerate(("vbaProject", "xlMacrosheet", "externalLink", "externalLink"), start=90)
    )
    path = write_workbook(tmp_path / "a.xlsm", TABLE)
    change_parts(
        path,
        {"xl/_rels/workbook.xml.rels": lambda c: c.replace(b"</Relationships>", f"{added}</Relationships>".encode())},
    )
    records = read(path)
    assert [(p.name, p.severity, p.file) for p in records.problems] == [
        ("workbook-macros", "info", str(path)),
        ("workbook-links", "info", str(path)),
    ]
    assert records.table.height == 2


def test_hundred_sheets_are_read_and_each_is_told_by_its_name(tmp_path: Path) -> None:
    table: list[list[object]] = [["image_id", "genne"], ["a", "x"]]
    records = read(write_workbook(tmp_path / "a.xlsx", *[table] * 99, [["Notes"]]))
    assert records.table["file"].n_unique() == records.table.height == 99
    assert [problem.name for problem in records.problems] == ["heading-unknown"] * 99 + ["sheet-without-table"]
    assert len({problem.file for problem in records.problems}) == 100


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil", "xl\\..\\..\\evil", "C:/evil", "xl/WORKBOOK.xml"])
def test_part_that_leads_out_of_the_archive_or_is_named_twice_is_told(tmp_path: Path, name: str) -> None:
    path = write_workbook(tmp_path / "a.xlsx", TABLE)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    told = one(read(path), "file-damaged")
    assert "out of the archive" in told.message


def test_archive_of_the_large_kind_is_read(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", TABLE)
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            with archive.open(part, "w", force_zip64=True) as stream:
                stream.write(content)
    assert read(path).table.height == 2


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_that_unpack_without_end_are_refused_in_every_part(tmp_path: Path, part: str) -> None:
    entities = "".join(f'<!ENTITY {chr(n + 1)} "{f"&{chr(n)};" * 10}">' for n in range(ord("a"), ord("i")))

    def lead(content: bytes) -> bytes:
        text = content.decode()
        text = text[text.index("?>") + 2 :] if text.startswith("<?") else text
        return f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]>{text}'.encode()

    path = change_parts(write_workbook(tmp_path / "a.xlsx", TABLE), {part: lead})
    assert names(read(path).problems) == ["file-damaged"]
