"""What a query may take; one object, read once, passed down."""

import os
from dataclasses import dataclass, field
from typing import Any

_GROWTH = 8
"""Cages a core, at most: queries are ended by the clock, so that more run than there are cores."""


def _half_of_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


@dataclass(frozen=True)
class Limits:
    """Limits on queries, with the reasons for their defaults."""

    workers: int = field(default_factory=lambda: _GROWTH * (os.cpu_count() or 1))
    """Queries that run at the same time, each in a process of its own; half of them may be older than ``young``."""
    ready: int = 2
    """Cages that stand open for the next queries, beyond those that run."""
    seconds: float = 30.0
    """Wall clock for a query, until the last byte of its answer has left the cage."""
    young: float = 1.0
    """Seconds for which every query keeps its place, whoever asks."""
    memory: int = 2**30
    """Bytes of memory for a query."""
    all_memory: int = field(default_factory=_half_of_memory)
    """Bytes of memory for all cages together: half of the machine's."""
    answer: int = 2**28
    """Bytes of an answer before it is compressed."""
    rows: int | None = None
    """Rows of the answer to a SELECT; whoever wants more follows a link. None gives all at once."""
    held: int = 2**20
    """Bytes of an answer that are held back: until then an error can be told as one."""
    buffered: int = 2**22
    """Bytes of one answer that wait for its client before the cage has to."""
    body: int = 2**21
    """Bytes of the body of a request."""
    address: int = 60_000
    """Bytes of the path and query of a request; not all servers and proxies take as many."""
    body_seconds: float = 5.0
    """Seconds for a body to arrive."""
    waiting: int = 1_000
    """Requests that wait for their turn, all clients together."""
    patience: float = 10.0
    """Seconds that a request waits for its turn."""
    burst: float = 120.0
    """Worker-seconds that a client may take at once."""
    income: float = 1.0
    """Worker-seconds that come to a client each second: one long query after another is always welcome."""
    cached: int = 2**26
    """Bytes of answers that are kept."""
    cached_answer: int = 2**22
    """Bytes of the largest answer that is kept."""


def read_limits(
    workers: float | None = None,
    timeout: float | None = None,
    memory: float | None = None,
    rows: float | None = None,
) -> Limits:
    """Return the limits that an operator sets, defaults for the rest: queries at a time, seconds, MiB, rows."""
    chosen: dict[str, Any] = {}
    if workers is not None:
        chosen["workers"] = int(workers)
    if timeout is not None:
        chosen["seconds"] = float(timeout)
    if memory is not None:
        chosen["memory"] = int(memory) * 2**20
    if rows is not None:
        chosen["rows"] = int(rows)
    return Limits(**chosen)
