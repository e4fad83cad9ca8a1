"""Words and values with a grammar: tables of examples, and what holds for any text at all."""

import re
from datetime import date

import polars as pl
import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.describe import quads
from etl.read.cells import mask
from etl.resolve.values.ages import fault_of_age, read_age
from etl.resolve.values.publications import find_publications, read_doi, read_publication, split_publications
from etl.resolve.values.scale import read_magnification, read_pixel_size
from etl.resolve.values.variants import read_variant
from muscle_atlas.folding import fold
from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.words.lexicon import SEARCHED, Lexicon
from muscle_atlas.terms.words.muscles import Muscles

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
        ("HGNC1052", "identifier", "HGNC:1052"),
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


@pytest.mark.parametrize(
    ("word", "identifier"),
    [
        ("Myopathie à cores centraux", "ORPHA:597"),
        ("Glycogénose de type II", "ORPHA:365"),
        ("Glycogénose V", "ORPHA:368"),
        ("Amyotrophie spinale de type 1", "ORPHA:83330"),
        ("Myasthénie congénitale", "ORPHA:590"),
        ("Myopathie à agrégats tubulaires", "ORPHA:2593"),
    ],
)
def test_french_names_of_diseases_that_laboratories_write_are_known(word: str, identifier: str) -> None:
    assert Lexicon("diseases", Names(default_base())).resolve(word).identifier == identifier


def test_likenesses_are_looked_for_as_long_as_unknown_words_may_be_slips() -> None:
    lexicon = Lexicon("diseases", Names(default_base()))
    found = [lexicon.resolve(f"Myopathie de Duchene {number}").candidates for number in range(SEARCHED + 2)]
    assert [bool(candidates) for candidates in found] == [True] * SEARCHED + [False] * 2
    assert lexicon.resolve("Duchenne").identifier == "ORPHA:98896"


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
        ("14 y.o.", "P14Y", 14.0),
        ("2 ans 1/2", "P2Y", 2.0),
        ("1 an ½", "P18M", 1.5),
        ("1 an et 1/2", "P18M", 1.5),
        ("J3", "PT0S", 0.0),
        ("j 45", "P1M", 0.0833),
        ("14-year-old", "P14Y", 14.0),
        ("14 y/o", "P14Y", 14.0),
        ("14 y.o.", "P14Y", 14.0),
        ("7 ans ½", "P7Y", 7.0),
        ("1 an 1/2", "P18M", 1.5),
        ("un an", "P12M", 1.0),
        ("5 mths", "P5M", 0.4167),
        ("J15", "PT0S", 0.0),
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
        ("P21", "P21D"),
        ("PND 21", "P21D"),
        ("J15", "P14D"),
        ("56 jours", "P56D"),
        ("59 jours", "P56D"),
        ("2 mois", "P56D"),
        ("3 ans", "P1092D"),
        ("P56", "P56D"),
        ("P 21", "P21D"),
        ("J21", "P21D"),
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
        ("fœtus de 30 SA", 30),
        ("24 SA + 3 j", 24),
        ("24 SA+3", 24),
        ("24+3 SA", 24),
        ("fetus 30 weeks", 30),
        ("30 weeks of gestation", 30),
        ("30 semaines d'aménorrhée", 30),
        ("30 semaines d’aménorrhée", 30),
        ("30 SA + 4 j", 30),
        ("30SA+4", 30),
        ("30 SA 4 j", 30),
        ("30+4 SA", 30),
        ("30 SA et 4 jours", 30),
        ("fœtus de 30 SA", 30),
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
        "9-12 mois",
        "6-8 semaines",
        "2-6 mois",
        "14 6 mois",
        "14+3",
        "14 ans + 4 j",
        "30 SA + 9 j",
        "P14",
        "J",
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


