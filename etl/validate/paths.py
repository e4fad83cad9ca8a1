"""Paths of SHACL, written as SPARQL writes them."""

import rdflib
from rdflib.namespace import RDF, SH

from etl.validate.terms import write_term

_AFTER = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def write_path(path: rdflib.term.Node, graph: rdflib.Graph) -> str:
    """Return a path that is described in a graph (SHACL, 2.3.1)."""
    if not isinstance(path, rdflib.BNode):
        return write_term(path)
    if (path, RDF.first, None) in graph:
        return "/".join(_within(step, graph) for step in graph.items(path))
    if (ways := graph.value(path, SH.alternativePath)) is not None:
        return "|".join(_within(way, graph) for way in graph.items(ways))
    if (inverse := graph.value(path, SH.inversePath)) is not None:
        return f"^{_within(inverse, graph)}"
    for repeated, sign in _AFTER.items():
        if (step := graph.value(path, repeated)) is not None:
            return f"{_within(step, graph)}{sign}"
    return write_term(path)


def _within(path: rdflib.term.Node, graph: rdflib.Graph) -> str:
    written = write_path(path, graph)
    return f"({written})" if isinstance(path, rdflib.BNode) else written
