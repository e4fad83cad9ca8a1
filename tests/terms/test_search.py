"""Terms are found as people type them: by the beginning of any name, in either language, best first."""

from pathlib import Path

import pytest

from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.slices import Slice
from muscle_atlas.terms.words.resolver import Resolver
from muscle_atlas.terms.words.search import Search
from muscle_atlas.terms.words.shelf import Shelf
from tests.terms.small import write_all

NAMES = Names(default_base())


def searching(shelf: Shelf | None, **photographs: int) -> Search:
    counts = {name.replace("_", ":"): count for name, count in photographs.items()}
    return Search(Resolver(NAMES, "fr", shelf).lexicons, counts)


@pytest.fixture(scope="module")
def embedded() -> Search:
    return searching(None)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Search:
    return searching(Shelf.of_folder(write_all(tmp_path_factory.mktemp("small"))))


@pytest.fixture(scope="module")
def released(diseases: Path, anatomy: Path, findings: Path) -> Search:
    return searching(Shelf([Slice(diseases), Slice(anatomy), Slice(findings)]))


def found(search: Search, text: str, *kinds: str) -> list[str]:
    return [one.identifier for one in search.find(text, kinds)]


@pytest.mark.parametrize(
    ("typed", "identifier", "match"),
    [
        ("SEPN1", "HGNC:15999", "previous"),
        ("sepn", "HGNC:15999", "previous"),
        ("myopathie a nem", "ORPHA:607", "label"),
        ("NEMALINE MYO", "ORPHA:607", "label"),
        ("nem myo", "ORPHA:607", "label"),
        ("myo nem", "ORPHA:607", "label"),
        ("jumeau int", "UBERON:0011907", "previous"),
        ("nadh", "stain:NADH", "synonym"),
        ("rouge co", "stain:CONGO", "label"),
        ("hgnc 15999", "HGNC:15999", "identifier"),
        ("Orphanet_607", "ORPHA:607", "identifier"),
        ("MONDO:0018958", "ORPHA:607", "cross-reference"),
        ("souris", "NCBITaxon:10090", "label"),
    ],
)
def test_a_term_is_found_by_what_is_typed(embedded: Search, typed: str, identifier: str, match: str) -> None:
    first = embedded.find(typed)[0]
    assert (first.identifier, first.match) == (identifier, match)


def test_a_term_stands_there_once_with_its_label_and_the_name_that_fits(embedded: Search) -> None:
    terms = embedded.find("nemaline m")
    assert len({one.identifier for one in terms}) == len(terms)
    (one,) = (one for one in terms if one.identifier == "ORPHA:607")
    assert one.name.startswith("Nemaline")
    assert (one.label, one.kind) == ("Myopathie à némaline", "disease")


def test_a_term_that_is_photographed_comes_before_others() -> None:
    search = searching(None, ORPHA_171433=3, ORPHA_98902=9)
    assert found(search, "myopathie némal", "disease")[:2] == ["ORPHA:98902", "ORPHA:171433"]
    assert search.find("myopathie némal")[0].photographs == 9


def test_a_photographed_term_is_found_by_one_letter_however_many_begin_so() -> None:
    assert found(searching(None, HGNC_15999=1), "s", "gene")[0] == "HGNC:15999"


def test_a_label_comes_before_other_names(small: Search) -> None:
    assert found(small, "shared", "gene") == ["HGNC:90003", "HGNC:90001"]


def test_a_name_that_begins_so_comes_before_one_that_holds_the_word(released: Search) -> None:
    places = found(released, "core", "disease")
    texts = [one.name.casefold() for one in released.find("core", ["disease"])]
    begins = [text.startswith("core") for text in texts]
    assert places
    assert begins == sorted(begins, reverse=True)


def test_only_the_kinds_asked_for_are_given(embedded: Search) -> None:
    assert {one.kind for one in embedded.find("desmin")} > {"gene"}
    assert {one.kind for one in embedded.find("desmin", ["gene"])} == {"gene"}


def test_a_withdrawn_term_leads_to_its_successor(small: Search) -> None:
    assert found(small, "BBB2O", "gene") == ["HGNC:90001", "HGNC:90002"]
    assert [(one.identifier, one.match) for one in small.find("HGNC:480")] == [("HGNC:8620", "withdrawn")]
    assert found(small, "replaced mus", "muscle") == ["UBERON:0001476"]


def test_a_name_of_a_vocabulary_that_leads_to_ours_is_found_where_no_other_begins_so(small: Search) -> None:
    assert [(one.identifier, one.match) for one in small.find("mous", ["gene"])] == [("HGNC:90001", "orthologue")]
    assert found(small, "nemaline myopathy of mon") == ["ORPHA:607"]


def test_a_disease_that_only_mondo_has_is_found_by_its_beginning(small: Search) -> None:
    first = small.find("nemaline myopathy 2", ["disease"])[0]
    assert (first.identifier, first.label) == ("MONDO:0009725", "nemaline myopathy 2")
    assert found(small, "nemaline myopathy", "disease") == ["ORPHA:607", "MONDO:0009725"]


def test_what_nothing_begins_with_is_found_by_likeness(released: Search) -> None:
    first = released.find("nemalinne myopathi")[0]
    assert (first.identifier, first.match) == ("ORPHA:607", "alike")


def test_a_name_of_a_release_is_found_in_both_languages(released: Search) -> None:
    assert found(released, "myopathie congénitale avec", "disease")
    assert found(released, "vastus lat", "muscle")[0] == "UBERON:0001379"
    assert "HP:0003198" in found(released, "Myopathie", "finding")


@pytest.mark.parametrize("typed", ["", "  ", "'", "\0", "x" * 200, '"* OR NEAR(', "l'", "%", "-", "ﷺ"])
def test_anything_may_be_typed(released: Search, typed: str) -> None:
    assert isinstance(released.find(typed), list)


def test_no_more_is_given_than_was_asked_for(embedded: Search) -> None:
    assert len(embedded.find("m", (), 3)) == 3
