"""Lesions: what findings change in the fibres of a light micrograph, one function a change of ``findings.tsv``."""

from collections.abc import Callable

from etl.generate.drawing.cells import (
    draw_central_nuclei,
    draw_fat,
    draw_inflammation,
    draw_internal_nuclei,
    draw_necklaces,
    draw_necrosis,
    draw_splitting,
    draw_young,
)
from etl.generate.drawing.inclusions import (
    draw_autophagic,
    draw_bodies,
    draw_glycogen,
    draw_rimmed,
    draw_rods,
    draw_tubules,
)
from etl.generate.drawing.paling import (
    draw_cores,
    draw_cox_negative,
    draw_deposits,
    draw_hyaline,
    draw_minicores,
    draw_motheaten,
    draw_ragged,
    draw_rings,
)
from etl.generate.drawing.tissue import Tissue


def make_lesions(tissue: Tissue) -> None:
    """Draw every lesion among the changes; a change that the layout of fibres has made already has none."""
    if tissue.section.fibres.fat.any():
        draw_fat(tissue)
    for name, make in LESIONS.items():
        if share := tissue.changes.get(name, 0.0):
            make(tissue, share)


LESIONS: dict[str, Callable[[Tissue, float], None]] = {
    "cores": draw_cores,
    "minicores": draw_minicores,
    "motheaten": draw_motheaten,
    "ring": draw_rings,
    "necklace": draw_necklaces,
    "hyaline": draw_hyaline,
    "deposits": draw_deposits,
    "necrosis": draw_necrosis,
    "young": draw_young,
    "ragged": draw_ragged,
    "cox_negative": draw_cox_negative,
    "splitting": draw_splitting,
    "rods": draw_rods,
    "tubules": draw_tubules,
    "bodies": draw_bodies,
    "rimmed": draw_rimmed,
    "autophagic": draw_autophagic,
    "glycogen_vacuoles": draw_glycogen,
    "central_nuclei": draw_central_nuclei,
    "internal_nuclei": draw_internal_nuclei,
    "inflammation": draw_inflammation,
}
"""In the order in which they are drawn: what changes a whole fibre first, nuclei last."""
