"""The cells of records while they are resolved: split, looked up, read, and told of where they are wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from etl.problems import Problem, Rules
from etl.read.columns import Columns
from etl.read.records import Records
from etl.resolve.values.publications import split_publications
from etl.resolve.values.variants import split_variants
from muscle_atlas.names import Names
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.matches import Candidate, Match
from muscle_atlas.terms.words.shelf import Shelf

SEVERAL = ";"
"""Separates several values in one cell."""


def _split(cell: str) -> list[str]:
    return [value for part in cell.split(SEVERAL) if (value := part.strip())]


_SPLITTERS = {"variants": split_variants, "doi": split_publications}
"""Columns whose values may hold a semicolon themselves."""


class Cells:
    """The cells of a table of records, and what is wrong with them so far."""

    def __init__(
        self, records: Records, rules: Rules, names: Names, columns: Columns, shelf: Shelf | None = None
    ) -> None:
        """Take the records and the installed releases that their words are looked up in."""
        self.names = names
        self.language = rules.language
        self.problems: list[Problem] = []
        self.rejected: set[int] = set(records.rejected)
        self.told: set[tuple[int, str]] = set()
        """Records and columns of cells that something is wrong with."""
        self.unresolved: list[tuple[int, str, Match]] = []
        """Records, columns and words that stand for nothing, or for more than one thing."""
        self._headings = records.headings
        self._rules = rules
        self._columns = columns
        self._shelf = shelf
        self._lexicons: dict[str, Lexicon] = {}
        self._spellings: dict[tuple[str, str], str] = {}
        self._records: list[int] = []
        """The record that each problem is told of."""
        self._places: dict[int, tuple[str, int]] = {
            record: (file, row) for record, file, row in records.table.select("record", "file", "row").iter_rows()
        }

    def tell(
        self,
        rule: str,
        record: int,
        column: str,
        value: str | None,
        candidates: Iterable[object] = (),
        *,
        bindings: Mapping[str, str] | None = None,
        corrections: Iterable[str] = (),
    ) -> None:
        """Tell a problem of a cell; a violation rejects the record."""
        file, row = self._places[record]
        problem = self._rules[rule].tell(
            file=file,
            row=row,
            column=self._headings[file].get(column, column),
            value=value,
            candidates=[str(candidate) for candidate in candidates],
            bindings=bindings,
            corrections=corrections,
        )
        self.problems.append(problem)
        self._records.append(record)
        self.told.add((record, column))
        if problem.severity == "violation":
            self.rejected.add(record)

    def problems_of(self, images: Mapping[int, str]) -> list[Problem]:
        """Return the problems, each with the photograph (IRI) of the record that it is told of."""
        return [
            replace(problem, focus=images.get(record))
            for problem, record in zip(self.problems, self._records, strict=True)
        ]

    def tell_unresolved(self, record: int, column: str, match: Match, rule: str | None = None) -> None:
        """Tell that a word is unknown or ambiguous, by the rules of its column or of ``rule``."""
        # A rule is called by the column that its words are of, but for those on one kind of stain.
        corrections = self.spell(rule if rule in self._columns.words else column, match.candidates)
        if match.outcome == "contradictory":
            told = "identifier-name-differs"
            self.tell(told, record, column, match.word, match.candidates, corrections=corrections)
            return
        if match.withdrawn:
            self._tell_withdrawn("term-withdrawn-without-successor", record, column, match, corrections)
            return
        self.unresolved.append((record, column, match))
        kind = rule or {"findings": "finding"}.get(column, column)
        outcome = "ambiguous" if match.outcome in ("ambiguous", "broad") else "unknown"
        name = f"{kind}-{outcome}"
        # Only kinds that our own tables leave ambiguous have a rule for it; tables of others may add to them.
        told = name if name in self._rules else "word-ambiguous"
        self.tell(told, record, column, match.word, match.candidates, corrections=corrections)

    def tell_accepted(self, record: int, column: str, match: Match) -> None:
        """Tell what there is to tell of a word that was accepted: that its term was withdrawn, and what is taken."""
        if match.withdrawn:
            self._tell_withdrawn("term-withdrawn", record, column, match, self.spell(column, match.candidates))

    def _tell_withdrawn(self, rule: str, record: int, column: str, match: Match, corrections: Sequence[str]) -> None:
        gone = {"withdrawn": str(match.withdrawn)}
        self.tell(rule, record, column, match.word, match.candidates, bindings=gone, corrections=corrections)

    def spell(self, column: str, candidates: Iterable[Candidate]) -> list[str]:
        """Return what to write in a cell of ``column`` for each of ``candidates`` to be meant."""
        return [self._spell(column, candidate) for candidate in candidates]

    def _spell(self, column: str, candidate: Candidate) -> str:
        key = self._columns.words[column], candidate.identifier
        if key not in self._spellings:
            self._spellings[key] = self.lexicon(column).spelling(candidate.identifier)
        return self._spellings[key]

    def lexicon(self, column: str) -> Lexicon:
        """Return the words of a column."""
        kind = self._columns.words[column]
        if kind not in self._lexicons:
            self._lexicons[kind] = Lexicon(kind, self.names, self._rules.language, self._shelf)
        return self._lexicons[kind]

    def split(self, table: pl.DataFrame, column: str) -> pl.DataFrame:
        """Return one row a value: ``record``, ``value`` and ``position`` in its cell."""
        cells = table.select("record", pl.col(column).alias("value")).drop_nulls()
        if column in self._columns.many:
            split = _SPLITTERS.get(column, _split)
            parts = {cell: split(cell) for cell in cells["value"].unique()}
            cells = cells.join(lookup(parts, "part", pl.List(pl.String)), on="value", maintain_order="left")
            cells = cells.select("record", pl.col("part").alias("value")).explode("value").drop_nulls("value")
            for record, value in cells.filter(pl.col("value").str.contains(r"[\r\n]")).iter_rows():
                lines = [line.strip() for line in value.splitlines() if line.strip()]
                mended = f"{SEVERAL} ".join(lines)
                self.tell("cell-lines", record, column, value, [mended], corrections=[mended])
        return cells.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).over("record").alias("position"))

    def words(
        self, table: pl.DataFrame, column: str, kind: Callable[[Match], str | None] = lambda _: None
    ) -> pl.DataFrame:
        """Resolve the words of a column: ``record`` and CURIE, in the order of the cell.

        What is not accepted is told by the rules of the column, or of the ``kind`` that a match is of.
        """
        cells = self.split(table, column)
        matches = self.lexicon(column).resolve_words(cells["value"].unique(maintain_order=True))
        accepted = lookup({word: match.identifier for word, match in matches.items()}, column)
        joined = cells.join(accepted, on="value", how="left").sort("record", "position")
        for record, word in joined.filter(pl.col(column).is_null()).select("record", "value").iter_rows():
            self.tell_unresolved(record, column, matches[word], kind(matches[word]))
        found = joined.drop_nulls(column)
        gone = [word for word, match in matches.items() if match.withdrawn]
        for record, word in found.filter(pl.col("value").is_in(gone)).select("record", "value").iter_rows():
            self.tell_accepted(record, column, matches[word])
        return found.select("record", column)

    def read(
        self,
        table: pl.DataFrame,
        column: str,
        read: Callable[[str], object | None],
        rule: str,
        dtype: type[pl.DataType] = pl.String,
    ) -> pl.DataFrame:
        """Read values with ``read``: ``record`` and value; what cannot be read is told by ``rule``."""
        cells = self.split(table, column)
        known = {value: read(value) for value in cells["value"].unique()}
        joined = cells.join(lookup(known, column, dtype), on="value", how="left").sort("record", "position")
        for record, value in joined.filter(pl.col(column).is_null()).select("record", "value").iter_rows():
            self.tell(rule, record, column, value)
        return joined.drop_nulls(column).select("record", column)


def distinct(table: pl.DataFrame, column: str) -> Iterator[str]:
    """Give each distinct cell of a column."""
    yield from table[column].drop_nulls().unique(maintain_order=True)


def listed(long: pl.DataFrame, column: str) -> pl.DataFrame:
    """Gather one value a row into one list a record, each value once."""
    return long.group_by("record").agg(pl.col(column).drop_nulls().unique(maintain_order=True))


def lookup(
    known: Mapping[str, object],
    column: str,
    dtype: type[pl.DataType] | pl.DataType = pl.String,
) -> pl.DataFrame:
    """Return a table to join by ``value``: each distinct value with what it became."""
    return pl.DataFrame(
        {"value": list(known), column: list(known.values())}, schema={"value": pl.String, column: dtype}
    )
