"""Genes: symbols of today and formerly, withdrawn ones, spreadsheets' dates, and genes of mice and dogs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.resolve.words.genes import DOG, MOUSE, Genes
from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.words.lexicon import Lexicon

settings.register_profile("genes", deadline=None, max_examples=50)
settings.load_profile("genes")


@pytest.fixture(scope="module")
def genes() -> Genes:
    return Genes(Lexicon("genes", Names(default_base())))


@pytest.mark.parametrize(
    ("word", "identifier", "rule", "candidates"),
    [
        ("BIN1", "HGNC:1052", None, ()),
        ("HGNC:1052 BIN1", "HGNC:1052", None, ()),
        ("SEPN1", "HGNC:15999", "gene-former-symbol", ("SELENON (HGNC:15999)",)),
        ("HGNC:480", "HGNC:8620", "gene-withdrawn", ("PAX6 (HGNC:8620)",)),
        ("HGNC:1", None, "gene-withdrawn-without-successor", ()),
        ("A12M1", None, "gene-withdrawn-without-successor", ()),
        ("A1BG", "HGNC:5", "gene-outside-atlas", ("A1BG (HGNC:5)",)),
        ("HGNC:5 A1BG", "HGNC:5", "gene-outside-atlas", ("A1BG (HGNC:5)",)),
        ("SEPT9", "HGNC:7323", "gene-outside-atlas", ("SEPTIN9 (HGNC:7323)",)),
        ("9-Sep", None, "gene-date-mangled", ("SEPTIN9 ← SEPT9 (HGNC:7323)",)),
        ("Sep-09", None, "gene-date-mangled", ("SEPTIN9 ← SEPT9 (HGNC:7323)",)),
        ("09/09/2024", None, "gene-date-mangled", ("SEPTIN9 ← SEPT9 (HGNC:7323)",)),
        ("1-déc.", None, "gene-date-mangled", ("DELEC1 ← DEC1 (HGNC:23658)", "BHLHE40 ← DEC1 (HGNC:1046)")),
        ("31-31-2001", None, "gene-date-mangled", ()),
    ],
)
def test_genes_are_read_and_told(
    genes: Genes, word: str, identifier: str | None, rule: str | None, candidates: tuple[str, ...]
) -> None:
    gene = genes.read(word)
    assert (gene.identifier, gene.rule) == (identifier, rule)
    assert tuple(map(str, gene.candidates)) == candidates


@pytest.mark.parametrize(
    "word", ["1-Mar", "1er mars", "Mar-01", "01/03/2001", "2001-03-01", "2001-03-01 00:00:00", "38412"]
)
def test_one_day_may_have_been_several_genes(genes: Genes, word: str) -> None:
    candidates = " ".join(map(str, genes.read(word).candidates))
    assert "MARCHF1 ← MARCH1 (HGNC:26077)" in candidates
    assert "MTARC1 ← MARC1 (HGNC:26189)" in candidates


@pytest.mark.parametrize("word", ["HGNC:1052 RYR1", "RYR1 (HGNC:1052)", "HGNC:5 RYR1"])
def test_identifier_beside_the_name_of_another_gene_is_told(genes: Genes, word: str) -> None:
    gene = genes.read(word)
    assert gene.identifier is None
    assert gene.match is not None
    assert gene.match.outcome == "contradictory"
    assert "RYR1 (HGNC:10483)" in map(str, gene.match.candidates)


@pytest.mark.parametrize(
    ("word", "human", "mouse"),
    [
        ("Mtm1", "HGNC:7448", "MGI:1099452"),
        ("MTM1", "HGNC:7448", "MGI:1099452"),
        ("Dmd", "HGNC:2928", "MGI:94909"),
        ("MGI:94909", "HGNC:2928", "MGI:94909"),
        ("HGNC:2928", "HGNC:2928", "MGI:94909"),
        ("Smn1", "HGNC:11117", "MGI:109257"),
        ("Selenon", "HGNC:15999", "MGI:2151208"),
    ],
)
def test_gene_of_a_mouse_is_read_with_its_human_orthologue(genes: Genes, word: str, human: str, mouse: str) -> None:
    gene = genes.read(word, MOUSE)
    assert (gene.identifier, gene.animal, gene.rule) == (human, mouse, None)


@pytest.mark.parametrize("word", ["MGI:94909 Mtm1", "HGNC:2928 Mtm1", "Mtm1 (MGI:94909)", "MGI:94909 MTM1"])
def test_identifier_and_symbol_of_two_genes_of_a_mouse_contradict_each_other(genes: Genes, word: str) -> None:
    gene = genes.read(word, MOUSE)
    assert gene.identifier is None
    assert gene.match is not None
    assert gene.match.outcome == "contradictory"


@pytest.mark.parametrize("word", ["MGI:94909 Dmd", "MGI:94909 DMD", "HGNC:2928 Dmd", "Dmd (MGI:94909)"])
def test_identifier_and_symbol_of_one_gene_of_a_mouse_agree(genes: Genes, word: str) -> None:
    gene = genes.read(word, MOUSE)
    assert (gene.identifier, gene.animal) == ("HGNC:2928", "MGI:94909")


def test_gene_of_a_dog_is_the_human_gene_of_its_symbol_and_told(genes: Genes) -> None:
    gene = genes.read("DMD", DOG)
    assert (gene.identifier, gene.animal, gene.rule) == ("HGNC:2928", None, "gene-of-animal-by-symbol")


@pytest.mark.parametrize("word", ["HGNC:2928", "HGNC:2928 DMD", "DMD (HGNC:2928)"])
def test_nothing_is_told_of_a_dog_whose_human_gene_is_named_by_its_identifier(genes: Genes, word: str) -> None:
    gene = genes.read(word, DOG)
    assert (gene.identifier, gene.animal, gene.rule) == ("HGNC:2928", None, None)


@given(text=st.text(st.characters(exclude_categories=["Cs"])), species=st.sampled_from([None, MOUSE, DOG]))
def test_no_text_breaks_the_reading_of_genes(genes: Genes, text: str, species: str | None) -> None:
    gene = genes.read(text, species)
    assert gene.identifier is not None or gene.rule is not None or gene.match is not None
