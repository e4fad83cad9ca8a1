"""Copying a part of XML with changes in places, as a stream: what is not changed comes out byte for byte."""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

_TAG = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
_HEAD = 400
"""Bytes within which a declaration ends."""
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""Signs that XML cannot hold, and what would be read as one of them (ECMA-376-1, 22.9.2.19)."""


def in_xml(text: str) -> str:
    """Return text as it stands between tags of a workbook; signs that XML cannot hold are written ``_x0001_``."""
    plain = _UNWRITABLE.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text)
    return escape(plain, {"\r": "&#13;"})


def tag(name: str, attributes: Mapping[str, str], close: str = "") -> str:
    """Return the start tag of an element, or with ``close="/"`` the whole of an empty one."""
    return f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in attributes.items())}{close}>"


class Splices:
    """A pass over a part; who subclasses it tells in ``start`` and ``end`` what is to be changed.

    Names come without prefix; ``self.prefix`` is that of the root, for elements to be added.
    """

    reads_text = False
    """Whether ``text`` is called."""

    def __init__(self) -> None:
        self.prefix = ""
        self.depth = 0
        """How many elements are open, the one that is told among them."""
        self.begin = 0
        """Where the tag that is told begins."""
        self.finish = 0
        """Where the element ends whose end is told."""
        self._buffer = bytearray()
        self._offset = 0
        """Where in the part the buffer begins."""
        self._done = 0
        """Up to where the part is written."""
        self._opened: tuple[int, str] | None = None
        """The start tag that was told last, if nothing was told since."""
        self._attributes: Mapping[str, str] | None = None
        self._added = ""
        self._held: int | None = None
        self._left_out: int | None = None
        self._target: IO[bytes] | None = None
        self._parser = expat.ParserCreate()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take its end."""

    def text(self, data: str) -> None:
        """Take a piece of text."""

    def copy(self, source: Iterable[bytes], target: IO[bytes] | None = None) -> None:
        """Read a part, and write it with its changes; without ``target`` it is only read.

        Raises:
            expat.ExpatError: if it is not well formed.
            ValueError: if it has a document type.
        """
        self._target = target
        parser = self._parser
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse
        if self.reads_text:
            parser.CharacterDataHandler = self.text
        for piece in _narrow(source):
            self._buffer += piece
            parser.Parse(piece)
            self._copy_to(self.begin if self._held is None else self._held)
            del self._buffer[: self._done - self._offset]
            self._offset = self._done
        parser.Parse(b"", True)
        self._copy_to(self._offset + len(self._buffer))

    def put_before(self, xml: str) -> None:
        """Called in ``start``: write something before the element."""
        self._copy_to(self.begin)
        self._write(xml)

    def retag(self, attributes: Mapping[str, str]) -> None:
        """Called in ``start``: give the element other attributes."""
        self._attributes = attributes

    def leave_out(self) -> None:
        """Called in ``start``: leave out the element."""
        self._copy_to(self.begin)
        self._left_out = self.depth

    def hold(self) -> None:
        """Called in ``start``: keep the element so that it can be replaced at its end."""
        self._copy_to(self.begin)
        self._held = self.begin

    def pass_over(self) -> None:
        """Called in ``start``: let nothing be told of what stands in the element; none of its name may."""
        self._parser.StartElementHandler = None
        self._parser.EndElementHandler = self._end_passed

    def append(self, xml: str) -> None:
        """Called in ``end``: let something be the last of the element."""
        self._added += xml

    def replace(self, xml: str | None) -> None:
        """Called in ``end``: write something in place of the element that was held, or, with None, itself."""
        if xml is not None:
            self._write(xml)
            self._done = self.finish
        self._held = None

    @property
    def started(self) -> int:
        """Where the element begins that is held."""
        return self.begin if self._held is None else self._held

    @property
    def inner(self) -> int:
        """Called in ``start``: where what stands in the element begins."""
        return self._offset + self._tag(self.begin).end()

    def raw(self, first: int, last: int) -> str:
        """Return what stands between two places of what is held.

        Raises:
            ValueError: if it is not UTF-8, as parts have to be.
        """
        return self._buffer[first - self._offset : last - self._offset].decode()

    def name(self, local: str) -> str:
        """Return the name of an element of the root's namespace as it is written here."""
        return f"{self.prefix}{local}"

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._settle()
        self.begin = self._parser.CurrentByteIndex
        self.depth += 1
        self._opened = (self.begin, name)
        if self._left_out is None:
            if self.depth == 1 and ":" in name:
                self.prefix = name[: name.index(":") + 1]
            self.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        index = self._parser.CurrentByteIndex
        # Of an element without content, both ends are told of the same tag.
        is_empty = self._opened is not None and self._buffer[index - self._offset - 2 : index - self._offset] == b"/>"
        is_empty = is_empty and self._offset + self._tag(self._opened[0]).end() == index  # type: ignore[index]
        if is_empty:
            self.finish = index
        else:
            self._settle()
            self.finish = self._offset + self._buffer.index(b">", index - self._offset) + 1
        self.begin = index
        if self._left_out is None:
            self.end(name.rpartition(":")[2])
            added, self._added = self._added, ""
            if is_empty:
                self._settle(added)
            elif added:
                self._copy_to(index)
                self._write(added)
        elif self._left_out == self.depth:
            self._done, self._left_out = self.finish, None
        self._opened = None
        self.depth -= 1

    def _end_passed(self, name: str) -> None:
        if self._opened is None or name != self._opened[1]:
            return
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._end(name)

    def _settle(self, added: str = "") -> None:
        """Write the start tag that was told last, if anything of it is to be changed."""
        opened, self._opened = self._opened, None
        attributes, self._attributes = self._attributes, None
        if opened is None or (attributes is None and not added):
            return
        index, name = opened
        found = self._tag(index)
        self._copy_to(index)
        close = found[1].decode()
        if attributes is not None:
            self._write(f"{tag(name, attributes, '' if added else close)}")
        else:
            self._copy_to(self._offset + found.end(0) - 1 - len(close))
            self._write(">")
        self._done = self._offset + found.end()
        if added:
            self._write(f"{added}</{name}>")

    def _tag(self, index: int) -> re.Match[bytes]:
        found = _TAG.match(self._buffer, index - self._offset)
        if found is None:
            raise ValueError(f"no tag at {index}")
        return found

    def _copy_to(self, index: int) -> None:
        if index > self._done:
            if self._target is not None and self._left_out is None:
                self._target.write(self._buffer[self._done - self._offset : index - self._offset])
            self._done = index

    def _write(self, xml: str) -> None:
        if self._target is not None:
            # Whatever the encoding of the part, this is right in it.
            self._target.write(xml.encode("ascii", "xmlcharrefreplace"))


def _refuse(*_: object) -> None:
    raise ValueError("DOCTYPE")


def _narrow(source: Iterable[bytes]) -> Iterator[bytes]:
    """Give UTF-16, which parts may be written in, as UTF-8 without its declaration."""
    pieces = iter(source)
    first = b""
    while len(first) < _HEAD and (piece := next(pieces, b"")):
        first += piece
    if not first.startswith(_WIDE):
        yield first
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder("utf-16")()
    yield _DECLARATION.sub("", decoder.decode(first)).encode()
    for piece in pieces:
        yield decoder.decode(piece).encode()
