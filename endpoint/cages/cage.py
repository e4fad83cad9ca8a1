"""A cage: a process of its own in which queries run one after another, and which may be killed at any moment."""

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from endpoint.cages.faults import FaultError
from endpoint.cages.frames import Kind, Splitter
from endpoint.cages.runs import Run

_HOUSE = Path(__file__).resolve().parents[2]
_LOW = 10
"""Niceness of a process whose query lasts."""
_KEPT = ("PATH", "HOME", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PYTHONUSERBASE")
"""Variables of the server that a cage knows, too; whatever else it was given stays with it."""
_SPEAKING = 2_000
"""Bytes of the last words of a process that are read."""
_TOO_DEEP = ("overflowed its stack", "stack overflow")
"""How Rust's runtime says that a thread has no stack left."""
_NO_MEMORY = ("memory allocation of", "MemoryError", "bad_alloc")
"""How Rust, Python and C++ say that they were refused memory."""


class Cage(asyncio.Protocol):
    """The outside of one worker process."""

    def __init__(
        self, store: Path, memory: int, prefixes: dict[str, str], on_change: Callable[["Cage"], object]
    ) -> None:
        self.store = store
        self.ready = False
        self.dead = False
        self.run: Run | None = None
        self.refusal: FaultError | None = None
        """Why the store could not be opened."""
        self.killed = False
        self.grown = 0
        """Bytes of memory that queries have left behind."""
        self._memory = memory
        self._prefixes = prefixes
        self._changed = on_change
        self._splitter = Splitter()
        self._verdict: FaultError | None = None
        self._thread = 0
        self._low = False
        self._transport: asyncio.Transport | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._loop = asyncio.get_running_loop()

    async def open(self) -> None:
        """Start the process; ``on_change`` tells when it is ready, idle again, or dead."""
        if self.killed:
            return
        ours, theirs = socket.socketpair()
        order = {"store": str(self.store), "memory": self._memory, "prefixes": self._prefixes}
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "endpoint.cages.worker", str(theirs.fileno()), json.dumps(order)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._words,
                cwd=_HOUSE,
                env=environment(),
            )
        transport, _ = await self._loop.create_unix_connection(lambda: self, sock=ours)
        self._transport = transport
        if self.killed:
            self._transport.abort()

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None  # noqa: S101 - asked of cages that run something
        return self._process.pid

    def ask(self, question: bytes, run: Run) -> None:
        """Put a question to the idle cage."""
        assert self._transport is not None  # noqa: S101 - only a cage that is ready is asked
        self.run = run
        run.cage = self
        run.store = self.store
        self._transport.write(question)

    def hold(self) -> None:
        """Let the process wait before it goes on with its answer."""
        if self._transport:
            self._transport.pause_reading()

    def go_on(self) -> None:
        """Take more of the answer."""
        if self._transport and not self.killed:
            self._transport.resume_reading()

    def lower(self) -> None:
        """Let other processes go first on the processors."""
        self._low = self._set_priority(_LOW)

    def is_swift(self) -> bool:
        """Undo ``lower`` if need be; False where the system does not let us, as for everybody but root."""
        if self._low:
            self._low = not self._set_priority(0)
        return not self._low

    def _set_priority(self, nice: int) -> bool:
        try:
            os.setpriority(os.PRIO_PROCESS, self._thread, nice)
        except OSError:
            # It ended at this moment, or it is not allowed.
            return False
        return True

    def kill(self, verdict: FaultError | None = None) -> None:
        """End the process, whatever it does; what it ran fails with the verdict."""
        if self.dead or self.killed:
            return
        self.killed = True
        self._verdict = verdict
        if self._process:
            self._process.kill()
        if self._transport:
            # A paused transport would not see the end.
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take messages of the process."""
        for kind, body in self._splitter.feed(data):
            self._take(kind, body)

    def _take(self, kind: Kind, body: bytes) -> None:
        if kind is Kind.READY:
            self._thread = json.loads(body)["thread"]
            self.ready = True
            self._changed(self)
            return
        if self.run is None:
            if kind is Kind.FAULT:
                self.refusal = FaultError(**json.loads(body))
            return
        match kind:
            case Kind.HEAD:
                self.run.head = _read(body)
            case Kind.DATA:
                self.run.take(body)
            case Kind.END:
                self.grown = _read(body)["grown"]
                self._leave().finish()
                self._changed(self)
            case Kind.FAULT:
                self._leave().fail(FaultError(**json.loads(body)))
                self._changed(self)

    def _leave(self) -> Run:
        run = self.run
        assert run is not None  # noqa: S101 - asked by _take, which looked
        self.run = None
        return run

    def connection_lost(self, error: Exception | None) -> None:
        """Note that the process is gone, and learn why."""
        del error
        self.dead = True
        run = self._leave() if self.run else None
        if run and self._verdict:
            run.fail(self._verdict)
            run = None
        self._changed(self)
        # Taking down gigabytes lasts; the server does not wait for it.
        self._loop.run_in_executor(None, self._bury).add_done_callback(lambda buried: self._mourn(run, buried))

    def _mourn(self, run: Run | None, buried: "asyncio.Future[FaultError]") -> None:
        if run:
            run.fail(buried.result())

    def _bury(self) -> FaultError:
        assert self._process is not None  # noqa: S101 - it had a connection
        self._process.kill()
        code = self._process.wait()
        with self._words:
            size = self._words.seek(0, os.SEEK_END)
            self._words.seek(max(0, size - _SPEAKING))
            words = self._words.read().decode("utf-8", "replace")
        if any(sign in words for sign in _NO_MEMORY):
            return FaultError("memory")
        if code == -signal.SIGSEGV or any(sign in words for sign in _TOO_DEEP):
            return FaultError("depth")
        told = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return FaultError("gone", told)


def environment() -> dict[str, str]:
    """Return the few variables that our processes need, those by which Python finds what is installed among them."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # Few arenas, else glibc reserves address space by the gigabyte, which the limit counts.
    return {**kept, "MALLOC_ARENA_MAX": "2", "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}


@lru_cache(maxsize=1_000)
def _read(body: bytes) -> dict[str, Any]:
    """Read the body of a message; most say the same as one before, and nobody changes what is read."""
    read: dict[str, Any] = json.loads(body)
    return read


def raise_descriptor_limit() -> int:
    """Let this process hold as many connections as the system allows; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
