"""Reading tables without building a release: what is read of files, and what is told."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from etl.problems import Problem, Rules
from etl.read.columns import Columns
from etl.read.limits import Limits
from etl.read.records import Records, read_records
from muscle_atlas.names import Names, default_base

COLUMNS = Columns()
SHEET = "xl/worksheets/sheet1.xml"
"""The part of the first sheet of a workbook."""


@cache
def rules() -> Rules:
    """The catalogue of rules, in English."""
    return Rules(Names(default_base()), "en")


def read(*paths: Path, limits: Limits | None = None) -> Records:
    """Read files of records."""
    return read_records(paths, rules(), COLUMNS, limits)


def names(problems: Iterable[Problem]) -> list[str]:
    """Return the names of rules, in the order told."""
    return [problem.name for problem in problems]


def rows(records: Records, *columns: str) -> list[tuple[object, ...]]:
    """Return some columns of what was read."""
    return records.table.select(columns).rows()


def one(records: Records, name: str) -> Problem:
    """Return the only problem told by a rule."""
    [found] = [problem for problem in records.problems if problem.name == name]
    return found


def write_workbook(
    path: Path, *sheets: Sequence[Sequence[object]], edit: Callable[[Workbook], object] = lambda _: None
) -> Path:
    """Write sheets of rows as a workbook, and do something to it before it is saved."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, rows_ in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows_:
            sheet.append(row)
    edit(book)
    book.save(path)
    return path


def change_parts(path: Path, changes: Mapping[str, Callable[[bytes], bytes]], method: int = ZIP_DEFLATED) -> Path:
    """Write the parts of a workbook anew, some of them changed."""
    content = io.BytesIO(path.read_bytes())
    with ZipFile(content) as before, ZipFile(path, "w", method) as after:
        for part in before.namelist():
            after.writestr(part, changes.get(part, bytes)(before.read(part)))
    return path
