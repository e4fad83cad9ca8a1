"""Values of Parquet: types of columns stay, and so do all other values; the file is packed anew."""

import io
from collections import defaultdict
from typing import Any

import polars as pl

from etl.correct.edits import CorrectionError, Edit
from etl.read.cells import SEPARATOR, write
from etl.read.limits import Limits

FIRST = 2
"""The row that the first one counts as, since a line of headings would stand above."""


_BOOLEANS = {"true": True, "false": False}
"""As they are read."""


def correct_parquet(content: bytes, edits: list[Edit], limits: Limits) -> bytes:
    """Return the bytes of a Parquet file with values edited.

    Raises:
        CorrectionError: if an edit does not fit, or its text is no value of the type of the column.
    """
    frame = pl.read_parquet(io.BytesIO(content))
    by_column: dict[str, list[Edit]] = defaultdict(list)
    renamed: dict[str, str] = {}
    for edit in edits:
        if edit.column not in frame.columns:
            raise CorrectionError("column", column=edit.column, known=", ".join(frame.columns))
        if edit.row == FIRST - 1:
            if edit.new != edit.column and edit.new in {*frame.columns, *renamed.values()}:
                raise CorrectionError("column-twice", column=edit.new)
            renamed[edit.column] = edit.new
        elif not 0 <= edit.row - FIRST < frame.height:
            raise CorrectionError("row", row=edit.row)
        else:
            by_column[edit.column].append(edit)
    columns = [_corrected(frame[column], held, limits) for column, held in by_column.items()]
    target = io.BytesIO()
    frame.with_columns(columns).rename(renamed).write_parquet(target)
    return target.getvalue()


def _corrected(column: pl.Series, edits: list[Edit], limits: Limits) -> pl.Series:
    values = column.to_list()
    for edit in edits:
        place = edit.row - FIRST
        values[place] = _read(edit.apply(write(values[place]), limits), column.dtype, edit)
    return pl.Series(column.name, values, dtype=column.dtype)


def _read(text: str, kind: pl.DataType, edit: Edit) -> Any:
    """Return a text as a value of a type."""
    if not text:
        return None
    if kind in (pl.String, pl.Categorical):
        return text
    if kind == pl.Boolean and text in _BOOLEANS:
        return _BOOLEANS[text]
    if isinstance(kind, pl.List) and kind.inner == pl.String:
        return [part.strip() for part in text.split(SEPARATOR)]
    try:
        written = pl.Series([text])
        return (written.str.to_date("%F") if kind == pl.Date else written.cast(kind, strict=True)).item()
    except pl.exceptions.PolarsError as error:
        raise CorrectionError("type", row=edit.row, column=edit.column, new=text, type=str(kind)) from error
