"""The SHACL shapes, sorted by how they are validated: node by node, over the whole graph, or as one query each."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, SH

from etl.validate.terms import read_term
from muscle_atlas.names import Names
from muscle_atlas.rooms import SHAPES

# Constraints that look at a node's own triples only, so that nodes may be validated in batches of any cut.
_LOCAL = frozenset(
    {
        SH.path,
        SH.minCount,
        SH.maxCount,
        SH.datatype,
        SH.nodeKind,
        SH.pattern,
        SH.flags,
        SH["in"],
        SH.hasValue,
        SH.minInclusive,
        SH.maxInclusive,
        SH.minExclusive,
        SH.maxExclusive,
        SH.minLength,
        SH.maxLength,
        SH.languageIn,
        SH.uniqueLang,
    }
)
_WORDS = frozenset({SH.name, SH.description, SH.message, SH.severity, SH.order, SH.group, SH.targetClass})


@dataclass(frozen=True)
class SparqlRule:
    """A shape whose only constraint is one SHACL-SPARQL query."""

    iri: str
    target: str
    """IRI of the class whose instances are asked about."""
    select: str


@dataclass(frozen=True)
class NearRule:
    """A property shape whose constraints look at the values of one property of a node."""

    shape: rdflib.term.Node
    targets: frozenset[str]
    """IRIs of the classes whose instances are looked at."""
    path: rdflib.URIRef
    constraints: frozenset[tuple[rdflib.term.Node, rdflib.term.Node]]
    """Constraint and its value, the path not among them."""


class Shapes:
    """Every shape of ``shapes/*.ttl``, with the prefix declarations that its queries rely on."""

    def __init__(self, names: Names, text: str | None = None) -> None:
        """Read the shapes; ``text`` is Turtle to read in place of the shapes room (for tests)."""
        self.names = names
        self.graph = rdflib.Graph()
        texts = [text] if text is not None else [p.read_text(encoding="utf-8") for p in sorted(SHAPES.glob("*.ttl"))]
        for turtle in texts:
            # Not by rdflib, whose parser takes ten times as long.
            for quad in ox.parse(names.localise(turtle), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
                self.graph.add(
                    (read_term(str(quad.subject)), read_term(str(quad.predicate)), read_term(str(quad.object)))
                )
        self._declare_prefixes()

    def _declare_prefixes(self) -> None:
        ontology = rdflib.URIRef(self.names.expand("atlas:ontology"))
        for prefix, namespace in self.names.prefixes.items():
            declaration = rdflib.BNode()
            self.graph.add((ontology, SH.declare, declaration))
            self.graph.add((declaration, SH.prefix, rdflib.Literal(prefix)))
            self.graph.add((declaration, SH.namespace, rdflib.Literal(namespace, datatype=rdflib.XSD.anyURI)))

    @cached_property
    def sparql(self) -> list[SparqlRule]:
        """Shapes to be asked once over the whole graph, sorted by IRI."""
        return sorted((self._query(shape) for shape in self._targeted if self._is_query(shape)), key=lambda r: r.iri)

    @cached_property
    def near(self) -> list[NearRule]:
        """Rules whose constraints look at a node's own triples only, sorted by IRI."""
        targets: dict[rdflib.term.Node, set[str]] = defaultdict(set)
        for shape in self._targeted:
            if self._is_local(shape):
                for near in self.graph.objects(shape, SH.property):
                    targets[near].update(str(target) for target in self.graph.objects(shape, SH.targetClass))
        return [
            NearRule(
                near,
                frozenset(targets[near]),
                rdflib.URIRef(str(self.graph.value(near, SH.path))),
                frozenset(
                    (constraint, value)
                    for constraint, value in self.graph.predicate_objects(near)
                    if constraint in _LOCAL - {SH.path}
                ),
            )
            for near in sorted(targets, key=str)
        ]

    @cached_property
    def local(self) -> rdflib.Graph:
        """The rules of ``near`` with their constraints alone, each for the subjects of its own IRI as predicate.

        So whoever asks them chooses what each is asked about.
        """
        part = rdflib.Graph()
        for rule in self.near:
            part.add((rule.shape, RDF.type, SH.PropertyShape))
            part.add((rule.shape, SH.targetSubjectsOf, rule.shape))
            part.add((rule.shape, SH.path, rule.path))
            for constraint, value in rule.constraints:
                part.add((rule.shape, constraint, value))
                self._copy_list(value, part)
        return part

    def _copy_list(self, head: rdflib.term.Node, part: rdflib.Graph) -> None:
        for cell in self.graph.transitive_objects(head, RDF.rest):
            for triple in self.graph.triples((cell, None, None)):
                part.add(triple)

    @cached_property
    def wide(self) -> rdflib.Graph | None:
        """Shapes that look further than a node's own triples; None where there are none."""
        shapes = [s for s in self._targeted if not self._is_local(s) and not self._is_query(s)]
        return self._only(shapes) if shapes else None

    @cached_property
    def _targeted(self) -> set[rdflib.term.Node]:
        """Every shape that looks for nodes by itself."""
        targets = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
        return {shape for target in targets for shape in self.graph.subjects(target)}

    def _only(self, shapes: list[rdflib.term.Node]) -> rdflib.Graph:
        part = rdflib.Graph()
        for triple in self.graph:
            if triple[0] not in self._targeted or triple[0] in shapes:
                part.add(triple)
        return part

    def _query(self, shape: rdflib.term.Node) -> SparqlRule:
        constraint = self.graph.value(shape, SH.sparql)
        return SparqlRule(
            str(shape), str(self.graph.value(shape, SH.targetClass)), str(self.graph.value(constraint, SH.select))
        )

    def _is_query(self, shape: rdflib.term.Node) -> bool:
        return (
            self._targets(shape) == [SH.targetClass]
            and self._constraints(shape) == {SH.sparql}
            and len(list(self.graph.objects(shape, SH.sparql))) == 1
        )

    def _is_local(self, shape: rdflib.term.Node) -> bool:
        return (
            self._targets(shape) == [SH.targetClass]
            and self._constraints(shape) == {SH.property}
            and all(self._looks_near(part) for part in self.graph.objects(shape, SH.property))
        )

    def _looks_near(self, part: rdflib.term.Node) -> bool:
        return isinstance(self.graph.value(part, SH.path), rdflib.URIRef) and self._constraints(part) <= _LOCAL

    def _targets(self, shape: rdflib.term.Node) -> list[rdflib.term.Node]:
        return [predicate for predicate in self.graph.predicates(shape) if str(predicate).startswith(str(SH.target))]

    def _constraints(self, shape: rdflib.term.Node) -> set[rdflib.term.Node]:
        return {
            predicate
            for predicate in self.graph.predicates(shape)
            if str(predicate).startswith(str(SH)) and predicate not in _WORDS
        }
