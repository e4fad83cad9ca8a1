"""Ids that tell whom they stand for: dates, numbers of patients and names of persons within them."""

import re
from functools import cache

import polars as pl

from etl.read.cells import mask
from etl.resolve.cells import Cells, distinct
from etl.resolve.screening import SHORTEST, labels_of_kinds, names_in, places_of
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
"""Letters of an id that belong together: "DupontMarie_1965" holds "Dupont" and "Marie"."""
_DIGEST = re.compile(r"(?=(?:[^a-f]*[a-f]){3})[\da-f-]{16,}", re.IGNORECASE)
"""A checksum or UUID: any digits may follow one another in it."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def check_revealing(
    table: pl.DataFrame, persons: pl.Series, columns: tuple[str, ...], cells: Cells
) -> dict[str, list[int]]:
    """Tell ids that would publish a date, a number or a name of a person, and leave their rows out.

    Returns:
        The records of such ids, by column.

    Args:
        table: the records.
        persons: numbers of the records that are not of animals, which may have names.
        columns: the columns of ids.
        cells: told of what is found.
    """
    of_persons = table.filter(pl.col("record").is_in(persons.implode()))
    revealing = {}
    for column in columns:
        found = {value: kinds for value in distinct(of_persons, column) if (kinds := reveals(value))}
        told = of_persons.filter(pl.col(column).is_in(list(found))).select("record", column)
        for record, value in told.iter_rows():
            what = dict.fromkeys(labels_of_kinds(found[value], cells.language))
            cells.tell("id-identifies", record, column, mask(value), bindings={"what": ", ".join(what)})
        revealing[column] = told["record"].to_list()
    return revealing


def reveals(identifier: str) -> tuple[str, ...]:
    """Return the kinds (``mappings/identifying-kinds.tsv``) of what an id tells of a person; none if it is opaque."""
    if _DIGEST.fullmatch(identifier):
        return ()
    found = [kind for kind, pattern in _patterns() for _ in places_of(pattern, identifier)]
    if _is_name(identifier):
        found.append("person")
    return tuple(dict.fromkeys(found))


def _is_name(identifier: str) -> bool:
    """Tell whether an id holds a first name and another name, or a name and a year, not all words of muscle biopsies.

    A first name that stands for nothing else makes any other unknown word a name, where all begin with a capital.
    """
    words = [word for word in _PARTS.findall(identifier) if len(word) >= SHORTEST]
    named = [word for word in names_in(words) if word.text not in _places()]
    meaningless = [word for word in named if not word.known]
    first = [word for word in named if "first" in word.kinds]
    listed = [word for word in named if word.kinds]
    if any(word.kinds for word in meaningless) and (_YEAR.search(identifier) or (first and len(listed) > 1)):
        return True
    capital = all(word[0].isupper() for word in words)
    return capital and any("first" in word.kinds for word in meaningless) and len(meaningless) > 1


@cache
def _places() -> frozenset[str]:
    return frozenset(Table(MAPPINGS / "identifying-places.tsv").rows["place"])


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    rows = Table(MAPPINGS / "identifying-ids.tsv").rows.select("kind", "pattern")
    return [(kind, re.compile(pattern, re.ASCII)) for kind, pattern in rows.iter_rows()]
