"""Patients, carriers, controls and animals, made up by lot."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from etl.generate.catalogue import Catalogue
from etl.generate.dice import Dice, apportion
from etl.generate.kinds import Diagnosis, Onset
from etl.generate.variants import draw_genotype, draw_variant

# Shares, made up: the published counts do not tell them.
_PEOPLE = (("affected", 93), ("carrier", 3), ("control", 4))
_ANIMALS = (("affected", 78), ("control", 22))
_SPECIES = (("mouse", 80), ("dog", 20))
_TREATED = 0.35
_MALE_IF_RECESSIVE_ON_X = 0.97
SEXES = ("female", "male")


@dataclass(frozen=True, slots=True)
class Individual:
    """A person or an animal."""

    identifier: str
    species: str
    status: str
    sex: str
    diagnosis: Diagnosis | None = None
    """What is diagnosed or carried."""
    symbol: str | None = None
    variants: str | None = None
    zygosity: str | None = None
    inheritance: str | None = None
    onset: Onset | None = None
    """When people are biopsied."""
    until_weeks: int | None = None
    """How old animals are at most."""
    strain: str | None = None
    genotype: str | None = None
    treatment: str | None = None


def draw_people(count: int, catalogue: Catalogue, dice: Dice) -> list[Individual]:
    """Return patients of every diagnosis as far as they go, carriers and controls."""
    statuses = _divide(count, _PEOPLE, dice)
    dealt = dice.deal([diagnosis.weight for diagnosis in catalogue.diagnoses], statuses.count("affected"))
    diagnoses = [catalogue.diagnoses[place] for place in dealt]
    carried = [diagnosis for diagnosis in catalogue.diagnoses if _recessive(diagnosis.inheritances)]
    people = []
    for number, status in enumerate(statuses, start=1):
        identifier = f"SYN-P{number:0{max(4, len(str(count)))}}"
        if status == "affected":
            people.append(_draw_patient(identifier, diagnoses.pop(), catalogue, dice))
        elif status == "carrier":
            people.append(_draw_carrier(identifier, dice.choose(carried), catalogue, dice))
        else:
            onset = catalogue.onsets["control"]
            people.append(Individual(identifier, "human", "control", dice.choose(SEXES), onset=onset))
    return people


def draw_animals(count: int, catalogue: Catalogue, dice: Dice) -> list[Individual]:
    """Return mice and dogs that model diseases, some of them treated, and their wild types."""
    statuses, species = _divide(count, _ANIMALS, dice), _divide(count, _SPECIES, dice)
    animals = []
    for number in range(1, count + 1):
        kind = species.pop()
        models = [model for model in catalogue.models if model.species == kind]
        model = models[dice.weigh(list(accumulate(model.weight for model in models)))]
        identifier = f"SYN-{kind[0].upper()}{number:0{max(4, len(str(count)))}}"
        affected = statuses.pop() == "affected"
        sex = dice.choose(tuple(model.genotypes) if affected else SEXES)
        treated = affected and model.treatments and dice.chance(_TREATED)
        animals.append(
            Individual(
                identifier,
                kind,
                "affected" if affected else "control",
                sex,
                diagnosis=model.diagnosis if affected else None,
                symbol=model.symbol if affected else None,
                until_weeks=model.until_weeks,
                strain=model.strain if affected else model.wild_type,
                genotype=model.genotypes[sex] if affected else "wild type",
                treatment=dice.choose(model.treatments) if treated else None,
            )
        )
    return animals


def _draw_patient(identifier: str, diagnosis: Diagnosis, catalogue: Catalogue, dice: Dice) -> Individual:
    inheritance = dice.choose(diagnosis.inheritances) if diagnosis.inheritances else None
    mostly_male = inheritance == "X-linked recessive"
    sex = diagnosis.sex or ("male" if dice.chance(_MALE_IF_RECESSIVE_ON_X if mostly_male else 0.5) else "female")
    variants, zygosity = draw_genotype(diagnosis, inheritance, sex, dice)
    onset = catalogue.onsets[dice.choose(diagnosis.onsets)]
    return Individual(
        identifier, "human", "affected", sex, diagnosis, diagnosis.symbol, variants, zygosity, inheritance, onset
    )


def _draw_carrier(identifier: str, diagnosis: Diagnosis, catalogue: Catalogue, dice: Dice) -> Individual:
    """Return a healthy person with one variant of a recessive disease: of one on X, a woman."""
    inheritance = next(mode for mode in diagnosis.inheritances if mode.endswith("recessive"))
    sex = "female" if inheritance.startswith("X-linked") else dice.choose(SEXES)
    variants, onset = draw_variant(diagnosis.transcript, dice), catalogue.onsets["carrier"]
    return Individual(
        identifier, "human", "carrier", sex, diagnosis, diagnosis.symbol, variants, "heterozygous", inheritance, onset
    )


def _recessive(inheritances: Sequence[str]) -> bool:
    return any(mode.endswith("recessive") for mode in inheritances)


def _divide(count: int, shares: Sequence[tuple[str, int]], dice: Dice) -> list[str]:
    """Return ``count`` words in these proportions, in an order by lot."""
    parts = apportion(count, [share for _, share in shares])
    words = [word for (word, _), part in zip(shares, parts, strict=True) for _ in range(part)]
    dice.shuffle(words)
    return words
