"""Reports as workbooks of what came in none, in several files, or cannot be given back."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from etl.read.given import Sent
from etl.read.references import LAST_ROW
from etl.reports.workbook import commenting
from tests.conftest import Run
from tests.etl.built import COMPLETE
from tests.etl.tabular import SHEET, change_parts, names, read, write_workbook
from tests.etl.workbooks.marked import LIST, at, listed, mark, marks, notes, opened, parts, said, texts
from tests.etl.workbooks.planting import EXAMPLES

CSV = b"\xef\xbb\xbfimage_id;genne;age\n007;=1+1;14\n-b;@x\n\nc;a;1;too much\n"


def sheet_texts(content: bytes, name: str) -> list[list[str]]:
    return texts([list(row) for row in opened(content)[name].values])


def test_csv_becomes_a_workbook_of_its_rows_as_they_were_read() -> None:
    content = mark(Sent("records.csv", CSV))
    book = opened(content)
    assert book.sheetnames == ["records", LIST["en"]]
    assert sheet_texts(content, "records") == [
        ["image_id", "genne", "age", ""],
        ["007", "=1+1", "14", ""],
        ["-b", "@x", "", ""],
        ["", "", "", ""],
        ["c", "a", "1", "too much"],
    ]
    assert marks(book["records"]) == {"B1": "warning", "A3": "warning", "A5": "violation"}
    assert {cell.data_type for row in book["records"].iter_rows() for cell in row if cell.value} == {"s"}
    # What is typed there later stays text, too: no symbol becomes a date, no text a formula.
    assert book["records"]["B2"].number_format == "@"


def test_workbook_made_of_csv_tells_the_same_when_it_is_checked(tmp_path: Path) -> None:
    table = b"image_id,genne,gene\na,x,#REF!\n007,=1+1,DMD\n"
    (tmp_path / "marked.xlsx").write_bytes(mark(Sent("records.csv", table)))
    (tmp_path / "records.csv").write_bytes(table)
    first, again = read(tmp_path / "records.csv"), read(tmp_path / "marked.xlsx")
    assert [(p.rule, p.row, p.column) for p in again.problems] == [(p.rule, p.row, p.column) for p in first.problems]
    assert first.table.drop("file").equals(again.table.drop("file"))


def test_json_lines_have_their_keys_as_headings_and_every_row_one_further_down() -> None:
    lines = b'{"image_id": "a", "gene": {"x": 1}}\n{"image_id": "b", "genne": 2}\n{"image_id"\n'
    content = mark(Sent("records.jsonl", lines))
    assert sheet_texts(content, "records")[:3] == [["image_id", "gene", "genne"], ["a", "x", ""], ["b", "", ""]]
    assert marks(opened(content)["records"]) == {"B2": "violation", "C1": "warning", "A4": "violation"}


def test_parquet_keeps_its_rows(tmp_path: Path) -> None:
    pl.DataFrame({"image_id": ["a", "b"], "gene": ["BIN1", "#REF!"]}).write_parquet(tmp_path / "r.parquet")
    content = mark(tmp_path / "r.parquet")
    assert sheet_texts(content, "r") == [["image_id", "gene"], ["a", "BIN1"], ["b", "#REF!"]]
    assert marks(opened(content)["r"]) == {"B3": "violation"}


def test_several_files_are_a_sheet_each_and_that_is_told(tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "records.xlsx", [["image_id", "genne"], ["a", "x"]], [["Notes"]])
    content = mark(Sent("records.csv", CSV), book, Sent("records/.csv", b"image_id\nz\n"), language="fr")
    sheets = opened(content).sheetnames
    assert sheets == ["records", "Sheet 1", "csv", LIST["fr"]] or sheets == ["records", "Sheet 1", ".csv", LIST["fr"]]
    assert marks(opened(content)["Sheet 1"]) == {"B1": "warning"}
    assert "vérifiez-le seul" in notes(content, "fr")
    assert "Sheet 1!B1" in {row["Aller à"] for row in listed(content, "fr")}


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04 cut off", b""])
def test_file_that_cannot_be_read_is_a_list_of_why(content: bytes) -> None:
    marked = mark(Sent("records.xlsx", content))
    assert opened(marked).sheetnames == [LIST["en"]]
    [row] = listed(marked)
    assert (row["How bad"], row["File"]) == ("Violation", "records.xlsx")


def test_table_ends_where_reading_it_failed() -> None:
    content = mark(Sent("r.csv", b'image_id,gene\na,"BIN1\nb,DMD\n'))
    assert opened(content).sheetnames == ["r", LIST["en"]]
    assert sheet_texts(content, "r") == [["image_id", "gene"], ["", ""]]
    assert marks(opened(content)["r"]) == {"A2": "violation"}


def test_workbook_that_changed_meanwhile_is_not_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["image_id"], ["a"]])
    monkeypatch.setattr("etl.reports.workbook.form.load", lambda *_: path.read_bytes() + b" ")
    assert "changed while it was checked" in notes(mark(path))


# Macros


def with_macros(path: Path) -> Path:
    write_workbook(path, [["image_id", "gene"], ["a", "x"]])
    base = "http://schemas.microsoft.com/office/2006/relationships"
    relation = f'<Relationship Id="rId77" Type="{base}/vbaProject" Target="vbaProject.bin"/></Relationships>'.encode()
    kind = b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    plain, with_ = (
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    change_parts(
        path,
        {
            "xl/_rels/workbook.xml.rels": lambda c: c.replace(b"</Relationships>", relation),
            "[Content_Types].xml": lambda c: c.replace(b"</Types>", kind).replace(plain, with_),
        },
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Sub Auto_Open()")
    return path


def test_macros_are_kept_byte_for_byte_where_the_name_of_the_report_allows_them(tmp_path: Path) -> None:
    path = with_macros(tmp_path / "a.xlsm")
    content = mark(path, problems=[at(path, 2, "gene")], macros=True)
    assert parts(content)["xl/vbaProject.bin"] == b"\xd0\xcf\x11\xe0 Sub Auto_Open()"
    assert b"macroEnabled" in parts(content)["[Content_Types].xml"]
    assert marks(opened(content).worksheets[0]) == {"B2": "violation"}


def test_macros_are_left_out_elsewhere_and_that_is_told(tmp_path: Path) -> None:
    path = with_macros(tmp_path / "a.xlsm")
    content = mark(path, problems=[at(path, 2, "gene")])
    assert "xl/vbaProject.bin" not in parts(content)
    assert b"vbaProject" not in b"".join(parts(content).values())
    assert b"macroEnabled" not in parts(content)["[Content_Types].xml"]
    assert "The macros of the workbook are left out" in notes(content)


# Conversations


THREADS = """<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">
<threadedComment ref="B2" dT="2026-01-02T03:04:05.00" personId="{11111111-1111-1111-1111-111111111111}"
 id="{22222222-2222-2222-2222-222222222222}"><text>sure?</text></threadedComment>
