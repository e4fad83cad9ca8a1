"""Fibres cut across: the power diagram of packed circles as fields of pixels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from etl.generate.drawing.noise import COLUMNS, HEIGHT, ROWS, WIDTH, Grey, window
from etl.generate.drawing.packing import FAST_A, FAST_X, SLOW, Changes, Chosen, Fibres, Places, Septa, pack_fibres

STEP = 2
"""The diagram is worked out for every second pixel and widened."""
SARCOMERE = 2.2
"""Length of a sarcomere in micrometres."""
BLOCK = 32
"""Pixels on the side of a block, within which only the nearest circles are looked at."""
NEAREST = 7
"""How many large circles can own pixels of one block; small ones are more."""


@dataclass(frozen=True)
class Section:
    """A cut across fibres, as fields of ``HEIGHT`` × ``WIDTH`` pixels."""

    fibres: Fibres
    owner: npt.NDArray[np.int16]
    """Index of the fibre that a pixel belongs to."""
    edge: Grey
    """Pixels to the border of the fibre; negative in connective tissue."""
    septum: Grey
    """Pixels to the border of the nearest septum; negative within it."""
    scale: float
    """Pixels a micrometre."""
    striation: Grey | None = None
    """-1 to 1 across the bands of fibres that are cut lengthwise."""

    @cached_property
    def x(self) -> Grey:
        """Pixels to the right of the centre of the fibre."""
        return COLUMNS - self.fibres.x[self.owner]

    @cached_property
    def y(self) -> Grey:
        """Pixels below the centre of the fibre."""
        return ROWS - self.fibres.y[self.owner]

    @cached_property
    def radius(self) -> Grey:
        """Radius of the fibre in pixels."""
        return self.fibres.radius[self.owner]

    def places(self, wanted: Chosen) -> Places:
        """Return the pixels of a mask of ``STEP`` pixels' grain."""
        found = np.flatnonzero(wanted[::STEP, ::STEP])
        row, column = np.divmod(found, wanted[::STEP, ::STEP].shape[1])
        places: Places = row * STEP * WIDTH + column * STEP
        return places


def cut_across(rng: np.random.Generator, diameter: float, scale: float, changes: Changes) -> Section:
    """Lay out fibres of a mean ``diameter`` (µm) at ``scale`` (pixels a µm) as the findings want them."""
    mean = diameter * scale / 2
    septa = Septa(rng, scale, changes)
    fibres = pack_fibres(rng, mean, septa, changes)
    owner, border = _diagram(rng, fibres, mean)
    septum = septa.field(rng, STEP)
    gap = _gap(rng, scale, changes)
    edge = _rounded(fibres, owner, border, changes.get("rounding", 0.0)) - gap
    edge = np.minimum(edge, septum)
    return Section(fibres, np.repeat(np.repeat(owner, STEP, 0), STEP, 1), widen(edge), widen(septum), scale)


def cut_along(rng: np.random.Generator, diameter: float, scale: float) -> Section:
    """Lay out fibres of a mean ``diameter`` (µm) that are cut lengthwise, side by side, at ``scale`` (pixels a µm)."""
    turn = float(rng.choice((0.0, np.pi / 2)) + 0.2 * rng.standard_normal())
    bend = np.float32(0.06 * diameter * scale) * window(rng, 90)
    right, down = COLUMNS - np.float32(WIDTH / 2), ROWS - np.float32(HEIGHT / 2)
    along = right * np.float32(np.cos(turn)) + down * np.float32(np.sin(turn)) + bend
    across = down * np.float32(np.cos(turn)) - right * np.float32(np.sin(turn)) + bend
    reach = 420.0
    widths = diameter * scale * np.clip(0.85 + 0.2 * rng.standard_normal(120), 0.3, 1.3)
    borders = np.cumsum(widths) - reach
    borders = borders[: int(np.searchsorted(borders, reach)) + 1]
    middles = np.concatenate(([borders[0] - widths[0] / 2], (borders[1:] + borders[:-1]) / 2, [borders[-1] + 1]))
    line = np.arange(-reach, reach, 0.25)
    place = np.clip((across + np.float32(reach)) * 4, 0, line.size - 1).astype(np.int32)
    owner = np.searchsorted(borders, line).astype(np.int16)[place]
    nearest = np.abs(line[:, None] - borders[None, :]).min(1).astype(np.float32)[place]
    edge = nearest - widen(_gap(rng, scale, {}))
    kind = np.where(rng.random(middles.size) < 0.45, SLOW, np.where(rng.random(middles.size) < 0.6, FAST_A, FAST_X))
    fibres = Fibres(
        x=(WIDTH / 2 - middles * np.sin(turn)).astype(np.float32),
        y=(HEIGHT / 2 + middles * np.cos(turn)).astype(np.float32),
        radius=np.full(middles.size, diameter * scale / 2, np.float32),
        kind=kind.astype(np.int8),
        fat=np.zeros(middles.size, bool),
    )
    band = np.float32(max(3.4, SARCOMERE * scale))
    shift = (6 * rng.random(middles.size)).astype(np.float32)[owner]
    striation = np.sin(along * (np.float32(2 * np.pi) / band) + shift + np.float32(1.2) * window(rng, 24))
    far = np.full((HEIGHT, WIDTH), 1e3, np.float32)
    return Section(fibres, owner, edge, far, scale, striation)


