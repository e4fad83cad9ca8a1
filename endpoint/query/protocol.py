"""The SPARQL 1.1 Protocol on ``/sparql``: GET, HEAD, both forms of POST, and QUERY.

It stands before the framework: an answer that is kept goes out in microseconds, and everything else runs in a cage.
"""

import asyncio
import hashlib
import itertools
import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.types import Message, Receive, Scope, Send

from endpoint.atlas import Atlas, OpenRelease
from endpoint.negotiation import DATASET_FORMS, PAGE, RESULT_FORMS, find_form
from endpoint.pages import Pages
from endpoint.problems import ProblemError, problem_response
from endpoint.query.answers import Answer, Answers, Header
from endpoint.query.clients import client_of
from endpoint.query.codings import Coding, choose_coding
from endpoint.query.faults import FaultError
from endpoint.query.federation import rewrite
from endpoint.query.forwarder import Calls, Forwarder
from endpoint.query.limits import Limits
from endpoint.query.pool import Pool
from endpoint.query.question import Question, not_acceptable, read_only, read_question, read_timeout
from endpoint.query.requests import (
    FORM_TYPE,
    QUERY_TYPE,
    UPDATE_TYPE,
    ClientGoneError,
    Departure,
    header,
    read_body,
    read_parameters,
)
from endpoint.query.rows import ROWS_TYPE
from endpoint.query.runs import Run
from endpoint.query.spelling import mentions_service
from endpoint.query.tokens import is_update

PATH = "/sparql"
METHODS = "GET, HEAD, POST, QUERY, OPTIONS"

_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"X-Muscle-Atlas-Release, X-Query-Id, ETag, Link, Retry-After"),
)
_PREFLIGHT: tuple[Header, ...] = (
    *_CORS,
    (b"allow", METHODS.encode()),
    (b"access-control-allow-methods", METHODS.encode()),
    (b"access-control-allow-headers", b"*, Authorization"),
    (b"access-control-max-age", b"86400"),
)
_VARY: tuple[Header, ...] = ((b"vary", b"Accept, Accept-Encoding"), (b"x-content-type-options", b"nosniff"))
_KEEP: Header = (b"cache-control", b"public, no-cache")
"""May be kept, and is asked after each time: a new release may come at any moment (RFC 9111, 5.2.2.4)."""
_FORGET: Header = (b"cache-control", b"no-store")

log = logging.getLogger("muscle_atlas.queries")


@dataclass(slots=True)
class _Asked:
    """One request, and what is known of it."""

    scope: Scope
    receive: Receive
    send: Send
    opened: OpenRelease
    answers: Answers
    number: str
    calls: Calls | None = None
    """What it asks of other services."""


