"""The cells of one sheet as text, its merged cells, and what it hides."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from etl.read import references
from etl.read.cells import printable
from etl.read.references import LAST_COLUMN, LAST_ROW, Range, parse_cell, parse_range
from etl.read.source import Cell, Fault, Row, Sheet
from etl.read.workbook.formats import Format, write_shown
from etl.read.workbook.package import Package

_COMMAND = re.compile(r"""^[^"'(]*\|""")
"""A formula that calls another program (DDE): ``cmd|' /C calc'!A0``."""
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TEXTS = frozenset(("v", "f", "t"))
"""Elements of a cell that hold text: a value, a formula, a string."""
_YES = ("1", "true")
_MERGED = 100_000
"""Merged cells that are looked at; with more, a sheet is damaged."""


class SheetRows:
    """Takes the elements of a sheet and gives its rows; tells of the sheet what is known once they are read."""

    def __init__(self, sheet: Sheet, strings: list[str], formats: list[Format]) -> None:
        self._sheet = sheet
        self._strings = strings
        self._formats = formats
        self._rows: list[tuple[int, Row]] = []
        self._number = 0
        self._last = -1
        self._cells: list[Cell] = []
        self._hidden_row = False
        self._hidden_rows: list[int] = []
        self._place = -1
        self._kind = "n"
        self._style = 0
        self._pieces: dict[str, list[str]] = {}
        self._open: list[str] | None = None
        self._spoken = False
        self._formulas: dict[int, Fault] = {}

    def read(self, package: Package, part: str) -> Iterator[tuple[int, Row]]:
        """Yield the rows that hold something, by the numbers that the sheet shows.

        Raises:
            UnreadableError: if the sheet is damaged.
        """
        for _ in package.parse(part, self):
            yield from self._rows
            self._rows.clear()
        self._sheet.hidden += references.rows(self._hidden_rows)
        self._sheet.told += self._formulas.values()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        if name == "c":
            self._start_cell(attributes)
        elif name in _TEXTS:
            if self._place >= 0 and not self._spoken:
                self._open = self._pieces.setdefault(name, [])
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self._spoken = True
        elif name == "mergeCell":
            self._sheet.merged.append(parse_range(attributes["ref"]))
            if len(self._sheet.merged) > _MERGED:
                raise ValueError("mergeCell")
        elif name == "col" and attributes.get("hidden") in _YES:
            self._hide(int(attributes["min"]) - 1, min(int(attributes["max"]), LAST_COLUMN) - 1)

    def end(self, name: str) -> None:
        """Take its end."""
        if name == "c":
            self._end_cell()
        elif name in _TEXTS:
            self._open = None
        elif name == "row":
            if self._cells:
                self._rows.append((self._number, self._cells))
                if self._hidden_row:
                    self._hidden_rows.append(self._number)
        elif name == "rPh":
            self._spoken = False

    def text(self, data: str) -> None:
        """Take a piece of text."""
        if self._open is not None:
            self._open.append(data)

    def _hide(self, first: int, last: int) -> None:
        # Up to the last column of all: what the author hid is the empty rest of the sheet.
        if 0 <= first <= last < LAST_COLUMN - 1:
            self._sheet.hidden.append(Range(first, 1, last, LAST_ROW))

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        number = int(attributes.get("r", self._number + 1))
        if not self._number < number <= LAST_ROW:
            raise ValueError(f"row {number}")
        self._number = number
        self._cells = []
        self._place = -1
        self._last = -1
        self._hidden_row = attributes.get("hidden") in _YES

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        self._place = _column(reference.rstrip("0123456789")) if reference else self._last + 1
        if not self._last < self._place < LAST_COLUMN:
            raise ValueError(f"cell {reference}")
        self._last = self._place
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._pieces = {}

    def _end_cell(self) -> None:
        cell = self._read_cell()
        if cell:
            if len(self._cells) < self._place:
                self._cells += [""] * (self._place - len(self._cells))
            self._cells.append(cell)
        self._place = -1

    def _read_cell(self) -> Cell:  # noqa: PLR0911 - one for each type
        stored = "".join(self._pieces.get("v", ()))
        if "f" in self._pieces:
            formula = "=" + "".join(self._pieces["f"])
            if (not stored and self._kind != "str") or _COMMAND.match(formula):
                fault = Fault("cell-formula", printable(formula), self._number, self._place)
                self._formulas.setdefault(self._place, fault)
                return formula
        match self._kind:
            case "s":
                return self._strings[int(stored)] if stored else ""
            case "inlineStr":
                return unescape("".join(self._pieces.get("t", ())))
            case "str":
                return unescape(stored)
            case "b":
                return "true" if stored in _YES else "false"
            case "e":
                return stored
            case "d":
                return stored.removesuffix("Z").removesuffix("T00:00:00")
        if not stored:
            return ""
        return self._formats[self._style](stored) if self._style < len(self._formats) else write_shown(stored)


def unescape(text: str) -> str:
    """Return the text of a cell with the signs that XML cannot hold: ``_x000D_`` (ECMA-376-1, 22.9.2.19)."""
    return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text) if "_x" in text else text


@lru_cache(maxsize=LAST_COLUMN)
def _column(letters: str) -> int:
    return parse_cell(f"{letters}1")[0]
