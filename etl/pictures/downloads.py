"""Pictures at addresses: fetched into the work folder, never from a private network that a spreadsheet points to."""

import hashlib
import os
import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

from etl.pictures.deadlines import Deadline
from etl.pictures.guards import GuardedAdapter, RefusedAddressError
from muscle_atlas import __version__

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|data:|file:", re.IGNORECASE)
_SCHEMES = ("http", "https")
_AGAIN = (408, 429, 500, 502, 503, 504)
"""Statuses that another attempt may mend (RFC 9110, RFC 6585)."""
_PART = 1 << 16


class UnreachableError(Exception):
    """What an address leads to could not be had; the message says why."""


class _AgainError(Exception):
    """An attempt failed in a way that another may mend."""


@dataclass(frozen=True)
class Limits:
    """What a download may take."""

    connecting: float = 10.0
    """Seconds until a server must have taken the call."""
    silence: float = 30.0
    """Seconds that a server may say nothing."""
    whole: float = 600.0
    """Seconds for one attempt."""
    size: int = 2 * 2**30
    """Bytes of one file."""
    redirects: int = 5
    attempts: int = 3
    pause: float = 1.0
    """Seconds before the second attempt; each further pause is twice as long."""
    at_once: int = 8
    """Downloads under way."""


@dataclass
class Downloads:
    """Downloads into a folder; what stands there already, from a build that was killed, is not fetched again."""

    folder: Path
    trusted: frozenset[str]
    limits: Limits = field(default_factory=Limits)
    _own: threading.local = field(default_factory=threading.local)

    def fetch_all(self, addresses: Iterable[str]) -> Iterator[tuple[str, Path | Exception]]:
        """Fetch addresses, several at once; give each with its file, or with why there is none.

        Raises:
            OSError: if a file cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(self.limits.at_once) as pool:
            yield from pool.map(self._fetch_or_tell, addresses)

    def fetch(self, address: str) -> Path:
        """Return the file that an address leads to.

        Raises:
            RefusedAddressError: if it, or what it redirects to, is never fetched.
            UnreachableError: if it cannot be had.
        """
        scheme = address.partition(":")[0].lower()
        if scheme not in _SCHEMES:
            raise RefusedAddressError(scheme)
        place = self.folder / hashlib.sha256(address.encode()).hexdigest()
        for attempt in range(1, self.limits.attempts + 1):
            if place.exists():
                break
            try:
                self._download(address, place)
            except (_AgainError, requests.RequestException, HTTPError, ValueError) as error:
                reason = _reason(error)
                # ValueError: what it leads to is no address (a redirect to “http://[”, a label of 64 letters).
                lasting = isinstance(error, requests.TooManyRedirects | ValueError)
                if lasting or attempt == self.limits.attempts:
                    raise UnreachableError(reason) from error
                time.sleep(self.limits.pause * 2 ** (attempt - 1))
        return place

    def _fetch_or_tell(self, address: str) -> tuple[str, Path | Exception]:
        try:
            return address, self.fetch(address)
        except (RefusedAddressError, UnreachableError) as error:
            return address, error

    def _download(self, address: str, place: Path) -> None:
        draft = place.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        with Deadline(self.limits.whole) as deadline:
            self._own.deadline = deadline
            try:
                self._receive(address, draft)
            except (requests.RequestException, HTTPError):
                if not deadline.passed:
                    raise
            else:
                # What ends with its connection ends early where that is cut.
                if not deadline.passed:
                    draft.replace(place)
                    return
            finally:
                draft.unlink(missing_ok=True)
        raise UnreachableError(f"> {self.limits.whole:g} s")

    def _receive(self, address: str, draft: Path) -> None:
        timeout = (self.limits.connecting, self.limits.silence)
        with self._session.get(address, stream=True, timeout=timeout) as response:
            if response.status_code in _AGAIN:
                raise _AgainError(f"{response.status_code} {response.reason}")
            if response.status_code != 200:
                raise UnreachableError(f"{response.status_code} {response.reason}")
            size = 0
            with draft.open("wb") as file:
                for part in response.iter_content(_PART):
                    size += len(part)
                    if size > self.limits.size:
                        raise UnreachableError(f"> {self.limits.size / 2**20:g} MiB")
                    file.write(part)

    def _watch(self, connection: socket.socket) -> None:
        self._own.deadline.watch(connection)

    @property
    def _session(self) -> requests.Session:
        if not hasattr(self._own, "session"):
            session = requests.Session()
            # Neither passwords of .netrc nor a proxy, which would resolve names out of our sight.
            session.trust_env = False
            session.max_redirects = self.limits.redirects
            session.headers["User-Agent"] = f"muscle-atlas/{__version__}"
            # What is packed could unpack to anything.
            session.headers["Accept-Encoding"] = "identity"
            for scheme in _SCHEMES:
                session.mount(f"{scheme}://", GuardedAdapter(self.trusted, self._watch))
            self._own.session = session
        return self._own.session  # type: ignore[no-any-return]


def _reason(error: BaseException) -> str:
    """Return what went wrong without the address, which is told beside."""
    if isinstance(error, requests.Timeout):
        return "timeout"
    if isinstance(error, requests.TooManyRedirects):
        return "too many redirects"
    cause: BaseException = error
    # Pools and sessions wrap what the system said in words of their own, the names of our classes among them.
    while (deeper := cause.__cause__ or cause.__context__) is not None:
        cause = deeper
    if isinstance(cause, TimeoutError):
        return "timeout"
    first = cause.args[0] if cause.args else None
    told = (isinstance(cause, OSError) and cause.strerror) or (first if isinstance(first, str) else str(cause))
    # What a server said may hold anything.
    return " ".join(re.sub(r"<[^>]*>|0x[0-9a-f]+|[^\w\s!-~]", " ", told).split())[:200] or type(error).__name__
