"""An exchange: one request, and the ways in which it may be answered."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from endpoint.atlas import OpenRelease
from endpoint.cages.faults import FaultError
from endpoint.cages.runs import Run
from endpoint.federation.forwarder import Calls
from endpoint.problems import ProblemError, problem_response
from endpoint.query.answers import Answer, Header
from endpoint.query.replies import CORS, FORGET, KEEP, VARY, cross, give, head_of, respond
from endpoint.query.requests import header
from endpoint.query.validators import is_held, weak_tag

log = logging.getLogger("muscle_atlas.queries")


@dataclass(slots=True)
class Exchange:
    """One request, and what is known of it."""

    application: FastAPI
    scope: Scope
    receive: Receive
    send: Send
    opened: OpenRelease
    """The release that answers."""
    number: str
    """By which it is found in the log."""
    shortcut: tuple[bytes, ...] | None = None
    """By which its answer is found again unread."""
    calls: Calls | None = None
    """What it asks of other services."""
    order: bytes | None = None
    """What a cage is told, where that and the release decide the answer."""

    @property
    def accept(self) -> str | None:
        """The ``Accept`` header."""
        return header(self.scope, b"accept")

    @property
    def request(self) -> Request:
        """The request as the framework knows it."""
        self.scope["app"] = self.application
        return Request(self.scope, self.receive)

    async def give(self, answer: Answer) -> None:
        """Send a whole answer, or that the client holds it already."""
        await give(answer, self.scope, self.send, (self._numbered,))

    async def show(self, page: Response) -> None:
        """Send a page."""
        cross(page.headers.raw)
        await page(self.scope, self.receive, self.send)

    async def tell(self, problem: ProblemError) -> None:
        """Tell what is wrong."""
        response = problem_response(self.request, problem)
        response.headers["X-Query-Id"] = self.number
        response.headers["Cache-Control"] = "no-store"
        await self.show(response)

    async def give_held(self, order: bytes) -> bool:
        """Tell a client that it holds the answer, if it got it as a stream before; return whether it did.

        Args:
            order: what a cage is told, which with the release decides the answer.
        """
        self.order = order
        asked = header(self.scope, b"if-none-match")
        if asked is None or not is_held(tag := weak_tag(order, self.opened), asked):
            return False
        release = (b"x-muscle-atlas-release", self.opened.release.version.encode())
        await respond(self.send, 304, (*VARY, *CORS, release, KEEP, (b"etag", tag), self._numbered))
        return True

    async def stream(self, run: Run, portion: Sequence[Header] = ()) -> None:
        """Send an answer as it comes; one that ends before it is whole is left without an end, and so breaks.

        Args:
            run: what makes it.
            portion: what is told of one that is not given whole.
        """
        kept: tuple[Header, ...] = (FORGET,)
        if self.order is not None and run.store == self.opened.release.store:
            kept = (KEEP, (b"etag", weak_tag(self.order, self.opened)))
        headers: Sequence[Header] = (*head_of(run, self.opened), *portion, *kept, self._numbered)
        await self.send({"type": "http.response.start", "status": 200, "headers": headers})
        if self.scope["method"] == "HEAD":
            await self.send({"type": "http.response.body", "body": b""})
            return
        try:
            async for part in run.stream():
                await self.send({"type": "http.response.body", "body": part, "more_body": True})
            if self.calls and self.calls.failure:
                raise self.calls.failure
        except FaultError as fault:
            log.warning("answer broken off", extra={"query": self.number, "outcome": fault.kind})
            return
        await self.send({"type": "http.response.body", "body": b""})

    def note(self, text: str, run: Run) -> None:
        """Write down what was done, and nothing of who asked or what about."""
        if not log.isEnabledFor(logging.INFO):
            return
        log.info(
            "query",
            extra={
                "query": self.number,
                "text": hashlib.sha256(text.encode()).hexdigest()[:16],
                "seconds": round(run.seconds, 4),
                "bytes": run.size,
                "outcome": run.fault.kind if run.fault else "answered",
                "release": self.opened.release.version,
            },
        )

    @property
    def _numbered(self) -> Header:
        return b"x-query-id", self.number.encode()
