"""Lesions: what findings change in the fibres of a light micrograph, one function a change of ``findings.tsv``."""

from collections.abc import Callable

import numpy as np

from etl.generate.drawing.fibres import Chosen
from etl.generate.drawing.marks import Numbers, scatter, stamp
from etl.generate.drawing.noise import HEIGHT, WIDTH, Grey
from etl.generate.drawing.tissue import SLOW, Tissue


def make_lesions(tissue: Tissue) -> None:
    """Draw every lesion among the changes; a change that the layout of fibres has made already has none."""
    if tissue.section.fibres.fat.any():
        _fat(tissue)
    for name, make in LESIONS.items():
        if share := tissue.changes.get(name, 0.0):
            make(tissue, share)


def _of_fibres(tissue: Tissue, values: Numbers | Chosen) -> Grey:
    """Return a value of each fibre as a field."""
    return values.astype(np.float32)[tissue.section.owner]


def _inside(tissue: Tissue, chosen: Chosen, many: tuple[int, int], reach: float) -> tuple[Numbers, Numbers, Numbers]:
    """Return places within fibres, ``many`` (least, most) each, up to ``reach`` radii from the centre; and the radii."""
    rng, fibres = tissue.rng, tissue.section.fibres
    which = np.repeat(np.flatnonzero(chosen), rng.integers(many[0], many[1] + 1, size=int(chosen.sum())))
    turn = 2 * np.pi * rng.random(which.size)
    far = reach * np.sqrt(rng.random(which.size)) * fibres.radius[which]
    return (
        fibres.x[which] + far * np.cos(turn),
        fibres.y[which] + far * np.sin(turn),
        fibres.radius[which].astype(float),
    )


def _pale(tissue: Tissue, amount: Grey) -> None:
    """Take colour away as far as the stain shows the lack of mitochondria and enzymes."""
    tissue.density[:] *= 1 - np.float32(tissue.look.numbers["core"]) * np.clip(amount, 0, 1)


def _fat(tissue: Tissue) -> None:
    section = tissue.section
    cells = _of_fibres(tissue, section.fibres.fat)
    if tissue.shows("lipid"):
        tissue.layers["lipid"] = np.maximum(tissue.layer("lipid"), cells * tissue.body * np.float32(0.85))
    else:
        np.maximum(tissue.hole, cells * np.clip(section.edge * np.float32(0.6), 0, 1), out=tissue.hole)


def _cores(tissue: Tissue, share: float) -> None:
    rng, section = tissue.rng, tissue.section
    many = len(section.fibres)
    wide = 1 / ((0.34 + 0.2 * rng.random(many)) * section.fibres.radius)
    aside, down = 0.16 * rng.standard_normal((2, many)) * section.fibres.radius
    x, y = section.x - _of_fibres(tissue, aside), section.y - _of_fibres(tissue, down)
    far = np.sqrt(x * x + y * y) * _of_fibres(tissue, wide) + np.float32(0.12) * tissue.window(8)
    # Cores are a matter of type 1 fibres.
    has = _of_fibres(tissue, tissue.choose(share) & (tissue.of_kind(SLOW) | (rng.random(many) < 0.25)))
    _pale(tissue, np.clip((np.float32(1.08) - far) * 3.5, 0, 1) * has)
    rim = np.float32(0.3 * tissue.look.numbers["core"]) * np.exp(-np.square((far - np.float32(1.2)) * 8))
    tissue.density[:] *= 1 + rim * has


def _minicores(tissue: Tissue, share: float) -> None:
    field = np.zeros((HEIGHT, WIDTH), np.float32)
    x, y, radius = _inside(tissue, tissue.choose(share), (3, 8), 0.75)
    size = radius * (0.07 + 0.1 * tissue.rng.random(x.size))
    stamp(field, x, y, size * 1.6, size, np.pi * tissue.rng.random(x.size), soft=2.5)
    _pale(tissue, field)


def _motheaten(tissue: Tissue, share: float) -> None:
    eaten = np.clip(1.6 * tissue.window(3) + tissue.window(8) - 0.7, 0, 1)
    _pale(tissue, 0.85 * eaten * _of_fibres(tissue, tissue.choose(share)))


def _central_nuclei(tissue: Tissue, share: float) -> None:
    chosen = tissue.choose(share)
    _nuclei_within(tissue, *_inside(tissue, chosen, (1, 1), 0.12)[:2], halo=True)


