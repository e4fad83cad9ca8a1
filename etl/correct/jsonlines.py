"""Values of JSON Lines: every other sign of a line stays as it is written."""

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]

from etl.correct.delimited import encode, encoding_of
from etl.correct.edits import CorrectionError, Edit
from etl.read.cells import write
from etl.read.columns import Columns
from etl.read.encoding import decode
from etl.read.limits import Limits

_SPACE = re.compile(r"[ \t\r\n\ufeff]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_DECODER = json.JSONDecoder()


def correct_json_lines(content: bytes, edits: list[Edit], columns: Columns, limits: Limits) -> bytes:
    """Return the bytes of JSON Lines with values edited; a number stays one where it still is.

    Raises:
        CorrectionError: if an edit does not fit.
        UnreadableError: if a line cannot be read.
    """
    text = decode(content, columns)
    by_row: dict[int, list[Edit]] = {}
    for edit in edits:
        by_row.setdefault(edit.row, []).append(edit)
    pieces = []
    for row, line in enumerate(text.lines(limits), start=1):
        corrected = line
        for edit in by_row.pop(row, ()):
            corrected = _with_value(corrected, edit, limits)
        pieces.append(corrected)
    for row in sorted(by_row):
        raise CorrectionError("row", row=row)
    mark, encoding = encoding_of(content, text.encoding)
    return mark + encode("".join(pieces), encoding)


def _with_value(line: str, edit: Edit, limits: Limits) -> str:
    for key, key_span, value_span in _members(line, edit.row):
        if key == edit.column:
            start, end = value_span
            value = json.loads(line[start:end], parse_float=str, parse_int=str)
            if edit.old == key != write(value):
                # The heading is corrected, in the row that it first stands in.
                return line[: key_span[0]] + json.dumps(edit.new, ensure_ascii=False) + line[key_span[1] :]
            text = edit.apply(write(value), limits)
            is_number = line[start] in "-0123456789" and _NUMBER.fullmatch(text)
            return line[:start] + (text if is_number else json.dumps(text, ensure_ascii=False)) + line[end:]
    if not edit.old:
        return _with_member(line, edit)
    raise CorrectionError("stale", row=edit.row, column=edit.column, old=edit.old, held="")


def _with_member(line: str, edit: Edit) -> str:
    """Return a line whose object has one more key, at its end."""
    end = line.rindex("}")
    member = f"{json.dumps(edit.column, ensure_ascii=False)}: {json.dumps(edit.new, ensure_ascii=False)}"
    return f"{line[:end]}{', ' if ':' in line[:end] else ''}{member}{line[end:]}"


def _members(line: str, row: int) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Yield the keys of the object of a line, with the place of each and of its value.

    Raises:
        CorrectionError: if the line holds no object.
    """

    def skip(place: int) -> int:
        found = _SPACE.match(line, place)
        assert found is not None  # noqa: S101 - it matches the empty text
        return found.end()

    place = skip(0)
    try:
        if line[place] != "{":
            raise CorrectionError("row", row=row)
        place = skip(place + 1)
        while line[place] != "}":
            key, end = scanstring(line, place + 1)
            start = skip(skip(end) + 1)
            _, stop = _DECODER.raw_decode(line, start)
            yield key, (place, end), (start, stop)
            place = skip(stop)
            if line[place] == ",":
                place = skip(place + 1)
    except (ValueError, IndexError) as error:
        raise CorrectionError("row", row=row) from error
