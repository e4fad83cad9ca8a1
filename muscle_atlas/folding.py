"""Folding: comparing words without regard to how they are typed."""

import unicodedata

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ′`´ʹ＇", "'"))
_QUOTES = str.maketrans(dict.fromkeys('"“”„«»＂', " "))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def fold(word: str) -> str:
    """Return a word without regard to case, accents, quotes, runs of spaces, kinds of apostrophes and dashes."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    letters = plain if plain.isascii() else "".join(sign for sign in plain if not unicodedata.combining(sign))
    spelled = (
        letters.casefold()
        .translate(_APOSTROPHES)
        .translate(_DASHES)
        .translate(_QUOTES)
        .replace("œ", "oe")
        .replace("æ", "ae")
    )
    return " ".join(spelled.split())
