"""Lesions of nuclei, of whole fibres and of what comes into them: necrosis, regeneration, inflammation, fat."""

import numpy as np

from etl.generate.drawing.marks import Numbers, stamp
from etl.generate.drawing.noise import HEIGHT, WIDTH
from etl.generate.drawing.tissue import Tissue


def draw_fat(tissue: Tissue) -> None:
    """Fill adipocytes, which have taken the place of fibres."""
    section = tissue.section
    cells = tissue.of_fibres(section.fibres.fat)
    if tissue.shows("lipid"):
        tissue.layers["lipid"] = np.maximum(tissue.layer("lipid"), cells * tissue.body * np.float32(0.85))
    else:
        np.maximum(tissue.hole, cells * np.clip(section.edge * np.float32(0.6), 0, 1), out=tissue.hole)


def draw_central_nuclei(tissue: Tissue, share: float) -> None:
    """Put one nucleus into the middle of fibres."""
    chosen = tissue.choose(share)
    _nuclei_within(tissue, *tissue.inside(chosen, (1, 1), 0.12), halo=True)


def draw_internal_nuclei(tissue: Tissue, share: float) -> None:
    """Put nuclei anywhere inside fibres."""
    _nuclei_within(tissue, *tissue.inside(tissue.choose(share), (1, 3), 0.6), halo=False)


def _nuclei_within(tissue: Tissue, x: Numbers, y: Numbers, radius: Numbers, *, halo: bool) -> None:
    rng, scale = tissue.rng, tissue.section.scale
    size = np.minimum(scale * (2.3 + 0.8 * rng.random(x.size)), 0.34 * radius)
    if halo:
        field = np.zeros((HEIGHT, WIDTH), np.float32)
        stamp(field, x, y, size * 1.7, size * 1.6, soft=3)
        tissue.density[:] *= 1 - np.float32(0.3) * field
    if tissue.shows("nucleus"):
        stamp(tissue.layer("nucleus"), x, y, size * 1.15, size * 0.9, angle=np.pi * rng.random(x.size), soft=1.3)


def draw_necklaces(tissue: Tissue, share: float) -> None:
    """Draw a dark ring within fibres, set with nuclei."""
    rng, fibres = tissue.rng, tissue.section.fibres
    chosen = tissue.choose(share)
    deep = tissue.section.edge / tissue.section.radius
    ring = np.exp(-np.square((deep - np.float32(0.36)) * 16)) * tissue.of_fibres(chosen)
    tissue.density[:] *= 1 + np.float32(0.7) * ring
    which = np.repeat(np.flatnonzero(chosen), rng.integers(3, 8, size=int(chosen.sum())))
    turn = 2 * np.pi * rng.random(which.size)
    far = 0.58 * fibres.radius[which]
    if tissue.shows("nucleus"):
        scale = tissue.section.scale
        at = (fibres.x[which] + far * np.cos(turn), fibres.y[which] + far * np.sin(turn))
        stamp(tissue.layer("nucleus"), *at, 2.6 * scale, 1.5 * scale, angle=turn + np.pi / 2, soft=1.3)


def draw_necrosis(tissue: Tissue, share: float) -> None:
    """Turn fibres pale and let cells in to eat them."""
    rng, section = tissue.rng, tissue.section
    chosen = tissue.choose(share)
    has = tissue.of_fibres(chosen)
    tissue.layers["dead"] = has * tissue.body
    tissue.density[:] *= 1 - has * np.clip(0.5 + 0.25 * tissue.window(8), 0.1, 0.9)
    eaten = chosen & (rng.random(chosen.size) < 0.6)
    x, y, radius = tissue.inside(eaten, (5, 16), 0.95)
    small = np.minimum(1, 0.05 * radius / section.scale)
    scale = section.scale
    for name, long, short in (("nucleus", 2.3, 1.7), ("lysosome", 1.3, 1.1), ("cells", 3.0, 2.6)):
        if tissue.shows(name) or name == "cells":
            turn = np.pi * rng.random(x.size)
            stamp(tissue.layer(name), x, y, long * scale * small, short * scale * small, angle=turn, soft=1.2)
    if tissue.shows("calcium"):
        np.maximum(tissue.layer("calcium"), 0.75 * has * tissue.body, out=tissue.layer("calcium"))


def draw_splitting(tissue: Tissue, share: float) -> None:
    """Split fibres by a cleft from the border inward."""
    rng, section = tissue.rng, tissue.section
    many = len(section.fibres)
    turn = 2 * np.pi * rng.random(many)
    cosine, sine = tissue.of_fibres(np.cos(turn)), tissue.of_fibres(np.sin(turn))
    along = section.x * cosine + section.y * sine
    across = section.y * cosine - section.x * sine + np.float32(1.6) * tissue.window(8)
    half = np.float32(0.55 + 0.5 * section.scale) * (1 + along / section.radius)
    cleft = np.clip(half - np.abs(across) + np.float32(0.5), 0, 1) * (along > -0.15 * section.radius)
    cleft *= tissue.of_fibres(tissue.choose(share))
    tissue.body[:] *= 1 - cleft


def draw_young(tissue: Tissue, share: float) -> None:
    """Regenerating fibres: bluish, with large nuclei."""
    chosen = tissue.choose(share) & (tissue.section.fibres.radius < np.median(tissue.section.fibres.radius))
    if not chosen.any():
        return
    fibres = tissue.body * tissue.of_fibres(chosen)
    tissue.layers["young"] = fibres
    for name, amount in (("lysosome", 0.3), ("capillary", 0.8 if tissue.look.notation == "ALP" else 0.0)):
        if tissue.shows(name):
            np.maximum(tissue.layer(name), np.float32(amount) * fibres, out=tissue.layer(name))
    _nuclei_within(tissue, *tissue.inside(chosen, (1, 2), 0.5), halo=False)


def draw_inflammation(tissue: Tissue, strength: float) -> None:
    """Clusters of small round cells in the connective tissue."""
    rng, section, scale = tissue.rng, tissue.section, tissue.section.scale
    between = section.places(section.edge < 0)
    if not len(between):
        return
    row, column = np.divmod(between, WIDTH)
    nearness = np.zeros(len(between))
    for middle in tissue.draw_of(between, 1 + round(3 * strength)):
        far = np.hypot(row - middle // WIDTH, column - middle % WIDTH)
        nearness = np.maximum(nearness, np.exp(-np.square(far / ((28 + 30 * rng.random()) * scale))))
    places = between[rng.random(len(between)) < nearness * min(0.35, 0.12 / (scale * scale))]
    row, column = np.divmod(places, WIDTH)
    jitter = scale * rng.standard_normal((2, len(places)))
    size = scale * (1.7 + 0.5 * rng.random(len(places)))
    for name in ("nucleus", "cells"):
        if tissue.shows(name) or name == "cells":
            stamp(tissue.layer(name), column + jitter[0], row + jitter[1], size * 1.1, size, soft=1.2)
