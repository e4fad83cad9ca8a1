"""Electron micrographs: myofibrils, what lies beside them, and what findings put among them; one grey channel."""

from collections.abc import Callable

import numpy as np

from etl.generate.drawing.camera import Pixels, photograph, put_scale_bar
from etl.generate.drawing.marks import stamp
from etl.generate.drawing.myofibrils import (
    MEMBRANE,
    SARCOMERE,
    Field,
    add_mitochondria,
    add_triads,
    paint_mitochondria,
    weave,
)
from etl.generate.drawing.noise import HEIGHT, WIDTH, Grey, window
from etl.generate.drawing.orders import Order

MAGNIFIED = (42.0, 120.0)
"""Least and greatest pixels a micrometre of a picture whose scale is free."""
READABLE = (22.0, 400.0)
"""The same where the record gives the side of a pixel."""
BARS = (0.2, 0.5, 1.0, 2.0)
"""Lengths of scale bars in micrometres."""
DISORDERED = ("core", "minicores", "rods", "filaments", "bodies", "tubules", "hyaline", "actin")
"""Changes around which myofibrils lose their order, and mitochondria are few."""


def draw_electron(rng: np.random.Generator, order: Order) -> Pixels:
    """Draw an electron micrograph, rows × columns × 1."""
    changes = order.changes
    free = MAGNIFIED[0] * (MAGNIFIED[1] / MAGNIFIED[0]) ** rng.random()
    scale = float(np.clip(order.scale or free, *READABLE))
    regions = _regions(rng, scale, order)
    field = weave(rng, scale, changes, regions)
    add_mitochondria(field, regions)
    add_triads(field)
    for name, change in CHANGES.items():
        if changes.get(name, 0.0):
            change(field, regions)
    if rng.random() < (1.0 if changes.get("collagen") or changes.get("tubuloreticular") else 0.3):
        _add_border(field, wide=bool(changes.get("collagen")), reticular=bool(changes.get("tubuloreticular")))
    contrast, brightness = 0.85 + 0.3 * rng.random(), 128 + 10 * rng.standard_normal()
    light = (field.grey - np.float32(128)) * np.float32(contrast) + np.float32(brightness)
    light += np.float32(4) * window(rng, 90)
    pixels = photograph(rng, light[None], noise=6.0, vignette=0.14)
    length = next((bar for bar in BARS if 60 <= bar * scale <= 160), BARS[-1])
    put_scale_bar(pixels, length * scale, 0 if rng.random() < 0.6 else 255)
    return pixels


def _regions(rng: np.random.Generator, scale: float, order: Order) -> Grey | None:
    """Return where the lesions lie, 0 to 1; None for orderly muscle."""
    if not any(order.changes.get(name) for name in DISORDERED):
        return None
    several = any(order.changes.get(name) for name in ("minicores", "bodies", "tubules"))
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    for _ in range(int(rng.integers(2, 4)) if several else 1):
        size = (0.7 + 0.5 * rng.random() if several else 1.5 + 0.7 * rng.random()) * scale
        x = WIDTH * (0.2 + 0.6 * rng.random())
        y = HEIGHT * (0.25 + 0.5 * rng.random())
        np.maximum(mask, _blob(rng, x, y, min(size * 1.3, 190.0), min(size, 140.0)), out=mask)
    return mask


def _blob(rng: np.random.Generator, x: float, y: float, wide: float, high: float, firm: float = 5.0) -> Grey:
    """Return a region with an uneven border, 1 within."""
    right = (np.arange(WIDTH, dtype=np.float32)[None, :] - np.float32(x)) / np.float32(wide)
    down = (np.arange(HEIGHT, dtype=np.float32)[:, None] - np.float32(y)) / np.float32(high)
    return np.clip(
        (1 - np.sqrt(right * right + down * down) + np.float32(0.13) * window(rng, 24)) * np.float32(firm), 0, 1
    )


def _somewhere(field: Field, size: float) -> Grey:
    """Return a region of about ``size`` micrometres' radius near the middle."""
    x = WIDTH * (0.35 + 0.3 * field.rng.random())
    y = HEIGHT * (0.35 + 0.3 * field.rng.random())
    radius = min(size * field.scale, 150.0)
    return _blob(field.rng, x, y, radius * (1 + 0.4 * field.rng.random()), radius)


