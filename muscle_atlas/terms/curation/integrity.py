"""Integrity: what may be wrong in the tables of words, by itself and beside the other tables."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from muscle_atlas.folding import fold
from muscle_atlas.names import Names
from muscle_atlas.terms.curation.catalogue import Catalogue, look_up
from muscle_atlas.terms.curation.mapping_sets import COLUMNS, NEEDED, Flaw, MappingSet, Row, read_mapping_set
from muscle_atlas.terms.curation.mappings import NEGATED, NO_TERM, PARTS, Mappings, Part, Place, Verdict

PREDICATES = ("skos:exactMatch", "skos:narrowMatch")
FIELDS = ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel")
BY_PERSON = ("semapv:ManualMappingCuration", "semapv:MappingReview")
"""Justifications by which a person decided, who is named."""
JUSTIFICATIONS = (*BY_PERSON, "semapv:LexicalMatching", "semapv:LexicalSimilarityThresholdMatching")
FATAL = frozenset(
    {"encoding", "header", "cells", "columns_none", "column_missing", "column_twice"}
    | {"word", "identifier", "prefix", "predicate", "field"}
)
"""Rules of what no release is built with."""

_HEADER = ("curie_map", "mapping_set_id", "mapping_set_title", "license", "subject_type", "object_source")
_LITERAL = "rdfs literal"
_BUILT_IN = frozenset({"sssom"})
"""Prefixes that every SSSOM table knows by itself (SSSOM 1.1, section on the TSV format)."""
_AUTHOR = re.compile(r"orcid:\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


class MappingsError(Exception):
    """A table of words cannot be used; carries the first thing that is wrong with it."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(f"{flaw.path}:{flaw.line}: {flaw.rule}")
        self.flaw = flaw


@dataclass(frozen=True)
class Placed:
    """A table, where it lies, and what it holds."""

    place: Place
    table: MappingSet

    def verdict(self, row: Row) -> Verdict:
        """Return what was decided of a row (the same as ``mappings.judge`` says)."""
        if "author_id" in self.table.columns and not row["author_id"]:
            return "undecided"
        if row["predicate_modifier"] == NEGATED or self.place.part == "disbelieved":
            return "disbelieved"
        return "unsure" if _is_zero(row["confidence"]) or self.place.part == "unsure" else "believed"


@dataclass
class Findings:
    """What came of a check."""

    tables: list[Placed]
    flaws: list[Flaw] = field(default_factory=list)
    """By file and line."""
    undecided: list[tuple[Path, int, int]] = field(default_factory=list)
    """Tables with rows that nobody has decided yet: how many, and the line of the first."""


def check(mappings: Mappings, names: Names, terms: Path | None, files: Sequence[Path] = ()) -> Findings:
    """Check tables: those that are given, else all that there are.

    Args:
        mappings: ours and those of the institute, which each table is compared with.
        names: the prefix map.
        terms: folder of the slices, by which identifiers are known that the atlas itself does not have.
        files: tables to check.

    Raises:
        OSError: if one of the files cannot be read.
        SliceError: if a slice cannot be read.
    """
    tables = [Placed(place, read_mapping_set(place.path)) for place in mappings.places()]
    known = {placed.place.path.resolve() for placed in tables}
    tables += [Placed(placed_at(path), read_mapping_set(path)) for path in files if path.resolve() not in known]
    identifiers = {row["object_id"] for placed in tables for row in placed.table.rows}
    catalogue = look_up(identifiers, terms)
    flaws = [*_across(tables)]
    for placed in tables:
        flaws += [*placed.table.flaws, *_alone(placed, names, catalogue)]
    wanted = {path.resolve() for path in files} or {placed.place.path.resolve() for placed in tables}
    chosen = [placed for placed in tables if placed.place.path.resolve() in wanted]
    flaws = sorted({flaw for flaw in flaws if flaw.path.resolve() in wanted}, key=_in_order)
    return Findings(chosen, flaws, list(_undecided(chosen)))


