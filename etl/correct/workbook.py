"""Cells of workbooks: their formats stay, and every other part of the workbook is copied as it is."""

import io
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping

from etl.correct.edits import CorrectionError, Edit, Edits, headings_of
from etl.read.columns import Columns
from etl.read.layout import Layout
from etl.read.limits import Limits
from etl.read.references import LAST_COLUMN, letters, parse_cell
from etl.read.source import Cell, Fault, Row, Sheet, Source
from etl.read.workbook.package import damage_told
from etl.reports.workbook.archive import Archive, Copy
from etl.reports.workbook.book import Book
from etl.reports.workbook.splices import Splices, in_xml, tag

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")

Texts = Mapping[int, Mapping[int, str]]
"""Row to place to the text that the cell is to hold."""


def correct_workbook(
    content: bytes, source: Source, edits: Mapping[str | None, list[Edit]], columns: Columns, limits: Limits
) -> bytes:
    """Return the bytes of a workbook with cells edited; a number stays one where it still is.

    Args:
        content: the workbook.
        source: its sheets.
        edits: what is to be changed, by the name of the sheet.
        columns: the columns known.
        limits: what is too much to be a table.

    Raises:
        CorrectionError: if an edit does not fit, is of a formula, or of a heading that a table of the sheet repeats.
        UnreadableError: if a part is damaged.
    """
    names = {sheet.name for sheet in source.sheets}
    for name in edits:
        if name not in names:
            raise CorrectionError("file", file=name)
    texts = {
        str(sheet.name): _texts(sheet, edits[sheet.name], columns, limits)
        for sheet in source.sheets
        if sheet.name in edits
    }
    corrected = io.BytesIO()
    with damage_told("xl/workbook.xml"):
        book = Book(Archive(io.BytesIO(content)))
        with Copy(book.source, corrected) as copy:
            for name, (heading_row, of_sheet) in texts.items():
                part = book.sheets[name]
                if heading_row in of_sheet and any(one.kind == "table" for one in book.source.related(part)):
                    raise CorrectionError("table", sheet=name)
                copy.splice(part, _Writing(of_sheet))
            copy.copy_rest()
    return corrected.getvalue()


def _texts(sheet: Sheet, edits: list[Edit], columns: Columns, limits: Limits) -> tuple[int | None, Texts]:
    """Return the row of the headings, and what the cells of a sheet are to hold."""
    wanted, rows, held = {edit.row for edit in edits}, sheet.rows, dict[int, list[Cell]]()

    def passing() -> Iterator[tuple[int, Row]]:
        for number, cells in rows:
            if number in wanted:
                held[number] = [] if isinstance(cells, Fault) else list(cells)
            yield number, cells

    sheet.rows = passing()
    headings = headings_of(sheet, columns, limits)
    for _ in sheet.rows:
        # What is merged is known when all has been read.
        pass
    layout = Layout(headings, sheet.merged)
    texts: dict[int, dict[int, str]] = defaultdict(dict)
    of_sheet = Edits.of(edits, headings)
    of_sheet.check_rows(set(held))
    for row, placed in of_sheet.by_row.items():
        cells = held[row]
        for place, edit in placed:
            if layout.anchor(row, place) != (row, place):
                raise CorrectionError("merged", row=row, column=edit.column)
            cells += [""] * (place + 1 - len(cells))
            cells[place] = texts[row][place] = edit.apply(cells[place], limits)
    return headings.row, texts


class _Writing(Splices):
    """Writes cells of a sheet; those that are not there are created."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._rows = deque(sorted(texts))
        self._number = 0
        self._place = -1
        self._pending: deque[int] = deque()
        self._cell: dict[str, str] | None = None
        """Attributes of the cell that is being replaced."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "row" and self.depth == 3:
            self._number = int(attributes.get("r", self._number + 1))
            self._place = -1
            self.put_before("".join(self._create_rows(self._number)))
            self._pending = deque(sorted(self._texts.get(self._number, ())))
            if self._pending:
                self._rows.popleft()
        elif name == "c" and self.depth == 4:
            reference = attributes.get("r")
            self._place = parse_cell(reference)[0] if reference else self._place + 1
            if self._pending and self._pending[0] < self._place:
                self.put_before("".join(self._create(self._place)))
            if self._pending and self._pending[0] == self._place:
                self._cell = attributes
                self.hold()
        elif name == "f" and self._cell is not None:
            raise CorrectionError("formula", cell=f"{letters(self._place)}{self._number}")

    def end(self, name: str) -> None:
        """Take its end."""
        if name == "c" and self.depth == 4 and self._cell is not None:
            self.replace(self._write_cell(self._pending.popleft(), self._cell))
            self._cell = None
        elif name == "row" and self.depth == 3:
            self.append("".join(self._create(LAST_COLUMN)))
        elif name == "sheetData" and self.depth == 2:
            self.append("".join(self._create_rows(None)))

    def _create(self, end: int) -> Iterator[str]:
        """Give the cells left of a place that are not there."""
        while self._pending and self._pending[0] < end:
            yield self._write_cell(self._pending.popleft(), {"t": "s"})

    def _create_rows(self, end: int | None) -> Iterator[str]:
        """Give the rows above a row, or at the end, that are not there."""
        number = self._number
        while self._rows and (end is None or self._rows[0] < end):
            self._number = self._rows.popleft()
            self._pending = deque(sorted(self._texts[self._number]))
            name = self.name("row")
            yield tag(name, {"r": str(self._number)}) + "".join(self._create(LAST_COLUMN)) + f"</{name}>"
        self._number = number

    def _write_cell(self, place: int, before: Mapping[str, str]) -> str:
        text = self._texts[self._number][place]
        kept = {key: value for key, value in before.items() if key not in ("r", "t", "cm", "vm")}
        attributes = {"r": f"{letters(place)}{self._number}", **kept}
        c, v, string, t = (self.name(local) for local in ("c", "v", "is", "t"))
        if not text:
            return tag(c, attributes, "/")
        if before.get("t", "n") == "n" and _NUMBER.fullmatch(text):
            return f"{tag(c, attributes)}<{v}>{text}</{v}></{c}>"
        start = tag(c, {**attributes, "t": "inlineStr"})
        return f'{start}<{string}><{t} xml:space="preserve">{in_xml(text)}</{t}></{string}></{c}>'
