"""The folder of pictures: which file a cell means, and never one outside of it."""

import os
import posixpath
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz, process

_SEARCHED = 20
"""How many absent names are compared with all others; the rest is only looked up without regard to case."""
_DRIVE = re.compile(r"[A-Za-z]:")
_HIDDEN = re.compile(r"(^|/)(\.|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


class OutsideError(Exception):
    """A path leads out of the folder."""


@dataclass
class Folder:
    """The folder that ``--images`` names."""

    path: Path
    asked: set[str] = field(default_factory=set)
    """The files that were asked for, by their keys in ``files``."""
    _compared: set[str] = field(default_factory=set)

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every file by its path below the folder, in composed form (NFC); hidden ones left out."""
        found: dict[str, Path] = {}
        for place, folders, names in os.walk(self.path):
            folders.sort()
            for name in sorted(names):
                path = Path(place, name)
                # A pipe or socket is no file: it is not found, nor proposed. The methods of Path raise where the folder
                # lets nobody in.
                if not (os.path.isfile(path) or os.path.islink(path)):  # noqa: PTH113, PTH114
                    continue
                relative = _compose(path.relative_to(self.path).as_posix())
                if not _HIDDEN.search(relative):
                    found.setdefault(relative, path)
        return found

    def find(self, name: str) -> Path | None:
        """Return the real path of the file that ``name`` means, None where there is none.

        Names are matched letter by letter, whatever the disk does about case; how an accent is encoded does not matter.

        Raises:
            OutsideError: if it leads out of the folder, by itself or over a symbolic link.
        """
        if name.startswith(("/", "\\", "~")) or _DRIVE.match(name):
            raise OutsideError(name)
        relative = posixpath.normpath(_compose(name))
        if relative not in self.files:
            relative = posixpath.normpath(relative.replace("\\", "/"))
        if relative == ".." or relative.startswith("../"):
            raise OutsideError(name)
        self.asked.add(relative)
        known = self.files.get(relative)
        closed = self._is_below_closed(relative)
        if known is None and (closed or self._is_below_link(relative)):
            known = self.path / relative
        if known is None:
            return None
        # Not Path.resolve, which some versions of Python let fail on links that lead in a circle.
        real = Path(os.path.realpath(known))
        if not real.is_relative_to(os.path.realpath(self.path)):
            raise OutsideError(name)
        # In a folder that lets nobody in, opening will tell.
        return real if closed or os.path.isfile(real) else None  # noqa: PTH113

    def nearest(self, name: str) -> list[str]:
        """Return up to three names of files that look like ``name``."""
        wanted = _compose(name.replace("\\", "/"))
        alike = self._by_folded.get(wanted.casefold()) or self._by_name.get(posixpath.basename(wanted).casefold(), [])
        # What is there and cannot be read, such as a link to itself, is not what was meant.
        if others := [known for known in alike if known != wanted]:
            return others[:3]
        if len(self._compared) >= _SEARCHED:
            return []
        self._compared.add(name)
        found = process.extract(wanted, list(self.files), scorer=fuzz.ratio, limit=3, score_cutoff=75)
        return [known for known, _, _ in found if known != wanted]

    @cached_property
    def _by_folded(self) -> dict[str, list[str]]:
        return _group({name: name.casefold() for name in self.files})

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        return _group({name: posixpath.basename(name).casefold() for name in self.files})

    def _is_below_link(self, relative: str) -> bool:
        """Tell whether a path goes over a symbolic link to a folder, which ``files`` does not follow."""
        # Path.is_symlink raises OSError where a name is longer than the disk takes.
        return any(os.path.islink(self.path / part) for part in list(Path(relative).parents)[:-1])  # noqa: PTH114

    def _is_below_closed(self, relative: str) -> bool:
        """Tell whether a path goes over a folder that must not be looked into."""
        folders = (self.path / part for part in list(Path(relative).parents)[:-1])
        return any(os.path.isdir(folder) and not os.access(folder, os.R_OK | os.X_OK) for folder in folders)  # noqa: PTH112


def _compose(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _group(keys: dict[str, str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, key in keys.items():
        grouped.setdefault(key, []).append(name)
    return grouped
