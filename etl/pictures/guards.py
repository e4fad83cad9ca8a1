"""Guards: connections to the public internet only, whatever a spreadsheet or a redirect points to."""

import socket
from collections.abc import Callable
from typing import Any, ClassVar

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from muscle_atlas.addresses import is_public

Watch = Callable[[socket.socket], None]
"""Told of each connection that a download uses."""


class RefusedAddressError(Exception):
    """An address that is never fetched; the message says why."""


class _Guarded(HTTPConnection):
    """A connection to a public address only, unless its host is trusted."""

    trusted: ClassVar[frozenset[str]] = frozenset()
    watch: ClassVar[Watch]

    def connect(self) -> None:
        super().connect()
        self._be_watched()

    def request(self, *arguments: Any, **options: Any) -> None:
        # A connection that was kept from an earlier download.
        self._be_watched()
        super().request(*arguments, **options)

    def _be_watched(self) -> None:
        if isinstance(self.sock, socket.socket):
            type(self).watch(self.sock)

    def _new_conn(self) -> socket.socket:
        host = self.host.strip("[]").rstrip(".").lower()
        if host in self.trusted:
            return super()._new_conn()
        for address in _addresses(host, self.port):
            _check_public(host, address)
        connected = super()._new_conn()
        try:
            # The name may have been given another address since it was looked up.
            _check_public(host, str(connected.getpeername()[0]))
        except RefusedAddressError:
            connected.close()
            raise
        return connected


class _GuardedSecurely(_Guarded, HTTPSConnection):
    """The same, encrypted."""


class GuardedAdapter(HTTPAdapter):
    """Lets a session reach public addresses and trusted hosts only, and tells of the connections it uses."""

    def __init__(self, trusted: frozenset[str], watch: Watch) -> None:
        self._trusted = trusted
        self._watch = watch
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make pools of guarded connections."""
        super().init_poolmanager(*arguments, **options)
        own = {"trusted": self._trusted, "watch": staticmethod(self._watch)}
        plain = type("Plain", (_Guarded,), own)
        secure = type("Secure", (_GuardedSecurely,), own)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }


def _addresses(host: str, port: int) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError:
        # Connecting will tell.
        return set()


def _check_public(host: str, address: str) -> None:
    if not is_public(address):
        raise RefusedAddressError(address if host == address else f"{host} → {address}")
