"""Microscopy techniques from FBbi."""

import gzip
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDFS, Graph

from .hierarchy import with_ancestors
from .releases import converter
from .tables import Term

FBBI = re.compile(r"FBbi:\d{8}")
TECHNIQUES = {
    "FBbi:00000243": "microscopie en champ clair",
    "FBbi:00000244": "microscopie à fond noir",
    "FBbi:00000246": "microscopie à fluorescence",
    "FBbi:00000247": "microscopie à contraste de phase",
    "FBbi:00000248": "microscopie en lumière polarisée",
    "FBbi:00000251": "microscopie confocale",
    "FBbi:00000256": "microscopie électronique",
    "FBbi:00000257": "microscopie électronique à balayage",
    "FBbi:00000258": "microscopie électronique en transmission",
    "FBbi:00000345": "microscopie optique",
}


@dataclass(frozen=True, slots=True)
class Technique:
    """A class of FBbi."""

    id: str
    label: str
    parents: frozenset[str]


def read_techniques(path: Path) -> dict[str, Technique]:
    """FBbi CURIE -> technique; the artificial roots of the ontology are left out."""
    with gzip.open(path) as packed:
        graph = Graph().parse(data=packed.read(), format="xml")
    prefixes = converter()
    labels = {prefixes.compress(str(iri)) or "": str(label) for iri, label in graph.subject_objects(RDFS.label)}
    labels = {curie: label for curie, label in labels.items() if FBBI.fullmatch(curie)}
    parents: dict[str, set[str]] = defaultdict(set)
    for child, parent in graph.subject_objects(RDFS.subClassOf):
        above = prefixes.compress(str(parent))
        if above in labels:
            parents[prefixes.compress(str(child)) or ""].add(above)
    return {curie: Technique(curie, label, frozenset(parents[curie])) for curie, label in labels.items()}


def draw(techniques: Mapping[str, Technique]) -> list[Term]:
    """Return the techniques in use, named in French by us, with all above them."""
    parents = {curie: technique.parents for curie, technique in techniques.items()}
    return [
        Term(
            id=curie,
            label_en=techniques[curie].label,
            label_fr=TECHNIQUES.get(curie, ""),
            parents=techniques[curie].parents,
        )
        for curie in with_ancestors(TECHNIQUES, parents)
    ]
