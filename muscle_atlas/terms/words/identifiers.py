"""Identifiers beside names, and those of other vocabularies that linked terms go by."""

import re
from collections import defaultdict
from functools import cache

from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import JOINER, read_tables

# "HGNC:1052 BIN1" as laboratories write it, and "BIN1 (HGNC:1052)" as candidates are told.
_IDENTIFIER_FIRST = re.compile(r"^([A-Za-z]+\s?[:_#]\s?#?C?\d+)\s*[\s,:(\[-]\s*(\S.*?)[)\]]?$")
_IDENTIFIER_LAST = re.compile(r"^(.*\S)\s*\(([A-Za-z.-]+[:_][^\s()]+)\)$")


def separate_identifier(word: str) -> tuple[str, str | None]:
    """Take apart "HGNC:1052 BIN1" and "BIN1 (HGNC:1052)": what may be an identifier, and the name beside it."""
    if found := _IDENTIFIER_FIRST.match(word):
        return found[1], found[2]
    if found := _IDENTIFIER_LAST.match(word):
        return found[2], found[1]
    return word, None


def exact_matches(identifier: str) -> frozenset[str]:
    """Return the identifiers of other vocabularies that a linked term (CURIE) goes by, without any release."""
    return _exact_matches().get(identifier, frozenset())


@cache
def _exact_matches() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for other, (same, _) in linked_identifiers().items():
        for term in same:
            found[term].add(other)
    return {term: frozenset(others) for term, others in found.items()}


@cache
def linked_identifiers() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Identifiers of other vocabularies, such as MONDO and OMIM: the linked terms that are the same, or nearly."""
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    matches = ("exact_match", "broad_match", "narrow_match")
    for table in read_tables(ONTOLOGY / "terms"):
        if "exact_match" not in table.rows.columns:
            continue
        for term, *cells in table.rows.select("id", *matches).iter_rows():
            for match, cell in zip(matches, cells, strict=True):
                for other in cell.split(JOINER) if cell else ():
                    found[other][match != "exact_match"].add(term)
    return {other: (frozenset(same), frozenset(near)) for other, (same, near) in found.items()}
