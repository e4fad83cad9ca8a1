"""What somebody is typing: the beginning of a name, or the beginnings of several of its words."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from muscle_atlas.folding import fold
from muscle_atlas.terms.words.matches import Entry

READ = 2_000
"""Names that are read of what begins so: many more begin with one letter, and nobody looks for them by it."""

_WORD = re.compile(r"[^\W_]+")
_LAST = "\U0010ffff"
"""Sorts behind whatever text there is."""


class Name(NamedTuple):
    """A name that was found."""

    key: str
    """The name, folded."""
    entry: Entry


@dataclass(frozen=True)
class Typed:
    """What has been typed, folded."""

    key: str

    @classmethod
    def of(cls, text: str) -> "Typed":
        """Fold a text."""
        return cls(fold(text))

    @cached_property
    def words(self) -> list[str]:
        """Its words."""
        return _WORD.findall(self.key)

    def begins(self, key: str) -> bool:
        """Tell whether a name, folded, begins so."""
        return key.startswith(self.key)

    def fits(self, spaced: str) -> bool:
        """Tell whether every word begins a word of a name, given as ``spaced`` returns it."""
        return bool(self.words) and all(f" {word}" in spaced for word in self.words)

    def range(self) -> tuple[str, str]:
        """Return the first key that begins so, and what sorts behind the last."""
        return self.key, f"{self.key}{_LAST}"

    @property
    def telling(self) -> str:
        """The words as FTS5 wants them, without single letters, which begin thousands of words each."""
        return " ".join(f'"{word}"*' for word in self.words if len(word) > 1)


def spaced(key: str) -> str:
    """Return the words of a name, folded, each behind a space."""
    return "".join(f" {word}" for word in _WORD.findall(key))