def _stream(field: Field, regions: Grey | None) -> None:
    """Smear of Z lines through a core."""
    if regions is None:
        return
    smear = np.clip(np.sin(field.along / np.float32(0.3 * field.scale) + 2.5 * field.window(24)) * 2.2 - 1.2, 0, 1)
    smear *= np.clip(0.4 + field.window(8), 0, 1) * regions
    field.cover(np.float32(0.85) * smear, 66 + 10 * field.window(1.2))


def _rods(field: Field, regions: Grey | None) -> None:
    rng, scale = field.rng, field.scale
    if regions is None:
        return
    field.cover(0.75 * regions, 158 + 12 * field.streaks(1.8) + 5 * field.window(1.2))
    place = np.flatnonzero(regions > 0.5)
    if not place.size:
        return
    row, column = np.divmod(place[rng.integers(place.size, size=int(rng.integers(16, 34)))], WIDTH)
    depth = np.zeros((HEIGHT, WIDTH), np.float32)
    long = scale * (0.3 + 0.4 * rng.random(row.size))
    short = scale * (0.1 + 0.12 * rng.random(row.size))
    stamp(depth, column, row, long, short, field.turn + 0.25 * rng.standard_normal(row.size), soft=0.05 * scale)
    lattice = np.sin(field.across * np.float32(2 * np.pi / max(3.6, 0.045 * scale)))
    field.cover(np.clip(depth * 1.4, 0, 1), 50 + 11 * lattice + 6 * field.window(0.8))


def _bodies(field: Field, regions: Grey | None) -> None:
    if regions is None:
        return
    field.cover(np.clip(regions * 1.6, 0, 1), 160 + 16 * field.window(1.2))
    core = np.clip(regions * 2.4 - 1.3 + 0.12 * field.window(3), 0, 1)
    field.cover(core, 48 + 9 * field.window(1.2))


def _filaments(field: Field, regions: Grey | None) -> None:
    if regions is None:
        return
    tangle = np.abs(np.sin(3 * field.window(8) + field.along * np.float32(0.5))) + np.abs(
        np.sin(4 * field.window(8) + field.across * np.float32(0.45))
    )
    field.cover(0.92 * regions, 182 - 42 * tangle + 8 * field.window(0.8))


def _tubules(field: Field, regions: Grey | None) -> None:
    if regions is None:
        return
    wave = np.float32(2 * np.pi / max(6.5, 0.075 * field.scale))
    a, b = field.along * wave, field.across * wave
    half, whole = np.float32(0.5), np.float32(0.866)
    comb = np.cos(a) + np.cos(half * a + whole * b) + np.cos(half * a - whole * b)
    ring = np.exp(-np.square((comb - np.float32(0.9)) * np.float32(0.9)))
    field.cover(regions, 172 - 96 * ring + 7 * field.window(0.8))


def _vacuoles(field: Field, _: Grey | None) -> None:
    rng = field.rng
    for _count in range(int(rng.integers(1, 4))):
        x, y = WIDTH * (0.15 + 0.7 * rng.random()), HEIGHT * (0.15 + 0.7 * rng.random())
        size = min(field.scale * (0.45 + 0.6 * rng.random()), 120)
        inside = _blob(rng, x, y, size * 1.2, size, 12)
        field.cover(np.clip(inside * 3, 0, 1), MEMBRANE)
        whorls = np.sin(
            np.hypot(*_from(x, y)) * np.float32(2 * np.pi / max(4, 0.05 * field.scale)) + 2.4 * field.window(8)
        )
        debris = np.clip(1.5 * field.window(8) + 0.2, 0, 1)
        shade = 205 + 5 * field.window(3) - debris * (70 + 55 * whorls) - 80 * field.grains(0.1)
        field.cover(np.clip(inside * 3 - 1.2, 0, 1), shade)


def _from(x: float, y: float) -> tuple[Grey, Grey]:
    right = np.arange(WIDTH, dtype=np.float32)[None, :] - np.float32(x)
    down = np.arange(HEIGHT, dtype=np.float32)[:, None] - np.float32(y)
    return right, down


