"""The SPARQL 1.1 Protocol on ``/sparql`` (GET, HEAD, both forms of POST, QUERY), whole graphs, and example questions.

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
from starlette.types import Receive, Scope, Send

from endpoint.atlas import Atlas, OpenRelease
from endpoint.negotiation import DATASET_FORMS, PAGE, RDF_FORMS, RESULT_FORMS
from endpoint.pages import Pages
from endpoint.problems import ProblemError, problem_response
from endpoint.query import graph_store
from endpoint.query.answers import Answers
from endpoint.query.clients import client_of
from endpoint.query.codings import choose_coding
from endpoint.query.faults import FaultError
from endpoint.query.federation import rewrite
from endpoint.query.forwarder import Calls, Forwarder
from endpoint.query.graph_store import WholeGraph, read_graph
from endpoint.query.limits import Limits
from endpoint.query.pool import Pool
from endpoint.query.question import (
    Question,
    not_acceptable,
    read_form,
    read_only,
    read_question,
    read_timeout,
)
from endpoint.query.replies import FORGET, PREFLIGHT, cross, described, give, head_of, kept_answer, respond
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
from endpoint.query.service import address_of, describe_service
from endpoint.query.spelling import mentions_service
from endpoint.query.tokens import is_update
from endpoint.questions import CALL, ask

PATH = "/sparql"
METHODS = "GET, HEAD, POST, QUERY, OPTIONS"

_ADDRESSES = {PATH: METHODS, graph_store.PATH: graph_store.METHODS}
"""What is answered here besides the questions below ``CALL``, and the methods of each."""
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
    """Answers what is asked of ``/sparql``, ``/rdf-graph-store``, ``/api/queries/…``, and hands everything else on."""

    def __init__(
        self,
        application: FastAPI,
        atlas: Atlas,
        pages: Pages,
        pool: Pool,
        *,
        answers: Answers,
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
        self._answers = answers
        self._start = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http" or not _methods(scope["path"]):
            await self._application(scope, receive, send)
            return
        opened = self._current()
        shortcut = _shortcut(scope)
        if shortcut and (answer := self._answers.find_by_shortcut(shortcut)) is not None:
            await give(answer, scope, send)
            return
        number = f"{self._start}-{next(self._numbers)}"
        asked = _Asked(scope, receive, send, opened, self._answers, number)
        try:
            await self._answer(asked, shortcut)
        except ProblemError as problem:
            await self._tell(asked, problem)
        except FaultError as fault:
            if fault.kind != "left":
                await self._tell(asked, self._problem(asked, fault))
        except ClientGoneError:
            return

    def _current(self) -> OpenRelease:
        """Return the current release; with a new one the answers of the former are forgotten."""
        opened = self._atlas.current()
        if opened is not self._opened:
            self._opened = opened
            self._answers.forget()
            self._pool.move_to(opened.release.store)
        return opened

    async def _answer(self, asked: _Asked, shortcut: tuple[bytes, ...] | None) -> None:
        scope = asked.scope
        method = scope["method"]
        if method == "OPTIONS":
            methods = _methods(scope["path"]).encode()
            await respond(
                asked.send, 204, (*PREFLIGHT, (b"allow", methods), (b"access-control-allow-methods", methods))
            )
            return
        if scope["path"] == graph_store.PATH:
            graph_store.check_method(method)
        parameters = await self._parameters(asked, method)
        accept = header(scope, b"accept")
        if scope["path"].startswith(CALL):
            parameters = ask(scope["path"].removeprefix(CALL), parameters, asked.opened)
        coding = choose_coding(header(scope, b"accept-encoding"))
        seconds = read_timeout(parameters, self._limits)
        if scope["path"] == graph_store.PATH:
            graph = read_graph(parameters, accept, coding)
            if graph is None:
                await self._introduce(asked, parameters, accept)
            elif (answer := asked.answers.find(graph)) is not None:
                await give(answer, scope, asked.send)
            else:
                await self._run(asked, graph, graph.pack(self._limits), seconds, shortcut)
            return
        asks = any(name in ("query", "update") for name, _ in parameters)
        if method in ("GET", "HEAD") and not asks:
            await self._introduce(asked, parameters, accept)
            return
        question = read_question(parameters, accept, coding)
        if (answer := asked.answers.find(question)) is not None:
            await give(answer, scope, asked.send)
            return
        if question.for_page and scope["path"] == PATH and self._pages.query_editor.answers(self._request(asked)):
            # The editor asks by itself; a page that is only looked at costs no query.
            await self._introduce(asked, parameters, accept)
            return
        await self._ask(asked, question, seconds, shortcut)

    async def _ask(self, asked: _Asked, question: Question, seconds: float, shortcut: tuple[bytes, ...] | None) -> None:
        """Put a question to a cage; what it asks of other services goes by the forwarder."""
        base = asked.opened.names.base + PATH.removeprefix("/")
        if not mentions_service(question.query):
            try:
                await self._run(asked, question, question.pack(question.query, base, self._limits), seconds, shortcut)
            except FaultError as fault:
                raise read_only() if fault.kind == "syntax" and is_update(question.query) else fault from fault
            return
        with self._forwarder.calls(seconds) as calls:
            asked.calls = calls
            try:
                # Long queries take a while to be read.
                rewritten = await asyncio.to_thread(rewrite, question.query, self._forwarder.services, calls.address)
            except ProblemError as problem:
                raise read_only() if is_update(question.query) else problem from problem
            packed = question.pack(rewritten.text, base, self._limits)
            try:
                await self._run(asked, question, packed, seconds, shortcut)
            except FaultError as fault:
                raise calls.explain(rewritten.locate(fault)) from fault

    def _problem(self, asked: _Asked, fault: FaultError) -> ProblemError:
        """Return what a client is told of a fault."""
        if fault.kind == "form":
            forms = DATASET_FORMS if fault.detail == "graph" else RESULT_FORMS
            return not_acceptable(header(asked.scope, b"accept"), forms)
        return fault.problem(self._limits)

    async def _run(
        self,
        asked: _Asked,
        question: Question | WholeGraph,
        packed: bytes,
        seconds: float,
        shortcut: tuple[bytes, ...] | None,
    ) -> None:
        run = await self._pool.start(packed, client_of(asked.scope), seconds)
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

    async def _hand_over(
        self, asked: _Asked, question: Question | WholeGraph, run: Run, shortcut: tuple[bytes, ...] | None
    ) -> None:
        """Send what has come of an answer: all of it, or the beginning and then the rest."""
        if isinstance(question, Question) and run.head["media_type"] == ROWS_TYPE:
            await self._show(asked, question, run.body())
            return
        if not run.complete:
            await self._stream(asked, run)
            return
        answer = kept_answer(head_of(run, asked.opened), run.body(), lasting=question.lasting)
        # A release that was replaced meanwhile is not asked again.
        if question.lasting and asked.opened is self._opened:
            asked.answers.keep(question, answer)
            if shortcut:
                asked.answers.remember(shortcut, question)
        await give(answer, asked.scope, asked.send, ((b"x-query-id", asked.number.encode()),))

    async def _parameters(self, asked: _Asked, method: str) -> list[tuple[str, str]]:
        """Return the parameters of a request, wherever they stand.

        Raises:
            ProblemError: if the request cannot be read.
        """
        scope = asked.scope
        if len(scope["query_string"]) + len(scope["raw_path"]) > self._limits.address:
            most = self._limits.address
            members = {"limit": "address", "bytes": most}
            raise ProblemError.of(414, "address-long", members=members, bytes=most, query=QUERY_TYPE, form=FORM_TYPE)
        parameters = read_parameters(scope["query_string"])
        if method in ("GET", "HEAD"):
            return parameters
        if method not in ("POST", "QUERY"):
            problem = ProblemError.of(405, "method-there-are", method=method, methods=METHODS)
            problem.headers["Allow"] = METHODS
            raise problem
        kind, charset = _content_type(scope)
        if kind == UPDATE_TYPE:
            raise read_only()
        if kind not in (FORM_TYPE, QUERY_TYPE):
            name = "body-type" if kind else "body-type-missing"
            raise ProblemError.of(415, name, kind=kind, form=FORM_TYPE, query=QUERY_TYPE)
        if charset and charset.lower() not in ("utf-8", "utf8"):
            # A query is sent in UTF-8 and nothing else (SPARQL 1.1 Protocol, 2.1.3).
            raise ProblemError.of(415, "body-charset", charset=charset)
        body = await read_body(asked.receive, scope, self._limits)
        if kind == FORM_TYPE:
            return [*parameters, *read_parameters(body)]
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ProblemError.of(400, "body-not-utf8", byte=error.start) from error
        return [*((name, value) for name, value in parameters if name != "query"), ("query", text)]

    async def _introduce(self, asked: _Asked, parameters: Sequence[tuple[str, str]], accept: str | None) -> None:
        """Show the editor to people; to programs, say what the service can do."""
        request = self._request(asked)
        form = read_form(parameters, accept, (*RDF_FORMS, PAGE))
        if form is PAGE:
            response = self._pages.editor(request)
            cross(response.headers.raw)
            await response(asked.scope, asked.receive, asked.send)
            return
        if form is None:
            raise ProblemError.of(400, "query-missing", path=PATH)
        address = address_of(request, PATH, asked.opened)
        key = (address, form)
        if (answer := asked.answers.find(key)) is None:
            body = await asyncio.to_thread(describe_service, asked.opened, address, self._forwarder.services.iris, form)
            answer = kept_answer(described(form.media_type, asked.opened), body)
            if asked.opened is self._opened:
                asked.answers.keep(key, answer)
        await give(answer, asked.scope, asked.send)

    async def _show(self, asked: _Asked, question: Question, rows: bytes) -> None:
        """Show an answer on a page."""
        request = self._request(asked)
        response = self._pages.results(request, question.query, json.loads(rows), asked.opened)
        cross(response.headers.raw)
        await response(asked.scope, asked.receive, asked.send)

    async def _stream(self, asked: _Asked, run: Run) -> None:
        """Send an answer as it comes; one that ends before it is whole is left without an end, and so breaks."""
        headers = [*head_of(run, asked.opened), FORGET, (b"x-query-id", asked.number.encode())]
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
            log.warning("answer broken off", extra={"query": asked.number, "outcome": fault.kind})
            return
        await asked.send({"type": "http.response.body", "body": b""})

    async def _tell(self, asked: _Asked, problem: ProblemError) -> None:
        response = problem_response(self._request(asked), problem)
        response.headers["X-Query-Id"] = asked.number
        response.headers["Cache-Control"] = "no-store"
        cross(response.headers.raw)
        await response(asked.scope, asked.receive, asked.send)

    def _request(self, asked: _Asked) -> Request:
        asked.scope["app"] = self._application
        return Request(asked.scope, asked.receive)

    @staticmethod
    def _note(asked: _Asked, question: Question | WholeGraph, run: Run) -> None:
        """Write down what was done, and nothing of who asked or what about."""
        if not log.isEnabledFor(logging.INFO):
            return
        text = question.query if isinstance(question, Question) else question.name
        log.info(
            "query",
            extra={
                "query": asked.number,
                "text": hashlib.sha256(text.encode()).hexdigest()[:16],
                "seconds": round(run.seconds, 4),
                "bytes": run.size,
                "outcome": run.fault.kind if run.fault else "answered",
                "release": asked.opened.release.version,
            },
        )


def _methods(path: str) -> str:
    """Return the methods of what is answered here; nothing for what is handed on."""
    return METHODS if path.startswith(CALL) else _ADDRESSES.get(path, "")


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
    return scope["raw_path"], scope["query_string"], accept, coding


def _content_type(scope: Scope) -> tuple[str, str | None]:
    """Return the media type of a body, and its charset if it names one."""
    kind, _, parameters = (header(scope, b"content-type") or "").partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return kind.strip().lower(), value.strip().strip('"')
    return kind.strip().lower(), None
