"""Placed tables: what a table of words holds, where it lies, and what was decided of its rows."""

from dataclasses import dataclass
from pathlib import Path

from muscle_atlas.terms.curation.mapping_sets import MappingSet, Row
from muscle_atlas.terms.curation.mappings import NEGATED, PARTS, Part, Place, Verdict

PREDICATES = ("skos:exactMatch", "skos:narrowMatch")
FIELDS = ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel")


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
        return "unsure" if is_zero(row["confidence"]) or self.place.part == "unsure" else "believed"


def placed_at(path: Path) -> Place:
    """Return the place of a table that lies in neither of the folders: its folder tells the part."""
    part: Part = next((part for part in PARTS if part and part == path.resolve().parent.name), "")
    return Place(path, part, ours=False)


def is_share(text: str) -> bool:
    """Tell whether a text is a number from 0 to 1."""
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def is_zero(text: str) -> bool:
    """Tell whether a text is the number 0."""
    return is_share(text) and float(text) == 0
