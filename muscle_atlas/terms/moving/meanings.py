"""Meanings: what a word stands for in one release of a vocabulary, as it is resolved when an atlas is built."""

from collections.abc import Iterable
from functools import cache

from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import read_tables
from muscle_atlas.terms.moving.editions import Edition
from muscle_atlas.terms.moving.embedded import TIERS, is_drawn
from muscle_atlas.terms.slices import Kind, Tier

_EXACT = "skos:exactMatch"


def meanings(edition: Edition, word: str, kind: Kind) -> tuple[str, ...]:
    """Return the terms (CURIEs) that a word stands for: one where it is accepted, several where it is ambiguous.

    An approved symbol or a preferred label wins over other names; a word that only withdrawn terms bear stands for
    their successors.
    """
    named = [(name, term) for name, term in edition.named(fold(word)) if term.kind == kind or term.status != "active"]
    curated = {curie: tier for curie, tier in _curated().get(fold(word), {}).items() if _is_active(edition, curie)}
    entries = {(term.id, name.tier) for name, term in named if term.status == "active"} | set(curated.items())
    if entries:
        labelled = _distinct(curie for curie, tier in entries if tier == "label")
        return labelled if len(labelled) == 1 else _distinct(curie for curie, _ in entries)
    return _distinct(one.successor for _, term in named for one in edition.successors(term.id))


def _is_active(edition: Edition, curie: str) -> bool:
    term = edition.term(curie)
    return term is not None and term.status == "active"


def _distinct(curies: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(curies)))


@cache
def _curated() -> dict[str, dict[str, Tier]]:
    """Return the words, folded, that are told by a table of ours whatever release is there, and their terms."""
    found: dict[str, dict[str, Tier]] = {}
    for table in read_tables(MAPPINGS, "*.sssom.tsv"):
        columns = ("subject_label", "predicate_id", "object_id", "object_match_field", "mapping_justification")
        for word, predicate, curie, field, justification in table.rows.select(columns).iter_rows():
            if predicate == _EXACT and not is_drawn(justification, table.path):
                found.setdefault(fold(word), {})[curie] = TIERS[field]
    return found
