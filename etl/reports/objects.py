"""Reports as JSON: one object, written problem by problem, however many there are."""

import json
from collections.abc import Iterator
from typing import IO

from etl.reports.forms import Dossier
from etl.reports.report import Told


def write(dossier: Dossier, file: IO[bytes]) -> None:
    """Write a report as one JSON object."""
    file.writelines(part.encode(errors="backslashreplace") for part in parts(dossier.report))


def parts(report: Told) -> Iterator[str]:
    """Give the JSON object of a report, on one line, in parts."""
    head = {**report.head(), "summary": [line.as_json() for line in report.summary()]}
    encode = json.JSONEncoder(ensure_ascii=False).encode
    yield encode(head)[:-1] + ', "problems": ['
    for number, problem in enumerate(report.problems):
        yield (", " if number else "") + encode(problem.as_json())
    yield "]}\n"
