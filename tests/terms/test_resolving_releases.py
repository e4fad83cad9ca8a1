"""Words of the real releases: the traps that they hold, and our own words beside them."""

from pathlib import Path

import pytest

from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import read_tables
from muscle_atlas.terms.sources import hgnc, mgi, mondo
from muscle_atlas.terms.words.kinds import read_kinds
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.resolver import Resolver
from muscle_atlas.terms.words.shelf import Shelf
from tests.terms.releases import slice_of

NAMES = Names(default_base())
SHARED_WORDS = {
    # Approved names and former names of two genes.
    "double homeobox 4",
    "ribonuclease H1",
    # Late-onset Parkinson disease is called so by Orphanet, late-onset Pompe disease by pathologists.
    "LOPD",
    # MONDO calls one disease the same as two of Orphanet.
    "sensory ataxic neuropathy, dysarthria, and ophthalmoparesis",
    # Red blood cells of unequal size, in the French of HPO.
    "anisocytose",
    # A former or second name of another finding in HPO.
    "hyaline bodies",
}
"""Words of our tables that something outside the atlas is called, too, so that whole releases leave them ambiguous."""
PREFERRED = {"peroneus": "UBERON:0009132"}
"""Words that our tables leave open, and a release prefers for a term."""


@pytest.fixture(scope="module")
def shelf(  # noqa: PLR0917 - one slice each
    shared: Path, slices: Path, diseases: Path, anatomy: Path, findings: Path, methods: Path
) -> Shelf:
    assert {one.parent for one in (diseases, anatomy, findings, methods)} == {slices}
    for source in (hgnc.SOURCE, mgi.SOURCE, mondo.SOURCE):
        slice_of(shared / "reference", source, slices)
    return Shelf.of_folder(slices)


@pytest.fixture(scope="module")
def resolver(shelf: Shelf) -> Resolver:
    return Resolver(NAMES, "en", shelf)


@pytest.mark.parametrize("kind", [kind.name for kind in read_kinds().values() if kind.vocabulary])
def test_words_of_our_tables_stand_for_the_same_beside_whole_releases(shelf: Shelf, kind: str) -> None:
    words = read_kinds()[kind].words
    alone, beside = Lexicon(words, NAMES, searched=0), Lexicon(words, NAMES, "en", shelf, searched=0)
    tables = read_tables(MAPPINGS, f"{words}.sssom.tsv") + read_tables(MAPPINGS, f"{words}-*.sssom.tsv")
    moved = {
        word: found
        for word in {word for table in tables for word in table.rows["subject_label"]}
        if (found := beside.resolve(word).identifier) != alone.resolve(word).identifier
    }
    assert moved == {word: PREFERRED.get(word) for word in moved}
    assert moved.keys() <= SHARED_WORDS | PREFERRED.keys()


@pytest.mark.parametrize(
    ("kind", "word", "identifier"),
    [
        ("gene", "SEPN1", "HGNC:15999"),
        ("gene", "Mtm1", "HGNC:7448"),
        ("gene", "Trp53", "HGNC:11998"),
        ("gene", "MGI:1099452", "HGNC:7448"),
        ("gene", "ENSG00000198947", "HGNC:2928"),
        ("gene", "P11532", "HGNC:2928"),
        ("gene", "HGNC:480", "HGNC:8620"),
        # Aliases and former symbols of two genes.
        ("gene", "BCD541", None),
        ("gene", "PABP2", None),
        ("disease", "Myopathie à némaline", "ORPHA:607"),
        ("disease", "LGMD2A", "ORPHA:267"),
        ("disease", "LGMDR1", "ORPHA:267"),
        ("disease", "OMIM:310200", "ORPHA:98896"),
        ("disease", "MONDO:0007294", "ORPHA:597"),
        ("disease", "OMIM:256030", None),
        ("disease", "BMD", None),
        # Moved to, and referred to.
        ("disease", "ORPHA:264", "ORPHA:98853"),
        ("disease", "Autosomal dominant limb-girdle muscular dystrophy type 1B", "ORPHA:98853"),
        ("disease", "ORPHA:466801", "ORPHA:206644"),
        ("disease", "ORPHA:206610", None),
        ("muscle", "jumeau interne", "UBERON:0011907"),
        ("muscle", "sartorius", "UBERON:0001373"),
        ("muscle", "iliopsoas", "UBERON:0001999"),
        ("muscle", "FMA:32521", "UBERON:0001476"),
        ("muscle", "UBERON:0006229", "UBERON:0001601"),
        ("muscle", "multifidus", None),
        ("muscle", "extensor hallucis longus", None),
        ("muscle", "paraspinal", None),
        ("muscle", "paraspinal region", None),
        ("stain", "NADH-TR", "stain:NADH"),
    ],
)
def test_words_of_laboratories_are_linked_by_the_real_releases(
    resolver: Resolver, kind: str, word: str, identifier: str | None
) -> None:
    assert resolver.resolve(word, kind).match.identifier == identifier


@pytest.mark.parametrize(
    ("kind", "word", "identifier"),
    [
        ("gene", "RRY1", "HGNC:10483"),
        ("gene", "CAPN-3", "HGNC:1480"),
        ("gene", "ryanodin receptor 1", "HGNC:10483"),
        ("disease", "duchene muscular dystrophy", "ORPHA:98896"),
        ("disease", "myopathie a nemalinne", "ORPHA:607"),
        ("disease", "limb girdle muscular distrophy type 2a", "ORPHA:267"),
        ("muscle", "gastrocnemius medalis", "UBERON:0011907"),
        ("finding", "rimed vacuoles", "HP:0003805"),
    ],
)
def test_a_misspelt_word_is_told_what_it_looks_like(resolver: Resolver, kind: str, word: str, identifier: str) -> None:
    match = resolver.resolve(word, kind).match
    assert match.identifier is None
    assert identifier in [one.identifier for one in match.candidates]


def test_a_withdrawn_disease_is_told_with_its_name(resolver: Resolver) -> None:
    withdrawn = resolver.resolve("ORPHA:264", "disease").match.withdrawn
    assert str(withdrawn) == "Autosomal dominant limb-girdle muscular dystrophy type 1B (ORPHA:264)"
