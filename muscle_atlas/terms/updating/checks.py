"""Checks of a file before it is read: whether it is whole, and a file at all."""

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zstandard

from muscle_atlas.terms.source import FaultyReleaseError

_BLOCK = 1 << 20
_PAGES = (b"<!doctype html", b"<html")
"""How a web page begins, which proxies and log-in pages send with status 200."""


def check_file(path: Path, least: int) -> None:
    """Look whether a file can be a whole release: size, checksums of what is packed, no web page.

    Args:
        path: the file.
        least: bytes that it must have.

    Raises:
        FaultyReleaseError: if it cannot.
    """
    try:
        with path.open("rb") as file:
            start = file.read(512)
        if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES):
            raise FaultyReleaseError("terms_is_a_page", file=path)
        size = path.stat().st_size
        if size < least:
            raise FaultyReleaseError("terms_too_small", file=path, bytes=size, least=least)
        for sign, unpack in _PACKED.items():
            if start.startswith(sign):
                unpack(path)
    except (EOFError, zlib.error, zipfile.BadZipFile, zstandard.ZstdError, OSError) as error:
        raise FaultyReleaseError("terms_is_broken", file=path, reason=error) from error


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_gzip(path: Path) -> None:
    with gzip.open(path) as file:
        _read_through(file)


def _check_zip(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if (broken := archive.testzip()) is not None:
            raise zipfile.BadZipFile(broken)


def _check_zstandard(path: Path) -> None:
    with zstandard.open(path, "rb") as file:
        _read_through(file)


def _read_through(file: Any) -> None:
    while file.read(_BLOCK):
        pass


_PACKED: dict[bytes, Callable[[Path], None]] = {
    b"\x1f\x8b": _check_gzip,
    b"PK\x03\x04": _check_zip,
    b"\x28\xb5\x2f\xfd": _check_zstandard,
}
"""The first bytes of what is packed -> unpacks it, which compares its checksums."""
