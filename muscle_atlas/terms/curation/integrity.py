"""Integrity: whether tables of words are as they should be, and whether a build can use them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from muscle_atlas.names import Names
from muscle_atlas.terms.curation.catalogue import Catalogue, look_up
from muscle_atlas.terms.curation.contradictions import contradictions
from muscle_atlas.terms.curation.flaws import flaws_of_table
from muscle_atlas.terms.curation.mapping_sets import Flaw, read_mapping_set
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.curation.placed import Placed, placed_at

FATAL = frozenset(
    {"encoding", "header", "cells", "columns_none", "column_missing", "column_twice"}
    | {"word", "identifier", "prefix", "predicate", "field"}
)
"""Rules of what no release is built with."""


class MappingsError(Exception):
    """A table of words cannot be used; carries the first thing that is wrong with it."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(f"{flaw.path}:{flaw.line}: {flaw.rule}")
        self.flaw = flaw


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
    flaws = [*contradictions(tables)]
    for placed in tables:
        flaws += [*placed.table.flaws, *flaws_of_table(placed, names, catalogue)]
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
        flaws = [*placed.table.flaws, *flaws_of_table(placed, names, Catalogue({}, {}, frozenset()))]
        unread = {row.line for row in placed.table.rows if placed.verdict(row) == "undecided"}
        for flaw in sorted(flaws, key=_in_order):
            if flaw.rule in FATAL and flaw.line not in unread:
                raise MappingsError(flaw)


def _in_order(flaw: Flaw) -> tuple[str, int, str, str]:
    return str(flaw.path), flaw.line or 0, flaw.rule, flaw.value


def _undecided(tables: Iterable[Placed]) -> Iterator[tuple[Path, int, int]]:
    for placed in tables:
        lines = [row.line for row in placed.table.rows if placed.verdict(row) == "undecided"]
        if lines:
            yield placed.place.path, len(lines), lines[0]
