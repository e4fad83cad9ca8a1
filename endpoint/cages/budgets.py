"""What each client may still take: worker-seconds, which come by the second and are spent by queries."""

import time
from collections import OrderedDict

_REMEMBERED = 100_000
"""Clients whose accounts are kept; the longest unseen are forgotten, and begin anew."""


class Budgets:
    """Accounts of worker-seconds by client.

    Work is metered, not requests: a client that asks a million cheap queries pays for the milliseconds they take.
    """

    def __init__(self, burst: float, income: float) -> None:
        """Open no account yet; each begins with ``burst`` seconds, and gains ``income`` seconds a second up to it."""
        self._burst = burst
        self._income = income
        self._accounts: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def balance(self, client: str) -> float:
        """Return the seconds that a client has left; below zero where it took more."""
        now = time.monotonic()
        account = self._accounts.get(client)
        if account is None:
            return self._burst
        left, since = account
        return min(self._burst, left + (now - since) * self._income)

    def pay(self, client: str, seconds: float) -> None:
        """Take seconds from a client's account, never more than one burst below zero."""
        left = max(self.balance(client) - seconds, -self._burst)
        self._accounts[client] = (left, time.monotonic())
        self._accounts.move_to_end(client)
        if len(self._accounts) > _REMEMBERED:
            self._accounts.popitem(last=False)
