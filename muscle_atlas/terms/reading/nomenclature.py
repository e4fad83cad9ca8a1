"""Nomenclatures of Orphanet: names, and codes that were taken back, in one language at one date."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple
from xml.etree import ElementTree

from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.reading.unpacking import unpack_documents, unpack_graph
from muscle_atlas.terms.source import FaultyReleaseError, Found

Manner = Literal["moved", "referred"]

_PUBLISHER = "Orphanet"
_MANNERS: dict[str, Manner] = {"Moved to": "moved", "Referred to": "referred"}
_MARK = re.compile(r"(?:OBSOLETE|NON RARE IN EUROPE|OBSOLÈTE|NON RARE EN EUROPE)\s?: ?", re.IGNORECASE)
_DOCUMENTS = {
    # The classifications name in French what the nomenclature of a pack may leave out.
    "en": re.compile(r".*ORPHAnomenclature_en\w*\.xml", re.IGNORECASE),
    "fr": re.compile(r".*(?:ORPHAnomenclature_fr|ORPHAclassification_|fr_product3_)[^/]*\.xml", re.IGNORECASE),
}


class Entry(NamedTuple):
    """What a nomenclature says of an ORPHAcode."""

    label: str
    synonyms: tuple[str, ...] = ()
    inactive: bool = False
    successors: tuple[tuple[str, Manner], ...] = ()


@dataclass(frozen=True)
class Nomenclature:
    """The names of one release, by CURIE."""

    date: str
    entries: dict[str, Entry]


def read_nomenclature(found: Found, language: Literal["en", "fr"]) -> Nomenclature:
    """Read a nomenclature pack, or the classifications of 2019.

    Documents of 2019 have ``OrphaNumber`` for ``OrphaCode``; all declare their encoding, ISO-8859-1 in most.

    Raises:
        FaultyReleaseError: if the file is not what it should be.
    """
    entries: dict[str, Entry] = {}
    dates = set()
    for root in unpack_documents(found.path, _DOCUMENTS[language]):
        if root.tag != "JDBOR":
            raise FaultyReleaseError("terms_other_release", file=found.path, name=_PUBLISHER, term="JDBOR")
        dates.add((root.get("ExtractionDate") or root.get("date") or found.date)[:10])
        for disorder in root.iter("Disorder"):
            code = disorder.findtext("OrphaCode") or disorder.findtext("OrphaNumber")
            label = disorder.findtext("Name")
            if code and label and (f"ORPHA:{code}" not in entries or disorder.find("Totalstatus") is not None):
                entries[f"ORPHA:{code}"] = _read_entry(disorder, label)
    if not entries:
        raise FaultyReleaseError(
            "terms_other_release", file=found.path, name=_PUBLISHER, term=f"OrphaCode ({language})"
        )
    return Nomenclature(max(dates), entries)


def _read_entry(disorder: ElementTree.Element, label: str) -> Entry:
    status = disorder.findtext("Totalstatus") or ""
    associations = disorder.iterfind("DisorderDisorderAssociationList/DisorderDisorderAssociation")
    return Entry(
        label=unmarked(label),
        synonyms=tuple(_spaced(synonym.text or "") for synonym in disorder.iterfind("SynonymList/Synonym")),
        inactive=status.startswith("Inactive"),
        successors=tuple(
            (f"ORPHA:{code}", _MANNERS[manner])
            for association in associations
            # Of an association that leads here, the target stands there as a cycle without a code.
            if (code := association.findtext("TargetDisorder/OrphaCode"))
            and (manner := association.findtext("DisorderDisorderAssociationType/Name") or "") in _MANNERS
        ),
    )


def read_ontology(found: Found) -> Nomenclature:
    """Read the labels of ORDO as an OBO graph.

    Raises:
        FaultyReleaseError: if the file is not what it should be.
    """
    compress = cache(Names(default_base()).compress)
    labels = {
        curie: node["lbl"]
        for node in unpack_graph(found.path)["nodes"]
        if "lbl" in node and (curie := compress(node["id"])).startswith("ORPHA:")
    }
    if not labels:
        raise FaultyReleaseError("terms_other_release", file=found.path, name="ORDO", term="ORPHA")
    return Nomenclature(found.date, {curie: Entry(unmarked(label)) for curie, label in labels.items()})


def unmarked(label: str) -> str:
    """Return a label without the mark of a code that was taken back (OBSOLETE, NON RARE IN EUROPE)."""
    return _spaced(_MARK.sub("", label, count=1))


def _spaced(text: str) -> str:
    return " ".join(text.split())
