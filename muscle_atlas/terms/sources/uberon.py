"""UBERON: muscles and the anatomy around them, from any of its editions in OBO format."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.rooms import ONTOLOGY as ROOM
from muscle_atlas.tables import JOINER, Table, read_tables
from muscle_atlas.terms.reading.earlier import add_gone
from muscle_atlas.terms.reading.hierarchy import at_or_below
from muscle_atlas.terms.reading.unpacking import unpack_text
from muscle_atlas.terms.slices import Contents, Kind, Name, Parent, Reference, Successor, Term
from muscle_atlas.terms.source import FaultyReleaseError, Found, Part, Source

# https://obofoundry.org/ontology/uberon.html: "Uberon basic", is_a and part_of without other ontologies.
ONTOLOGY = "https://purl.obolibrary.org/obo/uberon/uberon-basic.obo"

_DATE = r"(?:[_-]v?(?P<date>\d{4}(?:-\d{2}){0,2}))?"
PARTS = (Part("ontology", re.compile(rf"uberon(?:[_-][a-z][a-z-]*)?{_DATE}\.obo(?:\.gz)?"), ONTOLOGY, 100_000),)

MUSCLES = {"UBERON:0001630", "UBERON:0014892"}
"""Muscle organ and skeletal muscle organ: what is here or below is a muscle."""
CURATED = ROOM / "terms" / "uberon-curated.tsv"
"""Parents that UBERON leaves out."""

Stanza = defaultdict[str, list[str]]

_EXACT = re.compile(r'"((?:[^"\\]|\\.)*)" EXACT\b')
_LINKED = re.compile(r"(?:FMA:\d+|MA:\d{7})\b")
_ESCAPED = re.compile(r"\\(.)")


def read(parts: Mapping[str, Sequence[Found]]) -> Contents:
    """Read the newest release; of older ones, what has gone since.

    Raises:
        FaultyReleaseError: if a file is not what it should be.
    """
    newest, *older = parts["ontology"]
    contents = _read_ontology(newest)
    for found in older:
        add_gone(contents, _read_ontology(found))
    return contents


def _read_ontology(found: Found) -> Contents:
    header, *stanzas = read_stanzas(found.path)
    terms = {told["id"][0]: told for told in stanzas if told["id"][0].startswith("UBERON:")}
    if not terms.keys() & MUSCLES:
        raise FaultyReleaseError("terms_other_release", file=found.path, name=SOURCE.title, term=min(MUSCLES))
    above = {curie: [value.split()[0] for value in told["is_a"]] for curie, told in terms.items()}
    for parents in above.values():
        for parent in parents:
            if parent.startswith("UBERON:") and parent not in terms:
                raise FaultyReleaseError("terms_other_release", file=found.path, name=SOURCE.title, term=parent)
    muscles = at_or_below(MUSCLES, _with_curated(above)) | _called_muscles()
    version = re.search(r"\d{4}-\d{2}-\d{2}", " ".join(header["data-version"]))
    date = version[0] if version else found.date
    contents = Contents(version=date, date=date)
    for curie, told in terms.items():
        if "true" in told["is_obsolete"]:
            _withdraw(contents, curie, told)
        else:
            _add(contents, curie, told, "muscle" if curie in muscles else "class")
            _relate(contents, curie, told, terms.keys())
    return contents


def _with_curated(above: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    parents = {curie: set(direct) for curie, direct in above.items()}
    for row in Table(CURATED).rows.drop_nulls("parents").iter_rows(named=True):
        parents.setdefault(row["id"], set()).update(row["parents"].split(JOINER))
    return parents


def _called_muscles() -> set[str]:
    """Return what the atlas takes for a muscle although UBERON does not: iliopsoas, the heads of gastrocnemius."""
    tables = read_tables(MAPPINGS, "muscles*.sssom.tsv")
    return {curie for table in tables for curie in table.rows["object_id"]}


def _add(contents: Contents, curie: str, told: Stanza, kind: Kind) -> None:
    label = told["name"][0]
    contents.terms.append(Term(curie, kind, label))
    contents.names.append(Name(label, curie, "label", "en"))
    for synonym in told["synonym"]:
        if exact := _EXACT.match(synonym):
            contents.names.append(Name(_ESCAPED.sub(r"\1", exact[1]), curie, "synonym", "en"))
    for old in (old for old in told["alt_id"] if old.startswith("UBERON:")):
        contents.terms.append(Term(old, "class", label, status="withdrawn"))
        contents.successors.append(Successor(old, curie, "merged"))


def _relate(contents: Contents, curie: str, told: Stanza, known: Collection[str]) -> None:
    parts = [words[1] for value in told["relationship"] if (words := value.split())[0] == "part_of"]
    contents.parents += [Parent(curie, parent) for value in told["is_a"] if (parent := value.split()[0]) in known]
    contents.parents += [Parent(curie, whole, "part_of") for whole in parts if whole in known]
    linked = {found[0] for value in told["xref"] if (found := _LINKED.match(value))}
    contents.references += [Reference(curie, other) for other in linked]


def _withdraw(contents: Contents, curie: str, told: Stanza) -> None:
    label = (told["name"] or [curie])[0].removeprefix("obsolete ")
    contents.terms.append(Term(curie, "class", label, status="withdrawn"))
    contents.names.append(Name(label, curie, "label", "en"))
    contents.successors += [Successor(curie, value.split()[0], "replaced") for value in told["replaced_by"]]
    contents.successors += [Successor(curie, value.split()[0], "considered") for value in told["consider"]]


def read_stanzas(path: Path) -> list[Stanza]:
    """Return the header of an OBO file and each of its terms: the values of every tag.

    Format: https://owlcollab.github.io/oboformat/doc/GO.format.obo-1_4.html

    Raises:
        FaultyReleaseError: if it is no OBO file, or cut short.
    """
    text = unpack_text(path)
    if not text.startswith("format-version:"):
        raise FaultyReleaseError("terms_no_obo", file=path)
    if not text.endswith("\n"):
        raise FaultyReleaseError("terms_breaks_off", file=path)
    header, *blocks = text.split("\n[")
    stanzas = [_read_stanza(header)]
    for block in blocks:
        heading, _, lines = block.partition("]\n")
        if heading == "Term":
            stanzas.append(_read_stanza(lines))
            if not stanzas[-1]["id"]:
                raise FaultyReleaseError("terms_breaks_off", file=path)
    return stanzas


def _read_stanza(lines: str) -> Stanza:
    told: Stanza = defaultdict(list)
    for line in lines.splitlines():
        tag, colon, value = line.partition(": ")
        if colon:
            told[tag].append(value)
    return told


SOURCE = Source(
    name="uberon",
    title="UBERON",
    licence="CC-BY-3.0",
    licence_url="https://creativecommons.org/licenses/by/3.0/",
    homepage="https://uberon.github.io/",
    parts=PARTS,
    read=read,
)