def widen(field: Grey) -> Grey:
    """Return a field at twice its size, by linear interpolation between the middles of pixels."""
    for axis in (0, 1):
        field = np.moveaxis(field, axis, 0)
        before = np.concatenate((field[:1], field[:-1]))
        after = np.concatenate((field[1:], field[-1:]))
        wide = np.empty((2 * field.shape[0], *field.shape[1:]), np.float32)
        wide[0::2] = 0.75 * field + 0.25 * before
        wide[1::2] = 0.75 * field + 0.25 * after
        field = np.moveaxis(wide, 0, axis)
    return np.ascontiguousarray(field)


def _diagram(rng: np.random.Generator, fibres: Fibres, mean: float) -> tuple[npt.NDArray[np.int16], Grey]:
    """Return owner and distance to the border, for every second pixel.

    A fibre owns the pixels whose power (squared distance less squared radius) to it is the least. Less what is
    common to all, the power is linear in x and y.
    """
    rows, columns = HEIGHT // BLOCK, WIDTH // BLOCK
    grain = BLOCK // STEP
    bend = np.float32(min(2.5, 0.09 * mean))
    x = COLUMNS[:, ::STEP] + bend * window(rng, 8, HEIGHT // STEP, WIDTH // STEP)
    y = ROWS[::STEP] + bend * window(rng, 8, HEIGHT // STEP, WIDTH // STEP)
    x, y = (
        field.reshape(rows, grain, columns, grain).swapaxes(1, 2).reshape(rows * columns, grain * grain)
        for field in (x, y)
    )
    constant = fibres.x**2 + fibres.y**2 - fibres.radius**2
    middle_x, middle_y = x.mean(1)[:, None], y.mean(1)[:, None]
    power = constant - 2 * (middle_x * fibres.x + middle_y * fibres.y)
    small = float(np.quantile(fibres.radius, 0.1))
    many = min(NEAREST + int(3 * (BLOCK / (2 * small)) ** 2), 20, len(fibres) - 1)
    near = np.argpartition(power, many, axis=1)[:, :many].astype(np.int16)
    first = np.full(x.shape, np.inf, np.float32)
    second = first.copy()
    owner = np.zeros(x.shape, np.int16)
    other = owner.copy()
    for candidate in near.T:
        value = (-2 * fibres.x[candidate])[:, None] * x
        value += (-2 * fibres.y[candidate])[:, None] * y
        value += constant[candidate][:, None]
        named = candidate[:, None]
        np.copyto(other, named, where=value < second)
        better = value < first
        np.copyto(other, owner, where=better)
        np.copyto(owner, named, where=better)
        np.minimum(second, np.maximum(first, value), out=second)
        np.minimum(first, value, out=first)
    apart = np.hypot(fibres.x[owner] - fibres.x[other], fibres.y[owner] - fibres.y[other])
    border = (second - first) / (2 * apart + np.float32(1e-3))
    shape = (rows, columns, grain, grain)
    return (
        owner.reshape(shape).swapaxes(1, 2).reshape(HEIGHT // STEP, WIDTH // STEP),
        border.reshape(shape).swapaxes(1, 2).reshape(HEIGHT // STEP, WIDTH // STEP),
    )


def _rounded(fibres: Fibres, owner: npt.NDArray[np.int16], border: Grey, rounding: float) -> Grey:
    """Return the distance to the border with corners cut off, as far as circles about the centres want it."""
    reach = 1.34 - 0.36 * min(rounding, 1.0)
    x = COLUMNS[:, ::STEP] - fibres.x[owner]
    y = ROWS[::STEP] - fibres.y[owner]
    circle = np.float32(reach) * fibres.radius[owner] - np.sqrt(x * x + y * y)
    edge = np.minimum(border, circle)
    padded = np.pad(edge, 1, mode="edge")
    across = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    softened: Grey = (across[:-2] + 2 * across[1:-1] + across[2:]) * np.float32(1 / 16)
    return softened


def _gap(rng: np.random.Generator, scale: float, changes: Changes) -> Grey:
    """Return half the width of the endomysium in pixels, for every second pixel."""
    fibrosis = changes.get("fibrosis", 0.0)
    wide = (0.7 + 5.5 * fibrosis) * scale
    uneven = 1 + (0.35 + 0.2 * fibrosis) * window(rng, 24, HEIGHT // STEP, WIDTH // STEP)
    half: Grey = np.float32(0.9) + np.float32(wide) * np.maximum(uneven, np.float32(0.1))
    return half
