"""Unpacking: the content of a publisher's file, whatever it is packed with, or why it is not what it should be."""

import gzip
import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import zstandard

from muscle_atlas.terms.source import FaultyReleaseError
from muscle_atlas.terms.updating.checks import check_file

_GZIP, _ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BROKEN = (EOFError, OSError, zlib.error, zipfile.BadZipFile, tarfile.TarError, zstandard.ZstdError)


def unpack(path: Path) -> bytes:
    """Return what a file holds, gzip and Zstandard undone.

    Raises:
        FaultyReleaseError: if it cannot be read or is cut short, or is a web page.
    """
    check_file(path, 1)
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            return gzip.decompress(content)
        if content.startswith(_ZSTANDARD):
            return zstandard.ZstdDecompressor().stream_reader(content).read()
    except _BROKEN as error:
        raise broken(path, error) from error
    return content


def broken(path: Path, reason: object) -> FaultyReleaseError:
    """Return the error that a file is cut short, or not packed or written as it should be."""
    return FaultyReleaseError("terms_is_broken", file=path, reason=reason)


def unpack_text(path: Path) -> str:
    """Return what a file holds as text.

    Raises:
        FaultyReleaseError: as ``unpack``, and if it is no UTF-8.
    """
    try:
        return unpack(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise broken(path, error) from error


def unpack_json(path: Path) -> Any:
    """Return the JSON document of a file.

    Raises:
        FaultyReleaseError: as ``unpack``, and if it is no JSON.
    """
    return parse_json(path, unpack(path))


def parse_json(path: Path, content: bytes) -> Any:
    """Return a JSON document that stands in a file.

    Raises:
        FaultyReleaseError: if it is none.
    """
    try:
        return json.loads(content)
    except ValueError as error:
        raise broken(path, error) from error


def unpack_graph(path: Path) -> dict[str, Any]:
    """Return the first graph of an OBO graphs document (https://github.com/geneontology/obographs): nodes and edges.

    Raises:
        FaultyReleaseError: as ``unpack_json``, and if there is no graph in it.
    """
    document = unpack_json(path)
    try:
        graph: dict[str, Any] = document["graphs"][0]
        if graph["nodes"] and isinstance(graph["edges"], list):
            return graph
    except (KeyError, IndexError, TypeError):
        pass
    raise FaultyReleaseError("terms_no_graph", file=path)


def unpack_archive(path: Path, name: re.Pattern[str]) -> Iterator[bytes]:
    """Yield the members of a gzipped tar archive whose whole names fit.

    Raises:
        FaultyReleaseError: if it cannot be read or is cut short.
    """
    check_file(path, 1)
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                packed = archive.extractfile(member) if name.fullmatch(member.name) else None
                if packed is not None:
                    yield packed.read()
    except _BROKEN as error:
        raise broken(path, error) from error


def unpack_documents(path: Path, name: re.Pattern[str]) -> Iterator[ElementTree.Element]:
    """Yield the root of every XML document of a zip archive whose whole name fits, by name.

    Raises:
        FaultyReleaseError: if the archive cannot be read or is cut short, or a document is not well-formed.
    """
    check_file(path, 1)
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(filter(name.fullmatch, archive.namelist())):
                yield parse_xml(path, archive.read(member))
    except _BROKEN as error:
        raise broken(path, error) from error


def parse_xml(path: Path, content: bytes) -> ElementTree.Element:
    """Return the root of an XML document that stands in a file; its declaration tells the encoding.

    Raises:
        FaultyReleaseError: if it is not well-formed.
    """
    try:
        # The publishers that the project names are trusted; expat itself limits the growth of entities.
        return ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError as error:
        raise broken(path, error) from error
