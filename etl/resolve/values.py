"""Values with a grammar of their own: ages, DOIs, variants, yes and no."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, unquote

from etl.folding import fold
from etl.tables import Table
from muscle_atlas.rooms import MAPPINGS

DAYS_A_YEAR = 365.25
"""Julian year."""
YEARS_PUBLISHED_FROM = 2
"""From this age on completed years are published, completed months below (design: published precision)."""


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


# Six digits hold every age, and none of them overflows.
_NUMBER = r"(?P<sign>-)?(?P<number>\d{1,6}(?:[.,]\d{1,6})?)"
_PART = re.compile(rf"\s*{_NUMBER}\s*(?P<unit>[^\d\s+-][^\d+-]*?)?\s*(?=$|-?\d)")
_DURATION = re.compile(
    r"^(?P<sign>-)?p(?:(?P<years>\d{1,6})y)?(?:(?P<months>\d{1,6})m)?(?:(?P<weeks>\d{1,6})w)?(?:(?P<days>\d{1,6})d)?(?:t0s)?$"
)
_YEARS_IN = {"years": 1.0, "months": 1 / 12, "weeks": 7 / DAYS_A_YEAR, "days": 1 / DAYS_A_YEAR}
_FETUS = re.compile(r"^(?:foetus|fetus|prenatal|antenatal)\b")


def read_age(text: str, *, animal: bool) -> Age | None:
    """Return an age told in English or French, or as an ISO 8601 duration; None where it cannot be read.

    A number alone counts years for people; for animals the unit must be told. A negative or absurd number is
    read as told: that it is impossible is for the shapes to say.
    """
    word = fold(text)
    fetal = _FETUS.match(word)
    if fetal:
        word = word[fetal.end() :].strip(" ,:")
    parts = _iso_parts(word) or _worded_parts(word, default=None if animal else "years")
    if not parts:
        return None
    if fetal or any(unit == "gestation" for unit, _ in parts):
        weeks = [amount for unit, amount in parts if unit in ("gestation", "weeks")]
        return Age(None, None, None, int(weeks[0])) if len(weeks) == len(parts) == 1 else None
    told = sum(_YEARS_IN[unit] * amount for unit, amount in parts)
    return _cut(told, animal=animal)


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
    position = 0
    while position < len(word):
        found = _PART.match(word, position)
        if not found:
            return []
        unit = _age_units().get(found["unit"].strip()) if found["unit"] else default
        if unit is None:
            return []
        amount = float(found["number"].replace(",", "."))
        parts.append((unit, -amount if found["sign"] else amount))
        position = found.end()
    units = [unit for unit, _ in parts]
    # "14 15" is no age; "2 ans 6" is one only where the second unit is told.
    return parts if len(set(units)) == len(units) else []


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
    return {fold(word): unit for word, unit in rows.select("word", "unit").iter_rows()}


_DOI = re.compile(r"^10\.\d{4,9}/[^\s\"{}|\\^`]+\Z")
_DOI_SPELLING = re.compile(r"^(?:(?:https?://)?(?:dx\.)?doi\.org/|doi\s*[:=]?\s*)", re.IGNORECASE)


def read_doi(text: str) -> str | None:
    """Return a DOI in lower case without resolver or label; None where the text is none.

    Syntax: prefix ``10.`` with 4 to 9 digits, slash, suffix without spaces (Crossref's recommended pattern).
    """
    spelled = text.strip()
    bare = _DOI_SPELLING.sub("", spelled)
    if bare != spelled and "://" in spelled:
        bare = unquote(bare)
    bare = bare.rstrip(".,;").lower()
    return bare if _DOI.match(bare) else None


def doi_path(doi: str) -> str:
    """Return a DOI as it stands in an IRI."""
    return quote(doi, safe="/:;.()_-")


_NAMED_GENE = re.compile(r"^(?P<gene>[A-Za-z][A-Za-z0-9-]{0,19})\s*[:\s]\s*(?P<hgvs>[cgmnopr]\..+)$")
_PLACE_OF_GENE = re.compile(r"^[cgmnopr]\.")


def read_variant(text: str) -> tuple[str | None, str]:
    """Return gene symbol (None where none is named) and normalised HGVS name of a variant.

    Normalised: NFKC, no spaces, one kind of arrow. ``RYR1:c.14582G>A`` names the gene; ``NM_000540.3:c.14582G>A``
    names a reference sequence, which stays.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    named = _NAMED_GENE.match(plain)
    gene, name = (named["gene"], named["hgvs"]) if named else (None, plain)
    name = "".join(name.split()).replace("→", ">").replace("->", ">")
    return gene, name


def variant_key(hgvs: str, gene: str | None) -> str:
    """Return the digits that name a variant: of its HGVS name, with the gene where it names no reference."""
    named = hgvs if not _PLACE_OF_GENE.match(hgvs) or gene is None else f"{gene}:{hgvs}"
    return text_key(named)


def text_key(text: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _yes_and_no() -> dict[str, bool]:
    rows = Table(MAPPINGS / "booleans.tsv").rows
    return {fold(word): value == "true" for word, value in rows.select("word", "value").iter_rows()}


def read_boolean(text: str) -> bool | None:
    """Return what a yes or no in English or French says; None where it is neither."""
    return _yes_and_no().get(fold(text))


@cache
def _not_stated() -> dict[str, str | None]:
    rows = Table(MAPPINGS / "not-stated.tsv").rows
    return {fold(word): where for word, where in rows.select("word", "where").iter_rows()}


def is_not_stated(text: str, *, of_ids: bool = False) -> bool:
    """Tell whether a cell, or one that should hold an identifier, says that the value is not given."""
    word = fold(text)
    return word in _not_stated() and (of_ids or _not_stated()[word] is None)
