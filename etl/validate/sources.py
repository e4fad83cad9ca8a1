"""RDF as it is given: its form, how it is packed, and where it goes wrong. Nothing is fetched."""

import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import PurePath
from typing import IO, Any

import polars as pl
import pyoxigraph as ox
import zstandard

from etl.read.given import Given, Sent

CHUNK = 200_000
"""Triples that are rdflib's or Python's objects at a time: bounds memory."""
WHOLE = 256 * 2**20
"""Bytes of JSON-LD at most, which has to be looked at as a whole before it is read."""
DEEPEST = 256
"""Levels of JSON-LD at most: the parser takes a thousandfold time for a thousand, and dies of some thousands."""
LONGEST_ENTITY = 2_000
"""Signs that an entity of XML may stand for: it is for namespaces."""

_BUFFER = 2**20
_PACKED = 2**14
"""Bytes unpacked at a time: a few may hold very many."""
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".zst": lambda file: io.BufferedReader(_Unpacked(file))}
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)
_LOCATED = 16 * 2**20
"""Bytes of a file whose faults are looked for by reading it again."""
_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*\[(.*?)\]\s*>", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?\S+\s+(?:\"([^\"]*)\"|'([^']*)'|(\S+))")
_PROLOGUE = 2**20
_REMOTE = re.compile(r'"@context"\s*:\s*(?:\[[^\]]*?)?"([^"]+)"')
_FORMS_OF = (
    (re.compile(rb"\s*<\?xml|\s*<rdf:RDF|\s*<!DOCTYPE"), "RDF/XML (.rdf)"),
    (re.compile(rb"\s*[\[{]\s*[\"{\]}]"), "JSON-LD (.jsonld)"),
    (re.compile(rb"(?:\s|#[^\n]*\n)*(?:@prefix|@base|PREFIX\s|BASE\s)", re.IGNORECASE), "Turtle (.ttl)"),
    (re.compile(rb"\s*<[^>\s]+>\s+<[^>\s]+>\s"), "N-Triples (.nt)"),
)


class SourceError(Exception):
    """RDF that cannot be read: the name of the rule, the line where it is known, and what is told."""

    def __init__(self, rule: str, value: str, row: int | None = None) -> None:
        super().__init__(value)
        self.rule, self.value, self.row = rule, value, row


def read_source(given: Given, *, relative: bool = False) -> Iterator[pl.DataFrame]:
    """Give the triples of a file in parts, columns ``s``, ``p`` and ``o`` of N-Triples text.

    The suffix tells the form, ``.gz`` or ``.zst`` behind it how it is packed. Blank nodes are named anew, or those of
    two files with one label would be one node.

    Args:
        given: the file.
        relative: whether IRIs may be relative, and begin as the address of the file does.

    Raises:
        SourceError: if it is no good RDF; what was read before is given.
        OSError: if it cannot be read at all.
    """
    name = PurePath(given.name)
    opener = _OPENERS.get(name.suffix.lower())
    suffix = PurePath(name.stem).suffix.lower() if opener else name.suffix.lower()
    with _opened(given) as file:
        form = ox.RdfFormat.from_extension(suffix.removeprefix("."))
        if form is None:
            known = "use .ttl, .trig, .nt, .nq, .rdf or .jsonld, as it is or packed as .gz or .zst"
            raise SourceError("graph-unreadable", f"{suffix or 'no suffix'}: {_likely(file)}{known}")
        try:
            unpacked: IO[bytes] = opener(file) if opener else file
            base = given.absolute().as_uri() if relative and not isinstance(given, Sent) else None
            yield from _parse(_looked_at(unpacked, form), form, base)
        except _DAMAGED as error:
            raise SourceError("graph-unreadable", f"{name.suffix}: {error}") from error


@contextmanager
def _opened(given: Given) -> Iterator[IO[bytes]]:
    if isinstance(given, Sent):
        yield io.BytesIO(given.content)
    else:
        with given.open("rb") as file:
            yield file


def _looked_at(file: IO[bytes], form: ox.RdfFormat) -> IO[bytes]:
    """Return a file that the parser can be trusted with, from its beginning.

    Raises:
        SourceError: if it would take endless memory or time.
    """
    if form == ox.RdfFormat.JSON_LD:
        content = file.read(WHOLE + 1)
        _refuse_deep(content)
        return io.BytesIO(content)
    if form == ox.RdfFormat.RDF_XML:
        head = file.read(_PROLOGUE)
        _refuse_bombs(head)
        return io.BufferedReader(_Rejoined(head, file))
    return file


