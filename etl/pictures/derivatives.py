"""Derivatives that are kept between builds: named by their own SHA-256, found again by that of their source."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from muscle_atlas.releases import media_path

WORK = ".pictures"
"""Folder in a data folder that a killed build goes on from."""


@dataclass(frozen=True)
class Derivatives:
    """The derivatives of one recipe in a work folder."""

    folder: Path

    @property
    def media(self) -> Path:
        """The derivatives and thumbnails, laid out as in a release."""
        return self.folder / "media"

    def make(self) -> None:
        """Make the folders that files are written into."""
        for folder in (self.media, self._sources, self.drafts):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def drafts(self) -> Path:
        """Files that are being written."""
        return self.folder / "drafts"

    @property
    def downloads(self) -> Path:
        """Files that were fetched for a build that has not ended yet."""
        return self.folder / "downloads"

    @property
    def _sources(self) -> Path:
        return self.folder / "sources"

    def store(self, draft: Path, digest: str) -> None:
        """Move a finished file to its place."""
        place = self.folder / media_path(digest)
        place.parent.mkdir(exist_ok=True)
        draft.replace(place)

    def find(self, source: str) -> dict[str, Any] | None:
        """Return what was remembered of a source (by its SHA-256); None where its files are not all there, whole."""
        try:
            known: dict[str, Any] = json.loads(self._entry(source).read_text(encoding="utf-8"))
            sizes = {digest: (self.folder / media_path(digest)).stat().st_size for digest in known["sizes"]}
        except (FileNotFoundError, json.JSONDecodeError):
            # Never made, or cut short when the machine went down.
            return None
        return known["rendering"] if sizes == known["sizes"] else None

    def remember(self, source: str, rendering: Any) -> None:
        """Remember the rendering (a dataclass) of a source, once its files are stored."""
        sizes = {digest: (self.folder / media_path(digest)).stat().st_size for digest in _digests(rendering)}
        entry = self._entry(source)
        entry.parent.mkdir(exist_ok=True)
        draft = self.drafts / f"{os.getpid()}.json"
        draft.write_text(json.dumps({"rendering": asdict(rendering), "sizes": sizes}), encoding="utf-8")
        draft.replace(entry)

    def link(self, digests: Iterable[str], release: Path) -> None:
        """Give files to the folder of a release: as hard links, as copies where the disk knows none."""
        for digest in digests:
            place = release / media_path(digest)
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(self.folder / media_path(digest), place)
            except FileExistsError:
                # A derivative small enough to be its own thumbnail.
                continue
            except OSError:
                shutil.copyfile(self.folder / media_path(digest), place)

    def sweep(self, used: set[str]) -> None:
        """Remove what no release uses, what other recipes made, and what was downloaded."""
        for other in self.folder.parent.iterdir():
            if other != self.folder:
                shutil.rmtree(other)
        self.sweep_unused(used)

    def sweep_unused(self, used: set[str]) -> None:
        """Remove what no release uses, and what was downloaded."""
        for done in (self.drafts, self.downloads):
            shutil.rmtree(done, ignore_errors=True)
        for path in self.media.glob("*/*"):
            if path.stem not in used:
                path.unlink()
        for entry in self._sources.glob("*/*.json"):
            if self.find(entry.stem) is None:
                entry.unlink()

    def _entry(self, source: str) -> Path:
        return self._sources / source[:2] / f"{source}.json"


def sweep_all(work: Path, used: set[str]) -> None:
    """Remove from a work folder what no release uses, whichever recipe made it."""
    for folder in work.iterdir() if work.is_dir() else ():
        Derivatives(folder).sweep_unused(used)


def used_digests(releases: Iterable[Path]) -> Iterator[str]:
    """Give the SHA-256 of every derivative that a release holds."""
    for release in releases:
        for path in (release / "media").glob("*/*"):
            yield path.stem


def _digests(rendering: Any) -> set[str]:
    return {rendering.picture, rendering.thumbnail}
