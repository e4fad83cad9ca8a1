"""Orphanet: rare diseases and their groups, and the genes associated with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from muscle_atlas.folding import fold
from muscle_atlas.terms.reading.earlier import add_gone
from muscle_atlas.terms.reading.nomenclature import Nomenclature, read_nomenclature, read_ontology
from muscle_atlas.terms.reading.unpacking import parse_json, unpack_archive
from muscle_atlas.terms.slices import Association, Contents, Match, Name, Parent, Reference, Status, Successor, Term
from muscle_atlas.terms.source import FaultyReleaseError, Found, Part, Source

# https://github.com/Orphanet/orphapacket: the archive of the repository, which is replaced with every release.
PACKETS = "https://github.com/Orphanet/orphapacket/archive/master/orphapacket-master.tar.gz"
# https://www.orphacode.org/pack-nomenclature
ENGLISH = "https://www.orphadata.com/data/nomenclature/packs/Orphanet_Nomenclature_Pack_EN.zip"
FRENCH = "https://www.orphadata.com/data/nomenclature/packs/Orphanet_Nomenclature_Pack_FR.zip"

_DATE = r"(?:[_-]v?(?P<date>\d{4}(?:-\d{2}){0,2}))?"
PARTS = (
    Part("packets", re.compile(rf"orphapackets?(?:-master)?{_DATE}(?:_json)?\.tar\.gz"), PACKETS, 1_000_000),
    Part(
        "english",
        re.compile(rf"Orphanet_Nomenclature_Pack_EN(?:_short)?{_DATE}\.zip", re.IGNORECASE),
        ENGLISH,
        100_000,
        needed=False,
    ),
    Part(
        "french",
        re.compile(rf"(?:Orphanet_Nomenclature_Pack_FR(?:_short)?|fr_product3){_DATE}\.zip", re.IGNORECASE),
        FRENCH,
        10_000,
        needed=False,
    ),
    # Releases of the ontology from before the nomenclature was versioned: former names.
    Part("ontology", re.compile(rf"ordo-[\d.]+{_DATE}\.obographs\.json(?:\.gz)?"), None, 100_000, needed=False),
)

RELATIONS: dict[str, Match] = {"E": "exact", "NTBT": "broad", "BTNT": "narrow"}
"""Orphanet's words for how an ORPHAcode relates to a code of another terminology, by the letters they begin with.

NTBT: the ORPHAcode is narrower than the other code, which is broader. What Orphanet has not decided (ND) is no link.
"""
PREFIXES = {"OMIM": "OMIM", "MONDO": "MONDO"}
"""Terminologies that are linked, as Orphanet and as ``ontology/prefixes.json`` call them."""

_PACKET = re.compile(r".*ORPHApacket_\d+\.json")
_LIMB_GIRDLE = re.compile(r"\b(?:LGMD|limb-girdle muscular dystrophy)(?:,? type)? ([RD]\d+)\b")


class Disease(NamedTuple):
    """An entity of Orphanet, as its ORPHApacket tells of it."""

    id: str
    label: str
    kind: str
    """Orphanet's type: Disease, Clinical subtype, Category…"""
    synonyms: frozenset[str]
    parents: frozenset[str]
    references: frozenset[tuple[str, Match]]
    """CURIE of another terminology, and the match."""
    genes: frozenset[tuple[str, str, str]]
    """HGNC CURIE, kind of association and its status, in the words of Orphanet."""


def read(parts: Mapping[str, Sequence[Found]]) -> Contents:
    """Read the newest packets, with the names and the withdrawn codes of the nomenclature.

    Raises:
        FaultyReleaseError: if a file is not what it should be.
    """
    newest, *older = parts["packets"]
    contents, diseases = _read_packets(newest)
    english = [read_nomenclature(found, "en") for found in parts.get("english", ())]
    for nomenclature in english:
        _add_codes(contents, nomenclature)
    for found in older:
        add_gone(contents, _read_packets(found)[0])
    former = [*english, *(read_ontology(found) for found in parts.get("ontology", ()))]
    for disease in diseases.values():
        previous = former_names(disease.id, disease.label, former)
        contents.names += [Name(name, disease.id, "previous", "en") for name in previous]
    _add_french(contents, [read_nomenclature(found, "fr") for found in parts.get("french", ())], former)
    return contents


def _read_packets(found: Found) -> tuple[Contents, dict[str, Disease]]:
    diseases: dict[str, Disease] = {}
    versions: set[str] = set()
    dates: set[str] = set()
    for content in unpack_archive(found.path, _PACKET):
        document = parse_json(found.path, content)
        try:
            packet = document["Orphapacket"]
            versions.add(packet["version"])
            dates.add(packet["creationDate"][:10])
            disease = parse_packet(packet)
        except (KeyError, TypeError, AttributeError) as error:
            raise FaultyReleaseError("terms_other_release", file=found.path, name=SOURCE.title, term=error) from error
        diseases[disease.id] = disease
    if not diseases:
        raise FaultyReleaseError("terms_other_release", file=found.path, name=SOURCE.title, term="ORPHApacket")
    contents = Contents(version=max(versions), date=max(dates))
    for disease in diseases.values():
        contents.terms.append(Term(disease.id, "disease", disease.label))
        contents.names += _names(disease)
        # Of some, a group of the next release is told, which this one does not hold.
        contents.parents += [Parent(disease.id, parent) for parent in disease.parents if parent in diseases]
        contents.references += [Reference(disease.id, other, match) for other, match in disease.references]
        contents.associations += [Association(gene, disease.id, kind, status) for gene, kind, status in disease.genes]
    return contents, diseases


