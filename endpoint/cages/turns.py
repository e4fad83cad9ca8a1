"""Whose turn is next: requests that wait, served by how little their clients have taken."""

import asyncio
from collections import deque

from endpoint.cages.budgets import Budgets
from endpoint.cages.cage import Cage

Turn = asyncio.Future[Cage]
"""Done when a cage is free, or when it is known that none can be had."""


class Turns:
    """Requests that wait for a cage; each client's own stand in the order in which they came."""

    def __init__(self, budgets: Budgets) -> None:
        """Begin with nobody waiting."""
        self._budgets = budgets
        self._lines: dict[str, deque[Turn]] = {}
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    def join(self, client: str) -> Turn:
        """Stand in line."""
        turn: Turn = asyncio.get_running_loop().create_future()
        self._lines.setdefault(client, deque()).append(turn)
        self._waiting += 1
        return turn

    def leave(self, client: str, turn: Turn) -> None:
        """Stop waiting."""
        line = self._lines.get(client)
        if line and turn in line:
            line.remove(turn)
            self._waiting -= 1
            if not line:
                del self._lines[client]

    def next(self) -> Turn | None:
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
