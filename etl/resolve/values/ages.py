"""Ages at biopsy, told in English or French, cut to the precision that is published."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from etl.resolve.values import dates
from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

DAYS_A_YEAR = 365.25
"""Julian year."""
YEARS_PUBLISHED_FROM = 2
"""From this age on completed years are published, completed months below (design: published precision)."""

Fault = Literal["age-unreadable", "age-without-unit", "age-inexact", "age-is-date", "age-is-impossible-date"]


@dataclass(frozen=True)
class Age:
    """An age as it is published."""

    duration: str | None
    """Lexical form of ``xsd:duration``; None before birth."""
    years: float | None
    """The same in years, four decimals; None before birth."""
    told_years: float | None
    """The age in years as told, before it was cut; decides the age band and is not published."""
    gestational_weeks: int | None = None
    approximate: bool = False


# Six digits hold every age, and none of them overflows.
_NUMBER = r"(?P<sign>-)?(?P<number>\d{1,6}(?:[.,]\d{1,6})?)"
_PART = re.compile(rf"\s*{_NUMBER}\s*(?P<unit>[^\d\s+-][^\d+-]*?)?\s*(?=$|-?\d)")
_DURATION = re.compile(
    r"^(?P<sign>-)?p(?:(?P<years>\d{1,6})y)?(?:(?P<months>\d{1,6})m)?(?:(?P<weeks>\d{1,6})w)?(?:(?P<days>\d{1,6})d)?(?:t0s)?$"
)
_YEARS_IN = {"years": 1.0, "months": 1 / 12, "weeks": 7 / DAYS_A_YEAR, "days": 1 / DAYS_A_YEAR}
_FETUS = re.compile(r"^(?:foetus|fetus|prenatal|antenatal)\b(?: (?:de|of)\b)?")
# Days beyond completed weeks of gestation, which are not published: "30 SA + 4 j", "30+4 SA".
_DAYS_OF_GESTATION = re.compile(r"(?<=[\da-z])\s*\+\s*[0-6](?:\s*(?:j|jours?|d|days?)\b\.?)?(?!\d)")
# "J3" is a day of life, "P21" or "PND 21" a postnatal day of an animal.
_DAY_OF_LIFE = re.compile(r"^j ?(\d{1,3})$")
_DAY_OF_ANIMAL = re.compile(r"^(?:j|p|pn|pnd|jpn) ?(\d{1,3})$")
# "à" stands in a range; without its accent it is the unit "a" only where the other unit is short, too: "2 a 6 m".
_TO = re.compile(r"\d *à *\d|\d a \d+ ?[a-z]{3}", re.IGNORECASE)
_WHOLE = r"\b(\d+)( ?(?!et\b)[^\W\d_]+)?(?: +et)?"
_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
_HALVES = {("1", "2"): ".5", ("1", "4"): ".25", ("3", "4"): ".75"}
# "né le 12/03/1995": what is no date as a whole may still hold one.
_HOLDS_DATE = re.compile(
    r"\d{1,4}\s*[-/.\s]\s*\d{1,2}\s*[-/.\s]\s*\d{1,4}|(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{6}(?:\d\d)?(?!\d)"
)
_RANGE = re.compile(r"^\d[\d.,]*\s*(?:[a-z]+\.?\s*)?(?:-|a|to|et|and|/)\s*\d[\d.,]*\s*[a-z ]*$")


def read_age(text: str, *, animal: bool) -> Age | None:
    """Return an age told in English or French, or as an ISO 8601 duration; None where it cannot be read.

    A number alone counts years for people; for animals the unit must be told. A negative or absurd number is
    read as told: that it is impossible is for the shapes to say.
    """
    if _TO.search(text):
        return None
    word, about = _without_about(fold(_spell_fractions(text)))
    default = None if animal else "years"
    age = _read(_named_ages().get(word, word), default, animal=animal)
    return Age(age.duration, age.years, age.told_years, age.gestational_weeks, about) if age else None


def fault_of_age(text: str, *, animal: bool) -> Fault | None:
    """Return the rule by which a text that should be an age is told; None where it is one."""
    days = dates.read_days(text)
    serial = dates.read_serial(text)
    if serial or days or _is_number_of_date(text):
        exists = not days or any(day.exists for day in days)
        return "age-is-date" if exists else "age-is-impossible-date"
    if read_age(text, animal=animal):
        return None
    if animal and read_age(text, animal=False):
        return "age-without-unit"
    if _holds_date(text):
        return "age-is-date"
    return "age-inexact" if _is_inexact(text) else "age-unreadable"


def _holds_date(text: str) -> bool:
    """Tell whether a text that is no age holds what may be a date: rather one too many is hidden than one too few."""
    if _HOLDS_DATE.search(text):
        return True
    words = re.findall(r"[a-z]+", fold(text))
    birth = {word for word, kind in _age_words().items() if kind == "birth"}
    return any(sign.isdigit() for sign in text) and any(word in birth or dates.is_month(word) for word in words)


def _is_number_of_date(text: str) -> bool:
    """Tell whether a number is a year, or a date without separators: "120395", "19950312"."""
    word = fold(text)
    if not (word.isascii() and word.isdigit()):
        return False
    return len(word) in (len("120395"), len("19950312")) or (len(word) == len("1995") and int(word) in dates.YEARS)


def _is_inexact(text: str) -> bool:
    """Tell whether a text gives a bound or a range of ages: "> 60 ans", "entre 14 et 15 ans", "40-45"."""
    word = fold(text)
    bounds = [known for known, kind in _age_words().items() if kind == "bound"]
    return (any(word.startswith(bound) for bound in bounds) and any(sign.isdigit() for sign in word)) or bool(
        _RANGE.match(word)
    )


def _spell_fractions(text: str) -> str:
    """Write "14½", "14 1/2" and "2 ans 1/2" as decimals, before folding takes the sign apart."""
    for sign, decimal in _FRACTIONS.items():
        text = re.sub(rf"{_WHOLE}\s*{sign}", rf"\g<1>{decimal}\g<2>", text).replace(sign, f"0{decimal}")
    return re.sub(
        rf"{_WHOLE} +([13])/([24])\b",
        lambda found: found[1] + _HALVES.get((found[3], found[4]), "") + (found[2] or ""),
        text,
    )


def _without_about(word: str) -> tuple[str, bool]:
    """Return a word without what says that it is approximate, and whether there was such."""
    for known in sorted((known for known, kind in _age_words().items() if kind == "about"), key=len, reverse=True):
        letters = known[-1].isalpha()
        if word.startswith(known) and not (letters and word[len(known) : len(known) + 1].isalpha()):
            return word[len(known) :].strip(), True
        if word.endswith(f" {known}"):
            return word.removesuffix(known).strip(), True
    return word, False


def _read(word: str, default: str | None, *, animal: bool) -> Age | None:
    fetal = _FETUS.match(word)
    if fetal:
        word = word[fetal.end() :].strip(" ,:(").rstrip(")")
    word = (_DAY_OF_ANIMAL if animal else _DAY_OF_LIFE).sub(r"\1 d", word)
    whole = _DAYS_OF_GESTATION.sub("", word)
    parts = _iso_parts(whole) or _worded_parts(whole, default)
    if not parts:
        return None
    if fetal or any(unit == "gestation" for unit, _ in parts):
        return _before_birth(parts)
    if whole != word:
        return None
    told = sum(_YEARS_IN[unit] * amount for unit, amount in parts)
    return _cut(told, animal=animal)


def _before_birth(parts: list[tuple[str, float]]) -> Age | None:
    """Return completed weeks of gestation; None where more is told than weeks and days of the next one."""
    (unit, weeks), *rest = parts
    if unit not in ("gestation", "weeks") or any(unit != "days" or not 0 <= days < 7 for unit, days in rest):
        return None
    return Age(None, None, None, int(weeks))


def _iso_parts(word: str) -> list[tuple[str, float]]:
    found = _DURATION.match(word)
    if not found:
        return []
    sign = -1 if found["sign"] else 1
    parts = [(unit, sign * float(found[unit])) for unit in _YEARS_IN if found[unit]]
    return parts or ([("days", 0.0)] if word == "pt0s" else [])


def _worded_parts(word: str, default: str | None) -> list[tuple[str, float]]:
    # "14-year-old" and "2 ans et 6 mois" say the same as "14 year old" and "2 ans 6 mois".
    word = re.sub(r"(?<=[\da-z.])-(?=[a-z])", " ", word).removesuffix(".")
    word = re.sub(r"^(\d+)( [a-z]+) et demie?$", r"\1.5\2", word)
    word = re.sub(r"\s*(?:,|\bet\b|\band\b)\s+(?=\d)", " ", word)
    parts: list[tuple[str, float]] = []
    position = told = 0
    while position < len(word):
        found = _PART.match(word, position)
        if not found:
            return []
        unit = _unit(found["unit"]) if found["unit"] else default
        if unit is None:
            return []
        told += bool(found["unit"])
        amount = float(found["number"].replace(",", "."))
        parts.append((unit, -amount if found["sign"] else amount))
        position = found.end()
    units = [unit for unit, _ in parts]
    # "14 15" is no age, and "9-12 mois" are not nine years without twelve months.
    is_one = len(parts) == 1 or (told == len(parts) and len(set(units)) == told and all(n >= 0 for _, n in parts[1:]))
    return parts if is_one else []


def _unit(word: str) -> str | None:
    """Return what a word for a unit counts, a full stop behind it or not: "y.o." and, at the end, "y.o"."""
    known = _age_units()
    return known.get(word.strip()) or known.get(f"{word.strip()}.")


def _cut(told: float, *, animal: bool) -> Age:
    sign, size = ("-" if told < 0 else ""), abs(told)
    # A hair is added so that 9/12 of a year stays nine months.
    if animal:
        weeks = int(size * DAYS_A_YEAR / 7 + 1e-6)
        duration, years = f"P{weeks * 7}D", weeks * 7 / DAYS_A_YEAR
    elif size >= YEARS_PUBLISHED_FROM:
        completed = int(size + 1e-6)
        duration, years = f"P{completed}Y", float(completed)
    else:
        months = int(size * 12 + 1e-6)
        duration, years = _canonical(months), months / 12
    if sign and not years:
        # However little below zero, it is no age of a newborn.
        days = max(1, int(size * DAYS_A_YEAR))
        duration, years = f"P{days}D", days / DAYS_A_YEAR
    return Age(f"{sign}{duration}", round(-years if sign else years, 4), told)


def _canonical(months: int) -> str:
    """Return the canonical ``xsd:duration`` of a number of months, as a store gives it back (XSD 1.1, 3.3.6.2)."""
    years, rest = divmod(months, 12)
    return f"P{f'{years}Y' * bool(years)}{f'{rest}M' * bool(rest)}" if months else "PT0S"


@cache
def _age_units() -> dict[str, str]:
    rows = Table(MAPPINGS / "age-units.tsv").rows
    return {fold(word).rstrip("."): unit for word, unit in rows.select("word", "unit").iter_rows()}


@cache
def _age_words() -> dict[str, str]:
    rows = Table(MAPPINGS / "age-words.tsv").rows
    return {fold(word): kind for word, kind in rows.select("word", "kind").iter_rows()}


@cache
def _named_ages() -> dict[str, str]:
    rows = Table(MAPPINGS / "age-words.tsv").rows.drop_nulls("duration")
    return {fold(word): fold(duration) for word, duration in rows.select("word", "duration").iter_rows()}
