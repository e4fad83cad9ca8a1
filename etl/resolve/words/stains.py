"""Stains whose words are wide for a reason of their own: reactions that the pH of preincubation tells apart."""

from functools import cache

import polars as pl
import pyoxigraph as ox

from etl.resolve.cells import Cells
from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.terms.words.matches import Match


def resolve_stains(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return ``record`` and ``stain`` (CURIEs); a word such as "ATPase" is told to lack its pH."""
    return cells.words(table, "stain", _kind)


def _kind(match: Match) -> str | None:
    candidates = {candidate.identifier for candidate in match.candidates}
    return "stain-ph" if candidates and match.outcome == "broad" and candidates <= _with_ph() else None


@cache
def _with_ph() -> frozenset[str]:
    """Return the stains (CURIEs) that the scheme gives a pH."""
    names = Names(default_base())
    store = ox.Store()
    store.load(path=str(ONTOLOGY / "schemes" / "stain.ttl"), format=ox.RdfFormat.TURTLE)
    told = store.quads_for_pattern(None, ox.NamedNode(names.expand("ma:pH")), None, None)
    return frozenset(names.compress(quad.subject.value) for quad in told if isinstance(quad.subject, ox.NamedNode))
