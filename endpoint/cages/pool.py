"""The cages of the server: as many as are needed, and who may use one for how long.

A query younger than ``Limits.young`` keeps its place whoever asks. Older ones share half of the places: those whose
clients have used up their budget go first, then those of the client that holds the most. So a new query always finds
a place, and nobody's long query keeps everybody else's out.
"""

import asyncio
import contextlib
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

from endpoint.cages.budgets import Budgets
from endpoint.cages.cage import Cage
from endpoint.cages.durations import Durations
from endpoint.cages.faults import FaultError
from endpoint.cages.limits import Limits
from endpoint.cages.runs import Run
from endpoint.cages.turns import Turn, Turns

_TICK = 0.025
"""Seconds between two looks at what runs."""
_FRESH = 0.025
"""Seconds after which a query no longer counts as one that will be over at once."""
_AHEAD = 2
"""Fresh queries beyond one a core that run at the same time: more would only take the processors from each other."""
_WATCHED = 0.1
"""Seconds after which a query's memory and client are watched."""
_LOWERED = 0.25
"""Seconds after which younger queries go first on the processors."""
_REPLACING = 0.25
"""Worker-seconds that a client pays for a cage that its query ended: about what a new one takes to start."""
_LINGERING = 60.0
"""Seconds that a cage stands idle before it is given up, where more are ready than need be."""
_RESTING = 1.0
"""Seconds before another start is tried after a cage could not open its store."""


OnWaiting = Callable[[Callable[[], None]], object]
"""Told that a request stands in line, and how it leaves."""


