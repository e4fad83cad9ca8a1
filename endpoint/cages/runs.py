"""A run: one question in a cage, and what has come of its answer."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from endpoint.cages.faults import FaultError

if TYPE_CHECKING:
    from endpoint.cages.cage import Cage


class Run:
    """One question in a cage."""

    def __init__(self, client: str, allowed: float, held: int, buffered: int) -> None:
        """Begin.

        Args:
            client: who asks.
            allowed: seconds that the answer may take.
            held: bytes of the answer that are held back, so that an error can still be told as one.
            buffered: bytes of the answer that may wait for the client.
        """
        self.began = time.monotonic()
        self.client = client
        self.allowed = allowed
        self.head: dict[str, Any] = {}
        self.fault: FaultError | None = None
        self.complete = False
        self.size = 0
        """Bytes that have come, as they go to the client."""
        self.decided: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the answer is whole, has failed, or is longer than what is held back."""
        self.fresh = True
        """Whether it has only just begun."""
        self.low = False
        """Whether younger ones go first on the processors."""
        self.old = False
        """Whether it has one of the places for long queries."""
        self.cage: Cage | None = None
        self.store: Path | None = None
        """Which store is asked."""
        self.on_lasting: Callable[[], object] | None = None
        """Told once when the answer does not come at once."""
        self.on_close: Callable[[Run], object] | None = None
        self._held = held
        self._buffered = buffered
        self._parts: deque[bytes] = deque()
        self._waiting = 0
        self._more: asyncio.Future[None] | None = None
        self._paused = False

    @property
    def seconds(self) -> float:
        """How long the question has been in its cage."""
        return time.monotonic() - self.began

    def take(self, data: bytes) -> None:
        """Take a part of the answer; where the client does not keep up, the cage has to wait."""
        self._parts.append(data)
        self.size += len(data)
        self._waiting += len(data)
        if self.size >= self._held and not self.decided.done():
            self.decided.set_result(None)
        if self._waiting > self._buffered and not self._paused and self.cage:
            self._paused = True
            self.cage.hold()
        self._wake()

    def finish(self) -> None:
        """Note that the answer is whole."""
        self._close()

    def fail(self, fault: FaultError) -> None:
        """Note that there is no answer, or no more of it."""
        if not self.complete:
            self.fault = fault
            self._close()

    def stop(self, fault: FaultError) -> None:
        """End the question, if it still runs."""
        if not self.complete and self.cage:
            self.cage.kill(fault)

    def body(self) -> bytes:
        """Return the whole answer."""
        return b"".join(self._parts)

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield the answer as it comes.

        Raises:
            FaultError: if it ends before it is whole.
        """
        while True:
            while self._parts:
                data = self._parts.popleft()
                self._waiting -= len(data)
                yield data
                if self._paused and self._waiting <= self._buffered // 2 and self.cage:
                    self._paused = False
                    self.cage.go_on()
            if self.complete:
                if self.fault:
                    raise self.fault
                return
            self._more = asyncio.get_running_loop().create_future()
            await self._more

    def _close(self) -> None:
        self.complete = True
        self.cage = None
        if self.on_close:
            self.on_close(self)
        if not self.decided.done():
            self.decided.set_result(None)
        self._wake()

    def _wake(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)
