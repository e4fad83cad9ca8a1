"""What findings put among myofibrils in an electron micrograph, one function a change of ``findings.tsv``."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from etl.generate.drawing.marks import Numbers, stamp
from etl.generate.drawing.myofibrils import MEMBRANE, Field, paint_mitochondria, weave
from etl.generate.drawing.noise import COLUMNS, HEIGHT, ROWS, WIDTH, Grey, window


def draw_blob(
    rng: np.random.Generator, x: float, y: float, wide: float, high: float, *, firm: float = 5.0, rough: float = 0.13
) -> Grey:
    """Return a region with an uneven border, 1 within."""
    right = (COLUMNS - np.float32(x)) / np.float32(wide)
    down = (ROWS - np.float32(y)) / np.float32(high)
    inward = 1 - np.sqrt(right * right + down * down) + np.float32(rough) * window(rng, 24)
    blob: Grey = np.clip(inward * np.float32(firm), 0, 1)
    return blob


def _somewhere(field: Field, size: float) -> Grey:
    """Return a region of about ``size`` micrometres' radius near the middle."""
    x = WIDTH * (0.35 + 0.3 * field.rng.random())
    y = HEIGHT * (0.35 + 0.3 * field.rng.random())
    radius = min(size * field.scale, 150.0)
    return draw_blob(field.rng, x, y, radius * (1 + 0.4 * field.rng.random()), radius)


def _stream(field: Field, regions: Grey | None) -> None:
    """Smear of Z lines through a core."""
    if regions is None:
        return
    field.cover(0.55 * regions, 128 + 12 * field.streaks() + 8 * field.window(3))
    smear = np.clip(np.sin(field.along / np.float32(0.3 * field.scale) + 2.5 * field.window(24)) * 2.2 - 1.2, 0, 1)
    smear *= 0.85 * np.clip(0.4 + field.window(8), 0, 1) * regions
    field.cover(smear.astype(np.float32, copy=False), 66 + 10 * field.window(1.2))


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
    stamp(depth, column, row, long, short, angle=field.turn + 0.25 * rng.standard_normal(row.size), soft=0.05 * scale)
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
        inside = draw_blob(rng, x, y, size * 1.2, size, firm=12)
        field.cover(np.clip(inside * 3, 0, 1), MEMBRANE)
        whorls = np.sin(
            np.hypot(*_from(x, y)) * np.float32(2 * np.pi / max(4, 0.05 * field.scale)) + 2.4 * field.window(8)
        )
        debris = np.clip(1.5 * field.window(8) + 0.2, 0, 1)
        shade = 205 + 5 * field.window(3) - debris * (70 + 55 * whorls) - 80 * field.grains(0.1)
        field.cover(np.clip(inside * 3 - 1.2, 0, 1), shade)


def _from(x: float, y: float) -> tuple[Grey, Grey]:
    right = COLUMNS - np.float32(x)
    down = ROWS - np.float32(y)
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
        axes = (size[some] * 1.35, size[some])
        paint_mitochondria(field, at, axes, np.pi * rng.random(some.size), packed=packed)


def _apart(column: Numbers, row: Numbers, size: Numbers) -> npt.NDArray[np.int64]:
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
    inside = draw_blob(rng, x, y, wide, high, firm=7, rough=0.05)
    field.cover(np.clip(inside * 4, 0, 1), 172 + 6 * field.window(3) - 60 * field.grains(0.1))
    inner = np.clip(inside * 3 - 0.8, 0, 1)
    field.cover(inner, MEMBRANE)
    clumps = np.clip(0.95 * field.window(8) + 1.1 - 1.25 * np.clip(inside * 1.6 - 0.6, 0, 1), 0, 1)
    field.cover(np.clip(inner * 3 - 1.6, 0, 1), 150 + 9 * field.window(1.2) - 66 * clumps)


def _intranuclear(field: Field, _: Grey | None) -> None:
    region = draw_blob(field.rng, WIDTH / 2, HEIGHT / 2, 0.5 * field.scale, 0.4 * field.scale)
    field.cover(region, 168 - 50 * np.abs(np.sin(field.along * np.float32(0.7) + 2 * field.window(8))))


def _ring(field: Field, _: Grey | None) -> None:
    half = np.clip((field.across - field.window(24) * 8) * np.float32(0.3), 0, 1)
    crossing = weave(field.rng, field.scale, {}, None).grey
    field.cover(half, crossing)


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
"""By name; ``thin``, ``collagen`` and ``tubuloreticular`` are drawn with the myofibrils and the border of the fibre."""
