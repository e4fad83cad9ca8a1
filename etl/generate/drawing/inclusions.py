"""Lesions that put something into fibres: rods, bodies, tubules, vacuoles."""

import numpy as np

from etl.generate.drawing.marks import scatter, stamp
from etl.generate.drawing.noise import HEIGHT, WIDTH
from etl.generate.drawing.tissue import Tissue


def draw_rods(tissue: Tissue, share: float) -> None:
    """Put clusters of rods below the border of fibres, and some within."""
    rng, section = tissue.rng, tissue.section
    chosen = tissue.choose(share)
    if not tissue.shows("rod"):
        deposit = tissue.layers.setdefault("deposit", np.zeros((HEIGHT, WIDTH), np.float32))
    else:
        deposit = tissue.layer("rod")
    scale = section.scale
    near = section.places((section.edge > 1.5 * scale) & (section.edge < 5 * scale) & chosen[section.owner])
    row, column = np.divmod(tissue.draw_of(near, int(1.6 * chosen.sum())), WIDTH)
    x, y = scatter(rng, column.astype(float), row.astype(float), 16, 2.6 * scale)
    few = tissue.inside(chosen, (2, 9), 0.9)
    x, y = np.concatenate((x, few[0])), np.concatenate((y, few[1]))
    long = scale * (0.8 + 1.0 * rng.random(x.size))
    stamp(deposit, x, y, np.maximum(long, 1), max(0.7, 0.5 * scale), angle=np.pi * rng.random(x.size), soft=0.8)
    deposit *= np.clip(section.edge, 0, 1)


def draw_bodies(tissue: Tissue, share: float) -> None:
    """Put round bodies, each with a pale halo, into fibres."""
    rng, scale = tissue.rng, tissue.section.scale
    x, y, _ = tissue.inside(tissue.choose(share), (1, 4), 0.75)
    size = scale * (1.4 + 2.2 * rng.random(x.size))
    field = np.zeros((HEIGHT, WIDTH), np.float32)
    stamp(field, x, y, size * 1.5, size * 1.4, soft=2)
    tissue.density[:] *= 1 - np.float32(0.45) * field
    # Where the stain has no colour for them the layer still tells antibodies where they lie.
    stamp(tissue.layer("body"), x, y, size, size * 0.85, angle=np.pi * rng.random(x.size), amount=0.9, soft=1.2)


def draw_tubules(tissue: Tissue, share: float) -> None:
    """Put tubular aggregates below the border of fibres."""
    rng, section, scale = tissue.rng, tissue.section, tissue.section.scale
    chosen = tissue.choose(share)
    near = section.places((section.edge > 1.5 * scale) & (section.edge < 5 * scale) & chosen[section.owner])
    row, column = np.divmod(tissue.draw_of(near, int(2.0 * chosen.sum())), WIDTH)
    if tissue.shows("tubule"):
        size = scale * (2.2 + 2.6 * rng.random(row.size))
        stamp(
            tissue.layer("tubule"),
            column,
            row,
            size,
            0.55 * size,
            angle=tissue.along_border(row, column),
            amount=0.85,
            soft=1.5,
        )
        tissue.layers["tubule"] *= np.clip(section.edge, 0, 1)


def draw_rimmed(tissue: Tissue, share: float) -> None:
    """Put vacuoles rimmed with granules into fibres, some with congophilic deposits beside."""
    rng, scale = tissue.rng, tissue.section.scale
    x, y, _ = tissue.inside(tissue.choose(share), (1, 3), 0.6)
    size = scale * (1.8 + 2.8 * rng.random(x.size))
    stamp(tissue.hole, x, y, size, size * (0.6 + 0.3 * rng.random(x.size)), angle=np.pi * rng.random(x.size))
    if tissue.shows("lysosome"):
        many = 14
        turn = 2 * np.pi * rng.random(x.size * many)
        far = np.repeat(size, many) * (0.75 + 0.4 * rng.random(turn.size))
        at = (np.repeat(x, many) + far * np.cos(turn), np.repeat(y, many) + 0.8 * far * np.sin(turn))
        stamp(tissue.layer("lysosome"), *at, max(1.0, 0.75 * scale), max(0.8, 0.6 * scale), angle=turn, soft=0.8)
    if tissue.shows("amyloid"):
        some = rng.random(x.size) < 0.6
        at = (x[some] + size[some] * 1.3, y[some] + size[some] * rng.standard_normal(int(some.sum())))
        stamp(tissue.layer("amyloid"), *at, 2.0 * scale, 1.3 * scale, angle=np.pi * rng.random(int(some.sum())))


def draw_autophagic(tissue: Tissue, share: float) -> None:
    """Put small vacuoles, each with something digested, into fibres."""
    rng, scale = tissue.rng, tissue.section.scale
    x, y, _ = tissue.inside(tissue.choose(share), (2, 7), 0.8)
    size = scale * (1.0 + 1.6 * rng.random(x.size))
    stamp(tissue.hole, x, y, size, size * 0.85, amount=0.85)
    if tissue.shows("lysosome"):
        stamp(tissue.layer("lysosome"), x, y, np.maximum(0.65 * size, 1.2), np.maximum(0.55 * size, 1.1), soft=0.8)


def draw_glycogen(tissue: Tissue, share: float) -> None:
    """Riddle fibres with vacuoles full of glycogen."""
    rng, scale = tissue.rng, tissue.section.scale
    x, y, radius = tissue.inside(tissue.choose(share), (6, 18), 0.85)
    size = np.minimum(scale * (1.0 + 2.4 * rng.random(x.size)), 0.3 * radius)
    stamp(tissue.hole, x, y, size, size * 0.8, angle=np.pi * rng.random(x.size), amount=0.9)
    if tissue.shows("glycogen"):
        stamp(tissue.layer("glycogen"), x, y, size * 0.9, size * 0.7, angle=np.pi * rng.random(x.size), amount=0.9)
    if tissue.shows("lysosome"):
        stamp(tissue.layer("lysosome"), x, y, np.maximum(0.45 * size, 0.8), np.maximum(0.4 * size, 0.7), amount=0.8)
