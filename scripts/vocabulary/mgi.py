"""Genes of the mouse that are orthologous to human genes of the atlas, from the homology classes of MGI."""

from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from .releases import read_tabbed
from .tables import Term

MOUSE, HUMAN = "10090", "9606"


def draw(path: Path, human: Collection[str]) -> list[Term]:
    """Return the genes of the mouse in a homology class with one of the ``human`` genes (HGNC CURIEs)."""
    classes: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: {MOUSE: {}, HUMAN: {}})
    for row in read_tabbed(path):
        taxon = row["NCBI Taxon ID"]
        identifier = row["Mouse MGI ID"] if taxon == MOUSE else row["HGNC ID"]
        if identifier:
            classes[row["DB Class Key"]][taxon][identifier] = row["Symbol"]
    symbols: dict[str, str] = {}
    orthologues: dict[str, set[str]] = defaultdict(set)
    for members in classes.values():
        for mouse, symbol in members[MOUSE].items():
            symbols[mouse] = symbol
            orthologues[mouse] |= members[HUMAN].keys() & set(human)
    return [
        Term(id=mouse, label_en=symbols[mouse], also={"orthologue": "|".join(sorted(found))})
        for mouse, found in orthologues.items()
        if found
    ]
