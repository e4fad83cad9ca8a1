"""The words of reports, in the language of those who read them."""

import json
from functools import cache
from pathlib import Path

from muscle_atlas.settings import Language


class Words:
    """The words of ``words.json`` in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.all = {key: both[language] for key, both in _read().items()}

    def __call__(self, word: str, **values: object) -> str:
        """Return a phrase with its values filled in."""
        return self.all[word].format(**values)


@cache
def _read() -> dict[str, dict[Language, str]]:
    words: dict[str, dict[Language, str]] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
    return words
