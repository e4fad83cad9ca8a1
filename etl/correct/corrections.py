"""Corrections of cells, written into the files that they are of; every other byte that can stay stays."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from etl.correct.delimited import correct_delimited
from etl.correct.edits import CorrectionError, Edit
from etl.correct.jsonlines import correct_json_lines
from etl.correct.parquet import correct_parquet
from etl.correct.workbook import correct_workbook
from etl.read.columns import Columns
from etl.read.forms import load, open_source
from etl.read.given import Sent
from etl.read.limits import Limits
from etl.read.source import Source, UnreadableError

__all__ = ["Correction", "CorrectionError", "correct"]


@dataclass(frozen=True)
class Correction:
    """What a cell is to hold."""

    file: str
    """The table as a report calls it: a file, or ``file#sheet``."""
    row: int
    column: str
    """Heading as the file writes it."""
    old: str
    """What the cell holds, or one of its values; empty for an empty cell."""
    new: str


def correct(files: Sequence[Sent], corrections: Iterable[Correction]) -> list[Sent]:
    """Return files with cells corrected; those that no correction is of are returned as they are.

    Raises:
        CorrectionError: if a correction does not fit, or its file cannot be read.
    """
    edits: dict[str, dict[str | None, list[Edit]]] = defaultdict(lambda: defaultdict(list))
    names = {file.name for file in files}
    for one in corrections:
        name, sheet = _table_of(one.file, names)
        edits[name][sheet].append(Edit(one.row, one.column, one.old, one.new))
    return [Sent(file.name, _correct(file, edits[file.name])) if file.name in edits else file for file in files]


def _table_of(table: str, names: set[str]) -> tuple[str, str | None]:
    """Return the file and the sheet that a table is called by."""
    if table in names:
        return table, None
    name = next((name for name in names if table.startswith(f"{name}#")), None)
    if name is None:
        raise CorrectionError("file", file=table)
    return name, table.removeprefix(f"{name}#")


def _correct(file: Sent, edits: Mapping[str | None, list[Edit]]) -> bytes:
    limits, columns = Limits(), Columns()
    try:
        content = load(file, limits)
        return _edit(content, open_source(file, content, columns, limits), edits, columns, limits)
    except UnreadableError as error:
        raise CorrectionError("unreadable", file=file.name) from error


def _edit(
    content: bytes, source: Source, edits: Mapping[str | None, list[Edit]], columns: Columns, limits: Limits
) -> bytes:
    if source.form == "workbook":
        return correct_workbook(content, source, edits, columns, limits)
    if other := [sheet for sheet in edits if sheet is not None]:
        raise CorrectionError("file", file=other[0])
    match source.form:
        case "delimited":
            return correct_delimited(content, edits[None], columns, limits)
        case "jsonlines":
            return correct_json_lines(content, edits[None], columns, limits)
        case "parquet":
            return correct_parquet(content, edits[None], limits)
