"""Answers that any column may hold: yes and no, and that a value is not stated."""

from functools import cache

from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import JOINER, Table


@cache
def _yes_and_no() -> dict[str, bool]:
    rows = Table(MAPPINGS / "booleans.tsv").rows
    return {fold(word): value == "true" for word, value in rows.select("word", "value").iter_rows()}


def read_boolean(text: str) -> bool | None:
    """Return what a yes or no in English or French says; None where it is neither."""
    return _yes_and_no().get(fold(text))


@cache
def _not_stated() -> dict[str, tuple[frozenset[str], str | None]]:
    rows = Table(MAPPINGS / "not-stated.tsv").rows
    return {
        fold(word): (frozenset(where.split(JOINER) if where else ()), exception)
        for word, where, exception in rows.select("word", "where", "except").iter_rows()
    }


def is_not_stated(text: str, column: str) -> bool:
    """Tell whether a cell of a column says that the value is not given."""
    if (found := _not_stated().get(fold(text))) is None:
        return False
    where, exception = found
    kind = "ids" if column.endswith("_id") else column
    return column != exception and (not where or kind in where)
