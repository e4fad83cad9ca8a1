"""Fibres cut across: circles pushed apart until they fit, then the power diagram of them as fields of pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from etl.generate.drawing.noise import HEIGHT, WIDTH, Grey, window

Changes = Mapping[str, float]
"""What the findings change, by name (``findings.tsv``); 0 where a name is absent."""

Chosen = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
"""Pixels by their place in the flattened picture."""

STEP = 2
"""The diagram is worked out for every second pixel and widened."""
BLOCK = 32
"""Pixels on the side of a block, within which only the nearest circles are looked at."""
NEAREST = 7
"""How many large circles can own pixels of one block; small ones are more."""
NEIGHBOURS = 10
ROUNDS = 9
"""Rounds of pushing circles apart."""
SLOW, FAST_A, FAST_X = 0, 1, 2
"""Types of fibre: 1, 2A, 2X."""


@dataclass(frozen=True)
class Fibres:
    """The fibres of a picture, one an element."""

    x: Grey
    y: Grey
    """Centres in pixels; they may lie outside the picture."""
    radius: Grey
    """In pixels."""
    kind: npt.NDArray[np.int8]
    fat: Chosen
    """Adipocytes that stand where fibres were."""

    def __len__(self) -> int:
        return int(self.x.size)


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

    @cached_property
    def x(self) -> Grey:
        """Pixels to the right of the centre of the fibre."""
        return _columns() - self.fibres.x[self.owner]

    @cached_property
    def y(self) -> Grey:
        """Pixels below the centre of the fibre."""
        return _rows() - self.fibres.y[self.owner]

    @cached_property
    def radius(self) -> Grey:
        """Radius of the fibre in pixels."""
        return self.fibres.radius[self.owner]

    def places(self, wanted: Chosen) -> Places:
        """Return the pixels of a mask of ``STEP`` pixels' grain."""
        found = np.flatnonzero(wanted[::STEP, ::STEP])
        row, column = np.divmod(found, wanted[::STEP, ::STEP].shape[1])
        return (row * STEP * WIDTH + column * STEP).astype(np.int64)


@cache
def _columns() -> Grey:
    return np.arange(WIDTH, dtype=np.float32)[None, :]


@cache
def _rows() -> Grey:
    return np.arange(HEIGHT, dtype=np.float32)[:, None]


def cut_across(rng: np.random.Generator, diameter: float, scale: float, changes: Changes) -> Section:
    """Lay out fibres of a mean ``diameter`` (µm) at ``scale`` (pixels a µm) as the findings want them."""
    mean = diameter * scale / 2
    septa = _Septa(rng, scale, changes)
    fibres = _packed(rng, mean, septa, changes)
    owner, border = _diagram(rng, fibres, mean)
    septum = septa.field(rng)
    gap = _gap(rng, scale, changes)
    edge = _rounded(fibres, owner, border, changes.get("rounding", 0.0)) - gap
    edge = np.minimum(edge, septum)
    return Section(fibres, np.repeat(np.repeat(owner, STEP, 0), STEP, 1), widen(edge), widen(septum), scale)


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


class _Septa:
    """The septa between fascicles: borders of a coarse diagram of a few centres."""

    def __init__(self, rng: np.random.Generator, scale: float, changes: Changes) -> None:
        wanted = changes.get("septa", 0.0)
        many = 1 if rng.random() > max(0.5, wanted) else int(rng.integers(2, 4))
        if changes.get("perifascicular", 0.0):
            many = max(many, 2)
        angle = rng.random() * 2 * np.pi + np.arange(many) * 2 * np.pi / many
        far = 150 + 130 * rng.random(many)
        self.x = WIDTH / 2 + 70 * rng.standard_normal() + far * np.cos(angle)
        self.y = HEIGHT / 2 + 50 * rng.standard_normal() + far * np.sin(angle)
        self.half = (4 + 8 * rng.random()) * scale * (1 + 1.5 * changes.get("fibrosis", 0.0))

    def distance(self, x: Grey, y: Grey) -> Grey:
        """Return the distance in pixels of places to the border of a septum, negative within it."""
        if self.x.size == 1:
            return np.full(np.broadcast_shapes(x.shape, y.shape), 1e3, np.float32)
        power = [(x - cx) ** 2 + (y - cy) ** 2 for cx, cy in zip(self.x, self.y, strict=True)]
        nearest = np.minimum.reduce(power)
        border = np.full(nearest.shape, 1e6, np.float32)
        for i, one in enumerate(power):
            own = one <= nearest
            for j, other in enumerate(power):
                if i != j:
                    apart = 2 * np.hypot(self.x[i] - self.x[j], self.y[i] - self.y[j])
                    np.minimum(border, (other - one) / np.float32(apart), out=border, where=own)
        return border - np.float32(self.half)

    def field(self, rng: np.random.Generator) -> Grey:
        """Return the distances for every second pixel, bent by noise."""
        height, width = HEIGHT // STEP, WIDTH // STEP
        bend = 9 * window(rng, 24, height, width)
        return self.distance(_columns()[:, ::STEP] + bend, _rows()[::STEP] + bend) + 2 * window(rng, 8, height, width)


