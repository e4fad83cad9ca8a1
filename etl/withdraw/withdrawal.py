"""Taking records back: planned over all kept releases, written down, then carried out, again after every kill."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from etl.pictures.derivatives import WORK, sweep_all
from etl.pictures.table import digests
from etl.withdraw.rewriting import is_up_to_date, rewrite, withdrawn_rows
from etl.withdraw.swaps import recover
from etl.withdraw.targets import Holdings
from etl.withdraw.tombstones import Tombstone, Tombstones, read_tombstones, write_tombstones
from muscle_atlas.names import Names
from muscle_atlas.releases import RELEASES, Release, current_release, list_releases

Advance = Callable[[int, int], object]
"""Told how many releases are done, and how many there are."""


@dataclass(frozen=True)
class Plan:
    """What a withdrawal takes back."""

    data: Path
    names: Names
    tombstones: list[Tombstone]
    """New ones, sorted."""
    images: list[str]
    """IRIs of the photographs, sorted."""
    releases: dict[str, int]
    """How many of them each kept release holds, by its version."""
    shared: int
    """Pictures that stay, since another photograph shows the same."""

    def as_json(self) -> dict[str, Any]:
        """Return the plan as one JSON object."""
        return {
            "withdrawn": [{"iri": one.iri, "reason": one.reason, "date": one.moment} for one in self.tombstones],
            "images": self.images,
            "releases": self.releases,
            "shared_pictures": self.shared,
        }


def plan(data: Path, ids: Sequence[str], reason: str) -> Plan:
    """Find out what taking back some ids means.

    Args:
        data: the data folder.
        ids: ids of photographs, biopsies, individuals or contributions, ``kind/id``, or IRIs.
        reason: notation of the scheme of reasons.

    Raises:
        NoReleaseError: if the folder holds no release.
        TargetError: if an id stands for nothing, or for several things.
        TombstonesError: if the file of tombstones is damaged.
    """
    recover(data / RELEASES)
    names = Names(current_release(data).read_report()["base"])
    releases = list_releases(data)
    known = read_tombstones(data, names)
    holdings = Holdings.of(releases)
    asked = list(dict.fromkeys(holdings.find(given, known, names) for given in ids))
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    about = holdings.about(asked)
    new = {iri: Tombstone(iri, moment, reason) for iri in [*asked, *about["image"].drop_nulls()]}
    left = holdings.things.join(about, on=list(holdings.things.columns), how="anti", nulls_equal=True)
    for thing in ("specimen", "individual", "contribution"):
        emptied = set(about[thing].drop_nulls()) - set(left[thing].drop_nulls())
        last = dict(about.drop_nulls(thing).select(thing, "image").iter_rows())
        for iri in emptied - set(new):
            new[iri] = Tombstone(iri, moment, reason, last[iri])
            if thing == "individual":
                diagnosis = names.mint("diagnosis", iri.rpartition("/")[2])
                new[diagnosis] = Tombstone(diagnosis, moment, reason, last[iri])
    # What was taken back keeps the moment and the reason of the first time.
    tombstones = [one for one in new.values() if one.iri not in known.for_ever]
    counts, shared = _count(releases, {one.iri for one in new.values() if one.withdrawn_with is None})
    images = sorted(set(about["image"].drop_nulls()))
    return Plan(data, names, sorted(tombstones), images, counts, shared)


def carry_out(planned: Plan, advance: Advance) -> None:
    """Write the tombstones down, and take out of every release and cache what has one.

    Once they are written, whatever happens, ``finish`` goes on: at the next withdrawal, build or rollback.

    Raises:
        TombstonesError: if the file of tombstones is damaged.
        OSError: if the folder cannot be written.
    """
    known = read_tombstones(planned.data, planned.names).by_iri
    if planned.tombstones:
        all_of_them = {**known, **{one.iri: one for one in planned.tombstones}}
        write_tombstones(all_of_them.values(), planned.data, planned.names)
    finish(planned.data, planned.names, advance)


def finish(data: Path, names: Names, advance: Advance = lambda done, total: None) -> Tombstones:  # noqa: ARG005
    """Carry out whatever was written down and is not carried out, and return all tombstones.

    Raises:
        TombstonesError: if the file of tombstones is damaged.
        OSError: if the folder cannot be written.
    """
    tombstones = read_tombstones(data, names)
    if not tombstones.by_iri:
        return tombstones
    recover(data / RELEASES)
    releases = list_releases(data)
    pending = [release for release in releases if not is_up_to_date(release, tombstones)]
    if pending:
        # Before the releases: what is killed between the last of them and the cache would leave pixels there for good.
        sweep_all(data / WORK, {digest for release in releases for digest in _left(release, tombstones)})
    # The newest first, since it is most likely the one that is served.
    for done, release in enumerate(reversed(pending)):
        advance(done, len(pending))
        rewrite(release, tombstones)
    return tombstones


def _left(release: Release, tombstones: Tombstones) -> list[str]:
    """Return the SHA-256 of the pictures and thumbnails of a release that are not taken back."""
    images = pl.read_parquet(release.images)
    if "picture" not in images.columns:
        return []
    return digests(images.filter(~withdrawn_rows(images, tombstones.for_ever)))


def _count(releases: Sequence[Release], gone: set[str]) -> tuple[dict[str, int], int]:
    """Return how many photographs go from each release, and how many of their pictures others show, too."""
    counts: dict[str, int] = {}
    going: set[str] = set()
    staying: set[str] = set()
    for release in releases:
        images = pl.read_parquet(release.images)
        leaving = withdrawn_rows(images, gone)
        counts[release.version] = images.filter(leaving).height
        if "sha256" in images.columns:
            going |= set(images.filter(leaving)["sha256"].drop_nulls())
            staying |= set(images.filter(~leaving)["sha256"].drop_nulls())
    return counts, len(going & staying)
