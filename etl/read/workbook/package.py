"""The package that a workbook is: a ZIP archive of XML parts, unpacked within limits."""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol
from xml.parsers import expat

from etl.read.causes import DAMAGES, of_damage
from etl.read.limits import Limits, megabytes, written
from etl.read.source import Fault, UnreadableError, passed

_ENTRY = b"PK\x01\x02"
_XML = (".xml", ".rels")
_SMALL = 1_000_000
"""Bytes up to which a part may unpack however much smaller it was: templates of blanks do."""
_SLICE = 1 << 16


class Handler(Protocol):
    """Takes what a part says, element by element; names in the main namespace come without prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take its end."""

    def text(self, data: str) -> None:
        """Take a piece of text."""


@contextmanager
def damage_told(part: str) -> Iterator[None]:
    """Turn what goes wrong with a damaged part into what is to be told of it."""
    try:
        yield
    except DAMAGES as error:
        raise UnreadableError(Fault("file-damaged", part, cause=of_damage(error))) from error
    except RuntimeError as error:
        # zipfile's word for an entry with a password.
        raise UnreadableError(Fault("workbook-encrypted")) from error


class Package:
    """An open package."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        """Open the archive.

        Raises:
            UnreadableError: if it is damaged, or claims to be larger than limits allow.
        """
        self._limits = limits
        self._unpacked = 0
        if content.count(_ENTRY) > limits.parts:
            raise passed("workbook-parts-limit", written(limits.parts))
        with damage_told("ZIP"):
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        # Names of parts are compared without regard to case (ECMA-376-2, 6.2.2.3).
        self.parts = {entry.filename.lower(): entry for entry in self._archive.infolist()}
        if len(self.parts) < len(self._archive.infolist()) or any(map(_leads_out, self.parts)):
            raise UnreadableError(Fault("file-damaged", "ZIP", cause="name"))
        read = [entry for entry in self.parts.values() if entry.filename.lower().endswith(_XML)]
        if sum(entry.file_size for entry in read) > limits.unpacked:
            raise passed("file-unpacked-limit", megabytes(limits.unpacked))
        for entry in read:
            if entry.file_size > max(_SMALL, limits.ratio * entry.compress_size):
                raise passed("workbook-ratio-limit", written(limits.ratio))

    def __contains__(self, part: str) -> bool:
        return part.lower() in self.parts

    def parse(self, part: str, handler: Handler) -> Iterator[None]:
        """Give a part to a handler, slice by slice, and yield after each.

        Raises:
            UnreadableError: if the part is damaged, has a DTD, or all that was unpacked is too much.
        """
        parser = _parser(handler)
        with damage_told(part), self._archive.open(self.parts[part.lower()]) as stream:
            # zipfile gives no more than the directory says, and an error where the part holds more.
            while piece := stream.read(_SLICE):
                self._unpacked += len(piece)
                if self._unpacked > self._limits.unpacked:
                    raise passed("file-unpacked-limit", megabytes(self._limits.unpacked))
                parser.Parse(piece)
                yield
            parser.Parse(b"", True)
            yield


def _leads_out(part: str) -> bool:
    """Tell whether a program that unpacks the archive would write this part elsewhere than below it."""
    return part.startswith("/") or "\\" in part or ":" in part.partition("/")[0] or ".." in part.split("/")


def target(part: str, relative: str) -> str:
    """Return the part that a part names by a path of its own."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), relative)).lstrip("/")


def relations(part: str) -> str:
    """Return the part that lists the relations of a part."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _parser(handler: Handler) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.CharacterDataHandler = handler.text

    def start(name: str, attributes: dict[str, str]) -> None:
        handler.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        handler.end(name.rpartition(":")[2])

    def start_first(name: str, attributes: dict[str, str]) -> None:
        # Nearly every program leaves out the prefix of the main namespace: elements then need not pass through here.
        prefixed = ":" in name
        parser.StartElementHandler = start if prefixed else handler.start
        parser.EndElementHandler = end if prefixed else handler.end
        start(name, attributes)

    def refuse(*_: object) -> None:
        raise ValueError("DOCTYPE")

    parser.StartElementHandler = start_first
    # No workbook has a document type; entities that unpack without end need one.
    parser.StartDoctypeDeclHandler = refuse
    return parser
