"""What checking the files of others may take."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CheckLimits:
    """Limits on checks, with the reasons for their defaults."""

    body: int = 50 * 2**20
    """Bytes of a request: half a million rows of records."""
    body_seconds: float = 120.0
    """Seconds for it to arrive: 3.5 Mbit/s for the largest."""
    files: int = 20
    """Files of one request."""
    fields: int = 2**20
    """Bytes of each field of a form that is no file: some ten thousand corrections."""
    seconds: float = 120.0
    """Wall clock of a check."""
    memory: int = 2**31
    """Bytes that a check may take: 5,000 records took 1 GiB of address space."""
    answer: int = 2**28
    """Bytes of a report, or of a corrected file."""
    at_once: int = field(default_factory=lambda: max(1, os.cpu_count() or 1))
    """Checks that run at the same time; queries go first on the processors."""
    visits: int = 16
    """Requests that are received, wait or run: so many bodies are in memory at the most."""
    visits_each: int = 2
    """Those of one client."""
    patience: float = 60.0
    """Seconds that a request waits for its turn."""
    burst: float = 600.0
    """Seconds of work that a client may take at once."""
    income: float = 1.0
    """Seconds of work that come to a client each second."""
    rows: int = 2_000
    """Rows of a table that are given back beside a report, where they are asked for."""
    lingering: float = 600.0
    """Seconds that a process stands ready for the next check."""
