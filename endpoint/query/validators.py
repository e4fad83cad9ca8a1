"""What a streamed answer is known by: the question and the release, since its bytes are not known when it begins.

The tag is weak (RFC 9110, 8.8.1): the same question to the same release has the same answer, but nobody has compared
the bytes, and where a query does not say in which order its rows come, they may come in another. It is made of all that
a cage is told, so that nothing which decides the answer can be left out.
"""

import hashlib

import pyoxigraph as ox

from endpoint.atlas import OpenRelease
from muscle_atlas import __version__

_MADE_BY = f"{__version__} {ox.__version__}".encode()
"""Another version may write the same answer in another way."""


def weak_tag(order: bytes, opened: OpenRelease) -> bytes:
    """Return the tag of the answer to what a cage is told (``Order.pack``), made from a release."""
    digest = hashlib.blake2b(digest_size=12)
    for part in (_MADE_BY, opened.mark.encode(), order):
        digest.update(len(part).to_bytes(8, "big") + part)
    return b'W/"' + digest.hexdigest().encode() + b'"'


def is_held(tag: bytes, if_none_match: str | None) -> bool:
    """Tell whether a client names this tag (If-None-Match compares weakly, RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    opaque = tag.removeprefix(b"W/").decode()
    return any(given.strip().removeprefix("W/") == opaque for given in if_none_match.split(","))
