"""The three photographs of VLM 199: what is linked, what is told, and that nothing is invented."""

import hashlib

import pytest

from tests.conftest import Run
from tests.etl.built import HOUSE, NAMES, Built, image, node

EXAMPLE = HOUSE / "examples" / "vlm-199.csv"

LINKS = {
    "VLM-199-1": {
        "ma:gene": "HGNC:11117",
        "ma:disease": "ORPHA:70",
        "ma:muscle": "UBERON:0001377",
        "ma:species": "NCBITaxon:9606",
        "ma:age": "P14Y",
        "ma:ageYears": "14",
        "ma:family": "family:spinal-muscular-atrophies-and-motoneuron-diseases",
    },
    "VLM-199-2": {
        "ma:gene": "HGNC:1052",
        "ma:disease": "ORPHA:595",
        "ma:muscle": "UBERON:0001476",
        "ma:species": "NCBITaxon:9606",
        "ma:sex": "NCIT:C20197",
        "ma:age": "P36Y",
        "ma:ageYears": "36",
        "ma:family": "family:congenital-myopathies",
    },
    "VLM-199-3": {
        "ma:gene": "HGNC:4241",
        "ma:disease": "ORPHA:590",
        "ma:muscle": "UBERON:0001476",
        "ma:species": "NCBITaxon:9606",
        "ma:age": "P9Y",
        "ma:ageYears": "9",
        "ma:structure": "GO:0031594",
        "ma:technique": "FBbi:00000256",
        "ma:family": "family:congenital-myasthenic-syndromes",
    },
}

NOT_GIVEN = {
    "VLM-199-1": (
        "ma:sex",
        "ma:stain",
        "ma:technique",
        "ma:structure",
        "ma:variant",
        "ma:inheritance",
        "ma:status",
    ),
    "VLM-199-2": ("ma:stain", "ma:technique", "ma:structure", "ma:variant", "ma:inheritance", "ma:status"),
    "VLM-199-3": ("ma:sex", "ma:stain", "ma:variant", "ma:inheritance", "ma:status", "ma:finding"),
}


