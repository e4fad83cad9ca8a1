"""What is said in a workbook, in the language of its reader."""

import json
from functools import cache
from pathlib import Path

from etl.problems import Problem, Rules

Run = tuple[str, bool]
"""A piece of text, and whether it is written in bold letters."""


class Speech:
    """Phrases, and problems in words."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.language = rules.language

    def say(self, word: str, **values: object) -> str:
        """Return a phrase of ``words.json`` with its values filled in."""
        return _words()[word][self.language].format(**values)

    def rule(self, problem: Problem) -> str:
        """Return what the rule of a problem is called."""
        known = self._rules.by_iri.get(problem.rule)
        return known.name if known else problem.name

    def comment(self, problem: Problem) -> list[Run]:
        """Return what the comment of a cell says of a problem."""
        lines = [problem.message]
        if problem.suggestion:
            lines.append(f"→ {problem.suggestion}")
        lines.append(self.say("rule", rule=problem.rule))
        return [(f"{self.say(problem.severity)} · {self.rule(problem)}\n", True), ("\n".join(lines) + "\n", False)]


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
    return words
