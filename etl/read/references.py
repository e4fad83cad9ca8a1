"""Places of a spreadsheet as spreadsheets write them: ``C``, ``C2:D7``, ``3:5``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LAST_COLUMN = 16_384
LAST_ROW = 1_048_576
"""What a sheet can hold (ECMA-376, as Excel keeps to it)."""
SHOWN = 10
"""How many places are listed before an ellipsis."""

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True)
class Range:
    """A block of cells; columns count from 0, rows from 1, both ends belong to it."""

    first_column: int
    first_row: int
    last_column: int
    last_row: int

    def __str__(self) -> str:
        if (self.first_row, self.last_row) == (1, LAST_ROW):
            return f"{letters(self.first_column)}:{letters(self.last_column)}"
        if (self.first_column, self.last_column) == (0, LAST_COLUMN - 1):
            return f"{self.first_row}:{self.last_row}"
        return f"{letters(self.first_column)}{self.first_row}:{letters(self.last_column)}{self.last_row}"


def letters(column: int) -> str:
    """Return the letters of a column counted from 0: ``A``, ``Z``, ``AA``."""
    found = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        found = chr(ord("A") + letter) + found
        column -= 1
    return found


def parse_cell(reference: str) -> tuple[int, int]:
    """Return column (from 0) and row (from 1) of a cell such as ``C2``.

    Raises:
        ValueError: if it is no cell of a sheet.
    """
    match = _REFERENCE.fullmatch(reference)
    column, row = (_number(match[1]), int(match[2])) if match else (-1, 0)
    if not (0 <= column < LAST_COLUMN and 1 <= row <= LAST_ROW):
        raise ValueError(f"no cell: {reference[:20]}")
    return column, row


def parse_range(reference: str) -> Range:
    """Return the block of cells such as ``C2:D7``.

    Raises:
        ValueError: if it is none.
    """
    first, _, last = reference.partition(":")
    (first_column, first_row), (last_column, last_row) = parse_cell(first), parse_cell(last or first)
    if last_column < first_column or last_row < first_row:
        raise ValueError(f"no range: {reference[:20]}")
    return Range(first_column, first_row, last_column, last_row)


def rows(numbers: Iterable[int]) -> list[Range]:
    """Return ascending row numbers as blocks of whole rows."""
    blocks: list[list[int]] = []
    for number in numbers:
        if blocks and blocks[-1][1] == number - 1:
            blocks[-1][1] = number
        else:
            blocks.append([number, number])
    return [Range(0, first, LAST_COLUMN - 1, last) for first, last in blocks]


def listed(ranges: Iterable[Range]) -> str:
    """Return the first few ranges, separated by commas."""
    found = [str(one) for one in ranges]
    return ", ".join(found[:SHOWN] + ["…"] * (len(found) > SHOWN))


def _number(letters_: str) -> int:
    number = 0
    for letter in letters_.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
