"""Muscles from UBERON: labels of the release of today, relations of the musculoskeletal slice."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muscle_atlas.terms.source import Found
from muscle_atlas.terms.sources import uberon

from .facts import Muscle
from .hierarchy import with_ancestors
from .releases import read_json
from .tables import Term
from .words import ALTERNATIVE, CURATED, PREFERRED, Word, distinct

MUSCLE_SPINDLE = "UBERON:0003718"


@dataclass(slots=True)
class Relations:
    """What the slice says of a term."""

    is_a: set[str] = field(default_factory=set)
    part_of: set[str] = field(default_factory=set)
    fma: set[str] = field(default_factory=set)


def read_relations(path: Path) -> dict[str, Relations]:
    """UBERON CURIE -> relations to other terms of UBERON."""
    relations: dict[str, Relations] = defaultdict(Relations)
    contents = uberon.SOURCE.read({"ontology": [Found(path, "")]})
    for above in contents.parents:
        (relations[above.term].is_a if above.relation == "is_a" else relations[above.term].part_of).add(above.parent)
    for reference in contents.references:
        if reference.other.startswith("FMA:"):
            relations[reference.term].fma.add(reference.other)
    return relations


def read_labels(path: Path) -> dict[str, dict[str, Any]]:
    """UBERON CURIE -> `label`, `synonyms`, `deprecated`."""
    labels: dict[str, dict[str, Any]] = read_json(path)
    return labels


def draw(
    wanted: Collection[str],
    named: Iterable[Muscle],
    labels: Mapping[str, Mapping[str, Any]],
    relations: Mapping[str, Relations],
) -> tuple[list[Term], list[Word]]:
    """Terms with all that is above them, and the words of the wanted muscles: those of UBERON, and of ``named``."""
    above = {curie: relation.is_a | relation.part_of for curie, relation in relations.items()}
    terms = []
    for curie in with_ancestors({*wanted, MUSCLE_SPINDLE}, above):
        relation = relations.get(curie, Relations())
        terms.append(
            Term(
                id=curie,
                label_en=labels[curie]["label"],
                parents=frozenset(relation.is_a),
                part_of=frozenset(relation.part_of),
                exact_match=frozenset(relation.fma),
                synonyms=frozenset(labels[curie].get("synonyms", ())),
            )
        )
    words = distinct(words_of(wanted, labels))
    others = [Word(m.name, m.id, labels[m.id]["label"], ALTERNATIVE, CURATED) for m in named]
    return terms, words + distinct(others, {word.pair for word in words})


def words_of(wanted: Collection[str], labels: Mapping[str, Mapping[str, Any]]) -> Iterable[Word]:
    """Labels and synonyms of the wanted muscles."""
    for curie in wanted:
        label = labels[curie]["label"]
        yield Word(label, curie, label, PREFERRED)
        yield from (Word(synonym, curie, label, ALTERNATIVE) for synonym in labels[curie].get("synonyms", ()))
