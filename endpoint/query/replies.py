"""How answers leave: their headers, the tag they are known by, and what every web page may read."""

import hashlib
from collections.abc import Sequence

from starlette.types import Message, Scope, Send

from endpoint.atlas import OpenRelease
from endpoint.cages.codings import Coding
from endpoint.cages.runs import Run
from endpoint.query.answers import Answer, Header

CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"X-Muscle-Atlas-Release, X-Muscle-Atlas-Rows, X-Query-Id, ETag, Link, Retry-After",
    ),
)
PREFLIGHT: tuple[Header, ...] = (
    *CORS,
    (b"access-control-allow-headers", b"*, Authorization"),
    (b"access-control-max-age", b"86400"),
)
VARY: tuple[Header, ...] = ((b"vary", b"Accept, Accept-Encoding"), (b"x-content-type-options", b"nosniff"))
KEEP: Header = (b"cache-control", b"public, no-cache")
"""May be kept, and is asked after each time: a new release may come at any moment (RFC 9111, 5.2.2.4)."""
FORGET: Header = (b"cache-control", b"no-store")


def head_of(run: Run, opened: OpenRelease) -> list[Header]:
    """Return the headers of what comes of a run."""
    headers = described(run.head["media_type"], opened)
    if (coding := run.head["coding"]) != Coding.IDENTITY:
        headers.append((b"content-encoding", coding.encode()))
    return headers


def described(media_type: str, opened: OpenRelease) -> list[Header]:
    """Return the headers of an answer in a media type."""
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return [
        (b"content-type", media_type.encode()),
        *VARY,
        *CORS,
        (b"x-muscle-atlas-release", opened.release.version.encode()),
    ]


def kept_answer(head: Sequence[Header], body: bytes, *, lasting: bool = True) -> Answer:
    """Return an answer as it is kept and sent; its tag is the checksum of its bytes, so that it is a strong one."""
    etag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
    length = (b"content-length", str(len(body)).encode())
    headers = (*head, length, KEEP if lasting else FORGET, (b"etag", etag))
    return Answer(headers, body, etag, b"".join(b"%s: %s\r\n" % header for header in headers))


async def give(answer: Answer, scope: Scope, send: Send, more: Sequence[Header] = ()) -> None:
    """Send an answer, or that the client holds it already."""
    for name, value in scope["headers"]:
        if name == b"if-none-match" and answer.is_held(value):
            kept = [pair for pair in answer.headers if pair[0] not in (b"content-length", b"content-type")]
            await respond(send, 304, kept)
            return
    await respond(send, 200, (*answer.headers, *more), answer.body)


async def respond(send: Send, status: int, headers: Sequence[Header], body: bytes = b"") -> None:
    """Send a status, headers and a body."""
    start: Message = {"type": "http.response.start", "status": status, "headers": list(headers)}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def cross(headers: list[Header]) -> None:
    """Let pages of other sites read an answer."""
    headers.extend(CORS)
