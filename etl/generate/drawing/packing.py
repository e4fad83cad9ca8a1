"""Fibres packed side by side: their sizes, types and places, and the septa between their fascicles."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl.generate.drawing.noise import COLUMNS, HEIGHT, ROWS, WIDTH, Grey, window

Changes = Mapping[str, float]
"""What the findings change, by name (``findings.tsv``); 0 where a name is absent."""
Chosen = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
"""Pixels by their place in the flattened picture."""
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


class Septa:
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

    def field(self, rng: np.random.Generator, step: int) -> Grey:
        """Return the distances for every pixel of ``step``, bent by noise."""
        height, width = HEIGHT // step, WIDTH // step
        bend = 9 * window(rng, 24, height, width)
        return self.distance(COLUMNS[:, ::step] + bend, ROWS[::step] + bend) + 2 * window(rng, 8, height, width)


def pack_fibres(rng: np.random.Generator, mean: float, septa: Septa, changes: Changes) -> Fibres:
    """Return fibres of a mean radius (pixels) that fill the picture and a margin around it, clear of the septa."""
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
    radius, fat = _sizes(rng, mean, kind, place, changes)
    if outer := changes.get("perifascicular", 0.0):
        radius = np.where(away < 2.4 * mean, radius * (1 - 0.5 * outer * (0.7 + 0.5 * rng.random(len(radius)))), radius)
    # Where fibres are small, several stand in the place of one.
    crowd = np.clip(np.rint((0.9 * mean / radius) ** 2), 1, 4).astype(int)
    place = (
        np.repeat(place, crowd, 0)
        + rng.standard_normal((crowd.sum(), 2)) * np.repeat(radius * (crowd > 1), crowd)[:, None]
    )
    kind, radius, fat = np.repeat(kind, crowd), np.repeat(radius, crowd), np.repeat(fat, crowd)
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
    rng: np.random.Generator, mean: float, kind: npt.NDArray[np.int8], place: npt.NDArray[np.float64], changes: Changes
) -> tuple[npt.NDArray[np.float64], Chosen]:
    many = len(kind)
    size = np.exp((0.09 + 0.28 * changes.get("variability", 0.0)) * rng.standard_normal(many))
    size *= np.where(
        kind == SLOW, 1 - 0.55 * changes.get("slow_atrophy", 0.0), 1 - 0.5 * changes.get("fast_atrophy", 0.0)
    )
    small = rng.random(many) < changes.get("atrophy", 0.0)
    size *= np.where(small, 0.35 + 0.25 * rng.random(many), 1)
    size *= np.where(rng.random(many) < changes.get("hypertrophy", 0.0), 1.35 + 0.3 * rng.random(many), 1)
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