class _Unpacked(io.RawIOBase):
    """What is packed by Zstandard; unlike the reader of ``zstandard`` it does not take a part for the whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._frame, self._ready = file, zstandard.ZstdDecompressor().decompressobj(), b""
        self._begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer that is given
        while not self._ready and (packed := self._file.read(_PACKED)):
            while packed:
                self._ready += self._frame.decompress(packed)
                packed, self._begun = self._frame.unused_data, True
                if self._frame.eof:
                    self._frame, self._begun = zstandard.ZstdDecompressor().decompressobj(), bool(packed)
        if not self._ready and self._begun:
            raise EOFError("it ends in the middle")
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


class _Rejoined(io.RawIOBase):
    """A beginning that was read already, and the rest."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = io.BytesIO(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer that is given
        part = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def _parse(file: IO[bytes], form: ox.RdfFormat, base: str | None) -> Iterator[pl.DataFrame]:
    kept = _Kept(file)
    try:
        parser = ox.parse(io.BufferedReader(kept, _BUFFER), format=form, base_iri=base, rename_blank_nodes=True)
        while triples := list(islice(parser, CHUNK)):
            if term := next((triple for triple in triples if isinstance(triple.object, ox.Triple)), None):
                raise SourceError("graph-triple-term", f"{term.subject} {term.predicate} <<( {term.object} )>>")
            yield pl.DataFrame(
                {
                    "s": [str(triple.subject) for triple in triples],
                    "p": [str(triple.predicate) for triple in triples],
                    "o": [str(triple.object) for triple in triples],
                }
            )
    except SyntaxError as error:
        raise _told(error, kept, form) from error
    except MemoryError as error:
        # Oxigraph raises it, with words, for a term that is longer than its buffer.
        if not str(error):
            raise
        raise SourceError("graph-unreadable", f"a term or line is too long: {error}") from error
    except ValueError as error:
        raise SourceError("graph-unreadable", str(error)) from error


class _Kept(io.RawIOBase):
    """A file whose first bytes are kept, to find a place in them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._kept, self._size = file, bytearray(), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer that is given
        part = self._file.read(len(buffer))
        buffer[: len(part)] = part
        if self._size <= _LOCATED:
            self._kept += part
        self._size += len(part)
        return len(part)

    def content(self) -> bytes | None:
        """Return all bytes of the file; None where they are too many."""
        self._kept += self._file.read(max(0, _LOCATED + 1 - len(self._kept)))
        return bytes(self._kept) if len(self._kept) <= _LOCATED else None


def _told(error: SyntaxError, kept: _Kept, form: ox.RdfFormat) -> SourceError:
    """Return what is told of an error of syntax, with line and column."""
    content, message, row = kept.content(), str(error.msg), error.lineno
    if content is not None and row is None and (place := _found(content, message, form)):
        row, column = place
        message = f"line {row} column {column}: {message}"
    if "remote context" in message and content is not None:
        text = content.decode("utf-8", "replace")
        if named := next((match for match in _REMOTE.finditer(text) if "://" in match[1]), None):
            start = named.start(1)
            row = text.count("\n", 0, start) + 1
            column = start - text.rfind("\n", 0, start)
            return SourceError("graph-context-remote", f"{named[1]} (line {row} column {column})", row)
    if content is not None and (likely := _likely(io.BytesIO(content), form)):
        message = f"{message} · {likely}"
    return SourceError("graph-unreadable", message, row)


def _found(content: bytes, message: str, form: ox.RdfFormat) -> tuple[int, int] | None:
    """Return line and column of an error that tells neither: the end of the shortest beginning that has it."""

    def fails(size: int) -> bool:
        try:
            for _ in ox.parse(content[:size], format=form):
                pass
        except SyntaxError as error:
            return str(error.msg) == message
        return False

    low, high = 0, len(content)
    if not fails(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fails(middle) else (middle, high)
    if high >= len(content.rstrip()):
        # It comes up when all is read, which is no place.
        return None
    before = content[:high].decode("utf-8", "replace")
    return before.count("\n") + 1, len(before) - before.rfind("\n") - 1


def _likely(file: IO[bytes], but: ox.RdfFormat | None = None) -> str:
    """Return, as a beginning of a sentence, what a file looks like; nothing where it is what it is called."""
    head = file.read(4_096)
    looks = next((name for pattern, name in _FORMS_OF if pattern.match(head)), None)
    if looks is None or (but is not None and (but.name in looks or but.file_extension in ("trig", "nq"))):
        return ""
    return f"it looks like {looks}; "


def _refuse_deep(content: bytes) -> None:
    if len(content) > WHOLE:
        raise SourceError("graph-unreadable", f"JSON-LD of more than {WHOLE // 2**20} MiB; write N-Quads (.nq)")
    depth = 0
    for sign in _NESTING.finditer(content):
        if sign[0] in b"[{":
            depth += 1
            if depth > DEEPEST:
                row = content.count(b"\n", 0, sign.start()) + 1
                column = sign.start() - content.rfind(b"\n", 0, sign.start())
                raise SourceError(
                    "graph-unreadable", f"line {row} column {column}: nested more than {DEEPEST} levels deep", row
                )
        elif sign[0] in b"]}":
            depth -= 1


def _refuse_bombs(head: bytes) -> None:
    """Refuse entities that could make a few bytes endless, and those that are read from elsewhere."""
    declared = _DOCTYPE.search(head)
    if declared is None:
        if b"<!ENTITY" in head:
            raise SourceError("graph-entity", "<!ENTITY")
        return
    for entity in _ENTITY.finditer(declared[1]):
        value = entity[1] if entity[1] is not None else entity[2]
        if value is None or b"&" in value or len(value) > LONGEST_ENTITY:
            start = declared.start(1) + entity.start()
            row = head.count(b"\n", 0, start) + 1
            raise SourceError("graph-entity", entity[0].decode("utf-8", "replace")[:80], row)
