"""The scale of a photograph: its magnification, the side of a pixel and the scale bar in micrometres."""

import re
from functools import cache

from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

_THOUSANDS = re.compile(r"(?<=\d)[ .,'](?=\d{3}(?:\D|$))")
_MAGNIFICATION = re.compile(r"^[x×]? ?(?P<number>-?\d{1,7}(?:[.,]\d{1,3})?) ?(?P<kilo>k)? ?[x×]?$")
_LENGTH = re.compile(r"^(?P<number>-?\d{1,6}(?:[.,]\d{1,9})?) ?(?P<unit>[a-z\u03bc]+)?$")
_A_PIXEL = re.compile(r" ?(?:/|par |per |a ?)(?:1 )?(?:px|pixels?)$")
_THE_BAR = re.compile(r"^(?:scale )?bar(?:re)?(?: d'echelle)? ?[:=]? ?(?:of |de )?")


def read_magnification(text: str) -> float | None:
    """Return a magnification (times): ``400``, ``×400``, ``x 40``, ``12 000``, ``12k``; None where it is none.

    A negative number or none at all is read as told: that it is impossible is for the shapes to say.
    """
    word = fold(text).removeprefix("g ").strip()
    found = _MAGNIFICATION.match(_THOUSANDS.sub("", word))
    return float(found["number"].replace(",", ".")) * (1000 if found["kilo"] else 1) if found else None


def read_pixel_size(text: str) -> float | None:
    """Return the side of a pixel in micrometres: ``0,5``, ``0.25 µm/px``, ``250 nm``; None where it is none."""
    return _read_length(_A_PIXEL.sub("", fold(text)))


def read_scale_bar(text: str) -> float | None:
    """Return the length of a scale bar in micrometres: ``5``, ``500 nm``, ``barre = 2 µm``; None where it is none."""
    return _read_length(_THE_BAR.sub("", fold(text)))


def _read_length(folded: str) -> float | None:
    found = _LENGTH.match(folded)
    if not found:
        return None
    factor = _units().get(found["unit"], None) if found["unit"] else 1.0
    return None if factor is None else round(float(found["number"].replace(",", ".")) * factor, 9)


@cache
def _units() -> dict[str, float]:
    rows = Table(MAPPINGS / "length-units.tsv").rows
    return {fold(word): float(factor) for word, factor in rows.select("word", "micrometres").iter_rows()}
