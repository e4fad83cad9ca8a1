"""Downloads of releases: resumed, tried again, checked, and never in the place of a good file before they are whole."""

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from muscle_atlas import __version__
from muscle_atlas.terms.source import FaultyReleaseError, Found, Part
from muscle_atlas.terms.updating.checks import check_file

Show = Callable[[str, int, int | None], object]
"""Is told what is fetched, how many bytes of it are there, and how many there will be where that is known."""

_AGAIN = (408, 429, 500, 502, 503, 504)
"""Statuses that another attempt may mend (RFC 9110, RFC 6585)."""
_BLOCK = 1 << 16
_PACKED = (".gz", ".zip", ".zst")
_SPAN = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
"""Content-Range (RFC 9110, section 14.4)."""


@dataclass(frozen=True)
class Limits:
    """What a download may take."""

    connecting: float = 15.0
    """Seconds until a server must have taken the call."""
    silence: float = 60.0
    """Seconds that a server may say nothing."""
    whole: float = 1_800.0
    """Seconds for one file, all attempts together."""
    size: int = 2**30
    """Bytes of one file: ten times the largest release."""
    redirects: int = 5
    attempts: int = 5
    pause: float = 1.0
    """Seconds before the second attempt; each further pause is twice as long."""
    longest_pause: float = 60.0
    """Seconds that a server may ask for (Retry-After)."""


