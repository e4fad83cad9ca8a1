"""Pseudonyms: keyed opaque ids in the place of those that a laboratory gives."""

import hmac
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

SHORTEST = 32
"""Bytes of a key: as many as the hash gives, fewer are discouraged (RFC 2104, section 3)."""
LONGEST = 4096
"""Bytes beyond which a file is no key."""
_DIFFERENT = 8
"""Different bytes of a key made by chance: one of 64 hexadecimal digits has fewer once in a million million."""
DIGITS = 32
"""Hexadecimal digits of a pseudonym: 128 bits, half of the hash, the least that RFC 2104 (section 5) allows."""


class KeyFileError(Exception):
    """A file that no pseudonyms can be made with; carries the phrase of ``words.json`` that says why."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(f"{word}: {values}")
        self.word = word
        self.values = values


@dataclass(frozen=True)
class Pseudonyms:
    """What makes pseudonyms: HMAC-SHA-256 (RFC 2104) under a key that nothing shows."""

    _key: bytes = field(repr=False)

    def of(self, kind: str, identifier: str) -> str:
        """Return the pseudonym of an id: 32 hexadecimal digits, the same for the same key, kind and id.

        Args:
            kind: ``image``, ``specimen`` or ``individual``, so that equal ids of two kinds are not seen to be equal.
            identifier: the id as it was given.
        """
        return hmac.digest(self._key, f"{kind}/{identifier}".encode(), "sha256").hex()[:DIGITS]


def read_key(path: Path, data: Path | None = None) -> Pseudonyms:
    """Read a key file: its bytes, without the line break at the end of a text.

    Args:
        path: the file, readable by nobody else.
        data: the folder of the releases, in which no key may lie.

    Raises:
        KeyFileError: if it is missing, unreadable, open to others, among the releases, too short, or no key.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(LONGEST + 1)
    except FileNotFoundError as error:
        raise KeyFileError("key_missing", key=path) from error
    except (OSError, ValueError) as error:
        raise KeyFileError("key_unreadable", key=path, reason=getattr(error, "strerror", None) or error) from error
    if mode & stat.S_IRWXO:
        raise KeyFileError("key_open", key=path, mode=f"{stat.S_IMODE(mode):04o}")
    if data is not None and path.resolve().is_relative_to(data.resolve()):
        raise KeyFileError("key_among_releases", key=path, data=data)
    key = content.rstrip(b"\r\n") if content.isascii() else content
    if len(content) > LONGEST:
        raise KeyFileError("key_long", key=path, longest=LONGEST)
    if len(key) < SHORTEST:
        raise KeyFileError("key_short", key=path, bytes=len(key), shortest=SHORTEST)
    if len(set(key)) < _DIFFERENT:
        raise KeyFileError("key_plain", key=path)
    return Pseudonyms(key)
