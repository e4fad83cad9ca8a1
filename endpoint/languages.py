"""The language of a page: what the reader chose, else what the browser asks for, and how it writes."""

import re
import unicodedata

from fastapi import Request

LANGUAGES = ("en", "fr")

# A language range and its weight (RFC 9110, 12.5.4); whatever looks otherwise asks for nothing.
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?", re.ASCII)
# French sets these signs apart by a space, at which no line may break.
_APART = re.compile(r" (?=[:;!?»])|(?<=«) ")


def choose_language(request: Request) -> str:
    """Return the language of a page: parameter ``lang``, else the browser's, else English."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return asked
    weights: dict[str, float] = {}
    for part in request.headers.get("accept-language", "").split(","):
        if (wanted := _RANGE.fullmatch(part)) and wanted[1].lower() in LANGUAGES:
            weights.setdefault(wanted[1].lower(), float(wanted[2] or 1))
    return max(weights, key=lambda language: weights[language], default="en")


def typeset(text: str, language: str | None) -> str:
    """Return a text in which no line of French begins with a sign that belongs to the word before."""
    return _APART.sub("\u00a0", text) if language == "fr" else text


def alphabetical(label: str) -> str:
    """Return what labels are sorted by: without regard to case and accents."""
    letters = unicodedata.normalize("NFKD", label.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