</ThreadedComments>"""
PERSONS = """<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">
<person displayName="Eva" id="{11111111-1111-1111-1111-111111111111}" userId="Eva" providerId="None"/></personList>"""
OFFICE = "http://schemas.microsoft.com/office/2017/10/relationships"


def test_in_a_conversation_at_a_cell_we_reply_and_take_the_reply_back(tmp_path: Path) -> None:
    def comment(book: Workbook) -> None:
        book.worksheets[0]["B2"].comment = Comment(
            "[Threaded comment] sure?", "tc={22222222-2222-2222-2222-222222222222}"
        )

    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "gene"], ["a", "x"]], edit=comment)

    def related(kind: str, target: str) -> Callable[[bytes], bytes]:
        added = f'<Relationship Id="rId88" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>'.encode()
        return lambda content: content.replace(b"</Relationships>", added)

    change_parts(
        path,
        {
            "xl/_rels/workbook.xml.rels": related("person", "persons/person.xml"),
            "xl/worksheets/_rels/sheet1.xml.rels": related(
                "threadedComment", "../threadedComments/threadedComment1.xml"
            ),
        },
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/persons/person.xml", PERSONS)
        archive.writestr("xl/threadedComments/threadedComment1.xml", THREADS)
    content = mark(path, problems=[at(path, 2, "gene")])
    threads = parts(content)["xl/threadedComments/threadedComment1.xml"].decode()
    assert threads.count("<threadedComment ") == 2
    assert 'parentId="{22222222-2222-2222-2222-222222222222}"' in threads
    assert "No gene is called" in threads
    assert parts(content)["xl/persons/person.xml"].decode().count("<person ") == 2
    (tmp_path / "marked.xlsx").write_bytes(content)
    again = parts(mark(tmp_path / "marked.xlsx", problems=[]))
    assert again["xl/threadedComments/threadedComment1.xml"].decode() == THREADS
    twice = parts(mark(tmp_path / "marked.xlsx", problems=[at(tmp_path / "marked.xlsx", 2, "gene")]))
    assert twice["xl/persons/person.xml"] == parts(content)["xl/persons/person.xml"]


# Limits


def test_comment_is_as_long_as_one_can_be_and_the_rest_is_told(tmp_path: Path) -> None:
    def comment(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["A2"].comment = Comment("x" * 32_700, "Eva")

    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "gene"], ["a", "x"]], edit=comment)
    problem = at(path, 2, "gene")
    many = [replace(problem, message=f"{number} {'y' * 900}") for number in range(50)]
    content = mark(path, problems=[replace(problem, column="image_id", message="z" * 900), *many])
    told = said(opened(content).worksheets[0])
    assert len(told["B2"]) <= 32_767
    assert "stands on the sheet “What is wrong”" in told["B2"]
    assert told["A2"] == "x" * 32_700
    assert "Sheet 1!A2" in notes(content)
    assert len(listed(content)) == 51


def test_cells_beyond_the_comments_of_a_sheet_are_coloured_only_the_worst_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commenting, "LIMIT", 1)
    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "gene"], ["a", "x"]])
    content = mark(path, problems=[at(path, 2, "image_id", "image-gene-missing"), at(path, 2, "gene")])
    sheet = opened(content).worksheets[0]
    assert (set(marks(sheet)), set(said(sheet))) == ({"A2", "B2"}, {"B2"})
    assert "1 more cells" in notes(content)


def test_more_shapes_than_one_block_of_identifiers_have_all_different_ones(tmp_path: Path) -> None:
    table = [["image_id", "gene"]] + [[str(number), "x"] for number in range(1100)]
    path = write_workbook(tmp_path / "a.xlsx", table)
    content = mark(path, problems=[at(path, row, "gene") for row in range(2, 1102)])
    drawing = parts(content)["xl/drawings/vmlDrawing.vml"].decode()
    identifiers = [piece.partition('"')[0] for piece in drawing.split('id="_x0000_s')[1:]]
    assert len(set(identifiers)) == len(identifiers) == 1100
    assert 'data="1,2"' in drawing


def test_what_no_sheet_can_hold_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.reports.workbook.copies.LAST_ROW", 2)
    content = mark(Sent("r.csv", b"image_id,gene\na," + b"x" * 40_000 + b"\nb,y\n"))
    assert opened(content)["r"].max_row == 2
    assert len(opened(content)["r"]["B2"].value) == 32_767
    assert "1 more are left out" in notes(content)
    assert "1 longer ones are cut short" in notes(content)
    assert LAST_ROW == 1_048_576


def test_part_that_was_never_read_and_is_damaged_is_told(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "gene"], ["a", "x"]])
    change_parts(path, {"[Content_Types].xml": lambda _: b"<no"})
    content = mark(path, problems=[at(path, 2, "gene")])
    assert "could not be given back: its XML is not well formed" in notes(content)
    assert marks(opened(content)["Sheet 1"]) == {"B2": "violation"}


def test_workbook_that_another_program_wrote_and_that_is_signed_loses_its_signature(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "gene"], ["a", "x"]])
    base = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    relation = f'<Relationship Id="rId9" Type="{base}" Target="_xmlsignatures/origin.sigs"/></Relationships>'.encode()
    change_parts(path, {"_rels/.rels": lambda c: c.replace(b"</Relationships>", relation)})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_xmlsignatures/origin.sigs", b"")
    content = mark(path, problems=[at(path, 2, "gene")])
    assert "_xmlsignatures/origin.sigs" not in parts(content)
    assert "The workbook was signed" in notes(content)
    assert SHEET in parts(content)
    assert names(read(path).problems) == []


# The command


def test_command_writes_the_workbook_in_the_language_of_its_reader(run: Run, tmp_path: Path) -> None:
    faulty = {**COMPLETE, "gene": "BIN11"}
    rows = [["image_id", *COMPLETE], ["a", *faulty.values()], ["b", *COMPLETE.values()]]
    path = write_workbook(tmp_path / "a.xlsx", rows)
    done = run("check", path, "--report", tmp_path / "b.xlsx", MUSCLE_ATLAS_LANGUAGE="fr")
    assert (done.returncode, done.stderr) == (1, "")
    content = (tmp_path / "b.xlsx").read_bytes()
    [place] = marks(opened(content).worksheets[0])
    assert "Aucun gène ne s'appelle « BIN11 »" in said(opened(content).worksheets[0])[place]
    assert [row["Gravité"] for row in listed(content, "fr")] == ["Violation"]


def test_validation_of_rdf_is_a_list(run: Run, tmp_path: Path) -> None:
    graph = EXAMPLES / "image" / "invalid.image-age-range.ttl"
    run("validate", graph, "--report", tmp_path / "b.xlsx")
    content = (tmp_path / "b.xlsx").read_bytes()
    assert opened(content).sheetnames == [LIST["en"]]
    assert [row["Rule"] for row in listed(content)] == ["age between 0 and 120 years"]
    assert str(listed(content)[0]["About"]).endswith("/image/IM-1")


def test_shapes_of_buttons_stay_beside_those_of_comments(tmp_path: Path) -> None:
    button = '<v:shape id="_x0000_s1025" type="#_x0000_t201"><x:ClientData ObjectType="Button"/><br></v:shape>'
    drawing = '<xml><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>' + button + "</xml>"
    path = write_workbook(tmp_path / "a.xlsx", [["image_id", "gene"], ["a", "x"]])
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    legacy = f'<legacyDrawing xmlns:r="{office}" r:id="rId5"/></worksheet>'.encode()
    change_parts(path, {SHEET: lambda c: c.replace(b"</worksheet>", legacy)})
    relation = f'<Relationship Id="rId5" Type="{office}/vmlDrawing" Target="../drawings/d.vml"/>'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/drawings/d.vml", drawing)
        archive.writestr(
            "xl/worksheets/_rels/sheet1.xml.rels", f'<Relationships xmlns="{package}">{relation}</Relationships>'
        )
    content = mark(path, problems=[at(path, 2, "gene")])
    shapes = parts(content)["xl/drawings/d.vml"].decode()
    assert button in shapes
    assert 'data="1,2"' in shapes
    assert (shapes.count('id="_x0000_t202"'), shapes.count('id="_x0000_s2049"')) == (1, 1)
    (tmp_path / "marked.xlsx").write_bytes(content)
    again = parts(mark(tmp_path / "marked.xlsx", problems=[]))["xl/drawings/d.vml"].decode()
    assert button in again
    assert "<x:Row>" not in again
