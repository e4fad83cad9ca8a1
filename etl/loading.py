"""Loading: united quads into the dump and the store of a release, and what it says of itself beside them."""

import shutil

import polars as pl
import pyoxigraph as ox
import zstandard

from etl.describe import quads
from muscle_atlas.names import Names
from muscle_atlas.releases import Release

SLICE = 500_000
"""Quads that are loaded at a time: bounds memory (0.6 GB for 2.8 million, all at once 1.6 GB)."""


def write(graph: pl.DataFrame, release: Release) -> None:
    """Write united quads to the dump and to a new store of a release."""
    shutil.rmtree(release.store, ignore_errors=True)
    with release.graph.open("wb") as target, zstandard.ZstdCompressor(level=3).stream_writer(target) as writer:
        quads.write(graph, writer)
    store = ox.Store(str(release.store))
    fill(store, graph)
    store.flush()


def fill(store: ox.Store, graph: pl.DataFrame) -> None:
    """Load united quads into a store."""
    for part in graph.iter_slices(SLICE):
        store.bulk_load(quads.serialise(part), format=ox.RdfFormat.N_QUADS)


def load_metadata(text: str, store: ox.Store, names: Names) -> ox.NamedNode:
    """Load what a release says of itself (Turtle) into its store, and return the graph it stands in."""
    graph = ox.NamedNode(names.mint("graph", "metadata"))
    store.load(text, format=ox.RdfFormat.TURTLE, to_graph=graph)
    store.optimize()
    store.flush()
    return graph
