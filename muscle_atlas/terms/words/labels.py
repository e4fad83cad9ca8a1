"""French labels of what the atlas links to by itself, without any release."""

from functools import cache

import pyoxigraph as ox

from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import read_tables


@cache
def french_labels() -> dict[str, str]:
    """Return the French label of every linked term and every concept of ours that has one, by CURIE."""
    tables = (table.rows for table in read_tables(ONTOLOGY / "terms"))
    return _french_labels_of_schemes() | {
        identifier: label
        for rows in tables
        if "label_fr" in rows.columns
        for identifier, label in rows.select("id", "label_fr").drop_nulls().iter_rows()
    }


def _french_labels_of_schemes() -> dict[str, str]:
    names, store = Names(default_base()), ox.Store()
    for path in sorted((ONTOLOGY / "schemes").glob("*.ttl")):
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    found = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(names.expand("skos:prefLabel")), None, None):
        if (
            isinstance(quad.subject, ox.NamedNode)
            and isinstance(quad.object, ox.Literal)
            and quad.object.language == "fr"
        ):
            found[names.compress(quad.subject.value)] = quad.object.value
    return found
