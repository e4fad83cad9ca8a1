"""Cells of CSV and TSV: separator, quotes, ends of lines and encoding stay, and so does every other byte."""

import codecs
import csv
import re
from collections.abc import Iterator

from etl.correct.edits import CorrectionError, Edit, Edits, headings_of
from etl.read.columns import Columns
from etl.read.delimited import find_separator, open_delimited
from etl.read.encoding import decode
from etl.read.limits import Limits

_WIDE = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""Byte order marks, the longer of those that begin alike first, and what each declares."""


def correct_delimited(content: bytes, edits: list[Edit], columns: Columns, limits: Limits) -> bytes:
    """Return the bytes of a table of text with cells edited.

    Raises:
        CorrectionError: if an edit does not fit, or its text cannot be written in the encoding of the file.
        UnreadableError: if the table cannot be read.
    """
    text = decode(content, columns)
    separator = find_separator(text, columns, limits)
    cells = Edits.of(edits, headings_of(open_delimited(text, columns, limits), columns, limits))
    lines = list(text.lines(limits))
    pieces: list[str] = []
    done: set[int] = set()
    for row, record, held in _records(lines, separator):
        piece = record
        for place, edit in cells.by_row.get(row, ()):
            done.add(row)
            if place >= len(held):
                raise CorrectionError("row", row=row)
            held[place] = edit.apply(held[place], limits)
            piece = _with_cell(piece, place, held[place], separator)
        pieces.append(piece)
    cells.check_rows(done)
    mark, encoding = encoding_of(content, text.encoding)
    return mark + encode("".join(pieces), encoding)


def encoding_of(content: bytes, declared: str) -> tuple[bytes, str]:
    """Return the byte order mark of a text and the encoding of what follows it."""
    return next(((mark, wide) for mark, wide in _WIDE.items() if content.startswith(mark)), (b"", declared))


def encode(text: str, encoding: str) -> bytes:
    """Return the bytes of a text.

    Raises:
        CorrectionError: if the encoding lacks a sign of it.
    """
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise CorrectionError("encoding", sign=text[error.start], encoding=encoding) from error


def _records(lines: list[str], separator: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield each record's number, its text with the end of its line, and its cells."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    start = 0
    for row, cells in enumerate(reader, start=1):
        yield row, "".join(lines[start : reader.line_num]), cells
        start = reader.line_num


def _with_cell(record: str, place: int, text: str, separator: str) -> str:
    """Return a record with another text in one cell, quoted if the one before was or if it must be."""
    cell = re.compile(rf'"(?:[^"]|"")*"|[^{re.escape(separator)}\r\n]*')
    start = 0
    for _ in range(place):
        found = cell.match(record, start)
        assert found is not None  # noqa: S101 - it matches the empty text
        start = found.end() + len(separator)
    found = cell.match(record, start)
    assert found is not None  # noqa: S101 - the same
    quoted = found[0].startswith('"') or any(sign in text for sign in (separator, '"', "\r", "\n"))
    written = '"' + text.replace('"', '""') + '"' if quoted else text
    return record[:start] + written + record[found.end() :]
