"""What is to be taken back: ids as people give them, found in every kept release."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz, process

from etl.withdraw.tombstones import THINGS, Tombstones
from muscle_atlas.names import Names
from muscle_atlas.releases import Release


class TargetError(Exception):
    """An id that stands for nothing, or for several things; carries a phrase of ``words.json`` and its values."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(f"{word}: {values}")
        self.word = word
        self.values = values


@dataclass(frozen=True)
class Holdings:
    """What the kept releases hold."""

    things: pl.DataFrame
    """Columns of ``THINGS``, one row a photograph."""

    @classmethod
    def of(cls, releases: Iterable[Release]) -> "Holdings":
        """Read the tables of releases."""
        tables = [_things(pl.read_parquet(release.images)) for release in releases]
        return cls(pl.concat(tables).unique(maintain_order=True))

    def about(self, iris: Iterable[str]) -> pl.DataFrame:
        """Return the rows that are about one of some things."""
        named = pl.Series(sorted(iris), dtype=pl.String).implode()
        return self.things.filter(
            pl.any_horizontal(pl.col(thing).is_in(named).fill_null(value=False) for thing in THINGS)
        )

    def find(self, given: str, tombstones: Tombstones, names: Names) -> str:
        """Return the IRI of an id, ``kind/id`` or an IRI; what has a tombstone already may be named again.

        Raises:
            TargetError: if no release holds such a thing, or it may be one of several.
        """
        known = {iri for thing in THINGS for iri in self.things[thing].drop_nulls()} | set(tombstones.by_iri)
        meant = given.removeprefix(names.base)
        iris = [names.base + meant] if "/" in meant else [names.mint(kind, meant) for kind in THINGS]
        found = [iri for iri in iris if iri in known]
        if len(found) == 1:
            return found[0]
        paths = sorted(iri.removeprefix(names.base) for iri in known)
        if found:
            several = ", ".join(iri.removeprefix(names.base) for iri in found)
            raise TargetError("withdraw_ambiguous", id=given, candidates=several)
        like = _alike(meant, paths)
        if like:
            raise TargetError("withdraw_unknown_like", id=given, candidates=", ".join(like))
        raise TargetError("withdraw_unknown", id=given)


def _alike(meant: str, paths: Sequence[str]) -> list[str]:
    """Return up to three paths whose ids look like the one that is meant."""
    ids = {path: path.rpartition("/")[2] for path in paths}
    wanted = meant.rpartition("/")[2]
    return [path for _, _, path in process.extract(wanted, ids, scorer=fuzz.ratio, limit=3, score_cutoff=60)]


def _things(table: pl.DataFrame) -> pl.DataFrame:
    lacking = [pl.lit(None, pl.String).alias(thing) for thing in THINGS if thing not in table.columns]
    return table.with_columns(lacking).select(THINGS)
