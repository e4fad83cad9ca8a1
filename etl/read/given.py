"""Files as they are given: in a folder, or as bytes that somebody has sent and that lie in none."""

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePath


@dataclass(frozen=True)
class Sent:
    """A file that came as bytes."""

    name: str
    """What it is called: a name without folders."""
    content: bytes = field(repr=False)


Given = Path | Sent


def name_of(given: Given) -> str:
    """Return what a file is called in reports; a name that is no Unicode cannot be printed as it is."""
    return given.name if isinstance(given, Sent) else os.fsencode(given).decode("utf-8", "replace")


def suffix_of(given: Given) -> str:
    """Return the suffix of a file in small letters, with its dot."""
    return PurePath(given.name).suffix.lower()
