"""Who asks: what stands for a client while its work is metered. It is kept in memory only, and never written down."""

import ipaddress
from functools import lru_cache

from starlette.types import Scope

_HOME = 64
"""Bits of an IPv6 address that name a site: whoever has one has all addresses below it (RFC 6177)."""


def client_of(scope: Scope) -> str:
    """Return what stands for the client of a request: its IPv4 address, or the site of its IPv6 address."""
    peer = scope.get("client")
    return _site_of(peer[0]) if peer else ""


@lru_cache(maxsize=1_000)
def _site_of(peer: str) -> str:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer
    if address.version == 6:
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), _HOME), strict=False).network_address)
    return str(address)
