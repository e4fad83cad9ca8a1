"""Light micrographs: tissue coloured as its stain colours it."""

import numpy as np

from etl.generate.drawing.antigens import mark_antigen
from etl.generate.drawing.camera import Pixels, photograph, put_scale_bar
from etl.generate.drawing.fibres import cut_across, cut_along
from etl.generate.drawing.lesions import make_lesions
from etl.generate.drawing.noise import Grey, window
from etl.generate.drawing.orders import Colour, Look, Order
from etl.generate.drawing.tissue import Tissue, populate

MARKS = (
    "glycogen", "mitochondria", "tubule", "body", "rod", "lysosome", "capillary", "nucleus", "antigen",
    "endplate", "amyloid", "calcium", "lipid",
)  # fmt: skip
"""What is put upon fibres and connective tissue, the last on top."""
LENGTHWISE = (None, "membrane", "basement", "network")
"""Where an antibody may mark for fibres to be cut lengthwise now and then."""
BAR = 50.0
"""Length of the scale bar in micrometres."""


def draw_light(rng: np.random.Generator, order: Order, look: Look) -> Pixels:
    """Draw a section as a stain makes it look, rows × columns × 3."""
    lengthwise = not order.changes and order.site in LENGTHWISE and rng.random() < 0.1
    section = (
        cut_along(rng, order.diameter, order.scale)
        if lengthwise
        else cut_across(rng, order.diameter, order.scale, order.changes)
    )
    tissue = Tissue(rng, section, look, order.changes)
    populate(tissue)
    make_lesions(tissue)
    if order.site:
        mark_antigen(tissue, order.site, order.lost)
    light = _shone(tissue) if look.shines else _looked_through(tissue)
    pixels = photograph(
        rng,
        light,
        noise=4.0 if look.shines else 2.6,
        vignette=0.22 if look.shines else 0.05 + 0.1 * rng.random(),
    )
    if rng.random() < 0.3:
        put_scale_bar(pixels, BAR * order.scale, 245 if look.shines else 15)
    return pixels


def _connective(tissue: Tissue) -> Grey:
    """Return the amount of connective tissue: strands in septa, clefts along fibres."""
    septum = tissue.section.septum
    between = 1 - tissue.body
    strands = np.float32(0.62) + np.float32(0.2) * tissue.window(3)
    if float(septum.min()) < 0:
        wave = np.sin(septum * np.float32(0.9 / tissue.section.scale) + 2.2 * tissue.window(8))
        strands = np.where(septum < 0, strands + np.float32(0.3) * wave, strands)
    between *= np.clip(strands, 0.08, 1.2)
    return between


def _cleft(tissue: Tissue) -> Grey:
    """Return where shrinking has torn fibres from what surrounds them."""
    torn = np.clip(tissue.window(24) * 1.5 - 1.4, 0, 1)
    cleft: Grey = torn * np.exp(-np.square(tissue.section.edge * np.float32(0.9)))
    return cleft


def _looked_through(tissue: Tissue) -> Grey:
    look = tissue.look
    uneven = 1 + np.float32(0.05) * tissue.window(90) + np.float32(0.03) * tissue.window(24)
    filled = (1 - tissue.hole) * uneven * np.float32(1 + 0.1 * tissue.rng.standard_normal())
    fibre = tissue.body * tissue.density * filled
    connective = _connective(tissue) * filled
    connective *= 1 - _cleft(tissue)
    ground, fibre_dye, connective_dye = (
        np.array(colour, np.float32) for colour in (look.ground, look.colours["fibre"], look.colours["connective"])
    )
    dyes = [_absorbance(dye, ground) for dye in (fibre_dye, connective_dye)]
    absorbed = np.stack([fibre * dyes[0][channel] + connective * dyes[1][channel] for channel in range(3)])
    flat = absorbed.reshape(3, -1)
    for name in MARKS:
        if name in tissue.layers and name in look.colours:
            amount = tissue.layers[name].reshape(-1)
            place = np.flatnonzero(amount > 0.01)
            share = amount[place]
            dye = _absorbance(np.array(look.colours[name], np.float32), ground)
            for channel in range(3):
                flat[channel, place] += share * (dye[channel] - flat[channel, place])
    np.exp(np.negative(absorbed, out=absorbed), out=absorbed)
    absorbed *= ground[:, None, None]
    return absorbed


def _absorbance(dye: Grey, ground: Grey) -> Grey:
    return np.log(np.maximum(ground, 1) / np.maximum(np.minimum(dye, ground), 1)).astype(np.float32)


def _shone(tissue: Tissue) -> Grey:
    look = tissue.look
    haze = 1 + np.float32(0.3) * tissue.window(90) + np.float32(0.1) * tissue.window(8)
    fibre = tissue.body * tissue.density * (1 - tissue.hole) * haze
    connective = (1 - tissue.body) * haze
    light = np.empty((3, *fibre.shape), np.float32)
    parts: list[tuple[Grey, Colour]] = [(fibre, look.colours["fibre"]), (connective, look.colours["connective"])]
    bright = 1 + np.float32(0.15) * window(tissue.rng, 24)
    parts += [(layer * bright, look.colours[name]) for name, layer in tissue.layers.items() if name in look.colours]
    for channel in range(3):
        light[channel] = look.ground[channel]
        for amount, colour in parts:
            if colour[channel] > 4:
                light[channel] += amount * np.float32(colour[channel])
    return light
