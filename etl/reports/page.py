"""Reports as a page: one file that asks nothing of any network, to be read, filtered, printed and sent on."""

import base64
import hashlib
from collections import Counter
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import IO

import jinja2

from etl.problems import SEVERITIES
from etl.read.given import name_of
from etl.reports.forms import Dossier
from etl.reports.summary import choose
from etl.reports.words import Words
from muscle_atlas import __version__

MOST = 2_000
"""Problems on a page, about 1.5 KB each: browsers stay quick, and nobody reads more."""
LONGEST = 500
"""Signs of a value that are shown."""

_HERE = Path(__file__).parent


def write(dossier: Dossier, file: IO[bytes]) -> None:
    """Write a report as HTML."""
    report, words = dossier.report, Words(dossier.rules.language)
    summary = report.summary()
    shown = choose(report.problems, summary, MOST)
    style, script = (_HERE / "page.css").read_text("utf-8"), (_HERE / "page.js").read_text("utf-8")
    counted = Counter(line.severity for line in summary for _ in range(line.causes))
    stream = _template().stream(
        words=words,
        language=words.language,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        version=__version__,
        inputs=[name_of(given) for given in dossier.inputs],
        head=report.head(),
        summary=summary,
        rules={line.rule: dossier.rule(line.rule) for line in summary},
        title="title_right" if not summary else "title_graph" if report.rows_are_lines else "title",
        severities=[(severity, counted[severity]) for severity in SEVERITIES if counted[severity]],
        files=[(name, list(group)) for name, group in groupby(shown, key=lambda problem: problem.file)],
        shown=len(shown),
        count=len(report.problems),
        longest=LONGEST,
    )
    stream.enable_buffering(100)
    stream.dump(file, encoding="utf-8", errors="backslashreplace")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["visible"] = _visible
    return environment.from_string((_HERE / "page.html").read_text("utf-8"))


def _visible(text: str, longest: int = LONGEST) -> str:
    """Return a text whose signs are all seen, such as those that turn the direction of writing."""
    plain = "".join(sign if sign.isprintable() or sign == "\n" else f"\\u{ord(sign):04x}" for sign in text)
    return plain if len(plain) <= longest else f"{plain[:longest]}…"


def _hash(text: str) -> str:
    """Return by what a policy lets a script or style through (CSP Level 3)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
