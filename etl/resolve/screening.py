"""Screening: what may identify a person is not published, wherever text is published as it is written."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import polars as pl

from etl.read.cells import mask
from etl.resolve.cells import Cells, distinct
from etl.resolve.values.numbers import is_nhs_number
from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS, ONTOLOGY
from muscle_atlas.settings import Language
from muscle_atlas.tables import JOINER, Table, read_tables

SCREENED_MOST = "caption_en"
"""A column in which everything is looked for."""
_PLAIN = str.maketrans(
    {**dict.fromkeys("’‘ʼ′`´ʹ", "'"), **dict.fromkeys("‐‑‒–—−", "-"), "œ": "oe", "Œ": "OE", "°": "o"}
)
_LOOKING = re.compile(r"\(\?<?[=!][^()]*\)|\\b")
"""What looks ahead, behind and for the ends of words in a pattern."""
_GROUP = re.compile(r"\(\?P<\w+>")
_SAME, _ANY = r"\1", "[ -~]"
"""A sign that repeats another one, and any sign."""
_BLANKS = re.compile(r"[^\S\n]+")
_WORD = re.compile(r"[A-Za-z]{2,}")
_LETTERS = re.compile(r"[^\W\d_]+(?:[ ,.'-]+[^\W\d_]+)*")
SHORTEST = 3
"""Letters of the shortest name."""
_NAMING = ("subject_label", "label_en", "label_fr", "synonyms", "symbol")
"""Columns that hold names in the tables of vocabularies."""
_BETWEEN = " · "
"""Stands in reports between what was found in several places of a text."""


class _Signs(dict[int, str]):
    """What each sign of a decomposed text becomes: digits those of ASCII, marks and signs that nobody sees nothing."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        hidden = unicodedata.combining(sign) or unicodedata.category(sign) == "Cf"
        self[code] = "" if hidden else str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        return self[code]


_SIGNS = _Signs()


@dataclass(frozen=True)
class _Kind:
    columns: frozenset[str]
    labels: dict[Language, str]
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Finding:
    """What may identify a person in a text."""

    kinds: tuple[str, ...]
    """Kinds of ``mappings/identifying-kinds.tsv``."""
    hidden: str
    """What was found, every letter and digit of it hidden."""


