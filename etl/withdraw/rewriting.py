"""Rewriting one kept release without what was taken back: aside, whole, then swapped into its place."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from etl import loading
from etl.describe import quads
from etl.pictures.table import digests
from etl.privacy.recount import count_anew
from etl.withdraw.graph import withdraw
from etl.withdraw.metadata import rewrite_metadata
from etl.withdraw.swaps import REWRITTEN, STAGING, swap
from etl.withdraw.tombstones import THINGS, Tombstone, Tombstones
from muscle_atlas.names import Names
from muscle_atlas.releases import Release, force_all, media_path

AS_OF = "withdrawn_as_of"
"""Key of a report: the digest of the tombstones that its release has gone through."""


def is_up_to_date(release: Release, tombstones: Tombstones) -> bool:
    """Tell whether a release has gone through all withdrawals."""
    return bool(release.read_report().get(AS_OF, "") == tombstones.digest)


def rewrite(release: Release, tombstones: Tombstones) -> int:
    """Take out of a release what has a tombstone for ever, and return how many photographs that were.

    Raises:
        OSError: if it cannot be written; the release stays as it was.
    """
    aside = release.folder.with_name(f"{STAGING}{release.version}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        count = _write(release, Release(aside), tombstones)
        force_all(aside)
        rewritten = release.folder.with_name(f"{REWRITTEN}{release.version}")
        aside.rename(rewritten)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    swap(rewritten, release.folder)
    return count


def withdrawn_rows(table: pl.DataFrame, gone: set[str]) -> pl.Expr:
    """Return which rows are about something that was taken back."""
    columns = [column for column in THINGS if column in table.columns]
    named = pl.Series(sorted(gone), dtype=pl.String).implode()
    return pl.any_horizontal(pl.col(column).is_in(named).fill_null(value=False) for column in columns)


def _write(release: Release, aside: Release, tombstones: Tombstones) -> int:
    names = Names(release.read_report()["base"])
    gone = tombstones.for_ever
    images = pl.read_parquet(release.images)
    leaving = images.filter(withdrawn_rows(images, gone))
    left = images.filter(~withdrawn_rows(images, gone))
    graph = withdraw(quads.read(release.graph), leaving["image"], names)
    loading.write(graph, aside)
    left.write_parquet(aside.images)
    singled = _write_report(release, aside, leaving=leaving.height, left=left, tombstones=tombstones, names=names)
    standing = _standing(tombstones, graph)
    text = rewrite_metadata(
        release.metadata.read_text(encoding="utf-8"),
        images=left.height,
        triples={name.strip("<>"): number for name, number in graph.group_by("g").len().iter_rows()},
        contributions=_contributions(left),
        singled=singled,
        tombstones=standing,
        moment=datetime.now(UTC).isoformat(timespec="seconds"),
        names=names,
    )
    aside.metadata.write_text(text, encoding="utf-8")
    loading.load_metadata(text, ox.Store(str(aside.store)), names)
    if "picture" in left.columns:
        _link_pictures(release, aside, digests(left))
    for part in (release.terms, release.mappings):
        if part.is_dir():
            shutil.copytree(part, aside.folder / part.name, copy_function=_link)
    return leaving.height


def _standing(tombstones: Tombstones, graph: pl.DataFrame) -> list[Tombstone]:
    """Return the tombstones of what a graph does not describe: an individual may have come back."""
    described = set(graph["s"].unique().str.strip_chars("<>"))
    return [one for iri, one in tombstones.by_iri.items() if iri not in described]


def _contributions(images: pl.DataFrame) -> dict[str, int]:
    if "contribution" not in images.columns:
        return {}
    return dict(images.drop_nulls("contribution").group_by("contribution").len().iter_rows())


def _write_report(
    release: Release, aside: Release, *, leaving: int, left: pl.DataFrame, tombstones: Tombstones, names: Names
) -> dict[str, int]:
    """Write the report, and return how many persons are singled out now."""
    told = release.read_report()
    # Builds of earlier versions told single rows.
    told.pop("problems", None)
    singled = count_anew(left, told.get("privacy", {}).get("k"), names)
    report = {
        **told,
        "images": left.height,
        "withdrawn": told.get("withdrawn", 0) + leaving,
        "privacy": {**told.get("privacy", {}), **singled},
        AS_OF: tombstones.digest,
    }
    aside.report.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return singled


def _link_pictures(release: Release, aside: Release, kept: list[str]) -> None:
    for digest in kept:
        place = aside.folder / media_path(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            _link(release.folder / media_path(digest), place)


def _link(source: str | Path, target: str | Path) -> None:
    """Link a file that never changes, or copy it where the disk knows no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
