"""Requests as they come: headers, parameters, bodies, and clients that leave."""

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from endpoint.cages.faults import FaultError
from endpoint.cages.limits import Limits
from endpoint.cages.runs import Run
from endpoint.problems import ProblemError

FORM_TYPE = "application/x-www-form-urlencoded"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"

_FIELDS = 1_000
"""Parameters of one request."""
_LONGEST_SHORTCUT = 4_096
"""Bytes of a query string and of what is accepted whose answer is found unread."""
_SHORT = 2**16
"""Bytes of a form that is read at once."""
_GRACE = 0.25
"""Seconds in which a query whose client has left may still end: a new cage costs more."""


class ClientGoneError(Exception):
    """Nobody waits for the answer any more."""


def header(scope: Scope, name: bytes) -> str | None:
    """Return the value of a header, several joined; None where there is none."""
    values = [value.decode("latin-1") for known, value in scope["headers"] if known == name]
    return ", ".join(values) if values else None


def read_parameters(text: bytes) -> list[tuple[str, str]]:
    """Return the parameters of an address or a form, decoded once.

    Raises:
        ProblemError: if they are not UTF-8, or too many.
    """
    try:
        return parse_qsl(
            text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS, separator="&"
        )
    except UnicodeDecodeError as error:
        raise ProblemError.of(400, "parameters-not-utf8", reason=error.reason) from error
    except ValueError as error:
        raise ProblemError.of(400, "parameters-many", most=_FIELDS) from error


def shortcut_of(scope: Scope) -> tuple[bytes, ...] | None:
    """Return what decides the answer to a GET, unread; None for other methods, and where that is long."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    # Each may stand there several times; all of them together say what is accepted.
    accept = b",".join([value for name, value in scope["headers"] if name == b"accept"])
    coding = b",".join([value for name, value in scope["headers"] if name == b"accept-encoding"])
    if len(scope["query_string"]) + len(accept) + len(coding) > _LONGEST_SHORTCUT:
        return None
    return scope["raw_path"], scope["query_string"], accept, coding


async def read_request(scope: Scope, receive: Receive, limits: Limits, methods: str) -> list[tuple[str, str]]:
    """Return the parameters of a request, wherever they stand.

    Raises:
        ProblemError: if the request cannot be read, or its method is none of ``methods``.
        ClientGoneError: if the client leaves before its body has come.
    """
    method = scope["method"]
    if len(scope["query_string"]) + len(scope["raw_path"]) > limits.address:
        members = {"limit": "address", "bytes": limits.address}
        raise ProblemError.of(
            414, "address-long", members=members, bytes=limits.address, query=QUERY_TYPE, form=FORM_TYPE
        )
    parameters = read_parameters(scope["query_string"])
    if method in ("GET", "HEAD"):
        return parameters
    if method not in ("POST", "QUERY"):
        problem = ProblemError.of(405, "method-there-are", method=method, methods=methods)
        problem.headers["Allow"] = methods
        raise problem
    kind, charset = _content_type(scope)
    if kind == UPDATE_TYPE:
        raise ProblemError.of(403, "read-only")
    if kind not in (FORM_TYPE, QUERY_TYPE):
        name = "body-type" if kind else "body-type-missing"
        raise ProblemError.of(415, name, kind=kind, form=FORM_TYPE, query=QUERY_TYPE)
    if charset and charset.lower() not in ("utf-8", "utf8"):
        # A query is sent in UTF-8 and nothing else (SPARQL 1.1 Protocol, 2.1.3).
        raise ProblemError.of(415, "body-charset", charset=charset)
    body = await read_body(receive, scope, limits)
    if kind == FORM_TYPE:
        # Two megabytes of percent signs take a while to be decoded.
        read = read_parameters(body) if len(body) <= _SHORT else await asyncio.to_thread(read_parameters, body)
        return [*parameters, *read]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError.of(400, "body-not-utf8", byte=error.start) from error
    return [*((name, value) for name, value in parameters if name != "query"), ("query", text)]


def _content_type(scope: Scope) -> tuple[str, str | None]:
    """Return the media type of a body, and its charset if it names one."""
    kind, _, parameters = (header(scope, b"content-type") or "").partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return kind.strip().lower(), value.strip().strip('"')
    return kind.strip().lower(), None


async def read_body(receive: Receive, scope: Scope, limits: Limits) -> bytes:
    """Return the body of a request.

    Raises:
        ProblemError: if it is too long, or does not arrive in time.
        ClientGoneError: if the client leaves.
    """
    length = header(scope, b"content-length")
    if length and length.isdigit() and int(length) > limits.body:
        raise _too_long(limits)
    content = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGoneError
                content += message.get("body", b"")
                if len(content) > limits.body:
                    raise _too_long(limits)
                if not message.get("more_body", False):
                    return bytes(content)
    except TimeoutError:
        problem = ProblemError.of(408, "body-late", seconds=limits.body_seconds)
        problem.headers["Connection"] = "close"
        raise problem from None


def _too_long(limits: Limits) -> ProblemError:
    members = {"limit": "body", "bytes": limits.body}
    problem = ProblemError.of(413, "body-long", members=members, bytes=limits.body)
    problem.headers["Connection"] = "close"
    return problem


class Departure:
    """Notices that the client of a request leaves: it gives up its place in line, or its query after a moment of grace.

    Nothing is looked at before the request has to wait, or its run says that it lasts: most are over by then.
    """

    def __init__(self, receive: Receive) -> None:
        """Look at nothing yet."""
        self._receive = receive
        self._run: Run | None = None
        self._leave: Callable[[], object] | None = None
        self._watch: asyncio.Task[None] | None = None

    def wait(self, leave: Callable[[], object]) -> None:
        """Look from now on, since the request stands in line, which it may leave."""
        self._leave = leave
        self._look()

    def follow(self, run: Run) -> None:
        """Look from when the run lasts, if nobody looks yet."""
        self._run = run
        if self._watch is None:
            run.on_lasting = self._look
        elif self._watch.done():
            self._stop(run)

    def close(self) -> None:
        """Look no longer."""
        if self._run:
            self._run.on_lasting = None
        if self._watch:
            self._watch.cancel()

    def _look(self) -> None:
        if self._watch is None:
            self._watch = asyncio.get_running_loop().create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._run:
            self._stop(self._run)
        elif self._leave:
            self._leave()

    @staticmethod
    def _stop(run: Run) -> None:
        asyncio.get_running_loop().call_later(_GRACE, run.stop, FaultError("left"))
