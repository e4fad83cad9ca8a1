"""The package of a workbook, read part by part and written again: what is not changed is copied."""

import posixpath
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Self, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from etl.read.workbook.package import relations, target
from etl.reports.workbook.splices import Splices

CONTENT_TYPES = "[Content_Types].xml"
_SLICE = 1 << 16
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of parts that are added: the same workbook gives the same bytes."""

Pass = TypeVar("Pass", bound=Splices)


@dataclass(frozen=True)
class Relation:
    """What a part says of another."""

    id: str
    type: str
    """IRI of its kind."""
    target: str
    """The other part; its address where it is no part."""

    @property
    def kind(self) -> str:
        """The last word of its type, which both editions of the standard share."""
        return self.type.rpartition("/")[2]


class Archive:
    """A package that is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file)
        self.entries = self._zip.infolist()
        # Names of parts are compared without regard to case (ECMA-376-2, 6.2.2.3).
        self._named = {entry.filename.lower(): entry for entry in self.entries}

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._named

    def chunks(self, part: str) -> Iterator[bytes]:
        """Give the content of a part piece by piece."""
        with self._zip.open(self._named[part.lower()]) as stream:
            while piece := stream.read(_SLICE):
                yield piece

    def read(self, part: str) -> bytes:
        """Return the content of a part."""
        return b"".join(self.chunks(part))

    def entry(self, part: str) -> ZipInfo:
        """Return what the directory says of a part; of one that is not there, what it is to say."""
        if part in self:
            return self._named[part.lower()]
        new = ZipInfo(part, _EPOCH)
        new.compress_type = ZIP_DEFLATED
        return new

    def run(self, splices: Pass, part: str) -> Pass:
        """Pass over a part without writing it, and return what did."""
        if part in self:
            splices.copy(self.chunks(part))
        return splices

    def related(self, part: str) -> list[Relation]:
        """Return the relations of a part to others of the package."""
        return self.run(_Relations(part), relations(part)).found

    def unused(self, pattern: str, taken: Iterable[str] = ()) -> str:
        """Return the first name of a part that is free; ``pattern`` has a place for a number."""
        known = {name.lower() for name in taken}
        name, number = pattern.format(""), 0
        while name in self or name.lower() in known:
            number += 1
            name = pattern.format(number)
        return name


class Copy:
    """A package that is written: parts of another, some changed, some added."""

    def __init__(self, source: Archive, file: IO[bytes]) -> None:
        self._source = source
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)
        self._written: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def splice(self, part: str, splices: Pass) -> Pass:
        """Write a part with its changes, and return what made them."""
        with self.opened(part) as stream:
            splices.copy(self._source.chunks(part), stream)
        return splices

    @contextmanager
    def opened(self, part: str) -> Iterator[IO[bytes]]:
        """Give a stream to write a part to."""
        entry = self._source.entry(part)
        new = ZipInfo(entry.filename, entry.date_time)
        new.compress_type, new.external_attr, new.file_size = entry.compress_type, entry.external_attr, entry.file_size
        self._written.add(part.lower())
        with self._zip.open(new, "w") as stream:
            yield stream

    def leave_out(self, part: str) -> None:
        """Let a part be none of the copy's."""
        self._written.add(part.lower())

    def copy_rest(self) -> None:
        """Copy all parts that are not written yet."""
        for entry in self._source.entries:
            if entry.filename.lower() not in self._written:
                with self.opened(entry.filename) as stream:
                    for piece in self._source.chunks(entry.filename):
                        stream.write(piece)


class _Relations(Splices):
    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part
        self.found: list[Relation] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "Relationship":
            external = attributes.get("TargetMode") == "External"
            address = attributes["Target"]
            self.found.append(
                Relation(attributes["Id"], attributes["Type"], address if external else target(self._part, address))
            )


def relative(part: str, other: str) -> str:
    """Return how a part names another."""
    return posixpath.relpath(other, posixpath.dirname(part) or ".")
