"""The outside of a process that checks files: started beforehand, given one order, killed when it is over."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from endpoint.cages.cage import environment
from endpoint.problems import ProblemError
from endpoint.validate.limits import CheckLimits

log = logging.getLogger("muscle_atlas.validate")

_HOUSE = Path(__file__).resolve().parents[2]
_PROGRAM = "muscle_atlas.inspecting"
_SPEAKING = 2_000
"""Bytes of the last words of a process that are looked at, and never written down: they may repeat a cell."""
_LINE = 2**16
"""Bytes of a line of what the process tells of itself."""
_NO_MEMORY = ("memory allocation of", "MemoryError", "bad_alloc", "Cannot allocate memory", "can't start new thread")

Tell = Callable[[dict[str, Any]], object]
"""Told how far a check is: ``phase``, ``done``, ``total``."""


@dataclass(frozen=True)
class Outcome:
    """What came of an order."""

    content: bytes
    name: str
    exit_code: int


class Inspector:
    """One process, for one order."""

    def __init__(self, process: asyncio.subprocess.Process, limits: CheckLimits) -> None:
        self._process = process
        self._limits = limits
        self._words = b""
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    @classmethod
    async def start(cls, limits: CheckLimits) -> "Inspector":
        """Start a process.

        Raises:
            OSError: if the system has none left.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            _PROGRAM,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            limit=_LINE,
            cwd=_HOUSE,
            # What it starts itself is ended with it.
            start_new_session=True,
            env={**environment(), "POLARS_MAX_THREADS": "2"},
        )
        return cls(process, limits)

    @property
    def is_alive(self) -> bool:
        """Whether the process can still be given an order."""
        return self._process.returncode is None

    async def inspect(self, order: dict[str, Any], files: dict[str, bytes], tell: Tell) -> Outcome:
        """Give the process its order and the files, and return what comes of it.

        Raises:
            ProblemError: if nothing does.
        """
        try:
            async with asyncio.timeout(self._limits.seconds):
                outcome = await self._inspect(order, files, tell)
        except TimeoutError:
            raise ProblemError.of(
                504, "validate-time", members={"fault": "time"}, seconds=self._limits.seconds
            ) from None
        finally:
            self.kill()
        return outcome

    async def _inspect(self, order: dict[str, Any], files: dict[str, bytes], tell: Tell) -> Outcome:
        entering, leaving = self._process.stdin, self._process.stdout
        assert entering is not None and leaving is not None  # noqa: S101 - both were asked for
        named = [{"name": name, "size": len(content)} for name, content in files.items()]
        entering.write(json.dumps({**order, "files": named, "memory": self._limits.memory}).encode() + b"\n")
        for content in files.values():
            entering.write(content)
        try:
            while line := await leaving.readline():
                told = json.loads(line)
                if "phase" in told:
                    tell(told)
                elif "ready" not in told:
                    return await self._take(told, leaving)
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            # It ended in the middle of a word; why, it has told elsewhere.
            pass
        raise await self._explain()

    async def _take(self, told: dict[str, Any], leaving: asyncio.StreamReader) -> Outcome:
        if "refusal" in told:
            raise ProblemError.of(told["status"], told["refusal"], members={"fault": told["refusal"]}, **told["values"])
        if "fault" in told:
            if told["fault"] == "memory":
                raise self._no_memory()
            log.error("a check failed", extra={"place": told["place"]})
            raise ProblemError.of(500, "validate-fault", kind=told["place"])
        if told["size"] > self._limits.answer:
            raise ProblemError.of(422, "validate-answer", mebibytes=self._limits.answer // 2**20)
        content = await leaving.readexactly(told["size"])
        return Outcome(content, told["answer"], told["exit_code"])

    async def _explain(self) -> ProblemError:
        """Return why the process ended before its answer was whole."""
        code = await self._process.wait()
        await self._listening
        words = self._words.decode("utf-8", "replace")
        if any(sign in words for sign in _NO_MEMORY):
            return self._no_memory()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        log.error("a check ended its process", extra={"how": how})
        return ProblemError.of(500, "validate-gone", members={"fault": "gone"}, how=how)

    def _no_memory(self) -> ProblemError:
        members = {"fault": "memory"}
        return ProblemError.of(422, "validate-memory", members=members, mebibytes=self._limits.memory // 2**20)

    async def _listen(self) -> None:
        speaking = self._process.stderr
        assert speaking is not None  # noqa: S101 - it was asked for
        while words := await speaking.read(_SPEAKING):
            self._words = (self._words + words)[-_SPEAKING:]

    def kill(self) -> None:
        """End the process and whatever it has started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