def _internal_nuclei(tissue: Tissue, share: float) -> None:
    _nuclei_within(tissue, *_inside(tissue, tissue.choose(share), (1, 3), 0.6)[:2], halo=False)


def _nuclei_within(tissue: Tissue, x: Numbers, y: Numbers, *, halo: bool) -> None:
    rng, scale = tissue.rng, tissue.section.scale
    size = scale * (2.3 + 0.8 * rng.random(x.size))
    if halo:
        field = np.zeros((HEIGHT, WIDTH), np.float32)
        stamp(field, x, y, size * 1.7, size * 1.6, soft=3)
        tissue.density[:] *= 1 - np.float32(0.3) * field
    if tissue.shows("nucleus"):
        stamp(tissue.layer("nucleus"), x, y, size * 1.15, size * 0.9, np.pi * rng.random(x.size), soft=1.3)


def _necklace(tissue: Tissue, share: float) -> None:
    rng, fibres = tissue.rng, tissue.section.fibres
    chosen = tissue.choose(share)
    deep = tissue.section.edge / tissue.section.radius
    ring = np.exp(-np.square((deep - np.float32(0.36)) * 16)) * _of_fibres(tissue, chosen)
    tissue.density[:] *= 1 + np.float32(0.7) * ring
    which = np.repeat(np.flatnonzero(chosen), rng.integers(3, 8, size=int(chosen.sum())))
    turn = 2 * np.pi * rng.random(which.size)
    far = 0.58 * fibres.radius[which]
    if tissue.shows("nucleus"):
        scale = tissue.section.scale
        at = (fibres.x[which] + far * np.cos(turn), fibres.y[which] + far * np.sin(turn))
        stamp(tissue.layer("nucleus"), *at, 2.6 * scale, 1.5 * scale, turn + np.pi / 2, soft=1.3)


def _rods(tissue: Tissue, share: float) -> None:
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
    few = _inside(tissue, chosen, (2, 9), 0.9)
    x, y = np.concatenate((x, few[0])), np.concatenate((y, few[1]))
    long = scale * (0.8 + 1.0 * rng.random(x.size))
    stamp(deposit, x, y, np.maximum(long, 1), max(0.7, 0.5 * scale), np.pi * rng.random(x.size), soft=0.8)
    deposit *= np.clip(section.edge, 0, 1)


def _ragged(tissue: Tissue, share: float) -> None:
    chosen = tissue.choose(share)
    section = tissue.section
    has = _of_fibres(tissue, chosen)
    ragged = np.float32(1.15) - section.edge / (np.float32(0.24) * section.radius) + np.float32(0.45) * tissue.window(3)
    inner = np.float32(0.5) * tissue.window(8) + np.float32(0.45) * tissue.window(1.2) - np.float32(0.35)
    rim = np.clip(np.maximum(ragged, inner), 0, 1) * tissue.body * has
    if tissue.look.numbers["cox"]:
        tissue.density[:] *= 1 - np.float32(0.88) * has
    if tissue.shows("mitochondria"):
        filled = rim if not tissue.look.numbers["cox"] else np.maximum(rim, 0.7 * tissue.body * has)
        np.maximum(tissue.layer("mitochondria"), filled, out=tissue.layer("mitochondria"))


def _cox_negative(tissue: Tissue, share: float) -> None:
    if not tissue.look.numbers["cox"]:
        return
    has = _of_fibres(tissue, tissue.choose(share))
    tissue.density[:] *= 1 - np.float32(0.9) * has
    if tissue.shows("mitochondria"):
        blue = has * tissue.body * np.clip(0.62 + 0.22 * tissue.window(1.2), 0, 1)
        np.maximum(tissue.layer("mitochondria"), blue, out=tissue.layer("mitochondria"))


def _rimmed(tissue: Tissue, share: float) -> None:
    rng, scale = tissue.rng, tissue.section.scale
    x, y, _ = _inside(tissue, tissue.choose(share), (1, 3), 0.6)
    size = scale * (1.8 + 2.8 * rng.random(x.size))
    stamp(tissue.hole, x, y, size, size * (0.6 + 0.3 * rng.random(x.size)), np.pi * rng.random(x.size))
    if tissue.shows("lysosome"):
        many = 14
        turn = 2 * np.pi * rng.random(x.size * many)
        far = np.repeat(size, many) * (0.75 + 0.4 * rng.random(turn.size))
        at = (np.repeat(x, many) + far * np.cos(turn), np.repeat(y, many) + 0.8 * far * np.sin(turn))
        stamp(tissue.layer("lysosome"), *at, max(1.0, 0.75 * scale), max(0.8, 0.6 * scale), turn, soft=0.8)
    if tissue.shows("amyloid"):
        some = rng.random(x.size) < 0.6
        at = (x[some] + size[some] * 1.3, y[some] + size[some] * rng.standard_normal(int(some.sum())))
        stamp(tissue.layer("amyloid"), *at, 2.0 * scale, 1.3 * scale, np.pi * rng.random(int(some.sum())))


