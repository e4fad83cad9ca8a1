"""Readers: processes that read words, so that a table of misspelled names holds nobody else's request up."""

import asyncio
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from endpoint.atlas import OpenRelease
from endpoint.problems import ProblemError
from endpoint.terms.known import KnownTerms, read_known_terms
from muscle_atlas.terms.slices import SliceError

WAITING = 32
"""Requests that wait for one reader."""
_GIVING_WAY = 5
"""Niceness of a reader: queries and pages go first."""

_LOOKING = 1.0
"""Seconds between two looks whether the server is still there."""

_Asked = ParamSpec("_Asked")
_Told = TypeVar("_Told")


class Reader:
    """One process that answers what is asked of the terms of a release, one question after another.

    It is started when it is first asked.
    """

    def __init__(self) -> None:
        """Begin without a process."""
        self._process: ProcessPoolExecutor | None = None
        self._waiting = 0

    async def ask(
        self,
        work: Callable[Concatenate[KnownTerms, _Asked], _Told],
        opened: OpenRelease,
        *asked: _Asked.args,
        **named: _Asked.kwargs,
    ) -> _Told:
        """Return what a function tells of the terms of a release.

        Args:
            work: a function of a module: the process finds it by its name.
            opened: the release.
            asked: what else it is given.
            named: the same by name.

        Raises:
            ProblemError: if it raises one, if the release keeps a slice that cannot be read, or if too many wait.
        """
        if self._waiting >= WAITING:
            problem = ProblemError.of(503, "terms-busy")
            problem.headers["Retry-After"] = "5"
            raise problem
        self._waiting += 1
        try:
            return await self._run(work, opened, *asked, **named)
        except SliceError as error:
            raise ProblemError.of(503, "terms-unreadable", reason=error) from error
        finally:
            self._waiting -= 1

    async def _run(
        self,
        work: Callable[Concatenate[KnownTerms, _Asked], _Told],
        opened: OpenRelease,
        *asked: _Asked.args,
        **named: _Asked.kwargs,
    ) -> _Told:
        folder = str(opened.release.folder)
        for last in (False, True):
            process = self._started()
            try:
                return await asyncio.wrap_future(process.submit(_read, work, folder, opened.mark, asked, named))
            except BrokenProcessPool:
                # Somebody ended it, the system perhaps for want of memory; another takes its place once.
                if self._process is process:
                    self._process = None
                if last:
                    raise
        raise AssertionError("the second attempt returns or raises")

    def _started(self) -> ProcessPoolExecutor:
        if self._process is None:
            # Not forked: threads and the event loop of the server are none of its own.
            context = multiprocessing.get_context("spawn")
            self._process = ProcessPoolExecutor(1, context, initializer=_begin, initargs=(os.getpid(),))
        return self._process

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.shutdown(wait=False, cancel_futures=True)
            for one in list((self._process._processes or {}).values()):
                one.kill()
            self._process = None


class Readers:
    """One reader for those who type, who wait for no table, and one for tables."""

    def __init__(self) -> None:
        """Begin without processes."""
        self.typing = Reader()
        self.tables = Reader()

    def close(self) -> None:
        """End both."""
        self.typing.close()
        self.tables.close()


def _begin(server: int) -> None:
    """Give way to others, and end with the server, even where that is killed."""
    os.nice(_GIVING_WAY)
    threading.Thread(target=_end_with, args=(server,), daemon=True).start()


def _end_with(server: int) -> None:
    while os.getppid() == server:
        time.sleep(_LOOKING)
    os._exit(0)


def _read(
    work: Callable[Concatenate[KnownTerms, _Asked], _Told],
    folder: str,
    mark: str,
    asked: tuple[object, ...],
    named: dict[str, object],
) -> _Told:
    """Do the work, within the process."""
    return work(_known(folder, mark), *asked, **named)  # type: ignore[arg-type]


@lru_cache(maxsize=2)
def _known(folder: str, mark: str) -> KnownTerms:
    del mark  # It tells a release from another in a folder of the same name.
    return read_known_terms(Path(folder))
