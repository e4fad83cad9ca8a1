"""The SPARQL 1.1 Protocol on ``/sparql`` (GET, HEAD, both forms of POST, QUERY), whole graphs, and example questions.

It stands before the framework: an answer that is kept goes out in microseconds, and everything else runs in a cage.
"""

import asyncio
import itertools
import json
import secrets
from collections.abc import Sequence

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from endpoint.atlas import Atlas, OpenRelease
from endpoint.cages.codings import choose_coding
from endpoint.cages.faults import FaultError
from endpoint.cages.limits import Limits
from endpoint.cages.pool import Pool
from endpoint.cages.rows import ROWS_TYPE
from endpoint.cages.runs import Run
from endpoint.federation.forwarder import Forwarder
from endpoint.federation.rewriting import rewrite
from endpoint.federation.spelling import mentions_service
from endpoint.negotiation import DATASET_FORMS, PAGE, RDF_FORMS, RESULT_FORMS
from endpoint.pages.pages import Pages
from endpoint.problems import ProblemError
from endpoint.query import graph_store
from endpoint.query.answers import Answers
from endpoint.query.clients import client_of
from endpoint.query.exchange import Exchange
from endpoint.query.graph_store import WholeGraph, read_graph
from endpoint.query.paging import announce_next, portion_headers
from endpoint.query.question import Question, not_acceptable, read_form, read_only, read_question, read_timeout
from endpoint.query.questions import CALL, ask
from endpoint.query.replies import PREFLIGHT, described, give, head_of, kept_answer, respond
from endpoint.query.requests import ClientGoneError, Departure, header, read_request, shortcut_of
from endpoint.query.service import address_of, describe_service
from endpoint.query.tokens import is_update

PATH = "/sparql"
METHODS = "GET, HEAD, POST, QUERY, OPTIONS"

_ADDRESSES = {PATH: METHODS, graph_store.PATH: graph_store.METHODS}
"""What is answered here besides the questions below ``CALL``, and the methods of each."""

