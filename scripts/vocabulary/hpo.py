"""Findings and modes of inheritance from HPO, with the French of its translations."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from .hierarchy import with_ancestors
from .releases import converter, read_json, read_tabbed
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
# Their French names something else: a nucleus for the core, nucleated fibers for necklace fibers.
WRONG_FRENCH = ("HP:0030230", "HP:0031238")


@dataclass(frozen=True, slots=True)
class Phenotype:
    """A class of HPO with its exact synonyms."""

    id: str
    label: str
    synonyms: frozenset[str]
    parents: frozenset[str]


def read_phenotypes(path: Path) -> dict[str, Phenotype]:
    """HP CURIE -> phenotype, the obsolete left out."""
    graph = read_json(path)["graphs"][0]
    compress = converter().compress
    parents: dict[str, set[str]] = defaultdict(set)
    for edge in graph["edges"]:
        if edge["pred"] == "is_a":
            parents[edge["sub"]].add(compress(edge["obj"]) or "")
    phenotypes = {}
    for node in graph["nodes"]:
        curie, meta = compress(node["id"]) or "", node.get("meta", {})
        if curie.startswith("HP:") and "lbl" in node and not meta.get("deprecated"):
            synonyms = meta.get("synonyms", ())
            exact = frozenset(" ".join(s["val"].split()) for s in synonyms if s["pred"] == "hasExactSynonym")
            phenotypes[curie] = Phenotype(curie, node["lbl"], exact, frozenset(parents[node["id"]]))
    return phenotypes


def read_french(path: Path) -> dict[str, str]:
    """HP CURIE -> French label, those left out that are known to be wrong."""
    return {
        row["subject_id"]: " ".join(row["translation_value"].split())
        for row in read_tabbed(path)
        if row["predicate_id"] == "rdfs:label" and row["subject_id"] not in WRONG_FRENCH
    }


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
