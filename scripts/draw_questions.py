"""Draw the list of questions in ``docs/queries.md``, or in a page given, from ``endpoint/queries/*.rq``."""

import sys
from pathlib import Path

from muscle_atlas.questions import read_catalogue, read_questions

PAGE = Path(__file__).resolve().parents[1] / "docs" / "queries.md"
HEADING = "## The questions\n"


def draw_list() -> str:
    """Return every question as Markdown, under its first tag."""
    tags, _ = read_catalogue()
    lines = []
    for tag, names in tags.items():
        lines += ["", f"### {names['en']} · {names['fr']}", "", "| question | English | français |", "|---|---|---|"]
        for question in read_questions():
            if question.tags[0] == tag:
                file = f"[`{question.name}`](../endpoint/queries/{question.name}.rq)"
                lines.append(f"| {file} | {question.summary['en']} | {question.summary['fr']} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    page = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    before = page.read_text(encoding="utf-8").partition(HEADING)[0]
    page.write_text(before + HEADING + draw_list(), encoding="utf-8")