def _autophagic(tissue: Tissue, share: float) -> None:
    rng, scale = tissue.rng, tissue.section.scale
    x, y, _ = _inside(tissue, tissue.choose(share), (2, 7), 0.8)
    size = scale * (0.9 + 1.3 * rng.random(x.size))
    stamp(tissue.hole, x, y, size, size * 0.85, amount=0.85)
    if tissue.shows("lysosome"):
        stamp(tissue.layer("lysosome"), x, y, np.maximum(0.5 * size, 0.9), np.maximum(0.45 * size, 0.8), soft=0.8)


def _glycogen_vacuoles(tissue: Tissue, share: float) -> None:
    rng, scale = tissue.rng, tissue.section.scale
    x, y, radius = _inside(tissue, tissue.choose(share), (6, 18), 0.85)
    size = np.minimum(scale * (1.0 + 2.4 * rng.random(x.size)), 0.3 * radius)
    stamp(tissue.hole, x, y, size, size * 0.8, np.pi * rng.random(x.size), amount=0.9)
    if tissue.shows("glycogen"):
        stamp(tissue.layer("glycogen"), x, y, size * 0.9, size * 0.7, np.pi * rng.random(x.size), amount=0.9)
    if tissue.shows("lysosome"):
        stamp(tissue.layer("lysosome"), x, y, np.maximum(0.45 * size, 0.8), np.maximum(0.4 * size, 0.7), amount=0.8)


def _necrosis(tissue: Tissue, share: float) -> None:
    rng, section = tissue.rng, tissue.section
    chosen = tissue.choose(share)
    has = _of_fibres(tissue, chosen)
    tissue.density[:] *= 1 - has * np.clip(0.5 + 0.25 * tissue.window(8), 0.1, 0.9)
    eaten = chosen & (rng.random(chosen.size) < 0.6)
    x, y, _ = _inside(tissue, eaten, (5, 16), 0.95)
    scale = section.scale
    for name, long, short in (("nucleus", 2.3, 1.7), ("lysosome", 1.3, 1.1), ("cells", 3.0, 2.6)):
        if tissue.shows(name) or name == "cells":
            stamp(tissue.layer(name), x, y, long * scale, short * scale, np.pi * rng.random(x.size), soft=1.2)
    if tissue.shows("calcium"):
        np.maximum(tissue.layer("calcium"), 0.75 * has * tissue.body, out=tissue.layer("calcium"))


def _splitting(tissue: Tissue, share: float) -> None:
    rng, section = tissue.rng, tissue.section
    many = len(section.fibres)
    turn = 2 * np.pi * rng.random(many)
    cosine, sine = _of_fibres(tissue, np.cos(turn)), _of_fibres(tissue, np.sin(turn))
    along = section.x * cosine + section.y * sine
    across = section.y * cosine - section.x * sine + np.float32(1.6) * tissue.window(8)
    half = np.float32(0.55 + 0.5 * section.scale) * (1 + along / section.radius)
    cleft = np.clip(half - np.abs(across) + np.float32(0.5), 0, 1) * (along > -0.15 * section.radius)
    cleft *= _of_fibres(tissue, tissue.choose(share))
    tissue.body[:] *= 1 - cleft


def _ring(tissue: Tissue, share: float) -> None:
    section = tissue.section
    deep = section.edge / section.radius
    place = np.flatnonzero((deep > 0.05) & (deep < 0.34) & tissue.choose(share)[section.owner])
    x, y = section.x.reshape(-1)[place], section.y.reshape(-1)[place]
    waves = np.maximum(np.rint(2 * np.pi * section.radius.reshape(-1)[place] / max(3.2, 2.3 * section.scale)), 8)
    stripes = 1.12 + 0.3 * np.sin(np.arctan2(y, x) * waves + tissue.window(24).reshape(-1)[place])
    tissue.density.reshape(-1)[place] *= stripes.astype(np.float32)


