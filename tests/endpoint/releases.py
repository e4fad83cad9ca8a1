"""Releases around a store of any quads: for tests that need another graph than records give."""

import itertools
import shutil
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import zstandard

from muscle_atlas.releases import CURRENT, RELEASES, Release, current_release

_COUNT = itertools.count(1)


def quads_of(content: bytes, form: ox.RdfFormat, graph: ox.NamedNode) -> list[ox.Quad]:
    """Return the triples of a file as quads of a graph."""
    return [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in ox.parse(content, form)]


def publish_quads(quads: Iterable[ox.Quad], data: Path, example: Path) -> Release:
    """Make a release that holds these quads and no photograph the current one of a folder.

    What else a release has is that of the current release of the folder ``example``.
    """
    release = Release(data / RELEASES / f"2026-01-01.{next(_COUNT)}")
    template = current_release(example)
    release.folder.mkdir(parents=True)
    store = ox.Store(str(release.store))
    store.extend(quads)
    store.flush()
    release.graph.write_bytes(zstandard.compress(store.dump(format=ox.RdfFormat.N_QUADS) or b""))
    del store
    pl.read_parquet(template.images).clear().write_parquet(release.images)
    shutil.copy(template.metadata, release.metadata)
    shutil.copy(template.report, release.report)
    link = data / f".{CURRENT}"
    link.symlink_to(Path(RELEASES) / release.version)
    link.replace(data / CURRENT)
    return release
