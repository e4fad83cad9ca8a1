"""Reports as workbooks: the curator's own where one was checked, else a new one with a sheet a table."""

import hashlib
import io
from collections.abc import Mapping
from typing import IO

from etl.problems import Problem
from etl.read.causes import DAMAGES, explain, of_damage
from etl.read.columns import Columns
from etl.read.forms import load, open_source
from etl.read.given import Given, name_of
from etl.read.layout import Layout
from etl.read.limits import Limits
from etl.read.records import shown
from etl.read.references import letters
from etl.read.source import UnreadableError
from etl.reports.forms import Dossier
from etl.reports.report import Report
from etl.reports.workbook.annotation import Annotation
from etl.reports.workbook.archive import Archive
from etl.reports.workbook.book import Book, NotReturnableError
from etl.reports.workbook.copies import TableCopies
from etl.reports.workbook.overview import Listed, Overview
from etl.reports.workbook.places import place_problems
from etl.reports.workbook.speech import Speech

_ZIP = b"PK"
_DAMAGES = tuple(kind for kind in DAMAGES if kind is not OSError)
"""What shows that a part is damaged; errors of the system are of the file that is written."""


def write(dossier: Dossier, file: IO[bytes], *, macros: bool = False) -> None:
    """Write a report as a workbook.

    Args:
        dossier: the report, and what was checked.
        file: where to.
        macros: whether the workbook may hold macros: those that it has are kept, byte for byte.

    Raises:
        OSError: if it cannot be written.
    """
    file.write(_Writer(dossier, macros=macros).content().getbuffer())


class _Writer:
    def __init__(self, dossier: Dossier, *, macros: bool) -> None:
        report = dossier.report
        self._problems: list[Problem] = report.problems
        self._inputs = dossier.files
        self._layouts: Mapping[str, Layout] = report.layouts if isinstance(report, Report) else {}
        self._digests: Mapping[str, str] = report.digests if isinstance(report, Report) else {}
        self._speech = Speech(dossier.rules)
        self._macros = macros
        self._placed, self._cells = place_problems(report.problems, self._layouts)

    def content(self) -> io.BytesIO:
        """Return the workbook."""
        notes = []
        if len(self._inputs) == 1:
            try:
                if marked := self._mark_own(self._inputs[0]):
                    return marked
            except NotReturnableError as error:
                notes.append(self._speech.say("not_returned", reason=self._speech.say(error.word, **error.values)))
            except _DAMAGES as error:
                reason = explain(of_damage(error), self._speech.language)
                notes.append(self._speech.say("not_returned", reason=reason))
        elif self._layouts:
            notes.append(self._speech.say("of_several"))
        copies = TableCopies(self._inputs, self._layouts, self._speech)
        return self._mark(copies.content, copies.sheets, [*notes, *copies.notes])

    def _mark_own(self, given: Given) -> io.BytesIO | None:
        """Return the curator's own workbook, marked; None where what was checked is none that can be read."""
        name, limits = name_of(given), Limits()
        try:
            content = load(given, limits)
            if not self._layouts or not content.startswith(_ZIP):
                return None
            source = open_source(given, content, Columns(), limits)
        except UnreadableError:
            return None
        if hashlib.sha256(content).hexdigest() != self._digests.get(name):
            raise NotReturnableError("changed")
        sheets = {shown(name, sheet.name): str(sheet.name) for sheet in source.sheets}
        return self._mark(io.BytesIO(content), sheets, [])

    def _mark(self, content: io.BytesIO, sheets: Mapping[str, str], notes: list[str]) -> io.BytesIO:
        """Return a workbook, marked; ``sheets`` tells which sheet a table stands on."""
        listed = []
        for problem, cell in zip(self._problems, self._cells, strict=True):
            sheet = sheets.get(problem.file or "")
            at = f"{letters(cell[1])}{cell[0]}" if cell and sheet else ""
            listed.append(Listed(problem, sheet or "", at))
        tables = {sheet: self._placed[table] for table, sheet in sheets.items() if table in self._placed}
        book = Book(Archive(content))
        annotation = Annotation(book, tables, self._speech, notes, macros=self._macros)
        marked = io.BytesIO()
        annotation.write(marked, Overview(listed, [name_of(given) for given in self._inputs], self._speech))
        return marked
