"""Inquiries: what is asked is found among the answers that are kept, waited for, or put to a cage."""

import asyncio
import json
from collections.abc import Callable

from endpoint.atlas import OpenRelease
from endpoint.cages.faults import FaultError
from endpoint.cages.limits import Limits
from endpoint.cages.pool import Pool
from endpoint.cages.rows import ROWS_TYPE
from endpoint.cages.runs import Run
from endpoint.federation.forwarder import Forwarder
from endpoint.federation.rewriting import rewrite
from endpoint.federation.spelling import mentions_service
from endpoint.pages.pages import Pages
from endpoint.problems import ProblemError
from endpoint.query.answers import Answers
from endpoint.query.clients import client_of
from endpoint.query.exchange import Exchange
from endpoint.query.graph_store import WholeGraph
from endpoint.query.paging import announce_next, portion_headers
from endpoint.query.question import Question, read_only
from endpoint.query.replies import give, head_of, kept_answer
from endpoint.query.requests import Departure
from endpoint.query.tokens import is_update

PATH = "/sparql"
_LEAST = 0.1
"""Seconds that are left to a question, at least, which has waited in vain for the same one of somebody else."""


class Inquiries:
    """Gives answers to questions; each question is put to one cage at a time, whoever asks it."""

    def __init__(
        self,
        pages: Pages,
        pool: Pool,
        answers: Answers,
        forwarder: Forwarder,
        current: Callable[[], OpenRelease],
    ) -> None:
        """Begin with nothing asked; ``current`` returns the release that answers."""
        self._pages = pages
        self._pool = pool
        self._limits: Limits = pool.limits
        self._answers = answers
        self._forwarder = forwarder
        self._current = current
        self._asked: dict[Question | WholeGraph, asyncio.Event] = {}
        """What runs just now; whoever asks the same waits for the answer."""

    async def give(self, exchange: Exchange, question: Question, seconds: float) -> None:
        """Answer a question.

        Raises:
            FaultError: if no answer comes of it.
            ProblemError: if it cannot be asked.
        """
        left = await self._wait_for(question, seconds)
        if not await self._give_kept(exchange, question):
            await self._ask(exchange, question, left)

    async def give_graph(self, exchange: Exchange, graph: WholeGraph, seconds: float) -> None:
        """Give a graph as it stands in the store.

        Raises:
            FaultError: if it cannot be given.
        """
        left = await self._wait_for(graph, seconds)
        if not await self._give_kept(exchange, graph):
            await self._run(exchange, graph, graph.pack(self._limits), left)

    async def _wait_for(self, question: Question | WholeGraph, seconds: float) -> float:
        """Wait for the answer that is just being made for somebody else, if one is; return the seconds that are left.

        Raises:
            FaultError: if none is left.
        """
        if (asked := self._asked.get(question)) is None:
            return seconds
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(seconds):
                await asked.wait()
        except TimeoutError:
            raise FaultError("time", seconds=seconds) from None
        return max(_LEAST, round(seconds - (clock() - began), 1))

    async def _give_kept(self, exchange: Exchange, question: Question | WholeGraph) -> bool:
        """Send the answer to a question if it is kept; tell whether it was."""
        if (answer := self._answers.find(question)) is None:
            return False
        await give(answer, exchange.scope, exchange.send)
        return True

    async def _ask(self, exchange: Exchange, question: Question, seconds: float) -> None:
        """Put a question to a cage; what it asks of other services goes by the forwarder."""
        base = exchange.opened.names.base + PATH.removeprefix("/")
        if not mentions_service(question.query):
            try:
                packed = question.pack(question.query, base, self._limits)
                await self._run(exchange, question, packed, seconds)
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
                await self._run(exchange, question, packed, seconds)
            except FaultError as fault:
                raise calls.explain(rewritten.locate(fault)) from fault

    async def _run(
        self,
        exchange: Exchange,
        question: Question | WholeGraph,
        packed: bytes,
        seconds: float,
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
                await self._hand_over(exchange, question, run, answered)
            finally:
                if not run.complete:
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
        if question.lasting and exchange.opened is self._current():
            self._answers.keep(question, answer, len(question.text))
            if exchange.shortcut:
                self._answers.remember(exchange.shortcut, question)
            self._stop_waiting(question, answered)
        await exchange.give(answer)

    async def _show(self, exchange: Exchange, question: Question, table: dict[str, object]) -> None:
        """Show an answer on a page; where there is more of it, the next page is announced."""
        page = self._pages.results(exchange.request, question.query, table, exchange.opened)
        announce_next(page, exchange.scope, table)
        page.headers["X-Query-Id"] = exchange.number
        await exchange.show(page)
