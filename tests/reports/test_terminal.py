"""Reports on a terminal: coloured where colours are wanted, bounded however much is wrong."""

import os
import subprocess
from pathlib import Path

import pytest

from etl.problems import Rules
from etl.reports.summary import choose, summarise
from muscle_atlas.listing import SHOWN, list_problems
from tests.etl.built import NAMES

RED = "\x1b[1;31m"


@pytest.mark.parametrize(("settings", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_severities_are_coloured_unless_no_colour_is_wanted(
    command: list[str], dirty: Path, no_terms: str, settings: dict[str, str], *, coloured: bool
) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MUSCLE_ATLAS_", "NO_COLOR"))}
    env = {**kept, "LANG": "C.UTF-8", "TERM": "xterm-256color", "MUSCLE_ATLAS_TERMS": no_terms, **settings}
    ours, theirs = os.openpty()
    told = bytearray()
    with subprocess.Popen([*command, "check", dirty], stdout=theirs, stderr=subprocess.DEVNULL, env=env) as process:
        os.close(theirs)
        while part := _read(ours):
            told += part
        assert process.wait(timeout=60) == 1
    os.close(ours)
    text = told.decode()
    assert "gene “BIN11” · 3 rows" in text
    assert (RED in text) is coloured
    assert ("[31m" in text) is False


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:
        # What Linux says when the other end of a terminal is closed.
        return b""


def test_what_is_listed_is_bounded_and_the_rest_is_counted() -> None:
    rules = Rules(NAMES, "en")
    problems = [rules["gene-unknown"].tell(file="a.csv", row=n + 2, column="gene", value=f"G{n}") for n in range(500)]
    problems += [rules["muscle-unknown"].tell(file="a.csv", row=n, column="muscle", value="x") for n in (3, 4, 5, 9)]
    listing = list_problems(problems)
    [entries] = listing.files
    assert len(entries) == SHOWN + 1
    assert listing.left == {"gene-unknown": 500 - SHOWN}
    assert entries[-1].place == "a.csv:3-5,9"


def test_of_too_many_problems_each_rule_has_its_share() -> None:
    rules = Rules(NAMES, "en")
    problems = [rules["gene-unknown"].tell(file="a.csv", row=n, value=str(n)) for n in range(1000)]
    problems += [rules["muscle-unknown"].tell(file="a.csv", row=n, value=str(n)) for n in range(3)]
    chosen = choose(problems, summarise(problems), 100)
    assert len(chosen) == 100
    assert sum(problem.name == "muscle-unknown" for problem in chosen) == 3