class SparqlProtocol:
    """Answers what is asked of ``/sparql``, and hands everything else on."""

    def __init__(
        self,
        application: FastAPI,
        atlas: Atlas,
        pages: Pages,
        pool: Pool,
        forwarder: Forwarder,
    ) -> None:
        """Stand before an application."""
        self._application = application
        self._atlas = atlas
        self._pages = pages
        self._pool = pool
        self._forwarder = forwarder
        self._limits: Limits = pool.limits
        self._opened: OpenRelease | None = None
        self._answers = Answers(0, 0)
        self._start = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._application(scope, receive, send)
            return
        opened = self._current()
        shortcut = _shortcut(scope)
        if shortcut and (answer := self._answers.find_by_shortcut(shortcut)) is not None:
            await _give(answer, scope, send)
            return
        number = f"{self._start}-{next(self._numbers)}"
        asked = _Asked(scope, receive, send, opened, self._answers, number)
        try:
            await self._answer(asked, shortcut)
        except ProblemError as problem:
            await self._tell(asked, problem)
        except ClientGoneError:
            log.info("left", extra={"query": asked.number})

    def _current(self) -> OpenRelease:
        """Return the current release; with a new one the answers of the former are forgotten."""
        opened = self._atlas.current()
        if opened is not self._opened:
            self._opened = opened
            self._answers = Answers(self._limits.cached, self._limits.cached_answer)
            self._pool.move_to(opened.release.store)
        return opened

    async def _answer(self, asked: _Asked, shortcut: tuple[bytes, ...] | None) -> None:
        scope = asked.scope
        method = scope["method"]
        if method == "OPTIONS":
            await _respond(asked.send, 204, _PREFLIGHT)
            return
        parameters = await self._parameters(asked, method)
        accept = header(scope, b"accept")
        if method in ("GET", "HEAD") and not any(name in ("query", "update") for name, _ in parameters):
            await self._introduce(asked, accept)
            return
        coding = choose_coding(header(scope, b"accept-encoding"))
        question = read_question(parameters, accept, coding)
        if (answer := asked.answers.find(question)) is not None:
            await _give(answer, scope, asked.send)
            return
        try:
            await self._ask(asked, question, read_timeout(parameters, self._limits), shortcut)
        except FaultError as fault:
            if fault.kind == "left":
                raise ClientGoneError from fault
            if fault.kind == "form":
                raise not_acceptable(accept, DATASET_FORMS if fault.detail == "graph" else RESULT_FORMS) from fault
            if fault.kind == "syntax" and is_update(question.query):
                raise read_only() from fault
            raise fault.problem(self._limits) from fault

    async def _ask(self, asked: _Asked, question: Question, seconds: float, shortcut: tuple[bytes, ...] | None) -> None:
        """Put a question to a cage; what it asks of other services goes by the forwarder."""
        if not mentions_service(question.query):
            await self._run(asked, question, question.query, seconds, shortcut)
            return
        with self._forwarder.calls(seconds) as calls:
            asked.calls = calls
            try:
                # Long queries take a while to be read.
                rewritten = await asyncio.to_thread(rewrite, question.query, self._forwarder.services, calls.address)
            except ProblemError as problem:
                raise read_only() if is_update(question.query) else problem from problem
            try:
                await self._run(asked, question, rewritten.text, seconds, shortcut)
            except FaultError as fault:
                raise calls.explain(rewritten.locate(fault)) from fault

    async def _run(
        self, asked: _Asked, question: Question, query: str, seconds: float, shortcut: tuple[bytes, ...] | None
    ) -> None:
        run = await self._pool.start(question.pack(query, self._limits), client_of(asked.scope), seconds)
        departure = Departure(asked.receive, run)
        try:
            await run.decided
            if run.fault:
                raise run.fault
            if asked.calls and asked.calls.failure:
                raise asked.calls.failure
            await self._hand_over(asked, question, run, shortcut)
        finally:
            departure.close()
            run.stop(FaultError("left"))
        self._note(asked, question, run)

    async def _hand_over(self, asked: _Asked, question: Question, run: Run, shortcut: tuple[bytes, ...] | None) -> None:
        """Send what has come of an answer: all of it, or the beginning and then the rest."""
        if run.head["media_type"] == ROWS_TYPE:
            await self._show(asked, question, run.body())
            return
        if not run.complete:
            await self._stream(asked, run)
            return
        answer = _whole(run, question, asked.opened)
        if question.lasting:
            asked.answers.keep(question, answer)
            if shortcut:
                asked.answers.remember(shortcut, question)
        await _give(answer, asked.scope, asked.send, ((b"x-query-id", asked.number.encode()),))

    async def _parameters(self, asked: _Asked, method: str) -> list[tuple[str, str]]:
        """Return the parameters of a request, wherever they stand.

        Raises:
            ProblemError: if the request cannot be read.
        """
        scope = asked.scope
        if len(scope["query_string"]) + len(scope["raw_path"]) > self._limits.address:
            raise ProblemError(
                414,
                f"The address is longer than {self._limits.address} bytes.",
                f"POST the query, as {QUERY_TYPE} or {FORM_TYPE}.",
                limit="address",
                bytes=self._limits.address,
            )
        parameters = read_parameters(scope["query_string"])
        if method in ("GET", "HEAD"):
            return parameters
        if method not in ("POST", "QUERY"):
            problem = ProblemError(405, f"{method} is no method of this address.", f"There are: {METHODS}.")
            problem.headers["Allow"] = METHODS
            raise problem
        kind, charset = _content_type(scope)
        if kind == UPDATE_TYPE:
            raise read_only()
        if kind not in (FORM_TYPE, QUERY_TYPE):
            raise ProblemError(
                415,
                f"The content type {kind!r} cannot be read." if kind else "The content type of the body is missing.",
                f"Send {FORM_TYPE} or {QUERY_TYPE}.",
            )
        body = await read_body(asked.receive, scope, self._limits)
        if kind == FORM_TYPE:
            return [*parameters, *read_parameters(body)]
        try:
            text = body.decode(charset or "utf-8")
        except (UnicodeDecodeError, LookupError) as error:
            raise ProblemError(400, f"The body is not {charset or 'UTF-8'}: {error}.", "Send UTF-8.") from error
        return [*((name, value) for name, value in parameters if name != "query"), ("query", text)]

    async def _introduce(self, asked: _Asked, accept: str | None) -> None:
        """Show the editor to people; to programs, say what the service can do."""
        form = find_form(accept, (*DATASET_FORMS[:4], PAGE))
        request = self._request(asked)
        if form is PAGE:
            response = self._pages.editor(request)
        else:
            raise ProblemError(400, "The parameter “query” is missing.", "Send /sparql?query=… or POST the query.")
        _cross(response.headers.raw)
        await response(asked.scope, asked.receive, asked.send)

    async def _show(self, asked: _Asked, question: Question, rows: bytes) -> None:
        """Show an answer on a page."""
        request = self._request(asked)
        response = self._pages.results(request, question.query, json.loads(rows), asked.opened)
        _cross(response.headers.raw)
        await response(asked.scope, asked.receive, asked.send)

    async def _stream(self, asked: _Asked, run: Run) -> None:
        """Send an answer as it comes; one that ends before it is whole is left without an end, and so breaks."""
        headers = [*_head(run, asked.opened), _FORGET, (b"x-query-id", asked.number.encode())]
        await asked.send({"type": "http.response.start", "status": 200, "headers": headers})
        if asked.scope["method"] == "HEAD":
            await asked.send({"type": "http.response.body", "body": b""})
            return
        try:
            async for part in run.stream():
                await asked.send({"type": "http.response.body", "body": part, "more_body": True})
            if asked.calls and asked.calls.failure:
                raise asked.calls.failure
        except FaultError as fault:
            log.warning("broken", extra={"query": asked.number, "fault": fault.kind})
            return
        await asked.send({"type": "http.response.body", "body": b""})

    async def _tell(self, asked: _Asked, problem: ProblemError) -> None:
        response = problem_response(self._request(asked), problem)
        response.headers["X-Query-Id"] = asked.number
        response.headers["Cache-Control"] = "no-store"
        _cross(response.headers.raw)
        await response(asked.scope, asked.receive, asked.send)

    def _request(self, asked: _Asked) -> Request:
        asked.scope["app"] = self._application
        return Request(asked.scope, asked.receive)

    def _note(self, asked: _Asked, question: Question, run: Run) -> None:
        """Write down what was done, and nothing of who asked or what about."""
        if not log.isEnabledFor(logging.INFO):
            return
        digest = hashlib.sha256(question.query.encode()).hexdigest()[:16]
        log.info(
            "answered",
            extra={
                "query": asked.number,
                "text": digest,
                "seconds": round(run.seconds, 4),
                "bytes": run.size,
                "release": asked.opened.release.version,
            },
        )


