"""Genes of the mouse that are orthologous to human genes of the atlas, from the homology classes of MGI."""

from collections.abc import Collection
from pathlib import Path

from muscle_atlas.terms.sources import mgi

from .tables import Term


def draw(path: Path, human: Collection[str]) -> list[Term]:
    """Return the genes of the mouse in a homology class with one of the ``human`` genes (HGNC CURIEs)."""
    wanted = set(human)
    return [
        Term(id=gene.id, label_en=gene.symbol, also={"orthologue": "|".join(sorted(found))})
        for gene in mgi.read_genes(path)
        if (found := gene.orthologues & wanted)
    ]
