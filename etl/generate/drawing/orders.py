"""Orders: what one picture shall show, told in numbers, so that who draws needs no vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass

Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 255."""


@dataclass(frozen=True)
class Look:
    """How sections look in one stain; the columns are told on top of ``stains.tsv``."""

    notation: str
    ground: Colour
    colours: Mapping[str, Colour]
    """By structure; a structure that is not there is not seen."""
    numbers: Mapping[str, float]

    @property
    def shines(self) -> bool:
        """Whether light is given off and not held back."""
        return sum(self.ground) < 150


@dataclass(frozen=True)
class Order:
    """One picture; everything that a worker must know."""

    image_id: str
    file: str
    seed: int
    look: Look | None
    """None for an electron micrograph."""
    site: str | None
    """Where the antibody marks, None without one."""
    lost: float
    diameter: float
    """Mean diameter of fibres in micrometres."""
    scale: float
    """Pixels a micrometre; of an electron micrograph 0 where it is free."""
    changes: Mapping[str, float]