class _AgainError(Exception):
    """An attempt failed in a way that another may mend."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.pause = pause


@dataclass(frozen=True)
class _Record:
    """What a server said of a file that we have, or have a part of."""

    address: str
    tag: str | None
    modified: str | None

    @classmethod
    def of(cls, address: str, headers: Mapping[str, str]) -> "_Record":
        return cls(address, headers.get("ETag"), headers.get("Last-Modified"))

    @classmethod
    def read(cls, place: Path) -> "_Record | None":
        try:
            told = json.loads(place.read_text(encoding="utf-8"))
            return cls(told["address"], told["tag"], told["modified"])
        except (OSError, ValueError, LookupError, TypeError):
            # Without it, or with half of one, the file is fetched anew.
            return None

    def write(self, place: Path) -> None:
        place.write_text(json.dumps(vars(self)), encoding="utf-8")

    @property
    def validator(self) -> str | None:
        """What tells that the file is still the same: a strong tag, else its date (RFC 9110, section 13.1.5)."""
        return self.tag if self.tag and not self.tag.startswith("W/") else self.modified

    @property
    def date(self) -> str:
        try:
            return parsedate_to_datetime(self.modified or "").astimezone(UTC).date().isoformat()
        except ValueError:
            return datetime.now(UTC).date().isoformat()


@dataclass
class Downloads:
    """Downloads of the files of one vocabulary into a folder, where they stay for the next time."""

    folder: Path
    mirror: str | None = None
    """Address that replaces ``https://`` of the publishers: a copy of what stands at ``https://HOST/PATH`` is looked
    for at ``MIRROR/HOST/PATH``."""
    limits: Limits = field(default_factory=Limits)
    show: Show = lambda name, done, total: None  # noqa: ARG005 - named as Show tells

    def fetch(self, part: Part) -> tuple[Found, Literal["new", "unchanged"]]:
        """Fetch the file of a part, unless the one that is there is still the publisher's newest.

        Raises:
            FaultyReleaseError: if it cannot be had, or is not what it should be.
            OSError: if it cannot be written.
        """
        official = part.address or ""
        address = mirrored(official, self.mirror)
        place = self.folder / part.name / urlsplit(official).path.rpartition("/")[2]
        place.parent.mkdir(parents=True, exist_ok=True)
        ends = time.monotonic() + self.limits.whole
        with self._session() as session:
            for attempt in range(1, self.limits.attempts + 1):
                try:
                    changed = self._attempt(session, address, place, ends)
                    break
                except (_AgainError, requests.RequestException, HTTPError, ValueError) as error:
                    self._stop_or_wait(error, address, attempt, ends)
        if changed:
            self._keep(place, part)
        record = _Record.read(_beside(place))
        return Found(place, record.date if record else ""), "new" if changed else "unchanged"

    def _session(self) -> requests.Session:
        # Proxies, certificates and passwords of the environment are used: hospitals reach the internet by them.
        session = requests.Session()
        session.max_redirects = self.limits.redirects
        session.headers["User-Agent"] = f"muscle-atlas/{__version__}"
        # What is packed on the way could not be resumed.
        session.headers["Accept-Encoding"] = "identity"
        return session

    def _stop_or_wait(self, error: Exception, address: str, attempt: int, ends: float) -> None:
        """Wait before another attempt.

        Raises:
            FaultyReleaseError: if another would be in vain, or one too many.
        """
        # ValueError: what it leads to is no address (a redirect to “http://[”).
        lasting = isinstance(error, requests.TooManyRedirects | requests.exceptions.SSLError | ValueError)
        asked = error.pause if isinstance(error, _AgainError) else 0.0
        pause = max(self.limits.pause * 2 ** (attempt - 1), min(asked, self.limits.longest_pause))
        if lasting or attempt == self.limits.attempts or time.monotonic() + pause > ends:
            raise FaultyReleaseError(
                "terms_unreachable", address=address, reason=_reason(error), attempts=attempt
            ) from error
        time.sleep(pause)

    def _attempt(self, session: requests.Session, address: str, place: Path, ends: float) -> bool:
        """Fetch what is missing; tell whether there is something new."""
        draft = _draft(place)
        begun = _Record.read(_beside(draft)) if draft.exists() else None
        held = _Record.read(_beside(place)) if place.exists() else None
        headers, size = {}, 0
        if begun and begun.address == address and begun.validator:
            size = draft.stat().st_size
            headers = {"Range": f"bytes={size}-", "If-Range": begun.validator}
        elif held and held.address == address:
            known = (("If-None-Match", held.tag), ("If-Modified-Since", held.modified))
            headers = {name: value for name, value in known if value}
        timeout = (self.limits.connecting, self.limits.silence)
        with session.get(address, headers=headers, stream=True, timeout=timeout) as response:
            match response.status_code:
                case 304 if held:
                    return False
                case 206 if (span := _SPAN.fullmatch(response.headers.get("Content-Range", ""))) and (
                    int(span[1]) == size and size
                ):
                    total = int(span[2]) if span[2] != "*" else None
                case 200:
                    size, total = 0, _whole_number(response.headers.get("Content-Length"))
                case 206 | 416:
                    forget(draft)
                    raise _AgainError(f"{response.status_code} {response.reason}")
                case status if status in _AGAIN:
                    pause = _whole_number(response.headers.get("Retry-After")) or 0
                    raise _AgainError(f"{status} {response.reason}", pause)
                case status:
                    raise FaultyReleaseError("terms_refused", address=address, status=status, reason=response.reason)
            _Record.of(address, response.headers).write(_beside(draft))
            self._receive(response, place, size, total, ends)
        return True

    def _receive(self, response: requests.Response, place: Path, size: int, total: int | None, ends: float) -> None:
        draft, address = _draft(place), response.url
        packed = response.headers.get("Content-Encoding", "identity").lower()
        if packed != "identity" and place.suffix not in _PACKED:
            raise FaultyReleaseError("terms_packed", address=address, encoding=packed)
        if (total or 0) > self.limits.size:
            raise FaultyReleaseError("terms_too_large", address=address, most=self.limits.size)
        with draft.open("ab" if size else "wb") as file:
            # read1 gives what has come so far: the rest of a block could drip in for hours.
            while block := response.raw.read1(_BLOCK, decode_content=False):
                file.write(block)
                size += len(block)
                self.show(place.name, size, total)
                if size > self.limits.size:
                    raise FaultyReleaseError("terms_too_large", address=address, most=self.limits.size)
                if time.monotonic() > ends:
                    raise FaultyReleaseError("terms_too_slow", address=address, seconds=self.limits.whole, bytes=size)
            file.flush()
            os.fsync(file.fileno())
        if total is not None and size < total:
            raise _AgainError(f"{size} / {total} bytes")

    @staticmethod
    def _keep(place: Path, part: Part) -> None:
        """Put a draft into its place, if it is what it should be; else it goes."""
        draft = _draft(place)
        try:
            check_file(draft, part.least)
        except FaultyReleaseError:
            forget(draft)
            raise
        # The record last: a file without one is fetched anew.
        _beside(place).unlink(missing_ok=True)
        draft.replace(place)
        _beside(draft).replace(_beside(place))


def mirrored(address: str, mirror: str | None) -> str:
    """Return where a copy of what stands at an address is looked for: below the mirror, by host and path.

    That is how ``wget --force-directories`` lays copies out.
    """
    if mirror is None:
        return address
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    return f"{mirror.rstrip('/')}/{parts.netloc}{parts.path}{query}"


def _draft(place: Path) -> Path:
    return place.with_name(f"{place.name}.part")


def _beside(place: Path) -> Path:
    return place.with_name(f".{place.name}.json")


def forget(place: Path) -> None:
    """Remove a file that turned out to be none of a release, so that it is fetched anew."""
    place.unlink(missing_ok=True)
    _beside(place).unlink(missing_ok=True)


def _whole_number(text: Any) -> int | None:
    return int(text) if text and str(text).isascii() and str(text).isdigit() else None


def _reason(error: BaseException) -> str:
    """Return what went wrong in the words of the system, without the address, which is told beside."""
    if isinstance(error, requests.Timeout):
        return "timeout"
    cause = error
    while (deeper := cause.__cause__ or cause.__context__) is not None:
        cause = deeper
    told = (isinstance(cause, OSError) and cause.strerror) or str(cause)
    return "".join(sign if sign.isprintable() else " " for sign in told)[:200] or type(error).__name__
