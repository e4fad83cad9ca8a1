"""Immunostains: where an antibody marks muscle, and what is left of it where the antigen is lost."""

from collections.abc import Callable

import numpy as np

from etl.generate.drawing.marks import scatter, stamp
from etl.generate.drawing.noise import HEIGHT, WIDTH, Grey
from etl.generate.drawing.packing import FAST_A, FAST_X, SLOW
from etl.generate.drawing.tissue import Tissue


def mark_antigen(tissue: Tissue, site: str, lost: float) -> None:
    """Fill the layer ``antigen`` (``endplate`` for that site) as ``antigens.tsv`` says; ``lost`` is the share gone."""
    marked = SITES[site](tissue)
    if lost >= 1:
        # Some fibres have kept it, as revertant fibres have.
        kept = tissue.rng.random(len(tissue.section.fibres)) < 0.012
        marked *= np.where(kept, 0.75, 0.04).astype(np.float32)[tissue.section.owner]
    elif lost:
        patchy = np.clip(1 - lost + 0.35 * tissue.window(8), 0.03, 1).astype(np.float32)
        uneven = np.clip(1 + 0.4 * tissue.rng.standard_normal(len(tissue.section.fibres)), 0.1, 1.5).astype(np.float32)
        marked *= patchy * uneven[tissue.section.owner]
    name = "endplate" if "endplate" in tissue.look.colours and site == "endplate" else "antigen"
    tissue.layers[name] = np.clip(marked, 0, 1)


def _line(tissue: Tissue, wide: float) -> Grey:
    """A line along the border of fibres, ``wide`` micrometres to each side."""
    away = tissue.section.edge * np.float32(1 / max(1.0, wide * tissue.section.scale))
    fat = tissue.section.fibres.fat[tissue.section.owner]
    along = np.clip(0.85 + 0.15 * tissue.window(3), 0.3, 1)
    line: Grey = np.exp(-np.square(away - np.float32(0.4))) * along * np.where(fat, np.float32(0.15), np.float32(1))
    return line


def _vessels(tissue: Tissue) -> Grey:
    section, scale = tissue.section, tissue.section.scale
    field = np.zeros((HEIGHT, WIDTH), np.float32)
    corners = section.places((section.edge < 0) & (section.septum > -2 * scale))
    places = tissue.draw_of(corners, round(1.2 * tissue.nucleated))
    row, column = np.divmod(places, WIDTH)
    stamp(field, column, row, 2.6 * scale, 2.0 * scale, angle=tissue.along_border(row, column))
    return field


def _of_kinds(tissue: Tissue, *kinds: int) -> Grey:
    some = np.where(tissue.of_kind(*kinds), 0.9, 0.03) * (
        1 + 0.08 * tissue.rng.standard_normal(len(tissue.section.fibres))
    )
    some[tissue.section.fibres.fat] = 0
    marked: Grey = tissue.body * some.astype(np.float32)[tissue.section.owner]
    return marked * (1 + np.float32(0.08) * tissue.window(1.2))


def _network(tissue: Tissue) -> Grey:
    many = len(tissue.section.fibres)
    strength = np.clip(0.28 + 0.05 * tissue.rng.standard_normal(many), 0.1, 1) + np.where(tissue.of_kind(SLOW), 0.08, 0)
    strength[tissue.section.fibres.fat] = 0
    web = 1 + np.float32(0.16) * tissue.window(1.2)
    marked: Grey = tissue.body * strength.astype(np.float32)[tissue.section.owner] * web + 0.25 * _line(tissue, 0.8)
    for name in ("body", "rod", "deposit"):
        marked += np.float32(0.9) * tissue.layers.get(name, np.float32(0))
    return marked


def _young(tissue: Tissue) -> Grey:
    return 0.02 * tissue.body + 0.85 * tissue.layers.get("young", np.float32(0))


def _nuclei(tissue: Tissue, *, rim: bool) -> Grey:
    nuclei = tissue.layers.get("nucleus", np.zeros((HEIGHT, WIDTH), np.float32))
    if rim:
        return np.asarray(
            np.clip(4 * nuclei * (1.15 - nuclei), 0, 1) * (nuclei > 0.1) + 0.35 * (nuclei > 0.9), np.float32
        )
    few = np.clip(tissue.window(24) * 3 - 4.5, 0, 1)
    return np.asarray(nuclei * few)


