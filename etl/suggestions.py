"""Words of records that stand for nothing yet, or for more than one thing: what a curator may teach the atlas."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from etl.problems import Problem, Rules
from etl.read.columns import Columns
from etl.read.records import read_records
from etl.resolve.records import resolve_records
from etl.resolve.screening import SCREENED_MOST, find_all, read_as_name
from muscle_atlas.folding import fold
from muscle_atlas.settings import Settings
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.matches import Candidate
from muscle_atlas.terms.words.shelf import Shelf

LONGEST = 160
"""Signs of a word at the most, a quarter more than the longest that our tables have: the rest are sentences."""
_SYMBOLS = ("gene", "target")
"""Columns whose words look like names of persons written in capitals."""


@dataclass(frozen=True)
class Unresolved:
    """A word that stands for nothing, or for more than one thing."""

    word: str
    words: str
    """The kind of words, such as ``muscles``."""
    column: str
    candidates: tuple[Candidate, ...]
    ambiguous: bool
    place: str
    """Where it stands first: ``records.csv:12``."""
    count: int = 1
    """In how many cells it stands."""


@dataclass
class Collected:
    """What came of reading records."""

    unresolved: list[Unresolved] = field(default_factory=list)
    """In the order of the records."""
    withheld: list[str] = field(default_factory=list)
    """Places of words that may identify a person, or are no words but whole texts."""
    problems: list[Problem] = field(default_factory=list)
    """Why a file could not be read."""


def collect(paths: Sequence[Path], settings: Settings, shelf: Shelf) -> Collected:
    """Read records as a build does, and return the words that were not resolved, each once.

    Args:
        paths: files of records.
        settings: the language of problems and the base of names.
        shelf: releases and tables by which words are resolved.

    Raises:
        SliceError: if an installed release cannot be read.
    """
    columns = Columns()
    records = read_records(paths, Rules(settings.names, settings.language), columns)
    if records.unreadable:
        return Collected(problems=[problem for problem in records.problems if problem.severity == "violation"])
    # Tables of words are in English, whatever the language of those who keep them.
    resolved = resolve_records(records, Rules(settings.names, "en"), settings.names, columns, shelf)
    places = {
        record: f"{PurePath(file).name}:{row}"
        for record, file, row in records.table.select("record", "file", "row").iter_rows()
    }
    found: dict[tuple[str, str], Unresolved] = {}
    for record, column, match in sorted(resolved.unresolved, key=lambda told: told[0]):
        words = columns.words.get(column)
        if words is None or settings.names.identifier(match.word):
            continue
        key = words, fold(match.word)
        if known := found.get(key):
            found[key] = replace(known, count=known.count + 1)
        else:
            ambiguous = match.outcome == "ambiguous"
            candidates = tuple(one for one in match.candidates if one.score)
            found[key] = Unresolved(match.word, words, column, candidates, ambiguous, places[record])
    collected = Collected()
    for one in _with_candidates(list(found.values()), settings, shelf):
        if _may_identify(one):
            collected.withheld.append(one.place)
        else:
            collected.unresolved.append(one)
    return collected


def _with_candidates(found: Sequence[Unresolved], settings: Settings, shelf: Shelf) -> Iterator[Unresolved]:
    """Look for candidates of all words: a build stops looking after so many of them."""
    lexicons: dict[str, Lexicon] = {}
    for one in found:
        if one.candidates:
            yield one
            continue
        if one.words not in lexicons:
            lexicons[one.words] = Lexicon(one.words, settings.names, "en", shelf, searched=None)
        yield replace(one, candidates=tuple(near for near in lexicons[one.words].nearest(one.word) if near.score))


def _may_identify(one: Unresolved) -> bool:
    words, unknown = read_as_name(one.word)
    alone = unknown > 0 and not one.candidates and (words > 1 or one.column not in _SYMBOLS)
    named = alone or unknown == words > 1
    return len(one.word) > LONGEST or named or bool(find_all([one.word], SCREENED_MOST))