def refuse_unusable(mappings: Mappings, names: Names) -> None:
    """Look whether an institute's tables can be read as far as a build needs them, which is without undecided rows.

    Raises:
        MappingsError: at the first that cannot.
        OSError: if a file cannot be read.
    """
    for place in mappings.places(ours=False):
        placed = Placed(place, read_mapping_set(place.path))
        flaws = [*placed.table.flaws, *_alone(placed, names, Catalogue({}, {}, frozenset()))]
        unread = {row.line for row in placed.table.rows if placed.verdict(row) == "undecided"}
        for flaw in sorted(flaws, key=_in_order):
            if flaw.rule in FATAL and flaw.line not in unread:
                raise MappingsError(flaw)


def placed_at(path: Path) -> Place:
    """Return the place of a table that lies in neither of the folders: its folder tells the part."""
    part: Part = next((part for part in PARTS if part and part == path.resolve().parent.name), "")
    return Place(path, part, ours=False)


def _in_order(flaw: Flaw) -> tuple[str, int, str, str]:
    return str(flaw.path), flaw.line or 0, flaw.rule, flaw.value


def _undecided(tables: Iterable[Placed]) -> Iterator[tuple[Path, int, int]]:
    for placed in tables:
        lines = [row.line for row in placed.table.rows if placed.verdict(row) == "undecided"]
        if lines:
            yield placed.place.path, len(lines), lines[0]


def _alone(placed: Placed, names: Names, known: Catalogue) -> Iterator[Flaw]:
    """Yield what is wrong in a table by itself."""
    table = placed.table
    if not table.columns:
        if not table.flaws:
            yield Flaw(table.path, None, "columns_none")
        return
    missing = [column for column in NEEDED if column not in table.columns]
    for column in missing:
        yield Flaw(table.path, table.line_of_columns, "column_missing", column)
    for column in sorted({column for column in table.columns if table.columns.count(column) > 1}):
        yield Flaw(table.path, table.line_of_columns, "column_twice", column)
    for column in table.columns:
        if column not in COLUMNS:
            yield Flaw(table.path, table.line_of_columns, "column_unknown", column, {"known": ", ".join(COLUMNS)})
    if missing:
        return
    yield from _of_header(placed, names)
    yield from _of_order(placed)
    for row in table.rows:
        yield from _of_row(placed, row, names, known)


def _of_header(placed: Placed, names: Names) -> Iterator[Flaw]:
    table, metadata = placed.table, placed.table.metadata
    if any(flaw.rule == "header" for flaw in table.flaws):
        return
    for key in _HEADER:
        if not metadata.get(key):
            yield Flaw(table.path, 1, "header_missing", key)
    if "author_id" not in table.columns and not (metadata.get("creator_label") or metadata.get("creator_id")):
        yield Flaw(table.path, 1, "header_missing", "creator_label")
    if metadata.get("subject_type") not in (None, "", _LITERAL):
        yield Flaw(table.path, _line_of(table, "subject_type"), "subject_type", str(metadata["subject_type"]))
    declared = metadata.get("curie_map")
    declared = declared if isinstance(declared, dict) else {}
    canonical = {record.prefix: record.uri_prefix for record in names.converter.records}
    for prefix, namespace in declared.items():
        if names.localise(str(namespace)) != canonical.get(prefix):
            told = {"canonical": canonical.get(prefix, "")}
            rule = "curie_map" if prefix in canonical else "curie_map_unknown"
            yield Flaw(table.path, _line_of(table, prefix), rule, f"{prefix}: {namespace}", told)
    columns = ("object_id", "predicate_id", "object_match_field", "mapping_justification", "author_id")
    used = {row[column].partition(":")[0] for row in table.rows for column in columns if ":" in row[column]}
    for prefix in sorted((used & canonical.keys()) - declared.keys() - _BUILT_IN):
        yield Flaw(table.path, 1, "curie_map_missing", prefix, {"canonical": canonical[prefix]}, mendable=True)


def _line_of(table: MappingSet, key: str) -> int:
    lines = (number for number, line in enumerate(table.header, 1) if line.lstrip("# ").startswith(f"{key}:"))
    return next(lines, 1)