def read_diseases(found: Found) -> dict[str, Disease]:
    """Return every entity of a release of ORPHApackets by CURIE; parents that it does not hold are left out.

    Raises:
        FaultyReleaseError: if the file is not what it should be.
    """
    diseases = _read_packets(found)[1]
    return {
        curie: disease._replace(parents=frozenset(disease.parents & diseases.keys()))
        for curie, disease in diseases.items()
    }


def parse_packet(packet: Mapping[str, Any]) -> Disease:
    """Read one ORPHApacket. ``Parents`` is a list of dicts in most files and one dict in a few."""
    parents = packet.get("Parents") or []
    groups = [parents] if isinstance(parents, dict) else parents
    references = (entry.get("ExternalReference", entry) for entry in packet.get("ExternalReferences") or ())
    return Disease(
        id=f"ORPHA:{packet['ORPHAcode']}",
        label=_spaced(packet["Label"]),
        kind=packet["DisorderType"]["value"],
        synonyms=frozenset(_spaced(entry["Synonym"]) for entry in packet.get("Synonyms") or ()),
        parents=frozenset(f"ORPHA:{parent['ORPHAcode']}" for group in groups for parent in group["Parent"]),
        references=frozenset(_references(references)),
        genes=frozenset(_genes(packet.get("Genes") or ())),
    )


def _references(entries: Iterator[Mapping[str, str]]) -> Iterator[tuple[str, Match]]:
    for entry in entries:
        prefix = PREFIXES.get(entry["Source"])
        match = RELATIONS.get(str(entry.get("DisorderMappingRelation")).split()[0])
        if prefix and match:
            yield f"{prefix}:{entry['Reference']}", match


def _genes(entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    for entry in entries:
        gene = entry["Gene"]
        for reference in gene.get("ExternalReferences") or ():
            if reference["Source"] == "HGNC":
                kind, status = gene["DisorderGeneAssociationType"], gene.get("DisorderGeneAssociationStatus") or ""
                yield f"HGNC:{reference['Reference']}", kind, status


def _names(disease: Disease) -> Iterator[Name]:
    yield Name(disease.label, disease.id, "label", "en")
    synonyms = disease.synonyms | limb_girdle_numbers(disease)
    yield from (Name(synonym, disease.id, "synonym", "en") for synonym in synonyms)


def limb_girdle_numbers(disease: Disease) -> set[str]:
    """Return how the numbering of 2018 is written; of short names Orphanet has only the former ones (LGMD2A)."""
    numbers = {number for name in (disease.label, *disease.synonyms) for number in _LIMB_GIRDLE.findall(name)}
    return {f"LGMD{space}{number}" for number in numbers for space in ("", " ")}


def _add_codes(contents: Contents, nomenclature: Nomenclature) -> None:
    """Add the codes that the packets lack, withdrawn unless the nomenclature is the newer of the two."""
    places = {term.id: number for number, term in enumerate(contents.terms)}
    newer = nomenclature.date > contents.date
    for curie, entry in nomenclature.entries.items():
        if curie not in places:
            status: Status = "active" if newer and not entry.inactive else "withdrawn"
            contents.terms.append(Term(curie, "disease", entry.label, status=status))
            contents.names.append(Name(entry.label, curie, "label", "en"))
            contents.names += [Name(synonym, curie, "synonym", "en") for synonym in entry.synonyms]
        elif newer and entry.inactive:
            contents.terms[places[curie]] = contents.terms[places[curie]]._replace(status="withdrawn")
        else:
            continue
        contents.successors += [Successor(curie, target, manner) for target, manner in entry.successors]


def former_names(curie: str, label: str, former: Sequence[Nomenclature]) -> set[str]:
    """Return the English names that other releases gave, and that are no longer the label."""
    told = (one.entries[curie].label for one in former if curie in one.entries)
    return {name for name in told if fold(name) != fold(label)}


def _add_french(contents: Contents, french: Sequence[Nomenclature], former: Sequence[Nomenclature]) -> None:
    """Give every term its newest French name.

    It counts as former where the English has changed since it was given: the French of 2019 still carries the old
    numbering of the limb-girdle dystrophies.
    """
    for number, term in enumerate(contents.terms):
        given = [one for one in french if term.id in one.entries]
        for one in given:
            label, synonyms = one.entries[term.id][:2]
            if one is given[0] and not is_stale(term.id, term.label_en, one.date, former):
                contents.terms[number] = term._replace(label_fr=label)
                contents.names.append(Name(label, term.id, "label", "fr"))
                contents.names += [Name(synonym, term.id, "synonym", "fr") for synonym in synonyms]
            elif fold(label) != fold(contents.terms[number].label_fr or ""):
                contents.names += [Name(name, term.id, "previous", "fr") for name in (label, *synonyms)]


def is_stale(curie: str, label: str, date: str, former: Sequence[Nomenclature]) -> bool:
    """Return whether the English name has changed since a date.

    Compared are the release whose date is nearest, which may be a little older, and all that are younger.
    """
    nearest = min((abs(_months(one.date) - _months(date)) for one in former), default=0)
    since = (one for one in former if one.date > date or abs(_months(one.date) - _months(date)) == nearest)
    return any(fold(one.entries[curie].label) != fold(label) for one in since if curie in one.entries)


def _months(date: str) -> int:
    year, _, rest = date.partition("-")
    return int(year or 0) * 12 + int(rest[:2] or 6)


def _spaced(text: str) -> str:
    return " ".join(text.split())


SOURCE = Source(
    name="ordo",
    title="Orphanet ORPHApackets and nomenclature",
    licence="CC-BY-4.0 (© INSERM)",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    homepage="https://www.orphadata.com/",
    parts=PARTS,
    read=read,
)
