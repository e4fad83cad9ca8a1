"""Calling other services: one query over the public internet, bounded in time, size and redirects."""

import asyncio
import os
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlencode, urljoin, urlsplit

import httpcore
import pyoxigraph as ox

from endpoint.cages.cage import environment
from endpoint.federation.guard import GuardedNetwork, RefusedHostError
from endpoint.query.requests import FORM_TYPE
from muscle_atlas import __version__
from muscle_atlas.names import default_base

MOST_SECONDS = 20.0
"""Seconds for everything that one query asks of others; a query itself may take longer."""
MOST_BYTES = 64 * 2**20
"""Bytes of one answer."""
_REDIRECTS = 3
_KEPT_IN_MEMORY = 2**20
"""Bytes of an answer beyond which it waits in a file."""
_AT_ONCE = 64
"""Calls under way, all queries together."""
_QUOTED = 200
"""Signs of another service's own words that are told."""

_HOUSE = Path(__file__).resolve().parents[2]

_READABLE = (ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML)
_ACCEPT = ", ".join(form.media_type for form in _READABLE)


class CallError(Exception):
    """A service gave no answer; the message says why, and begins in the middle of a sentence about it."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.late = late


@dataclass(frozen=True)
class Reply:
    """The answer of a service."""

    form: ox.QueryResultsFormat
    content: IO[bytes]
    size: int

    async def check(self, deadline: float) -> None:
        """Read all of it in a process of its own, before a time by the clock of the event loop.

        Raises:
            CallError: if that cannot be done.
        """
        reading = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "endpoint.federation.reading", self.form.media_type),
            stdin=self.content.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_HOUSE,
            env=environment(),
        )
        try:
            async with asyncio.timeout_at(deadline):
                wrong, _ = await reading.communicate()
        except TimeoutError:
            raise CallError("it did not answer in time", late=True) from None
        finally:
            if reading.returncode is None:
                reading.kill()
                await reading.wait()
        if reading.returncode:
            told = wrong.decode(errors="replace")[:_QUOTED]
            raise CallError(f"its answer cannot be read: {told or 'it nests too deeply'}")
        self.content.seek(0)


class Caller:
    """Calls services."""

    def __init__(self, trusted: frozenset[str]) -> None:
        """Prepare; trusted hosts may have a private address."""
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=_AT_ONCE,
            # A kept connection may be closed by the other side at the moment it is used, and a query is not sent twice.
            max_keepalive_connections=0,
            network_backend=GuardedNetwork(trusted),
        )
        self._headers: list[tuple[bytes | str, bytes | str]] = [
            ("Accept", _ACCEPT),
            # What is packed could unpack to anything.
            ("Accept-Encoding", "identity"),
            ("User-Agent", f"muscle-atlas/{__version__} (+{default_base()})"),
        ]

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._pool.aclose()

    @asynccontextmanager
    async def ask(self, address: str, query: str, deadline: float) -> AsyncIterator[Reply]:
        """Give the answer to a query, for the time of a ``with`` block.

        Args:
            address: of the service.
            query: SELECT or ASK.
            deadline: when the answer must be there, by the clock of the event loop.

        Raises:
            CallError: if there is none.
        """
        with tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY) as content:
            try:
                async with asyncio.timeout_at(deadline):
                    reply = await self._fetch(address, query, content)
            except TimeoutError:
                raise CallError("it did not answer in time", late=True) from None
            except RefusedHostError:
                raise CallError("its address is not one of the public internet") from None
            except httpcore.UnsupportedProtocol as error:
                raise CallError("it is not at an http or https address") from error
            except (httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException) as error:
                raise CallError(f"the connection to it failed ({_told(error)})") from error
            except (OSError, UnicodeError) as error:
                raise CallError(f"it cannot be found ({_told(error)})") from error
            yield reply

    async def _fetch(self, address: str, query: str, content: IO[bytes]) -> Reply:
        method, body = "POST", urlencode({"query": query}).encode()
        for _ in range(_REDIRECTS + 1):
            headers = [*self._headers, ("Content-Type", FORM_TYPE)] if body else self._headers
            async with self._pool.stream(method, _checked(address), headers=headers, content=body) as response:
                match response.status:
                    case 301 | 302 | 307 | 308:
                        address = _leads_to(response, address)
                    case 303:
                        address, method, body = _leads_to(response, address), "GET", b""
                    case 200:
                        return await _read(response, content)
                    case status:
                        raise CallError(f"it answered {status}{await _words(response)}")
        raise CallError(f"it redirects more than {_REDIRECTS} times")


def _header(response: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for known, value in response.headers if known.lower() == name), "")


def _checked(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise CallError("it is not at an http or https address")
    return address.partition("#")[0]


def _leads_to(response: httpcore.Response, address: str) -> str:
    try:
        target = urljoin(address, _header(response, b"location"))
        if not target.isascii() or urlsplit(target).port == 0:
            raise ValueError
        if urlsplit(address).scheme == "https" and urlsplit(target).scheme == "http":
            raise CallError("it redirects to an address that is not encrypted")
    except ValueError as error:
        raise CallError("it redirects to what is no address") from error
    return target


async def _read(response: httpcore.Response, content: IO[bytes]) -> Reply:
    media_type = _header(response, b"content-type").partition(";")[0].strip().lower()
    form = ox.QueryResultsFormat.from_media_type(media_type)
    if form not in _READABLE:
        raise CallError(f"its answer is {media_type[:_QUOTED] or 'of no type'}, and neither of {_ACCEPT}")
    if _header(response, b"content-encoding") not in ("", "identity"):
        raise CallError("its answer is compressed, although that was not asked for")
    size = 0
    async for part in response.aiter_stream():
        size += len(part)
        if size > MOST_BYTES:
            raise CallError(f"its answer is larger than {MOST_BYTES} bytes")
        content.write(part)
    content.seek(0)
    return Reply(form, content, size)


async def _words(response: httpcore.Response) -> str:
    """Return what a service says of its own error, if it is text."""
    if _header(response, b"content-type").partition(";")[0].strip().lower() != "text/plain":
        return ""
    said = b""
    async for part in response.aiter_stream():
        said += part
        if len(said) >= 4 * _QUOTED:
            break
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in said.decode("utf-8", "replace")).split())
    return f": {words[:_QUOTED]}" if words else ""


def _told(error: BaseException) -> str:
    """Return what the system says of an error, without addresses."""
    cause: BaseException = error
    while (deeper := cause.__cause__ or cause.__context__) is not None:
        cause = deeper
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"TLS: {cause.reason}"
    if isinstance(cause, socket.gaierror):
        return str(cause.strerror)
    if isinstance(cause, OSError) and cause.errno:
        # Python's own words hold the address.
        return os.strerror(cause.errno)
    return type(error).__name__
