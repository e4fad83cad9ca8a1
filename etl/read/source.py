"""What every form gives to the one place that checks headings and cells: sheets of rows, and faults to tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from etl.read.references import Range


@dataclass(frozen=True)
class Fault:
    """Something to tell: by which rule, about what; the reader of the table adds file, row and heading."""

    rule: str
    value: str | None = None
    row: int | None = None
    place: int | None = None
    """Column of the cell, counted from 0."""
    candidates: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    """Texts that would be right in place of the value."""
    bindings: tuple[tuple[str, str], ...] = ()
    cause: str | None = None
    """Why a file cannot be read (``causes.tsv``)."""


Cell = str | Fault
"""Text as it stands in the file, or what is wrong with it."""
Row = Sequence[Cell] | Fault
"""The cells of a row, or why it cannot be read."""
Form = Literal["delimited", "jsonlines", "parquet", "workbook"]
"""What a file of records is made as."""


class UnreadableError(Exception):
    """A file or sheet is missing, empty or no table; carries what to tell."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.rule}: {fault.value}")
        self.fault = fault


def passed(rule: str, limit: str, row: int | None = None) -> UnreadableError:
    """Return the error that a limit was passed, to be raised."""
    return UnreadableError(Fault(rule, row=row, bindings=(("limit", limit),)))


@dataclass
class Sheet:
    """One table as its form gives it; faults, merged cells and hidden places are known once its rows have been read.

    ``rows`` are numbered as the curator sees them: the line of headings is row 1 of a table, the row of a
    spreadsheet keeps its number, and so does the line of JSON.
    """

    rows: Iterable[tuple[int, Row]]
    name: str | None = None
    """Name of the sheet of a workbook."""
    headings: Sequence[Cell] | None = None
    """Names of the columns where the form keeps them apart from the rows; None where they stand in a row."""
    heading_row: int | None = None
    """The row that ``headings`` count as."""
    heading_rows: Sequence[int] | None = None
    """The row that each of ``headings`` first stands in, where each row gives its own."""
    separated: bool = False
    """Whether cells are told apart by a separator only, so that one cell too many shifts others."""
    merged: list[Range] = field(default_factory=list)
    hidden: list[Range] = field(default_factory=list)
    """Rows and columns that the program which wrote the file does not show."""
    told: list[Fault] = field(default_factory=list)


@dataclass
class Source:
    """One file: its tables, and what is to be told of it as a whole."""

    sheets: list[Sheet]
    told: list[Fault] = field(default_factory=list)
    form: Form = "delimited"
