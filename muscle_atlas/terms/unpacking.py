"""Unpacking: the content of a publisher's file, whatever it is packed with, or why it is not what it should be."""

import gzip
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import zstandard

from muscle_atlas.terms.source import ReleaseError

_GZIP, _ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html)", re.IGNORECASE)
_BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, zstandard.ZstdError)


def refused(path: Path, wrong: str) -> ReleaseError:
    """Return the error that says of a file what is wrong with it, and the mend."""
    return ReleaseError(f"{path.name} {wrong}: fetch it again from its publisher, or take it out of the folder")


def unpack(path: Path) -> bytes:
    """Return what a file holds, gzip and Zstandard undone.

    Raises:
        ReleaseError: if it cannot be read or is cut short, holds nothing, or is a page of HTML.
    """
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        elif content.startswith(_ZSTANDARD):
            content = zstandard.ZstdDecompressor().stream_reader(content).read()
    except _BROKEN as error:
        raise refused(path, f"cannot be unpacked ({error})") from error
    if not content.strip():
        raise refused(path, "is empty")
    if _PAGE.match(content):
        raise refused(path, "is a page of HTML")
    return content


def unpack_text(path: Path) -> str:
    """Return what a file holds as text.

    Raises:
        ReleaseError: as ``unpack``, and if it is no UTF-8.
    """
    try:
        return unpack(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(path, f"is not text in UTF-8 ({error.reason} at byte {error.start})") from error


def unpack_json(path: Path) -> Any:
    """Return the JSON document of a file.

    Raises:
        ReleaseError: as ``unpack``, and if it is no JSON.
    """
    return parse_json(path, unpack(path))


def parse_json(path: Path, content: bytes) -> Any:
    """Return a JSON document that stands in a file.

    Raises:
        ReleaseError: if it is none.
    """
    try:
        return json.loads(content)
    except ValueError as error:
        raise refused(path, f"is cut short or no JSON ({error})") from error


def unpack_graph(path: Path) -> dict[str, Any]:
    """Return the first graph of an OBO graphs document (https://github.com/geneontology/obographs): nodes and edges.

    Raises:
        ReleaseError: as ``unpack_json``, and if there is no graph in it.
    """
    document = unpack_json(path)
    try:
        graph: dict[str, Any] = document["graphs"][0]
        if graph["nodes"] and isinstance(graph["edges"], list):
            return graph
    except (KeyError, IndexError, TypeError):
        pass
    raise refused(path, "is no ontology as OBO graphs (JSON with graphs, nodes and edges)")


def unpack_archive(path: Path, name: re.Pattern[str]) -> Iterator[bytes]:
    """Yield the members of a gzipped tar archive whose whole names fit.

    Raises:
        ReleaseError: if it cannot be read or is cut short.
    """
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                packed = archive.extractfile(member) if name.fullmatch(member.name) else None
                if packed is not None:
                    yield packed.read()
    except _BROKEN as error:
        raise refused(path, f"is cut short or no gzipped tar archive ({error})") from error


def unpack_documents(path: Path, name: re.Pattern[str]) -> Iterator[ElementTree.Element]:
    """Yield the root of every XML document of a zip archive whose whole name fits, by name.

    Raises:
        ReleaseError: if the archive cannot be read or is cut short, or a document is not well-formed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(filter(name.fullmatch, archive.namelist())):
                yield parse_xml(path, archive.read(member))
    except _BROKEN as error:
        raise refused(path, f"is cut short or no zip archive ({error})") from error


def parse_xml(path: Path, content: bytes) -> ElementTree.Element:
    """Return the root of an XML document that stands in a file; its declaration tells the encoding.

    Raises:
        ReleaseError: if it is not well-formed.
    """
    try:
        # The publishers that the project names are trusted; expat itself limits the growth of entities.
        return ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError as error:
        raise refused(path, f"is cut short or no XML ({error})") from error
