"""What a release says of itself once something was taken back: other counts, and tombstones."""

from collections.abc import Iterable, Mapping

import rdflib

from etl.withdraw.tombstones import Tombstone, describe_tombstones, forget_tombstones
from muscle_atlas.names import Names

_SINGLED = {"persons": "ma:persons", "unique": "ma:uniquePersons", "below_k": "ma:personsBelowK"}


def rewrite_metadata(
    text: str,
    *,
    images: int,
    triples: Mapping[str, int],
    contributions: Mapping[str, int],
    singled: Mapping[str, int],
    tombstones: Iterable[Tombstone],
    moment: str,
    names: Names,
) -> str:
    """Return the Turtle description of a release with other counts and tombstones.

    Args:
        text: the description as it was.
        images: photographs that are left.
        triples: triples of each named graph by its IRI, those of the metadata left out.
        contributions: photographs that are left of each contribution, by its IRI.
        singled: how many persons are singled out, as a report tells it.
        tombstones: of everything that was taken back and is not described.
        moment: when it was taken back, as ``xsd:dateTime``.
        names: the names of the atlas.
    """
    graph = rdflib.Graph().parse(data=text, format="turtle")

    def term(curie: str) -> rdflib.URIRef:
        return rdflib.URIRef(names.expand(curie))

    def count(subject: rdflib.term.Node, predicate: str, number: int) -> None:
        graph.set((subject, term(predicate), rdflib.Literal(number, datatype=rdflib.XSD.integer)))

    (release,) = graph.subjects(rdflib.RDF.type, term("ma:Release"))
    for contribution in list(graph.subjects(term("ma:images"))):
        if contribution != release and str(contribution) in contributions:
            count(contribution, "ma:images", contributions[str(contribution)])
        elif contribution != release:
            graph.remove((contribution, None, None))
            graph.remove((None, None, contribution))
    forget_tombstones(graph, names)
    describe_tombstones(tombstones, graph, names)
    count(release, "ma:images", images)
    for key, predicate in _SINGLED.items():
        # A release without k says nothing of those below it.
        if (release, term(predicate), None) in graph:
            count(release, predicate, singled[key])
    modified = rdflib.Literal(moment, datatype=rdflib.XSD.dateTime, normalize=False)
    graph.set((release, rdflib.DCTERMS.modified, modified))
    metadata = rdflib.URIRef(names.mint("graph", "metadata"))
    for described in graph.subjects(rdflib.RDF.type, term("sd:Graph")):
        if described != metadata:
            count(described, "void:triples", triples.get(str(described), 0))
    count(metadata, "void:triples", len(graph))
    return graph.serialize(format="turtle")
