"""The shapes that comments are shown in (VML), which spreadsheet programs want beside the comments themselves.

What these programs write there is not always well-formed XML, so that it is not parsed.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from math import ceil
from pathlib import Path
from string import Template

from etl.read.references import LAST_COLUMN, LAST_ROW
from etl.reports.workbook.comments import Cell
from etl.reports.workbook.speech import Run

_SHAPE = re.compile(r"<((?:\w+:)?)shape\s.*?</\1shape\s*>", re.DOTALL)
_NOTE = re.compile(r"""ObjectType\s*=\s*["']Note["']""")
_ROW = re.compile(r"<(?:\w+:)?Row>\s*(\d+)\s*<")
_COLUMN = re.compile(r"<(?:\w+:)?Column>\s*(\d+)\s*<")
_BLOCKS = re.compile(r"""(<(?:\w+:)?idmap\b[^>]*\bdata=)(["'])([0-9, ]*)\2""")
_IDENTIFIER = re.compile(r"_x0000_s(\d+)")
_TYPE = 'id="_x0000_t202"'
"""The kind of shape that comments have."""
_BLOCK = 1024
"""Shapes that one block of identifiers is for."""
_WIDE, _LINE = 6, 56
"""Columns that a shape lies over, and signs of a line in it."""
_TALLEST = 30
"""Lines that a shape is at most as tall as."""


class Identifiers:
    """Blocks of identifiers that no shape of the workbook has."""

    def __init__(self, drawings: Sequence[str]) -> None:
        """Take the drawings of the workbook."""
        used = [
            int(block)
            for text in drawings
            for found in _BLOCKS.finditer(text)
            for block in found[3].split(",")
            if block.strip()
        ]
        used += [int(found[1]) // _BLOCK for text in drawings for found in _IDENTIFIER.finditer(text)]
        self._next = max(used, default=0) + 1

    def blocks(self, shapes: int) -> range:
        """Return blocks for so many shapes."""
        first = self._next
        self._next += ceil(shapes / (_BLOCK - 1))
        return range(first, self._next)


def decode(content: bytes) -> str:
    """Return a drawing as text; bytes that are none come out again."""
    return content.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Return the bytes of a drawing."""
    return text.encode("utf-8", "surrogateescape")


def revise(drawing: str | None, cells: set[Cell], told: Mapping[Cell, Sequence[Run]], identifiers: Identifiers) -> str:
    """Return a drawing with one shape for each cell that has a comment, and none for cells that have none.

    Raises:
        ValueError: if it is no drawing.
    """
    text = _template("shapes.xml").template.strip() if drawing is None else drawing
    there: set[Cell] = set()

    def look(shape: re.Match[str]) -> str:
        row, column = _ROW.search(shape[0]), _COLUMN.search(shape[0])
        if not (_NOTE.search(shape[0]) and row and column):
            return shape[0]
        cell = int(row[1]) + 1, int(column[1])
        there.add(cell)
        return shape[0] if cell in cells else ""

    text = _SHAPE.sub(look, text)
    new = sorted(cells - there)
    if not new:
        return text
    if _TYPE not in text:
        # A drawing of buttons knows only their kind of shape.
        text = text.replace("</xml>", f"{_template('shapetype.xml').template.strip()}</xml>")
    end = text.rfind("</xml>")
    if end < 0:
        raise ValueError("VML")
    blocks = identifiers.blocks(len(new))
    numbers = [block * _BLOCK + number for block in blocks for number in range(1, _BLOCK)]
    shapes = "".join(_shape(cell, told.get(cell, ()), number) for cell, number in zip(new, numbers, strict=False))
    text = text[:end] + shapes + text[end:]
    listed = ",".join(map(str, blocks))
    return _BLOCKS.sub(lambda found: f'{found[1]}"{",".join(filter(None, (found[3].strip(), listed)))}"', text, count=1)


def _shape(cell: Cell, told: Sequence[Run], number: int) -> str:
    row, column = cell[0] - 1, cell[1]
    lines = "".join(text for text, _ in told).splitlines() or [""]
    tall = min(_TALLEST, 2 + sum(max(1, ceil(len(line) / _LINE)) for line in lines))
    left = min(column + 1, LAST_COLUMN - 1 - _WIDE)
    top = min(max(0, row - 1), LAST_ROW - 1 - tall)
    anchor = ", ".join(map(str, (left, 15, top, 10, left + _WIDE, 15, top + tall, 4)))
    return _template("shape.xml").substitute(id=number, height=tall * 13, anchor=anchor, row=row, column=column).strip()


@cache
def _template(name: str) -> Template:
    return Template((Path(__file__).parent / name).read_text(encoding="utf-8"))
