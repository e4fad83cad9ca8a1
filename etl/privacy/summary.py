"""The summary of privacy that every report and release gives: the policy, and how many persons it singles out."""

from dataclasses import asdict, dataclass, field
from typing import Any

POLICY = "privacy-1"
"""Version of the policy that ``docs/privacy.md`` writes down; another text is another version."""
QUASI_IDENTIFIERS = ("disease", "sex", "age", "muscle")
"""What cells are made of: what somebody may know of a person without the atlas."""
RISKS = ("gene", "variant", "publication")
"""What may single out a person beside the cells."""


@dataclass(frozen=True)
class Singled:
    """How many persons are in cells that hold few."""

    unique: int = 0
    """Persons who are alone in their cell."""
    below_k: int = 0
    """Persons in cells of fewer than k; 0 where no k was chosen."""


@dataclass(frozen=True)
class Summary:
    """What is told of the privacy of a release; counts are counts of persons, synthetic ones among them."""

    k: int | None = None
    age_bands: bool = False
    pseudonymised: bool = False
    persons: int = 0
    """Persons of whom something is published."""
    inferred: int = 0
    """Photographs or biopsies among them that were given no individual, and count as one person in each cell."""
    published: Singled = field(default_factory=Singled)
    """In what is published."""
    given: Singled = field(default_factory=Singled)
    """In what was given, before anything was generalised."""
    suppressed: int = 0
    """Persons of whom nothing is published, since no step sufficed."""
    suppressed_images: int = 0
    generalised: dict[str, int] = field(default_factory=lambda: dict.fromkeys(QUASI_IDENTIFIERS, 0))
    """Persons of whom less is told, by what is told less of."""
    risks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RISKS, 0))
    """Persons who have a variant or publication that no other has, or would be alone if genes were counted."""

    def as_json(self) -> dict[str, Any]:
        """Return the summary as reports give it; every key is always there."""
        return {
            "policy": POLICY,
            "k": self.k,
            **asdict(self.published),
            "suppressed": self.suppressed,
            "suppressed_images": self.suppressed_images,
            "persons": self.persons,
            "inferred": self.inferred,
            "pseudonymised": self.pseudonymised,
            "age_bands": self.age_bands,
            "given": asdict(self.given),
            "generalised": self.generalised,
            "risks": self.risks,
        }