@pytest.mark.parametrize(
    ("text", "duration", "approximate"),
    [
        ("nouveau-né", "PT0S", False),
        ("Naissance", "PT0S", False),
        ("newborn", "PT0S", False),
        ("environ 40 ans", "P40Y", True),
        ("40 ans environ", "P40Y", True),
        ("~40", "P40Y", True),
        ("ca. 40", "P40Y", True),
        ("14 1/2 ans", "P14Y", False),
        ("14½", "P14Y", False),
        ("½ an", "P6M", False),
        ("2a6m", "P2Y", False),
        ("2 a 6 m", "P2Y", False),
        ("fœtus (30 SA)", None, False),
    ],
)
def test_ages_in_words_and_about_are_read(text: str, duration: str | None, *, approximate: bool) -> None:
    age = read_age(text, animal=False)
    assert age is not None
    assert (age.duration, age.approximate) == (duration, approximate)
    assert fault_of_age(text, animal=False) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("jeune", "age-unreadable"),
        ("> 60 ans", "age-inexact"),
        ("plus de 60 ans", "age-inexact"),
        ("entre 14 et 15 ans", "age-inexact"),
        ("40-45 ans", "age-inexact"),
        ("9-12 mois", "age-inexact"),
        ("9 à 12 mois", "age-inexact"),
        ("9À11 mois", "age-inexact"),
        ("9 a 11 mois", "age-inexact"),
        ("2 à 3 ans", "age-inexact"),
        ("12/03/1995", "age-is-date"),
        ("12/03/95", "age-is-date"),
        ("12 mars 1995", "age-is-date"),
        ("19950312", "age-is-date"),
        ("120395", "age-is-date"),
        ("12 03 95", "age-is-date"),
        ("12 mars 95 (14 ans)", "age-is-date"),
        ("14 ans, née le 3 mai", "age-is-date"),
        ("né en 95", "age-is-date"),
        ("née 03-95", "age-is-date"),
        ("DDN : 12 mars", "age-is-date"),
        ("March 12, 1995", "age-is-date"),
        ("03/1995", "age-is-date"),
        ("mars 1995", "age-is-date"),
        ("1995", "age-is-date"),
        ("2020-05-03 00:00:00", "age-is-date"),
        ("34751", "age-is-date"),
        ("né le 12/03/1995", "age-is-date"),
        ("DDN : 12.03.1995", "age-is-date"),
        ("born in 1995", "age-is-date"),
        ("1995-02-29", "age-is-impossible-date"),
        ("31/02/1995", "age-is-impossible-date"),
        ("14", None),
        ("450", None),
    ],
)
def test_what_is_wrong_with_an_age_is_told_apart(text: str, fault: str | None) -> None:
    assert fault_of_age(text, animal=False) == fault


@pytest.mark.parametrize("text", ["6-8 semaines", "8-10w", "8–10 weeks"])
def test_range_of_ages_of_an_animal_is_told_as_a_range(text: str) -> None:
    assert fault_of_age(text, animal=True) == "age-inexact"


def test_age_of_an_animal_without_unit_is_told_as_that() -> None:
    assert fault_of_age("8", animal=True) == "age-without-unit"
    assert fault_of_age("8 semaines", animal=True) is None


@given(st.dates())
def test_no_digit_of_a_date_is_left_when_it_is_masked(day: date) -> None:
    for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"né le {day:%d.%m.%Y}"):
        assert fault_of_age(text, animal=False) == "age-is-date"
        assert not any(sign.isalnum() for sign in mask(text))


@given(TEXT)
def test_every_text_is_an_age_or_has_a_fault(text: str) -> None:
    assert fault_of_age(text, animal=False) is not None or read_age(text, animal=False) is not None


# Scale


@pytest.mark.parametrize(
    ("text", "times"),
    [
        *((text, 400.0) for text in ("400", "×400", "x 400", "400x", "400 X", "X400", "G x 400")),
        *((text, 12000.0) for text in ("12 000", "12\u202f000", "12,000", "12.000", "12k", "x 12 000")),
        ("2,5", 2.5),
        ("0", 0.0),
        ("-40", -40.0),
        ("fort", None),
        ("", None),
        ("1e3", None),
    ],
)
def test_magnifications_are_read(text: str, times: float | None) -> None:
    assert read_magnification(text) == times


@pytest.mark.parametrize(
    ("text", "micrometres"),
    [
        *((text, 0.25) for text in ("0,25", "0.25 µm", "0.25 \u03bcm", "0.25 um/px", "0.25µm/pixel", "250 nm")),
        ("0.25 microns par pixel", 0.25),
        ("0,3 nm", 0.0003),
        ("0", 0.0),
        ("0.25 inches", None),
        ("petit", None),
    ],
)
def test_sides_of_pixels_are_read_in_micrometres(text: str, micrometres: float | None) -> None:
    assert read_pixel_size(text) == micrometres