def _of_order(placed: Placed) -> Iterator[Flaw]:
    rows = placed.table.rows
    for before, row in pairwise(rows):
        if row.order < before.order:
            # The first is enough: what follows it may well be in order.
            yield Flaw(placed.place.path, row.line, "order", row["subject_label"], mendable=True)
            return


def _of_row(placed: Placed, row: Row, names: Names, known: Catalogue) -> Iterator[Flaw]:
    def flaw(rule: str, column: str, *, mendable: bool = False, **told: object) -> Flaw:
        return Flaw(placed.place.path, row.line, rule, row[column], {"column": column, **told}, mendable)

    for column, cell in row.cells.items():
        if cell != " ".join(cell.split(" ")).strip() or "  " in cell or any(sign in cell for sign in "\u00a0\u200b"):
            yield flaw("spaces", column, mendable=True)
    if not fold(row["subject_label"]):
        yield flaw("word", "subject_label")
    if row["predicate_id"] not in PREDICATES:
        yield flaw("predicate", "predicate_id", allowed=", ".join(PREDICATES))
    if row["predicate_modifier"] not in ("", NEGATED):
        yield flaw("modifier", "predicate_modifier")
    if row["mapping_justification"] not in JUSTIFICATIONS:
        yield flaw("justification", "mapping_justification", allowed=", ".join(JUSTIFICATIONS))
    if row["confidence"] and not _is_share(row["confidence"]):
        yield flaw("confidence", "confidence")
    if row["object_id"] != NO_TERM:
        if row["object_match_field"] not in FIELDS:
            yield flaw("field", "object_match_field", allowed=", ".join(FIELDS))
        yield from _of_object(placed, row, names, known)
    yield from _of_decision(placed, row)


def _of_object(placed: Placed, row: Row, names: Names, known: Catalogue) -> Iterator[Flaw]:
    def flaw(rule: str, *, mendable: bool = False, **told: object) -> Flaw:
        return Flaw(placed.place.path, row.line, rule, row["object_id"], told, mendable)

    prefix, _, local = row["object_id"].partition(":")
    record = next((record for record in names.converter.records if record.prefix == prefix), None)
    if record is None:
        yield flaw("prefix", meant=names.identifier(row["object_id"]) or "")
        return
    if not local or (record.pattern and not re.search(record.pattern, local)):
        yield flaw("identifier", pattern=record.pattern or "")
        return
    labels = known.labels(row["object_id"], ours=placed.place.ours)
    if not labels:
        if prefix in known.prefixes and placed.verdict(row) != "disbelieved":
            yield flaw("unknown")
    elif row["object_label"] not in labels:
        yield flaw("label", mendable=True, label=labels[0], written=row["object_label"])
    if row["object_id"] in known.withdrawn and placed.verdict(row) == "believed":
        yield flaw("withdrawn")


def _of_decision(placed: Placed, row: Row) -> Iterator[Flaw]:
    def flaw(rule: str, value: str, *, mendable: bool = False, **told: object) -> Flaw:
        return Flaw(placed.place.path, row.line, rule, value, told, mendable)

    by_author = "author_id" in placed.table.columns
    for author in row["author_id"].split("|") if row["author_id"] else ():
        if not _AUTHOR.fullmatch(author):
            yield flaw("author", author)
    if not by_author and not placed.place.ours and row["mapping_justification"] in BY_PERSON:
        yield flaw("author_missing", row["subject_label"])
    verdict, part = placed.verdict(row), placed.place.part
    if verdict == "undecided":
        return
    if part == "disbelieved" and row["predicate_modifier"] != NEGATED:
        yield flaw("not_negated", row["subject_label"])
    elif part == "unsure" and not _is_zero(row["confidence"]):
        yield flaw("not_unsure", row["subject_label"])
    elif (verdict if verdict != "believed" else "") != part:
        yield flaw("elsewhere", row["subject_label"], mendable=not placed.place.ours, verdict=verdict)


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _is_zero(text: str) -> bool:
    return _is_share(text) and float(text) == 0


def _across(tables: Sequence[Placed]) -> Iterator[Flaw]:
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
