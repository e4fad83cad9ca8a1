"""What our tables disbelieve and are unsure of is what the releases say, and is never accepted."""

import csv
import gzip
from pathlib import Path

import pytest

from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.shelf import Shelf
from tests.vocabulary.committed import HOUSE, Row, rows
from tests.vocabulary.released import anatomy, phenotypes

NAMES = Names(default_base())


def decided(part: str, words: str) -> list[Row]:
    return list(rows(HOUSE / "mappings" / part / f"{words}.sssom.tsv"))


@pytest.fixture(scope="module")
def shelf(diseases: Path, findings: Path) -> Shelf:
    assert diseases.parent == findings.parent
    return Shelf.of_folder(diseases.parent)


def test_french_labels_that_are_disbelieved_are_those_of_hpo(shared: Path) -> None:
    with gzip.open(shared / "reference" / "hpo" / "hp-fr-preprocessed_2026-06.babelon.tsv.gz", "rt") as lines:
        french = {
            (row["translation_value"], row["subject_id"])
            for row in csv.DictReader(lines, delimiter="\t")
            if row["predicate_id"] == "rdfs:label"
        }
    for row in decided("disbelieved", "findings"):
        assert (row["subject_label"], row["object_id"]) in french, row
        assert phenotypes(shared)[row["object_id"]] == row["object_label"]


def test_paraspinal_is_a_region_of_uberon(shared: Path) -> None:
    (row,) = decided("disbelieved", "muscles")
    assert anatomy(shared)[row["object_id"]] == row["object_label"] == "paraspinal region"


def test_muscles_without_class_have_none_in_uberon(shared: Path) -> None:
    known = {label.casefold() for label in anatomy(shared).values()}
    assert not {row["subject_label"] for row in decided("", "muscles-none")} & known


@pytest.mark.parametrize(
    ("words", "row"),
    [(words, row) for words in ("findings", "muscles", "stains") for row in decided("disbelieved", words)],
    ids=lambda value: value if isinstance(value, str) else value["subject_label"],
)
def test_disbelieved_word_is_neither_accepted_nor_offered(words: str, row: Row, shelf: Shelf) -> None:
    for lexicon in (Lexicon(words, NAMES), Lexicon(words, NAMES, "fr", shelf)):
        match = lexicon.resolve(row["subject_label"])
        assert match.identifier is None
        assert row["object_id"] not in {one.identifier for one in match.candidates}


@pytest.mark.parametrize("row", decided("unsure", "diseases"), ids=lambda row: row["subject_label"])
def test_unsure_word_is_offered_first_and_not_accepted(row: Row, shelf: Shelf) -> None:
    for lexicon in (Lexicon("diseases", NAMES), Lexicon("diseases", NAMES, "fr", shelf)):
        match = lexicon.resolve(row["subject_label"])
        assert match.identifier is None
        assert match.candidates[0].identifier == row["object_id"]


@pytest.mark.parametrize("word", ["multifidus", "extensor hallucis longus"])
def test_muscle_without_class_is_unknown(word: str) -> None:
    match = Lexicon("muscles", NAMES).resolve(word)
    assert (match.outcome, match.identifier) == ("unknown", None)
    assert all(one.identifier.startswith("UBERON:") for one in match.candidates)
