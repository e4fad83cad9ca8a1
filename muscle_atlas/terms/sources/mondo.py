"""MONDO: diseases that MONDO calls exactly the same as one of Orphanet or an entry of OMIM, with MONDO's labels.

Addresses: the ``mapping_set_id`` that stands in each of the files. Form: SSSOM, https://mapping-commons.github.io/sssom/.
"""

import gzip
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.reading.tabbed import read_tabbed
from muscle_atlas.terms.slices import Contents, Name, Reference, Term
from muscle_atlas.terms.source import FaultyReleaseError, Found, Part, Source

ORPHANET = "https://purl.obolibrary.org/obo/mondo/mappings/mondo_exactmatch_orphanet.sssom.tsv"
OMIM = "https://purl.obolibrary.org/obo/mondo/mappings/mondo_exactmatch_omim.sssom.tsv"

_EXACT = "skos:exactMatch"
_OBSOLETE = "obsolete "
"""Stands before the label of a class that MONDO has taken back."""
_COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id")
_VERSION = re.compile(rb"^# *mapping_set_version:.*?/releases/(\d{4}-\d{2}-\d{2})/", re.MULTILINE)
_HEADER = 1 << 16
"""Bytes at the beginning of a file that hold its header."""


def _read(files: Mapping[str, Sequence[Found]]) -> Contents:
    newest = [files[part][0] for part in ("orphanet", "omim")]
    date = max(_date_of(found) for found in newest)
    contents = Contents(version=date, date=date)
    standard = Names(default_base()).converter.standardize_prefix
    prefixes: dict[str, str | None] = {}
    for found in newest:
        for disease, label, predicate, other in read_tabbed(found.path, _COLUMNS).iter_rows():
            if not (disease and label and other):
                raise FaultyReleaseError("terms_breaks_off", file=found.path)
            if predicate != _EXACT:
                continue
            prefix, _, local = other.partition(":")
            if prefix not in prefixes:
                prefixes[prefix] = standard(prefix)
            if prefixes[prefix] is None:
                raise FaultyReleaseError("terms_unknown_prefix", file=found.path, term=disease, other=other)
            withdrawn = label.startswith(_OBSOLETE)
            contents.terms.append(Term(disease, "disease", label, status="withdrawn" if withdrawn else "active"))
            contents.names.append(Name(label.removeprefix(_OBSOLETE), disease, "label", "en"))
            contents.references.append(Reference(disease, f"{prefixes[prefix]}:{local}"))
    return contents


def _date_of(found: Found) -> str:
    """Return the date of the release of MONDO that a mapping set says it is of, else that of the file."""
    told = _VERSION.search(_beginning(found.path))
    return told[1].decode() if told else found.date


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as file:
        return file.read(_HEADER)


def _part(name: str, address: str) -> Part:
    pattern = rf"mondo_exactmatch_{name}(?:[_-](?P<date>\d{{4}}(?:-\d{{2}}){{1,2}}))?\.sssom\.tsv(?:\.gz)?"
    return Part(name, re.compile(pattern), address, 100_000)


SOURCE = Source(
    name="mondo",
    title="MONDO, exact matches with Orphanet and OMIM (SSSOM)",
    licence="CC-BY-4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    homepage="https://mondo.monarchinitiative.org/",
    parts=(_part("orphanet", ORPHANET), _part("omim", OMIM)),
    read=_read,
)
