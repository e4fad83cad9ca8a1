"""The example questions as RDF, so that editors and programs find them in the graph that they ask.

As https://github.com/sib-swiss/sparql-examples publishes its own: a ``sh:SPARQLExecutable`` each, with the question in
``rdfs:comment`` and the endpoint in ``schema:target``. A DESCRIBE is told twice, by ``sh:describe`` of SHACL 1.2 and by
``spex:describe`` of that collection.
"""

from collections.abc import Iterator
from itertools import chain

import polars as pl
import pyoxigraph as ox

from etl.describe import quads
from muscle_atlas.names import Names
from muscle_atlas.questions import LANGUAGES, Question, read_questions

# For each form of query its classes and the properties that hold its text.
_FORMS = {
    "select": (("sh:SPARQLSelectExecutable",), ("sh:select",)),
    "construct": (("sh:SPARQLConstructExecutable",), ("sh:construct",)),
    "ask": (("sh:SPARQLAskExecutable",), ("sh:ask",)),
    "describe": (("sh:SPARQLDescribeExecutable", "spex:SPARQLDescribeExecutable"), ("sh:describe", "spex:describe")),
}
_TITLES = {"en": "Questions to the atlas", "fr": "Questions à l'atlas"}


def describe_questions(names: Names) -> pl.DataFrame:
    """Return the quads of every question, and of the prefixes that they declare."""
    questions = read_questions()
    told = chain(_collection(questions, names), *(_question(question, names) for question in questions))
    return quads.quads_of(told, names.mint("graph", "vocabulary"))


def collection(names: Names) -> str:
    """Return the IRI of all questions together, which declares their prefixes."""
    return f"{names.base}query"


def _question(question: Question, names: Names) -> Iterator[ox.Quad]:
    subject = ox.NamedNode(names.mint("query", question.name))
    classes, properties = _FORMS[question.form]

    def tell(predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
        return ox.Quad(subject, ox.NamedNode(names.expand(predicate)), value)

    for kind in ("sh:SPARQLExecutable", *classes):
        yield tell("rdf:type", ox.NamedNode(names.expand(kind)))
    for language in LANGUAGES:
        yield tell("dcterms:title", ox.Literal(question.summary[language], language=language))
        yield tell("rdfs:comment", ox.Literal(question.summary[language], language=language))
        yield tell("dcterms:description", ox.Literal(question.description[language], language=language))
    for predicate in properties:
        yield tell(predicate, ox.Literal(question.localised(names).text))
    for tag in question.tags:
        yield tell("schema:keywords", ox.Literal(tag))
    yield tell("schema:target", ox.NamedNode(f"{names.base}sparql"))
    for service in question.services:
        yield tell("spex:federatesWith", ox.NamedNode(service))
    yield tell("sh:prefixes", ox.NamedNode(collection(names)))
    yield tell("dcterms:isPartOf", ox.NamedNode(collection(names)))
    yield tell("dcterms:license", ox.NamedNode(names.expand("cc:licenses/by/4.0/")))


def _collection(questions: tuple[Question, ...], names: Names) -> Iterator[ox.Quad]:
    subject = ox.NamedNode(collection(names))

    def tell(predicate: str, value: ox.NamedNode | ox.Literal, of: ox.NamedNode = subject) -> ox.Quad:
        return ox.Quad(of, ox.NamedNode(names.expand(predicate)), value)

    for language, title in _TITLES.items():
        yield tell("dcterms:title", ox.Literal(title, language=language))
    text = ox.NamedNode(names.expand("xsd:anyURI"))
    for prefix in sorted({prefix for question in questions for prefix in question.prefixes}):
        declaration = ox.NamedNode(names.mint(".well-known/genid", f"query-prefix-{prefix}"))
        yield tell("sh:declare", declaration)
        yield tell("rdf:type", ox.NamedNode(names.expand("sh:PrefixDeclaration")), declaration)
        yield tell("sh:prefix", ox.Literal(prefix), declaration)
        yield tell("sh:namespace", ox.Literal(names.prefixes[prefix], datatype=text), declaration)
