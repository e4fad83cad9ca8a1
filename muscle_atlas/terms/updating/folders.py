"""Folders of releases: which files in them are of which vocabulary, told by their names."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from muscle_atlas.terms.source import FaultyReleaseError, Found, Part, Source

_STEM = re.compile(r"(?:\w|-)+(?![?*+{\w-])")
"""What a pattern begins with that stands for itself."""
_TELLING = 4
"""Letters that a stem needs, to tell that a file was meant for us."""


@dataclass
class Folder:
    """What a folder holds."""

    parts: dict[str, dict[str, list[Found]]] = field(default_factory=dict)
    """Vocabulary -> part -> files, the newest first."""
    unrecognised: list[Path] = field(default_factory=list)
    """Files whose names begin as those of a release do, and do not go on so."""


def read_folder(folder: Path, sources: Iterable[Source]) -> Folder:
    """Find the files of releases in a folder and the folders below it.

    Raises:
        FaultyReleaseError: if there is no such folder, or it cannot be read.
    """
    parts = [(source, part) for source in sources for part in source.parts]
    found = Folder()
    for path in _walk(folder):
        fitting = False
        for source, part in parts:
            if name := part.pattern.fullmatch(path.name):
                of_source = found.parts.setdefault(source.name, {})
                of_source.setdefault(part.name, []).append(Found(path, _date(name, path)))
                fitting = True
        if not fitting and any(_is_meant(path, part) for _, part in parts):
            found.unrecognised.append(path)
    for of_source in found.parts.values():
        for files in of_source.values():
            files.sort(key=lambda one: (one.date, one.path.name), reverse=True)
    return found


def _walk(folder: Path) -> Iterator[Path]:
    def stop(error: OSError) -> None:
        raise error

    try:
        for place, folders, names in os.walk(folder, onerror=stop):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))
    except OSError as error:
        raise FaultyReleaseError("terms_folder", folder=error.filename or folder, reason=error.strerror) from error


def _date(name: re.Match[str], path: Path) -> str:
    told: str | None = name.groupdict().get("date")
    return told or datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()


def _is_meant(path: Path, part: Part) -> bool:
    stem = _STEM.match(part.pattern.pattern)
    return stem is not None and len(stem[0]) >= _TELLING and path.name.lower().startswith(stem[0].lower())
