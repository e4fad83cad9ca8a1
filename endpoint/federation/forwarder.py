"""The forwarder: what Oxigraph reaches on loopback in place of the services that a query calls.

Its addresses carry a token that nobody else on the machine knows, and the number of the query, so that the reason of a
failure can be told to its client. What it sends on never holds such an address.
"""

import asyncio
import itertools
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from endpoint.cages.faults import FaultError
from endpoint.federation.calling import MOST_SECONDS, Caller, CallError, Reply
from endpoint.federation.rewriting import MOST_CALLS, Call
from endpoint.federation.services import Services

_HOST = "127.0.0.1"
_PART = 2**16
_LONGEST = 2**22
"""Bytes of a query as Oxigraph writes it: longer than any that is read."""
_LEFT_FOR_OURSELVES = 2 / 3
"""Share of the time of a query that others may take of it."""
_UNREADABLE = ("syntax", "evaluation", "graph")
"""Faults that Oxigraph raises where it cannot read an answer; a query is read before anybody is called."""


class Calls:
    """What one query calls, and how that went."""

    def __init__(self, root: str, seconds: float) -> None:
        """Begin.

        Args:
            root: the address that those of the calls begin with.
            seconds: what all of them may take.
        """
        self.places: list[Call] = []
        self.tasks: set[asyncio.Task[Any]] = set()
        self._root = root
        self._seconds = seconds
        self._deadline: float | None = None
        self._made: list[Call] = []
        self._failed: list[tuple[Call, FaultError]] = []

    def address(self, call: Call) -> str:
        """Return the address of a call."""
        self.places.append(call)
        # The last sign closes the number: no address is the beginning of another.
        return f"{self._root}{len(self.places) - 1}."

    def restore(self, query: str) -> str:
        """Return a query with IRIs of services in place of our addresses."""
        return re.sub(re.escape(self._root) + r"(\d+)\.", lambda found: self.places[int(found[1])].iri, query)

    def begin(self, call: Call) -> float:
        """Note that a call is made; return when it must be over, by the clock of the event loop.

        Raises:
            CallError: if it is one too many, or none that can be made.
        """
        if call.within:
            raise CallError("it is read by another service only")
        if len(self._made) >= MOST_CALLS:
            self._failed.append((call, FaultError("calls", calls=MOST_CALLS)))
            raise CallError("too many calls")
        self._made.append(call)
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._seconds
        return self._deadline

    def fail(self, call: Call, error: CallError) -> None:
        """Note that a call failed."""
        kind = "service-late" if error.late else "service"
        self._failed.append((call, FaultError(kind, str(error), service=call.iri, seconds=self._seconds)))

    @property
    def failure(self) -> FaultError | None:
        """Why a call failed that was not to fail silently.

        Oxigraph does not always tell: within an expression such as FILTER EXISTS it goes on.
        """
        return next((reason for call, reason in self._failed if not call.silent), None)

    def explain(self, fault: FaultError) -> FaultError:
        """Return the fault of a query as its client is told it: whose it is, and never where the forwarder is."""
        if fault.kind not in _UNREADABLE:
            return fault
        if self.failure:
            return self.failure
        if self._made:
            return FaultError("service", "its answer cannot be read", service=self._made[-1].iri)
        return FaultError(fault.kind, self.restore(fault.detail), **fault.more)


class Forwarder:
    """An application on a loopback socket of its own that sends queries on."""

    def __init__(self, services: Services) -> None:
        """Prepare; ``open`` begins."""
        self.services = services
        self._caller = Caller(services.trusted)
        self._token = secrets.token_urlsafe(24)
        self._numbers = itertools.count(1)
        self._calls: dict[str, Calls] = {}
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._root = ""

    async def open(self) -> None:
        """Listen on a free port of loopback."""
        config = uvicorn.Config(self, lifespan="off", log_config=None, access_log=False, server_header=False)
        config.load()
        listening = socket.create_server((_HOST, 0), backlog=128)
        self._root = f"http://{_HOST}:{listening.getsockname()[1]}/{self._token}/"
        self._server = await asyncio.get_running_loop().create_server(
            lambda: HttpToolsProtocol(config, self._state, {}), sock=listening
        )

    async def close(self) -> None:
        """Close the socket, what runs on it, and connections to others."""
        if self._server:
            self._server.close()
        for calls in self._calls.values():
            _end(calls)
        for connection in list(self._state.connections):
            connection.shutdown()
        await self._caller.close()

    @contextmanager
    def calls(self, seconds: float) -> Iterator[Calls]:
        """Give addresses to the calls of one query, which has so many seconds, for the time of a ``with`` block."""
        number = str(next(self._numbers))
        calls = Calls(f"{self._root}{number}/", min(MOST_SECONDS, seconds * _LEFT_FOR_OURSELVES))
        self._calls[number] = calls
        try:
            yield calls
        finally:
            del self._calls[number]
            _end(calls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a query on, and its answer back."""
        if scope["type"] != "http":
            return
        calls, call = self._find(scope["path"])
        if calls is None or call is None or scope["method"] != "POST":
            await _respond(send, 404)
            return
        # A task of its own, so that it can be ended and the connection still ends in good order.
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        task = asyncio.get_running_loop().create_task(self._forward(calls, call, receive, note))
        calls.tasks.add(task)
        task.add_done_callback(calls.tasks.discard)
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()
        elif not begun:
            await _respond(send, 502)

    async def _forward(self, calls: Calls, call: Call, receive: Receive, send: Send) -> None:
        try:
            query = calls.restore((await _read_body(receive)).decode())
            deadline = calls.begin(call)
            async with self._caller.ask(call.service.address, query, deadline) as reply:
                if call.silent:
                    # Once the answer has begun, Oxigraph no longer ignores that it breaks.
                    await reply.check(deadline)
                await _send_reply(send, reply)
        except CallError as error:
            calls.fail(call, error)
            await _respond(send, 504 if error.late else 502)

    def _find(self, path: str) -> tuple[Calls | None, Call | None]:
        """Return the query and the place in it that an address stands for."""
        token, number, place = [*path.strip("/").split("/"), "", "", ""][:3]
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            return None, None
        calls = self._calls.get(number)
        at = place.removesuffix(".")
        if calls is None or not at.isdecimal() or int(at) >= len(calls.places):
            return None, None
        return calls, calls.places[int(at)]


def _end(calls: Calls) -> None:
    for task in list(calls.tasks):
        task.cancel()


async def _read_body(receive: Receive) -> bytes:
    content = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallError("nobody waits for it")
        content += bytes(message.get("body", b""))
        if len(content) > _LONGEST:
            raise CallError("the query for it is too long")
        if not message.get("more_body", False):
            return content


async def _send_reply(send: Send, reply: Reply) -> None:
    headers = [
        (b"content-type", reply.form.media_type.encode()),
        (b"content-length", str(reply.size).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    while part := reply.content.read(_PART):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _respond(send: Send, status: int) -> None:
    start: Message = {"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]}
    await send(start)
    await send({"type": "http.response.body", "body": b""})
