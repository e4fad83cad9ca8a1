"""Tables of JSON Lines: one object a line, its keys the headings."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from etl.read.cells import SPACES, printable, write, write_number
from etl.read.columns import Columns
from etl.read.encoding import Text
from etl.read.limits import Limits, written
from etl.read.source import Cell, Fault, Row, Sheet, passed

_LOOKED_AT = 10
"""Lines of which one that holds an object shows what a file is."""
_AROUND = 20
"""Signs shown on either side of an error."""


class _TwiceError(ValueError):
    """An object gives one key twice; the message is the key."""


def is_json_lines(text: Text, limits: Limits) -> bool:
    """Tell whether one of the first lines is a JSON object.

    Raises:
        UnreadableError: if one of them is too long, whatever it is.
    """
    head = [line for line in islice(text.lines(limits), _LOOKED_AT) if line.lstrip().startswith("{")]
    return any(not isinstance(_parse(line), Fault) for line in head)


def open_json_lines(text: Text, columns: Columns, limits: Limits) -> Sheet:
    """Return the table of JSON Lines; a row has the number of its line, and the headings stand in none.

    Raises:
        UnreadableError: if there are more keys than a table can have columns.
    """
    keys: dict[str, bool] = {}
    first: dict[str, int] = {}
    faults = 0
    for number, line in _objects(text, limits):
        if isinstance(line, Fault):
            faults += 1
            if faults > limits.faults:
                break  # Which the reading of rows comes upon, too.
            continue
        for key in line:
            if key not in keys:
                # What stands under no heading at all is told by the reader of the table.
                first[key] = number
                keys[key] = columns.find(printable(key)) is not None or not key.strip(SPACES)
        if len(keys) > limits.columns:
            raise passed("heading-limit", written(limits.columns))
    known = [key for key, is_known in keys.items() if is_known]
    unknown = [key for key, is_known in keys.items() if not is_known]
    # What stands under unknown headings is not read: it need not be carried along.
    ordered = known + unknown
    return Sheet(
        _rows(text, known, limits),
        headings=[printable(key) for key in ordered],
        heading_rows=[first[key] for key in ordered],
    )


def _objects(text: Text, limits: Limits) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    for number, line in enumerate(text.lines(limits), start=1):
        if line.strip():
            yield number, _parse(line)


def _rows(text: Text, known: list[str], limits: Limits) -> Iterator[tuple[int, Row]]:
    for number, found in _objects(text, limits):
        yield number, found if isinstance(found, Fault) else _row(found, known)


def _row(found: dict[str, Any], known: list[str]) -> list[Cell]:
    return [write(found.get(key)) for key in known]


def _parse(line: str) -> dict[str, Any] | Fault:
    """Return the object of a line, or what is wrong with it."""
    try:
        found = _DECODER.decode(line.strip("\ufeff \t\r\n"))
    except _TwiceError as error:
        return Fault("row-key-twice", printable(str(error)))
    except json.JSONDecodeError as error:
        place = error.doc[max(0, error.pos - _AROUND) : error.pos + _AROUND]
        return Fault("row-json", printable(place), bindings=(("place", str(error.colno)),))
    except RecursionError:
        return Fault("row-json", printable(line, _AROUND), bindings=(("place", "1"),))
    if not isinstance(found, dict):
        return Fault("row-json", printable(line.strip(), 2 * _AROUND), bindings=(("place", "1"),))
    return found


def _unite(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        raise _TwiceError(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return found


def _constant(name: str) -> str | None:
    """Programs write ``NaN``, which is no JSON, for a value that is missing."""
    return None if name == "NaN" else name


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unite,
    # Numbers as text: 14.0 is 14, and no number is too long to be told.
    parse_float=write_number,
    parse_int=str,
    parse_constant=_constant,
)
