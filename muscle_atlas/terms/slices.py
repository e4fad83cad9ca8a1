"""Slices: what is kept of one release of a vocabulary, as one SQLite file."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from muscle_atlas.folding import fold

_SCHEMA = Path(__file__).with_name("slice.sql")
SUFFIX = ".sqlite"
FORMAT = 1
"""Version of ``slice.sql``; slices of another are not read, and made anew."""

Kind = Literal["gene", "disease", "muscle", "stain", "technique", "finding", "species", "class"]
Status = Literal["active", "withdrawn"]
Match = Literal["exact", "close", "broad", "narrow", "related", "orthologue"]
Tier = Literal["label", "synonym", "alias", "previous", "broad"]


class SliceError(Exception):
    """A file is no slice that can be read."""


class Term(NamedTuple):
    """A term of a vocabulary."""

    id: str
    kind: Kind
    label_en: str
    label_fr: str | None = None
    status: Status = "active"


class Name(NamedTuple):
    """A word that stands for a term."""

    text: str
    term: str
    tier: Tier
    language: Literal["en", "fr"] | None = None


class Parent(NamedTuple):
    """What a term is, or is part of."""

    term: str
    parent: str
    relation: Literal["is_a", "part_of"] = "is_a"


class Reference(NamedTuple):
    """A term of another vocabulary, or a gene of another species, that a term corresponds to."""

    term: str
    other: str
    match: Match = "exact"


class Successor(NamedTuple):
    """Where a withdrawn term leads."""

    term: str
    successor: str
    manner: Literal["merged", "moved", "referred", "replaced", "considered"]


class Association(NamedTuple):
    """A gene that a disease is associated with."""

    gene: str
    disease: str
    kind: str
    status: str


class File(NamedTuple):
    """A file that a slice was made of."""

    name: str
    part: str
    date: str
    bytes: int
    sha256: str


@dataclass
class Contents:
    """What a slice holds."""

    version: str
    """The version that the publisher gives the release."""
    date: str
    """Its date, ``YYYY-MM-DD`` or as much of it as is known."""
    terms: list[Term] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    parents: list[Parent] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    successors: list[Successor] = field(default_factory=list)
    associations: list[Association] = field(default_factory=list)


def write_slice(path: Path, release: dict[str, str], files: Iterable[File], contents: Contents) -> None:
    """Write a slice aside and put it in its place in one step, so that a broken one never replaces a good one.

    Args:
        path: where it is kept.
        release: what is told of the release besides version and date: name, title, licence, licence_url, source,
            homepage.
        files: what it was made of.
        contents: what it holds.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(aside)) as database, database:
            # Written aside and forced to disk as a whole: what a crash leaves is never read.
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(_SCHEMA.read_text(encoding="utf-8"))
            told = {**release, "version": contents.version, "date": contents.date}
            _insert(database, "release", sorted(told.items()))
            _insert(database, "file", sorted(files))
            _insert(database, "term", sorted(set(contents.terms)))
            names = sorted({(key, *name) for name in contents.names if (key := fold(name.text))}, key=_in_order)
            _insert(database, "name", ((number, *name) for number, name in enumerate(names, 1)))
            _insert(database, "parent", sorted(set(contents.parents)))
            _insert(database, "reference", sorted(set(contents.references)))
            _insert(database, "successor", sorted(set(contents.successors)))
            _insert(database, "association", sorted(set(contents.associations)))
            for index in ("typed", "alike"):
                database.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")  # noqa: S608 - our own names
            database.execute(f"PRAGMA user_version = {FORMAT}")
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)


def _in_order(row: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(cell or "" for cell in row)


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    places = ", ".join("?" * len(columns))
    database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - our own names


@dataclass(frozen=True)
class Slice:
    """A slice that is kept."""

    path: Path

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Open the file to read.

        Raises:
            SliceError: if it is no slice, or of another format.
        """
        try:
            with closing(self.connect()) as database:
                yield database
        except sqlite3.DatabaseError as error:
            raise SliceError(f"{self.path} cannot be read: {error}") from error

    def connect(self) -> sqlite3.Connection:
        """Return a connection that reads the file; who asks for it closes it.

        Raises:
            SliceError: if it is no slice, or of another format.
        """
        database: sqlite3.Connection | None = None
        try:
            # Whichever thread collects what another has left closes it.
            database = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            # What records mention stands in temporary tables, and is nothing for a disk.
            database.execute("PRAGMA temp_store = MEMORY")
            (version,) = database.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            if database is not None:
                database.close()
            raise SliceError(f"{self.path} cannot be read: {error}") from error
        if version != FORMAT:
            database.close()
            raise SliceError(f"{self.path} has format {version}, not {FORMAT}")
        return database

    @cached_property
    def release(self) -> dict[str, str]:
        """What is told of the release: name, title, version, date, licence, licence_url, source, homepage."""
        with self.open() as database:
            return dict(database.execute("SELECT property, value FROM release"))

    @cached_property
    def files(self) -> list[File]:
        """The files that it was made of."""
        with self.open() as database:
            return [File(*row) for row in database.execute("SELECT * FROM file ORDER BY name")]


def read_slices(folder: Path) -> list[Slice]:
    """Return the slices of a folder, by name; none where there is no such folder."""
    return [Slice(path) for path in sorted(folder.glob(f"[!.]*{SUFFIX}"))]
