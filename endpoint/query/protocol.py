"""The SPARQL 1.1 Protocol on ``/sparql`` (GET, HEAD, both forms of POST, QUERY), whole graphs, and example questions.

It stands before the framework: an answer that is kept goes out in microseconds, and everything else runs in a cage.
"""

import asyncio
import itertools
import secrets
from collections.abc import Sequence

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from endpoint.atlas import Atlas, OpenRelease
from endpoint.cages.codings import choose_coding
from endpoint.cages.faults import FaultError
from endpoint.cages.limits import Limits
from endpoint.cages.pool import Pool
from endpoint.connections import WHOLE
from endpoint.federation.forwarder import Forwarder
from endpoint.negotiation import DATASET_FORMS, PAGE, RDF_FORMS, RESULT_FORMS
from endpoint.pages.pages import Pages
from endpoint.problems import ProblemError
from endpoint.query import graph_store
from endpoint.query.answers import Answer, Answers
from endpoint.query.exchange import Exchange
from endpoint.query.graph_store import read_graph
from endpoint.query.inquiries import PATH, Inquiries
from endpoint.query.question import not_acceptable, read_form, read_question, read_timeout
from endpoint.query.questions import CALL, ask
from endpoint.query.replies import PREFLIGHT, described, give, kept_answer, respond
from endpoint.query.requests import ClientGoneError, header, read_request, shortcut_of
from endpoint.query.service import address_of, describe_service

METHODS = "GET, HEAD, POST, QUERY, OPTIONS"

_ADDRESSES = {PATH: METHODS, graph_store.PATH: graph_store.METHODS}
"""What is answered here besides the questions below ``CALL``, and the methods of each."""


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
        # The pool has moved to it when the server starts.
        self._opened = atlas.current()
        self._answers = answers
        self._inquiries = Inquiries(pages, pool, answers, forwarder, self._current)
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
            if (request := scope.get(WHOLE)) is not None:
                self._answers.shorten(shortcut, request)
            await give(answer, scope, send)
            return
        number = f"{self._start}-{next(self._numbers)}"
        exchange = Exchange(self._application, scope, receive, send, opened, number, shortcut)
        try:
            await self._answer(exchange)
        except ProblemError as problem:
            await exchange.tell(problem)
        except FaultError as fault:
            if fault.kind != "left":
                await exchange.tell(self._problem(exchange, fault))
        except ClientGoneError:
            return

    def find_kept(self, request: bytes) -> Answer | None:
        """Return the answer to a request that is, byte by byte, one that was answered from what is kept."""
        self._current()
        return self._answers.find_by_shortcut(request)

    def _current(self) -> OpenRelease:
        """Return the current release; with a new one the answers of the former are forgotten."""
        opened = self._atlas.current()
        if opened is not self._opened:
            self._opened = opened
            self._answers.forget()
            self._pool.move_to(opened.release.store)
        return opened

    async def _answer(self, exchange: Exchange) -> None:
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
            else:
                await self._inquiries.give_graph(exchange, graph, seconds)
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
        await self._inquiries.give(exchange, question, seconds)

    def _problem(self, exchange: Exchange, fault: FaultError) -> ProblemError:
        """Return what a client is told of a fault."""
        if fault.kind == "form":
            forms = DATASET_FORMS if fault.detail == "graph" else RESULT_FORMS
            return not_acceptable(exchange.accept, forms)
        return fault.problem(self._limits)

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


def _methods(path: str) -> str:
    """Return the methods of what is answered here; nothing for what is handed on."""
    return METHODS if path.startswith(CALL) else _ADDRESSES.get(path, "")
