"""Contradictions: what tables of words say beside one another, and cannot both mean."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from muscle_atlas.folding import fold
from muscle_atlas.terms.curation.mapping_sets import Flaw, Row
from muscle_atlas.terms.curation.mappings import NO_TERM
from muscle_atlas.terms.curation.placed import FIELDS, PREDICATES, Placed


def contradictions(tables: Sequence[Placed]) -> Iterator[Flaw]:
    """Yield what is wrong in a table beside others."""
    decided = [(placed, row) for placed in tables for row in placed.table.rows if placed.verdict(row) != "undecided"]
    yield from _twice(decided)
    kinds: dict[str, list[tuple[Placed, Row]]] = defaultdict(list)
    for placed, row in decided:
        if placed.verdict(row) == "believed" and row["object_id"] != NO_TERM:
            kinds[placed.place.words].append((placed, row))
    for believed in kinds.values():
        yield from _preferred_twice(believed)
        yield from _broad_alone(believed)


def _twice(decided: Sequence[tuple[Placed, Row]]) -> Iterator[Flaw]:
    first: dict[tuple[str, str], tuple[Placed, Row]] = {}
    for placed, row in decided:
        pair = fold(row["subject_label"]), row["object_id"]
        other, at = first.setdefault(pair, (placed, row))
        if at is row:
            continue
        overrides = other.place.ours and not placed.place.ours and other.verdict(at) == "believed"
        if not (overrides and placed.verdict(row) != "believed"):
            told = {"object": row["object_id"], "other": f"{other.place.path}:{at.line}"}
            yield Flaw(placed.place.path, row.line, "twice", row["subject_label"], told)


def _preferred_twice(believed: Sequence[tuple[Placed, Row]]) -> Iterator[Flaw]:
    preferred: dict[str, tuple[Placed, Row]] = {}
    for placed, row in believed:
        if row["object_match_field"] == FIELDS[0] and row["predicate_id"] == PREDICATES[0]:
            other, at = preferred.setdefault(fold(row["subject_label"]), (placed, row))
            if at["object_id"] != row["object_id"]:
                told = {"object": at["object_id"], "other": f"{other.place.path}:{at.line}"}
                yield Flaw(placed.place.path, row.line, "preferred_twice", row["subject_label"], told)


def _broad_alone(believed: Sequence[tuple[Placed, Row]]) -> Iterator[Flaw]:
    exact = {fold(row["subject_label"]) for _, row in believed if row["predicate_id"] == PREDICATES[0]}
    broad: dict[str, list[tuple[Placed, Row]]] = defaultdict(list)
    for placed, row in believed:
        if row["predicate_id"] == PREDICATES[1]:
            broad[fold(row["subject_label"])].append((placed, row))
    for word, found in broad.items():
        if word in exact or len({row["object_id"] for _, row in found}) < 2:
            placed, row = found[0]
            rule = "broad_and_exact" if word in exact else "broad_of_one"
            yield Flaw(placed.place.path, row.line, rule, row["subject_label"])
