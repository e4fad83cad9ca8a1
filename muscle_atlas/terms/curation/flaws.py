"""Flaws of one table of words: its header, the order of its rows, and every row by itself."""

import re
from collections.abc import Iterator
from itertools import pairwise

from muscle_atlas.folding import fold
from muscle_atlas.names import Names
from muscle_atlas.terms.curation.catalogue import Catalogue
from muscle_atlas.terms.curation.mapping_sets import COLUMNS, NEEDED, Flaw, MappingSet, Row
from muscle_atlas.terms.curation.mappings import NEGATED, NO_TERM
from muscle_atlas.terms.curation.placed import FIELDS, PREDICATES, Placed, is_share, is_zero

BY_PERSON = ("semapv:ManualMappingCuration", "semapv:MappingReview")
"""Justifications by which a person decided, who is named."""
JUSTIFICATIONS = (*BY_PERSON, "semapv:LexicalMatching", "semapv:LexicalSimilarityThresholdMatching")
_HEADER = ("curie_map", "mapping_set_id", "mapping_set_title", "license", "subject_type", "object_source")
_LITERAL = "rdfs literal"
_BUILT_IN = frozenset({"sssom"})
"""Prefixes that every SSSOM table knows by itself (SSSOM 1.1, section on the TSV format)."""
_AUTHOR = re.compile(r"orcid:\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def flaws_of_table(placed: Placed, names: Names, known: Catalogue) -> Iterator[Flaw]:
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
    if row["confidence"] and not is_share(row["confidence"]):
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
    elif part == "unsure" and not is_zero(row["confidence"]):
        yield flaw("not_unsure", row["subject_label"])
    elif (verdict if verdict != "believed" else "") != part:
        yield flaw("elsewhere", row["subject_label"], mendable=not placed.place.ours, verdict=verdict)
