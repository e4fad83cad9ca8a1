"""FBbi: microscopy techniques and the imaging methods around them."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.reading.earlier import add_gone
from muscle_atlas.terms.reading.hierarchy import at_or_below
from muscle_atlas.terms.reading.unpacking import broken, unpack
from muscle_atlas.terms.slices import Contents, Kind, Name, Parent, Term
from muscle_atlas.terms.source import FaultyReleaseError, Found, Part, Source

# https://obofoundry.org/ontology/fbbi.html
ONTOLOGY = "https://purl.obolibrary.org/obo/fbbi.owl"

_DATE = r"(?:[_-]v?(?P<date>\d{4}(?:-\d{2}){0,2}))?"
PARTS = (Part("ontology", re.compile(rf"fbbi{_DATE}\.owl(?:\.gz)?", re.IGNORECASE), ONTOLOGY, 10_000),)

MICROSCOPY = "FBbi:00000241"
"""Techniques are here and below."""

_TERM = re.compile(r"FBbi:\d{8}")


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
    names = Names(default_base())
    told: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value in _parse(found):
        told[names.compress(subject)][names.compress(predicate)].add(value)
    labels = {curie: min(tags["rdfs:label"]) for curie, tags in told.items() if _is_term(curie) and tags["rdfs:label"]}
    if MICROSCOPY not in labels:
        raise FaultyReleaseError("terms_other_release", file=found.path, name=SOURCE.title, term=MICROSCOPY)
    # The artificial roots have no label, and other ontologies are above: neither is kept.
    parents = {
        curie: {parent for above in told[curie]["rdfs:subClassOf"] if (parent := names.compress(above)) in labels}
        for curie in labels
    }
    techniques = at_or_below({MICROSCOPY}, parents)
    versions = " ".join(value for tags in told.values() for value in tags["owl:versionIRI"])
    version = re.search(r"\d{4}-\d{2}-\d{2}", versions)
    date = version[0] if version else found.date
    contents = Contents(version=date, date=date)
    for curie, label in labels.items():
        tags = told[curie]
        withdrawn = "true" in tags["owl:deprecated"]
        kind: Kind = "technique" if curie in techniques and not withdrawn else "class"
        contents.terms.append(Term(curie, kind, label, status="withdrawn" if withdrawn else "active"))
        contents.names.append(Name(label, curie, "label", "en"))
        contents.names += [Name(text, curie, "synonym", "en") for text in tags["oboInOwl:hasExactSynonym"]]
        if not withdrawn:
            contents.parents += [Parent(curie, parent) for parent in parents[curie]]
    return contents


def _is_term(curie: str) -> bool:
    return _TERM.fullmatch(curie) is not None


def _parse(found: Found) -> list[tuple[str, str, str]]:
    """Return subject, predicate and value of what the ontology says of named things in IRIs and texts."""
    content = unpack(found.path)
    try:
        quads = list(ox.parse(content, format=ox.RdfFormat.RDF_XML))
    except (SyntaxError, ValueError) as error:
        raise broken(found.path, error) from error
    return [
        (quad.subject.value, quad.predicate.value, " ".join(quad.object.value.split()))
        for quad in quads
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal)
    ]


SOURCE = Source(
    name="fbbi",
    title="Biological Imaging Methods Ontology (FBbi)",
    licence="CC-BY-4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    homepage="https://obofoundry.org/ontology/fbbi.html",
    parts=PARTS,
    read=read,
)
