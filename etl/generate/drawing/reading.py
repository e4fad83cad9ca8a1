"""Reading of records: the words of each become the order of its picture."""

import hashlib
import re
from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from etl.generate.drawing.looks import antigens, disease_changes, effects, looks
from etl.generate.drawing.orders import Look, Order
from etl.resolve.values.ages import read_age
from muscle_atlas.folding import fold
from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.words.lexicon import Lexicon

ADULT, NEWBORN = 52.0, 11.0
"""Mean diameters of fibres in micrometres, and the age at which they are grown: doi:10.1016/0022-510x(88)90227-4
(10-12 µm after birth, 40-60 µm at 15 to 20 years, the greatest growth early)."""
GROWN = 16.0
DIAMETERS = {"mouse": 42.0, "dog": 45.0}
"""Of grown animals, chosen to look right."""
SEEN = (34.0, 100.0)
"""Least and greatest diameter in pixels of the fibres of a picture whose scale is free."""
READABLE = (20.0, 240.0)
"""The same where the record gives the side of a pixel."""
_ANTIBODY = "anti-"
_ELECTRON = ("electron", "ultrastructure")
_SHINING = ("fluorescence", "confocal")
_POLARIZED = "polarized"


def read_orders(records: pl.DataFrame, seed: int) -> Iterator[Order]:
    """Yield an order for each record; columns that are not there count as empty."""
    words = _Words()
    for row in records.iter_rows(named=True):
        cells = {name: str(value) for name, value in row.items() if value is not None}
        yield _order(cells, words, seed)


class _Words:
    """The vocabularies that orders are read with, each word looked up once."""

    def __init__(self) -> None:
        names = Names(default_base())
        self.lexicons = {kind: Lexicon(kind, names) for kind in ("stains", "findings", "techniques", "species")}
        self.known: dict[tuple[str, str], str] = {}

    def identify(self, kind: str, word: str) -> str:
        """Return the CURIE that a word stands for; the word itself where it stands for none."""
        key = (kind, word)
        if key not in self.known:
            self.known[key] = self.lexicons[kind].resolve(word).identifier or word
        return self.known[key]

    def label(self, kind: str, word: str) -> str:
        """Return the folded English label of what a word stands for."""
        return fold(self.lexicons[kind].labels.get(self.identify(kind, word), word))


def _order(cells: Mapping[str, str], words: _Words, seed: int) -> Order:
    image_id = cells["image_id"]
    digest = hashlib.blake2b(f"{seed}\0{image_id}".encode(), digest_size=8).digest()
    own = int.from_bytes(digest)
    technique = words.label("techniques", cells.get("technique", ""))
    notation = words.identify("stains", cells.get("stain", "")).partition(":")[2] or cells.get("stain", "")
    electron = notation.startswith("EM") or any(word in technique for word in _ELECTRON)
    shining = notation == "IF" or any(word in technique for word in _SHINING)
    name, site = _antigen(notation, cells.get("target", ""))
    changes, lost = _changes(cells, words, electron=electron)
    diameter = _diameter(cells, words)
    return Order(
        image_id=image_id,
        file=cells["image"],
        seed=own,
        look=None if electron else _look(_POLARIZED if "polari" in technique else notation, site, shining=shining),
        site=site,
        lost=max(lost.get(name or "", 0.0), lost.get("*", 0.0) if name else 0.0),
        diameter=diameter,
        scale=_scale(cells, own, diameter, wide="perifascicular" in changes, electron=electron),
        changes=changes,
    )


def _antigen(notation: str, target: str) -> tuple[str | None, str | None]:
    known = antigens()
    if notation in ("IHC", "IF") or notation.startswith(_ANTIBODY):
        tried = [notation.removeprefix(_ANTIBODY), notation.removeprefix(_ANTIBODY).partition("-")[0]]
        tried += [symbol.strip() for symbol in target.split(";")]
        found = next((known[name] for name in tried if name in known), None)
        return (found.name, found.site) if found else (None, "membrane")
    return (notation, known[notation].site) if notation in known and notation in looks() else (None, None)


def _look(notation: str, site: str | None, *, shining: bool) -> Look:
    """Return the look of a stain; one that the table does not hold looks like its kind, else like H&E."""
    known = looks()
    return known.get(notation) or known[("IF" if shining else "IHC") if site else "HE"]


def _changes(cells: Mapping[str, str], words: _Words, *, electron: bool) -> tuple[dict[str, float], dict[str, float]]:
    """Return what is changed and which antigens are lost; of two strengths of one change the greater counts."""
    found = [words.identify("findings", word.strip()) for word in cells.get("findings", "").split(";")]
    known = [effects()[finding] for finding in found if finding in effects()]
    disease = fold(cells.get("disease", ""))
    several = [effect.electron if electron else effect.light for effect in known]
    if not electron:
        several += [changes for word, changes in disease_changes().items() if word in disease]
    return _greatest(several), _greatest([effect.lost for effect in known])


def _greatest(several: list[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for one in several for name in one)
    return {name: max(one.get(name, 0.0) for one in several) for name in names}


def _diameter(cells: Mapping[str, str], words: _Words) -> float:
    species = words.label("species", cells.get("species", "human"))
    animal = next((size for word, size in DIAMETERS.items() if word in species), None)
    age = read_age(cells.get("age", ""), animal=animal is not None)
    if animal is not None:
        return animal
    years = GROWN if age is None else max(0.0, age.told_years or 0.0)
    return float(NEWBORN + (ADULT - NEWBORN) * min(1.0, years / GROWN) ** 0.75)


def _scale(cells: Mapping[str, str], own: int, diameter: float, *, wide: bool, electron: bool) -> float:
    """Return pixels a micrometre; ``wide`` where fascicles must be in sight."""
    told = cells.get("pixel_size_um", "").replace(",", ".")
    side = float(told) if re.fullmatch(r"\d{0,6}\.?\d{1,9}", told) else 0.0
    if electron:
        return 1 / side if side else 0.0
    if side:
        return float(np.clip(diameter / side, *READABLE)) / diameter
    share = (own >> 8) % 1000 / (2500 if wide else 999)
    return float(SEEN[0] * (SEEN[1] / SEEN[0]) ** share / diameter)
