"""Reports as CSV, to be opened in a spreadsheet: a problem a line, no cell that it would run or change."""

import csv
import io
import re
from functools import lru_cache
from typing import IO

from etl.problems import Problem
from etl.reports.forms import Dossier
from etl.reports.words import Words
from etl.resolve.values.dates import read_days

COLUMNS = (
    *("severity", "rule", "file", "row", "column", "value"),
    *("message", "advice", "corrections", "cause", "iri"),
)
BETWEEN = " | "
"""Stands between corrections."""

_KEPT = "'"
"""Before a cell, tells spreadsheets to leave it as it is."""
# What begins a formula (OWASP, "CSV Injection"), in its wide forms, too, and behind blanks.
_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[\d\s.,:/eE+-]*\d[\d\s.,:/eE+-]*%?")
_LINES = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")


def write(dossier: Dossier, file: IO[bytes]) -> None:
    """Write a report as CSV in UTF-8 with a byte order mark, without which Excel takes it for another encoding.

    The separator is that which Excel expects: a semicolon where decimals have a comma, as in French.
    """
    words = Words(dossier.rules.language)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="backslashreplace", newline="")
    writer = csv.writer(text, delimiter=words("separator"))
    writer.writerow([words(column) for column in COLUMNS])
    severities = {severity: words(severity) for severity in ("violation", "warning", "info")}
    writer.writerows(_cells(problem, severities) for problem in dossier.report.problems)
    text.detach()


def _cells(problem: Problem, severities: dict[str, str]) -> tuple[object, ...]:
    return (
        severities[problem.severity],
        problem.name,
        harmless(problem.file or ""),
        problem.row,
        harmless(problem.column or ""),
        harmless(problem.value or ""),
        harmless(problem.message),
        harmless(problem.suggestion or ""),
        harmless(BETWEEN.join(problem.corrections)),
        harmless(problem.cause),
        problem.rule,
    )


@lru_cache(maxsize=65_536)
def harmless(text: str) -> str:
    """Return a text on one line that a spreadsheet neither runs as a formula nor takes for a number or date."""
    line = _LINES.sub(" ⏎ ", text)
    changed = _FORMULA.match(line) or (len(line) < 40 and (_NUMBER.fullmatch(line) or read_days(line)))
    return f"{_KEPT}{line}" if changed else line
