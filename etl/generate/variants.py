"""Variants made up by lot, in HGVS nomenclature, and how many of them a mode of inheritance asks for."""

from etl.generate.dice import Dice
from etl.generate.kinds import SEVERAL, Diagnosis

LAST_CODING = 430
"""Bases of a coding sequence that variants are put on: every gene of the tables has more."""
HOMOZYGOUS = 0.45
"""Share of recessive patients with one variant twice; made up."""

_BASES = "ACGT"
_SPLICE = ("+1G>A", "+1G>T", "+2T>C", "-1G>A", "-2A>G")


def draw_variant(transcript: str, dice: Dice) -> str:
    """Return an HGVS name on a transcript that exists; the change itself is made up."""
    place, form = dice.between(4, LAST_CODING), dice.roll()
    if form < 0.7:
        base = dice.choose(_BASES)
        change = f"{place}{base}>{dice.choose(_BASES.replace(base, ''))}"
    elif form < 0.8:
        change = f"{place}del"
    elif form < 0.87:
        change = f"{place}_{place + dice.between(1, 8)}del"
    elif form < 0.93:
        change = f"{place}dup"
    else:
        change = f"{place}{dice.choose(_SPLICE)}"
    return f"{transcript}:c.{change}"


def draw_genotype(diagnosis: Diagnosis, inheritance: str | None, sex: str, dice: Dice) -> tuple[str, str]:
    """Return the variants of a patient and their zygosity, as cells of a record."""
    variant = draw_variant(diagnosis.transcript, dice)
    if inheritance == "Autosomal recessive":
        if dice.chance(HOMOZYGOUS):
            return variant, "homozygous"
        other = draw_variant(diagnosis.transcript, dice)
        if other != variant:
            return SEVERAL.join((variant, other)), SEVERAL.join(["compound heterozygous"] * 2)
        return variant, "homozygous"
    if inheritance is not None and inheritance.startswith("X-linked") and sex == "male":
        return variant, "hemizygous"
    return variant, "heterozygous"
