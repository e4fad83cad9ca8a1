"""Writing records in the form that the name of a file asks for, whole or not at all, the same bytes each time."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl

MOST_ROWS_OF_A_SHEET = 1_048_576
"""Rows of a worksheet, its heading among them (Excel specifications and limits)."""

_WRITTEN_AT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NO_TIME = b"1980-01-01T00:00:00Z"


class FormError(ValueError):
    """Records cannot be written in this form."""


def check_form(path: Path, count: int) -> None:
    """Make sure that ``count`` records can be written to ``path``.

    Raises:
        FormError: if the suffix names no form, or the form does not take so many.
    """
    suffix = path.suffix.lower()
    if suffix not in _FORMS:
        raise FormError(f"{path.name}: no form of records ends in “{suffix}”. Known: {', '.join(_FORMS)}.")
    if suffix == ".xlsx" and count >= MOST_ROWS_OF_A_SHEET:
        raise FormError(f"{path.name}: a worksheet takes {MOST_ROWS_OF_A_SHEET - 1:,} records at most; write .parquet.")


def write_records(records: pl.DataFrame, file: IO[bytes], suffix: str) -> None:
    """Write records, every cell as text, in the form of a suffix that ``check_form`` took."""
    _FORMS[suffix.lower()](records, file)


def _write_csv(records: pl.DataFrame, file: IO[bytes]) -> None:
    records.write_csv(file)


def _write_tsv(records: pl.DataFrame, file: IO[bytes]) -> None:
    records.write_csv(file, separator="\t")


def _write_parquet(records: pl.DataFrame, file: IO[bytes]) -> None:
    records.write_parquet(file)


def _write_json_lines(records: pl.DataFrame, file: IO[bytes]) -> None:
    records.write_ndjson(file)


def _write_workbook(records: pl.DataFrame, file: IO[bytes]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - other forms do without what it takes to load

    book = Workbook(write_only=True)
    sheet = book.create_sheet("records")
    sheet.append(records.columns)
    for row in records.iter_rows():
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    # A workbook says when it was written, in its properties and in its directory: the same records, other bytes.
    with ZipFile(written) as stamped, ZipFile(file, "w", ZIP_DEFLATED) as plain:
        for name in stamped.namelist():
            content = stamped.read(name)
            if name == "docProps/core.xml":
                content = _WRITTEN_AT.sub(_NO_TIME, content)
            plain.writestr(ZipInfo(name), content, ZIP_DEFLATED)


_FORMS: dict[str, Callable[[pl.DataFrame, IO[bytes]], None]] = {
    ".csv": _write_csv,
    ".tsv": _write_tsv,
    ".xlsx": _write_workbook,
    ".parquet": _write_parquet,
    ".jsonl": _write_json_lines,
    ".ndjson": _write_json_lines,
}
