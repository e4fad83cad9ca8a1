"""Dates where none belongs: ages that are days of birth, gene symbols that a spreadsheet took for a day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

# Day 0 of spreadsheets, which count 1900 as a leap year; so it is right from 1 March 1900 on (ECMA-376, 18.17.4.1).
_DAY_ZERO = date(1899, 12, 30)
SERIALS = range(10_000, 70_000)
"""Whole numbers that are days of spreadsheets, from 1927 to 2091."""
YEARS = range(1900, 2100)
"""Numbers that are years of birth or biopsy rather than anything else."""

_TIME = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?)?"
_ISO = re.compile(rf"^(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}){_TIME})?$")
_NUMBERS = re.compile(rf"^(?:(?P<day>\d{{1,2}})[-/.])?(?P<month>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}}){_TIME}$")
_DAY_FIRST = re.compile(
    r"^(?P<day>\d{1,2})(?:er|st|nd|rd|th)?[-/. ]+(?P<word>[a-z]+)\.?(?:[-/., ]+(?P<year>\d{4}|\d{2}))?$"
)
_MONTH_FIRST = re.compile(r"^(?P<word>[a-z]+)\.?[-/. ]*(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:[-/., ]+(?P<year>\d{4}))?$")
_MONTH_AND_YEAR = re.compile(r"^(?P<word>[a-z]+)\.?[-/., ]+(?P<year>\d{4})$")


@dataclass(frozen=True)
class Day:
    """A date as it is written, whether or not there is such a day; None for parts that are not told."""

    year: int | None
    month: int
    day: int | None

    @property
    def exists(self) -> bool:
        """Whether the calendar has such a day; a year that is not told may be a leap year."""
        try:
            date(self.year or 2000, self.month, self.day or 1)
        except ValueError:
            return False
        return True


@cache
def _months() -> dict[str, int]:
    rows = Table(MAPPINGS / "months.tsv").rows
    return {fold(word): int(month) for word, month in rows.select("word", "month").iter_rows()}


def is_month(word: str) -> bool:
    """Tell whether a folded word is the name of a month."""
    return word in _months()


def read_days(text: str) -> list[Day]:
    """Return what days a text may mean: none where it is no date, two where day and month may be exchanged.

    Known: ``1995-02-29``, ``12/03/1995``, ``03/1995``, ``9-Sep``, ``Sep-09``, ``2 mars``, ``March 12, 1995``.
    """
    word = fold(text)
    if found := _ISO.match(word):
        return [Day(int(found["year"]), int(found["month"]), int(found["day"]) if found["day"] else None)]
    if found := _NUMBERS.match(word):
        if not found["day"]:
            return [Day(int(found["year"]), int(found["month"]), None)] if len(found["year"]) == 4 else []
        year, day, month = (int(found[part]) for part in ("year", "day", "month"))
        days = [Day(year, month, day)]
        return [*days, Day(year, day, month)] if month != day else days
    for form in (_DAY_FIRST, _MONTH_FIRST, _MONTH_AND_YEAR):
        found = form.match(word)
        if found and found["word"] in _months():
            told = {part: int(number) for part, number in found.groupdict().items() if number and part != "word"}
            return [Day(told.get("year"), _months()[found["word"]], told.get("day"))]
    return []


def read_serial(text: str) -> Day | None:
    """Return the day that a spreadsheet stores as this number (38412 is 2005-03-01); None where it is none."""
    if not re.fullmatch(r"\d{5}(?:\.0+)?", text.strip()):
        return None
    number = int(float(text))
    if number not in SERIALS:
        return None
    day = _DAY_ZERO + timedelta(days=number)
    return Day(day.year, day.month, day.day)
