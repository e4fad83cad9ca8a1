"""Words of every column: yes and no, what is not stated, and the digits that name a text."""

import hashlib
from functools import cache

from etl.folding import fold
from etl.tables import Table
from muscle_atlas.rooms import MAPPINGS


def text_key(text: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _yes_and_no() -> dict[str, bool]:
    rows = Table(MAPPINGS / "booleans.tsv").rows
    return {fold(word): value == "true" for word, value in rows.select("word", "value").iter_rows()}


def read_boolean(text: str) -> bool | None:
    """Return what a yes or no in English or French says; None where it is neither."""
    return _yes_and_no().get(fold(text))


@cache
def _not_stated() -> dict[str, str | None]:
    rows = Table(MAPPINGS / "not-stated.tsv").rows
    return {fold(word): where for word, where in rows.select("word", "where").iter_rows()}


def is_not_stated(text: str, *, of_ids: bool = False) -> bool:
    """Tell whether a cell, or one that should hold an identifier, says that the value is not given."""
    word = fold(text)
    return word in _not_stated() and (of_ids or _not_stated()[word] is None)
