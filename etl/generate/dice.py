"""Chance that falls the same way everywhere: of Python's generator only ``random()`` is promised to stay as it is."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar

Value = TypeVar("Value")


class Dice:
    """Everything that is drawn by lot, from one seed."""

    def __init__(self, seed: int) -> None:
        self.roll: Callable[[], float] = Random(seed).random  # noqa: S311 - nothing secret hangs on it
        """Return a number from 0 (included) to 1 (excluded)."""

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int(self.roll() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Return true with this probability."""
        return self.roll() < probability

    def choose(self, values: Sequence[Value]) -> Value:
        """Return one of ``values``, each as likely as the other."""
        return values[int(self.roll() * len(values))]

    def weigh(self, limits: Sequence[float]) -> int:
        """Return a position, as likely as its weight; ``limits`` are the weights added up."""
        return min(bisect_right(limits, self.roll() * limits[-1]), len(limits) - 1)

    def shuffle(self, values: list[Value]) -> None:
        """Put ``values`` in an order by lot (Fisher and Yates)."""
        for last in range(len(values) - 1, 0, -1):
            other = self.between(0, last)
            values[last], values[other] = values[other], values[last]

    def deal(self, weights: Sequence[float], count: int) -> list[int]:
        """Return ``count`` positions: each once as far as they go, beyond that by weight, in an order by lot.

        Where there are more positions than are asked for, the heavy ones come sooner.
        """
        left = list(weights)
        dealt: list[int] = []
        while len(dealt) < min(count, sum(weight > 0 for weight in weights)):
            dealt.append(self.weigh(list(accumulate(left))))
            left[dealt[-1]] = 0
        limits = list(accumulate(weights))
        dealt += [self.weigh(limits) for _ in range(count - len(dealt))]
        self.shuffle(dealt)
        return dealt

    def cover(self, picked: list[int], wanted: Collection[int]) -> None:
        """Change picks that occur more than once, so that as many of ``wanted`` as fit occur."""
        counts: dict[int, int] = {}
        for pick in picked:
            counts[pick] = counts.get(pick, 0) + 1
        missing = [position for position in wanted if position not in counts]
        if not missing:
            return
        places = list(range(len(picked)))
        self.shuffle(places)
        for place in places:
            if not missing:
                return
            if counts[picked[place]] > 1:
                counts[picked[place]] -= 1
                picked[place] = missing.pop()
                counts[picked[place]] = 1


def apportion(total: int, shares: Sequence[int]) -> list[int]:
    """Divide a whole number in these proportions, by the largest remainder (Hamilton's method)."""
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda part: (-(total * shares[part] % whole), part))
    for part in by_remainder[: total - sum(parts)]:
        parts[part] += 1
    return parts
