"""Addresses of the internet: which of them anybody may reach."""

import ipaddress

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 behind NAT64 (RFC 6052)."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet, whichever way an IPv4 address is wrapped into it."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour
        if wrapped is None and found in _TRANSLATED:
            wrapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if wrapped is not None:
            found = wrapped
    return found.is_global and not found.is_multicast