def _shortcut(scope: Scope) -> tuple[bytes, ...] | None:
    """Return what decides the answer to a GET, unread; None for other methods."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    accept = coding = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = value
        elif name == b"accept-encoding":
            coding = value
    return scope["query_string"], accept, coding


def _content_type(scope: Scope) -> tuple[str, str | None]:
    """Return the media type of a body, and its charset if it names one."""
    kind, _, parameters = (header(scope, b"content-type") or "").partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return kind.strip().lower(), value.strip().strip('"')
    return kind.strip().lower(), None


def _head(run: Run, opened: OpenRelease) -> list[Header]:
    media_type, coding = run.head["media_type"], run.head["coding"]
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    headers: list[Header] = [
        (b"content-type", media_type.encode()),
        *_VARY,
        *_CORS,
        (b"x-muscle-atlas-release", opened.release.version.encode()),
    ]
    if coding != Coding.IDENTITY:
        headers.append((b"content-encoding", coding.encode()))
    return headers


def _whole(run: Run, question: Question, opened: OpenRelease) -> Answer:
    """Return an answer as it is kept and sent; its tag is the checksum of its bytes, so that it is a strong one."""
    body = run.body()
    etag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
    return Answer(
        (
            *_head(run, opened),
            (b"content-length", str(len(body)).encode()),
            _KEEP if question.lasting else _FORGET,
            (b"etag", etag),
        ),
        body,
        etag,
    )


async def _give(answer: Answer, scope: Scope, send: Send, more: Sequence[Header] = ()) -> None:
    for name, value in scope["headers"]:
        if name == b"if-none-match" and answer.is_held(value):
            kept = [pair for pair in answer.headers if pair[0] not in (b"content-length", b"content-type")]
            await _respond(send, 304, kept)
            return
    await _respond(send, 200, (*answer.headers, *more), answer.body)


async def _respond(send: Send, status: int, headers: Sequence[Header], body: bytes = b"") -> None:
    start: Message = {"type": "http.response.start", "status": status, "headers": list(headers)}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _cross(headers: list[Header]) -> None:
    """Let pages of other sites read an answer."""
    headers.extend(_CORS)
