"""The digits that name what has no identifier of its own."""

import hashlib


def text_key(text: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
