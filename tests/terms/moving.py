"""What tests of ``terms diff`` share: an atlas of a few photographs, slices made by hand, and what was told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from muscle_atlas.terms.slices import Contents, File, write_slice
from tests.conftest import Run
from tests.etl.built import COMPLETE, write_table

ROWS = [
    {**COMPLETE, "image_id": "IM-1", "gene": "RYR1", "disease": "Central core disease", "variants": ""},
    {**COMPLETE, "image_id": "IM-2", "gene": "RYR1", "disease": "Central core disease", "variants": ""},
    {**COMPLETE, "image_id": "IM-3", "gene": "MTM1", "disease": "X-linked centronuclear myopathy", "variants": ""},
    {
        **COMPLETE,
        "image_id": "IM-4",
        "species": "mouse",
        "age": "14 weeks",
        "gene": "Mtm1",
        "disease": "X-linked centronuclear myopathy",
        "variants": "",
    },
    {**COMPLETE, "image_id": "IM-5", "gene": "DMPK", "disease": "Steinert myotonic dystrophy", "variants": ""},
    {**COMPLETE, "image_id": "IM-6"},
    {**COMPLETE, "image_id": "IM-7", "gene": "TAFAZZIN", "disease": "ORPHA:111", "variants": ""},
]


def build_atlas(run: Run, folder: Path) -> Path:
    """Build an atlas of ``ROWS`` by the tables that come with the program; returns its data folder."""
    records = write_table(folder / "records.csv", ROWS)
    done = run("build", records, "--data", folder / "data", MUSCLE_ATLAS_TERMS=str(folder / "none"))
    assert "7" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0, done.stdout
    return folder / "data"


def put(folder: Path, name: str, contents: Contents, parts: Sequence[str] = ()) -> None:
    """Write a slice made by hand into a folder."""
    folder.mkdir(exist_ok=True)
    told = {"name": name, "title": name.upper(), "licence": "", "licence_url": "", "source": "", "homepage": ""}
    files = [File(f"{part}.txt", part, contents.date, 1, "0") for part in parts]
    write_slice(folder / f"{name}.sqlite", told, files, contents)


@dataclass(frozen=True)
class Told:
    """What the command said with ``--json``."""

    done: CompletedProcess[str]

    @property
    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.done.stdout)
        return answer

    def changes(self, manner: str, term: str | None = None) -> list[dict[str, Any]]:
        """The changes of one kind, of one term."""
        found = [change for change in self.answer["changes"] if change["change"] == manner]
        return [change for change in found if term in (None, change["term"]["identifier"])]

    def change(self, manner: str, term: str) -> dict[str, Any]:
        """The one change of a kind, of a term."""
        (found,) = self.changes(manner, term)
        return found


def identifiers(things: Sequence[dict[str, str]]) -> list[str]:
    return [thing["identifier"] for thing in things]


def labels(things: Sequence[dict[str, str]]) -> list[str]:
    return [thing["label"] for thing in things]
