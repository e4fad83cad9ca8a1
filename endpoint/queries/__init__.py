"""The queries that the pages and descriptions are made with: one a file, named by its question."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@cache
def read_query(name: str) -> str:
    """Return the text of ``<name>.rq``."""
    return (FOLDER / f"{name}.rq").read_text(encoding="utf-8")
