"""Queries that have been young: they share half of the places, and what is too large among them ends."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Set

import psutil

from endpoint.cages.budgets import Budgets
from endpoint.cages.faults import FaultError
from endpoint.cages.limits import Limits
from endpoint.cages.runs import Run


class Elders:
    """Who may grow old among all that runs."""

    def __init__(self, limits: Limits, budgets: Budgets, runs: Set[Run]) -> None:
        """Judge by limits and budgets over what runs, which changes all the time."""
        self._limits = limits
        self._budgets = budgets
        self._runs = runs

    def admit(self, run: Run) -> None:
        """Find a place among the old for a query that has been young, or end one."""
        left = self._left(run.client)
        if left <= 0:
            run.stop(FaultError("budget", wait=max(1, round(run.seconds - left))))
            return
        old = [other for other in self._runs if other.old and other.cage and not other.cage.killed]
        if len(old) >= max(1, self._limits.workers // 2):
            loser = self._loser(run, old)
            loser.stop(FaultError("crowd"))
            if loser is run:
                return
        run.old = True

    def _left(self, client: str) -> float:
        """Return the budget of a client, what runs counted."""
        return self._budgets.balance(client) - sum(run.seconds for run in self._runs if run.client == client)

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

    def look_at_memory(self, runs: Iterable[Run]) -> None:
        """End the largest query where all together take more than they may, or where no limit of the system holds."""
        sizes: dict[Run, int] = {}
        for run in runs:
            if run.cage:
                with contextlib.suppress(psutil.Error):
                    sizes[run] = psutil.Process(run.cage.pid).memory_info().rss
        largest = max(sizes, key=lambda run: sizes[run], default=None)
        if largest and (sum(sizes.values()) > self._limits.all_memory or sizes[largest] > 2 * self._limits.memory):
            largest.stop(FaultError("memory"))