def screen(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Tell cells of text that may identify a person, and empty them; their rows stay."""
    for column in dict.fromkeys(column for kind in _kinds().values() for column in sorted(kind.columns)):
        found = find_all(distinct(table, column), column)
        if not found:
            continue
        screened = pl.col(column).is_in(list(found)).fill_null(value=False)
        for record, text in table.filter(screened).select("record", column).iter_rows():
            what = dict.fromkeys(labels_of_kinds(found[text].kinds, cells.language))
            cells.tell("text-identifies", record, column, found[text].hidden, bindings={"what": ", ".join(what)})
        table = table.with_columns(pl.when(~screened).then(pl.col(column)).alias(column))
    return table


def find_all(texts: Iterable[str], column: str) -> dict[str, Finding]:
    """Return those texts of a column in which something may identify a person, with what."""
    plain = pl.DataFrame([(text, _plain(text)) for text in texts], schema=["text", "plain"], orient="row")
    # One pass over all texts by what is easily told leaves few of them to look at closely.
    likely = plain.filter(pl.col("plain").cast(pl.String).str.contains(_hint(column)))
    return {text: finding for text, folded in likely.iter_rows() if (finding := _find(folded, column))}


def _find(plain: str, column: str) -> Finding | None:
    for number in _numbers():
        plain = number.sub(" ", plain)
    found = [
        (place.span(), name)
        for name, kind in _kinds().items()
        if column in kind.columns
        for pattern in kind.patterns
        for place in places_of(pattern, plain)
    ]
    if not found:
        return None
    pieces = (mask(plain[start:end]) for start, end in _united(span for span, _ in found))
    return Finding(tuple(dict.fromkeys(name for _, name in found)), _BETWEEN.join(pieces))


def places_of(pattern: re.Pattern[str], plain: str) -> Iterator[re.Match[str]]:
    """Give the places of a pattern whose named parts pass the checks of their names."""
    place = pattern.search(plain)
    while place:
        passed = all(CHECKS[group](place[group]) for group in pattern.groupindex)
        if passed:
            yield place
        # What is no name may begin one: "Deltoïde de Jeanne" in "Deltoïde de Jeanne Dupont".
        place = pattern.search(plain, place.end() if passed else place.start() + 1)


def hide_person(identifier: str) -> str:
    """Return what stands in the place of an identifier of a person, hidden where it may be a name, or hold a date."""
    is_name = len(identifier) >= SHORTEST and _LETTERS.fullmatch(identifier)
    return mask(identifier) if is_name or find_all([identifier], SCREENED_MOST) else identifier


def read_as_name(text: str) -> tuple[int, int]:
    """Return of how many words a text is where all are capitalised, as names of persons are, and how many are unknown.

    Both are 0 where it is no such text; unknown is what no vocabulary has.
    """
    plain = _plain(text)
    words = _WORD.findall(plain)
    if not _LETTERS.fullmatch(plain) or not all(word[0].isupper() for word in words):
        return 0, 0
    return len(words), sum(word.lower() not in _known() | _harmless() for word in words)


def _plain(text: str) -> str:
    """Return a text without accents and signs that nobody sees, with plain digits, blanks, dashes and apostrophes."""
    if text.isascii():
        return _BLANKS.sub(" ", text)
    return _BLANKS.sub(" ", unicodedata.normalize("NFKD", text.translate(_PLAIN)).translate(_SIGNS))


def _is_name(text: str) -> bool:
    """Tell whether a word of a text is unknown, and the first is none that merely follows."""
    words = [word.lower() for word in _WORD.findall(text)]
    return bool(words) and words[0] not in _harmless() and not _known().issuperset(words)


def _is_person(text: str) -> bool:
    """Tell whether words are a first and a last name, one of which at least stands for nothing else."""
    pieces = [list(names_in(_WORD.findall(piece))) for piece in text.split()]
    words = [word for piece in pieces for word in piece]
    listed = [any(word.kinds for word in piece) for piece in pieces]
    return (
        listed[0]
        and listed[-1]
        and any("first" in word.kinds for word in words)
        and not all(word.known for word in words)
        and not _harmless().issuperset(word.text for word in pieces[0])
    )


@dataclass(frozen=True)
class Word:
    """A word, and whether it is a name."""

    text: str
    """In small letters."""
    kinds: frozenset[str]
    """``first``, ``last``, both where it is either, none where it is no listed name."""
    known: bool
    """Whether it stands for something else: a vocabulary has it, or it is an ordinary word."""


def names_in(words: Iterable[str]) -> Iterator[Word]:
    """Say of each word without accents whether it is a name."""
    for word in words:
        text = word.lower()
        yield Word(text, _names().get(text, frozenset()), text in _known() or text in _harmless())


def columns_of_kind(kind: str) -> list[str]:
    """Return the columns in which a kind of ``mappings/identifying-kinds.tsv`` is looked for, sorted."""
    return sorted(_kinds()[kind].columns)


def labels_of_kinds(kinds: Iterable[str], language: Language) -> list[str]:
    """Return what kinds of ``mappings/identifying-kinds.tsv`` are called."""
    return [_kinds()[kind].labels[language] for kind in kinds]


def _united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in their order, those that overlap as one."""
    ordered = sorted(spans)
    united = ordered[:1]
    for start, end in ordered[1:]:
        if start < united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


@cache
def _kinds() -> dict[str, _Kind]:
    months = JOINER.join(sorted(Table(MAPPINGS / "months.tsv").rows["word"], key=len, reverse=True))
    patterns: dict[str, list[re.Pattern[str]]] = {}
    for kind, pattern in Table(MAPPINGS / "identifying-patterns.tsv").rows.select("kind", "pattern").iter_rows():
        patterns.setdefault(kind, []).append(re.compile(pattern.replace("{month}", months), re.ASCII))
    rows = Table(MAPPINGS / "identifying-kinds.tsv").rows.select("kind", "columns", "label_en", "label_fr")
    return {
        kind: _Kind(frozenset(columns.split(JOINER)), {"en": english, "fr": french}, tuple(patterns.get(kind, ())))
        for kind, columns, english, french in rows.iter_rows()
    }


@cache
def _hint(column: str) -> str:
    """Return one pattern of those of a column, without what the engine of columns does not know: it fits no less."""
    patterns = (pattern.pattern for kind in _kinds().values() if column in kind.columns for pattern in kind.patterns)
    return "|".join(
        f"(?-u:{_GROUP.sub('(?:', _LOOKING.sub('', pattern)).replace(_SAME, _ANY)})" for pattern in patterns
    )


@cache
def _numbers() -> list[re.Pattern[str]]:
    return [re.compile(pattern, re.ASCII) for pattern in Table(MAPPINGS / "identifying-numbers.tsv").rows["pattern"]]


@cache
def _names() -> dict[str, frozenset[str]]:
    rows = Table(MAPPINGS / "identifying-names.tsv").rows
    return {name: frozenset(kinds.split(JOINER)) for name, kinds in rows.select("name", "kind").iter_rows()}


CHECKS: dict[str, Callable[[str], bool]] = {"name": _is_name, "person": _is_person, "nhs": is_nhs_number}
"""What a part of a pattern must also be, by the name of its group."""


@cache
def _harmless() -> frozenset[str]:
    return frozenset(Table(MAPPINGS / "identifying-not.tsv").rows["word"])


@cache
def _known() -> frozenset[str]:
    """Every word of a name that a vocabulary knows: of diseases, genes, stains, muscles."""
    tables = [
        *read_tables(MAPPINGS, "*.sssom.tsv"),
        *read_tables(ONTOLOGY / "terms"),
        *read_tables(ONTOLOGY / "symbols"),
    ]
    words = [table.rows[column] for table in tables for column in _NAMING if column in table.rows.columns]
    return frozenset(word for names in words for name in names.drop_nulls() for word in _WORD.findall(fold(name)))
