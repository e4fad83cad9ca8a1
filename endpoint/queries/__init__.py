"""The queries that pages and descriptions are made with (``pages/``): one a file, named by its question.

The files beside this one are the questions that the atlas offers to everybody (``muscle_atlas.questions``).
"""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "pages"


@cache
def read_query(name: str) -> str:
    """Return the text of ``<name>.rq``."""
    return (FOLDER / f"{name}.rq").read_text(encoding="utf-8")