def _bodies(tissue: Tissue, share: float) -> None:
    rng, scale = tissue.rng, tissue.section.scale
    x, y, _ = _inside(tissue, tissue.choose(share), (1, 4), 0.75)
    size = scale * (1.4 + 2.2 * rng.random(x.size))
    field = np.zeros((HEIGHT, WIDTH), np.float32)
    stamp(field, x, y, size * 1.5, size * 1.4, soft=2)
    tissue.density[:] *= 1 - np.float32(0.45) * field
    # Where the stain has no colour for them the layer still tells antibodies where they lie.
    stamp(tissue.layer("body"), x, y, size, size * 0.85, np.pi * rng.random(x.size), amount=0.9, soft=1.2)


def _zone(tissue: Tissue, share: float) -> Grey:
    """A zone below the border of one side of fibres."""
    section = tissue.section
    turn = 2 * np.pi * tissue.rng.random(len(section.fibres))
    side = section.x * _of_fibres(tissue, np.cos(turn)) + section.y * _of_fibres(tissue, np.sin(turn))
    zone = np.clip((side / section.radius - np.float32(0.42)) * 7 + np.float32(0.6) * tissue.window(8), 0, 1)
    return zone * tissue.body * _of_fibres(tissue, tissue.choose(share))


def _hyaline(tissue: Tissue, share: float) -> None:
    zone = _zone(tissue, share)
    smooth = tissue.density.mean()
    tissue.density[:] += zone * (
        np.float32(0.72) * smooth * (1 - np.float32(tissue.look.numbers["core"])) - tissue.density
    )
    np.maximum(tissue.layer("body"), np.float32(0.22) * zone, out=tissue.layer("body"))


def _deposits(tissue: Tissue, share: float) -> None:
    zone = _zone(tissue, share) * np.clip(0.6 + 0.5 * tissue.window(3), 0, 1)
    _pale(tissue, 0.8 * zone)
    np.maximum(tissue.layer("body"), np.float32(0.75) * zone, out=tissue.layer("body"))


def _tubules(tissue: Tissue, share: float) -> None:
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
            tissue.along_border(row, column),
            amount=0.85,
            soft=1.5,
        )
        tissue.layers["tubule"] *= np.clip(section.edge, 0, 1)


def _young(tissue: Tissue, share: float) -> None:
    """Regenerating fibres: bluish, with large nuclei."""
    chosen = tissue.choose(share) & (tissue.section.fibres.radius < np.median(tissue.section.fibres.radius))
    if not chosen.any():
        return
    if tissue.shows("lysosome"):
        np.maximum(
            tissue.layer("lysosome"), 0.3 * tissue.body * _of_fibres(tissue, chosen), out=tissue.layer("lysosome")
        )
    if "capillary" in tissue.look.colours and tissue.look.notation == "ALP":
        np.maximum(
            tissue.layer("capillary"), 0.8 * tissue.body * _of_fibres(tissue, chosen), out=tissue.layer("capillary")
        )
    _nuclei_within(tissue, *_inside(tissue, chosen, (1, 2), 0.5)[:2], halo=False)


def _inflammation(tissue: Tissue, strength: float) -> None:
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
    places = between[rng.random(len(between)) < nearness * min(0.8, 0.5 / scale)]
    row, column = np.divmod(places, WIDTH)
    jitter = scale * rng.standard_normal((2, len(places)))
    size = scale * (1.7 + 0.5 * rng.random(len(places)))
    for name in ("nucleus", "cells"):
        if tissue.shows(name) or name == "cells":
            stamp(tissue.layer(name), column + jitter[0], row + jitter[1], size * 1.1, size, soft=1.2)


LESIONS: dict[str, Callable[[Tissue, float], None]] = {
    "cores": _cores,
    "minicores": _minicores,
    "motheaten": _motheaten,
    "ring": _ring,
    "necklace": _necklace,
    "hyaline": _hyaline,
    "deposits": _deposits,
    "necrosis": _necrosis,
    "young": _young,
    "ragged": _ragged,
    "cox_negative": _cox_negative,
    "splitting": _splitting,
    "rods": _rods,
    "tubules": _tubules,
    "bodies": _bodies,
    "rimmed": _rimmed,
    "autophagic": _autophagic,
    "glycogen_vacuoles": _glycogen_vacuoles,
    "central_nuclei": _central_nuclei,
    "internal_nuclei": _internal_nuclei,
    "inflammation": _inflammation,
}
"""In the order in which they are drawn: what changes a whole fibre first, nuclei last."""
