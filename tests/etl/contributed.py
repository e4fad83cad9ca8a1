"""Folders of contributions for tests, made of the examples of their shapes."""

import shutil
from pathlib import Path

from muscle_atlas.rooms import SHAPES

EXAMPLES = SHAPES / "examples" / "contribution"
VALID = EXAMPLES / "valid.yaml"
RECORDS = EXAMPLES / "valid.csv"
PICTURE = SHAPES / "examples" / "picture" / "valid" / "section.jpg"


def write_contribution(folder: Path, declaration: str | None = None, records: str | None = None) -> Path:
    """Write a folder with a contribution.yaml, a table of records and one picture; the valid ones unless told."""
    (folder / "images").mkdir(parents=True)
    text = VALID.read_text(encoding="utf-8") if declaration is None else declaration
    (folder / "contribution.yaml").write_text(text, encoding="utf-8")
    table = RECORDS.read_text(encoding="utf-8") if records is None else records
    (folder / "photographs.csv").write_text(table, encoding="utf-8")
    if PICTURE.name in table:
        shutil.copy(PICTURE, folder / "images" / PICTURE.name)
    return folder


def other(records: str) -> str:
    """Return records that share nothing with the valid ones but their ids."""
    return records.replace("section.jpg", "not stated").replace("10.5072/example-paper", "").replace(",14,", ",41,")
