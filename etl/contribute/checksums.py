"""Checksums of the identifiers of people and institutions, which catch a digit that was mistyped."""

import re

_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_ROR = re.compile(r"0[0-9a-hjkmnp-tv-z]{6}\d{2}")
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
"""Digits of Crockford's base 32, which has no i, l, o, u (https://www.crockford.com/base32.html)."""


def is_orcid(text: str) -> bool:
    """Tell whether ``0000-0002-1825-0097`` has the form and the check digit of an ORCID iD.

    ISO 7064 MOD 11-2 (https://support.orcid.org/hc/en-us/articles/360006897674).
    """
    if not _ORCID.fullmatch(text):
        return False
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return text[-1] == ("X" if rest == 10 else str(rest))


def is_ror(text: str) -> bool:
    """Tell whether ``02mhbdp94`` has the form and the check digits of a ROR iD.

    ISO 7064 MOD 97-10 over the number that its first seven signs are in base 32
    (https://github.com/EuroCRIS/CERIF-Core/blob/main/datatypes/ROR_ID.md).
    """
    if not _ROR.fullmatch(text):
        return False
    number = 0
    for sign in text[:7]:
        number = number * 32 + _CROCKFORD.index(sign)
    return int(text[7:]) == 98 - number * 100 % 97
