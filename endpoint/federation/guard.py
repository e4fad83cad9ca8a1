"""Connections to the public internet only, and to hosts that the operator trusts."""

import asyncio
import socket
from collections.abc import Iterable

import httpcore

from muscle_atlas.addresses import is_public


class RefusedHostError(Exception):
    """A host that is never connected to."""


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to a host after every one of its addresses was looked at, and to one of those that were looked at."""

    def __init__(self, trusted: frozenset[str]) -> None:
        """Let trusted hosts, named in small letters, have private addresses."""
        self._trusted = trusted
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect.

        Raises:
            RefusedHostError: if an address of the host is not public.
            OSError: if the host has none.
            httpcore.NetworkError: if none of them can be connected to.
        """
        name = host.strip("[]").rstrip(".").lower()
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if name not in self._trusted and not all(is_public(address) for address in addresses):
            raise RefusedHostError(name)
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no service is there."""
        del timeout, socket_options
        raise RefusedHostError(path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)
