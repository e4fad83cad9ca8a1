"""One fault for each rule, planted in a workbook."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook

from etl.problems import Rules
from etl.reports.forms import Dossier
from etl.reports.report import Report
from etl.reports.workbook.form import write
from muscle_atlas.rooms import SHAPES
from muscle_atlas.tables import Table
from tests.etl.workbooks.marked import catalogue, marks, opened, said

HERE = Path(__file__).parent
EXAMPLES = SHAPES / "examples"
Fault = tuple[int, str, str]
"""Row of the sheet, heading, rule."""
CONTRADICTIONS = {
    "image-id-twice": (2, 3),
    "individual-real-and-synthetic": (1, 3),
    "image-file-twice": (1, 2),
    "image-pixels-twice": (1, 2),
}
"""Rules that several rows break together, and which of their example."""
ELSEWHERE = {"control-with-cause": "gene"}
"""Rules that are told of another column than theirs: a control that has a gene, at the gene."""
BESIDE = {
    # What is made of its variants is that they are not stated.
    "disease-deduced": [("image_id", "image-not-stated")],
    "zygosity-without-variant": [("variants", "image-variant-missing")],
}
"""What has to be told beside the rule of an example."""
_OWN = re.compile(r"[A-Z]+-\d")
_RULE = re.compile(r"\S+/rule/(\S+)")


@dataclass
class Planted:
    """A sheet of records, and the faults in it."""

    rows: list[dict[str, str]] = field(default_factory=list)
    expected: set[Fault] = field(default_factory=set)

    @property
    def headings(self) -> list[str]:
        """Every column of any row."""
        return list(dict.fromkeys(column for row in self.rows for column in row))

    def add(self, row: dict[str, str], *faults: tuple[str, str]) -> None:
        """Add a row with its faults: heading and rule."""
        self.rows.append(row)
        self.expected |= {(len(self.rows) + 1, heading, rule) for heading, rule in faults}

    def write(self, path: Path) -> Path:
        """Write the workbook."""
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Sheet 1"
        sheet.append(self.headings)
        for row in self.rows:
            sheet.append([_escaped(row.get(heading, "")) or None for heading in self.headings])
        book.save(path)
        return path


def _escaped(text: str) -> str:
    """Return text with signs that XML cannot hold as workbooks write them."""
    return re.sub(r"[\x00-\x08\x0b-\x1f]", lambda sign: f"_x{ord(sign[0]):04X}_", text)


def table_of(name: str) -> list[tuple[str, ...]]:
    """Return the rows of a table beside this file."""
    return [tuple(cell or "" for cell in row) for row in Table(HERE / name).rows.iter_rows()]


def pairs_of(name: str) -> dict[str, str]:
    """Return a table of two columns beside this file."""
    return {row[0]: row[1] for row in table_of(name)}


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of an example."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plant_example(planted: Planted, concept: str, rule: str) -> None:
    """Plant the rows of an example, the last of which is at fault, in the column of the rule."""
    valid = rows_of(EXAMPLES / concept / "valid.csv")[-1]
    rows = rows_of(EXAMPLES / concept / f"invalid.{rule}.csv")
    for number, row in enumerate(rows, start=1):
        own = {
            name: f"{rule}.{text}" if name.endswith("_id") and _OWN.fullmatch(text) else text
            for name, text in row.items()
        }
        differing = next((name for name, text in row.items() if text != valid.get(name, "")), "")
        column = ELSEWHERE.get(rule) or catalogue("en")[rule].column or differing
        is_at_fault = number in CONTRADICTIONS.get(rule, (len(rows),))
        planted.add(own, *([(column, rule), *BESIDE.get(rule, ())] if is_at_fault else ()))


def plant_rows(planted: Planted) -> None:
    """Plant the rows of ``planted.tsv``."""
    healthy = rows_of(EXAMPLES / "record" / "valid.csv")[0]
    numbers: Counter[str] = Counter()
    for rule, cells, marked in table_of("planted.tsv"):
        numbers[rule] += 1
        row = healthy | dict.fromkeys(("image_id", "individual_id", "specimen_id"), f"{rule}.{numbers[rule]}")
        for cell in cells.split(" | "):
            name, _, text = cell.partition("=")
            row[name] = f"{rule}.of.{text[1:]}" if text.startswith("@") else text
        faults = [mark.partition(":") for mark in marked.split(",")]
        planted.add(row, *((heading, other or rule) for heading, _, other in faults))


def told_in(content: bytes, sheet: str = "Sheet 1") -> set[Fault]:
    """Return the faults that are marked in a workbook: the rules in the comments of its coloured cells."""
    table = opened(content)[sheet]
    comments, coloured = said(table), marks(table)
    assert comments.keys() == coloured.keys()
    headings = {cell.column_letter: str(cell.value) for cell in table[1]}
    return {
        (int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), headings[place.rstrip("0123456789")], rule)
        for place, text in comments.items()
        for rule in _RULE.findall(text)
    }


def returned(report: Report, path: Path, rules: Rules | None = None) -> bytes:
    """Return the workbook of a report."""
    content = io.BytesIO()
    write(Dossier(report, (path,), rules or catalogue("en")), content)
    return content.getvalue()
