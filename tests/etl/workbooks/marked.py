"""Workbooks that were read and marked, without the rest of a build."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from etl.problems import Problem, Rules
from etl.read.columns import Columns
from etl.read.given import Given
from etl.read.records import read_records
from etl.reports.forms import Dossier
from etl.reports.report import Report
from etl.reports.workbook.form import write
from muscle_atlas.names import Names, default_base
from muscle_atlas.settings import Language

LIGHT = {"violation": "FFFFB3AB", "warning": "FFFFE08A", "info": "FFBFE3FA"}
"""The colours of marks."""
LIST = {"en": "What is wrong", "fr": "Ce qui est faux"}
"""The sheet that lists what is wrong."""


@cache
def catalogue(language: Language) -> Rules:
    """Return the rules in one language."""
    return Rules(Names(default_base()), language)


def at(file: Path, row: int | None, column: str | None, rule: str = "gene-unknown", sheet: str = "Sheet 1") -> Problem:
    """Return a problem of a cell of a workbook."""
    told = catalogue("en")[rule].tell(row=row, column=column, value="x", candidates=["BIN1"])
    return replace(told, file=f"{file}#{sheet}" if sheet else str(file))


def mark(
    *inputs: Given, problems: Iterable[Problem] | None = None, language: Language = "en", macros: bool = False
) -> bytes:
    """Return the workbook that a report on files is: of what is told while they are read, or of ``problems``."""
    rules = catalogue(language)
    records = read_records(inputs, rules, Columns())
    digests = {given.path: given.sha256 for given in records.inputs}
    told = records.problems if problems is None else list(problems)
    report = Report(told, files=inputs, layouts=records.layouts, digests=digests)
    content = io.BytesIO()
    write(Dossier(report, inputs, rules), content, macros=macros)
    return content.getvalue()


def opened(content: bytes) -> Workbook:
    """Return a workbook as openpyxl reads it."""
    return load_workbook(io.BytesIO(content), rich_text=False)


def marks(sheet: Worksheet) -> dict[str, str]:
    """Return the cells that are marked, with how severely."""
    named = {colour: severity for severity, colour in LIGHT.items()}
    return {
        cell.coordinate: named[cell.fill.fgColor.rgb]
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.patternType == "solid" and cell.fill.fgColor.rgb in named
    }


def said(sheet: Worksheet) -> dict[str, str]:
    """Return the comments of a sheet by cell."""
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook."""
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def listed(content: bytes, language: Language = "en") -> list[dict[str, object]]:
    """Return the rows of the list of problems, by its headings."""
    rows = [list(row) for row in opened(content)[LIST[language]].values]
    head = next(number for number, row in enumerate(rows) if number > 1 and row[0] and row[1])
    return [dict(zip(map(str, rows[head]), row, strict=True)) for row in rows[head + 1 :] if row[0]]


def notes(content: bytes, language: Language = "en") -> str:
    """Return what stands above the list."""
    column = [row[0] for row in opened(content)[LIST[language]].values]
    return "\n".join(str(text) for text in column[: column.index(None)])


def texts(rows: Sequence[Sequence[object]]) -> list[list[str]]:
    """Return rows of cells as text."""
    return [["" if cell is None else str(cell) for cell in row] for row in rows]
