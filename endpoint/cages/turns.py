"""Whose turn is next: requests that wait, served by how little their clients have taken."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

from endpoint.cages.budgets import Budgets

_Place = TypeVar("_Place")


class Turns(Generic[_Place]):
    """Requests that wait for a place, such as a cage; each client's own stand in the order in which they came.

    A turn is done when a place is free, or when it is known that none can be had.
    """

    def __init__(self, budgets: Budgets) -> None:
        """Begin with nobody waiting."""
        self._budgets = budgets
        self._lines: dict[str, deque[asyncio.Future[_Place]]] = {}
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    def join(self, client: str) -> asyncio.Future[_Place]:
        """Stand in line."""
        turn: asyncio.Future[_Place] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(client, deque()).append(turn)
        self._waiting += 1
        return turn

    def leave(self, client: str, turn: asyncio.Future[_Place]) -> None:
        """Stop waiting."""
        line = self._lines.get(client)
        if line and turn in line:
            line.remove(turn)
            self._waiting -= 1
            if not line:
                del self._lines[client]

    def next(self) -> asyncio.Future[_Place] | None:
        """Return the turn that is next: of the client that has taken the least; None where nobody waits."""
        while self._lines:
            client = max(self._lines, key=self._budgets.balance)
            line = self._lines[client]
            turn = line.popleft()
            self._waiting -= 1
            if not line:
                del self._lines[client]
            if not turn.done():
                return turn
        return None
