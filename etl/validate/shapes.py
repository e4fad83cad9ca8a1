"""The SHACL shapes, sorted by how they are validated: value by value, as queries, or by pySHACL over everything."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SH

from etl.validate.judge import JudgeError, add_quads, name_shape
from etl.validate.queries import Query
from muscle_atlas.names import Names
from muscle_atlas.rooms import SHAPES

TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)

# Constraints that look at one value, whatever node has it.
_OF_VALUES = frozenset(
    {
        SH.datatype,
        SH.nodeKind,
        SH.pattern,
        SH.flags,
        SH["in"],
        SH.minInclusive,
        SH.maxInclusive,
        SH.minExclusive,
        SH.maxExclusive,
        SH.minLength,
        SH.maxLength,
        SH.languageIn,
    }
)
# Constraints that look at how many values there are.
_OF_COUNTS = frozenset({SH.minCount, SH.maxCount})
# Constraints that look at all values of one node together.
_OF_LISTS = frozenset({SH.hasValue, SH.uniqueLang})
_WORDS = frozenset({SH.name, SH.description, SH.message, SH.severity, SH.order, SH.group, SH.defaultValue})

_PREFIXES = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL)}
"""What pySHACL declares for every query."""
_KINDS: tuple[rdflib.URIRef, ...] = (SH.NodeShape, SH.PropertyShape)

Triple = tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]


@dataclass(frozen=True)
class Target:
    """Where a shape looks for nodes."""

    kind: rdflib.term.Node
    """One of ``TARGETS``."""
    value: rdflib.term.Node

    @property
    def may_be_literal(self) -> bool:
        """Whether it may find a literal."""
        return self.kind == SH.targetObjectsOf or isinstance(self.value, rdflib.Literal)


@dataclass(frozen=True)
class SparqlRule:
    """A SHACL-SPARQL constraint of a node shape."""

    iri: str
    constraint: rdflib.term.Node
    """What holds the query."""
    targets: frozenset[Target]
    query: Query
    severity: str
    messages: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class NearRule:
    """A property shape whose constraints look at the values of one property of a node."""

    shape: rdflib.term.Node
    targets: frozenset[Target]
    path: rdflib.URIRef
    values: frozenset[Triple]
    """Constraints on each value by itself, the description of lists among them."""
    counts: frozenset[Triple]
    """Constraints on the number of values."""
    lists: frozenset[Triple]
    """Constraints on all values together."""
    words: frozenset[Triple]
    """Severity and messages."""


class Shapes:
    """The shapes of the atlas, with the prefix declarations that its queries rely on; or those of somebody else."""

    def __init__(self, names: Names, text: str | None = None, *, graph: rdflib.Graph | None = None) -> None:
        """Read the shapes.

        Args:
            names: the names of the atlas.
            text: Turtle to read in place of the shapes room (for tests).
            graph: the shapes of somebody else, in place of ours.
        """
        self.ours = graph is None
        if graph is not None:
            self.graph = graph
            return
        self.graph = rdflib.Graph()
        texts = [text] if text is not None else [p.read_text(encoding="utf-8") for p in sorted(SHAPES.glob("*.ttl"))]
        for turtle in texts:
            # Not by rdflib, whose parser takes ten times as long.
            add_quads(self.graph, ox.parse(names.localise(turtle), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
        self._declare_prefixes(names)

    def _declare_prefixes(self, names: Names) -> None:
        ontology = rdflib.URIRef(names.expand("atlas:ontology"))
        for prefix, namespace in names.prefixes.items():
            declaration = rdflib.BNode()
            self.graph.add((ontology, SH.declare, declaration))
            self.graph.add((declaration, SH.prefix, rdflib.Literal(prefix)))
            self.graph.add((declaration, SH.namespace, rdflib.Literal(namespace, datatype=rdflib.XSD.anyURI)))

    @cached_property
    def sparql(self) -> list[SparqlRule]:
        """Queries to be asked of many nodes at once, sorted by IRI."""
        rules = [
            SparqlRule(
                name_shape(shape),
                constraint,
                self._targets[shape],
                query,
                str(self.graph.value(shape, SH.severity, default=SH.Violation)),
                self._messages(constraint) or self._messages(shape),
            )
            for shape in self._split
            for constraint, query in self.queries_of(shape)
        ]
        return sorted(rules, key=lambda rule: (rule.iri, rule.query.text))

    @cached_property
    def near(self) -> list[NearRule]:
        """Rules whose constraints look at a node's own triples only, sorted by IRI."""
        targets: dict[rdflib.term.Node, set[Target]] = defaultdict(set)
        for shape in self._split:
            for part in [shape] if (shape, SH.path, None) in self.graph else self.graph.objects(shape, SH.property):
                if not self._is_deactivated(part):
                    targets[part] |= self._targets[shape]
        return [self._near(part, frozenset(targets[part])) for part in sorted(targets, key=str)]

    @cached_property
    def wide(self) -> list[rdflib.term.Node]:
        """Shapes that are left for pySHACL over the whole graph."""
        return sorted(self._targets.keys() - self._split, key=str)

    def looking_for(self, shapes: Iterable[rdflib.term.Node]) -> rdflib.Graph:
        """Return the whole graph of shapes, in which only these look for nodes."""
        kept = set(shapes)
        part = rdflib.Graph()
        for triple in self.graph:
            implied = triple[1] == RDF.type and triple[2] in self._classes
            if triple[0] in kept or triple[0] not in self._targets or not (triple[1] in TARGETS or implied):
                part.add(triple)
        # pySHACL does not follow imports to the prefixes that a query may use (SHACL, 5.2.1).
        for ontology in set(self.graph.objects(None, SH.prefixes)):
            for imported in self.graph.transitive_objects(ontology, OWL.imports):
                for declared in self.graph.objects(imported, SH.declare):
                    part.add((ontology, SH.declare, declared))
        return part

    @cached_property
    def untargeted(self) -> list[rdflib.term.Node]:
        """Shapes that look for no nodes, and are used by no other that does."""
        shapes = set(self.graph.subjects(RDF.type, SH.NodeShape)) | set(self.graph.subjects(RDF.type, SH.PropertyShape))
        used = set(self._targets)
        frontier = list(used)
        while frontier:
            further = {
                part for part in self.graph.objects(frontier.pop()) if isinstance(part, rdflib.URIRef | rdflib.BNode)
            }
            frontier += further - used
            used |= further
        inner = {part for shape in shapes for part in self.graph.objects(shape, SH.property)}
        off = {shape for shape in shapes if self._is_deactivated(shape)}
        return sorted(shapes - used - inner - off, key=str)

    def targets(self) -> Iterator[tuple[rdflib.term.Node, frozenset[Target]]]:
        """Give every shape that looks for nodes, and where."""
        yield from sorted(self._targets.items(), key=lambda item: str(item[0]))

    def queries(self) -> Iterator[tuple[rdflib.term.Node, Query]]:
        """Give every query of a shape or component, with what holds it, and every prefix that is declared.

        pySHACL lets a query use more prefixes than its own.
        """
        declared = {
            (str(prefix), str(namespace))
            for holder, prefix in self.graph.subject_objects(SH.prefix)
            for namespace in self.graph.objects(holder, SH.namespace)
        }
        known = {**_PREFIXES, **dict(sorted(declared))}
        for predicate in (SH.select, SH.ask):
            for holder, text in self.graph.subject_objects(predicate):
                yield holder, Query(str(text), tuple(known.items()))

    def queries_of(self, shape: rdflib.term.Node) -> Iterator[tuple[rdflib.term.Node, Query]]:
        """Give the SHACL-SPARQL constraints of a shape that are not switched off."""
        for constraint in self.graph.objects(shape, SH.sparql):
            if not self._is_deactivated(constraint):
                text = str(self.graph.value(constraint, SH.select))
                yield constraint, Query(text, self._prefixes(constraint))

    @property
    def any(self) -> bool:
        """Whether there is a shape at all."""
        return bool(self._targets) or any((None, RDF.type, kind) in self.graph for kind in _KINDS)

    def patterns(self, shape: rdflib.term.Node) -> list[str]:
        """Return the regular expressions and queries that a shape and its parts hold."""
        seen, frontier = {shape}, [shape]
        while frontier:
            further = set(self.graph.objects(frontier.pop())) - seen
            frontier += further
            seen |= further
        return sorted(
            str(text)
            for node in seen
            for predicate in (SH.pattern, SH.select, SH.ask)
            for text in self.graph.objects(node, predicate)
        )

    def name(self, rule: str) -> str:
        """Return the IRI of a shape, or of the nearest that it is a part of, else its blank node."""
        if not rule.startswith("_:"):
            return rule
        seen: set[rdflib.term.Node] = set()
        frontier: list[rdflib.term.Node] = [rdflib.BNode(rule[2:])]
        while frontier:
            node = frontier.pop(0)
            for holder in self.graph.subjects(None, node):
                if isinstance(holder, rdflib.URIRef):
                    return str(holder)
                if holder not in seen:
                    seen.add(holder)
                    frontier.append(holder)
        return rule

    @cached_property
    def _targets(self) -> dict[rdflib.term.Node, frozenset[Target]]:
        """Every shape that looks for nodes by itself, but for those that are switched off."""
        found: dict[rdflib.term.Node, set[Target]] = defaultdict(set)
        for kind in TARGETS:
            for shape, value in self.graph.subject_objects(kind):
                found[shape].add(Target(kind, value))
        for made in self._classes:
            for shape in self.graph.subjects(RDF.type, made):
                if {SH.NodeShape, SH.PropertyShape} & set(self.graph.objects(shape, RDF.type)):
                    found[shape].add(Target(SH.targetClass, shape))
        return {shape: frozenset(targets) for shape, targets in found.items() if not self._is_deactivated(shape)}

    @cached_property
    def _classes(self) -> set[rdflib.term.Node]:
        """What makes a class of a shape that is one of it (SHACL, 2.1.3.3)."""
        return {RDFS.Class, OWL.Class, *self.graph.subjects(RDFS.subClassOf, RDFS.Class)}

    @cached_property
    def _split(self) -> frozenset[rdflib.term.Node]:
        """Shapes all of whose constraints are validated here, and which are part of no other."""
        return frozenset(shape for shape in self._targets if self._is_understood(shape) and not self._is_part(shape))

    @cached_property
    def _parameters(self) -> frozenset[rdflib.term.Node]:
        """What constraint components of the shapes themselves take."""
        return frozenset(self.graph.objects(None, SH.path)) & {
            path
            for parameter in self.graph.objects(None, SH.parameter)
            for path in self.graph.objects(parameter, SH.path)
        }

    def _is_understood(self, shape: rdflib.term.Node) -> bool:
        constraints = self._constraints(shape)
        if (shape, SH.path, None) in self.graph:
            return self._is_near(shape)
        return (
            constraints <= {SH.property, SH.sparql}
            and all(self._is_near(part) for part in self.graph.objects(shape, SH.property))
            and (
                SH.sparql not in constraints
                # A literal, which no triple begins with, cannot be marked as a node to ask about.
                or not any(target.may_be_literal for target in self._targets[shape])
            )
            and all(query.reads is not None for _, query in self.queries_of(shape))
        )

    def _is_near(self, part: rdflib.term.Node) -> bool:
        constraints = list(self._constrained(part))
        return (
            isinstance(self.graph.value(part, SH.path), rdflib.URIRef)
            and len(list(self.graph.objects(part, SH.path))) == 1
            and {predicate for predicate, _ in constraints} <= _OF_VALUES | _OF_COUNTS | _OF_LISTS
            and len({predicate for predicate, _ in constraints}) == len(constraints)
        )

    def _is_part(self, shape: rdflib.term.Node) -> bool:
        return any(
            predicate in (RDF.first, SH.property) or predicate in self._parameters or str(predicate).startswith(str(SH))
            for _, predicate in self.graph.subject_predicates(shape)
        )

    def _is_deactivated(self, shape: rdflib.term.Node) -> bool:
        return any(str(value) in ("true", "1") for value in self.graph.objects(shape, SH.deactivated))

    def _constrained(self, shape: rdflib.term.Node) -> Iterator[tuple[rdflib.term.Node, rdflib.term.Node]]:
        for predicate, value in self.graph.predicate_objects(shape):
            ours = str(predicate).startswith(str(SH)) or predicate in self._parameters
            if ours and predicate not in _WORDS | {SH.path, SH.deactivated, *TARGETS}:
                yield predicate, value

    def _constraints(self, shape: rdflib.term.Node) -> set[rdflib.term.Node]:
        return {predicate for predicate, _ in self._constrained(shape)}

    def _near(self, part: rdflib.term.Node, targets: frozenset[Target]) -> NearRule:
        return NearRule(
            part,
            targets,
            rdflib.URIRef(str(self.graph.value(part, SH.path))),
            self._taken(part, _OF_VALUES),
            self._taken(part, _OF_COUNTS),
            self._taken(part, _OF_LISTS),
            self._taken(part, {SH.severity, SH.message}),
        )

    def _taken(self, part: rdflib.term.Node, predicates: Iterable[rdflib.term.Node]) -> frozenset[Triple]:
        """Return what a shape says by some predicates, with the lists it names."""
        taken: set[Triple] = set()
        for predicate in predicates:
            for value in self.graph.objects(part, predicate):
                taken.add((part, predicate, value))
                for cell in self.graph.transitive_objects(value, RDF.rest):
                    if isinstance(cell, rdflib.BNode):
                        taken |= {(cell, *rest) for rest in self.graph.predicate_objects(cell)}
        return frozenset(taken)

    def _messages(self, holder: rdflib.term.Node) -> tuple[tuple[str, str | None], ...]:
        found = [text for text in self.graph.objects(holder, SH.message) if isinstance(text, rdflib.Literal)]
        return tuple(sorted(((str(text), text.language) for text in found), key=str))

    def _prefixes(self, holder: rdflib.term.Node) -> tuple[tuple[str, str], ...]:
        """Return what a query calls namespaces (SHACL, 5.2.1)."""
        found: dict[str, str] = {}
        for ontology in self.graph.objects(holder, SH.prefixes):
            for imported in self.graph.transitive_objects(ontology, OWL.imports):
                for declared in self.graph.objects(imported, SH.declare):
                    prefix, namespace = self.graph.value(declared, SH.prefix), self.graph.value(declared, SH.namespace)
                    if prefix is not None and namespace is not None:
                        found[str(prefix)] = str(namespace)
        return tuple(sorted(found.items()))


Faults = Callable[[rdflib.term.Node, JudgeError], None]
"""Is told of a shape that cannot be judged by, and why."""


def raise_fault(shape: rdflib.term.Node, error: JudgeError) -> None:
    """Raise the error: our own shapes have no faults."""
    raise JudgeError(f"{shape}: {error}") from error
