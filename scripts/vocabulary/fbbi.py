"""Microscopy techniques from FBbi."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from muscle_atlas.terms.source import Found
from muscle_atlas.terms.sources import fbbi

from .hierarchy import with_ancestors
from .tables import Term

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
    contents = fbbi.SOURCE.read({"ontology": [Found(path, "")]})
    parents = defaultdict(set)
    for above in contents.parents:
        parents[above.term].add(above.parent)
    return {term.id: Technique(term.id, term.label_en, frozenset(parents[term.id])) for term in contents.terms}


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
