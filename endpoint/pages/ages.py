"""Ages as pages tell them: in years, and in months or weeks where the record is published so."""

import re
from collections.abc import Mapping
from typing import Any

_DURATION = re.compile(r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?(?:T0S)?", re.ASCII)


def tell_age(row: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Return the age of a row of ``images.parquet`` in words, "" where there is none.

    Args:
        row: with ``age`` (an ``xsd:duration``), ``age_years`` and ``gestational_weeks``.
        words: of the pages, in one language.
    """
    if (weeks := row["gestational_weeks"]) is not None:
        return words["age_gestation"].format(amount=weeks)
    if row["age_years"] is None:
        return ""
    return tell_duration(row["age"] or "", words) or words["age_years"].format(amount=f"{row['age_years']:g}")


def tell_duration(duration: str, words: Mapping[str, str]) -> str | None:
    """Return an ``xsd:duration`` in words, None where it is not one of years, months or days alone."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return None
    years, months, days = (int(part or 0) for part in found.groups())
    if days and (years or months):
        return None
    amount, unit = (12 * years + months, "month") if months else (years, "year") if years else _in_weeks(days)
    if not amount:
        return words["age_newborn"]
    return words[f"age_{unit}" if amount == 1 else f"age_{unit}s"].format(amount=amount)


def _in_weeks(days: int) -> tuple[int, str]:
    return (days, "day") if days % 7 else (days // 7, "week")
