"""Editions: one release of a vocabulary, looked up term by term; nothing of it is loaded."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from typing import Any

from muscle_atlas.folding import fold
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import JOINER, read_tables
from muscle_atlas.terms.slices import Association, Slice, SliceError, Successor, Term


class Edition:
    """A vocabulary as one release has it."""

    def __init__(self, slice_: Slice, database: sqlite3.Connection, *, whole: bool) -> None:
        """Take an open slice.

        Args:
            slice_: the slice.
            database: a connection to it.
            whole: whether it holds the vocabulary as a whole, and not only what our tables have of it.
        """
        self.whole = whole
        self.release = slice_.release
        self._path = slice_.path
        self._database = database
        self._above: dict[str, frozenset[str]] = {}

    @cached_property
    def parts(self) -> set[str]:
        """The parts that the release was made of."""
        return {part for (part,) in self._ask("SELECT DISTINCT part FROM file")}

    @cached_property
    def speaks_french(self) -> bool:
        """Whether any term has a French label."""
        return bool(self._ask("SELECT 1 FROM term WHERE label_fr IS NOT NULL LIMIT 1"))

    @cached_property
    def linked(self) -> set[str]:
        """Prefixes of what its terms are exactly the same as."""
        query = "SELECT DISTINCT substr(other, 1, instr(other, ':') - 1) FROM reference WHERE match = 'exact'"
        return {prefix for (prefix,) in self._ask(query)}

    def term(self, curie: str) -> Term | None:
        """Return a term, None where the release does not hold it."""
        rows = self._ask("SELECT id, kind, label_en, label_fr, status FROM term WHERE id = ?", curie)
        return Term(*rows[0]) if rows else None

    def is_active(self, curie: str) -> bool:
        """Tell whether the release holds a term and has not withdrawn it."""
        term = self.term(curie)
        return term is not None and term.status == "active"

    def parents(self, curie: str) -> frozenset[str]:
        """Return what a term is, or is part of, by the release and by what a curator has added."""
        rows = self._ask("SELECT parent FROM parent WHERE term = ?", curie)
        return frozenset(parent for (parent,) in rows) | _curated_parents().get(curie, frozenset())

    def ancestors(self, curie: str) -> frozenset[str]:
        """Return everything that a term is, or is part of."""
        if curie not in self._above:
            seen, waiting = {curie}, [curie]
            while waiting:
                above = self.parents(waiting.pop()) - seen
                seen |= above
                waiting += above
            self._above[curie] = frozenset(seen - {curie})
        return self._above[curie]

    def children(self, curie: str) -> frozenset[str]:
        """Return what is directly below a term by ``is_a``."""
        rows = self._ask("SELECT term FROM parent WHERE relation = 'is_a' AND parent = ?", curie)
        return frozenset(term for (term,) in rows)

    def names(self, curie: str) -> list[str]:
        """Return every name of a term, in order."""
        return [text for (text,) in self._ask("SELECT DISTINCT text FROM name WHERE term = ? ORDER BY number", curie)]

    def bearing(self, name: str) -> list[str]:
        """Return the terms that links may name and that go by a name."""
        query = "SELECT DISTINCT term.id FROM name JOIN term ON term.id = term WHERE key = ? AND status = 'active'"
        return sorted(term for (term,) in self._ask(query, fold(name)))

    def successors(self, curie: str) -> list[Successor]:
        """Return where a withdrawn term leads, in one step."""
        rows = self._ask("SELECT term, successor, manner FROM successor WHERE term = ? ORDER BY 2", curie)
        return [Successor(*row) for row in rows]

    def exact(self, curie: str) -> set[str]:
        """Return what a term is exactly the same as in other vocabularies."""
        return {
            other for (other,) in self._ask("SELECT other FROM reference WHERE term = ? AND match = 'exact'", curie)
        }

    def referring(self, other: str, match: str) -> set[str]:
        """Return the terms that are the same as one of another vocabulary, or an orthologue of it."""
        query = (
            "SELECT reference.term FROM reference JOIN term ON term.id = reference.term "
            "WHERE other = ? AND match = ? AND status = 'active'"
        )
        return {term for (term,) in self._ask(query, other, match)}

    def associations(self, gene: str, diseases: Collection[str]) -> list[Association]:
        """Return how a gene is associated with some diseases."""
        rows = self._ask("SELECT gene, disease, kind, status FROM association WHERE gene = ?", gene)
        return sorted(Association(*row) for row in rows if row[1] in diseases)

    def _ask(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise SliceError(f"{self._path} cannot be read: {error}") from error


@contextmanager
def open_editions(slices: Iterable[Slice], *, whole: bool = True) -> Iterator[dict[str, Edition]]:
    """Open slices to compare them; gives them by the name of their vocabulary.

    Raises:
        SliceError: if one of them cannot be read.
    """
    with ExitStack() as opened:
        editions = {}
        for one in slices:
            edition = Edition(one, opened.enter_context(one.open()), whole=whole)
            if not {"name", "title", "version"} <= edition.release.keys():
                raise SliceError(f"{one.path} does not say of which vocabulary and version it is")
            editions[edition.release["name"]] = edition
        yield editions


@cache
def _curated_parents() -> dict[str, frozenset[str]]:
    """Return what our own tables say of parents, whatever release is there."""
    found: dict[str, frozenset[str]] = {}
    for table in read_tables(ONTOLOGY / "terms", "*-curated.tsv"):
        for column in ("parents", "part_of"):
            if column in table.rows.columns:
                for curie, parents in table.rows.select("id", column).drop_nulls().iter_rows():
                    found[curie] = found.get(curie, frozenset()) | frozenset(parents.split(JOINER))
    return found
