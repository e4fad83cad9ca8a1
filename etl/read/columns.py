"""The columns that a table of records may have, and the headings they go by."""

import re
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import JOINER, Table

LONGEST_HEADING = 200
"""Characters; what is longer is text under a wrong line of headings, and takes long to fold."""
SHORTEST_MISTYPED = 4
"""Characters; of shorter headings, a letter makes another word."""
_LONG = 8
"""Characters of a heading in which two letters may be wrong, not one. Both measured on the headings of
``tests/etl/test_headings.py``: likeness by share of common letters took "Notes" for "cote"."""
_MARKS = re.compile(r"\(s\)|[\s:*]+$", re.IGNORECASE)
"""What forms write around a heading without meaning another: "Gène(s)", "Sexe :", "Muscle *"."""


@dataclass(frozen=True)
class Columns:
    """The columns a table of records may have (``mappings/columns.tsv``)."""

    @cached_property
    def _table(self) -> Table:
        return Table(MAPPINGS / "columns.tsv")

    @cached_property
    def rows(self) -> pl.DataFrame:
        """One row a column."""
        return self._table.rows

    @cached_property
    def names(self) -> list[str]:
        """Canonical names in their order."""
        return self.rows["column"].to_list()

    @cached_property
    def many(self) -> set[str]:
        """Columns whose cells may hold several values separated by ``;``."""
        return set(self.rows.filter(pl.col("many") == "yes")["column"])

    @cached_property
    def private(self) -> set[str]:
        """Columns for the laboratory itself, which are never published."""
        return set(self._table.header["never published"].split(JOINER))

    @cached_property
    def others(self) -> set[str]:
        """Folded headings that are right as they are, and none of ours."""
        return {fold(heading) for heading in self._table.header["other columns"].split(JOINER)}

    @cached_property
    def words(self) -> dict[str, str]:
        """Column to the name of the word tables its cells are looked up in."""
        looked_up = self.rows.filter(pl.col("words").is_not_null())
        return dict(zip(looked_up["column"], looked_up["words"], strict=True))

    @cached_property
    def headings(self) -> dict[str, str]:
        """Folded heading to canonical column."""
        return {
            fold(heading): column
            for column, headings in self.rows.select("column", "headings").iter_rows()
            for heading in headings.split(JOINER)
        }

    def find(self, heading: str) -> str | None:
        """Return the canonical column of a heading."""
        if len(heading) > LONGEST_HEADING:
            return None
        plain = _MARKS.sub("", heading)
        return self.headings.get(fold(plain.replace("_", " "))) or self.headings.get(fold(plain))

    def nearest(self, heading: str) -> list[str]:
        """Return up to three known headings of which ``heading`` may be a misspelling.

        A letter may be wrong, missing, too many, or have changed places with the next; in a long one, two. The first is
        right: people hardly ever mistype it.
        """
        folded = fold(_MARKS.sub("", heading[:LONGEST_HEADING]))
        if len(folded) < SHORTEST_MISTYPED or folded in self.others:
            return []
        alike = [known for known in self.headings if known[0] == folded[0]]
        most = 1 if len(folded) < _LONG else 2
        found = process.extract(folded, alike, scorer=OSA.distance, limit=3, score_cutoff=most)
        return [known for known, _, _ in found]
