"""What ontology/facts.ttl tells of linked terms: of terms that there are, with a source."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from muscle_atlas.names import Names, default_base
from tests.shapes.shape_examples import store_of_vocabularies
from tests.vocabulary.committed import BELIEVED, HOUSE, rows
from tests.vocabulary.released import anatomy, diseases, phenotypes

NAMES = Names(default_base())
FACTS = HOUSE / "ontology" / "facts.ttl"


def _node(curie: str) -> ox.NamedNode:
    return ox.NamedNode(NAMES.expand(curie))


@pytest.fixture(scope="module")
def facts() -> ox.Store:
    store = ox.Store()
    store.load(path=str(FACTS), format=ox.RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def vocabularies() -> ox.Store:
    return store_of_vocabularies()


def _subjects(store: ox.Store, predicate: str) -> Iterator[ox.NamedNode]:
    for quad in store.quads_for_pattern(None, _node(predicate), None, None):
        assert isinstance(quad.subject, ox.NamedNode)
        yield quad.subject


def test_facts_are_told_of_terms_of_the_releases(facts: ox.Store, shared: Path) -> None:
    known = {**anatomy(shared), **diseases(shared), **phenotypes(shared)}
    told = {NAMES.compress(quad.subject.value) for quad in facts if isinstance(quad.subject, ox.NamedNode)}
    species = {"NCBITaxon:10090", "NCBITaxon:9615"}
    assert {curie for curie in told if curie not in known} == species


@pytest.mark.parametrize("predicate", ["ma:shownBy", "ma:notShownBy", "ma:longestLife"])
def test_a_fact_has_a_source(facts: ox.Store, predicate: str) -> None:
    told = set(_subjects(facts, predicate))
    assert told
    assert told <= set(_subjects(facts, "dcterms:source"))


def test_stains_that_show_a_finding_are_concepts_of_the_scheme(facts: ox.Store, vocabularies: ox.Store) -> None:
    known = set(_subjects(vocabularies, "skos:notation"))
    for predicate in ("ma:shownBy", "ma:notShownBy"):
        for quad in facts.quads_for_pattern(None, _node(predicate), None, None):
            assert quad.object in known, str(quad.object)


def _below(store: ox.Store, top: str) -> set[str]:
    query = f"SELECT DISTINCT ?term WHERE {{ ?term rdfs:subClassOf* {top} }}"
    found = store.query(query, prefixes=NAMES.prefixes, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return {NAMES.compress(str(solution["term"]).strip("<>")) for solution in found}


def test_everything_that_names_of_muscles_stand_for_is_a_muscle(vocabularies: ox.Store) -> None:
    meant = {
        row["object_id"]
        for path in BELIEVED
        if path.name.startswith("muscles")
        for row in rows(path)
        if row["object_id"].startswith("UBERON:")
    }
    muscles = _below(vocabularies, "ma:Muscle")
    # Sartorius, intercostal muscle and iliopsoas lie elsewhere in UBERON than the others.
    assert meant >= {"UBERON:0001373", "UBERON:0001111", "UBERON:0001999"}
    assert meant - muscles == set()


@pytest.mark.parametrize("curie", ["UBERON:0003718", "UBERON:0000061", "UBERON:0002204"])
def test_what_is_no_muscle_is_none(curie: str, vocabularies: ox.Store) -> None:
    assert curie not in _below(vocabularies, "ma:Muscle")


@pytest.mark.parametrize(
    ("curie", "acquired"),
    [
        *(("ORPHA:221", True), ("ORPHA:611", True), ("ORPHA:93672", True), ("ORPHA:589", True)),
        *(("ORPHA:597", False), ("ORPHA:98896", False), ("ORPHA:602", False), ("ORPHA:98913", False)),
    ],
)
def test_a_disease_is_acquired_where_orphanet_says_so(curie: str, acquired: bool, vocabularies: ox.Store) -> None:
    assert (curie in _below(vocabularies, "ma:AcquiredDisease")) == acquired