Shortcut = tuple[bytes, ...]


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
        self._asked: dict[Question | WholeGraph, asyncio.Event] = {}
        """What runs just now; whoever asks the same waits for the answer."""
        self._start = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http" or not _methods(scope["path"]):
            await self._application(scope, receive, send)
            return
        opened = self._current()
        shortcut = shortcut_of(scope)
        if shortcut and (answer := self._answers.find_by_shortcut(shortcut)) is not None:
            await give(answer, scope, send)
            return
        number = f"{self._start}-{next(self._numbers)}"
        exchange = Exchange(self._application, scope, receive, send, opened, number)
        try:
            await self._answer(exchange, shortcut)
        except ProblemError as problem:
            await exchange.tell(problem)
        except FaultError as fault:
            if fault.kind != "left":
                await exchange.tell(self._problem(exchange, fault))
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

    async def _answer(self, exchange: Exchange, shortcut: Shortcut | None) -> None:
        scope = exchange.scope
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS":
            methods = _methods(path).encode()
            headers = (*PREFLIGHT, (b"allow", methods), (b"access-control-allow-methods", methods))
            await respond(exchange.send, 204, headers)
            return
        if path == graph_store.PATH:
            graph_store.check_method(method)
        parameters = await read_request(scope, exchange.receive, self._limits, METHODS)
        if path.startswith(CALL):
            parameters = ask(path.removeprefix(CALL), parameters, exchange.opened)
        coding = choose_coding(header(scope, b"accept-encoding"))
        seconds = read_timeout(parameters, self._limits)
        if path == graph_store.PATH:
            graph = read_graph(parameters, exchange.accept, coding)
            if graph is None:
                await self._introduce(exchange, parameters)
            elif not await self._give_kept(exchange, graph):
                await self._run(exchange, graph, graph.pack(self._limits), seconds, shortcut)
            return
        asks = any(name in ("query", "update") for name, _ in parameters)
        if method in ("GET", "HEAD") and not asks:
            await self._introduce(exchange, parameters)
            return
        question = read_question(parameters, exchange.accept, coding)
        if question.only_for_page and path == PATH and self._pages.query_editor.answers(exchange.request):
            # The editor asks by itself; a page that is only looked at costs no query.
            await exchange.show(self._pages.editor(exchange.request))
            return
        if not await self._give_kept(exchange, question):
            await self._ask(exchange, question, seconds, shortcut)

    async def _give_kept(self, exchange: Exchange, question: Question | WholeGraph) -> bool:
        """Send the answer to a question if it is kept, or about to be; tell whether it was."""
        if (asked := self._asked.get(question)) is not None:
            await asked.wait()
        if (answer := self._answers.find(question)) is None:
            return False
        await give(answer, exchange.scope, exchange.send)
        return True

    async def _ask(self, exchange: Exchange, question: Question, seconds: float, shortcut: Shortcut | None) -> None:
        """Put a question to a cage; what it asks of other services goes by the forwarder."""
        base = exchange.opened.names.base + PATH.removeprefix("/")
        if not mentions_service(question.query):
            try:
                packed = question.pack(question.query, base, self._limits)
                await self._run(exchange, question, packed, seconds, shortcut)
            except FaultError as fault:
                raise read_only() if fault.kind == "syntax" and is_update(question.query) else fault from fault
            return
        with self._forwarder.calls(seconds) as calls:
            exchange.calls = calls
            try:
                # Long queries take a while to be read.
                rewritten = await asyncio.to_thread(rewrite, question.query, self._forwarder.services, calls.address)
            except ProblemError as problem:
                raise read_only() if is_update(question.query) else problem from problem
            packed = question.pack(rewritten.text, base, self._limits)
            try:
                await self._run(exchange, question, packed, seconds, shortcut)
            except FaultError as fault:
                raise calls.explain(rewritten.locate(fault)) from fault

    def _problem(self, exchange: Exchange, fault: FaultError) -> ProblemError:
        """Return what a client is told of a fault."""
        if fault.kind == "form":
            forms = DATASET_FORMS if fault.detail == "graph" else RESULT_FORMS
            return not_acceptable(exchange.accept, forms)
        return fault.problem(self._limits)

    async def _run(
        self,
        exchange: Exchange,
        question: Question | WholeGraph,
        packed: bytes,
        seconds: float,
        shortcut: Shortcut | None,
    ) -> None:
        """Put a question to a cage, and send what comes of it."""
        answered = asyncio.Event()
        if question.lasting:
            if await exchange.give_held(packed):
                return
            self._asked[question] = answered
        departure = Departure(exchange.receive)
        try:
            run = await self._pool.start(packed, client_of(exchange.scope), seconds, departure.wait)
            departure.follow(run)
            try:
                await run.decided
                if run.fault:
                    raise run.fault
                if exchange.calls and exchange.calls.failure:
                    raise exchange.calls.failure
                await self._hand_over(exchange, question, run, shortcut, answered)
            finally:
                run.stop(FaultError("left"))
                exchange.note(question.text, run)
        finally:
            departure.close()
            self._stop_waiting(question, answered)

    def _stop_waiting(self, question: Question | WholeGraph, answered: asyncio.Event) -> None:
        """Let those go on who wait for the answer to a question, whatever came of it."""
        if self._asked.get(question) is answered:
            del self._asked[question]
        answered.set()

    async def _hand_over(
        self,
        exchange: Exchange,
        question: Question | WholeGraph,
        run: Run,
        shortcut: Shortcut | None,
        answered: asyncio.Event,
    ) -> None:
        """Send what has come of an answer: all of it, or the beginning and then the rest."""
        if run.store != exchange.opened.release.store:
            # Another release was published while the question waited for its turn.
            exchange.opened = self._current()
        if isinstance(question, Question) and run.head["media_type"] == ROWS_TYPE:
            await self._show(exchange, question, json.loads(run.body()))
            return
        portion = portion_headers(PATH, question, run.head) if isinstance(question, Question) else []
        if not run.complete:
            self._stop_waiting(question, answered)
            await exchange.stream(run, portion)
            return
        answer = kept_answer((*head_of(run, exchange.opened), *portion), run.body(), lasting=question.lasting)
        # A release that was replaced meanwhile is not asked again.
        if question.lasting and exchange.opened is self._opened:
            self._answers.keep(question, answer, len(question.text))
            if shortcut:
                self._answers.remember(shortcut, question)
            self._stop_waiting(question, answered)
        await exchange.give(answer)

    async def _introduce(self, exchange: Exchange, parameters: Sequence[tuple[str, str]]) -> None:
        """Show the editor to people; to programs, say what the service can do."""
        form = read_form(parameters, exchange.accept, (*RDF_FORMS, PAGE))
        if form is PAGE:
            await exchange.show(self._pages.editor(exchange.request))
            return
        if form is None:
            raise ProblemError.of(400, "query-missing", path=PATH)
        opened = exchange.opened
        address = address_of(exchange.request, PATH, opened)
        key = (address, form)
        if (answer := self._answers.find(key)) is None:
            body = await asyncio.to_thread(describe_service, opened, address, self._forwarder.services.iris, form)
            answer = kept_answer(described(form.media_type, opened), body)
            if opened is self._opened:
                self._answers.keep(key, answer)
        await give(answer, exchange.scope, exchange.send)

    async def _show(self, exchange: Exchange, question: Question, table: dict[str, object]) -> None:
        """Show an answer on a page; where there is more of it, the next page is announced."""
        page = self._pages.results(exchange.request, question.query, table, exchange.opened)
        announce_next(page, exchange.scope, table)
        page.headers["X-Query-Id"] = exchange.number
        await exchange.show(page)


def _methods(path: str) -> str:
    """Return the methods of what is answered here; nothing for what is handed on."""
    return METHODS if path.startswith(CALL) else _ADDRESSES.get(path, "")