@pytest.fixture(scope="module")
def example(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Built:
    data = tmp_path_factory.mktemp("example")
    return Built(run("build", EXAMPLE, "--data", data, "--json"), data)


def linked(value: str) -> str:
    return NAMES.expand(value) if ":" in value else value


def test_the_example_builds_without_violation_or_warning(example: Built) -> None:
    assert example.process.returncode == 0
    assert (example.report["images"], example.report["rejected"]) == (3, 0)
    assert {problem["severity"] for problem in example.told()} == {"info"}


@pytest.mark.parametrize(
    ("identifier", "predicate", "value"),
    [(identifier, *link) for identifier, links in LINKS.items() for link in links.items()],
)
def test_each_photograph_has_exactly_the_link(example: Built, identifier: str, predicate: str, value: str) -> None:
    assert example.values(image(identifier), predicate) == {linked(value)}


@pytest.mark.parametrize(
    ("identifier", "predicate"),
    [(identifier, predicate) for identifier, predicates in NOT_GIVEN.items() for predicate in predicates],
)
def test_what_the_source_does_not_say_is_not_invented(example: Built, identifier: str, predicate: str) -> None:
    assert example.values(image(identifier), predicate) == set()


def test_the_iris_are_those_that_others_use(example: Built) -> None:
    gene, disease = NAMES.expand("HGNC:1052"), NAMES.expand("ORPHA:595")
    assert gene == "http://identifiers.org/hgnc/1052"
    assert disease == "http://www.orpha.net/ORDO/Orphanet_595"
    assert NAMES.expand("UBERON:0001476") == "http://purl.obolibrary.org/obo/UBERON_0001476"
    assert NAMES.expand("GO:0031594") == "http://purl.obolibrary.org/obo/GO_0031594"
    assert f"<{NAMES.base}image/VLM-199-2> <{NAMES.expand('ma:gene')}> <{gene}>" in example.dump
    assert f"<{NAMES.base}image/VLM-199-2> <{NAMES.expand('ma:disease')}> <{disease}>" in example.dump


def test_the_findings_are_those_of_the_captions(example: Built) -> None:
    assert example.values(image("VLM-199-1"), "ma:finding") == {NAMES.expand("HP:0003557")}
    assert example.values(image("VLM-199-2"), "ma:finding") == {
        NAMES.expand("HP:0003687"),
        NAMES.expand("HP:0031237"),
    }


@pytest.mark.parametrize(
    ("row", "value", "narrower"),
    [
        (2, "amyotrophie spinale", ("ORPHA:83330", "ORPHA:83418", "ORPHA:83419", "ORPHA:83420")),
        (3, "myopathie centronucléaire", ("ORPHA:169186", "ORPHA:169189")),
        (4, "myasthénie", ("ORPHA:353327",)),
    ],
)
def test_narrower_diseases_that_fit_the_gene_are_told(
    example: Built, row: int, value: str, narrower: tuple[str, ...]
) -> None:
    [told] = [problem for problem in example.told(row=row) if problem["name"] == "diagnosis-narrower-disease"]
    assert (told["column"], told["value"], told["severity"]) == ("Maladie", value, "info")
    assert [code for code in narrower if f"({code})" in told["suggestion"]] == list(narrower)
    assert told["suggestion"].count("(ORPHA:") == len(narrower)


def test_what_the_source_leaves_open_is_said_once_for_each_photograph(example: Built) -> None:
    assert [problem["row"] for problem in example.named("image-not-stated")] == [2, 3, 4]
    assert NAMES.expand("ma:stain") in example.values(image("VLM-199-1"), "ma:notStated")
    assert NAMES.expand("ma:sex") not in example.values(image("VLM-199-2"), "ma:notStated")


def test_the_citation_stands_as_text_under_an_iri_of_our_own(example: Built) -> None:
    rows = example.ask(
        "SELECT DISTINCT ?publication ?text WHERE { ?image ma:publication ?publication ."
        " ?publication a ma:Publication ; dcterms:bibliographicCitation ?text }"
    )
    [(publication, text)] = rows
    assert text == "VLM n° 199, 4e trimestre 2021, p. 22"
    assert publication is not None
    assert publication.startswith(f"{NAMES.base}publication/")


def test_captions_are_french_and_written_as_in_the_source(example: Built) -> None:
    [quad] = example.store.quads_for_pattern(image("VLM-199-2"), node("schema:caption"), None, None)
    assert str(quad.object) == (
        "\"Deltoïde d'un homme de 36 ans atteint de myopathie centronucléaire, mutation dans BIN1 :"
        ' nombreux noyaux centralisés et internalisés."@fr'
    )


def test_individuals_are_inferred_and_said_to_be(example: Built) -> None:
    for identifier in LINKS:
        [(individual, inferred)] = example.ask(
            f"SELECT ?individual ?inferred WHERE {{ <{NAMES.base}image/{identifier}>"
            " obo:IAO_0000136/obo:RO_0001000 ?individual . ?individual ma:individualInferred ?inferred }"
        )
        assert (individual, inferred) == (f"{NAMES.base}individual/of.{identifier}", "true")


def test_the_report_in_the_release_counts_what_was_printed_and_repeats_none_of_it(example: Built) -> None:
    kept = example.release.read_report()
    for key in ("images", "rejected", "release", "privacy"):
        assert kept[key] == example.report[key]
    assert kept["summary"] == example.report["summary"]
    assert "problems" not in kept
    text = example.release.report.read_text(encoding="utf-8")
    assert EXAMPLE.name not in text
    assert kept["inputs"] == [{"sha256": hashlib.sha256(EXAMPLE.read_bytes()).hexdigest(), "rows": 3}]
