"""Words and values with a grammar: tables of examples, and what holds for any text at all."""

import re

import polars as pl
import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.describe import quads
from etl.folding import fold
from etl.resolve.ages import read_age
from etl.resolve.lexicon import Lexicon
from etl.resolve.publications import read_doi
from etl.resolve.variants import read_variant
from muscle_atlas.names import Names, default_base

# A loaded machine is no fault of the code.
settings.register_profile("values", deadline=None)
settings.load_profile("values")

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
"""Any text that a UTF-8 file can hold."""


# Words


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Deltoïde", "deltoide"),
        ("  deux   mots\u00a0ici ", "deux mots ici"),
        ("L’œil", "l'oeil"),
        ("FŒTUS", "foetus"),
        ("α–B", "α-b"),
        ("\u22123", "-3"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("e\u0301", "e"),
        ("ﬁbre", "fibre"),
    ],
)
def test_words_are_compared_without_case_accents_spaces_and_kinds_of_dashes(word: str, folded: str) -> None:
    assert fold(word) == folded


@given(TEXT)
@example("\u2033")  # double prime, which compatibility takes apart into two primes
@example("\u207b3")  # superscript minus, which it turns into a true minus
@example("\u01f0")
@example("İ")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXT)
def test_folding_leaves_no_space_outside_or_doubled(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())


@pytest.fixture(scope="module")
def genes() -> Lexicon:
    return Lexicon("genes", Names(default_base()))


@pytest.mark.parametrize(
    ("word", "outcome", "identifier"),
    [
        ("BIN1", "label", "HGNC:1052"),
        ("bin1", "label", "HGNC:1052"),
        ("HGNC:1052", "identifier", "HGNC:1052"),
        ("hgnc 1052", "identifier", "HGNC:1052"),
        ("HGNC:1052 BIN1", "identifier", "HGNC:1052"),
        ("http://identifiers.org/hgnc/1052", "identifier", "HGNC:1052"),
        ("https://identifiers.org/hgnc:1052", "identifier", "HGNC:1052"),
        ("BCD541", "ambiguous", None),
        ("BIN11", "unknown", None),
        ("HGNC:99999", "unknown", None),
        ("HGNC:", "unknown", None),
        ("https://example.org/", "unknown", None),
        ("", "unknown", None),
    ],
)
def test_words_of_genes_resolve(genes: Lexicon, word: str, outcome: str, identifier: str | None) -> None:
    match = genes.resolve(word)
    assert (match.outcome, match.identifier) == (outcome, identifier)


@given(text=TEXT)
@settings(max_examples=50)
@example(text="HGNC:1052:")
@example(text="::")
@example(text="a://b")
def test_no_word_breaks_a_lexicon_and_likeness_never_decides(genes: Lexicon, text: str) -> None:
    match = genes.resolve(text)
    assert (match.identifier is None) == (match.outcome in ("ambiguous", "broad", "unknown"))
    assert len(match.candidates) <= 5 or match.outcome != "unknown"


# Ages


