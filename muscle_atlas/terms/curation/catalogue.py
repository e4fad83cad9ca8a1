"""The catalogue: what terms are called in English, with and without releases, and which have been withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import Table, read_tables
from muscle_atlas.terms.slices import read_slices

_AT_ONCE = 500
"""Identifiers that a slice is asked for in one query."""


@dataclass(frozen=True)
class Catalogue:
    """Terms by CURIE."""

    embedded: dict[str, str]
    """Labels of the terms and concepts that the atlas links to by itself."""
    installed: dict[str, str]
    """Labels of the installed releases."""
    withdrawn: frozenset[str]
    """What the installed releases have taken back."""

    def labels(self, identifier: str, *, ours: bool) -> tuple[str, ...]:
        """Return the labels of a term, the one to write first; none where it is not known.

        Args:
            identifier: its CURIE.
            ours: whether it is for a table of ours, which is drawn with what the atlas itself knows.
        """
        sources = (self.embedded, self.installed) if ours else (self.installed, self.embedded)
        return tuple(dict.fromkeys(source[identifier] for source in sources if identifier in source))

    @property
    def prefixes(self) -> frozenset[str]:
        """Prefixes of identifiers of which some are known."""
        return frozenset(one.partition(":")[0] for source in (self.embedded, self.installed) for one in source)


def look_up(identifiers: Iterable[str], terms: Path | None) -> Catalogue:
    """Look up terms in what the atlas has, and in the slices of a folder.

    Raises:
        SliceError: if a slice cannot be read.
    """
    wanted = sorted(set(identifiers))
    installed: dict[str, str] = {}
    withdrawn: set[str] = set()
    for one in read_slices(terms) if terms else ():
        with one.open() as database:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                places = ", ".join("?" * len(some))
                query = f"SELECT id, label_en, status FROM term WHERE id IN ({places})"  # noqa: S608 - places only
                for identifier, label, status in database.execute(query, some):
                    installed.setdefault(identifier, label)
                    if status != "active":
                        withdrawn.add(identifier)
    return Catalogue(embedded_labels(), installed, frozenset(withdrawn))


def embedded_labels() -> dict[str, str]:
    """Return the English label of every linked term, concept and gene that the package names, by CURIE."""
    genes = Table(ONTOLOGY / "symbols" / "approved.tsv").rows.select("id", "symbol")
    found = dict(genes.iter_rows())
    names, store = Names(default_base()), ox.Store()
    for path in sorted((ONTOLOGY / "schemes").glob("*.ttl")):
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    for quad in store.quads_for_pattern(None, ox.NamedNode(names.expand("skos:prefLabel")), None, None):
        subject, label = quad.subject, quad.object
        if isinstance(subject, ox.NamedNode) and isinstance(label, ox.Literal) and label.language == "en":
            found[names.compress(subject.value)] = label.value
    for table in read_tables(ONTOLOGY / "terms"):
        if "label_en" in table.rows.columns:
            found |= dict(table.rows.select("id", "label_en").drop_nulls().iter_rows())
    return found
