"""Muscles from UBERON: labels of the release of today, relations of the musculoskeletal slice."""

import gzip
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    curie = ""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.rstrip("\n").partition(": ")
            if key == "id":
                curie = value
            elif key == "is_a" and value.startswith("UBERON:"):
                relations[curie].is_a.add(value.split()[0])
            elif key == "relationship" and value.startswith("part_of UBERON:"):
                relations[curie].part_of.add(value.split()[1])
            elif key == "xref" and re.fullmatch(r"FMA:\d+", value.split()[0]):
                relations[curie].fma.add(value.split()[0])
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
