"""Lesions that take colour away or give it: cores, moth-eaten fibres, rings, zones, fibres without an enzyme."""

import numpy as np

from etl.generate.drawing.marks import stamp
from etl.generate.drawing.noise import HEIGHT, WIDTH, Grey
from etl.generate.drawing.packing import SLOW
from etl.generate.drawing.tissue import Tissue


def _pale(tissue: Tissue, amount: Grey) -> None:
    """Take colour away as far as the stain shows the lack of mitochondria and enzymes."""
    tissue.density[:] *= 1 - np.float32(tissue.look.numbers["core"]) * np.clip(amount, 0, 1)


def draw_cores(tissue: Tissue, share: float) -> None:
    """Draw one pale core in the middle of fibres, mostly of type 1."""
    rng, section = tissue.rng, tissue.section
    many = len(section.fibres)
    wide = 1 / ((0.34 + 0.2 * rng.random(many)) * section.fibres.radius)
    aside, down = 0.16 * rng.standard_normal((2, many)) * section.fibres.radius
    x, y = section.x - tissue.of_fibres(aside), section.y - tissue.of_fibres(down)
    far = np.sqrt(x * x + y * y) * tissue.of_fibres(wide) + np.float32(0.12) * tissue.window(8)
    # Cores are a matter of type 1 fibres.
    has = tissue.of_fibres(tissue.choose(share) & (tissue.of_kind(SLOW) | (rng.random(many) < 0.25)))
    _pale(tissue, np.clip((np.float32(1.08) - far) * 3.5, 0, 1) * has)
    rim = np.float32(0.3 * tissue.look.numbers["core"]) * np.exp(-np.square((far - np.float32(1.2)) * 8))
    tissue.density[:] *= 1 + rim * has


def draw_minicores(tissue: Tissue, share: float) -> None:
    """Draw several small pale regions in fibres."""
    field = np.zeros((HEIGHT, WIDTH), np.float32)
    x, y, radius = tissue.inside(tissue.choose(share), (3, 8), 0.75)
    size = radius * (0.07 + 0.1 * tissue.rng.random(x.size))
    stamp(field, x, y, size * 1.6, size, angle=np.pi * tissue.rng.random(x.size), soft=2.5)
    _pale(tissue, field)


def draw_motheaten(tissue: Tissue, share: float) -> None:
    """Draw uneven pale patches in fibres."""
    eaten = np.clip(1.6 * tissue.window(3) + tissue.window(8) - 0.7, 0, 1)
    _pale(tissue, 0.85 * eaten * tissue.of_fibres(tissue.choose(share)))


def draw_rings(tissue: Tissue, share: float) -> None:
    """Draw rings of myofibrils that run around fibres, striated."""
    section = tissue.section
    deep = section.edge / section.radius
    place = np.flatnonzero((deep > 0.05) & (deep < 0.34) & tissue.choose(share)[section.owner])
    x, y = section.x.reshape(-1)[place], section.y.reshape(-1)[place]
    waves = np.maximum(np.rint(2 * np.pi * section.radius.reshape(-1)[place] / max(3.2, 2.3 * section.scale)), 8)
    stripes = 1.12 + 0.3 * np.sin(np.arctan2(y, x) * waves + tissue.window(24).reshape(-1)[place])
    tissue.density.reshape(-1)[place] *= stripes.astype(np.float32)


def _zone(tissue: Tissue, share: float) -> Grey:
    """A zone below the border of one side of fibres."""
    section = tissue.section
    turn = 2 * np.pi * tissue.rng.random(len(section.fibres))
    side = section.x * tissue.of_fibres(np.cos(turn)) + section.y * tissue.of_fibres(np.sin(turn))
    zone = np.clip((side / section.radius - np.float32(0.42)) * 7 + np.float32(0.6) * tissue.window(8), 0, 1)
    return zone * tissue.body * tissue.of_fibres(tissue.choose(share))


def draw_hyaline(tissue: Tissue, share: float) -> None:
    """Draw a smooth pale zone below the border of fibres."""
    zone = _zone(tissue, share)
    smooth = tissue.density.mean()
    tissue.density[:] += zone * (
        np.float32(0.72) * smooth * (1 - np.float32(tissue.look.numbers["core"])) - tissue.density
    )
    np.maximum(tissue.layer("body"), np.float32(0.22) * zone, out=tissue.layer("body"))


def draw_deposits(tissue: Tissue, share: float) -> None:
    """Draw a zone of uneven dark material below the border of fibres."""
    zone = _zone(tissue, share) * np.clip(0.6 + 0.5 * tissue.window(3), 0, 1)
    _pale(tissue, 0.8 * zone)
    np.maximum(tissue.layer("body"), np.float32(0.75) * zone, out=tissue.layer("body"))


def draw_cox_negative(tissue: Tissue, share: float) -> None:
    """Take cytochrome c oxidase from fibres; with succinate dehydrogenase stained too they are blue."""
    if not tissue.look.numbers["cox"]:
        return
    has = tissue.of_fibres(tissue.choose(share))
    tissue.density[:] *= 1 - np.float32(0.9) * has
    if tissue.shows("mitochondria"):
        blue = has * tissue.body * np.clip(0.62 + 0.22 * tissue.window(1.2), 0, 1)
        np.maximum(tissue.layer("mitochondria"), blue, out=tissue.layer("mitochondria"))


def draw_ragged(tissue: Tissue, share: float) -> None:
    """Crowd mitochondria, most of them without cytochrome c oxidase, at the border of fibres."""
    chosen = tissue.choose(share)
    section = tissue.section
    has = tissue.of_fibres(chosen)
    ragged = np.float32(1.15) - section.edge / (np.float32(0.24) * section.radius) + np.float32(0.45) * tissue.window(3)
    inner = np.float32(0.5) * tissue.window(8) + np.float32(0.45) * tissue.window(1.2) - np.float32(0.35)
    rim = np.clip(np.maximum(ragged, inner), 0, 1) * tissue.body * has
    if tissue.look.numbers["cox"]:
        tissue.density[:] *= 1 - np.float32(0.88) * has
    if tissue.shows("mitochondria"):
        filled = rim if not tissue.look.numbers["cox"] else np.maximum(rim, 0.7 * tissue.body * has)
        np.maximum(tissue.layer("mitochondria"), filled, out=tissue.layer("mitochondria"))