def _packed(rng: np.random.Generator, mean: float, septa: _Septa, changes: Changes) -> Fibres:
    apart = mean * np.sqrt(2 * np.pi / np.sqrt(3))
    margin = 1.3 * apart
    y, x = np.meshgrid(
        np.arange(-margin, HEIGHT + margin, apart * np.sqrt(3) / 2),
        np.arange(-margin, WIDTH + margin, apart),
        indexing="ij",
    )
    x = x + np.where(np.arange(len(x)) % 2, apart / 2, 0)[:, None]
    place = np.stack((x.ravel(), y.ravel()), 1) + apart * (0.24 * rng.standard_normal((x.size, 2)) + rng.random(2))
    away = septa.distance(place[:, 0].astype(np.float32), place[:, 1].astype(np.float32))
    inside = away > 0.3 * mean
    place, away = place[inside], away[inside]
    kind = _kinds(rng, place, mean, changes)
    radius, fat = _sizes(rng, mean, kind, away, place, changes)
    # Where fibres are small, several stand in the place of one.
    crowd = np.clip(np.rint((0.9 * mean / radius) ** 2), 1, 4).astype(int)
    place = (
        np.repeat(place, crowd, 0)
        + rng.standard_normal((crowd.sum(), 2)) * np.repeat(radius * (crowd > 1), crowd)[:, None]
    )
    kind, radius, fat = (np.repeat(values, crowd) for values in (kind, radius, fat))
    place = _pushed_apart(place, radius)
    return Fibres(place[:, 0].astype(np.float32), place[:, 1].astype(np.float32), radius.astype(np.float32), kind, fat)


def _kinds(
    rng: np.random.Generator, place: npt.NDArray[np.float64], mean: float, changes: Changes
) -> npt.NDArray[np.int8]:
    share = 0.35 + 0.25 * rng.random()
    share += (0.95 - share) * changes.get("slow_predominance", 0.0) - (share - 0.12) * changes.get(
        "fast_predominance", 0.0
    )
    lot = rng.random(len(place))
    if grouping := changes.get("grouping", 0.0):
        # Sorted by a smooth field instead of by lot, neighbours are alike.
        centre = place + mean * 3
        wave = sum(np.sin(centre @ rng.standard_normal(2) / (2.2 * mean) + 6 * rng.random()) for _ in range(4))
        lot = (1 - grouping) * lot + grouping * (np.argsort(np.argsort(wave)) / len(place))
    fast = np.where(rng.random(len(place)) < 0.6, FAST_A, FAST_X)
    return np.where(lot < share, SLOW, fast).astype(np.int8)


def _sizes(
    rng: np.random.Generator,
    mean: float,
    kind: npt.NDArray[np.int8],
    away: npt.NDArray[np.float32],
    place: npt.NDArray[np.float64],
    changes: Changes,
) -> tuple[npt.NDArray[np.float64], Chosen]:
    many = len(kind)
    size = np.exp((0.09 + 0.28 * changes.get("variability", 0.0)) * rng.standard_normal(many))
    size *= np.where(
        kind == SLOW, 1 - 0.55 * changes.get("slow_atrophy", 0.0), 1 - 0.5 * changes.get("fast_atrophy", 0.0)
    )
    small = rng.random(many) < changes.get("atrophy", 0.0)
    size *= np.where(small, 0.35 + 0.25 * rng.random(many), 1)
    size *= np.where(rng.random(many) < changes.get("hypertrophy", 0.0), 1.35 + 0.3 * rng.random(many), 1)
    if outer := changes.get("perifascicular", 0.0):
        size *= np.where(away < 2.4 * mean, 1 - 0.5 * outer * (0.7 + 0.5 * rng.random(many)), 1)
    fat = np.zeros(many, bool)
    if share := changes.get("fat", 0.0):
        # Adipocytes lie together.
        middle = place[rng.integers(many, size=max(1, many // 45))]
        far = np.min(np.hypot(*(place[:, None, :] - middle[None, :, :]).transpose(2, 0, 1)), axis=1)
        fat = far < np.quantile(far, share)
        size[fat] = 1.05 + 0.25 * rng.random(fat.sum())
    return mean * np.clip(size, 0.25, 2.0), fat


def _pushed_apart(place: npt.NDArray[np.float64], radius: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    x, y = place.T.astype(np.float32)
    square = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    near = np.argpartition(square, NEIGHBOURS, axis=1)[:, : NEIGHBOURS + 1]
    wanted = (0.97 * (radius[:, None] + radius[near])).astype(np.float32)
    wanted[near == np.arange(len(x))[:, None]] = 0
    for _ in range(ROUNDS):
        right, down = x[near] - x[:, None], y[near] - y[:, None]
        far = np.sqrt(right * right + down * down) + np.float32(1e-3)
        push = np.maximum(wanted - far, 0) / far * np.float32(0.3)
        x = x - (right * push).sum(1)
        y = y - (down * push).sum(1)
    return np.stack((x, y), 1).astype(np.float64)


def _diagram(rng: np.random.Generator, fibres: Fibres, mean: float) -> tuple[npt.NDArray[np.int16], Grey]:
    """Return owner and distance to the border, for every second pixel.

    A fibre owns the pixels whose power (squared distance less squared radius) to it is the least. Less what is
    common to all, the power is linear in x and y.
    """
    rows, columns = HEIGHT // BLOCK, WIDTH // BLOCK
    grain = BLOCK // STEP
    bend = np.float32(min(2.5, 0.09 * mean))
    x = _columns()[:, ::STEP] + bend * window(rng, 8, HEIGHT // STEP, WIDTH // STEP)
    y = _rows()[::STEP] + bend * window(rng, 8, HEIGHT // STEP, WIDTH // STEP)
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
    x = _columns()[:, ::STEP] - fibres.x[owner]
    y = _rows()[::STEP] - fibres.y[owner]
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
    return np.float32(0.9) + np.float32(wide) * np.maximum(uneven, np.float32(0.1))
