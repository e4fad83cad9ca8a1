"""Ids that pseudonyms replace, and that a text which is published would tell all the same."""

import re

import polars as pl

from etl.read.cells import mask
from etl.resolve.cells import Cells, distinct
from etl.resolve.identity import IDS
from etl.resolve.screening import columns_of_kind, labels_of_kinds

_KIND = "replaced"
"""What these ids are in ``mappings/identifying-kinds.tsv``."""
_WORD = re.compile(r"[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*")
_TELLING = re.compile(r"(?=.*\d)(?=.*[a-z]).{3,}|.*\d.*\d.*\d.*\d.*\d.*")
"""Ids that no other word is likely to be: ``12`` and ``P1`` stand in any caption."""


def screen_replaced(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Tell cells of text that hold an id of any row, and empty them; their rows stay."""
    given = {identifier.casefold() for column in IDS for identifier in distinct(table, column)}
    replaced = {identifier for identifier in given if _TELLING.fullmatch(identifier)}
    for column in columns_of_kind(_KIND):
        found = {text: held for text in distinct(table, column) if (held := _held(text, replaced))}
        if not found:
            continue
        screened = pl.col(column).is_in(list(found)).fill_null(value=False)
        what = ", ".join(labels_of_kinds([_KIND], cells.language))
        for record, text in table.filter(screened).select("record", column).iter_rows():
            cells.tell("text-identifies", record, column, mask(found[text]), bindings={"what": what})
        table = table.with_columns(pl.when(~screened).then(pl.col(column)).alias(column))
    return table


def _held(text: str, replaced: set[str]) -> str | None:
    return next((word[0] for word in _WORD.finditer(text) if word[0].casefold() in replaced), None)
