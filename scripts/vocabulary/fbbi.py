"""Microscopy techniques from FBbi."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from muscle_atlas.terms.source import Found
from muscle_atlas.terms.sources import fbbi

from .hierarchy import with_ancestors
from .tables import Term


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


def draw(techniques: Mapping[str, Technique], wanted: Collection[str]) -> list[Term]:
    """Return the techniques in use with all above them."""
    parents = {curie: technique.parents for curie, technique in techniques.items()}
    return [
        Term(
            id=curie,
            label_en=techniques[curie].label,
            parents=techniques[curie].parents,
        )
        for curie in with_ancestors(wanted, parents)
    ]
