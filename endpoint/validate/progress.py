"""A check as it goes on: lines of JSON, each how far it is, the last what came of it."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from endpoint.problems import ProblemError, tell_problem
from endpoint.query.requests import ClientGoneError
from endpoint.validate.inspections import unless_gone
from endpoint.validate.inspector import Outcome, Tell

MEDIA_TYPE = "application/x-ndjson"


class ProgressResponse(Response):
    """Sends a line for each step of a check; a problem that is found on the way is the last line."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        request: Request,
        work: Callable[[Tell], Coroutine[Any, Any, Outcome]],
        held: ExitStack,
        headers: dict[str, str],
    ) -> None:
        """Take the work, and what is given back when it is over."""
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self._request = request
        self._work = work
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do the work, and tell of it."""
        del scope, receive
        with self._held:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            lines: asyncio.Queue[bytes | None] = asyncio.Queue()

            async def work() -> None:
                try:
                    outcome = await self._work(lambda told: lines.put_nowait(json.dumps(told).encode()))
                    head = json.dumps({"exit_code": outcome.exit_code})[:-1].encode()
                    lines.put_nowait(head + b', "report": ' + outcome.content.strip() + b"}")
                except ProblemError as error:
                    lines.put_nowait(json.dumps({"problem": tell_problem(self._request, error)}).encode())
                finally:
                    lines.put_nowait(None)

            async def speak() -> None:
                working = asyncio.ensure_future(work())
                try:
                    while (line := await lines.get()) is not None:
                        await send({"type": "http.response.body", "body": line + b"\n", "more_body": True})
                finally:
                    working.cancel()
                    await asyncio.gather(working, return_exceptions=True)

            try:
                await unless_gone(self._request, speak())
            except ClientGoneError:
                return
            await send({"type": "http.response.body", "body": b""})