def _mitochondria(field: Field, _: Grey | None) -> None:
    rng, scale = field.rng, field.scale
    region = _somewhere(field, 1.8)
    field.cover(0.9 * region, 165 + 8 * field.window(3) - 70 * field.grains(0.2))
    place = np.flatnonzero(region > 0.6)
    if not place.size:
        return
    row, column = np.divmod(place[rng.integers(place.size, size=26)], WIDTH)
    size = scale * (0.22 + 0.3 * rng.random(row.size))
    kept = _apart(column, row, size)
    for some, packed in ((kept[::2], False), (kept[1::2], True)):
        at = (column[some].astype(float), row[some].astype(float))
        paint_mitochondria(field, *at, size[some] * 1.35, size[some], np.pi * rng.random(some.size), packed=packed)


def _apart(column: np.ndarray, row: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return those of many circles that do not lie upon an earlier one."""
    kept: list[int] = []
    for one in range(len(size)):
        if all(np.hypot(column[one] - column[i], row[one] - row[i]) > 0.95 * (size[one] + size[i]) for i in kept):
            kept.append(one)
    return np.array(kept, int)


def _glycogen(field: Field, _: Grey | None) -> None:
    lake = np.maximum(_somewhere(field, 1.6), _somewhere(field, 0.9))
    field.cover(np.clip(lake * 3, 0, 1), MEMBRANE + 30)
    field.cover(np.clip(lake * 3 - 1, 0, 1), 172 + 8 * field.window(3) - 115 * field.grains(0.5))


def _granulofilamentous(field: Field, _: Grey | None) -> None:
    fluff = np.clip(1.3 * field.window(8) + 0.8 * field.window(24) - 0.9, 0, 1) * np.clip(
        0.9 + 0.4 * field.window(1.2), 0, 1
    )
    field.cover(0.9 * fluff, 62 + 14 * field.window(1.2))


def _hyaline(field: Field, regions: Grey | None) -> None:
    if regions is not None:
        field.cover(0.95 * regions, 142 + 9 * field.window(1.2) + 5 * field.window(3))


def _actin(field: Field, regions: Grey | None) -> None:
    if regions is not None:
        field.cover(0.95 * regions, 164 + 9 * field.streaks(1.6) + 4 * field.window(8))


def _zebra(field: Field, _: Grey | None) -> None:
    region = _somewhere(field, 0.8)
    stripes = np.sin(field.along * np.float32(2 * np.pi / max(7, 0.16 * field.scale)) + 0.4 * field.window(24))
    field.cover(region, 120 - 68 * np.tanh(2.5 * stripes) + 7 * field.streaks())


def _necrosis(field: Field, _: Grey | None) -> None:
    rng = field.rng
    fading = np.clip(0.75 + 0.35 * field.window(90), 0, 1)
    field.cover(fading * np.float32(0.8), 166 + 12 * field.window(8) + 9 * field.window(1.2))
    many = int(rng.integers(18, 40))
    x, y = WIDTH * rng.random(many), HEIGHT * rng.random(many)
    size = field.scale * (0.08 + 0.3 * rng.random(many) ** 2)
    ring, hollow = np.zeros((2, HEIGHT, WIDTH), np.float32)
    stamp(ring, x, y, size + 2, size * 0.85 + 2)
    stamp(hollow, x, y, size, size * 0.85)
    field.cover(ring, 82.0)
    field.cover(hollow, 208 + 5 * field.window(3))


def _lipid(field: Field, _: Grey | None) -> None:
    rng = field.rng
    many = int(rng.integers(8, 22))
    column, row = field.place(700 * (rng.random(many) - 0.5), rng.choice(field.gaps, many))
    size = field.scale * (0.15 + 0.25 * rng.random(many))
    rim, drop = np.zeros((2, HEIGHT, WIDTH), np.float32)
    stamp(rim, column, row, size + 1.2, size + 1.2, soft=1.5)
    stamp(drop, column, row, size, size, soft=1.5)
    field.cover(rim, 110.0)
    field.cover(drop, 202 + 4 * field.window(3))


def _nucleus(field: Field, _: Grey | None) -> None:
    rng, scale = field.rng, field.scale
    x, y = WIDTH * (0.35 + 0.3 * rng.random()), HEIGHT * (0.35 + 0.3 * rng.random())
    size = min(1.5 * scale, 125.0)
    wide, high = (size * 1.4, size) if abs(np.cos(field.turn)) > 0.7 else (size, size * 1.2)
    inside = _blob(rng, x, y, wide, high, 7)
    field.cover(np.clip(inside * 4, 0, 1), 172 + 6 * field.window(3) - 60 * field.grains(0.1))
    inner = np.clip(inside * 3 - 0.8, 0, 1)
    field.cover(inner, MEMBRANE)
    clumps = np.clip(0.95 * field.window(8) + 1.1 - 1.25 * np.clip(inside * 1.6 - 0.6, 0, 1), 0, 1)
    field.cover(np.clip(inner * 3 - 1.6, 0, 1), 150 + 9 * field.window(1.2) - 66 * clumps)


def _intranuclear(field: Field, _: Grey | None) -> None:
    region = _blob(field.rng, WIDTH / 2, HEIGHT / 2, 0.5 * field.scale, 0.4 * field.scale)
    field.cover(region, 168 - 50 * np.abs(np.sin(field.along * np.float32(0.7) + 2 * field.window(8))))


def _ring(field: Field, _: Grey | None) -> None:
    half = np.clip((field.across - field.window(24) * 8) * np.float32(0.3), 0, 1)
    crossing = weave(field.rng, field.scale, {}, None).grey
    field.cover(half, crossing)


def _add_border(field: Field, *, wide: bool, reticular: bool) -> None:
    """Cut the fibre off: sarcolemma, basal lamina, and collagen beyond."""
    rng, scale = field.rng, field.scale
    corner = float(np.abs(np.sin(field.turn)) * WIDTH + np.abs(np.cos(field.turn)) * HEIGHT) / 2
    start = corner * (0.15 if wide else 0.45 + 0.2 * rng.random())
    away = field.across - np.float32(start) + np.float32(0.05 * scale) * field.window(24)
    outside = np.clip(away, 0, 1)
    below = np.clip(1 + away / np.float32(0.35 * scale), 0, 1) * (1 - outside)
    field.cover(0.8 * below, 168 + 8 * field.window(3) - 75 * field.grains(0.2))
    fibrils = np.clip(field.window(max(1.2, 0.02 * scale) if scale > 60 else 1.2) * 1.6 - 0.3, 0, 1)
    lengthwise = np.clip(field.streaks(0.6), 0, 1)
    bundles = np.clip(0.5 + 1.4 * field.window(24), 0, 1)
    side = np.clip(field.window(90) * 3, 0, 1)
    density = (1.0 if wide else 0.6) * bundles
    field.cover(outside, 214 - density * 85 * (fibrils * side + lengthwise * (1 - side)) + 4 * field.window(3))
    field.cover(np.exp(-np.square(away / np.float32(max(1.2, 0.012 * scale)))), MEMBRANE)
    lamina = np.exp(-np.square((away - np.float32(0.07 * scale)) / np.float32(max(1.5, 0.025 * scale))))
    field.cover(0.5 * lamina, 120.0)
    if reticular:
        column, row = field.place(np.array([20.0]), np.array([start + 0.9 * scale]))
        cell = _blob(rng, float(column[0]), float(row[0]), 0.9 * scale, 0.6 * scale, 9)
        field.cover(np.clip(3 * cell, 0, 1), MEMBRANE + 20)
        field.cover(np.clip(3 * cell - 1, 0, 1), 158 + 10 * field.window(3))
        worms = np.exp(-np.square(field.window(1.8) * 3.2))
        field.cover(np.clip(4 * cell - 2.4, 0, 1), 176 - 118 * worms)


CHANGES: dict[str, Callable[[Field, Grey | None], None]] = {
    "ring": _ring,
    "core": _stream,
    "minicores": _stream,
    "necrosis": _necrosis,
    "rods": _rods,
    "filaments": _filaments,
    "tubules": _tubules,
    "hyaline": _hyaline,
    "actin": _actin,
    "bodies": _bodies,
    "granulofilamentous": _granulofilamentous,
    "glycogen": _glycogen,
    "lipid": _lipid,
    "mitochondria": _mitochondria,
    "vacuoles": _vacuoles,
    "zebra": _zebra,
    "nucleus": _nucleus,
    "intranuclear": _intranuclear,
}
"""What each electron change of ``findings.tsv`` paints; ``thin``, ``collagen`` and ``tubuloreticular`` are made elsewhere."""

__all__ = ["SARCOMERE", "draw_electron"]
