"""The sheet that lists every problem, with links to the cells."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import IO, NamedTuple

from etl.problems import SEVERITIES, Problem
from etl.read.references import LAST_ROW, letters
from etl.reports.workbook.index import reference
from etl.reports.workbook.rows import Cell, SheetWriter
from etl.reports.workbook.speech import Speech
from etl.reports.workbook.styles import Styles, colours


class Listed(NamedTuple):
    """A problem, and the sheet and cell where it is shown."""

    problem: Problem
    sheet: str = ""
    cell: str = ""


class _Column(NamedTuple):
    word: str
    width: int
    give: Callable[[Problem], str | int]
    always: bool = False


def _columns(speech: Speech) -> list[_Column]:
    return [
        _Column("severity", 14, lambda problem: speech.say(problem.severity), always=True),
        _Column("file", 24, lambda problem: problem.file or ""),
        _Column("row", 8, lambda problem: problem.row or ""),
        _Column("heading", 18, lambda problem: problem.column or ""),
        _Column("focus", 40, lambda problem: problem.focus or "" if problem.row is None else ""),
        _Column("value", 26, lambda problem: problem.value or ""),
        _Column("message", 60, lambda problem: problem.message, always=True),
        _Column("advice", 60, lambda problem: problem.suggestion or ""),
        _Column("corrections", 30, lambda problem: " | ".join(problem.corrections)),
        _Column("name", 28, speech.rule, always=True),
        _Column("iri", 48, lambda problem: problem.rule, always=True),
    ]


class Overview:
    """The sheet, once it is known what stands in it."""

    def __init__(self, listed: Sequence[Listed], files: Sequence[str], speech: Speech) -> None:
        """Take every problem, and the names of the files that were checked."""
        self._listed = listed
        self._files = files
        self._speech = speech

    def style(self, styles: Styles) -> None:
        """Add the formats that the sheet needs."""
        wrapped = ' vertical="top" wrapText="1"'
        bold = f"<{styles.prefix}b/>"
        self._plain = styles.added(inner=wrapped)
        self._title = styles.added(font=f'{bold}<{styles.prefix}sz val="14"/>', inner=' vertical="top"')
        self._head = styles.added(font=f'{bold}<{styles.prefix}sz val="11"/>', inner=wrapped)
        blue = f'<{styles.prefix}u/><{styles.prefix}sz val="11"/><{styles.prefix}color rgb="FF1B5E8C"/>'
        self._link = styles.added(font=blue, inner=' vertical="top"')
        self._severities: Mapping[str, int] = {
            severity: styles.added(fill=colours(severity)[0], inner=wrapped) for severity in SEVERITIES
        }

    def write(self, stream: IO[bytes], namespace: str, notes: Sequence[str]) -> None:
        """Write the sheet; ``notes`` stand above the list."""
        say = self._speech.say
        counts = Counter(one.problem.severity for one in self._listed)
        counted = say("count", violations=counts["violation"], warnings=counts["warning"], infos=counts["info"])
        above = [
            Cell(say("title", files=", ".join(self._files)), self._title),
            *(Cell(text, 0) for text in [counted if self._listed else say("nothing"), *notes]),
        ]
        columns = [
            column
            for column in _columns(self._speech)
            if column.always or any(column.give(one.problem) != "" for one in self._listed)
        ]
        linked = any(one.cell for one in self._listed)
        writer = SheetWriter(stream, namespace)
        head = len(above) + 2
        writer.begin([column.width for column in columns] + [24] * linked, frozen=head)
        for number, cell in enumerate(above, 1):
            writer.write(number, [cell])
        words = [column.word for column in columns] + ["cell"] * linked
        writer.write(head, [Cell(say(word), self._head) for word in words])
        last = head
        for last, one in enumerate(self._listed[: LAST_ROW - head], head + 1):
            cells = [Cell(column.give(one.problem), self._plain) for column in columns]
            lines = max(ceil(len(str(cell.value)) / column.width) for cell, column in zip(cells, columns, strict=True))
            cells[0] = Cell(cells[0].value, self._severities[one.problem.severity])
            if one.cell:
                cells.append(Cell(f"{one.sheet}!{one.cell}", self._link, reference(one.sheet, one.cell)))
            writer.write(last, cells, lines)
        writer.end(f"A{head}:{letters(len(words) - 1)}{last}")