class Pool:
    """Cages over the store of one release after another."""

    def __init__(self, limits: Limits, prefixes: dict[str, str]) -> None:
        """Prepare; ``move_to`` opens the first cages."""
        self.limits = limits
        self.budgets = Budgets(limits.burst, limits.income)
        self.ended: Counter[str] = Counter()
        """Queries by how they ended: ``answered``, or the kind of fault."""
        self.durations = Durations()
        self.started = 0
        """Cages that were started."""
        self._prefixes = prefixes
        self._turns = Turns(self.budgets)
        self._store: Path | None = None
        self._cages: set[Cage] = set()
        self._idle: list[tuple[Cage, float]] = []
        self._runs: set[Run] = set()
        self._fresh = 0
        """Cages given out to queries that have only just begun, or are about to."""
        self._most_fresh = (os.cpu_count() or 1) + _AHEAD
        self._rested = 0.0
        self._clock: asyncio.TimerHandle | None = None
        self._openings: set[asyncio.Task[None]] = set()
        self._closing = False

    def move_to(self, store: Path) -> None:
        """Serve another store from now on; what runs over the former one is answered from it."""
        if store == self._store:
            return
        self._store = store
        for cage in list(self._cages):
            if cage.run is None:
                cage.kill()
        self._idle = []
        self._fill()

    async def close(self) -> None:
        """End every cage."""
        self._closing = True
        for cage in list(self._cages):
            cage.kill(FaultError("closing"))
        if self._clock:
            self._clock.cancel()
        await asyncio.gather(*self._openings, return_exceptions=True)

    @property
    def running(self) -> int:
        """Queries that run."""
        return len(self._runs)

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn."""
        return len(self._turns)

    @property
    def cages(self) -> int:
        """Processes that are open."""
        return len(self._cages)

    async def start(self, question: bytes, client: str, seconds: float, on_waiting: OnWaiting | None = None) -> Run:
        """Put a question to a cage as soon as it is the client's turn; return the run, whose ``decided`` is awaited.

        Args:
            question: what the cage is told.
            client: who asks.
            seconds: what the answer may take.
            on_waiting: told where there is no cage at once; it is given what leaves the line.

        Raises:
            FaultError: if the question gets no turn.
        """
        cage = await self._turn(client, on_waiting)
        while cage.killed or cage.dead:
            # It was lost between being given and being taken.
            self._fresh -= 1
            cage = await self._turn(client, on_waiting)
        run = Run(client, seconds, self.limits.held, self.limits.buffered)
        run.on_close = self._settle
        self._runs.add(run)
        cage.ask(question, run)
        if self._clock is None:
            self._clock = asyncio.get_running_loop().call_later(_TICK, self._tick)
        return run

    async def _turn(self, client: str, on_waiting: OnWaiting | None) -> Cage:
        """Wait for an idle cage; whoever waits is given one before whoever comes. It is counted as fresh."""
        if self._closing:
            raise FaultError("closing")
        if not self._turns and (cage := self._take_idle()) is not None:
            self._fill()
            return cage
        if len(self._turns) >= self.limits.waiting:
            raise self._told(FaultError("full"))
        turn = self._turns.join(client)
        if on_waiting:
            on_waiting(lambda: self._leave(turn))
        self._fill()
        try:
            async with asyncio.timeout(self.limits.patience):
                return await turn
        except TimeoutError:
            self._give_back(turn)
            raise self._told(FaultError("full")) from None
        except asyncio.CancelledError:
            self._give_back(turn)
            raise
        finally:
            self._turns.leave(client, turn)

    def _leave(self, turn: Turn) -> None:
        """Let go who waits no longer, if it still does."""
        if not turn.done():
            turn.set_exception(self._told(FaultError("left")))

    def _told(self, fault: FaultError) -> FaultError:
        self.ended[fault.kind] += 1
        return fault

    def _take_idle(self) -> Cage | None:
        """Take an idle cage, unless as many fresh queries run as is good for them."""
        if self._fresh >= self._most_fresh:
            return None
        while self._idle:
            cage, _ = self._idle.pop()
            if not (cage.dead or cage.killed):
                self._fresh += 1
                return cage
        return None

    def _give_back(self, turn: Turn) -> None:
        """Let somebody else have the cage that came too late."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self._fresh -= 1
            if not turn.result().dead:
                self._idle.append((turn.result(), time.monotonic()))
            self._serve()

    def _serve(self) -> None:
        """Give idle cages to those who wait."""
        while self._turns and (cage := self._take_idle()) is not None:
            turn = self._turns.next()
            if turn is None:
                self._fresh -= 1
                self._idle.append((cage, time.monotonic()))
                return
            turn.set_result(cage)

    def _settle(self, run: Run) -> None:
        """Note that a query has ended, and let its client pay."""
        self._runs.discard(run)
        if run.fresh:
            self._fresh -= 1
        killed = run.fault is not None and run.fault.kind not in _HARMLESS
        self.budgets.pay(run.client, run.seconds + (_REPLACING if killed else 0.0))
        self.ended[run.fault.kind if run.fault else "answered"] += 1
        self.durations.add(run.seconds)

    def _tick(self) -> None:
        """Look at everything that runs: its time, its place, its memory, its client."""
        self._clock = None
        watched = []
        for run in list(self._runs):
            age = run.seconds
            if age >= run.allowed:
                run.stop(FaultError("time", seconds=run.allowed))
                continue
            if run.fresh and age >= _FRESH:
                run.fresh = False
                self._fresh -= 1
            if age >= _WATCHED:
                watched.append(run)
                if run.on_lasting:
                    run.on_lasting()
                    run.on_lasting = None
            if age >= _LOWERED and not run.low and run.cage:
                run.low = True
                run.cage.lower()
            if age >= self.limits.young and not run.old:
                self._grow_old(run)
        self._look_at_memory(watched)
        self._serve()
        if self._runs and not self._closing:
            self._clock = asyncio.get_running_loop().call_later(_TICK, self._tick)

    def _left(self, client: str) -> float:
        """Return the budget of a client, what runs counted."""
        return self.budgets.balance(client) - sum(run.seconds for run in self._runs if run.client == client)

    def _grow_old(self, run: Run) -> None:
        """Find a place among the old for a query that has been young, or end one."""
        left = self._left(run.client)
        if left <= 0:
            run.stop(FaultError("budget", wait=max(1, round(run.seconds - left))))
            return
        old = [other for other in self._runs if other.old and other.cage and not other.cage.killed]
        if len(old) >= max(1, self.limits.workers // 2):
            loser = self._loser(run, old)
            loser.stop(FaultError("crowd"))
            if loser is run:
                return
        run.old = True

    def _loser(self, run: Run, old: list[Run]) -> Run:
        """Return which query ends, where one too many wants to grow old."""
        poorest = min(old, key=lambda other: self._left(other.client))
        if self._left(poorest.client) <= 0:
            return poorest
        held = Counter(other.client for other in old)
        richest, most = held.most_common(1)[0]
        if most > held[run.client] + 1:
            return min((other for other in old if other.client == richest), key=lambda other: other.seconds)
        return run

    def _look_at_memory(self, runs: list[Run]) -> None:
        """End the largest query where all together take more than they may, or where no limit of the system holds."""
        sizes: dict[Run, int] = {}
        for run in runs:
            if run.cage:
                with contextlib.suppress(psutil.Error):
                    sizes[run] = psutil.Process(run.cage.pid).memory_info().rss
        largest = max(sizes, key=lambda run: sizes[run], default=None)
        if largest and (sum(sizes.values()) > self.limits.all_memory or sizes[largest] > 2 * self.limits.memory):
            largest.stop(FaultError("memory"))

    def _fill(self) -> None:
        """Start cages until enough stand ready."""
        if self._closing or self._store is None or time.monotonic() < self._rested:
            return
        if len(self._idle) >= self.limits.ready and not self._turns:
            return
        coming = sum(1 for cage in self._cages if not cage.ready)
        # Those who wait because enough fresh queries run need no more cages.
        wanted = self.limits.ready + min(len(self._turns), max(0, self._most_fresh - self._fresh))
        missing = min(wanted - len(self._idle) - coming, self.limits.workers - len(self._cages))
        for _ in range(missing):
            cage = Cage(self._store, self.limits.memory, self._prefixes, self._changed)
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
        """Tell those who wait that no store can be opened, if none is open; try again later."""
        self._rested = time.monotonic() + _RESTING
        if self._closing:
            return
        asyncio.get_running_loop().call_later(_RESTING, self._fill)
        if not any(cage.ready for cage in self._cages):
            while (turn := self._turns.next()) is not None:
                turn.set_exception(self._told(refusal))

    def _changed(self, cage: Cage) -> None:
        """Hear of a cage that is ready, idle or dead."""
        if cage.dead:
            self._cages.discard(cage)
            self._idle = [(other, since) for other, since in self._idle if other is not cage]
            if not cage.ready and not cage.killed:
                self._refuse(cage.refusal or FaultError("store", "a process ended before it had opened it"))
            self._fill()
            self._serve()
            return
        if cage.killed:
            return
        if cage.store != self._store or cage.grown > self.limits.memory // 4 or not cage.is_swift():
            # Its store is of a former release, its memory is no longer all there, or its priority stays low.
            cage.kill()
            return
        self._idle.append((cage, time.monotonic()))
        self._serve()
        if len(self._idle) > self.limits.ready:
            self._thin()

    def _thin(self) -> None:
        """Give up the cages that have long been idle, but for those that stand ready."""
        since = time.monotonic() - _LINGERING
        for cage, idle in self._idle[: -self.limits.ready]:
            if idle <= since:
                cage.kill()


_HARMLESS = frozenset(("syntax", "graph", "absent", "form", "evaluation", "size"))
"""Faults after which a cage goes on."""