def months(duration: str) -> int:
    """Return the months of a duration: P23M and P1Y11M are one."""
    if duration == "PT0S":
        return 0
    found = re.fullmatch(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", duration)
    assert found, duration
    return (-1 if found[1] else 1) * (12 * int(found[2] or 0) + int(found[3] or 0))


@pytest.mark.parametrize(
    ("text", "duration", "years"),
    [
        ("14", "P14Y", 14.0),
        ("14 ans", "P14Y", 14.0),
        ("14 ANS", "P14Y", 14.0),
        ("14\u00a0ans", "P14Y", 14.0),
        ("14ans", "P14Y", 14.0),
        ("14 years", "P14Y", 14.0),
        ("14 y", "P14Y", 14.0),
        ("14 yrs", "P14Y", 14.0),
        ("14-year-old", "P14Y", 14.0),
        ("14 years old", "P14Y", 14.0),
        ("P14Y", "P14Y", 14.0),
        ("p14y", "P14Y", 14.0),
        ("P14Y6M", "P14Y", 14.0),
        ("14,5", "P14Y", 14.0),
        ("14.5 ans", "P14Y", 14.0),
        ("2 ans", "P2Y", 2.0),
        ("2 ans et demi", "P2Y", 2.0),
        ("2 ans et 6 mois", "P2Y", 2.0),
        ("2 years, 6 months", "P2Y", 2.0),
        ("24 mois", "P2Y", 2.0),
        ("23 mois", "P23M", 1.9167),
        ("1 an", "P12M", 1.0),
        ("1 an et demi", "P18M", 1.5),
        ("1.5", "P18M", 1.5),
        ("9 mois", "P9M", 0.75),
        ("9 months", "P9M", 0.75),
        ("9-month-old", "P9M", 0.75),
        ("P9M", "P9M", 0.75),
        ("3 semaines", "PT0S", 0.0),
        ("8 weeks", "P1M", 0.0833),
        ("0", "PT0S", 0.0),
        ("-3", "-P3Y", -3.0),
        ("\u22123", "-P3Y", -3.0),
        ("-P3Y", "-P3Y", -3.0),
        ("450", "P450Y", 450.0),
    ],
)
def test_ages_of_people_are_read_and_cut_to_the_published_precision(text: str, duration: str, years: float) -> None:
    age = read_age(text, animal=False)
    assert age is not None
    assert age.duration is not None
    assert (months(age.duration), age.years, age.gestational_weeks) == (months(duration), years, None)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("8 semaines", "P56D"),
        ("8 weeks", "P56D"),
        ("8-week-old", "P56D"),
        ("P8W", "P56D"),
        ("56 jours", "P56D"),
        ("59 jours", "P56D"),
        ("2 mois", "P56D"),
        ("3 ans", "P1092D"),
    ],
)
def test_ages_of_animals_are_cut_to_weeks(text: str, duration: str) -> None:
    age = read_age(text, animal=True)
    assert age is not None
    assert age.duration == duration


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("30 SA", 30),
        ("30 sa", 30),
        ("fœtus 30 SA", 30),
        ("Foetus, 30 SA", 30),
        ("fetus 30 weeks", 30),
        ("30 weeks of gestation", 30),
        ("30 semaines d'aménorrhée", 30),
        ("30 semaines d’aménorrhée", 30),
    ],
)
def test_ages_before_birth_are_weeks_of_gestation(text: str, weeks: int) -> None:
    age = read_age(text, animal=False)
    assert age is not None
    assert (age.gestational_weeks, age.duration, age.years) == (weeks, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "jeune",
        "adult",
        "14 15",
        "14 zorglubs",
        "P",
        "PT5H",
        "1e3",
        "14 ans 15 ans",
        "inf",
        "NaN",
        "--3",
        "1234567",
        "fœtus",
        "14 ans?",
        "entre 14 et 15 ans",
        "2021-03-04",
    ],
)
def test_what_is_no_age_is_not_read_as_one(text: str) -> None:
    assert read_age(text, animal=False) is None


def test_number_alone_is_no_age_of_an_animal() -> None:
    assert read_age("8", animal=True) is None


@pytest.mark.parametrize("animal", [False, True])
@pytest.mark.parametrize("text", ["-3 jours", "-1 semaine", "-0,01 an", "-P3D"])
def test_age_a_little_below_zero_does_not_become_the_age_of_a_newborn(text: str, *, animal: bool) -> None:
    age = read_age(text, animal=animal)
    assert age is None or age.years is None or age.years < 0


@given(text=TEXT, animal=st.booleans())
@example(text="٣ ans", animal=False)
@example(text="²", animal=False)
@example(text="999999.999999 ans 999999 mois", animal=False)
def test_no_text_breaks_the_reading_of_ages(text: str, *, animal: bool) -> None:
    age = read_age(text, animal=animal)
    assert age is None or (age.duration is None) == (age.gestational_weeks is not None)


UNITS = st.sampled_from(["ans", "years", "mois", "months", "semaines", "weeks", "jours", "days", "y", "m"])


@given(number=st.decimals(0, 2000, places=2), unit=UNITS, animal=st.booleans())
def test_published_age_reads_as_itself_and_never_exceeds_what_was_told(
    number: object, unit: str, *, animal: bool
) -> None:
    age = read_age(f"{number} {unit}", animal=animal)
    assert age is not None
    assert age.duration is not None
    assert age.years is not None
    assert age.told_years is not None
    assert age.years <= age.told_years + 1e-4
    again = read_age(age.duration, animal=animal)
    assert again is not None
    assert (again.duration, again.years) == (age.duration, age.years)


