"""The layout of a data folder: where a release keeps its parts, and which release is current."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

CURRENT = "current"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}\.\d+")
RELEASES = "releases"
MEDIA = "media"


class NoReleaseError(Exception):
    """There is no such release; carries the phrase of ``words.json`` that says so, and its values."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(f"{word}: {values}")
        self.word = word
        self.values = values


@dataclass(frozen=True)
class Release:
    """One published release: a folder named by its version."""

    folder: Path

    @cached_property
    def version(self) -> str:
        """Name of the release, for instance ``2026-11-22.1``."""
        return self.folder.name

    @property
    def graph(self) -> Path:
        """Sorted N-Quads of everything but metadata, zstd."""
        return self.folder / "graph.nq.zst"

    @cached_property
    def store(self) -> Path:
        """Oxigraph store of the whole release."""
        return self.folder / "store"

    @property
    def images(self) -> Path:
        """Parquet table with one row an image."""
        return self.folder / "images.parquet"

    @property
    def metadata(self) -> Path:
        """Turtle description of the release."""
        return self.folder / "release.ttl"

    @property
    def media(self) -> Path:
        """Pictures and thumbnails, each at its ``media_path``; absent where the release has none."""
        return self.folder / MEDIA

    @property
    def terms(self) -> Path:
        """Folder of the slices that words were resolved with; absent where the release was built without any."""
        return self.folder / "terms"

    @property
    def mappings(self) -> Path:
        """Folder of the institute's own tables that words were resolved with; absent where it has none."""
        return self.folder / "mappings"

    @property
    def report(self) -> Path:
        """JSON report of the build."""
        return self.folder / "report.json"

    def read_report(self) -> dict[str, Any]:
        """Return the report of the build that made this release."""
        content: dict[str, Any] = json.loads(self.report.read_text(encoding="utf-8"))
        return content


def media_path(sha256: str) -> str:
    """Return where a picture stands: below the folder of its release, and below the base IRI, which names it."""
    return f"{MEDIA}/{sha256[:2]}/{sha256}.jpg"


def force_all(folder: Path) -> None:
    """Force a folder with all that it holds to disk, so that a rename never outlives what it names."""
    # All at once first: file by file alone, three thousand pictures took 4.1 s instead of 1.0 s.
    os.sync()
    for path in sorted(folder.rglob("*")):
        force(path)
    force(folder)


def force(path: Path) -> None:
    """Force a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def list_releases(data: Path) -> list[Release]:
    """Return the releases of a data folder, oldest first."""
    return sorted(_complete(data), key=lambda release: _version_key(release.version))


def current_release(data: Path) -> Release:
    """Return the release that ``current`` points to.

    Raises:
        NoReleaseError: if nothing has been published there.
    """
    link = data / CURRENT
    folder = link.resolve()
    if not link.is_symlink() or not (folder / "report.json").is_file():
        raise NoReleaseError("no_release", data=data)
    return Release(folder)


def _complete(data: Path) -> Iterator[Release]:
    folder = data / RELEASES
    if folder.is_dir():
        for path in folder.iterdir():
            if _VERSION.fullmatch(path.name) and (path / "report.json").is_file():
                yield Release(path)


def _version_key(version: str) -> tuple[str, int]:
    day, _, count = version.rpartition(".")
    return (day, int(count)) if count.isdigit() else (version, 0)
