"""Locks: a folder that one process at a time writes to."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BusyError(Exception):
    """Another process is writing to the same folder; the message says so."""


@contextmanager
def locked(folder: Path, writer: str) -> Iterator[None]:
    """Keep a folder to ourselves; the system releases the lock even of a killed process.

    Args:
        folder: is made where there is none.
        writer: what else may be writing to it, for the message: ``build``.

    Raises:
        BusyError: if another process holds it.
        OSError: if the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"Another {writer} is writing to {folder}. Wait until it has ended.") from error
        yield
