"""Mappings: the folders of SSSOM tables that say what words stand for, and what has been decided of each pair."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import polars as pl

from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

Verdict = Literal["believed", "disbelieved", "unsure", "undecided"]
Part = Literal["", "disbelieved", "unsure", "suggested"]

PARTS: tuple[Part, ...] = ("", "disbelieved", "unsure", "suggested")
"""The folder itself holds what is believed; those below it what is not, what is unsure, and what is to be reviewed."""
SUFFIX = ".sssom.tsv"
NEGATED = "Not"
"""What ``predicate_modifier`` says of a pair that is disbelieved."""
NO_TERM = "sssom:NoTermFound"
"""Object of a word that no term was found for (SSSOM 1.1)."""

_ROW = ("subject_label", "predicate_id", "object_id", "object_label", "object_match_field")
_JUDGING = ("predicate_modifier", "confidence", "author_id")


class Place(NamedTuple):
    """A table, and in which part of which folder it lies."""

    path: Path
    part: Part
    ours: bool
    """Whether it comes with the package."""

    @property
    def words(self) -> str:
        """Of what its words are: ``muscles`` for ``muscles-french.sssom.tsv``."""
        return self.path.name.removesuffix(SUFFIX).partition("-")[0]


@dataclass(frozen=True)
class Decisions:
    """What curators decided of pairs of a word, folded, and an identifier, besides those that are believed."""

    disbelieved: dict[str, frozenset[str]]
    unsure: dict[str, tuple[str, ...]]
    labels: dict[str, str]
    """Labels of what is unsure, by CURIE."""

    def denies(self, key: str, identifier: str) -> bool:
        """Tell whether a word never stands for an identifier, nor is it to be offered."""
        return identifier in self.disbelieved.get(key, ())

    def doubts(self, key: str, identifier: str) -> bool:
        """Tell whether an identifier is a candidate for a word and no more, whatever a vocabulary says."""
        return identifier in self.unsure.get(key, ())


@dataclass(frozen=True)
class Mappings:
    """Our tables, and beside them those of an institute, of the same names and layout."""

    own: tuple[Path, ...] = ()
    """Folders of the institute (``MUSCLE_ATLAS_MAPPINGS``)."""

    @classmethod
    def beside(cls, *folders: Path | None) -> "Mappings":
        """Return our tables and those of some folders, each folder once."""
        return cls(tuple({folder.resolve(): folder for folder in folders if folder}.values()))

    def places(self, words: str | None = None, *, ours: bool = True) -> Iterator[Place]:
        """Yield the tables of some words, else all: ours first, then those of the institute.

        Args:
            words: name of a kind of words, such as ``muscles``.
            ours: whether those that come with the package are among them.
        """
        folders = [(MAPPINGS, True)] * ours + [(folder, False) for folder in self.own]
        for folder, is_ours in folders:
            for part in PARTS:
                for path in sorted((folder / part).glob(f"[!.]*{SUFFIX}")):
                    place = Place(path, part, is_ours)
                    if words in (None, place.words):
                        yield place

    def rows(self, words: str, *verdicts: Verdict) -> list[tuple[Table, pl.DataFrame]]:
        """Return every table of some words with those of its rows that something was decided of.

        The columns are ``subject_label``, ``predicate_id``, ``object_id``, ``object_label``, ``object_match_field``;
        rows that say that there is no term are left out.
        """
        tables = [(Table(place.path), place.part) for place in self.places(words)]
        return [
            (table, judge(table, part).filter(pl.col("verdict").is_in(verdicts)).select(_ROW)) for table, part in tables
        ]

    def decisions(self, words: str) -> Decisions:
        """Return what is disbelieved and unsure of some words."""
        disbelieved: dict[str, set[str]] = defaultdict(set)
        unsure: dict[str, dict[str, None]] = defaultdict(dict)
        labels: dict[str, str] = {}
        for place in self.places(words):
            judged = judge(Table(place.path), place.part).filter(pl.col("verdict").is_in(["disbelieved", "unsure"]))
            rows = judged.select("subject_label", "object_id", "object_label", "verdict")
            for word, identifier, label, verdict in rows.iter_rows():
                if verdict == "disbelieved":
                    disbelieved[fold(word)].add(identifier)
                elif verdict == "unsure":
                    unsure[fold(word)][identifier] = None
                    labels.setdefault(identifier, label or "")
        return Decisions(
            {word: frozenset(found) for word, found in disbelieved.items()},
            {word: tuple(found) for word, found in unsure.items()},
            labels,
        )


def judge(table: Table, part: Part) -> pl.DataFrame:
    """Return the rows of a table with ``verdict``, what was decided of each.

    Where a table has the column ``author_id``, a row without author is undecided. Else ``predicate_modifier`` "Not", or
    lying among what is disbelieved, disbelieves; ``confidence`` 0 ("fully unsure" in SSSOM), or lying among what is
    unsure, leaves it unsure.
    """
    rows = table.rows
    by_author = "author_id" in rows.columns
    missing = [pl.lit(None, dtype=pl.String).alias(column) for column in _JUDGING if column not in rows.columns]
    negated = (pl.col("predicate_modifier") == NEGATED).fill_null(value=False) | (part == "disbelieved")
    doubted = (pl.col("confidence").cast(pl.Float64, strict=False) == 0).fill_null(value=False) | (part == "unsure")
    verdict = (
        pl.when(pl.col("author_id").is_null() & by_author)
        .then(pl.lit("undecided"))
        .when(negated)
        .then(pl.lit("disbelieved"))
        .when(doubted)
        .then(pl.lit("unsure"))
        .otherwise(pl.lit("believed"))
    )
    return rows.with_columns(missing).filter(pl.col("object_id") != NO_TERM).with_columns(verdict.alias("verdict"))
