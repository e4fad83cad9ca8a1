"""Measuring a process from outside: what its phases take in seconds and memory."""

import json
import os
import resource
import signal
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EVERY = 0.02
"""Seconds between two looks at the memory."""
MARK = "phase:"
"""Begins the lines by which a process tells that a phase begins."""


@dataclass
class Measured:
    """One run of a process."""

    seconds: float
    """From start to end, the interpreter's own start included."""
    processor: float
    """Seconds of processor time, of all cores together: what is left to compare where others use the machine, too."""
    peaks: dict[str, int] = field(default_factory=dict)
    """Most memory in bytes while each phase ran, what earlier phases still hold included."""
    told: dict[str, Any] = field(default_factory=dict)
    """The JSON object that the process printed last."""

    @property
    def peak(self) -> int:
        """Most memory in bytes."""
        return max(self.peaks.values(), default=0)


class OverLimitError(Exception):
    """A process took more than it was given, and was ended; the message says of what."""

    def __init__(self, what: str, seconds: float, peak: int) -> None:
        super().__init__(what)
        self.seconds, self.peak = seconds, peak


def measure(
    command: Sequence[str | Path], cwd: Path, *, seconds: float | None = None, memory: int | None = None
) -> Measured:
    """Run a process to its end, or until it has taken so many seconds, or bytes of memory.

    Memory is the proportional set size (Linux: ``Pss``) of the process and those it started, so that pages that
    several share count once. It is looked at from outside, every 20 ms: a process that holds the interpreter's
    lock cannot look at itself, and ``ru_maxrss`` knows no phases.

    Raises:
        subprocess.CalledProcessError: if the process fails.
        OverLimitError: if it was ended.
    """
    phase, last = ["start"], [""]
    peaks: dict[str, int] = defaultdict(int)
    started, before = time.perf_counter(), _processor()
    words = [str(part) for part in command]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=cwd, start_new_session=True)

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(MARK):
                phase[0] = line.removeprefix(MARK).strip()
            elif line.strip():
                last[0] = line

    listener = threading.Thread(target=listen)
    listener.start()
    while process.poll() is None:
        now = _memory(process.pid)
        peaks[phase[0]] = max(peaks[phase[0]], now)
        taken = time.perf_counter() - started
        if (seconds is not None and taken > seconds) or (memory is not None and now > memory):
            # The whole session: what started it may have started others.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            listener.join()
            what = f"ended after {taken:,.0f} s" if now <= (memory or now) else f"ended above {now / 1e9:,.1f} GB"
            raise OverLimitError(what, taken, now)
        time.sleep(EVERY)
    taken = time.perf_counter() - started
    listener.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return Measured(taken, _processor() - before, dict(peaks), json.loads(last[0]))


def _processor() -> float:
    """Return the processor time of all processes started that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _memory(pid: int) -> int:
    """Return the proportional set size of a process and its descendants in bytes; 0 where it has ended."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        lists = [path.read_text(encoding="ascii") for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    own = next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return own + sum(_memory(int(child)) for children in lists for child in children.split())
