"""What an institute chooses of the policy that its releases are published under."""

from dataclasses import dataclass

from etl.privacy.pseudonyms import Pseudonyms


@dataclass(frozen=True)
class Policy:
    """What an institute chose of the policy."""

    pseudonyms: Pseudonyms | None = None
    """What takes the place of ids; None publishes them as they were given."""
    age_bands: bool = False
    """Whether ages are published as bands only."""
    k: int | None = None
    """How many persons every cell must hold; None changes nothing, and only counts."""

    @property
    def generalises(self) -> bool:
        """Whether less is published than the records tell."""
        return self.age_bands or self.k is not None
