"""Reading records: files of rows, with headings in English or French, to one table of text."""

import csv
import hashlib
import io
import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from etl.problems import Problem, Rules
from etl.read.columns import Columns

SEPARATORS = ",;\t"
LONGEST_CELL = 10_000_000
"""Characters; what is longer is no cell but a file without line ends."""
_SPACES = " \t\r\n\u00a0\u202f\u200b\ufeff"


@dataclass(frozen=True)
class Input:
    """One file of records as it was read."""

    path: str
    sha256: str
    rows: int


@dataclass
class Records:
    """Everything that was read.

    ``table`` has one row a record: ``record`` (UInt32, 0-based over all files), ``file``, ``row`` (heading = 1),
    then every canonical column as text, null where empty.
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
    unreadable: bool = False
    """True where a file was given that is missing, empty or no table."""


class UnreadableError(Exception):
    """A file is missing, empty or no table; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def read_records(paths: Sequence[Path], rules: Rules, columns: Columns) -> Records:
    """Read files of records; what is wrong with one file never hides what is wrong with another.

    Args:
        paths: CSV or TSV files in UTF-8, separated by comma, semicolon or tab.
        rules: the catalogue that problems are told from.
        columns: the columns known.
    """
    records = Records(pl.DataFrame(), {}, [], [])
    cells: dict[str, list[str | None]] = {name: [] for name in columns.names}
    files: list[str] = []
    rows: list[int] = []
    seen: set[Path] = set()
    for path in paths:
        # A name that is no Unicode cannot be printed as it is.
        name = os.fsencode(path).decode("utf-8", "replace")
        if path.resolve() in seen:
            records.problems.append(rules["file-twice"].tell(file=name))
            continue
        seen.add(path.resolve())
        reader = _File(name, path, rules, columns)
        try:
            reader.read()
        except UnreadableError as error:
            records.problems += [*reader.problems, error.problem]
            records.unreadable = True
            continue
        start = len(rows)
        records.problems += reader.problems
        records.headings[name] = reader.headings
        records.rejected |= {start + index for index in reader.rejected | reader.shifted}
        records.shifted |= {start + index for index in reader.shifted}
        records.inputs.append(Input(name, reader.sha256, len(reader.rows)))
        rows += reader.rows
        files += [name] * len(reader.rows)
        for column, read in cells.items():
            read.extend(reader.cells.get(column) or [None] * len(reader.rows))
    records.table = pl.DataFrame(
        {"file": files, "row": rows, **cells},
        schema={"file": pl.String, "row": pl.UInt32, **dict.fromkeys(cells, pl.String)},
    ).with_row_index("record")
    return records


