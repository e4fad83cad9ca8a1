"""Workbooks for records that came in none, or in several files: each table on a sheet, row by row as it was read."""

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from etl.read.columns import Columns
from etl.read.forms import load, open_source
from etl.read.given import Given, name_of
from etl.read.layout import Layout
from etl.read.limits import Limits, written
from etl.read.records import shown
from etl.read.references import LAST_ROW
from etl.read.source import Fault, Row, Sheet, UnreadableError
from etl.read.workbook.book import LIST
from etl.reports.workbook.archive import Archive, Copy
from etl.reports.workbook.book import Book
from etl.reports.workbook.index import name_sheet, reference
from etl.reports.workbook.rows import LONGEST, Cell, SheetWriter
from etl.reports.workbook.speech import Speech
from etl.reports.workbook.stylesheet import Reading, Writing

_WIDTH = 18
"""Signs that a column is wide."""


class TableCopies:
    """A workbook of the tables of several files, not yet marked."""

    def __init__(self, inputs: Sequence[Given], layouts: Mapping[str, Layout], speech: Speech) -> None:
        """Write the workbook; files that cannot be read have no sheet, and a table ends where reading it failed."""
        self.sheets: dict[str, str] = {}
        """Table to the name of its sheet."""
        self.notes: list[str] = []
        """What is to be said above the list."""
        self.content = io.BytesIO()
        self._layouts = layouts
        self._speech = speech
        taken = {speech.say("sheet").casefold()}
        self._tables = [table for given in inputs for table in self._tables_of(given)]
        for table, _ in self._tables:
            path, _, sheet = table.partition("#")
            self.sheets[table] = name_sheet(sheet or PurePath(path).stem, taken)
        book = Book(Archive(self._frame()))
        reading = Reading()
        reading.copy(book.source.chunks(book.part("styles") or ""))
        styles = reading.styles
        self._text = styles.added()
        self._heading = styles.added(font=f'<{styles.prefix}b/><{styles.prefix}sz val="11"/>', inner=' wrapText="1"')
        part = str(book.part("styles"))
        with Copy(book.source, self.content) as copy:
            for table, rows in self._tables:
                with copy.opened(book.sheets[self.sheets[table]]) as stream:
                    self._write(SheetWriter(stream, book.index.namespace), table, rows)
            with copy.opened(part) as stream:
                Writing(styles).copy(book.source.chunks(part), stream)
            copy.copy_rest()

    def _tables_of(self, given: Given) -> Iterator[tuple[str, Sheet]]:
        limits = Limits()
        name = name_of(given)
        if not any(table == name or table.startswith(f"{name}#") for table in self._layouts):
            return
        try:
            source = open_source(given, load(given, limits), Columns(), limits)
        except UnreadableError:
            # Told in the list, as when it was read first.
            return
        for sheet in source.sheets:
            if (table := shown(name, sheet.name)) in self._layouts:
                yield table, sheet

    def _frame(self) -> io.BytesIO:
        """Return a workbook of empty sheets, the last of which will be the list."""
        book = Workbook()
        book.remove(book.worksheets[0])
        for name in (*self.sheets.values(), self._speech.say("sheet")):
            book.create_sheet(name)
        book.defined_names[LIST] = DefinedName(LIST, attr_text=reference(self._speech.say("sheet"), "$A$1"))
        content = io.BytesIO()
        with ZipFile(content, "w", ZIP_DEFLATED) as archive:
            _InMemory(book, archive).write_data()
        content.seek(0)
        return content

    def _write(self, writer: SheetWriter, table: str, sheet: Sheet) -> None:
        headings = self._layouts[table].headings
        top = headings.row or 1
        writer.begin([_WIDTH] * len(headings.written), frozen=top)
        if sheet.headings is not None:
            writer.write(top, [Cell(str(heading or ""), self._heading) for heading in headings.written])
        down = self._layouts[table].shift
        left_out = 0
        try:
            for number, cells in sheet.rows:
                if number + down > LAST_ROW:
                    left_out += 1
                    continue
                style = self._heading if number + down == top else self._text
                written_ = [Cell(text, style if text else 0) for text in _texts(cells)]
                if any(cell.value for cell in written_):
                    writer.write(number + down, written_)
        except UnreadableError:
            # The list tells where and why reading ended.
            pass
        writer.end()
        name = self.sheets[table]
        if left_out:
            values = {"limit": written(LAST_ROW), "count": written(left_out)}
            self.notes.append(self._speech.say("rows_limit", sheet=name, **values))
        if writer.cut:
            values = {"limit": written(LONGEST), "count": written(writer.cut)}
            self.notes.append(self._speech.say("cells_limit", sheet=name, **values))


class _InMemory(ExcelWriter):  # type: ignore[misc]
    """Writes a workbook without the temporary files of openpyxl, since what is checked for others may write none."""

    def write_worksheet(self, ws: Any) -> None:
        """Write a sheet."""
        writer = WorksheetWriter(ws, io.BytesIO())
        writer.write()
        ws._drawing = SpreadsheetDrawing()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], writer.out.getvalue())
        self.manifest.append(ws)


def _texts(cells: Row) -> list[str]:
    """Return the cells of a row as text; what cannot be read, by what is told of it."""
    if isinstance(cells, Fault):
        return [cells.value or ""]
    return [(cell.value or "") if isinstance(cell, Fault) else cell for cell in cells]
