"""Electron micrographs: myofibrils, what findings put among them, the border of the fibre; one grey channel."""

import numpy as np

from etl.generate.drawing.camera import Pixels, photograph, put_scale_bar
from etl.generate.drawing.myofibrils import MEMBRANE, Field, add_mitochondria, add_triads, weave
from etl.generate.drawing.noise import HEIGHT, WIDTH, Grey, window
from etl.generate.drawing.orders import Order
from etl.generate.drawing.ultrastructure import CHANGES, draw_blob

MAGNIFIED = (42.0, 120.0)
"""Least and greatest pixels a micrometre of a picture whose scale is free."""
READABLE = (22.0, 800.0)
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
        size = (0.7 + 0.5 * rng.random() if several else 1.7 + 0.9 * rng.random()) * scale
        x = WIDTH * (0.2 + 0.6 * rng.random())
        y = HEIGHT * (0.25 + 0.5 * rng.random())
        np.maximum(mask, draw_blob(rng, x, y, min(size * 1.3, 210.0), min(size, 160.0)), out=mask)
    return mask


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
        cell = draw_blob(rng, float(column[0]), float(row[0]), 0.9 * scale, 0.6 * scale, firm=9)
        field.cover(np.clip(3 * cell, 0, 1), MEMBRANE + 20)
        field.cover(np.clip(3 * cell - 1, 0, 1), 158 + 10 * field.window(3))
        worms = np.exp(-np.square(field.window(1.8) * 3.2))
        field.cover(np.clip(4 * cell - 2.4, 0, 1), 176 - 118 * worms)