def _cells(tissue: Tissue) -> Grey:
    section, scale = tissue.section, tissue.section.scale
    field = np.zeros((HEIGHT, WIDTH), np.float32)
    some = tissue.draw_of(section.places(section.edge < 0), round(3 + 0.05 * len(section.fibres)))
    row, column = np.divmod(some, WIDTH)
    stamp(field, column, row, 3.2 * scale, 2.6 * scale)
    if "cells" in tissue.layers:
        np.maximum(field, tissue.layers["cells"] * np.clip(0.6 + 0.8 * tissue.window(8), 0, 1), out=field)
    return field


def _membrane_inflamed(tissue: Tissue) -> Grey:
    inflamed = tissue.changes.get("inflammation", 0.0)
    near = np.clip(0.2 + inflamed + 0.4 * tissue.window(24), 0, 1) if inflamed else np.float32(0.02)
    inside = tissue.body * np.float32(0.25 * inflamed)
    return (_line(tissue, 1.0) + inside) * near + 0.7 * _vessels(tissue)


def _dots(tissue: Tissue) -> Grey:
    section, scale, rng = tissue.section, tissue.section.scale, tissue.rng
    field = tissue.body * np.float32(0.05)
    share = max((tissue.changes.get(name, 0.0) for name in ("rimmed", "autophagic", "bodies", "deposits")), default=0.0)
    if share:
        for chosen in np.flatnonzero(tissue.choose(share)):
            x, y = (values[chosen : chosen + 1].astype(float) for values in (section.fibres.x, section.fibres.y))
            at = scatter(rng, x, y, int(rng.integers(4, 16)), 0.35 * section.fibres.radius[chosen])
            stamp(
                field,
                *at,
                np.maximum((0.6 + 0.9 * rng.random(at[0].size)) * scale, 1.3),
                max(0.8 * scale, 1.1),
                soft=0.8,
            )
        field *= np.clip(section.edge, 0, 1)
    return field


def _endplates(tissue: Tissue) -> Grey:
    section, scale, rng = tissue.section, tissue.section.scale, tissue.rng
    field = np.zeros((HEIGHT, WIDTH), np.float32)
    border = section.places(np.abs(section.edge - scale) < 1.3 * scale)
    row, column = np.divmod(border, WIDTH)
    for middle in tissue.draw_of(border, int(rng.integers(4, 10))):
        near = np.hypot(row - middle // WIDTH, column - middle % WIDTH) < (6 + 5 * rng.random()) * scale
        near &= rng.random(near.size) < 0.5
        stamp(field, column[near], row[near], 1.4 * scale, 1.0 * scale)
    return field


def _necrotic(tissue: Tissue) -> Grey:
    return np.asarray(0.8 * tissue.layers.get("dead", np.float32(0)) + 0.25 * _vessels(tissue), np.float32)


SITES: dict[str, Callable[[Tissue], Grey]] = {
    "membrane": lambda tissue: _line(tissue, 0.75),
    "membrane-inflamed": _membrane_inflamed,
    "basement": lambda tissue: np.maximum(_line(tissue, 1.0), 0.9 * _vessels(tissue)),
    "matrix": lambda tissue: np.maximum(0.8 * (1 - tissue.body), 0.8 * _line(tissue, 1.2)),
    "vessel": _vessels,
    "network": _network,
    "slow": lambda tissue: _of_kinds(tissue, SLOW),
    "fast": lambda tissue: _of_kinds(tissue, FAST_A, FAST_X),
    "fast-a": lambda tissue: _of_kinds(tissue, FAST_A),
    "fast-x": lambda tissue: _of_kinds(tissue, FAST_X),
    "young": _young,
    "nucleus-rim": lambda tissue: _nuclei(tissue, rim=True),
    "nucleus-few": lambda tissue: _nuclei(tissue, rim=False),
    "cell": _cells,
    "dot": _dots,
    "endplate": _endplates,
    "necrotic": _necrotic,
}
