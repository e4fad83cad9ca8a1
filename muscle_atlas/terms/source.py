"""A source: a vocabulary, where its releases come from, by what names their files go, and how they are read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from muscle_atlas.terms.slices import Contents


class ReleaseError(Exception):
    """A file is not what it should be: names the file, what is wrong, and the mend."""


class FaultyReleaseError(ReleaseError):
    """The same, as the phrase of ``words.json`` that says so in both languages, and its values."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(f"{word}: {values}")
        self.word = word
        self.values = values


class Found(NamedTuple):
    """A file of a release, as it was found in a folder or fetched."""

    path: Path
    date: str
    """``YYYY-MM-DD`` or as much of it as the name tells; else the day that the file was last changed."""


@dataclass(frozen=True)
class Part:
    """One of the files that a release consists of."""

    name: str
    pattern: re.Pattern[str]
    """What the name of the whole file looks like; the group ``date`` is its date, where there is one."""
    address: str | None
    """Where the publisher has the newest; None for what is only taken from folders."""
    least: int
    """Bytes: a smaller file is no whole release."""
    needed: bool = True
    """Whether there is no slice without it."""


@dataclass(frozen=True)
class Source:
    """A vocabulary of a publisher."""

    name: str
    """That of the slice and of the named graph."""
    title: str
    licence: str
    licence_url: str
    homepage: str
    parts: tuple[Part, ...]
    read: Callable[[Mapping[str, Sequence[Found]]], Contents]
    """Reads the files of each part, the newest first.

    Raises ``ReleaseError`` where one of them is not what it should be.
    """
