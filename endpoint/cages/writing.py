"""How an answer leaves its cage: compressed, in chunks, under its media type."""

import re
import socket
from typing import Any

from endpoint.cages.codings import Coding, Compressor
from endpoint.cages.frames import Kind, pack, pack_json
from endpoint.cages.wellformed import XML, XmlCheck

CHUNK = 64 * 2**10
"""Bytes of an answer that are sent at a time."""
SMALL = 1_400
"""Bytes: a shorter answer fits into one packet and is not compressed."""

_PREFIXED = ("text/turtle", "application/trig")
_PREFIX_LINE = re.compile(rb"@prefix ([^:]*): <[^>]*> \.\n")


class TooLargeError(Exception):
    """An answer is larger than answers may be."""


class AnswerWriter:
    """A file to which an answer is written."""

    def __init__(self, channel: socket.socket, coding: str, most: int, media_type: str) -> None:
        """Send to a channel, at most ``most`` bytes before they are compressed."""
        self._channel = channel
        self._coding = Coding(coding)
        self._most = most
        self._media_type = media_type
        self.told: dict[str, Any] = {}
        """What else the head of the answer says; to be set before anything is written."""
        self._pending = bytearray()
        self._compressor: Compressor | None = None
        self._xml = XmlCheck() if media_type in XML else None
        self._last = b""
        self._total = 0

    def write(self, data: bytes) -> int:
        """Take the next bytes.

        Raises:
            TooLargeError: if the answer becomes larger than it may.
        """
        self._total += len(data)
        if self._total > self._most:
            raise TooLargeError
        self._pending += data
        if len(self._pending) >= CHUNK:
            self._channel.sendall(self._next(whole=False))
        return len(data)

    def flush(self) -> None:
        """Do nothing: chunks are sent when they are full."""

    def finish(self) -> None:
        """Make the last chunk ready."""
        if self._compressor is None and self._total < SMALL:
            self._coding = Coding.IDENTITY
        self._last = self._next(whole=True)
        if self._compressor and (rest := self._compressor.finish()):
            self._last += pack(Kind.DATA, rest)

    def end(self, grown: int) -> None:
        """Send the last chunk, and that it was the last; tell by how many bytes the process has grown."""
        self._channel.sendall(self._last + pack_json(Kind.END, {"grown": grown}))

    def _next(self, *, whole: bool) -> bytes:
        """Return the pending bytes as messages, before the first of them how they are written."""
        head = b""
        content = bytes(self._pending)
        self._pending.clear()
        if self._compressor is None:
            self._compressor = self._coding.compressor()
            head = pack_json(Kind.HEAD, {"media_type": self._media_type, "coding": self._coding.value, **self.told})
            if self._media_type in _PREFIXED:
                content = order_prefixes(content, whole=whole)
        if self._xml:
            content = self._xml.check(content)
        data = self._compressor.compress(content)
        return head + (pack(Kind.DATA, data) if data else b"")


def order_prefixes(content: bytes, *, whole: bool) -> bytes:
    """Return the beginning of a Turtle file with its prefixes in order, so that equal answers are equal bytes.

    Of a ``whole`` file the prefixes that it does not use are left out.
    """
    at = 0
    lines: dict[bytes, bytes] = {}
    while found := _PREFIX_LINE.match(content, at):
        lines[found[1]] = found[0]
        at = found.end()
    rest = content[at:]
    kept = [lines[name] for name in sorted(lines) if not whole or name + b":" in rest]
    return b"".join(kept) + rest
