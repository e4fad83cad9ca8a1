"""Tissue: a section with what lies in and between its fibres, each structure a layer of amounts from 0 to 1."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from etl.generate.drawing.fibres import Section
from etl.generate.drawing.marks import Numbers, stamp
from etl.generate.drawing.noise import HEIGHT, WIDTH, Grey, window
from etl.generate.drawing.orders import Look
from etl.generate.drawing.packing import Changes, Chosen, Places

NUCLEI_A_FIBRE = 1.4
"""Nuclei seen at the border of a grown fibre cut across."""
CAPILLARIES_A_FIBRE = 1.2
GROWN_RADIUS = 26.0
"""Mean radius in micrometres of the fibres that these numbers are of."""


@dataclass
class Tissue:
    """What is drawn upon; lesions change it before it is coloured."""

    rng: np.random.Generator
    section: Section
    look: Look
    changes: Changes
    layers: dict[str, Grey] = field(default_factory=dict)

    @cached_property
    def body(self) -> Grey:
        """1 within fibres, 0 between them, with a soft edge."""
        body: Grey = np.clip(self.section.edge * np.float32(0.8) + np.float32(0.5), 0, 1)
        return body

    @cached_property
    def density(self) -> Grey:
        """How strongly a fibre takes its colour, 1 at the mean."""
        numbers, fibres = self.look.numbers, self.section.fibres
        tone = np.array([numbers["type1"], numbers["type2a"], numbers["type2x"]], np.float32)[fibres.kind]
        tone = tone * (1 + 0.05 * self.rng.standard_normal(len(fibres)).astype(np.float32))
        tone[fibres.fat] = 0
        scale = self.section.scale
        fine = 0.8 if scale < 0.9 else 1.2 if scale < 1.6 else 1.8
        grain = np.float32(numbers["grain"])
        texture = 1 + grain * (np.float32(0.8) * self.window(fine) + np.float32(0.35) * self.window(3))
        if rim := numbers["rim"]:
            texture += np.float32(rim) * np.exp(np.maximum(self.section.edge, 0) * np.float32(-0.5 / scale))
        if self.section.striation is not None:
            texture += np.float32(0.11) * self.section.striation
        texture *= tone[self.section.owner]
        return np.maximum(texture, 0, out=texture)

    @cached_property
    def hole(self) -> Grey:
        """1 where there is nothing, as in a vacuole."""
        return np.zeros((HEIGHT, WIDTH), np.float32)

    def shows(self, name: str) -> bool:
        """Whether a structure is seen in this stain."""
        return name in self.look.colours

    def layer(self, name: str) -> Grey:
        """Return the layer of a structure, empty at first."""
        return self.layers.setdefault(name, np.zeros((HEIGHT, WIDTH), np.float32))

    def window(self, scale: float) -> Grey:
        """Return noise that is smooth over ``scale`` pixels."""
        return window(self.rng, scale)

    @property
    def nucleated(self) -> float:
        """Number of grown fibres that would have as much border as those in sight; nuclei and vessels go by it."""
        return 0.7 * float(self.section.fibres.radius.sum()) / (GROWN_RADIUS * self.section.scale)

    def choose(self, share: float) -> Chosen:
        """Return a share of the fibres, at least one of those in sight."""
        fibres = self.section.fibres
        lot = self.rng.random(len(fibres))
        inside = (fibres.x > 20) & (fibres.x < WIDTH - 20) & (fibres.y > 20) & (fibres.y < HEIGHT - 20) & ~fibres.fat
        chosen: Chosen = (lot < share) & ~fibres.fat
        if not (chosen & inside).any() and inside.any():
            chosen[np.argmin(np.where(inside, lot, 2))] = True
        return chosen

    def of_kind(self, *kinds: int) -> Chosen:
        """Return the fibres of some types."""
        return np.isin(self.section.fibres.kind, kinds)

    def draw_of(self, places: Places, many: int) -> Places:
        """Return ``many`` of some pixels at random, none where there are none."""
        return places[self.rng.integers(len(places), size=many)] if len(places) else places

    def of_fibres(self, values: Numbers | Chosen) -> Grey:
        """Return a value of each fibre as a field."""
        return values.astype(np.float32)[self.section.owner]

    def inside(self, chosen: Chosen, many: tuple[int, int], reach: float) -> tuple[Numbers, Numbers, Numbers]:
        """Return places within fibres and the radii of these.

        Args:
            chosen: the fibres.
            many: least and greatest number of places in each.
            reach: greatest distance from the middle, in radii.
        """
        rng, fibres = self.rng, self.section.fibres
        which = np.repeat(np.flatnonzero(chosen), rng.integers(many[0], many[1] + 1, size=int(chosen.sum())))
        turn = 2 * np.pi * rng.random(which.size)
        far = reach * np.sqrt(rng.random(which.size)) * fibres.radius[which]
        return (
            fibres.x[which] + far * np.cos(turn),
            fibres.y[which] + far * np.sin(turn),
            fibres.radius[which].astype(float),
        )

    def put_nuclei(self, places: Places, long: float, short: float) -> None:
        """Put nuclei at pixels, lying along the border of the fibre; half axes in micrometres."""
        if not self.shows("nucleus") or not len(places):
            return
        row, column = np.divmod(places, WIDTH)
        size = self.section.scale * np.exp(0.16 * self.rng.standard_normal((2, len(places))))
        stamp(
            self.layer("nucleus"),
            column,
            row,
            long * size[0],
            short * size[1],
            angle=self.along_border(row, column),
            soft=1.3,
        )

    def along_border(self, row: Places, column: Places) -> Grey:
        """Return the direction of the border of the fibre near pixels, in radians."""
        edge = self.section.edge
        right = edge[row, np.minimum(column + 2, WIDTH - 1)] - edge[row, np.maximum(column - 2, 0)]
        down = edge[np.minimum(row + 2, HEIGHT - 1), column] - edge[np.maximum(row - 2, 0), column]
        direction: Grey = np.arctan2(down, right) + np.float32(np.pi / 2)
        return direction


def populate(tissue: Tissue) -> None:
    """Put in what normal muscle has: nuclei at the border of fibres and in septa, capillaries, fine droplets."""
    section, rng = tissue.section, tissue.rng
    scale = section.scale
    seen = tissue.nucleated
    border = section.places((section.edge > 0.2 * scale) & (section.edge < 2.2 * scale))
    tissue.put_nuclei(tissue.draw_of(border, rng.poisson(NUCLEI_A_FIBRE * seen)), 3.6, 1.5)
    between = section.places((section.edge < 0) & (section.septum > 0))
    tissue.put_nuclei(tissue.draw_of(between, rng.poisson(0.35 * seen)), 3.2, 1.1)
    septum = section.places(section.septum < 0)
    tissue.put_nuclei(tissue.draw_of(septum, round(len(septum) * 4 / (130 * scale * scale))), 4.2, 1.0)
    if tissue.shows("capillary"):
        places = tissue.draw_of(between, rng.poisson(CAPILLARIES_A_FIBRE * seen))
        row, column = np.divmod(places, WIDTH)
        stamp(tissue.layer("capillary"), column, row, 2.3 * scale, 1.8 * scale, angle=tissue.along_border(row, column))
    if tissue.look.numbers["droplets"]:
        dots = np.clip(tissue.window(1.2) * 2 - 2.9, 0, 0.9) * tissue.body
        tissue.layers["lipid"] = dots * np.array([1, 0.45, 0.3], np.float32)[section.fibres.kind][section.owner]
