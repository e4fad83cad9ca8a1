"""The text of cells: typed values written as text, text cleaned of what has no meaning."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

from etl.read.limits import Limits, written
from etl.read.source import Cell, Fault
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

SPACES = " \t\r\n\u00a0\u202f\u200b\u2060\ufeff"
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))
"""Signs of no width that mean nothing; joiners, which emoji and other scripts need, are not among them."""
SEPARATOR = ";"
"""Stands between several values of a cell."""
_LONG = 1000
_MARKS = 30
"""Combining marks in a row that text may have (UAX #15, stream-safe text); normalising more takes quadratic time."""
_EXACT = 10**15
"""Up to here a whole number is exact in the 15 digits that spreadsheets keep."""


def write(value: object) -> Cell:  # noqa: PLR0911 - one for each type
    """Return a typed value as a person would have typed it: ``14.0`` is ``14``, a date is ISO, a list has ``;``."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return write_number(repr(value))
        case int():
            return str(value)
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            return (value.date() if value.time() == time() and value.tzinfo is None else value).isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
        case list():
            return _join(value)
        case dict():
            return Fault("cell-nested", printable(", ".join(map(str, value)), 100))
        case _:
            return Fault("cell-nested", type(value).__name__)


def write_number(text: str) -> str:
    """Return a number without exponent and without ``.0``; what is none, as it stands."""
    try:
        number = float(text)
    except (ValueError, OverflowError):
        return text
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    return f"{Decimal(repr(number)):f}" if number - number == 0 else text


def clean(cell: Cell, limits: Limits) -> Cell | None:
    """Return the text of a cell (NFC, no space around), None where it is empty, or what is wrong with it."""
    if isinstance(cell, Fault):
        return cell
    if len(cell) > limits.cell:
        return Fault("cell-limit", f"{cell[:40]}…", bindings=(("limit", written(limits.cell)),))
    text = cell.strip(SPACES)
    if not text.isascii():
        if len(text) > _LONG and (piled := _piled_marks().search(text)):
            return Fault("cell-control-character", _code(piled[0][0]))
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = text.translate(_INVISIBLE).strip(SPACES)
        if sign := _no_text(text):
            return Fault("cell-control-character", sign)
    if text[:1] == "#" and text.upper() in _errors():
        return Fault("cell-error", text)
    return text or None


def printable(text: str, longest: int = 200) -> str:
    """Return text that can be told: no lone surrogates, and not endless."""
    return text[:longest].encode("utf-8", "replace").decode("utf-8") + "…" * (len(text) > longest)


def mask(text: str) -> str:
    """Return a text with every digit and letter hidden: a day of birth must not be repeated in a published report."""
    return re.sub(r"\w", "•", text)


def _join(values: list[object]) -> Cell:
    texts: list[str] = []
    for value in values:
        one = Fault("cell-nested", "[[…]]") if isinstance(value, list) else write(value)
        if isinstance(one, Fault):
            return one
        if SEPARATOR in one:
            return Fault("cell-list-separator", printable(one))
        texts.append(one)
    return SEPARATOR.join(texts)


def _no_text(text: str) -> str | None:
    """Return the code of the first control character or half of a surrogate pair."""
    for sign in text:
        kind = unicodedata.category(sign)
        if kind == "Cs" or (kind == "Cc" and sign not in "\t\r\n"):
            return _code(sign)
    return None


def _code(sign: str) -> str:
    return f"U+{ord(sign):04X}"


@cache
def _errors() -> frozenset[str]:
    """The values by which spreadsheets say that a formula failed."""
    return frozenset(word.upper() for word in Table(MAPPINGS / "errors.tsv").rows["word"])


@cache
def _piled_marks() -> re.Pattern[str]:
    marks = "".join(sign for sign in map(chr, range(0x300, 0x20000)) if unicodedata.combining(sign))
    return re.compile(f"[{marks}]{{{_MARKS + 1}}}")
