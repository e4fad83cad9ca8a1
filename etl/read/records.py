"""Reading records: files of rows, with headings in English or French, to one table of text."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from etl.problems import Problem, Rules
from etl.read.columns import Columns
from etl.read.forms import load, open_source
from etl.read.given import Given, Sent, name_of
from etl.read.layout import Layout
from etl.read.limits import Limits
from etl.read.source import Fault, UnreadableError
from etl.read.table import TableReader, tell

_NO_TABLE = {"file-empty", "heading-image-id-missing"}
"""Rules by which a sheet among others is no fault: it holds something else."""


@dataclass(frozen=True)
class Input:
    """One file of records as it was read."""

    path: str
    sha256: str
    rows: int
    sheets: tuple[str, ...] = ()
    """Names of the sheets read, where it is a workbook."""


@dataclass
class Records:
    """Everything that was read.

    ``table`` has one row a record: ``record`` (UInt32, 0-based over all files), ``file``, ``row`` (heading = 1),
    then every canonical column as text, null where empty, and ``contribution``, null but for rows that came with one. A
    sheet of a workbook is a file of its own, called
    ``path#sheet`` (``shown``).
    """

    table: pl.DataFrame
    headings: dict[str, dict[str, str]]
    """File to canonical column to the heading as written."""
    inputs: list[Input]
    problems: list[Problem]
    rejected: set[int] = field(default_factory=set)
    """Records that cannot be published as they stand."""
    shifted: set[int] = field(default_factory=set)
    """Those of them whose cells stand under wrong headings, so that nothing more can be said of them."""
    layouts: dict[str, Layout] = field(default_factory=dict)
    """File to where its cells stand; none of a file that is no table."""
    unreadable: bool = False
    """True where a file was given that is missing, empty or no table."""


def shown(path: str, sheet: str | None) -> str:
    """Return what a table is called: the path of its file, and behind ``#`` the sheet of a workbook."""
    return path if sheet is None else f"{path}#{sheet}"


def read_records(files: Sequence[Given], rules: Rules, columns: Columns, limits: Limits | None = None) -> Records:
    """Read files of records; what is wrong with one file never hides what is wrong with another.

    Args:
        files: CSV, TSV, XLSX, Parquet or JSON Lines, told apart by what they hold.
        rules: the catalogue that problems are told from.
        columns: the columns known.
        limits: what is too much to be a table.
    """
    reader = _Reader(rules, columns, limits or Limits())
    seen: set[str] = set()
    for given in files:
        name = name_of(given)
        real = name if isinstance(given, Sent) else os.path.realpath(given)
        if real in seen:
            reader.records.problems.append(rules["file-twice"].tell(file=name))
            continue
        seen.add(real)
        reader.read_file(given, name)
    return reader.finish()


class _Reader:
    """All files while they are read."""

    def __init__(self, rules: Rules, columns: Columns, limits: Limits) -> None:
        self.records = Records(pl.DataFrame(), {}, [], [])
        self._rules = rules
        self._columns = columns
        self._limits = limits
        self._cells: dict[str, list[str | None]] = {name: [] for name in columns.names}
        self._files: list[str] = []
        self._rows: list[int] = []

    def read_file(self, given: Given, name: str) -> None:
        """Read one file, of one table or several sheets."""
        try:
            content = load(given, self._limits)
            source = open_source(given, content, self._columns, self._limits)
        except UnreadableError as error:
            self._refuse(name, error)
            return
        for fault in source.told:
            self._tell(name, fault)
        taken: list[str] = []
        empty: list[tuple[TableReader, UnreadableError]] = []
        start = len(self._rows)
        for sheet in source.sheets:
            table = TableReader(shown(name, sheet.name), sheet, self._rules, self._columns, self._limits)
            try:
                table.read()
            except UnreadableError as error:
                if sheet.name is not None and error.fault.rule in _NO_TABLE:
                    empty.append((table, error))
                    continue
                self._refuse(table.name, error, table)
            else:
                self._take(table)
            taken.append(sheet.name or name)
        if not taken:
            # None of its sheets is a table: one is told as the table that it was perhaps meant to be.
            empty.sort(key=lambda sheet: sheet[1].fault.rule, reverse=True)
            if empty:
                self._refuse(empty[0][0].name, empty[0][1], empty[0][0])
            else:
                self._refuse(name, UnreadableError(Fault("file-empty")))
            empty = empty[1:]
        for table, _ in empty:
            self._tell(table.name, Fault("sheet-without-table"))
        sheets = tuple(sheet for sheet in taken if source.sheets[0].name is not None)
        rows = len(self._rows) - start
        self.records.inputs.append(Input(name, hashlib.sha256(content).hexdigest(), rows, sheets))

    def finish(self) -> Records:
        """Return what was read, as one table."""
        self.records.table = pl.DataFrame(
            {"file": self._files, "row": self._rows, **self._cells},
            schema={"file": pl.String, "row": pl.UInt32, **dict.fromkeys(self._cells, pl.String)},
        )
        self.records.table = self.records.table.with_columns(
            pl.lit(None, pl.String).alias("contribution")
        ).with_row_index("record")
        return self.records

    def _take(self, table: TableReader) -> None:
        start, count = len(self._rows), len(table.rows)
        self.records.problems += table.problems
        self.records.headings[table.name] = table.headings
        self.records.layouts[table.name] = table.layout
        self.records.rejected |= {start + index for index in table.rejected | table.shifted}
        self.records.shifted |= {start + index for index in table.shifted}
        self._rows += table.rows
        self._files += [table.name] * count
        for column, cells in self._cells.items():
            cells.extend(table.cells.get(column) or [None] * count)

    def _refuse(self, name: str, error: UnreadableError, table: TableReader | None = None) -> None:
        if table:
            self.records.problems += table.problems
            table.problems = []
            table.tell(error.fault)
            self.records.problems += table.problems
            self.records.layouts[table.name] = table.layout
        else:
            self._tell(name, error.fault)
        self.records.unreadable = True

    def _tell(self, name: str, fault: Fault) -> None:
        self.records.problems.append(tell(self._rules, fault, name))
