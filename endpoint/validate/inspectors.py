"""Inspectors: one stands ready while somebody uses them, since to load what it needs takes a second."""

import asyncio
import contextlib

from endpoint.problems import ProblemError
from endpoint.validate.inspector import Inspector
from endpoint.validate.limits import CheckLimits


class Inspectors:
    """The processes that check files."""

    def __init__(self, limits: CheckLimits) -> None:
        """Begin without any."""
        self._limits = limits
        self._ready: asyncio.Task[Inspector] | None = None
        self._rest: asyncio.TimerHandle | None = None
        self._out: set[Inspector] = set()
        self._closed = False

    def prepare(self) -> None:
        """Let one stand ready for a while."""
        loop = asyncio.get_running_loop()
        if self._ready is None and not self._closed:
            self._ready = loop.create_task(Inspector.start(self._limits))
        if self._rest:
            self._rest.cancel()
        self._rest = loop.call_later(self._limits.lingering, self._give_up)

    async def take(self) -> Inspector:
        """Return one for one order; another is started.

        Raises:
            ProblemError: if the system has no process left.
        """
        for _ in range(2):
            self.prepare()
            starting, self._ready = self._ready, None
            assert starting is not None  # noqa: S101 - just prepared
            try:
                inspector = await starting
            except OSError as error:
                raise ProblemError.of(503, "validate-full", seconds=10) from error
            self._out.add(inspector)
            if inspector.is_alive:
                return inspector
            self.bury(inspector)
        raise ProblemError.of(503, "validate-full", seconds=10)

    def bury(self, inspector: Inspector) -> None:
        """End one that was taken."""
        inspector.kill()
        self._out.discard(inspector)

    def _give_up(self) -> None:
        if self._ready and self._ready.done() and not self._ready.cancelled() and not self._ready.exception():
            self._ready.result().kill()
        self._ready = None

    async def close(self) -> None:
        """End all."""
        self._closed = True
        if self._rest:
            self._rest.cancel()
        if self._ready:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                (await self._ready).kill()
        for inspector in list(self._out):
            self.bury(inspector)
