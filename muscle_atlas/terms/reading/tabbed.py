"""Tables of releases: tab-separated text, gzipped or not, with a heading line."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from muscle_atlas.terms.source import FaultyReleaseError


def read_tabbed(path: Path, columns: Sequence[str], *, quoted: bool = False) -> pl.DataFrame:
    """Read some columns of a table, every cell as text, empty ones as null; lines that begin with ``#`` are left out.

    Args:
        path: the file.
        columns: headings of the columns that are read.
        quoted: whether cells stand in quotes; else a quote is a sign like others.

    Raises:
        FaultyReleaseError: if the file is no such table, lacks a column, or holds no row.
    """
    try:
        table = pl.read_csv(
            path, separator="\t", quote_char='"' if quoted else None, infer_schema=False, comment_prefix="#"
        )
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FaultyReleaseError("terms_no_table", file=path, reason=" ".join(str(error).split())) from error
    if missing := [column for column in columns if column not in table.columns]:
        raise FaultyReleaseError("terms_no_column", file=path, column=", ".join(missing))
    if table.is_empty():
        raise FaultyReleaseError("terms_no_row", file=path)
    return table.select(columns)
