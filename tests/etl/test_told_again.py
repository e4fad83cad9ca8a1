"""What is told can be followed, and words for "nothing" mean nothing."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from etl.build import build
from etl.read.columns import Columns
from etl.reports.report import Report
from etl.resolve.values.answers import is_not_stated
from muscle_atlas.names import Names, default_base
from muscle_atlas.releases import current_release
from muscle_atlas.settings import read_settings
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.matches import Candidate
from muscle_atlas.terms.words.muscles import Muscles

SETTINGS = read_settings({})
KINDS = sorted(set(Columns().words.values()))

Records = Callable[..., Path]


def names_of(report: Report) -> list[str]:
    return [problem.name for problem in report.problems if problem.severity != "info"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_candidate_is_understood_when_it_is_pasted_back(kind: str) -> None:
    lexicon = Lexicon(kind, Names(default_base()))
    lost = [
        identifier
        for identifier, label in lexicon.labels.items()
        if lexicon.resolve(str(Candidate(identifier, label))).identifier != identifier
    ]
    assert lost == []


@pytest.mark.parametrize("column", sorted(Columns().words))
def test_a_word_unlike_all_others_is_told_what_was_allowed(records: Records, column: str) -> None:
    report = build([records({"image_id": "a", column: "qqqq"})], SETTINGS, data=None)
    kind = {"findings": "finding"}.get(column, column)
    told = next(problem for problem in report.problems if problem.name == f"{kind}-unknown")
    assert told.suggestion


@pytest.mark.parametrize("word", ["-", "n/a", "NA", "non précisé", "?"])
def test_words_for_nothing_are_empty_in_every_column(records: Records, tmp_path: Path, word: str) -> None:
    empty = ("individual_id", "specimen_id", "side", "family", "doi", "contributor", "credit", "source", "structure")
    rows = [{"image_id": f"f{n}", "gene": gene, **dict.fromkeys(empty, word)} for n, gene in enumerate(("BIN1", "DMD"))]
    report = build([records(*rows)], SETTINGS, data=tmp_path / "data")
    assert report.images == 2
    images = pl.read_parquet(current_release(tmp_path / "data").images)
    assert images["individual"].n_unique() == 2
    assert images["publication"].null_count() == 2
    assert images["credit"].null_count() == 2
    assert [len(genes) for genes in images["gene"]] == [1, 1]


@pytest.mark.parametrize("word", ["inconnu", "unknown", "XXX"])
def test_an_unknown_patient_is_no_patient_called_unknown(records: Records, tmp_path: Path, word: str) -> None:
    rows = [{"image_id": f"f{n}", "individual_id": word, "gene": gene} for n, gene in enumerate(("BIN1", "DMD"))]
    build([records(*rows)], SETTINGS, data=tmp_path / "data")
    assert pl.read_parquet(current_release(tmp_path / "data").images)["individual"].n_unique() == 2


@pytest.mark.parametrize(
    ("column", "word"),
    [
        *(
            (column, "inconnu")
            for column in ("gene", "variants", "disease", "muscle", "side", "age", "zygosity", "status")
        ),
        *(("gene", word) for word in ("Unknown", "non identifié", "en cours", "négatif", "NaN")),
        *(("variants", word) for word in ("non trouvée", "pas de mutation", "p.?", "aucune")),
        *(("disease", word) for word in ("non diagnostiqué", "undiagnosed")),
        *(("stain", word) for word in ("n.d.", "N.D", "N/D", "s.o.", "NULL", "???", "--", "sans objet")),
        *(("gene", word) for word in ("pas de mutation", "n.d", "null")),
    ],
)
def test_what_a_laboratory_does_not_know_is_a_gap_and_no_wrong_word(column: str, word: str) -> None:
    assert is_not_stated(word, column)


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("sex", "inconnu"),
        ("genotype", "null"),
        ("treatment", "aucun"),
        ("findings", "négatif"),
        ("gene", "XXX"),
        ("muscle", "en cours"),
    ],
)
def test_a_word_that_says_something_in_its_column_is_no_gap(column: str, word: str) -> None:
    assert not is_not_stated(word, column)


@pytest.mark.parametrize(
    ("kind", "identifier", "label"),
    [
        ("sides", "side:left", "gauche"),
        ("zygosities", "zygosity:homozygous", "homozygote"),
        ("stains", "stain:ORO", "huile"),
    ],
)
def test_candidates_of_our_own_schemes_are_told_in_french(kind: str, identifier: str, label: str) -> None:
    assert label in Lexicon(kind, Names(default_base()), "fr").candidate(identifier).label


@pytest.mark.parametrize("word", ["dominant", "récessif", "récessive", "recessive", "dominante"])
def test_a_mode_of_inheritance_without_its_chromosome_is_ambiguous(word: str) -> None:
    assert Lexicon("inheritance", Names(default_base())).resolve(word).outcome == "broad"


@pytest.mark.parametrize(
    ("word", "muscle", "side"),
    [
        # L is that of longus or of lateralis.
        ("extensor digitorum L", None, None),
        ("gastrocnemius L.", None, None),
        ("deltoid L", "UBERON:0001476", "side:left"),
        ("extensor digitorum left", "UBERON:0007612", "side:left"),
        ("deltoïde D.", "UBERON:0001476", "side:right"),
    ],
)
def test_a_letter_is_a_side_only_where_it_begins_no_name_of_a_muscle(
    word: str, muscle: str | None, side: str | None
) -> None:
    names = Names(default_base())
    read = Muscles(Lexicon("muscles", names), Lexicon("sides", names)).read(word)
    assert (read.match.identifier, read.side) == (muscle, side)
    assert muscle or read.match.outcome == "ambiguous"


def test_a_real_photograph_takes_nothing_from_a_made_up_row(records: Records) -> None:
    rows = [
        {"image_id": "s1", "individual_id": "P1", "synthetic": "no"},
        {"image_id": "s2", "individual_id": "P1", "gene": "DMD", "synthetic": "yes"},
        {"image_id": "s3", "individual_id": "P2", "gene": "DMD", "synthetic": "yes"},
    ]
    report = build([records(*rows)], SETTINGS, data=None)
    assert names_of(report).count("individual-real-and-synthetic") == 2
    assert report.images == 1


@pytest.mark.parametrize("identifier", [".", "..", "-", "___"])
def test_an_identifier_has_a_letter_or_digit(records: Records, identifier: str) -> None:
    report = build([records({"image_id": identifier}, {"image_id": "right"})], SETTINGS, data=None)
    assert report.images == 1


def test_an_unknown_gene_is_the_only_cause_told_of_its_row(records: Records) -> None:
    row = {"image_id": "a", "gene": "QQQQ", "variants": "c.1A>G", "disease": "myasthénie"}
    told = names_of(build([records(row)], SETTINGS, data=None))
    assert "gene-unknown" in told
    assert not {"variant-gene-missing", "disease-broad", "image-gene-missing", "image-disease-missing"} & set(told)


def test_the_separator_line_of_spreadsheets_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("sep=;\nimage_id;gene\na;BIN1\n", encoding="utf-8")
    report = build([path], SETTINGS, data=None)
    assert report.images == 1


def test_a_fault_of_an_absent_column_leaves_out_every_row_that_has_it(records: Records) -> None:
    rows = [{"image_id": f"v{n}", "variants": f"c.{n + 1}A>G"} for n in range(3)]
    report = build([records({"image_id": "right", "variants": ""}, *rows)], SETTINGS, data=None)
    assert (report.images, report.rejected) == (1, 3)


def test_rows_that_contradict_each_other_say_what_the_others_say(records: Records) -> None:
    rows = [{"image_id": f"s{n}", "individual_id": "P1", "sex": sex} for n, sex in enumerate(("F", "M"))]
    report = build([records(*rows)], SETTINGS, data=None)
    told = [problem for problem in report.problems if problem.name == "individual-one-sex"]
    assert [problem.row for problem in told] == [2, 3]
    assert all(":2 “F”" in (p.suggestion or "") and ":3 “M”" in (p.suggestion or "") for p in told)
