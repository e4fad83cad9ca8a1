"""The shelf: slices that are installed, looked up by name and identifier; nothing of them is loaded."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from muscle_atlas.tables import JOINER
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.slices import Reference, Slice, SliceError, Successor, Term, read_slices
from muscle_atlas.terms.words.likeness import near_names
from muscle_atlas.terms.words.matches import Entry
from muscle_atlas.terms.words.typed import READ, Name, Typed, spaced

_TERM = "SELECT id, kind, label_en, label_fr, status FROM term"
_NAMES = "SELECT name.term, name.tier, name.text, term.status FROM name JOIN term ON term.id = name.term"
_CALLED = "SELECT term FROM name WHERE key = ?"
_OF_KIND = "(term.kind = ? OR term.status = 'withdrawn') AND term.id >= ? AND term.id < ?"
"""Withdrawn terms are of no kind any more: they have lost what stood above them."""
_LAST = "\U0010ffff"
"""Sorts behind whatever text there is."""
GIVEN = 100
"""Names that are given of those that begin as somebody types, the shortest."""
_SHORTEST = f"SELECT number FROM ({{}} LIMIT {READ}) ORDER BY length(key), key LIMIT {GIVEN}"  # noqa: S608 - our own
_BEGINNING = _SHORTEST.format("SELECT number, key FROM name WHERE key >= ? AND key < ?")
_HOLDING = _SHORTEST.format("SELECT rowid AS number, key FROM typed WHERE typed MATCH ?")
_MAPPED = 2**30
"""Bytes of a slice that are mapped into memory; the largest has 56 MB."""
_ABOVE = """
WITH RECURSIVE above (id) AS (
  SELECT parent FROM parent WHERE term = ? UNION SELECT parent.parent FROM parent JOIN above ON parent.term = above.id
) SELECT id FROM above"""


class _Connection:
    """A connection to a slice, closed when the thread that opened it ends."""

    def __init__(self, slice_: Slice) -> None:
        self.database = slice_.connect()
        self.database.execute("CREATE VIRTUAL TABLE temp.trigram USING fts5vocab (main, alike, row)")
        # Pages of the file are shared by all that read it, rather than copied by each.
        self.database.execute(f"PRAGMA mmap_size = {_MAPPED}")
        self.process = os.getpid()

    def __del__(self) -> None:
        # A connection must not be used by a process that was forked from the one that opened it, not even closed.
        if getattr(self, "process", None) == os.getpid():
            self.database.close()


class _Connections(threading.local):
    """One connection to a slice a thread, and a process."""

    kept: _Connection | None = None
    inherited: _Connection | None = None
    """What a process has from the one that it was forked from, and leaves alone."""


class Shelf:
    """The slices of a folder, by the vocabularies that they hold, and the tables of words beside them."""

    def __init__(self, slices: Iterable[Slice] = (), mappings: Mappings | None = None) -> None:
        """Take slices, and tables of words: ours where no others are given.

        Raises:
            SliceError: if one of them cannot be read.
        """
        self.slices = {name: one for one in slices for name in one.release["name"].split(JOINER)}
        self.mappings = mappings or Mappings()
        self._connections = {one.path: _Connections() for one in self.slices.values()}

    @classmethod
    def of_folder(cls, folder: Path | None, mappings: Mappings | None = None) -> "Shelf":
        """Take the slices of a folder; none where there is no such folder.

        Raises:
            SliceError: if one of them cannot be read.
        """
        return cls(read_slices(folder) if folder else (), mappings)

    @property
    def releases(self) -> dict[str, str]:
        """The versions of the vocabularies."""
        return {name: one.release["version"] for name, one in self.slices.items()}

    def __contains__(self, vocabulary: object) -> bool:
        return vocabulary in self.slices

    def vocabulary(self, name: str | None, kind: str, prefix: str) -> "Shelved | None":
        """Return the terms of a kind of an installed vocabulary, None where it is not installed."""
        return Shelved(self, self.slices[name], kind, prefix) if name in self.slices else None

    def ask(self, slice_: Slice, query: str, values: Sequence[object]) -> list[tuple[str, ...]]:
        """Ask a slice.

        Raises:
            SliceError: if the file cannot be read.
        """
        try:
            return self._connection(slice_).execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise SliceError(f"{slice_.path} cannot be read: {error}") from error

    def _connection(self, slice_: Slice) -> sqlite3.Connection:
        of_thread = self._connections[slice_.path]
        if of_thread.kept is None or of_thread.kept.process != os.getpid():
            of_thread.inherited = of_thread.kept
            of_thread.kept = _Connection(slice_)
        return of_thread.kept.database


class Shelved:
    """The terms of one kind of an installed vocabulary."""

    def __init__(self, shelf: Shelf, slice_: Slice, kind: str, prefix: str) -> None:
        """Take the slice, and of which kind and prefix its terms must be."""
        self.source = " ".join((slice_.release["title"], slice_.release["version"]))
        self._shelf = shelf
        self._slice = slice_
        # The sign that follows the colon ends the range of the prefix.
        self._kind = (kind, *((f"{prefix}:", f"{prefix};") if prefix else ("", _LAST)))

    def named(self, key: str) -> list[Entry]:
        """Return what a name, folded, stands for, among it withdrawn terms."""
        return self._entries(f"{_NAMES} WHERE name.key = ? AND {_OF_KIND}", key)

    def of_no_kind(self, key: str, identifier: str) -> Term | None:
        """Return the one term of no kind that goes by a name, folded, or an identifier; None where there is not one."""
        query = f"{_TERM} WHERE kind = 'class' AND status = 'active' AND (id = ? OR id IN ({_CALLED}))"
        rows = self._ask(query, identifier, key)
        return Term(*rows[0]) if len(rows) == 1 else None  # type: ignore[arg-type]

    def term(self, identifier: str) -> Term | None:
        """Return a term of the kind, or a withdrawn one, by its CURIE."""
        rows = self._ask(f"{_TERM} WHERE term.id = ? AND {_OF_KIND}", identifier, *self._kind)
        return Term(*rows[0]) if rows else None  # type: ignore[arg-type]

    def successors(self, identifier: str) -> list[Successor]:
        """Return where a withdrawn term leads, in one step."""
        rows = self._ask("SELECT term, successor, manner FROM successor WHERE term = ?", identifier)
        return [Successor(*row) for row in rows]  # type: ignore[arg-type]

    def references(self, identifier: str) -> list[Reference]:
        """Return what a term corresponds to in other vocabularies."""
        rows = self._ask("SELECT term, other, match FROM reference WHERE term = ?", identifier)
        return [Reference(*row) for row in rows]  # type: ignore[arg-type]

    def referring(self, other: str) -> list[Reference]:
        """Return the terms that correspond to one of another vocabulary."""
        query = "SELECT reference.term, other, match FROM reference JOIN term ON term.id = reference.term"
        rows = self._ask(f"{query} WHERE other = ? AND {_OF_KIND} ORDER BY 1", other, *self._kind)
        return [Reference(*row) for row in rows]  # type: ignore[arg-type]

    def beginning(self, start: str) -> set[str]:
        """Return the terms (CURIEs) with a name that begins so, folded."""
        query = f"{_NAMES} WHERE name.key >= ? AND name.key < ? AND {_OF_KIND} AND term.status = 'active'"
        return {str(row[0]) for row in self._ask(query, start, f"{start}{_LAST}", *self._kind)}

    def names_of(self, identifier: str) -> list[Name]:
        """Return every name of a term."""
        query = "SELECT key, term, tier, text FROM name WHERE term = ?"
        return [
            Name(key, Entry(term, tier, text, self.source))  # type: ignore[arg-type]
            for key, term, tier, text in self._ask(query, identifier)
        ]

    def typed(self, typed: Typed) -> list[Name]:
        """Return names that begin with what somebody types, among them those of withdrawn terms."""
        return self._shortest(_BEGINNING, *typed.range())

    def holding(self, typed: Typed) -> list[Name]:
        """Return names in which every word that somebody types begins a word, among them those of withdrawn terms."""
        found = self._shortest(_HOLDING, typed.telling) if typed.telling else []
        return [name for name in found if typed.fits(spaced(name.key))]

    def ancestors(self, identifier: str) -> frozenset[str]:
        """Return everything that a term is or is part of."""
        return frozenset(row[0] for row in self._ask(_ABOVE, identifier))

    def alike(self, key: str) -> set[str]:
        """Return names, folded, that share much with ``key``: what to compare it with."""
        return near_names(key, self._ask)

    def _entries(self, query: str, *values: object) -> list[Entry]:
        return [
            Entry(term, tier, text, self.source, status == "active")  # type: ignore[arg-type]
            for term, tier, text, status in self._ask(query, *values, *self._kind)
        ]

    def _shortest(self, chosen: str, *values: object) -> list[Name]:
        """Return the shortest of the names whose numbers a query chooses."""
        query = (
            f"SELECT name.key, name.term, name.tier, name.text, term.status FROM ({chosen}) "  # noqa: S608 - our own
            f"JOIN name USING (number) JOIN term ON term.id = name.term WHERE {_OF_KIND}"
        )
        return [
            Name(key, Entry(term, tier, text, self.source, status == "active"))  # type: ignore[arg-type]
            for key, term, tier, text, status in self._ask(query, *values, *self._kind)
        ]

    def _ask(self, query: str, *values: object) -> list[tuple[str, ...]]:
        return self._shelf.ask(self._slice, query, values)
