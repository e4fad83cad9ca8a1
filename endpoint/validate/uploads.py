"""Files as they arrive: in a form or as a body, counted while they come, and in memory only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from fastapi import Request
from multipart import (
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_content_disposition,
    parse_options_header,
)

from endpoint.problems import ProblemError
from endpoint.query.requests import ClientGoneError
from endpoint.validate.filenames import SUFFIXES, UNTOLD, clean_name
from endpoint.validate.limits import CheckLimits

FORM = "multipart/form-data"
_FIELDS = 10
"""Parts of a form beside the files."""
_DRAINING = 10.0
"""Seconds without a byte after which no more of what is too long is taken and thrown away.

A client that still sends does not read the answer, and a connection that is closed on it takes the answer along.
"""


@dataclass
class Upload:
    """What a request brings."""

    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    """Bytes by cleaned name, in their order."""
    fields: dict[str, str] = field(default_factory=dict, repr=False)
    """What a form says besides."""


async def read_upload(request: Request, limits: CheckLimits) -> Upload:
    """Take the files of a request.

    Raises:
        ProblemError: if they are none, are too many or too large, come too slowly, or cannot be read.
        ClientGoneError: if the client leaves.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != FORM and kind not in SUFFIXES and kind not in UNTOLD:
        raise ProblemError.of(415, "validate-type", kind=kind[:100], known=", ".join((FORM, *SUFFIXES)))
    coding = request.headers.get("content-encoding", "identity")
    if coding.lower() != "identity":
        raise ProblemError.of(415, "validate-coding", coding=coding[:100])
    body = _Body(request, limits)
    length = request.headers.get("content-length", "")
    try:
        if length.isdigit() and int(length) > limits.body:
            raise _too_long(limits)
        async with asyncio.timeout(limits.body_seconds):
            if kind == FORM:
                return await _read_form(body, options.get("boundary", ""), limits)
            content = b"".join([data async for data in body.pieces()])
    except TimeoutError:
        problem = ProblemError.of(408, "body-late", seconds=limits.body_seconds)
        problem.headers["Connection"] = "close"
        raise problem from None
    except ProblemError as problem:
        if problem.status == 413:
            await body.drain()
        raise
    if not content:
        raise ProblemError.of(400, "validate-no-file")
    return Upload({clean_name(_told_name(request), kind): content})


def _told_name(request: Request) -> str | None:
    if asked := request.query_params.get("filename"):
        return asked
    name: str | None = parse_content_disposition(request.headers.get("content-disposition", ""))[2]
    return name


class _Body:
    """The body of a request as it comes."""

    def __init__(self, request: Request, limits: CheckLimits) -> None:
        self._request = request
        self._limits = limits
        self._more = True

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield what comes, counted.

        Raises:
            ProblemError: if it is too much.
            ClientGoneError: if the client leaves.
        """
        size = 0
        while self._more:
            data = await self._receive()
            size += len(data)
            if size > self._limits.body:
                raise _too_long(self._limits)
            yield data

    async def drain(self) -> None:
        """Throw away what is still to come, within the time that any body has."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.body_seconds):
                while self._more:
                    async with asyncio.timeout(_DRAINING):
                        await self._receive()

    async def _receive(self) -> bytes:
        message = await self._request.receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        self._more = message.get("more_body", False)
        data: bytes = message.get("body", b"")
        return data


async def _read_form(body: _Body, boundary: str, limits: CheckLimits) -> Upload:
    upload = Upload()
    count = 0
    segment: MultipartSegment | None = None
    parts: list[bytes] = []
    try:
        with PushMultipartParser(boundary, strict=True) as parser:
            async for data in body.pieces():
                for event in parser.parse(data):
                    if isinstance(event, MultipartSegment):
                        segment, parts = event, []
                        count += 1
                        if count > limits.files + _FIELDS:
                            raise ProblemError.of(413, "validate-parts", files=limits.files)
                    elif event is None:
                        assert segment is not None  # noqa: S101 - the parser tells of the head first
                        _take(segment, b"".join(parts), upload, limits)
                        parts = []
                    else:
                        parts.append(bytes(event))
    except MultipartError as error:
        # What stands behind the reason repeats what was sent.
        status = 413 if isinstance(error, ParserLimitReached) else 400
        raise ProblemError.of(status, "validate-form", reason=error.args[0]) from error
    if not upload.files:
        raise ProblemError.of(400, "validate-no-file")
    return upload


def _take(segment: MultipartSegment, content: bytes, upload: Upload, limits: CheckLimits) -> None:
    """Add a part of a form: a file if it has a file name, else a field."""
    if segment.filename is not None:
        # A form in which no file was chosen sends one without name and bytes.
        if segment.filename or content:
            kind = segment.content_type or ""
            upload.files[clean_name(segment.filename, kind, upload.files)] = content
        if len(upload.files) > limits.files:
            raise ProblemError.of(413, "validate-parts", files=limits.files)
        return
    if len(content) > limits.fields:
        raise ProblemError.of(413, "validate-field", name=(segment.name or "")[:50], bytes=limits.fields)
    try:
        upload.fields[segment.name or ""] = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError.of(400, "body-not-utf8", byte=error.start) from error


def _too_long(limits: CheckLimits) -> ProblemError:
    members = {"limit": "body", "bytes": limits.body}
    problem = ProblemError.of(413, "validate-long", members=members, mebibytes=limits.body // 2**20)
    problem.headers["Connection"] = "close"
    return problem
