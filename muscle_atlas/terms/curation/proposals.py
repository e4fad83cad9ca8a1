"""Proposals: tables of candidates, which a curator reviews by editing them; what was decided is never offered again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from muscle_atlas import __version__
from muscle_atlas.folding import fold
from muscle_atlas.names import Names
from muscle_atlas.terms.curation.headers import complete, header_of
from muscle_atlas.terms.curation.mapping_sets import COLUMNS, columns_of, read_mapping_set, write_mapping_set
from muscle_atlas.terms.curation.mappings import NO_TERM, SUFFIX, Mappings, Place
from muscle_atlas.terms.curation.placed import Placed

TOOL = "muscle-atlas"
_SUGGESTED = "suggested"
_COLUMNS = tuple(column for column in COLUMNS if column != "predicate_modifier")


@dataclass(frozen=True)
class Proposal:
    """A pair of a word and what it may stand for; without identifier, a word that nothing was found for."""

    word: str
    identifier: str | None
    label: str
    confidence: float | None
    """0 to 1."""
    comment: str


@dataclass(frozen=True)
class Written:
    """What came of the proposals of some words."""

    path: Path
    offered: int
    """Rows that were not there before."""
    waiting: int
    """Rows that nobody has decided yet."""


class Decided:
    """What has been decided of words, wherever that stands."""

    def __init__(self, tables: Iterable[Placed]) -> None:
        """Read the decisions of tables: of a person where one is named, else those against a pair or in doubt of it."""
        self._pairs: set[tuple[str, str, str]] = set()
        for placed in tables:
            by_author = "author_id" in placed.table.columns
            for row in placed.table.rows:
                verdict = placed.verdict(row)
                if (
                    verdict in ("disbelieved", "unsure")
                    or (verdict == "believed" and by_author)
                    or _is_no_term(row.cells)
                ):
                    self._pairs.add((placed.place.words, fold(row["subject_label"]), row["object_id"]))
        self._words = {(words, key) for words, key, _ in self._pairs}

    def has(self, words: str, word: str, identifier: str) -> bool:
        """Tell whether a pair was decided, or that there is no term for the word."""
        key = fold(word)
        return bool({(words, key, identifier), (words, key, NO_TERM)} & self._pairs)

    def knows(self, words: str, word: str) -> bool:
        """Tell whether anything was decided of a word."""
        return (words, fold(word)) in self._words


class Proposals:
    """The proposals in a folder of an institute's tables: ``suggested/<words>.sssom.tsv``."""

    def __init__(self, folder: Path, mappings: Mappings, names: Names) -> None:
        """Take the folder, the tables that tell what has been decided, and the base of the institute's IRIs.

        Raises:
            OSError: if a table cannot be read.
        """
        self._folder = folder
        self._names = names
        self._decided = Decided(Placed(place, read_mapping_set(place.path)) for place in mappings.places())

    def write(self, words: str, proposals: Sequence[Proposal], is_open: Callable[[str], bool]) -> Written | None:
        """Write proposals beside what a curator has done there.

        Rows that somebody has touched stay as they are. Others stay while their word is still open; what the new
        proposals say of them is brought up to date.

        Args:
            words: the kind of words.
            proposals: what is offered.
            is_open: whether a word still stands for nothing.

        Returns:
            None where there is nothing to write.

        Raises:
            OSError: if the table cannot be read or written.
        """
        path = self._folder / _SUGGESTED / f"{words}{SUFFIX}"
        place = Place(path, "suggested", ours=False)
        table = read_mapping_set(path) if path.exists() else None
        before = [dict(row.cells) for row in table.rows] if table else []
        touched = [row for row in before if _is_touched(row)]
        taken = set(map(_pair, touched))
        offered = {
            (fold(one.word), one.identifier or NO_TERM): one
            for one in proposals
            if not self._decided.has(words, one.word, one.identifier or NO_TERM)
            and (one.identifier or not self._decided.knows(words, one.word))
        }
        kept = [
            row
            for row in before
            if not _is_touched(row) and is_open(row["subject_label"])
            if not self._decided.has(words, row["subject_label"], row["object_id"]) and _pair(row) not in offered
        ]
        named = {key for key, _ in (*map(_pair, kept), *taken)}
        new = [
            _row(one) for pair, one in offered.items() if pair not in taken and (one.identifier or pair[0] not in named)
        ]
        rows = [*touched, *kept, *new]
        if not rows and table is None:
            return None
        if not rows:
            path.unlink()
            return Written(path, 0, 0)
        header = complete(header_of(table, words, "suggested", words, self._names), rows, self._names)
        columns = columns_of(rows, dict.fromkeys([*(table.columns if table else ()), *_COLUMNS]))
        write_mapping_set(place.path, header, columns, rows)
        fresh = set(map(_pair, new)) - set(map(_pair, before))
        return Written(path, len(fresh), sum(not row.get("author_id") for row in rows))


def _pair(row: dict[str, str]) -> tuple[str, str]:
    return fold(row["subject_label"]), row["object_id"]


def _is_no_term(row: dict[str, str]) -> bool:
    return row.get("object_id") == NO_TERM and ("author_id" not in row or bool(row["author_id"]))


def _is_touched(row: dict[str, str]) -> bool:
    """Tell whether a row is not as it was offered: somebody is deciding, or has decided."""
    return bool(row.get("author_id") or row.get("predicate_modifier")) or row.get("mapping_tool") != TOOL


def _row(one: Proposal) -> dict[str, str]:
    return {
        "subject_label": " ".join(one.word.replace('"', " ").split()),
        "predicate_id": "skos:exactMatch",
        "object_id": one.identifier or NO_TERM,
        "object_label": one.label,
        "object_match_field": "skos:altLabel" if one.identifier else "",
        "mapping_justification": "semapv:LexicalSimilarityThresholdMatching",
        "confidence": f"{one.confidence:.2f}" if one.confidence else "",
        "mapping_tool": TOOL,
        "mapping_tool_version": __version__,
        "comment": one.comment,
    }
