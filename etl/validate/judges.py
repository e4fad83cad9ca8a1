"""The judge in a process of its own: patterns and queries of somebody else may never come to an end."""

import os
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

import rdflib

from etl.validate.ask import Found, Prefixes
from etl.validate.judge import EndlessError, JudgeError, Result
from muscle_atlas.rooms import HOUSE

MEMORY = 4 * 2**30
"""Bytes of memory that a judge may take (Linux)."""
PROGRAM = (sys.executable, "-P", "-m", "etl.validate.juror")
"""-P: a folder ``etl`` in the working directory is not ours."""


class Judges:
    """One process that judges, started when it is first asked, and again where it was ended."""

    def __init__(self, limit: float) -> None:
        """Give each judgement ``limit`` seconds."""
        self.limit = limit
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def __enter__(self) -> "Judges":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def judge(self, data: bytes, shapes: rdflib.Graph) -> list[Result]:
        """Return the results of pySHACL for data in N-Triples.

        Raises:
            EndlessError: if it takes longer than the limit, or too much memory.
            JudgeError: if the shapes are no good SHACL, or recurse.
        """
        return self._give("judge", data, list(shapes))

    def ask(self, data: bytes, query: str, prefixes: Prefixes) -> list[Found]:
        """Return each different answer to a query over triples (N-Triples).

        Raises:
            EndlessError: if it takes longer than the limit, or too much memory.
            JudgeError: if it cannot be answered.
        """
        return self._give("ask", data, query, prefixes)

    def _give(self, *task: Any) -> list[Any]:
        if self._line is None:
            self._line = self._start()
        try:
            self._line.send(task)
            if not self._line.poll(self.limit):
                self._end()
                raise EndlessError(f"> {self.limit:g} s")
            answer: list[Any] | JudgeError = self._line.recv()
        except (EOFError, ConnectionError) as error:
            self._end()
            raise EndlessError(f"> {MEMORY / 2**30:g} GiB") from error
        if isinstance(answer, JudgeError):
            raise answer
        return answer

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        path = os.pathsep.join(filter(None, (str(HOUSE), os.environ.get("PYTHONPATH"))))
        descriptor = theirs.fileno()
        self._process = subprocess.Popen(
            [*PROGRAM, str(descriptor), str(MEMORY)],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[descriptor],
            env={**os.environ, "PYTHONPATH": path},
        )
        theirs.close()
        # It is ready; how long it takes to start is not held against the shapes.
        ours.recv()
        return ours

    def _end(self) -> None:
        if self._process is not None and self._line is not None:
            self._process.kill()
            self._process.wait()
            self._line.close()
        self._process = self._line = None
