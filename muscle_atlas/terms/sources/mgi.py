"""MGI: the genes of the mouse, and the human genes that are their orthologues.

Address: "Human and Mouse Homology Classes with Sequence information" of
https://www.informatics.jax.org/downloads/reports/index.html (columns: ``HOM_MouseHumanSequence.py`` of MGI's reports).
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from muscle_atlas.terms.reading.tabbed import read_tabbed
from muscle_atlas.terms.slices import Contents, Name, Reference, Term
from muscle_atlas.terms.source import FaultyReleaseError, Found, Part, Source

HOMOLOGY = "https://www.informatics.jax.org/downloads/reports/HOM_MouseHumanSequence.rpt"

_MOUSE, _HUMAN = "10090", "9606"
_COLUMNS = ("DB Class Key", "NCBI Taxon ID", "Symbol", "EntrezGene ID", "Mouse MGI ID", "HGNC ID")


@dataclass
class MouseGene:
    """A gene of the mouse."""

    id: str
    symbol: str
    entrez: str | None
    orthologues: set[str] = field(default_factory=set)
    """HGNC CURIEs of the human genes in a homology class with it."""


def read_genes(path: Path) -> list[MouseGene]:
    """Read the genes of the mouse; one may be in several homology classes.

    Raises:
        FaultyReleaseError: if the file is no report of homology classes.
    """
    rows = read_tabbed(path, _COLUMNS).rows()
    human: dict[str, list[str]] = defaultdict(list)
    for of_class, taxon, _, _, _, hgnc in rows:
        if taxon == _HUMAN and hgnc:
            human[of_class].append(hgnc)
    genes: dict[str, MouseGene] = {}
    for of_class, taxon, symbol, entrez, gene, _ in rows:
        if taxon != _MOUSE:
            continue
        if not (gene and symbol):
            raise FaultyReleaseError("terms_breaks_off", file=path)
        genes.setdefault(gene, MouseGene(gene, symbol, entrez)).orthologues.update(human[of_class])
    return list(genes.values())


def _read(files: Mapping[str, Sequence[Found]]) -> Contents:
    newest = files["homology"][0]
    contents = Contents(version=newest.date, date=newest.date)
    for gene in read_genes(newest.path):
        contents.terms.append(Term(gene.id, "gene", gene.symbol))
        contents.names.append(Name(gene.symbol, gene.id, "label"))
        contents.references += [Reference(gene.id, human, "orthologue") for human in gene.orthologues]
        if gene.entrez:
            contents.references.append(Reference(gene.id, f"NCBIGene:{gene.entrez}"))
    return contents


SOURCE = Source(
    name="mgi",
    title="MGI, homology classes of mouse and human genes (HOM_MouseHumanSequence)",
    licence="CC-BY-4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    homepage="https://www.informatics.jax.org/",
    parts=(
        Part(
            "homology",
            re.compile(r"HOM_MouseHumanSequence(?:[_-](?P<date>\d{4}(?:-\d{2}){1,2}))?\.rpt(?:\.gz)?"),
            HOMOLOGY,
            2_000_000,
        ),
    ),
    read=_read,
)
