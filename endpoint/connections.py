"""Connections that cannot be used to hold the server up: requests begin, and answers are taken, within a time."""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BEGINNING = 10.0
"""Seconds in which the head of a request must have come after its connection was made or its first byte came."""
STALLING = 30.0
"""Seconds for which a client may take nothing of an answer."""
LONGEST_ADDRESS = 65_535
"""Bytes of an address that can be read at all; the protocol of queries says 414 a little below."""
LONGEST_HEAD = 2**17
"""Bytes of the head of a request."""
WHOLE = "muscle_atlas.whole"
"""Key of a scope under which stands a checksum of the whole request, where its bytes alone decide the answer."""
_END = b"\r\n\r\n"
_OK = b"HTTP/1.1 200 OK\r\n"
_DECIDED_ELSEWHERE = (b"content-length", b"transfer-encoding", b"if-none-match", b"expect")
"""Headers of requests that have more to them than their head, or whose answer need not be the kept one."""
_OFFER = re.compile(rb"\r\n[Uu][Pp][Gg][Rr][Aa][Dd][Ee](?=:)")
_BEGINNINGS = frozenset(sign[:size] for sign in (_END, b"\r\nupgrade:") for size in range(1, len(sign)))
"""What may be completed by the next packet, in small letters."""
_LONGEST_BEGINNING = max(map(len, _BEGINNINGS))


class _Corked:
    """A transport that sends the head and the body of an answer in one go: uvicorn writes them one after the other."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send what was written until the event loop comes round."""
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)

    def close(self) -> None:
        """Send what is left, and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._parts:
            data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts = []
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Kept(Protocol):
    """An answer as it goes over the wire."""

    head: bytes
    body: bytes


class GuardedConnection(HttpToolsProtocol):
    """uvicorn's connection with a clock for slow clients, and a measure for endless heads.

    A request that is, byte by byte, one that was answered from what is kept, is answered before it is parsed.
    """

    find_kept: Callable[[bytes], Kept | None] = staticmethod(lambda _: None)
    """Returns the kept answer to the request that has this checksum."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._clock: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._head = 0
        self._in_head = True
        self._between = True
        """Whether nothing of the next request has been parsed yet."""
        self._whole: bytes | None = None
        """Checksum of what came last, where that may be a whole request."""
        self._begun = b""
        """What has come of something that has to be seen as a whole; a few bytes."""
        self.url = b""

    def connection_made(self, transport: Any) -> None:
        """Start the clock."""
        super().connection_made(_Corked(transport, self.loop))  # type: ignore[arg-type]
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop(self._clock)
        self._stop(self._stall)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Measure what belongs to a head."""
        self._whole = None
        if self._in_head:
            if self._between and self._head == 0 and data.find(_END) == len(data) - len(_END) and self._is_free():
                self._whole = hashlib.blake2b(data, digest_size=16).digest()
                if (kept := self.find_kept(self._whole)) is not None:
                    self._give(kept)
                    return
            self._head += len(data)
            data = self._decline(data)
            if self._clock is None:
                self._expect_head()
            if not data:
                return
            super().data_received(data)
            if self._in_head and self._head > LONGEST_HEAD and not self.transport.is_closing():
                self._refuse(431, f"The head is longer than {LONGEST_HEAD} bytes.", "Send a long query by POST.")
            return
        super().data_received(data)

    def _is_free(self) -> bool:
        """Tell whether everything that was asked has been answered, and the answers were taken."""
        return (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused

    def _is_decided(self) -> bool:
        """Tell whether another request of the same bytes gets the same answer, as long as the release is the same."""
        usual = self.parser.get_method() == b"GET" and self.parser.get_http_version() == "1.1"
        return (
            usual
            and self.parser.should_keep_alive()
            and not any(name in _DECIDED_ELSEWHERE for name, _ in self.headers)
        )

    def _give(self, kept: Kept) -> None:
        """Send an answer, and wait for the next request."""
        self._stop(self._clock)
        self._clock = None
        date = b"".join(b"%s: %s\r\n" % header for header in self.server_state.default_headers)
        self.transport.write(b"".join((_OK, date, kept.head, b"\r\n", kept.body)))
        self.on_response_complete()

    def _decline(self, data: bytes) -> bytes:
        """Return a part of a head without the offer of another protocol, which may be declined (RFC 9110, 7.8).

        Java's client, and so Jena, makes it with every request; the parser would take the body for the other protocol.
        """
        if self._begun:
            data, self._begun = self._begun + data, b""
        end = data.find(_END)
        if end < 0:
            end = len(data) - _size_of_beginning(data)
            data, self._begun = data[:end], data[end:]
        if _OFFER.search(data, 0, end) is None:
            return data
        return _OFFER.sub(b"\r\ndeclined", data[:end]) + data[end:]

    def on_message_begin(self) -> None:
        """Note that a request has begun, maybe in one packet with the one before."""
        self._between = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop the clock: the request has begun."""
        if self._whole and self._is_decided():
            self.scope[WHOLE] = self._whole  # type: ignore[literal-required]
        self._in_head = False
        self._head = 0
        self._stop(self._clock)
        self._clock = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next head."""
        self._in_head = self._between = True
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Start the clock of a client that takes nothing."""
        super().pause_writing()
        self._stall = self.loop.call_later(STALLING, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop it: something was taken."""
        super().resume_writing()
        self._stop(self._stall)
        self._stall = None

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that cannot be read, as a problem document."""
        if len(self.url or b"") > LONGEST_ADDRESS:
            self._refuse(414, f"The address is longer than {LONGEST_ADDRESS} bytes.", "Send a long query by POST.")
        else:
            self._refuse(400, msg, "Send a request as RFC 9112 has it.")

    def _refuse(self, status: int, detail: str, mend: str) -> None:
        title = HTTPStatus(status).phrase
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail, "mend": mend}
        body = json.dumps(problem).encode()
        head = (
            f"HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\naccess-control-allow-origin: *\r\n"
            "access-control-expose-headers: X-Muscle-Atlas-Release\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()

    def _expect_head(self) -> None:
        self._clock = self.loop.call_later(BEGINNING, self.transport.abort)

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


def _size_of_beginning(data: bytes) -> int:
    """Return how many bytes at the end of a packet may be the beginning of an offer, or of the end of a head."""
    longest = min(_LONGEST_BEGINNING, len(data))
    return next((size for size in range(longest, 0, -1) if data[-size:].lower() in _BEGINNINGS), 0)


class WithoutBroken(logging.Filter):
    """Keeps what is broken on purpose out of uvicorn's log: its reason was written down where it was known."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is written."""
        return "without completing response" not in record.getMessage()
