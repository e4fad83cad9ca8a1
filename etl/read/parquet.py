"""Tables of Parquet: names of columns are headings, typed values are written as text."""

import io
from collections.abc import Iterator

import polars as pl

from etl.read.cells import write
from etl.read.columns import Columns
from etl.read.limits import Limits, megabytes, written
from etl.read.source import Cell, Fault, Sheet, UnreadableError, passed

_SLICE = 10_000
"""Rows that are turned into text at a time."""


def open_parquet(content: bytes, columns: Columns, limits: Limits) -> Sheet:
    """Return the table of a Parquet file; row n of it counts as n + 1, as if a line of headings stood above.

    Raises:
        UnreadableError: if the file is damaged or encrypted, or unpacks to more than a table can be.
    """
    try:
        frame = pl.scan_parquet(io.BytesIO(content))
        names = frame.collect_schema().names()
        if len(names) > limits.columns:
            raise passed("heading-limit", written(limits.columns), 1)
        if frame.select(pl.len()).collect().item() > limits.rows:
            raise passed("row-limit", written(limits.rows))
        known = [name for name in names if columns.find(name)]
        table = frame.select(known).collect() if known else pl.DataFrame()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise UnreadableError(Fault("file-damaged", "Parquet", cause="parquet")) from error
    if sum(_bytes(column) for column in table.iter_columns()) > limits.unpacked:
        raise passed("file-unpacked-limit", megabytes(limits.unpacked))
    # What stands under unknown headings is not read.
    unknown = [name for name in names if name not in set(known)]
    return Sheet(_rows(table), headings=known + unknown, heading_row=1)


def _rows(table: pl.DataFrame) -> Iterator[tuple[int, list[Cell]]]:
    row = 1
    for piece in table.iter_slices(_SLICE):
        for values in piece.iter_rows():
            row += 1
            yield row, [write(value) for value in values]


def _bytes(column: pl.Series) -> int:
    """Return how long the text of a column is; equal texts may be stored once."""
    if column.dtype in (pl.String, pl.Categorical, pl.Enum):
        return int(column.cast(pl.String).str.len_bytes().sum())
    if isinstance(column.dtype, pl.List) and column.dtype.inner == pl.String:
        return int(column.list.eval(pl.element().str.len_bytes()).list.sum().sum())
    return int(column.estimated_size())
