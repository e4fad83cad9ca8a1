"""Whose files are checked next: so many visits at a time, and turns by how little each client has taken."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from endpoint.cages.budgets import Budgets
from endpoint.cages.turns import Turns
from endpoint.problems import ProblemError
from endpoint.validate.limits import CheckLimits


class Desk:
    """Visits of clients, from the first byte of a request on, and the places in which checks run."""

    def __init__(self, limits: CheckLimits) -> None:
        """Begin with nobody there."""
        self._limits = limits
        self._budgets = Budgets(limits.burst, limits.income)
        self._turns: Turns[None] = Turns(self._budgets)
        self._visits: Counter[str] = Counter()
        self._running = 0

    @contextmanager
    def visit(self, client: str) -> Iterator[None]:
        """Let a client in.

        Raises:
            ProblemError: if it is here often enough, has taken enough work, or too many are.
        """
        if self._visits[client] >= self._limits.visits_each:
            raise _later(429, "validate-visits", 5, most=self._limits.visits_each)
        if (left := self._budgets.balance(client)) <= 0:
            raise _later(429, "validate-budget", max(1, round(-left / self._limits.income)), burst=self._limits.burst)
        if self._visits.total() >= self._limits.visits:
            raise _later(503, "validate-full", 10)
        self._visits[client] += 1
        try:
            yield
        finally:
            self._visits[client] -= 1
            if not self._visits[client]:
                del self._visits[client]

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a place; it is the client's until the block ends, and its seconds are paid.

        Raises:
            ProblemError: if none comes in time.
        """
        if self._running >= self._limits.at_once or self._turns:
            turn = self._turns.join(client)
            try:
                async with asyncio.timeout(self._limits.patience):
                    await turn
            except TimeoutError:
                self._leave(client, turn)
                raise _later(503, "validate-full", 10) from None
            except asyncio.CancelledError:
                self._leave(client, turn)
                raise
        else:
            self._running += 1
        began = time.monotonic()
        try:
            yield
        finally:
            self._budgets.pay(client, time.monotonic() - began)
            self._hand_on()

    def _leave(self, client: str, turn: "asyncio.Future[None]") -> None:
        self._turns.leave(client, turn)
        if turn.done() and not turn.cancelled():
            self._hand_on()

    def _hand_on(self) -> None:
        """Give a place to who is next, or have one more."""
        if (turn := self._turns.next()) is not None:
            turn.set_result(None)
        else:
            self._running -= 1


def _later(status: int, name: str, seconds: int, **values: Any) -> ProblemError:
    problem = ProblemError.of(status, name, seconds=seconds, **values)
    problem.headers["Retry-After"] = str(seconds)
    return problem