class _File:
    """One file while it is read."""

    def __init__(self, name: str, path: Path, rules: Rules, columns: Columns) -> None:
        self.name = name
        self.path = path
        self.rules = rules
        self.columns = columns
        self.problems: list[Problem] = []
        self.headings: dict[str, str] = {}
        self.cells: dict[str, list[str | None]] = {}
        self.rows: list[int] = []
        self.rejected: set[int] = set()
        self.shifted: set[int] = set()
        self.sha256 = ""

    def read(self) -> None:
        """Read the file.

        Raises:
            UnreadableError: if it is missing, empty or no table.
        """
        text = self._decode(self._load())
        separator = self._find_separator(text)
        csv.field_size_limit(LONGEST_CELL)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        places: list[str | None] | None = None
        row = 0
        try:
            for row, cells in enumerate(reader, start=1):
                if not any(cell.strip(_SPACES) for cell in cells) or (row == 1 and _is_separator_line(cells)):
                    continue
                if places is None:
                    places = self._read_headings(cells, row)
                else:
                    self._read_row(row, cells, places)
        except csv.Error as error:
            raise self._unreadable("file-format", f"line {reader.line_num}: {error}", row + 1) from error
        if places is None:
            raise self._unreadable("file-empty")
        if not self.rows:
            self.problems.append(self.rules["file-without-rows"].tell(file=self.name))

    def _load(self) -> bytes:
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise self._unreadable("file-missing", error.strerror) from error
        if not content.strip():
            raise self._unreadable("file-empty")
        self.sha256 = hashlib.sha256(content).hexdigest()
        return content

    def _decode(self, content: bytes) -> str:
        if content.startswith(b"PK\x03\x04"):
            raise self._unreadable("file-format", "a workbook or ZIP archive")
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise self._unreadable("file-encoding", "UTF-16")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            row = content.count(b"\n", 0, error.start) + 1
            line = content[content.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")
            place = f"byte 0x{content[error.start]:02X} in line {row}, after “{line[-20:]}”"
            raise UnreadableError(self.rules["file-encoding"].tell(file=self.name, row=row, value=place)) from error

    def _find_separator(self, text: str) -> str:
        told = (line for line in text.splitlines() if line.strip(_SPACES))
        first = next((line for line in told if not line.startswith("sep=")), "")

        def score(separator: str) -> tuple[int, int]:
            cells = next(csv.reader([first], delimiter=separator), [])
            return sum(self.columns.find(cell) is not None for cell in cells), len(cells)

        return max(SEPARATORS, key=score)

    def _read_headings(self, cells: Iterable[str], row: int) -> list[str | None]:
        places: list[str | None] = []
        twice: Problem | None = None
        for cell in cells:
            heading = _clean(cell)
            column = self.columns.find(heading) if heading else None
            if heading and column is None:
                nearest = self.columns.nearest(heading)
                self.problems.append(
                    self.rules["heading-unknown"].tell(
                        file=self.name, row=row, column=heading, value=heading, candidates=nearest
                    )
                )
            if column is not None and heading is not None:
                if column in self.headings:
                    twice = self.rules["heading-twice"].tell(
                        file=self.name,
                        row=row,
                        column=heading,
                        value=heading,
                        candidates=[self.headings[column], heading],
                    )
                    column = None
                else:
                    self.headings[column] = heading
            places.append(column)
        if "image_id" not in self.headings:
            raise UnreadableError(self.rules["heading-image-id-missing"].tell(file=self.name, row=row))
        if twice:
            raise UnreadableError(twice)
        self.cells = {column: [] for column in self.headings}
        return places

    def _read_row(self, row: int, cells: list[str], places: list[str | None]) -> None:
        index = len(self.rows)
        self.rows.append(row)
        extra = next((cell for cell in cells[len(places) :] if cell.strip(_SPACES)), None)
        if extra is not None:
            self.shifted.add(index)
            self.problems.append(self.rules["row-too-long"].tell(file=self.name, row=row, value=_clean(extra)))
        elif len(cells) < len(places):
            self.problems.append(self.rules["row-too-short"].tell(file=self.name, row=row))
        for place, column in enumerate(places):
            if column is None:
                continue
            value = _clean(cells[place]) if place < len(cells) else None
            if value and (sign := _control_character(value)):
                self.rejected.add(index)
                self.problems.append(
                    self.rules["cell-control-character"].tell(
                        file=self.name, row=row, column=self.headings[column], value=sign
                    )
                )
                value = None
            self.cells[column].append(value)

    def _unreadable(self, rule: str, value: str | None = None, row: int | None = None) -> UnreadableError:
        return UnreadableError(self.rules[rule].tell(file=self.name, row=row, value=value))


def _clean(cell: str) -> str | None:
    return unicodedata.normalize("NFC", cell).strip(_SPACES) or None


def _is_separator_line(cells: list[str]) -> bool:
    """Tell whether a row is the line by which spreadsheets tell themselves the separator, ``sep=;``."""
    return cells[0].startswith("sep=") and not any(cells[1:])


def _control_character(text: str) -> str | None:
    if text.isprintable():
        return None
    for sign in text:
        if unicodedata.category(sign) == "Cc" and sign not in "\t\r\n":
            return f"U+{ord(sign):04X}"
    return None
