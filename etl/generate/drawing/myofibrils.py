"""Myofibrils cut lengthwise, as the electron microscope sees them: bands, lines, gaps, mitochondria, triads."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from etl.generate.drawing.fibres import SARCOMERE
from etl.generate.drawing.marks import Numbers, stamp
from etl.generate.drawing.noise import HEIGHT, SIDE, WIDTH, Grey, tile, window

SHADES = 256
"""Places within a sarcomere that have a grey of their own."""
GAP_LIGHT, GRAIN_DARK, MATRIX, MEMBRANE = 178.0, 72.0, 112.0, 52.0
"""Greys of the space between myofibrils, of glycogen, of mitochondria and of membranes."""


@dataclass
class Field:
    """An electron micrograph in the making, ``HEIGHT`` × ``WIDTH``."""

    rng: np.random.Generator
    scale: float
    """Pixels a micrometre."""
    along: Grey
    """Pixels along the myofibrils."""
    across: Grey
    """Pixels across the myofibrils."""
    grey: Grey
    """0 black, 255 white."""
    turn: float
    """Direction of the myofibrils, in radians."""
    gaps: Numbers
    """Where myofibrils end, in pixels across."""

    def window(self, scale: float) -> Grey:
        """Return noise that is smooth over ``scale`` pixels."""
        return window(self.rng, scale)

    def cover(self, mask: Grey, shade: Grey | float) -> None:
        """Lay a shade over the picture where the mask is 1."""
        self.grey += mask * (shade - self.grey)

    def place(self, along: Numbers, across: Numbers) -> tuple[Numbers, Numbers]:
        """Return column and row of what lies ``along`` and ``across``; bends are not undone."""
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        return WIDTH / 2 + along * cosine - across * sine, HEIGHT / 2 + along * sine + across * cosine

    def streaks(self, fine: float = 1.1) -> Grey:
        """Return noise drawn out along the myofibrils, as filaments are."""
        row = (self.across * np.float32(fine)).astype(np.int32) & (SIDE - 1)
        column = (self.along * np.float32(0.09)).astype(np.int32) & (SIDE - 1)
        noise: Grey = tile(0.8)[row, column]
        return noise

    def grains(self, share: float) -> Grey:
        """Return glycogen: dark grains over a share of the area."""
        cut = 1.7 - 1.4 * share
        grains: Grey = np.clip((self.window(max(0.8, 0.011 * self.scale)) - np.float32(cut)) * 2.5, 0, 1)
        return grains


def weave(rng: np.random.Generator, scale: float, changes: Mapping[str, float], disarray: Grey | None) -> Field:
    """Return a field filled with myofibrils; ``disarray`` (0 to 1) tells where their order is lost."""
    turn = float(rng.choice((0, np.pi / 2, np.pi / 5, -np.pi / 6)) + 0.12 * rng.standard_normal())
    y, x = np.mgrid[-HEIGHT / 2 : HEIGHT / 2, -WIDTH / 2 : WIDTH / 2].astype(np.float32)
    cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    along = x * cosine + y * sine + np.float32(0.05 * scale) * window(rng, 90)
    across = (
        y * cosine - x * sine + np.float32(0.12 * scale) * window(rng, 90) + np.float32(0.012 * scale) * window(rng, 24)
    )
    thin = changes.get("thin", 0.0)
    reach = 480.0
    widths = np.exp(0.25 * rng.standard_normal(80)) * scale * (0.85 - 0.4 * thin)
    gaps = np.cumsum(np.maximum(widths, 0.25 * scale))
    gaps = gaps[gaps < 2 * reach] - reach
    step = ((across + np.float32(reach)) * 2).astype(np.int32)
    np.clip(step, 0, int(4 * reach) - 1, out=step)
    line = np.arange(0, 2 * reach, 0.5) - reach
    owner = np.searchsorted(gaps, line)
    nearest = np.abs(line[:, None] - gaps[None, :]).min(1).astype(np.float32)
    drift = np.cumsum(0.035 * rng.standard_normal(len(gaps) + 1)).astype(np.float32)
    phase = along * np.float32(1 / (SARCOMERE * scale * (0.85 + 0.25 * rng.random()))) + drift[owner][step]
    if disarray is not None:
        phase += disarray * (np.float32(0.26) * window(rng, 24) + np.float32(0.12) * window(rng, 8))
    else:
        phase += np.float32(0.012) * window(rng, 8)
    place = (phase * SHADES).astype(np.int32) & (SHADES - 1)
    grey = _bands(disarray is not None)[place]
    field = Field(rng, scale, along, across, grey, turn, gaps)
    field.grey += np.float32(13) * field.streaks() + np.float32(6) * field.window(1.2)
    _open_gaps(field, nearest[step], thin)
    return field


def _bands(thick: bool) -> Grey:
    """Return the grey along a sarcomere, from the middle of one Z line to the next."""
    away = np.minimum(np.arange(SHADES), SHADES - np.arange(SHADES)) / SHADES
    shade = np.where(away < 0.17, 172.0, 116.0)
    shade = np.where(away > 0.43, 134.0, shade)
    line = np.exp(-np.square(away / (0.022 if thick else 0.016)))
    middle = np.exp(-np.square((away - 0.5) / 0.009))
    shade = shade * (1 - line) + 42 * line
    shade = shade * (1 - 0.65 * middle) + 82 * 0.65 * middle
    around = np.convolve(np.tile(shade, 3), [0.2, 0.6, 0.2], "same")[SHADES : 2 * SHADES]
    return around.astype(np.float32)


def _open_gaps(field: Field, nearest: Grey, thin: float) -> None:
    half = np.float32(field.scale * (0.035 + 0.2 * thin)) * np.maximum(
        1 + np.float32(0.9) * field.window(24), np.float32(0.15)
    )
    mask = np.clip(half - nearest + np.float32(0.5), 0, 1)
    shade = GAP_LIGHT + np.float32(10) * field.window(3)
    shade -= (GAP_LIGHT - GRAIN_DARK) * field.grains(0.2)
    field.cover(mask, shade)


def add_mitochondria(field: Field, sparse: Grey | None) -> None:
    """Put mitochondria into gaps beside Z lines, fewer where ``sparse`` is 1."""
    rng, scale = field.rng, field.scale
    many = int(np.clip(0.16 * WIDTH * HEIGHT / (scale * scale), 4, 60))
    across = rng.choice(field.gaps, many) + 0.05 * scale * rng.standard_normal(many)
    along = 700 * (rng.random(many) - 0.5)
    column, row = field.place(along, across)
    row_at = np.clip(row, 0, HEIGHT - 1).astype(int)
    column_at = np.clip(column, 0, WIDTH - 1).astype(int)
    # The gaps bend; a mitochondrion follows by the shift of the axis where it lies.
    shift = field.across[row_at, column_at] - across
    column, row = column + shift * np.sin(field.turn), row - shift * np.cos(field.turn)
    kept = np.ones(many, bool) if sparse is None else sparse[row_at, column_at] < 0.3
    long = scale * (0.28 + 0.35 * rng.random(many))
    short = scale * (0.11 + 0.09 * rng.random(many))
    turn = field.turn + 0.12 * rng.standard_normal(many)
    paint_mitochondria(field, (column[kept], row[kept]), (long[kept], short[kept]), turn[kept])


def paint_mitochondria(
    field: Field, at: tuple[Numbers, Numbers], axes: tuple[Numbers, Numbers], turn: Numbers, *, packed: bool = False
) -> None:
    """Paint mitochondria with membrane and cristae, by place (column, row) and half axes (long, short), in pixels.

    Those that are ``packed`` hold paracrystalline inclusions instead.
    """
    (column, row), (long, short) = at, axes
    if not column.size:
        return
    depth = np.zeros((HEIGHT, WIDTH), np.float32)
    soft = float(max(2.0, 0.55 * np.median(short)))
    stamp(depth, column, row, long, short, angle=turn, soft=soft)
    place = np.flatnonzero(depth > 0.02)
    inner = depth.reshape(-1)[place]
    wave = max(3.4, 0.055 * field.scale)
    side = field.along if not packed else field.along * np.float32(0.7) + field.across * np.float32(0.7)
    bent = side.reshape(-1)[place] * np.float32(2 * np.pi / wave) + np.float32(1.6) * field.window(8).reshape(-1)[place]
    shade = MATRIX + 26 * np.sin(bent) + 6 * field.window(0.8).reshape(-1)[place]
    if packed:
        block = np.clip(field.window(8).reshape(-1)[place] * 4, 0, 1) * (inner > 0.75)
        lattice = 78 + 48 * np.sign(np.sin(bent * 1.0)) * (
            np.abs(np.sin(field.across.reshape(-1)[place] / wave)) > 0.25
        )
        shade = shade * (1 - block) + lattice * block
    rim = np.exp(-np.square((inner - 0.25) * 6))
    shade = shade * (1 - 0.85 * rim) + MEMBRANE * 0.85 * rim
    grey = field.grey.reshape(-1)
    grey[place] += np.clip(inner * 5, 0, 1) * (shade - grey[place])


def add_triads(field: Field) -> None:
    """Put triads, each a tubule between two sacs, where A and I bands meet."""
    rng, scale = field.rng, field.scale
    if scale < 55:
        return
    many = int(np.clip(0.22 * WIDTH * HEIGHT / (scale * scale), 3, 60))
    across = rng.choice(field.gaps, many)
    along = 700 * (rng.random(many) - 0.5)
    column, row = field.place(along, across)
    size = 0.035 * scale
    ring = np.zeros((HEIGHT, WIDTH), np.float32)
    hollow = ring.copy()
    for aside in (-1.9, 0.0, 1.9):
        x = column + aside * size * np.cos(field.turn)
        y = row + aside * size * np.sin(field.turn)
        stamp(ring, x, y, 1.25 * size, 1.25 * size, angle=field.turn, amount=0.8)
        stamp(hollow, x, y, 0.75 * size, 0.75 * size, angle=field.turn, amount=0.8)
    field.cover(ring, MEMBRANE + 15)
    field.cover(hollow, 165 if rng.random() < 0.6 else 130)
