"""Reports as Markdown, for the summary of a job: what is wrong by rule, and the first problems."""

import re
from typing import IO

from etl.problems import Problem
from etl.read.given import name_of
from etl.reports.forms import Dossier
from etl.reports.summary import choose
from etl.reports.words import Words

MOST = 100
"""Problems that are listed: what is longer nobody reads there, and GitHub takes 1 MiB."""
LONGEST = 300
"""Signs of a text."""

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+!|~&@$-])")


def write(dossier: Dossier, file: IO[bytes]) -> None:
    """Write a report as Markdown; what cells hold shows as it is written, and does nothing."""
    report, words = dossier.report, Words(dossier.rules.language)
    title = "title_right" if not report.problems else "title_graph" if report.rows_are_lines else "title"
    lines = [f"### {words(title)}", ""]
    lines += [", ".join(_plain(name_of(given)) for given in dossier.inputs), ""]
    summary = report.summary()
    if summary:
        heads = [words(head) for head in ("causes", "rows", "severity", "rule")]
        lines += [f"| {' | '.join(heads)} |", "| ---: | ---: | :--- | :--- |"]
        for line in summary:
            name = f"[{_plain(dossier.rule(line.rule).name)}](<{line.rule}>)"
            lines.append(f"| {line.causes} | {line.rows or '–'} | {words(line.severity)} | {name} |")
        shown = choose(report.problems, summary, MOST)
        if len(shown) < len(report.problems):
            lines += ["", words("shown_of", shown=len(shown), count=len(report.problems))]
        lines += ["", f"<details><summary>{words('problems')}</summary>", ""]
        lines += [_item(problem, words) for problem in shown]
        lines += ["", "</details>"]
    file.writelines(f"{line}\n".encode(errors="backslashreplace") for line in lines)


def _item(problem: Problem, words: Words) -> str:
    place = ":".join(str(part) for part in (problem.file, problem.row) if part is not None)
    parts = (place, problem.column, problem.value)
    told = " · ".join(_plain(part) for part in parts if part)
    advice = f" → {_plain(problem.suggestion)}" if problem.suggestion else ""
    return f"- {told or words('whole')}: **{words(problem.severity)}** {_plain(problem.message)}{advice}"


def _plain(text: str) -> str:
    """Return a text on one line in which no sign means anything to Markdown, HTML or tables."""
    line = " ".join(text.split())
    line = line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
    return _SIGNS.sub(r"\\\1", line)
