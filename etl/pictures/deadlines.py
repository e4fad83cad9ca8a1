"""Deadlines: connections that are cut when their time is up, whatever still comes in."""

import contextlib
import socket
from threading import Lock, Timer
from types import TracebackType


class Deadline:
    """Cuts the connections it watches after so many seconds.

    The timeout of a socket begins anew with every byte: a server that drips would hold a download for days.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._watched: list[socket.socket] = []
        self._lock = Lock()
        self._timer = Timer(seconds, self._pass)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection, too: at once where the time is up."""
        with self._lock:
            self._watched.append(connection)
            if self.passed:
                _cut(connection)

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def _pass(self) -> None:
        with self._lock:
            self.passed = True
            for connection in self._watched:
                _cut(connection)


def _cut(connection: socket.socket) -> None:
    # That of the plain socket: the one of TLS would pull its state away under the thread that reads.
    # What is closed already needs no cutting.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
