"""Slices of the reference releases, written once for all tests."""

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

from muscle_atlas.terms.slices import File, write_slice
from muscle_atlas.terms.source import Found, Source
from muscle_atlas.terms.updating.folders import read_folder


def parts_in(folder: Path, source: Source) -> dict[str, list[Found]]:
    """The files of a folder that the patterns of a source fit, the newest first."""
    return read_folder(folder, [source]).parts[source.name]


def slice_of(folder: Path, source: Source, into: Path) -> Path:
    """Write the slice of the releases in a folder."""
    parts = parts_in(folder, source)
    files = [
        File(one.path.name, name, one.date, one.path.stat().st_size, hashlib.sha256(one.path.read_bytes()).hexdigest())
        for name, found in parts.items()
        for one in found
    ]
    told = {
        "name": source.name,
        "title": source.title,
        "licence": source.licence,
        "licence_url": source.licence_url,
        "source": source.parts[0].address or "",
        "homepage": source.homepage,
    }
    path = into / f"{source.name}.sqlite"
    write_slice(path, told, files, source.read(parts))
    return path


def ask(path: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    """The rows of an answer of a slice."""
    database = sqlite3.connect(path)
    try:
        return list(database.execute(query, values))
    finally:
        database.close()