@given(TEXT)
def test_no_text_breaks_the_reading_of_scales(text: str) -> None:
    assert read_magnification(text) is None or float(read_magnification(text) or 0) < 1e11
    assert read_pixel_size(text) is None or float(read_pixel_size(text) or 0) < 1e11


# Identifiers of other vocabularies


@pytest.fixture(scope="module")
def diseases() -> Lexicon:
    return Lexicon("diseases", Names(default_base()))


@pytest.mark.parametrize(
    "word",
    [
        "ORPHA:597",
        "ORPHA-597",
        "ORPHA n° 597",
        "ORPHAcode : 597",
        "code ORPHA 597",
        "https://www.orpha.net/fr/disease/detail/597",
        "MONDO:0007294",
        "http://purl.obolibrary.org/obo/MONDO_0007294",
        "OMIM:117000",
        "MIM #117000",
        "#117000",
        "https://www.omim.org/entry/117000",
        "OMIM #117000 central core disease",
    ],
)
def test_diseases_are_read_by_identifiers_that_orphanet_and_mondo_call_the_same(diseases: Lexicon, word: str) -> None:
    match = diseases.resolve(word)
    assert match.outcome in ("identifier", "cross-reference")
    assert match.identifier == "ORPHA:597"


def test_identifier_of_two_diseases_is_left_to_the_curator(diseases: Lexicon) -> None:
    match = diseases.resolve("MONDO:0012215")
    assert match.outcome == "ambiguous"
    assert {one.identifier for one in match.candidates} == {"ORPHA:268129", "ORPHA:98911"}


def test_identifier_that_is_nearly_the_same_yields_candidates_and_never_decides(diseases: Lexicon) -> None:
    match = diseases.resolve("OMIM:256030")
    assert (match.outcome, match.identifier) == ("ambiguous", None)
    assert "ORPHA:171436" in {one.identifier for one in match.candidates}


def test_identifier_beside_the_name_of_another_disease_is_contradictory(diseases: Lexicon) -> None:
    assert diseases.resolve("OMIM:117000 Nemaline myopathy").outcome == "contradictory"


def test_muscles_are_read_by_their_number_in_fma() -> None:
    muscles = Lexicon("muscles", Names(default_base()))
    assert muscles.resolve("FMA:32521").identifier == "UBERON:0001476"


# Muscles


@pytest.fixture(scope="module")
def muscles() -> Muscles:
    names = Names(default_base())
    return Muscles(Lexicon("muscles", names), Lexicon("sides", names))


@pytest.mark.parametrize(
    ("word", "muscle", "side"),
    [
        ("deltoïdes", "UBERON:0001476", None),
        ("deltoïde droit", "UBERON:0001476", "side:right"),
        ("vaste latéral gauche", "UBERON:0001379", "side:left"),
        ("left deltoid", "UBERON:0001476", "side:left"),
        ("deltoid (L)", "UBERON:0001476", "side:left"),
        ("deltoïde G.", "UBERON:0001476", "side:left"),
        ("quadriceps fémoral, vaste latéral", "UBERON:0001379", None),
        ("quadriceps (vaste externe)", "UBERON:0001379", None),
        ("muscle vaste externe gauche", "UBERON:0001379", "side:left"),
        ("M. vaste externe", "UBERON:0001379", None),
        ("m. soleus", "UBERON:0001389", None),
        ("Biopsie du muscle deltoïde", "UBERON:0001476", None),
        ("muscle intercostal", "UBERON:0001111", None),
        ("biceps crural droit", "UBERON:0001374", "side:right"),
        ("deltoid, soleus", None, None),
        ("cuisse", None, None),
        ("cuisse gauche", None, "side:left"),
    ],
)
def test_muscles_are_read_with_their_side(muscles: Muscles, word: str, muscle: str | None, side: str | None) -> None:
    found = muscles.read(word)
    assert (found.match.identifier, found.side) == (muscle, side)


@pytest.mark.parametrize("word", ["foie", "Liver", "UBERON:0002107"])
def test_what_is_no_muscle_is_told_by_its_name(muscles: Muscles, word: str) -> None:
    assert str(muscles.read(word).other) == "liver (UBERON:0002107)"


# DOIs and numbers of PubMed


