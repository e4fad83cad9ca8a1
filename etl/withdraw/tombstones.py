"""Tombstones: what was taken back, when, and by which class of reason; kept in ``DATA/withdrawn.ttl``."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib

from muscle_atlas.names import Names
from muscle_atlas.rooms import ONTOLOGY

FILE = "withdrawn.ttl"
THINGS = ("image", "specimen", "individual", "contribution")
"""What may be taken back, as columns of ``images.parquet`` that hold IRIs."""
_SCHEME = ONTOLOGY / "schemes" / "withdrawal-reason.ttl"


class TombstonesError(Exception):
    """The file of tombstones cannot be read; the message says why."""


@dataclass(frozen=True, order=True)
class Tombstone:
    """One thing that was taken back."""

    iri: str
    moment: str
    """``xsd:dateTime`` in UTC."""
    reason: str
    """Notation of the scheme of reasons."""
    withdrawn_with: str | None = None
    """IRI of the record that was taken back and was the last about this thing; None where it was taken back itself,
    and never comes back."""


@dataclass(frozen=True)
class Tombstones:
    """Everything that was taken back from a data folder."""

    by_iri: dict[str, Tombstone]
    digest: str
    """Of the file, so that a release can say which withdrawals it has gone through; "" without any."""

    @property
    def for_ever(self) -> set[str]:
        """IRIs of what was taken back itself."""
        return {one.iri for one in self.by_iri.values() if one.withdrawn_with is None}


def reasons() -> list[str]:
    """Return the notations of all classes of reasons."""
    concepts = rdflib.Graph().parse(_SCHEME)
    return sorted(str(notation) for notation in concepts.objects(None, rdflib.SKOS.notation))


def read_tombstones(data: Path, names: Names) -> Tombstones:
    """Read the tombstones of a data folder; none where it has none.

    Raises:
        TombstonesError: if the file is damaged: without it, what was taken back would come back.
    """
    path = data / FILE
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Tombstones({}, "")
    except OSError as error:
        raise TombstonesError(f"{path}: {error.strerror}") from error
    graph = rdflib.Graph()
    try:
        # Not told by rdflib, whose errors are many and whose messages hold the whole file.
        for _ in ox.parse(content, format=ox.RdfFormat.TURTLE):
            pass
        graph.parse(data=content, format="turtle")
    except (SyntaxError, ValueError) as error:
        raise TombstonesError(f"{path}: {error}") from error
    return Tombstones({one.iri: one for one in _read(graph, names)}, hashlib.sha256(content).hexdigest())


def write_tombstones(tombstones: Iterable[Tombstone], data: Path, names: Names) -> None:
    """Write the tombstones of a data folder: whole or not at all."""
    graph = rdflib.Graph()
    for prefix in ("ma", "prov", "withdrawal-reason", "xsd"):
        graph.bind(prefix, names.prefixes[prefix])
    describe_tombstones(tombstones, graph, names)
    draft = data / f".{FILE}"
    with draft.open("wb") as file:
        file.write(graph.serialize(format="turtle", encoding="utf-8"))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(data / FILE)


def describe_tombstones(tombstones: Iterable[Tombstone], graph: rdflib.Graph, names: Names) -> None:
    """Add tombstones to a graph."""
    term = _terms(names)
    for one in sorted(tombstones):
        subject = rdflib.URIRef(one.iri)
        reason = rdflib.URIRef(names.mint("withdrawal-reason", one.reason))
        graph.add((subject, rdflib.RDF.type, term["ma:Tombstone"]))
        moment = rdflib.Literal(one.moment, datatype=rdflib.XSD.dateTime, normalize=False)
        graph.add((subject, term["prov:invalidatedAtTime"], moment))
        graph.add((subject, term["ma:withdrawalReason"], reason))
        if one.withdrawn_with:
            graph.add((subject, term["ma:withdrawnWith"], rdflib.URIRef(one.withdrawn_with)))


def forget_tombstones(graph: rdflib.Graph, names: Names) -> None:
    """Remove every tombstone from a graph."""
    for subject in list(graph.subjects(rdflib.RDF.type, _terms(names)["ma:Tombstone"])):
        graph.remove((subject, None, None))


def _read(graph: rdflib.Graph, names: Names) -> Iterable[Tombstone]:
    term = _terms(names)
    for subject in graph.subjects(rdflib.RDF.type, term["ma:Tombstone"]):
        moment = graph.value(subject, term["prov:invalidatedAtTime"])
        reason = graph.value(subject, term["ma:withdrawalReason"])
        last = graph.value(subject, term["ma:withdrawnWith"])
        yield Tombstone(str(subject), str(moment), str(reason).rpartition("/")[2], str(last) if last else None)


def _terms(names: Names) -> dict[str, rdflib.URIRef]:
    curies = ("ma:Tombstone", "ma:withdrawalReason", "ma:withdrawnWith", "prov:invalidatedAtTime")
    return {curie: rdflib.URIRef(names.expand(curie)) for curie in curies}
