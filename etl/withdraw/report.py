"""The report of a release without what it says of rows that were taken back."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import polars as pl

from etl.problems import Problem
from etl.reports.summary import summarise

_WORD = re.compile(r"[A-Za-z0-9._-]+")


def without_rows(report: Mapping[str, Any], rows: pl.DataFrame, ids: set[str]) -> dict[str, Any]:
    """Return a report that tells nothing of some rows, nor of any text that names one of some ids.

    Args:
        report: the report of a build.
        rows: ``file`` and ``row`` of what was taken back.
        ids: identifiers of what was taken back.
    """
    gone = set(rows.select("file", "row").iter_rows())
    kept = [
        problem
        for problem in report["problems"]
        if (problem["file"], problem["row"]) not in gone and ids.isdisjoint(_words(problem))
    ]
    told = [Problem(**{name: problem.get(name) for name in (f.name for f in fields(Problem))}) for problem in kept]
    return {**report, "problems": kept, "summary": [line.as_json() for line in summarise(told)]}


def _words(problem: Mapping[str, Any]) -> Iterator[str]:
    """Give every word of a problem that may be an id, also before what looks like the suffix of a file."""
    told = json.dumps([value for key, value in problem.items() if key != "rule"], ensure_ascii=False)
    for word in _WORD.findall(told):
        parts = word.strip(".").split(".")
        yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))
