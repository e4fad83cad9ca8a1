"""The curator's own workbook comes back with the wrong cells coloured and commented, everything else as it was."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from etl.read.given import Sent
from tests.etl.tabular import SHEET, change_parts, names, read, write_workbook
from tests.etl.test_workbooks import HEADING_ROW, cell, sheet_of
from tests.etl.workbooks.marked import LIST, at, listed, mark, marks, notes, opened, parts, said

TABLE: list[list[object]] = [["image_id", "gene", "age"], ["a", "BIN1", 14], ["b", "RYR1", 9]]


def furnish(book: Workbook) -> None:
    """Put into a workbook what programs that write it anew tend to lose."""
    sheet = book.worksheets[0]
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=3), titles_from_data=True)
    sheet.add_chart(chart, "H5")
    sheet.add_data_validation(DataValidation("list", formula1='"BIN1,RYR1"', sqref="B2:B9"))
    sheet.conditional_formatting.add("C2:C9", CellIsRule("greaterThan", ["10"], fill=PatternFill("solid", "FF00FF00")))
    sheet.column_dimensions["B"].width = 33
    sheet.auto_filter.ref = "A1:C3"
    sheet["A2"].hyperlink = "https://example.org/"
    book.defined_names["Patients"] = DefinedName("Patients", attr_text="'Sheet 1'!$A$2:$A$3")
    book.properties.creator = "Eva"
    book.create_sheet("Notes")["A1"] = "=SUM(1,2)"


FURTHER = {"customXml/item1.xml": b"<x/>", "xl/media/image1.png": b"\x89PNG", "xl/pivotCache/p.xml": b"<p/>"}
"""Parts that no program of ours knows."""


def furnished(tmp_path: Path) -> Path:
    path = write_workbook(tmp_path / "a.xlsx", TABLE, edit=furnish)
    with zipfile.ZipFile(path, "a") as archive:
        for part, content in FURTHER.items():
            archive.writestr(part, content)
    return path


def test_wrong_cells_are_coloured_and_commented_and_every_other_part_is_as_it_was(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    content = mark(path, problems=[at(path, 2, "gene"), at(path, 3, "age", "image-age-missing")])
    sheet = opened(content).worksheets[0]
    assert marks(sheet) == {"B2": "violation", "C3": "warning"}
    assert sheet["B2"].comment.text.splitlines()[1:] == [
        "Violation · unknown gene",
        "No gene is called “x”; the row is left out.",
        "→ Perhaps meant: BIN1.",
        "Rule: https://w3id.org/muscle-atlas/rule/gene-unknown",
        "◂",
    ]
    before, after = parts(path.read_bytes()), parts(content)
    changed = {part for part in before if before[part] != after[part]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        SHEET,
        "xl/worksheets/_rels/sheet1.xml.rels",
    }
    assert after.keys() - before.keys() == {
        "xl/comments.xml",
        "xl/drawings/vmlDrawing.vml",
        "xl/worksheets/sheet.xml",
    }


def test_sheet_is_the_same_but_for_formats_of_cells_and_the_shapes_of_comments(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    after = parts(mark(path, problems=[at(path, 2, "gene")]))[SHEET].decode()
    before = parts(path.read_bytes())[SHEET].decode()
    start = after.index("<legacyDrawing")
    without = after[:start] + after[after.index("/>", start) + 2 :]
    number = without[without.index('<c r="B2" ') :].partition(' s="')[2].partition('"')[0]
    assert without.replace(f' s="{number}"', "", 1).replace(f' s="{number}"', "") in (
        before,
        before.replace(' s="0"', ""),
    )


def test_cell_keeps_all_of_its_format_but_the_fill(tmp_path: Path) -> None:
    def dress(book: Workbook) -> None:
        one = book.worksheets[0]["C2"]
        one.font = Font("Courier New", 9, italic=True, color="FF222222")
        one.border = Border(left=Side("thick", "FF00FF00"))
        one.number_format = '0" ans"'
        one.alignment = Alignment("center", wrap_text=True)
        one.protection = Protection(locked=False)
        one.fill = PatternFill("solid", "FF00FF00")

    path = write_workbook(tmp_path / "a.xlsx", TABLE, edit=dress)
    before = opened(path.read_bytes()).worksheets[0]["C2"]
    after = opened(mark(path, problems=[at(path, 2, "age", "image-age-range")])).worksheets[0]["C2"]
    for kept in ("font", "border", "number_format", "alignment", "protection", "value", "data_type"):
        assert repr(getattr(before, kept)) == repr(getattr(after, kept)), kept
    assert after.fill.fgColor.rgb == "FFFFB3AB"


def test_light_letters_get_a_dark_mark_behind_them(tmp_path: Path) -> None:
    def dress(book: Workbook) -> None:
        book.worksheets[0]["B1"].font = Font(color="FFFFFFFF")

    path = write_workbook(tmp_path / "a.xlsx", TABLE, edit=dress)
    sheet = opened(mark(path, problems=[at(path, 1, "gene")])).worksheets[0]
    assert sheet["B1"].fill.fgColor.rgb == "FFB3261E"


def test_several_problems_of_a_cell_stand_in_one_comment_the_worst_first(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", TABLE)
    both = [at(path, 2, "gene", "image-gene-missing"), at(path, 2, "gene"), at(path, 2, "gene")]
    sheet = opened(mark(path, problems=both)).worksheets[0]
    assert marks(sheet) == {"B2": "violation"}
    text = said(sheet)["B2"]
    assert text.index("Violation · ") < text.index("Warning · ")
    assert text.count("Violation · ") == 1


def test_comment_of_the_curator_stays_above_ours(tmp_path: Path) -> None:
    def comment(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["B2"].comment = Comment("ask Eva", "Eva")
        sheet["A3"].comment = Comment("seen", "Eva")

    path = write_workbook(tmp_path / "a.xlsx", TABLE, edit=comment)
    sheet = opened(mark(path, problems=[at(path, 2, "gene"), at(path, 3, "gene")], language="fr")).worksheets[0]
    assert sheet["B2"].comment.text.startswith("ask Eva\n\n▸ Muscle Atlas\nViolation · gène inconnu\n")
    assert sheet["B2"].comment.author == "Eva"
    assert (sheet["A3"].comment.text, sheet["B3"].comment.author) == ("seen", "Muscle Atlas")


def test_cells_and_rows_that_are_not_there_are_created_in_their_order(tmp_path: Path) -> None:
    rows = (
        '<row r="2" spans="1:1"><c r="A2" t="inlineStr"><is><t>a</t></is></c><c r="D2"><v>1</v></c></row>',
        '<row r="3"/>',
        '<row r="5"><c t="inlineStr"><is><t>b</t></is></c></row>',
    )
    path = change_parts(write_workbook(tmp_path / "a.xlsx", TABLE), {SHEET: sheet_of(HEADING_ROW, *rows)})
    problems = [at(path, row, column) for row in (2, 3, 4, 5, 9) for column in ("gene", "image_id")]
    content = mark(path, problems=problems)
    assert marks(opened(content).worksheets[0]).keys() == {
        f"{letter}{row}" for row in (2, 3, 4, 5, 9) for letter in "AB"
    }
    text = parts(content)[SHEET].decode()
    assert [text.index(f'r="{place}"') for place in ("A2", "B2", "D2", "A3", "A4", "B9")] == sorted(
        text.index(f'r="{place}"') for place in ("A2", "B2", "D2", "A3", "A4", "B9")
    )
    assert names(read(Path(write(tmp_path, content))).problems) == names(read(path).problems)


def write(tmp_path: Path, content: bytes, name: str = "marked.xlsx") -> Path:
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


def test_cell_that_is_created_has_the_format_of_its_column(tmp_path: Path) -> None:
    columns = '<cols><col min="2" max="2" width="9" style="1"/></cols>'

    def edit(book: Workbook) -> None:
        book.worksheets[0]["C3"].font = Font(bold=True)

    bare = sheet_of(HEADING_ROW, f'<row r="2">{cell("A2", "a")}</row>', before=columns)
    path = change_parts(write_workbook(tmp_path / "a.xlsx", TABLE, edit=edit), {SHEET: bare})
    assert opened(mark(path, problems=[at(path, 2, "gene")])).worksheets[0]["B2"].font.bold


def test_row_without_a_heading_is_marked_at_its_identifier_and_a_file_in_the_list_only(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["gene", "image_id"], ["BIN1", "a"]])
    problems = [at(path, 2, None), at(path, None, None, "sheet-hidden", sheet="")]
    content = mark(path, problems=problems)
    assert marks(opened(content).worksheets[0]) == {"B2": "violation"}
    assert [row["Go to"] for row in listed(content)] == ["Sheet 1!B2", None]


def test_merged_cells_are_marked_where_they_are_seen(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx",
        [*TABLE, ["c", None, 3]],
        edit=lambda book: book.worksheets[0].merge_cells("B2:B4"),
    )
    content = mark(path, problems=[at(path, row, "gene") for row in (2, 3, 4)])
    assert said(opened(content).worksheets[0]).keys() == {"B2"}


def test_what_is_told_while_reading_is_marked_in_its_cell(tmp_path: Path) -> None:
    table: list[list[object]] = [["Atlas"], ["image_id", "genne", None], ["a", "x", "look"], ["b", "#REF!", None]]
    path = write_workbook(tmp_path / "a.xlsx", table)
    sheet = opened(mark(path)).worksheets[0]
    assert marks(sheet) == {"A2": "info", "B2": "warning", "C3": "warning"}


def test_list_leads_to_each_cell_and_shows_formulas_as_text(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "=HYPERLINK(1)"], ["a", 1]])
    content = mark(Sent("it's.xlsx", path.read_bytes()))
    book = opened(content)
    sheet = book[LIST["en"]]
    [row] = listed(content)
    assert (row["How bad"], row["Row"], row["Go to"]) == ("Warning", 1, "Sheet 1!B1")
    [link] = [one for row_ in sheet.iter_rows() for one in row_ if one.hyperlink]
    assert link.hyperlink.location == "'Sheet 1'!B1"
    assert {one.data_type for row_ in sheet.iter_rows() for one in row_ if one.value is not None} <= {
        "s",
        "n",
        "inlineStr",
    }


def test_name_of_the_list_is_one_that_no_sheet_has(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", TABLE, edit=lambda book: book.create_sheet(LIST["en"].upper()))
    assert opened(mark(path)).sheetnames == ["Sheet 1", LIST["en"].upper(), "What is wrong 2"]


# Again


def test_marked_workbook_tells_the_same_when_it_is_checked_again(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "genne"], ["a", "#REF!"], ["b", None, "look"]])
    again = read(write(tmp_path, mark(path)))
    first = read(path)
    assert [(p.rule, p.row, p.column, p.value) for p in again.problems] == [
        (p.rule, p.row, p.column, p.value) for p in first.problems
    ]
    assert first.problems


def test_marks_go_and_own_colours_come_back_when_nothing_is_wrong_any_more(tmp_path: Path) -> None:
    def dress(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["B2"].fill = PatternFill("solid", "FF00FF00")
        sheet["B3"].fill = PatternFill("lightGrid", "FF0000FF", "FFEEEEEE")
        sheet["B2"].comment = Comment("ask Eva", "Eva")

    path = write_workbook(tmp_path / "a.xlsx", TABLE, edit=dress)
    problems = [at(path, 2, "gene"), at(path, 3, "gene"), at(path, 3, "age")]
    marked = write(tmp_path, mark(path, problems=problems))
    again = mark(marked, problems=[])
    assert parts(again)[SHEET] == parts(path.read_bytes())[SHEET]
    sheet, before = opened(again).worksheets[0], opened(path.read_bytes()).worksheets[0]
    assert said(sheet) == {"B2": "ask Eva"}
    for place in ("B2", "B3", "C3"):
        assert repr(sheet[place].fill) == repr(before[place].fill), place
    assert parts(again)["xl/drawings/commentsDrawing1.vml"].count(b"Row>") == 2
    assert (listed(again), "Nothing is wrong." in notes(again)) == ([], True)


def test_colour_that_the_curator_gave_a_marked_cell_stays(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", TABLE)
    book = opened(mark(path, problems=[at(path, 2, "gene")]))
    book.worksheets[0]["B2"].fill = PatternFill("solid", "FF00FF00")
    book.save(tmp_path / "marked.xlsx")
    sheet = opened(mark(tmp_path / "marked.xlsx", problems=[])).worksheets[0]
    assert sheet["B2"].fill.fgColor.rgb == "FF00FF00"


def test_list_of_an_earlier_report_is_no_table_whatever_it_is_called_and_is_written_anew(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "genne"], ["a", "x"]])
    book = opened(mark(path))
    book[LIST["en"]].title = "image_id"
    book.defined_names["MuscleAtlas.problems"].attr_text = "image_id!$A$1"
    book.save(tmp_path / "marked.xlsx")
    assert names(read(tmp_path / "marked.xlsx").problems) == ["heading-unknown"]
    assert opened(mark(tmp_path / "marked.xlsx")).sheetnames == ["Sheet 1", "image_id"]


# Other ways to write the same


def prefix_names(text: str, root: str) -> str:
    start = text.index(f"<{root}")
    named = text[start:].replace("</", "\0").replace("<", "<x:").replace("\0", "</x:").replace("xmlns=", "xmlns:x=", 1)
    return text[:start] + named


def to_strict(content: bytes) -> bytes:
    text = content.decode()
    text = text.replace(
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"
    )
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return text.replace(base, "http://purl.oclc.org/ooxml/officeDocument/relationships").encode()


def to_wide(content: bytes) -> bytes:
    text = content.decode()
    return ('<?xml version="1.0" encoding="UTF-16"?>' + text[text.index("<worksheet") :]).encode("utf-16")


WAYS: Mapping[str, Mapping[str, Callable[[bytes], bytes]]] = {
    "prefixes": {
        SHEET: lambda c: prefix_names(c.decode(), "worksheet").encode(),
        "xl/styles.xml": lambda c: prefix_names(c.decode(), "styleSheet").encode(),
        "[Content_Types].xml": lambda c: prefix_names(c.decode(), "Types").encode(),
        "xl/_rels/workbook.xml.rels": lambda c: prefix_names(c.decode(), "Relationships").encode(),
    },
    "strict": dict.fromkeys(
        (SHEET, "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"), to_strict
    ),
    "relative paths": {"xl/_rels/workbook.xml.rels": lambda c: c.replace(b'"/xl/', b'"./../xl/')},
    "UTF-16": {SHEET: to_wide},
    "no named styles": {
        "xl/styles.xml": lambda c: c[: c.index(b"<cellStyles")] + c[c.index(b"</cellStyles>") + len(b"</cellStyles>") :]
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_workbook_that_is_written_another_way_is_marked_and_unmarked(tmp_path: Path, way: str) -> None:
    path = change_parts(write_workbook(tmp_path / "a.xlsx", TABLE), WAYS[way])
    content = mark(path, problems=[at(path, 2, "gene"), at(path, 3, "image_id", "image-age-missing")])
    if way != "strict":  # Which openpyxl does not read.
        sheet = opened(content).worksheets[0]
        assert marks(sheet) == {"B2": "violation", "A3": "warning"}
        assert said(sheet).keys() == {"B2", "A3"}
    assert parts(content)[SHEET].count(b"legacyDrawing") == 1
    marked = write(tmp_path, content)
    assert (read(marked).problems, read(marked).table.height) == ([], 2)
    unmarked = parts(mark(marked, problems=[]))
    assert b"<comment ref" not in unmarked["xl/comments.xml"]
    assert unmarked[SHEET].count(b"legacyDrawing") == 1


def test_workbook_without_formats_gets_some(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", TABLE)
    kept = {part: content for part, content in parts(path.read_bytes()).items() if part != "xl/styles.xml"}
    relation = kept["xl/_rels/workbook.xml.rels"].decode()
    start = relation.rindex("<Relationship ", 0, relation.index("relationships/styles"))
    end = relation.index("/>", start) + 2
    kept["xl/_rels/workbook.xml.rels"] = (relation[:start] + relation[end:]).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in kept.items():
            archive.writestr(part, content)
    assert marks(opened(mark(path, problems=[at(path, 2, "gene")])).worksheets[0]) == {"B2": "violation"}


def test_order_of_sheets_is_that_of_the_workbook_and_not_of_its_parts(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", TABLE, TABLE, edit=lambda book: book.move_sheet("Sheet 2", -1))
    content = mark(path, problems=[at(path, 2, "gene", sheet="Sheet 2")])
    book = opened(content)
    assert (marks(book["Sheet 2"]), marks(book["Sheet 1"])) == ({"B2": "violation"}, {})
    assert io.BytesIO(content).read(2) == b"PK"
