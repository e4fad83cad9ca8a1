"""A table with everything that a report must bear, and the reports on it."""

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import rdflib

from tests.conftest import Run
from tests.etl.built import COMPLETE

FORMULA = '=HYPERLINK("http://example.org","look")'
MARKUP = "<script>document.title='run'</script>"

ROWS = [
    {"image_id": "lines", "comment": "two\nlines"},
    *({"image_id": f"unknown-{n}", "gene": "BIN11", "variants": ""} for n in range(3)),
    {"image_id": "right"},
    {"image_id": "formula", "gene": FORMULA, "variants": ""},
    {"image_id": "markup", "muscle": MARKUP},
    {"image_id": "minus", "muscle": "-deltoid x"},
    {"image_id": "date", "gene": "2-MAR", "variants": ""},
    {"image_id": "finding", "findings": "zorglub"},
    {"image_id": "broken", "muscle": "a|b\nc"},
    {"image_id": "sex-f", "individual_id": "P1", "sex": "F"},
    {"image_id": "sex-m", "individual_id": "P1", "sex": "M"},
]
FORMS = (".json", ".csv", ".ttl", ".sarif", ".html", ".md")


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows as CSV, quoted only where they must be."""
    filled = [{**COMPLETE, "comment": "", "individual_id": "", "findings": "", **row} for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(filled[0]))
        writer.writeheader()
        writer.writerows(filled)
    return path


@dataclass(frozen=True)
class Reports:
    """The reports of one run, in every form."""

    folder: Path
    exit_code: int
    printed: str
    errors: str

    def path(self, suffix: str) -> Path:
        """Return the file of a form."""
        return self.folder / f"report{suffix}"

    @cached_property
    def json(self) -> dict[str, Any]:
        """The report as JSON."""
        content: dict[str, Any] = json.loads(self.path(".json").read_text(encoding="utf-8"))
        return content

    @cached_property
    def problems(self) -> list[dict[str, Any]]:
        """The problems of the JSON."""
        problems: list[dict[str, Any]] = self.json["problems"]
        return problems

    def table(self, separator: str = ",") -> list[dict[str, str]]:
        """Return the rows of the CSV."""
        with self.path(".csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=separator))

    @cached_property
    def graph(self) -> rdflib.Graph:
        """The SHACL report."""
        return rdflib.Graph().parse(self.path(".ttl"))

    @cached_property
    def sarif(self) -> dict[str, Any]:
        """The one run of the SARIF log."""
        content = json.loads(self.path(".sarif").read_text(encoding="utf-8"))
        [found] = content["runs"]
        return dict(found)


def report_on(run: Run, verb: str, path: Path, folder: Path, *options: str, **settings: str) -> Reports:
    """Run a verb on a file, with a report in every form."""
    folder.mkdir(exist_ok=True)
    asked = [part for suffix in FORMS for part in ("--report", folder / f"report{suffix}")]
    done = run(verb, path, *options, *asked, **settings)
    assert "Traceback" not in done.stderr, done.stderr
    return Reports(folder, done.returncode, done.stdout, done.stderr)
