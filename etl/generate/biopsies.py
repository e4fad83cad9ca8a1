"""Biopsies: whose they are, of which muscle, at which age, how many photographs of each are taken."""

from collections.abc import Callable
from dataclasses import dataclass

from etl.generate.catalogue import Catalogue
from etl.generate.dice import Dice
from etl.generate.individuals import Individual
from etl.generate.kinds import Muscle

# Made up: photographs of one biopsy, and the share of biopsies that are their patient's second.
_LIGHT = (2, 9)
_ELECTRON = (2, 8)
_SECOND = 0.15
_SIDE = 0.8
_GESTATION = (20, 39)
_FIRST_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Age:
    """An age in one unit: ``years``, ``months``, ``weeks``, or ``gestation`` (weeks before birth)."""

    amount: int
    unit: str
    years: float


@dataclass(frozen=True, slots=True)
class Biopsy:
    """A biopsy, and how many light and electron micrographs are taken of it."""

    identifier: str
    individual: Individual
    age: Age
    muscle: Muscle
    side: str | None
    light: int
    electron: int


def draw_biopsies(
    light: int,
    electron: int,
    draw_individuals: Callable[[int, Catalogue, Dice], list[Individual]],
    catalogue: Catalogue,
    dice: Dice,
) -> list[Biopsy]:
    """Return biopsies of exactly so many light and electron micrographs, one or two of each individual."""
    sizes = _divide_photographs(light, electron, dice)
    seconds = _choose_seconds(len(sizes), dice)
    individuals = draw_individuals(seconds.count(False), catalogue, dice)
    muscles = _deal_muscles(individuals, seconds, catalogue, dice)
    biopsies: list[Biopsy] = []
    waiting = iter(individuals)
    for place, (second, (lights, electrons)) in enumerate(zip(seconds, sizes, strict=True)):
        if second:
            before = biopsies[-1]
            individual, number, age = before.individual, 2, _later(before, dice)
        else:
            individual, number = next(waiting), 1
            age = _draw_age(individual, alone=place + 1 == len(sizes) or not seconds[place + 1], dice=dice)
        side = dice.choose(("left", "right")) if dice.chance(_SIDE) else None
        identifier = f"{individual.identifier}-B{number}"
        biopsies.append(Biopsy(identifier, individual, age, muscles[place], side, lights, electrons))
    return biopsies


def _divide_photographs(light: int, electron: int, dice: Dice) -> list[tuple[int, int]]:
    """Return how many light and electron micrographs each biopsy has."""
    lights: list[int] = []
    while light or not lights:
        lights.append(min(light, dice.between(*_LIGHT)))
        light -= lights[-1]
        if light == 0 and electron == 0:
            break
    order = list(range(len(lights)))
    dice.shuffle(order)
    electrons = [0] * len(lights)
    while electron:
        for place in order:
            taken = min(electron, dice.between(*_ELECTRON))
            electrons[place] += taken
            electron -= taken
    return list(zip(lights, electrons, strict=True))


def _choose_seconds(count: int, dice: Dice) -> list[bool]:
    """Tell of each biopsy whether it is the second of the individual before."""
    seconds: list[bool] = []
    for _ in range(count):
        seconds.append(bool(seconds) and not seconds[-1] and dice.chance(_SECOND))
    return seconds


def _deal_muscles(individuals: list[Individual], seconds: list[bool], catalogue: Catalogue, dice: Dice) -> list[Muscle]:
    """Return a muscle for each biopsy: each muscle of the species once as far as they go, beyond that by weight."""
    waiting = iter(individuals)
    species: list[str] = []
    for second in seconds:
        species.append(species[-1] if second else next(waiting).species)
    dealt = {
        name: dice.deal([muscle.weights[name] for muscle in catalogue.muscles], species.count(name))
        for name in sorted(set(species))
    }
    return [catalogue.muscles[dealt[name].pop()] for name in species]


def _draw_age(individual: Individual, *, alone: bool, dice: Dice) -> Age:
    """Return the age at a first biopsy; before birth only where no other follows (``alone``)."""
    if individual.until_weeks is not None:
        weeks = dice.between(1, individual.until_weeks)
        return Age(weeks, "weeks", weeks / 52)
    onset = individual.onset
    if onset is None:
        raise ValueError(f"{individual.identifier}: neither an onset nor weeks")
    if alone and dice.chance(onset.fetal):
        return Age(dice.between(*_GESTATION), "gestation", 0)
    span = onset.until_months - onset.from_months
    # The younger of two: biopsies are taken sooner rather than later after the onset.
    return _human_age(onset.from_months + min(dice.between(0, span), dice.between(0, span)), dice)


def _later(before: Biopsy, dice: Dice) -> Age:
    """Return the age at a second biopsy: of animals, that of the first, for muscles are taken on one day."""
    if before.individual.species != "human":
        return before.age
    return _human_age(int(before.age.years * 12) + dice.between(6, 72), dice)


def _human_age(months: int, dice: Dice) -> Age:
    if months == 0:
        return Age(dice.between(1, _FIRST_WEEKS), "weeks", 0)
    if months < 24:
        return Age(months, "months", months / 12)
    return Age(months // 12, "years", months / 12)
