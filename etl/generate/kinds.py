"""What a synthetic atlas is made of: diagnoses, muscles, stains, animals, findings."""

from dataclasses import dataclass

SEVERAL = "; "
"""Separates several values in a cell of a record."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word in both languages; French falls back on English where the vocabularies have none."""

    en: str
    fr: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a biopsy may show, in which stains, and how likely that is."""

    label: Term
    stains: frozenset[str]
    chance: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A gene that causes a disease, how that is inherited, when it begins, and what biopsies show."""

    gene: str
    """CURIE of the human gene."""
    symbol: str
    transcript: str
    disease: Term
    weight: float
    sex: str | None
    inheritances: tuple[str, ...]
    onsets: tuple[str, ...]
    findings: tuple[Finding, ...]
    stain_weights: tuple[float, ...]
    """One a light micrograph's stain, in the order of ``Catalogue.stains``."""


@dataclass(frozen=True, slots=True)
class Muscle:
    """A muscle, and how often it is sampled in each species."""

    label: Term
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class Stain:
    """A stain, its weight among light micrographs, the techniques that show it, its antigens by gene symbol."""

    notation: str
    kind: str | None
    label: Term
    weight: float
    techniques: tuple[str, ...]
    target: str | None
    structure: str | None
    structure_chance: float


@dataclass(frozen=True, slots=True)
class Model:
    """Animals that model a disease, and the wild type they are compared with."""

    species: str
    strain: str
    genotypes: dict[str, str]
    """By sex; a sex that is not affected is not there."""
    symbol: str
    diagnosis: Diagnosis
    wild_type: str
    until_weeks: int
    weight: float
    treatments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Onset:
    """Ages at biopsy in months where a disease begins so, and how often before birth."""

    from_months: int
    until_months: int
    fetal: float


@dataclass(frozen=True, slots=True)
class Magnification:
    """A magnification, the side of its pixels in micrometres, how often and from which age on it is used."""

    magnification: str
    pixel_size_um: str
    weight: float
    from_years: float
