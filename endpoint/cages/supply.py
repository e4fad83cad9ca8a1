"""The supply of cages: some stand open for the next queries, others are started as they are needed."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from endpoint.cages.cage import Cage
from endpoint.cages.faults import FaultError
from endpoint.cages.limits import Limits

log = logging.getLogger("muscle_atlas.cages")

_LINGERING = 60.0
"""Seconds that a cage stands idle before it is given up, where more are ready than need be."""
_RESTING = 1.0
"""Seconds before another start is tried after a cage could not open its store."""


class Supply:
    """Cages over the store of one release after another, those that are idle among them."""

    def __init__(
        self,
        limits: Limits,
        prefixes: dict[str, str],
        *,
        wanted: Callable[[], int],
        on_idle: Callable[[], object],
        on_refusal: Callable[[FaultError], object],
    ) -> None:
        """Prepare; ``move_to`` opens the first cages.

        Args:
            limits: how many there may be, and of what size.
            prefixes: what graphs are abbreviated with.
            wanted: returns how many are waited for.
            on_idle: told when one may be idle.
            on_refusal: told why none can be had.
        """
        self.started = 0
        """Cages that were started."""
        self._limits = limits
        self._prefixes = prefixes
        self._wanted = wanted
        self._on_idle = on_idle
        self._on_refusal = on_refusal
        self._store: Path | None = None
        self._cages: set[Cage] = set()
        self._idle: list[tuple[Cage, float]] = []
        self._openings: set[asyncio.Task[None]] = set()
        self._rested = 0.0
        self._closing = False

    def __len__(self) -> int:
        return len(self._cages)

    def move_to(self, store: Path) -> None:
        """Serve another store from now on; what runs over the former one is answered from it.

        It may lie at the path of the former one, from which something was taken back.
        """
        self._store = store
        for cage in list(self._cages):
            if cage.run is None:
                cage.kill()
        self._idle = []
        self.fill()

    async def close(self) -> None:
        """End every cage."""
        self._closing = True
        for cage in list(self._cages):
            cage.kill(FaultError("closing"))
        await asyncio.gather(*self._openings, return_exceptions=True)

    def take(self) -> Cage | None:
        """Take the cage that was used last: its memory is at hand."""
        while self._idle:
            cage, _ = self._idle.pop()
            if not (cage.dead or cage.killed):
                return cage
        return None

    def give_back(self, cage: Cage) -> None:
        """Take back a cage that was not used after all."""
        if not cage.dead:
            self._idle.append((cage, time.monotonic()))

    def fill(self) -> None:
        """Start cages until enough stand ready."""
        if self._closing or self._store is None or time.monotonic() < self._rested:
            return
        waited_for = self._wanted()
        if len(self._idle) >= self._limits.ready and not waited_for:
            return
        coming = sum(1 for cage in self._cages if not cage.ready)
        missing = min(
            self._limits.ready + waited_for - len(self._idle) - coming, self._limits.workers - len(self._cages)
        )
        for _ in range(missing):
            cage = Cage(self._store, self._limits.memory, self._prefixes, self._changed)
            self._cages.add(cage)
            self.started += 1
            opening = asyncio.get_running_loop().create_task(cage.open())
            self._openings.add(opening)
            opening.add_done_callback(self._opened(cage))

    def _opened(self, cage: Cage) -> Callable[["asyncio.Task[None]"], None]:
        def note(opening: "asyncio.Task[None]") -> None:
            self._openings.discard(opening)
            if opening.cancelled():
                return
            if (error := opening.exception()) is not None:
                # No process could be started: the system has none left.
                self._cages.discard(cage)
                self._refuse(FaultError("store", str(error)))

        return note

    def _refuse(self, refusal: FaultError) -> None:
        """Tell that no store can be opened, if none is open; try again later."""
        self._rested = time.monotonic() + _RESTING
        if self._closing:
            return
        asyncio.get_running_loop().call_later(_RESTING, self.fill)
        # Why, and where on this machine, is for the operator alone.
        log.error("no cage can be opened", extra={"store": str(self._store), "reason": refusal.detail})
        if not any(cage.ready for cage in self._cages):
            self._on_refusal(refusal)

    def _changed(self, cage: Cage) -> None:
        """Hear of a cage that is ready, idle or dead."""
        if cage.dead:
            self._cages.discard(cage)
            self._idle = [(other, since) for other, since in self._idle if other is not cage]
            if not cage.ready and not cage.killed:
                self._refuse(cage.refusal or FaultError("store", "a process ended before it had opened it"))
            self.fill()
            self._on_idle()
            return
        if cage.killed:
            return
        if cage.store != self._store or cage.grown > self._limits.memory // 4 or not cage.is_swift():
            # Its store is of a former release, its memory is no longer all there, or its priority stays low.
            cage.kill()
            return
        self._idle.append((cage, time.monotonic()))
        self._on_idle()
        if len(self._idle) > self._limits.ready:
            self._thin()

    def _thin(self) -> None:
        """Give up the cages that have long been idle, but for those that stand ready."""
        since = time.monotonic() - _LINGERING
        for cage, idle in self._idle[: -self._limits.ready]:
            if idle <= since:
                cage.kill()
