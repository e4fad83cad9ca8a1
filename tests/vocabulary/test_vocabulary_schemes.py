"""Our own schemes: both languages, no blank nodes, and bands of age that meet."""

from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

from tests.vocabulary.committed import HOUSE, SCHEMES, expand, rows
from tests.vocabulary.released import age_classes

BOTH = {"en", "fr"}
schemes = pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)


def languages(graph: Graph, subject: URIRef, predicate: URIRef) -> list[str | None]:
    return [text.language for text in graph.objects(subject, predicate) if isinstance(text, Literal)]


def concepts_of(graph: Graph) -> list[URIRef]:
    return [concept for concept in graph.subjects(RDF.type, SKOS.Concept) if isinstance(concept, URIRef)]


@schemes
def test_scheme_is_described_in_both_languages(path: Path) -> None:
    graph, scheme = Graph().parse(path), URIRef(expand(f"atlas:{path.stem}"))
    assert (scheme, RDF.type, SKOS.ConceptScheme) in graph
    for predicate in (DCTERMS.title, DCTERMS.description):
        assert set(languages(graph, scheme, predicate)) == BOTH, f"{path.name}: {predicate}"
    for predicate in (DCTERMS.license, DCTERMS.source):
        assert graph.value(scheme, predicate), f"{path.name}: {predicate}"


@schemes
def test_concept_has_one_label_and_definition_in_each_language(path: Path) -> None:
    graph, scheme = Graph().parse(path), URIRef(expand(f"atlas:{path.stem}"))
    assert concepts_of(graph)
    for concept in concepts_of(graph):
        for predicate in (SKOS.prefLabel, SKOS.definition):
            found = sorted(str(language) for language in languages(graph, concept, predicate))
            assert found == sorted(BOTH), f"{path.name}: {concept} {predicate}: {found}"
        assert graph.value(concept, SKOS.notation), f"{path.name}: {concept} has no notation"
        assert (concept, SKOS.inScheme, scheme) in graph, f"{path.name}: {concept} is in no scheme"
        assert str(concept).startswith(f"{scheme}/"), f"{path.name}: {concept}"


@schemes
def test_broader_concepts_are_in_the_same_scheme(path: Path) -> None:
    graph = Graph().parse(path)
    assert set(graph.objects(None, SKOS.broader)) <= set(concepts_of(graph))


@schemes
def test_scheme_has_no_blank_node(path: Path) -> None:
    nodes = {node for triple in Graph().parse(path) for node in triple}
    assert not [node for node in nodes if isinstance(node, BNode)]


def test_every_stain_of_the_facts_is_in_the_scheme(shared: Path) -> None:
    stain = next(path for path in SCHEMES if path.stem == "stain")
    notations = {str(notation) for notation in Graph().parse(stain).objects(None, SKOS.notation)}
    facts = {row["notation"].replace("/", "").removesuffix("-x") for row in rows(shared / "facts" / "facts_stains.tsv")}
    assert facts <= notations


def test_families_are_numbered_one_to_seventeen() -> None:
    family = next(path for path in SCHEMES if path.stem == "family")
    notations = [int(str(notation)) for notation in Graph().parse(family).objects(None, SKOS.notation)]
    assert sorted(notations) == list(range(1, 18))


def test_age_bands_meet_without_gap() -> None:
    graph = Graph().parse(HOUSE / "ontology" / "schemes" / "age-band.ttl")
    starts = {concept: Decimal(str(limit)) for concept, limit in graph.subject_objects(URIRef(expand("ma:fromYears")))}
    ends = {concept: Decimal(str(limit)) for concept, limit in graph.subject_objects(URIRef(expand("ma:untilYears")))}
    assert sorted(starts.values())[1:] == sorted(ends.values())
    assert min(starts.values()) == 0
    assert all(starts[concept] < end for concept, end in ends.items())


def test_age_bands_are_the_age_classes_of_orphanet(shared: Path) -> None:
    graph = Graph().parse(HOUSE / "ontology" / "schemes" / "age-band.ttl")
    matched = {
        str(match): str(graph.value(concept, SKOS.notation))
        for concept, match in graph.subject_objects(SKOS.exactMatch)
    }
    assert matched == {expand(curie): label for curie, label in age_classes(shared).items()}
