"""Messages between the server and a cage: four bytes of length, one of kind, a body."""

import json
import socket
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

_PREFIX = struct.Struct("!IB")
_PIECE = 2**16


class Kind(IntEnum):
    """What a message says."""

    READY = 1
    """The cage has opened its store; the body names the thread that will answer."""
    QUESTION = 2
    HEAD = 3
    """How the answer is written: media type, coding."""
    DATA = 4
    """A part of the answer, as it goes to the client."""
    END = 5
    FAULT = 6
    """There is no answer, or no more of it; the body says why."""


_KINDS = {kind.value: kind for kind in Kind}


def pack(kind: Kind, body: bytes) -> bytes:
    """Return a message as bytes."""
    return _PREFIX.pack(len(body), kind) + body


def pack_json(kind: Kind, content: dict[str, Any]) -> bytes:
    """Return a message whose body is JSON."""
    return pack(kind, json.dumps(content).encode())


def pack_question(order: bytes, query: bytes) -> bytes:
    """Return a question: how it is to be answered, as JSON on one line, then the query itself."""
    return pack(Kind.QUESTION, order + b"\n" + query)


def unpack_question(body: bytes) -> tuple[bytes, str]:
    """Return how a question is to be answered, and the query."""
    order, _, query = body.partition(b"\n")
    return order, query.decode()


class Splitter:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[Kind, bytes]]:
        """Yield every message that is whole with these bytes."""
        if not self._rest:
            # Nearly always whole messages come, and nothing need be put together.
            self._rest = data
        else:
            self._rest += data
        at = 0
        while len(self._rest) - at >= _PREFIX.size:
            length, kind = _PREFIX.unpack_from(self._rest, at)
            end = at + _PREFIX.size + length
            if len(self._rest) < end:
                break
            yield _KINDS[kind], self._rest[at + _PREFIX.size : end]
            at = end
        self._rest = self._rest[at:]


class Receiver:
    """Takes messages one after the other from a socket that is waited for."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._rest = b""

    def next(self) -> tuple[Kind, bytes] | None:
        """Wait for the next message; None at the end of the stream."""
        while len(self._rest) < _PREFIX.size or len(self._rest) < self._end:
            # Nearly always a message comes in one piece.
            part = self._channel.recv(max(_PIECE, self._end - len(self._rest)))
            if not part:
                return None
            self._rest = self._rest + part if self._rest else part
        _, kind = _PREFIX.unpack_from(self._rest)
        end = self._end
        body, self._rest = self._rest[_PREFIX.size : end], self._rest[end:]
        return _KINDS[kind], body

    @property
    def _end(self) -> int:
        """Where the first message ends, as far as its length is known."""
        if len(self._rest) < _PREFIX.size:
            return _PREFIX.size
        return int(_PREFIX.unpack_from(self._rest)[0]) + _PREFIX.size
