"""Content codings: how an answer is compressed on its way (RFC 9110, 8.4.1; zstd by RFC 8878, br by RFC 7932)."""

import zlib
from enum import StrEnum
from typing import Protocol

import brotli
import zstandard

_ZSTD_LEVEL = 3
_BROTLI_QUALITY = 4
_GZIP_LEVEL = 6
_GZIP_WINDOW = zlib.MAX_WBITS | 16


class Compressor(Protocol):
    """Compresses a stream."""

    def compress(self, data: bytes) -> bytes:
        """Return what is ready of these and earlier bytes."""

    def finish(self) -> bytes:
        """Return the rest."""


class Coding(StrEnum):
    """A content coding, the preferred one first."""

    ZSTD = "zstd"
    BROTLI = "br"
    GZIP = "gzip"
    IDENTITY = "identity"

    def compressor(self) -> Compressor:
        """Return a compressor of one answer."""
        match self:
            case Coding.ZSTD:
                return _Zstd()
            case Coding.BROTLI:
                return _Brotli()
            case Coding.GZIP:
                return _Gzip()
            case Coding.IDENTITY:
                return _Identity()


class _Zstd:
    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()

    def compress(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def finish(self) -> bytes:
        return self._stream.flush()


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Compressor(quality=_BROTLI_QUALITY)

    def compress(self, data: bytes) -> bytes:
        return bytes(self._stream.process(data))

    def finish(self) -> bytes:
        return bytes(self._stream.finish())


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)

    def compress(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def finish(self) -> bytes:
        return self._stream.flush()


class _Identity:
    def compress(self, data: bytes) -> bytes:
        return data

    def finish(self) -> bytes:
        return b""


def choose_coding(accepted: str | None) -> Coding:
    """Return the coding that an ``Accept-Encoding`` header likes best, the first of ours among equals.

    ``identity`` is liked less than what is named, unless it is named itself. A header that accepts nothing of ours, not
    even ``identity``, still gets it (RFC 9110, 12.5.3 allows it).
    """
    if not accepted:
        return Coding.IDENTITY
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = _weight(parameters)
    best = max(
        (coding for coding in Coding if coding is not Coding.IDENTITY),
        key=lambda coding: weights.get(coding, weights.get("*", 0.0)),
    )
    liked = weights.get(best, weights.get("*", 0.0))
    return best if liked > 0 and liked >= weights.get(Coding.IDENTITY, 0.0) else Coding.IDENTITY


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
