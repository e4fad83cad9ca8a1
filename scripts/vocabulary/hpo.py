"""Findings and modes of inheritance from HPO, with the French of its translations."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from muscle_atlas.terms.source import Found
from muscle_atlas.terms.sources import hpo

from .hierarchy import with_ancestors
from .tables import Term
from .words import ALTERNATIVE, PREFERRED, Word, distinct

INHERITANCE = (
    "HP:0000006",
    "HP:0000007",
    "HP:0001417",
    "HP:0001419",
    "HP:0001423",
    "HP:0001427",
    "HP:0003745",
    "HP:0010982",
    "HP:0010984",
    "HP:0025352",
)


@dataclass(frozen=True, slots=True)
class Phenotype:
    """A class of HPO with its exact synonyms."""

    id: str
    label: str
    synonyms: frozenset[str]
    parents: frozenset[str]


def read_phenotypes(path: Path) -> dict[str, Phenotype]:
    """HP CURIE -> phenotype, the obsolete left out."""
    contents = hpo.SOURCE.read({"ontology": [Found(path, "")]})
    synonyms, parents = defaultdict(set), defaultdict(set)
    for name in contents.names:
        if name.tier == "synonym":
            synonyms[name.term].add(name.text)
    for above in contents.parents:
        parents[above.term].add(above.parent)
    return {
        term.id: Phenotype(term.id, term.label_en, frozenset(synonyms[term.id]), frozenset(parents[term.id]))
        for term in contents.terms
        if term.status == "active"
    }


def read_french(path: Path) -> dict[str, str]:
    """HP CURIE -> French label, those left out that are known to be wrong."""
    return hpo.read_french(Found(path, ""))


def draw(
    findings: Collection[str], phenotypes: Mapping[str, Phenotype], french: Mapping[str, str]
) -> tuple[list[Term], list[Word]]:
    """Terms of findings and modes of inheritance with all above them, and the words of the findings."""
    parents = {curie: phenotype.parents for curie, phenotype in phenotypes.items()}
    terms = [
        Term(
            id=curie,
            label_en=phenotypes[curie].label,
            label_fr=french.get(curie, ""),
            parents=phenotypes[curie].parents,
            synonyms=phenotypes[curie].synonyms,
        )
        for curie in with_ancestors({*findings, *INHERITANCE}, parents)
    ]
    words = []
    for curie in findings:
        label = phenotypes[curie].label
        words += [Word(name, curie, label, PREFERRED) for name in (label, french.get(curie)) if name]
        words += [Word(synonym, curie, label, ALTERNATIVE) for synonym in phenotypes[curie].synonyms]
    return terms, distinct(words)
