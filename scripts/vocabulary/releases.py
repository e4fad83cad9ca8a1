"""Reads the forms in which the reference releases are packed."""

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import curies
import zstandard

from muscle_atlas.terms.reading.unpacking import unpack_archive

from .words import PREFIXES


def converter() -> curies.Converter:
    """Return the prefix map of the project, to write IRIs of a release as CURIEs."""
    return curies.Converter.from_extended_prefix_map(json.loads(PREFIXES.read_text(encoding="utf-8")))


def read_tabbed(path: Path, *, quoted: bool = False) -> Iterator[dict[str, str]]:
    """Rows of a tab-separated file, gzipped or not; `#` lines before the heading are left out."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    kept = (line for line in io.StringIO(content.decode("utf-8")) if not line.startswith("#"))
    if quoted:
        yield from csv.DictReader(kept, delimiter="\t")
    else:
        yield from csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE)


def read_json(path: Path) -> Any:
    """Return a JSON document packed with gzip or Zstandard."""
    if path.suffix == ".zst":
        with zstandard.open(path, "rb") as packed:
            return json.load(io.BytesIO(packed.read()))
    with gzip.open(path) as packed:
        return json.load(packed)


def read_json_archive(path: Path) -> Iterator[Any]:
    """Every JSON document of a gzipped tar archive."""
    return (json.loads(content) for content in unpack_archive(path, re.compile(r".*\.json")))
