"""Photographs of a biopsy: stains, techniques, magnifications, and what each of them shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from etl.generate.biopsies import Biopsy
from etl.generate.catalogue import Catalogue
from etl.generate.dice import Dice
from etl.generate.kinds import Diagnosis, Finding, Magnification, Stain

_FIRST = "HE"
"""The stain that nearly every biopsy is looked at in first."""
_HAS_FIRST = 0.85
_TRIES = 12


@dataclass(frozen=True, slots=True)
class Photograph:
    """One photograph."""

    biopsy: Biopsy
    stain: Stain
    technique: str
    magnification: Magnification
    structure: str | None
    findings: tuple[Finding, ...]


def draw_photographs(biopsies: Sequence[Biopsy], catalogue: Catalogue, dice: Dice) -> list[Photograph]:
    """Return the photographs of the biopsies, of one biopsy after the other, in as many stains as fit."""
    stains = _draw_stains(biopsies, catalogue, dice)
    limits: dict[tuple[Magnification, ...], list[float]] = {}
    shown: dict[tuple[tuple[Finding, ...], str], tuple[Finding, ...]] = {}
    photographs: list[Photograph] = []
    for biopsy in biopsies:
        present = _draw_findings(biopsy, dice)
        usable = {electron: _usable(biopsy, listed) for electron, listed in catalogue.magnifications.items()}
        for listed in usable.values():
            limits.setdefault(listed, list(accumulate(found.weight for found in listed)))
        for _ in range(biopsy.light + biopsy.electron):
            place = stains[len(photographs)]
            stain, electron = catalogue.stains[place], place == catalogue.electron
            key = (present, stain.notation)
            if key not in shown:
                shown[key] = tuple(finding for finding in present if stain.notation in finding.stains)
            photographs.append(
                Photograph(
                    biopsy,
                    stain,
                    dice.choose(stain.techniques),
                    usable[electron][dice.weigh(limits[usable[electron]])],
                    stain.structure if stain.structure and dice.chance(stain.structure_chance) else None,
                    shown[key],
                )
            )
    return photographs


def _usable(biopsy: Biopsy, magnifications: Sequence[Magnification]) -> tuple[Magnification, ...]:
    """Return the magnifications at which the fibres of a biopsy can be seen."""
    if biopsy.individual.species != "human":
        return tuple(magnifications)
    return tuple(found for found in magnifications if found.from_years <= biopsy.age.years)


def _draw_findings(biopsy: Biopsy, dice: Dice) -> tuple[Finding, ...]:
    """Return what a biopsy has; carriers and controls have nothing."""
    diagnosis = biopsy.individual.diagnosis
    if diagnosis is None or biopsy.individual.status != "affected":
        return ()
    return tuple(finding for finding in diagnosis.findings if dice.chance(finding.chance))


def _draw_stains(biopsies: Sequence[Biopsy], catalogue: Catalogue, dice: Dice) -> list[int]:
    """Return positions of stains, one a photograph: different ones in a biopsy as far as they go."""
    plain = list(accumulate(stain.weight for stain in catalogue.stains))
    first = next(place for place, stain in enumerate(catalogue.stains) if stain.notation == _FIRST)
    by_diagnosis: dict[Diagnosis, list[float]] = {
        diagnosis: list(accumulate(diagnosis.stain_weights)) for diagnosis in catalogue.diagnoses
    }
    light: list[int] = []
    for biopsy in biopsies:
        diagnosis = biopsy.individual.diagnosis
        limits = by_diagnosis[diagnosis] if diagnosis else plain
        panel: list[int] = [first] if biopsy.light and dice.chance(_HAS_FIRST) else []
        while len(panel) < biopsy.light:
            panel.append(_draw_other(panel, limits, dice))
        light += panel
    dice.cover(light, [place for place, stain in enumerate(catalogue.stains) if stain.weight])
    stains: list[int] = []
    taken = 0
    for biopsy in biopsies:
        stains += light[taken : taken + biopsy.light] + [catalogue.electron] * biopsy.electron
        taken += biopsy.light
    return stains


def _draw_other(panel: Sequence[int], limits: Sequence[float], dice: Dice) -> int:
    """Return a stain that is not in the panel yet; rarely, one that is, at another magnification perhaps."""
    for _ in range(_TRIES):
        place = dice.weigh(limits)
        if place not in panel:
            break
    return place
