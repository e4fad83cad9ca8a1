"""Who may use the cages of the server, and for how long.

A query younger than ``Limits.young`` keeps its place whoever asks. Older ones share half of the places: those whose
clients have used up their budget go first, then those of the client that holds the most. So a new query always finds
a place, and nobody's long query keeps everybody else's out.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from endpoint.cages.budgets import Budgets
from endpoint.cages.cage import Cage
from endpoint.cages.durations import Durations
from endpoint.cages.elders import Elders
from endpoint.cages.faults import FaultError
from endpoint.cages.limits import Limits
from endpoint.cages.runs import Run
from endpoint.cages.supply import Supply
from endpoint.cages.turns import Turns

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
_HARMLESS = frozenset(("syntax", "graph", "absent", "form", "evaluation", "size"))
"""Faults after which a cage goes on."""

OnWaiting = Callable[[Callable[[], None]], object]
"""Told that a request stands in line, and how it leaves."""


class Pool:
    """What runs in the cages, and who waits for them."""

    def __init__(self, limits: Limits, prefixes: dict[str, str]) -> None:
        """Prepare; ``move_to`` opens the first cages."""
        self.limits = limits
        self.budgets = Budgets(limits.burst, limits.income)
        self.ended: Counter[str] = Counter()
        """Queries by how they ended: ``answered``, or the kind of fault."""
        self.durations = Durations()
        self._turns: Turns[Cage] = Turns(self.budgets)
        self._runs: set[Run] = set()
        self._elders = Elders(limits, self.budgets, self._runs)
        self._supply = Supply(limits, prefixes, wanted=self._wanted, on_idle=self._serve, on_refusal=self._refuse)
        self._fresh = 0
        """Cages given out to queries that have only just begun, or are about to."""
        self._most_fresh = (os.cpu_count() or 1) + _AHEAD
        self._clock: asyncio.TimerHandle | None = None
        self._closing = False

    def move_to(self, store: Path) -> None:
        """Serve another store from now on; what runs over the former one is answered from it."""
        self._supply.move_to(store)

    async def close(self) -> None:
        """End every query and every cage."""
        self._closing = True
        if self._clock:
            self._clock.cancel()
        await self._supply.close()

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
        return len(self._supply)

    @property
    def started(self) -> int:
        """Processes that were started."""
        return self._supply.started

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
            self._supply.fill()
            return cage
        if len(self._turns) >= self.limits.waiting:
            raise self._told(FaultError("full"))
        turn = self._turns.join(client)
        if on_waiting:
            on_waiting(lambda: self._leave(turn))
        self._supply.fill()
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

    def _leave(self, turn: "asyncio.Future[Cage]") -> None:
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
        if (cage := self._supply.take()) is not None:
            self._fresh += 1
        return cage

    def _give_back(self, turn: "asyncio.Future[Cage]") -> None:
        """Let somebody else have the cage that came too late."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self._fresh -= 1
            self._supply.give_back(turn.result())
            self._serve()

    def _serve(self) -> None:
        """Give idle cages to those who wait."""
        while self._turns and (cage := self._take_idle()) is not None:
            turn = self._turns.next()
            if turn is None:
                self._fresh -= 1
                self._supply.give_back(cage)
                return
            turn.set_result(cage)

    def _wanted(self) -> int:
        """Return how many cages are waited for: who waits because enough fresh queries run needs no more of them."""
        return min(len(self._turns), max(0, self._most_fresh - self._fresh))

    def _refuse(self, refusal: FaultError) -> None:
        """Tell those who wait that there are no cages."""
        while (turn := self._turns.next()) is not None:
            turn.set_exception(self._told(refusal))

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
                self._elders.admit(run)
        self._elders.look_at_memory(watched)
        self._serve()
        if self._runs and not self._closing:
            self._clock = asyncio.get_running_loop().call_later(_TICK, self._tick)