# DOIs


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1051/myolog/202123005", "10.1051/myolog/202123005"),
        ("10.1051/MYOLOG/202123005", "10.1051/myolog/202123005"),
        ("doi:10.1051/myolog/202123005", "10.1051/myolog/202123005"),
        ("DOI 10.1051/myolog/202123005", "10.1051/myolog/202123005"),
        ("https://doi.org/10.1051/myolog/202123005", "10.1051/myolog/202123005"),
        ("http://dx.doi.org/10.1051/myolog/202123005.", "10.1051/myolog/202123005"),
        ("https://doi.org/10.1002/(SICI)1097%3C1::AID%3E3.0", "10.1002/(sici)1097<1::aid>3.0"),
        ("11.1051/x", None),
        ("10.1/x", None),
        ("10.1051/", None),
        ("10.1051", None),
        ("10.1051/a b", None),
        ("10.1051/a\n.", None),
        ("VLM n° 199", None),
        ("", None),
    ],
)
def test_dois_are_read_in_any_spelling(text: str, doi: str | None) -> None:
    assert read_doi(text) == doi


@given(TEXT)
def test_no_text_breaks_the_reading_of_dois(text: str) -> None:
    doi = read_doi(text)
    assert doi is None or doi.startswith("10.")


@given(TEXT.map(lambda text: f"10.1051/{text}"))
@example("10.1051/a\n.")
def test_doi_reads_as_itself_and_holds_no_space(text: str) -> None:
    doi = read_doi(text)
    assert doi is None or (read_doi(doi) == doi and doi.split() == [doi])


# Variants


@pytest.mark.parametrize(
    ("text", "gene", "hgvs"),
    [
        ("c.14582G>A", None, "c.14582G>A"),
        ("RYR1:c.14582G>A", "RYR1", "c.14582G>A"),
        ("RYR1: c.14582G>A", "RYR1", "c.14582G>A"),
        ("RYR1 c.14582G>A", "RYR1", "c.14582G>A"),
        ("NM_000540.3:c.14582G>A", None, "NM_000540.3:c.14582G>A"),
        ("NM_000540.3(RYR1):c.14582G>A", None, "NM_000540.3(RYR1):c.14582G>A"),
        (" c.14582 G → A ", None, "c.14582G>A"),
        ("c.14582G->A", None, "c.14582G>A"),
        ("c.14582G\uff1eA", None, "c.14582G>A"),
        ("p.Arg4861His", None, "p.Arg4861His"),
        ("NKX2-5:c.73C>T", "NKX2-5", "c.73C>T"),
        ("", None, ""),
    ],
)
def test_variants_are_read_with_the_gene_they_name(text: str, gene: str | None, hgvs: str) -> None:
    variant = read_variant(text)
    assert (variant.gene, variant.written) == (gene, hgvs)
    assert variant.hgvs == (hgvs or None)


@given(TEXT)
def test_no_text_breaks_the_reading_of_variants_and_names_hold_no_space(text: str) -> None:
    variant = read_variant(text)
    assert variant.hgvs is None or variant.hgvs == "".join(variant.hgvs.split())
    assert variant.hgvs is None or variant.description is None


@given(st.from_regex(r"\A([A-Z][A-Z0-9]{1,6}:)?[cgmno]\.[0-9]{1,5}[ACGT](>|→)[ACGT]\Z"))
def test_normalised_variant_reads_as_itself(text: str) -> None:
    variant = read_variant(text)
    assert variant.hgvs is not None
    assert read_variant(variant.hgvs).hgvs == variant.hgvs
    named = read_variant(f"{variant.gene}:{variant.hgvs}" if variant.gene else variant.hgvs)
    assert (named.gene, named.hgvs) == (variant.gene, variant.hgvs)


# Literals


@given(st.lists(TEXT, min_size=1))
@example(["\\", '"', "\\u0041", "\\n", "\r\n", "\t", "\u2028", "\x7f", "\x0b", "\ufffe", "🔬"])
def test_any_text_survives_the_way_through_n_quads(texts: list[str]) -> None:
    written = pl.DataFrame({"text": texts}).select(
        quads.literal("text").alias("plain"),
        quads.literal("text", language="fr").alias("tagged"),
        quads.literal("text", datatype="x:type").alias("typed"),
    )
    for column in written.columns:
        lines = "".join(f"<x:{place}> <x:p> {literal} <x:g> .\n" for place, literal in enumerate(written[column]))
        parsed = {
            quad.subject.value: quad.object
            for quad in ox.parse(lines.encode(), format=ox.RdfFormat.N_QUADS)
            if isinstance(quad.subject, ox.NamedNode)
        }
        found = [parsed[f"x:{place}"] for place in range(len(texts))]
        assert [term.value for term in found if isinstance(term, ox.Literal)] == texts


def test_empty_cells_make_no_literal() -> None:
    written = pl.DataFrame({"text": ["a", None]}).select(
        quads.literal("text").alias("literal"), quads.iri("text").alias("iri")
    )
    assert written["literal"].to_list() == ['"a"', None]
    assert written["iri"].to_list() == ["<a>", None]
