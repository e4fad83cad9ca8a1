"""Serving the application on a socket."""

import errno
import gc
import logging
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from endpoint.application import create_application
from endpoint.cages.cage import raise_descriptor_limit
from endpoint.cages.limits import Limits
from endpoint.connections import GuardedConnection, WithoutBroken
from endpoint.federation.services import Services
from endpoint.logs import write_logs


class AddressError(Exception):
    """The address cannot be listened on; carries the phrase of the command line's ``words.json`` that says why."""

    def __init__(self, word: str, host: str, port: int) -> None:
        super().__init__(f"{word}: {host} {port}")
        self.word = word
        self.values = {"host": host, "port": port}


_OF_HOSTS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL)
_REASONS = {
    **dict.fromkeys(_OF_HOSTS, "host_elsewhere"),
    errno.EADDRINUSE: "port_taken",
    errno.EACCES: "port_forbidden",
    errno.EPERM: "port_forbidden",
}


def serve(
    data: Path,
    host: str,
    port: int,
    limits: Limits,
    services: Services,
    *,
    announce: Callable[[str], object],
    log_queries: bool = False,
) -> None:
    """Serve the current release of ``data`` until the process is told to stop.

    Args:
        data: folder of the releases.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        limits: what queries may take.
        services: what queries may call.
        announce: told the address once connections are accepted.
        log_queries: whether every query is written down.

    Raises:
        NoReleaseError: if there is nothing to serve.
        AddressError: if the address cannot be had.
    """
    application = create_application(data, limits, services)
    raise_descriptor_limit()
    # What was made until now stays: it need not be looked through again and again.
    gc.collect()
    gc.freeze()
    listening = _listen(host, port)
    with listening:
        address, taken = listening.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        announce(f"http://{shown}:{taken}/")
        config = uvicorn.Config(
            application,
            http=type("Connection", (GuardedConnection,), {"find_kept": staticmethod(application.find_kept)}),
            loop="uvloop",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            # What runs is finished first.
            timeout_graceful_shutdown=round(limits.seconds) + 5,
        )
        write_logs(queries=log_queries)
        logging.getLogger("uvicorn.error").addFilter(WithoutBroken())
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise AddressError("host_unknown", host, port) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        # Connections queue from now on, so that what is announced is true.
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise AddressError(_REASONS.get(error.errno or 0, "port_refused"), host, port) from error
    return listening
