"""On which lines of a file of text its rows stand: a cell may hold line ends, so that a row is not a line."""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from etl.read.columns import Columns
from etl.read.delimited import find_separator
from etl.read.encoding import decode
from etl.read.forms import is_text, load
from etl.read.given import Given
from etl.read.jsonlines import is_json_lines
from etl.read.limits import Limits
from etl.read.source import UnreadableError

_ENDS = "\r\n"
_AROUND = frozenset("\"' ,;\t|\ufeff")
"""What stands around a value in a line, or nothing does."""


@dataclass(frozen=True)
class Span:
    """The lines of one row, counted from 1."""

    first: int
    last: int
    text: str
    """Without the line end; empty where there are several lines."""
    separator: str | None = None
    """Between cells; None where the text is no table."""

    def find(self, value: str | None) -> tuple[int, int] | None:
        """Return between which signs, counted from 1, a value stands; None where that is not certain."""
        if not value or self.text.count(value) != 1:
            return None
        start = self.text.index(value)
        end = start + len(value)
        around = {self.text[start - 1 : start], self.text[end : end + 1]}
        return (start + 1, end + 1) if around <= _AROUND | {""} else None

    def takes(self, correction: str) -> bool:
        """Tell whether a text can be written in a cell of this line as it is."""
        return self.separator is not None and not set(correction) & {self.separator, '"', *_ENDS}


def find_lines(given: Given, rows: Collection[int], *, rows_are_lines: bool = False) -> dict[int, Span]:
    """Return where rows of a file stand; nothing where it is no text, or cannot be read.

    Args:
        given: the file.
        rows: the rows that are looked for.
        rows_are_lines: whether the file is no table of records.
    """
    limits, columns = Limits(), Columns()
    if rows_are_lines:
        return {row: Span(row, row, "") for row in rows}
    try:
        content = load(given, limits)
        if not is_text(content):
            return {}
        text = decode(content, columns)
        if is_json_lines(text, limits):
            return {row: Span(row, row, "") for row in rows}
        separator = find_separator(text, columns, limits)
        return _find(text.lines(limits), separator, rows)
    except UnreadableError:
        # What is wrong with the file is told by the reader of records.
        return {}


def _find(lines: Iterator[str], separator: str, rows: Collection[int]) -> dict[int, Span]:
    held: list[str] = []
    reader = csv.reader(_keeping(lines, held), delimiter=separator, strict=True)
    found: dict[int, Span] = {}
    row, last, most = 0, 0, max(rows, default=0)
    try:
        for row, _ in enumerate(reader, start=1):
            if row in rows:
                text = held[0].rstrip(_ENDS) if len(held) == 1 else ""
                found[row] = Span(last + 1, reader.line_num, text, separator)
            if row >= most:
                break
            held.clear()
            last = reader.line_num
    except csv.Error:
        # Such as a quote that is never closed: told of the row that it is opened in.
        found[row + 1] = Span(last + 1, last + 1, "")
    return found


def _keeping(lines: Iterator[str], held: list[str]) -> Iterator[str]:
    for line in lines:
        held.append(line)
        yield line
