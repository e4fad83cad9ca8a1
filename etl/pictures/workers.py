"""The processes that decode pictures, one a core: each may die or hang on a hostile file, and is replaced."""

import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from muscle_atlas.rooms import HOUSE

TIME_LIMIT = 300.0
"""Seconds for one picture: a PNG of 400 million pixels, the most that is taken, took 9 s on a busy core."""
_STARTING = 60.0
PROGRAM = (sys.executable, "-P", "-m", "etl.pictures.worker")
"""-P: a folder ``etl`` in the working directory is not ours."""

Answer = dict[str, Any]


class EndedError(Exception):
    """A worker died or was stopped while it had a picture; the message says why."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def render_files(
    sources: Iterable[Path],
    folder: Path,
    *,
    keep: bool,
    processes: int | None = None,
    time_limit: float = TIME_LIMIT,
    program: Sequence[str] = PROGRAM,
) -> Iterator[tuple[Path, Answer]]:
    """Render files on all cores; give each with its answer (see ``worker``) as it is done.

    A picture that ends its worker twice, or takes longer than ``time_limit`` seconds, is answered by the rule
    ``image-file-undecodable``.

    Raises:
        OSError: if derivatives cannot be written.
    """
    waiting = iter(sources)
    lock = threading.Lock()
    done: queue.SimpleQueue[tuple[Path, Answer] | BaseException | None] = queue.SimpleQueue()
    stopped = threading.Event()

    def work() -> None:
        try:
            with _Worker(program, folder, time_limit) as worker:
                while not stopped.is_set():
                    with lock:
                        source = next(waiting, None)
                    if source is None:
                        break
                    done.put((source, worker.render(source, keep=keep)))
        except BaseException as error:
            done.put(error)
        finally:
            done.put(None)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(processes or cores())]
    for thread in threads:
        thread.start()
    try:
        running = len(threads)
        while running:
            answer = done.get()
            if isinstance(answer, BaseException):
                raise answer
            if answer is None:
                running -= 1
            else:
                yield answer
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


class _Worker:
    """One process, started again where it died."""

    def __init__(self, program: Sequence[str], folder: Path, time_limit: float) -> None:
        self._program = program
        self._folder = folder
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *reason: object) -> None:
        self._stop()

    def render(self, source: Path, *, keep: bool) -> Answer:
        """Return the answer of a worker."""
        request = {"source": os.fspath(source), "folder": os.fspath(self._folder), "keep": keep}
        for attempt in (1, 2):
            try:
                answer = self._ask(json.dumps(request).encode() + b"\n")
            except EndedError as error:
                self._stop()
                # The system may have ended it for want of memory: it gets another chance, alone or not.
                if attempt == 1 and not isinstance(error.__cause__, TimeoutError):
                    continue
                return {"rule": "image-file-undecodable", "bindings": {"reason": str(error)}}
            if failed := answer.get("failed"):
                raise OSError(*failed)
            return answer
        raise AssertionError

    def _ask(self, request: bytes) -> Answer:
        process = self._start()
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            process.stdin.write(request)
            process.stdin.flush()
        except BrokenPipeError:
            # Why it ended is told by what it left to read: nothing.
            pass
        return self._read(process, self._time_limit)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            path = os.pathsep.join(filter(None, (str(HOUSE), os.environ.get("PYTHONPATH"))))
            # One thread each: processes already fill the cores. Large temporary files go where derivatives go.
            settings = {"PYTHONPATH": path, "VIPS_CONCURRENCY": "1", "TMPDIR": str(self._folder / "drafts")}
            self._process = subprocess.Popen(
                self._program,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **settings},
            )
            self._read(self._process, _STARTING)
        return self._process

    @staticmethod
    def _read(process: subprocess.Popen[bytes], seconds: float) -> Answer:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        line = b""
        until = time.monotonic() + seconds
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                process.kill()
                raise EndedError(f"> {seconds:g} s") from TimeoutError()
            part = os.read(process.stdout.fileno(), 65_536)
            if not part:
                code = process.wait()
                raise EndedError(signal.Signals(-code).name if code < 0 else f"exit {code}")
            line += part
        answer: Answer = json.loads(line)
        return answer

    def _stop(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        # Nothing is lost: what a worker has finished is in its place.
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