@pytest.mark.parametrize(
    ("text", "curie", "identifier"),
    [
        ("<https://doi.org/10.1051/ABC>", "doi:10.1051/abc", "10.1051/abc"),
        ("(doi: 10.1051/abc)", "doi:10.1051/abc", "10.1051/abc"),
        ("doi: https://doi.org/10.1051/abc.", "doi:10.1051/abc", "10.1051/abc"),
        ("https://www.doi.org/10.1051/abc", "doi:10.1051/abc", "10.1051/abc"),
        ("10.1002%2Fmus.1234", "doi:10.1002/mus.1234", "10.1002/mus.1234"),
        ("PMID: 12345678", "pubmed:12345678", "PMID:12345678"),
        ("pubmed:123", "pubmed:123", "PMID:123"),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/", "pubmed:12345678", "PMID:12345678"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/12345678", "pubmed:12345678", "PMID:12345678"),
        ("12345678", "pubmed:12345678", "PMID:12345678"),
        ("PMC1234567", "pmc:PMC1234567", "PMC1234567"),
        ("PMCID: PMC1234567", "pmc:PMC1234567", "PMC1234567"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/", "pmc:PMC1234567", "PMC1234567"),
        ("123", None, None),
        ("Romero 2010", None, None),
    ],
)
def test_publications_are_read_in_any_spelling(text: str, curie: str | None, identifier: str | None) -> None:
    found = read_publication(text, Names(default_base()))
    assert (found and found.curie, found and found.identifier) == (curie, identifier)


@pytest.mark.parametrize(
    ("citation", "curies"),
    [
        (
            "Romero NB. Nmd 2010;20:223 (doi: 10.1016/j.nmd.2010.01.014).",
            ["doi:10.1016/j.nmd.2010.01.014"],
        ),
        ("Romero NB, Nmd 2010. PMID: 12345678.", ["pubmed:12345678"]),
        ("Romero 2010 (doi:10.1016/a), Cadot 2021 (doi:10.1051/b).", ["doi:10.1016/a", "doi:10.1051/b"]),
        ("VLM n° 199", []),
    ],
)
def test_citations_give_every_publication_they_name(citation: str, curies: list[str]) -> None:
    assert [found.curie for found in find_publications(citation, Names(default_base()))] == curies


def test_semicolon_within_a_doi_separates_nothing() -> None:
    old = "10.1002/(SICI)1097-4598(199911)22:11<1538::AID-MUS9>3.0.CO;2-Y"
    assert split_publications(f"{old}; 10.1051/x;PMID: 123 ;12345678;") == [old, "10.1051/x", "PMID: 123", "12345678"]


@given(TEXT)
def test_no_text_breaks_the_reading_of_publications(text: str) -> None:
    names = Names(default_base())
    for found in (read_publication(text, names), *find_publications(text, names)):
        assert found is None or names.expand(found.curie)


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
        ("urn:doi:10.1051/myolog/202123005", "10.1051/myolog/202123005"),
        ("info:doi/10.1051/myolog/202123005", "10.1051/myolog/202123005"),
        ("11.1051/x", None),
        ("10.1/x", None),
        ("10.1051/", None),
        ("10.1051", None),
        ("10.1051/a b", None),
        ("10.1051/a\n.", None),
        ("VLM n° 199", None),
        ("", None),
        ("https://doi.org/doi:10.1002/mus.21386", "10.1002/mus.21386"),
        ("info:doi/10.1002/mus.21386", "10.1002/mus.21386"),
        ("urn:doi:10.1002/mus.21386", "10.1002/mus.21386"),
        ("https://onlinelibrary.wiley.com/doi/10.1002/mus.21386", "10.1002/mus.21386"),
        ("https://onlinelibrary.wiley.com/doi/full/10.1002/mus.21386", "10.1002/mus.21386"),
        ("https://example.org/10.1002/mus.21386", None),
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
        ("NM_000540.3(RYR1):c.14582G>A", "RYR1", "NM_000540.3:c.14582G>A"),
        (" c.14582 G → A ", None, "c.14582G>A"),
        ("c.14582G->A", None, "c.14582G>A"),
        ("c.14582G\uff1eA", None, "c.14582G>A"),
        ("c.100-200del", None, "c.100-200del"),
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


@given(st.from_regex(r"\A([A-Z][A-Z0-9]{1,6}:)?[cgmno]\.[1-9][0-9]{0,4}(A(>|→)[CGT]|[CGT](>|→)A)\Z"))
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
