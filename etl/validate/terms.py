"""Terms as N-Triples text, and as rdflib has them."""

import logging
from functools import lru_cache

import pyoxigraph as ox
import rdflib
from rdflib.namespace import XSD

# rdflib tells of a literal that is none of its datatype by a traceback; the report of the validation tells it, too.
logging.getLogger("rdflib").setLevel(logging.CRITICAL)


@lru_cache(maxsize=65_536)
def read_term(text: str) -> rdflib.term.Node:
    """Return a term of N-Triples text as it is spelled: validation must tell what stands in the file."""
    if text.startswith("<"):
        return rdflib.URIRef(text[1:-1])
    if text.startswith("_:"):
        return rdflib.BNode(text[2:])
    term = next(ox.parse(f"<x:> <x:> {text} .", format=ox.RdfFormat.N_TRIPLES)).object
    assert isinstance(term, ox.Literal)  # noqa: S101 - what is neither IRI nor blank node is a literal
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    # rdflib writes a plain string without datatype.
    datatype = None if term.datatype.value == str(XSD.string) else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=datatype, normalize=False)


def write_term(term: rdflib.term.Node) -> str:
    """Return a term as N-Triples text; rdflib's own is Turtle where a literal has several lines."""
    if isinstance(term, rdflib.URIRef):
        return f"<{term}>"
    if isinstance(term, rdflib.Literal):
        datatype = ox.NamedNode(term.datatype) if term.datatype and not term.language else None
        return str(ox.Literal(str(term), datatype=datatype, language=term.language))
    return f"_:{term}"
