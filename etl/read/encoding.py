"""Finding the encoding of text: declared, shown by its bytes, or guessed and told."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from etl.read.cells import printable
from etl.read.columns import Columns
from etl.read.limits import Limits, written
from etl.read.source import Fault, UnreadableError, passed

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {
    "cp1252": "Windows-1252",
    "latin-1": "ISO 8859-1 (Latin-1)",
    "mac_roman": "Mac Roman",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""A character of several bytes in UTF-8, or what happens to look like one."""
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_BYTES = bytes(range(0x80, 0x100))
_WORD = re.compile(r"[^\s,;|\"]+")
_AROUND = 40
"""Bytes around a sign in which the word is looked for that it stands in."""
_CELL_ENDS = re.compile(r"[,;|\t\r\n\"]+")
_HEAD = 50_000
"""Bytes in which the headings are looked for."""
_SAMPLE = 4096
_SLICE = 1 << 20
_CHANCE = 20
"""So many bytes that are not UTF-8, for one sequence that seems to be, show that the text is in one byte a sign."""


@dataclass(frozen=True)
class Text:
    """The text of a file, decoded as it is read."""

    content: bytes
    encoding: str
    told: tuple[Fault, ...] = ()

    def lines(self, limits: Limits) -> Iterator[str]:
        r"""Yield the lines with their ends: ``\n``, ``\r`` or both.

        Raises:
            UnreadableError: if a line is too long.
        """
        text = io.TextIOWrapper(io.BytesIO(self.content), self.encoding, newline="")
        number = 0
        while line := text.readline(limits.line + 1):
            number += 1
            if len(line) > limits.line:
                raise passed("line-limit", written(limits.line), number)
            yield line


def decode(content: bytes, columns: Columns) -> Text:
    """Find the encoding of text.

    A byte order mark declares it; zero bytes show UTF-16; what is strict UTF-8 is UTF-8. Else it is one byte a sign:
    Windows-1252, Latin-1 where Windows-1252 has no such sign, Mac Roman where only that makes headings known. Text
    in which UTF-8 and other bytes are mixed is not guessed at.

    Raises:
        UnreadableError: if it is not what it declares or shows to be.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            # The mark is a character of UTF-8 like any other.
            _check(content, encoding.removesuffix("-sig"))
            return Text(content, encoding)
    if (wide := _wide(content)) and _first_error(content, wide) is None:
        return Text(content, wide, (_guessed(content, wide),))
    if _first_error(content, "utf-8") is None:
        return Text(content, "utf-8")
    if b"\0" in content or _is_mixed(content):
        _check(content, "utf-8")
    encoding = _narrow(content, columns)
    return Text(content, encoding, (_guessed(content, encoding),))


def _wide(content: bytes) -> str | None:
    """Return the kind of UTF-16 that zero bytes show: half of them all, in even or in odd places."""
    sample = content[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    enough = len(sample) // 4
    if odd > enough and even * 10 < odd:
        return "utf-16-le"
    return "utf-16-be" if even > enough and odd * 10 < even else None


def _narrow(content: bytes, columns: Columns) -> str:
    """Return the encoding of one byte a sign."""
    head = content[:_HEAD]
    undefined = any(byte in content for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
    western = "latin-1" if undefined else "cp1252"

    def known(encoding: str) -> int:
        return len({columns.find(cell) for cell in _CELL_ENDS.split(head.decode(encoding))} - {None})

    return "mac_roman" if known("mac_roman") > known(western) else western


def _is_mixed(content: bytes) -> bool:
    sequences = sum(1 for _ in _SEQUENCE.finditer(content))
    if not sequences:
        return False
    rest = _SEQUENCE.sub(b"", content)
    return len(rest) - len(rest.translate(None, _HIGH_BYTES)) < sequences * _CHANCE


def _guessed(content: bytes, encoding: str) -> Fault:
    """Tell the encoding, with the first word that shows whether it is right."""
    found = None if encoding.startswith("utf-16") else _HIGH.search(content)
    place = found.start() if found else 0
    row = max(content.count(b"\n", 0, place), content.count(b"\r", 0, place)) + 1
    before = content[max(0, place - _AROUND) : place].decode(encoding)
    behind = content[place : place + _AROUND].decode(encoding, "replace")
    start = len(re.split(r"[\s,;|\"]", before)[-1])
    word = _WORD.search(before[len(before) - start :] + behind)
    bindings = (("sample", printable(word[0] if word else "…", _AROUND)),)
    return Fault("file-encoding-guessed", _NAMES[encoding], row, bindings=bindings)


def _first_error(content: bytes, encoding: str) -> int | None:
    """Return the place of the first byte that is not in the encoding, decoding no more than a slice at a time."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(content), _SLICE):
        held = len(decoder.getstate()[0])
        piece = content[start : start + _SLICE]
        try:
            decoder.decode(piece, final=start + _SLICE >= len(content))
        except UnicodeDecodeError as error:
            return start - held + error.start
    return None


def _check(content: bytes, encoding: str) -> None:
    """Raise what is to be told of the first place that is not in the encoding."""
    place = _first_error(content, encoding)
    if place is None:
        return
    before = content[:place].decode(encoding, "replace")
    row = max(before.count("\n"), before.count("\r")) + 1
    line = re.split(r"[\r\n]", before[-200:])[-1]
    name = encoding.upper()
    code = " ".join(f"0x{byte:02X}" for byte in content[place : place + (1 if name == "UTF-8" else 2)])
    bindings = (("line", str(row)), ("before", printable(line[-20:])), ("encoding", name))
    raise UnreadableError(Fault("file-encoding", code, row, bindings=bindings))
