"""Words are looked up in installed releases: what is accepted, by which name, and what is left to the curator."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from etl.resolve.words.genes import DOG, MOUSE, Genes
from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.slices import Contents, SliceError, Term
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.resolver import Resolver
from muscle_atlas.terms.words.shelf import Shelf
from tests.terms.small import LATE, write_all, write_diseases, write_muscles, write_small

NAMES = Names(default_base())


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf.of_folder(write_all(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def resolver(shelf: Shelf) -> Resolver:
    return Resolver(NAMES, "en", shelf)


@pytest.mark.parametrize(
    ("kind", "word", "match", "identifier"),
    [
        ("gene", "SELENON", "label", "HGNC:15999"),
        ("gene", "selenon", "label", "HGNC:15999"),
        ("gene", "SEPN1", "previous", "HGNC:15999"),
        ("gene", "rss", "alias", "HGNC:15999"),
        ("gene", "Selenoprotein  N", "synonym", "HGNC:15999"),
        ("gene", "hgnc 15999", "identifier", "HGNC:15999"),
        ("gene", "ENSG00000196218", "cross-reference", "HGNC:10483"),
        ("gene", "ENSG00000196218.17", "cross-reference", "HGNC:10483"),
        ("gene", "ensembl:ENSG00000196218", "cross-reference", "HGNC:10483"),
        ("gene", "P21817", "cross-reference", "HGNC:10483"),
        ("gene", "MIM 180901", "cross-reference", "HGNC:10483"),
        ("gene", "Mousy", "orthologue", "HGNC:90001"),
        ("gene", "MGI:99659", "orthologue", "HGNC:10483"),
        ("disease", "myopathie a nemaline", "label", "ORPHA:607"),
        ("disease", "Central core disease", "label", "ORPHA:597"),
        ("disease", "#117000", "cross-reference", "ORPHA:597"),
        ("disease", "MONDO:0018958", "cross-reference", "ORPHA:607"),
        ("disease", "Nemaline myopathy of MONDO", "cross-reference", "ORPHA:607"),
        ("muscle", "FMA:32521", "cross-reference", "UBERON:0001476"),
        ("muscle", "MA:0002303", "cross-reference", "UBERON:0001476"),
        ("muscle", "left deltoid", "label", "UBERON:0001476"),
        ("muscle", "jumeau interne", "previous", "UBERON:0011907"),
        ("stain", "NADH-TR", "label", "stain:NADH"),
        ("species", "souris", "label", "NCBITaxon:10090"),
    ],
)
def test_a_word_is_accepted_by_its_best_name(
    resolver: Resolver, kind: str, word: str, match: str, identifier: str
) -> None:
    answer = resolver.resolve(word, kind)
    assert (answer.match.outcome, answer.match.identifier) == (match, identifier)
    assert answer.match.source


@pytest.mark.parametrize(
    ("kind", "word", "candidates"),
    [
        ("gene", "TWICE", {"HGNC:90001", "HGNC:90002"}),
        ("gene", "turned", {"HGNC:90001", "HGNC:90002"}),
        ("gene", "Twofold", {"HGNC:90001", "HGNC:90002", "MGI:90002"}),
        ("disease", "vera", {"ORPHA:90001", "ORPHA:90002"}),
        ("disease", "OMIM:190001", {"ORPHA:90001", "ORPHA:90002"}),
        ("disease", "Wide", {"ORPHA:90004"}),
    ],
)
def test_a_word_that_several_share_is_not_accepted(
    resolver: Resolver, kind: str, word: str, candidates: set[str]
) -> None:
    match = resolver.resolve(word, kind).match
    assert (match.outcome, match.identifier) == ("ambiguous", None)
    assert {one.identifier for one in match.candidates} == candidates


@pytest.mark.parametrize(
    ("kind", "word", "identifier"),
    [("gene", "Shared", "HGNC:90003"), ("disease", "quarta", "ORPHA:90003")],
)
def test_a_preferred_name_wins_over_other_names(resolver: Resolver, kind: str, word: str, identifier: str) -> None:
    match = resolver.resolve(word, kind).match
    assert (match.outcome, match.identifier) == ("label", identifier)


@pytest.mark.parametrize(
    ("kind", "word", "withdrawn", "successor"),
    [
        ("gene", "HGNC:480", "HGNC:480", "HGNC:8620"),
        ("gene", "an", "HGNC:480", "HGNC:8620"),
        ("gene", "GONE1", "HGNC:90010", "HGNC:90001"),
        ("disease", "ORPHA:264", "ORPHA:264", "ORPHA:98853"),
        ("disease", "autosomal dominant limb-girdle muscular dystrophy type 1B", "ORPHA:264", "ORPHA:98853"),
        ("muscle", "UBERON:0090002", "UBERON:0090002", "UBERON:0001476"),
        ("muscle", "replaced muscle left", "UBERON:0090002", "UBERON:0001476"),
    ],
)
def test_a_withdrawn_term_leads_to_its_successor(
    resolver: Resolver, kind: str, word: str, withdrawn: str, successor: str
) -> None:
    match = resolver.resolve(word, kind).match
    assert (match.outcome, match.identifier) == ("withdrawn", successor)
    assert match.withdrawn is not None
    assert match.withdrawn.identifier == withdrawn


@pytest.mark.parametrize(
    ("kind", "word", "candidates"),
    [
        ("gene", "HGNC:90012", {"HGNC:90001", "HGNC:90002"}),
        ("gene", "GONE3", {"HGNC:90001", "HGNC:90002"}),
        ("gene", "GONE4", set()),
        ("disease", "ORPHA:206610", set()),
        ("muscle", "considered muscle", {"UBERON:0001476"}),
    ],
)
def test_a_withdrawn_term_without_one_successor_is_not_accepted(
    resolver: Resolver, kind: str, word: str, candidates: set[str]
) -> None:
    match = resolver.resolve(word, kind).match
    assert (match.outcome, match.identifier) == ("withdrawn", None)
    assert {one.identifier for one in match.candidates} == candidates


def test_what_a_term_of_today_is_called_is_not_left_to_a_withdrawn_one(resolver: Resolver) -> None:
    match = resolver.resolve("BBB2OLD", "gene").match
    assert (match.outcome, match.identifier) == ("alias", "HGNC:90001")


def test_an_identifier_of_a_withdrawn_disease_in_another_vocabulary_leads_to_the_successor(resolver: Resolver) -> None:
    assert resolver.resolve("OMIM:159001", "disease").match.identifier == "ORPHA:98853"


def test_what_is_only_nearly_the_same_is_not_accepted(resolver: Resolver) -> None:
    match = resolver.resolve("OMIM:256030", "disease").match
    assert match.identifier is None
    assert match.candidates


@pytest.mark.parametrize(("word", "outcome"), [("MONDO:0009725", "identifier"), ("Nemaline myopathy  2", "label")])
def test_a_disease_that_orphanet_lacks_is_that_of_mondo(resolver: Resolver, word: str, outcome: str) -> None:
    match = resolver.resolve(word, "disease").match
    assert (match.identifier, match.outcome) == ("MONDO:0009725", outcome)


def test_a_region_is_no_muscle_and_told(resolver: Resolver) -> None:
    answer = resolver.resolve("region of the test", "muscle")
    assert answer.match.identifier is None
    assert str(answer.other) == "region of the test (UBERON:0090001)"


@pytest.mark.parametrize("word", ["paraspinal", "paraspinaux", "cuisse"])
def test_a_group_that_a_curator_called_broad_is_no_muscle(resolver: Resolver, word: str) -> None:
    assert resolver.resolve(word, "muscle").match.outcome == "broad"


def test_of_two_muscles_the_one_inside_the_other_is_meant(resolver: Resolver) -> None:
    assert resolver.resolve("quadriceps femoris (vastus lateralis)", "muscle").match.identifier == "UBERON:0001379"


@pytest.mark.parametrize(
    ("kind", "word", "meant"),
    [
        ("gene", "SELENNO", "HGNC:15999"),
        ("gene", "SELENN", "HGNC:15999"),
        ("gene", "RRY1", "HGNC:10483"),
        ("gene", "selenoprotien N", "HGNC:15999"),
        ("disease", "Central cor diseases", "ORPHA:597"),
        ("disease", "mypathie à némalinne", "ORPHA:607"),
        ("muscle", "vastus laterallis", "UBERON:0001379"),
        ("muscle", "deltiod", "UBERON:0001476"),
    ],
)
def test_a_misspelt_word_is_not_accepted_and_what_it_looks_like_is_told(
    resolver: Resolver, kind: str, word: str, meant: str
) -> None:
    match = resolver.resolve(word, kind).match
    assert (match.outcome, match.identifier) == ("unknown", None)
    assert match.candidates[0].identifier == meant
    assert len(match.candidates) <= 5


@pytest.mark.parametrize("word", ["", '"', "'", "%", "***", "a" * 500, "\x00", "NEAR(a b)", 'abc"def OR ghi', "🧬🧬🧬"])
def test_no_word_breaks_a_resolver(resolver: Resolver, word: str) -> None:
    assert resolver.resolve(word).match.identifier is None
    assert resolver.resolve(word, "gene").match.identifier is None


# Several kinds


@pytest.mark.parametrize(
    ("word", "kind", "identifier"),
    [
        ("RYR1", "gene", "HGNC:10483"),
        ("SEPN1", "gene", "HGNC:15999"),
        ("deltoid", "muscle", "UBERON:0001476"),
        ("left deltoid", "muscle", "UBERON:0001476"),
        ("Myopathie à némaline", "disease", "ORPHA:607"),
        ("FMA:32521", "muscle", "UBERON:0001476"),
        ("NADH-TR", "stain", "stain:NADH"),
    ],
)
def test_the_kind_of_a_word_is_found(resolver: Resolver, word: str, kind: str, identifier: str) -> None:
    answer = resolver.resolve(word)
    assert (answer.kind, answer.match.identifier) == (kind, identifier)


def test_a_word_of_two_kinds_is_not_accepted(tmp_path: Path) -> None:
    write_all(tmp_path)
    contents = Contents(LATE, LATE, [Term("ORPHA:90009", "disease", "Selenon")])
    write_small(tmp_path, "ordo", contents)
    answer = Resolver(NAMES, "en", Shelf.of_folder(tmp_path)).resolve("selenon")
    assert (answer.kind, answer.match.outcome) == (None, "ambiguous")
    assert {one.identifier for one in answer.match.candidates} == {"HGNC:15999", "ORPHA:90009"}


# Our tables beside releases


def test_a_release_stands_in_for_the_table_that_was_drawn_from_an_earlier_one(shelf: Shelf) -> None:
    assert Lexicon("genes", NAMES).resolve("BIN1").identifier == "HGNC:1052"
    assert Lexicon("genes", NAMES, "en", shelf).resolve("BIN1").identifier is None


def test_a_release_older_than_the_one_that_a_table_was_drawn_from_stands_beside_it(tmp_path: Path) -> None:
    write_small(tmp_path, "hgnc", Contents("2001-01-01", "2001-01-01", [Term("HGNC:90001", "gene", "AAA1")]))
    genes = Lexicon("genes", NAMES, "en", Shelf.of_folder(tmp_path))
    assert genes.resolve("BIN1").identifier == "HGNC:1052"
    assert genes.resolve("AAA1").identifier == "HGNC:90001"


def test_what_a_curator_decided_holds_beside_a_release(tmp_path: Path) -> None:
    write_muscles(tmp_path)
    muscles = Resolver(NAMES, "en", Shelf.of_folder(tmp_path))
    assert muscles.resolve("vaste externe", "muscle").match.identifier == "UBERON:0001379"
    assert muscles.resolve("Pompe", "disease").match.identifier == "ORPHA:365"


def test_a_word_that_a_curator_gave_to_one_disease_and_a_release_to_another_is_not_accepted(tmp_path: Path) -> None:
    write_small(tmp_path, "ordo", Contents(LATE, LATE, [Term("ORPHA:90001", "disease", "Steinert")]))
    match = Lexicon("diseases", NAMES, "en", Shelf.of_folder(tmp_path)).resolve("steinert")
    assert (match.outcome, {one.identifier for one in match.candidates}) == ("ambiguous", {"ORPHA:273", "ORPHA:90001"})


@pytest.mark.parametrize(
    ("kind", "word", "identifier"),
    [
        ("gene", "SEPN1", "HGNC:15999"),
        ("gene", "A1BG", "HGNC:5"),
        ("gene", "HGNC:480", "HGNC:8620"),
        ("gene", "MGI:1099452", "HGNC:7448"),
        ("disease", "MONDO:0007294", "ORPHA:597"),
        ("muscle", "jumeau interne", "UBERON:0011907"),
    ],
)
def test_our_tables_serve_without_any_release(kind: str, word: str, identifier: str) -> None:
    assert Resolver(NAMES).resolve(word, kind).match.identifier == identifier


def test_labels_are_french_for_the_french(shelf: Shelf) -> None:
    assert Resolver(NAMES, "fr", shelf).resolve("ORPHA:607").label == "Myopathie à némaline"


# Genes of animals


@pytest.mark.parametrize(
    ("word", "species", "read"),
    [
        ("Ryr1", MOUSE, ("HGNC:10483", "MGI:99659", None)),
        ("RYR1", MOUSE, ("HGNC:10483", "MGI:99659", None)),
        ("Mousy", MOUSE, ("HGNC:90001", "MGI:90001", "gene-outside-atlas")),
        ("Mousy", None, (None, None, None)),
        ("Twofold", MOUSE, (None, None, None)),
        ("Lonely", MOUSE, (None, None, None)),
        ("RYR1", DOG, ("HGNC:10483", None, "gene-of-animal-by-symbol")),
        ("HGNC:480", None, ("HGNC:8620", None, "gene-withdrawn")),
        ("GONE3", None, (None, None, "gene-withdrawn-without-successor")),
        ("SEPN1", None, ("HGNC:15999", None, "gene-former-symbol")),
        ("AAA1", None, ("HGNC:90001", None, "gene-outside-atlas")),
    ],
)
def test_genes_are_read_by_the_installed_releases(
    shelf: Shelf, word: str, species: str | None, read: tuple[str | None, ...]
) -> None:
    gene = Genes(Lexicon("genes", NAMES, "en", shelf)).read(word, species)
    assert (gene.identifier, gene.animal, gene.rule) == read


# Files


def test_several_threads_share_a_resolver(resolver: Resolver) -> None:
    words = ["SEPN1", "deltoid", "myopathie a nemaline", "SELENNO"] * 20
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda word: resolver.resolve(word).match.identifier, words))
    assert found == ["HGNC:15999", "UBERON:0001476", "ORPHA:607", None] * 20


def _ask(resolver: Resolver, answers: "multiprocessing.SimpleQueue[str | None]") -> None:
    answers.put(resolver.resolve("SEPN1").match.identifier)


# Newer versions of Python warn of threads, which other libraries start and the child does not use.
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_process_that_was_forked_asks_by_itself(resolver: Resolver) -> None:
    resolver.resolve("SEPN1")
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    process = context.Process(target=_ask, args=(resolver, answers))
    process.start()
    process.join(30)
    assert process.exitcode == 0
    assert answers.get() == "HGNC:15999"


def test_a_broken_slice_is_told(tmp_path: Path) -> None:
    write_diseases(tmp_path)
    (tmp_path / "ordo.sqlite").write_bytes(b"no slice")
    with pytest.raises(SliceError, match=r"ordo\.sqlite"):
        Shelf.of_folder(tmp_path)
