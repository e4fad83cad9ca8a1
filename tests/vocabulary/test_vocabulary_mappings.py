"""Words stand for terms in use, each pair once, in valid SSSOM, and a person or the house answers for each."""

import json
from pathlib import Path
from typing import Any

import pytest

from muscle_atlas.curating import tell
from muscle_atlas.folding import fold
from muscle_atlas.names import Names, default_base
from muscle_atlas.report import Printer
from muscle_atlas.terms.curation.flaws import BY_PERSON
from muscle_atlas.terms.curation.integrity import check
from muscle_atlas.terms.curation.mappings import Mappings
from tests.vocabulary.committed import (
    BELIEVED,
    HOUSE,
    MAPPINGS,
    expand,
    header_lines,
    rows,
    told,
)

BEFORE_AUTHORS = {
    *("diseases-broad", "diseases-curated", "families", "findings-curated", "inheritance", "licences", "muscles"),
    *(
        "muscles-broad",
        "muscles-curated",
        "muscles-french",
        "muscles-french-older",
        "muscles-none",
        "sections",
        "sexes",
    ),
    *("sides", "species", "stains", "statuses", "structures", "techniques", "zygosities"),
    *("disbelieved/findings", "disbelieved/muscles", "disbelieved/stains", "unsure/diseases"),
}
"""Tables that the house as a whole answers for (``creator_label``); who decides from now on is named by ORCID."""
SHARE_ALIKE = {"muscles-french"}


def name_of(path: Path) -> str:
    return path.relative_to(HOUSE / "mappings").as_posix().removesuffix(".sssom.tsv")


sets = pytest.mark.parametrize("path", MAPPINGS, ids=name_of)


@pytest.fixture(scope="session")
def schema(shared: Path) -> dict[str, Any]:
    """The JSON schema of an SSSOM mapping set."""
    found = shared / "suites" / "sssom" / "project" / "jsonschema" / "sssom_schema.schema.json"
    whole: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))
    return {"$schema": whole["$schema"], "$defs": whole["$defs"], "$ref": "#/$defs/MappingSet"}


def heading(path: Path) -> dict[str, Any]:
    """The YAML heading, every value as text."""
    yaml = pytest.importorskip("yaml", reason="uv sync installs pyyaml")
    found: dict[str, Any] = yaml.load("\n".join(header_lines(path)), Loader=yaml.BaseLoader)
    return found


@sets
def test_mapping_set_is_valid_sssom(path: Path, schema: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="uv sync installs jsonschema")
    mappings = [
        {
            column: cell
            for column, cell in row.cells.items()
            if cell and column not in ("object_match_field", "confidence")
        }
        | {"object_match_field": row.several("object_match_field")}
        | ({"confidence": float(row["confidence"])} if row.cells.get("confidence") else {})
        for row in rows(path)
    ]
    faults = jsonschema.Draft202012Validator(schema).iter_errors({**heading(path), "mappings": mappings})
    assert not (problems := [f"{path.name}: {fault.json_path} {fault.message[:200]}" for fault in faults]), told(
        problems
    )


@sets
def test_heading_says_source_version_licence_and_that_subjects_are_words(path: Path) -> None:
    found = heading(path)
    assert found["mapping_set_id"] == expand(f"atlas:mappings/{name_of(path)}")
    assert found["subject_type"] == "rdfs literal"
    for key in (
        "mapping_set_title",
        "mapping_set_version",
        "license",
        "object_source",
        "object_source_version",
    ):
        assert found.get(key), f"{path.name}: {key} is missing from the heading"


def test_nothing_is_wrong_in_our_tables() -> None:
    found = check(Mappings(), Names(default_base()), None)
    assert {placed.place.path for placed in found.tables} == set(MAPPINGS)
    problems = [tell(flaw, Printer("en")) for flaw in found.flaws]
    assert not problems, told(problems)
    assert not found.undecided


@sets
def test_who_decided_is_named_but_in_tables_of_the_house(path: Path) -> None:
    decided = any(row["mapping_justification"] in BY_PERSON for row in rows(path))
    named = "author_id" in rows(path)[0].cells
    assert (decided and not named) == (name_of(path) in BEFORE_AUTHORS), (
        f"{name_of(path)}: new decisions name who decided, in the column author_id (orcid:…)"
    )


def test_only_what_rests_on_z_anatomy_carries_its_licence() -> None:
    found = {name_of(path) for path in MAPPINGS if "by-sa" in heading(path)["license"]}
    assert found == SHARE_ALIKE


@pytest.mark.parametrize(
    ("kind", "word", "curie"),
    [
        ("genes", "SMN1", "HGNC:11117"),
        ("genes", "BIN1", "HGNC:1052"),
        ("genes", "GFPT1", "HGNC:4241"),
        ("genes", "C9ORF72", "HGNC:28337"),
        ("muscles", "deltoïde", "UBERON:0001476"),
        ("muscles", "quadriceps", "UBERON:0001377"),
        ("muscles", "vaste externe", "UBERON:0001379"),
        ("diseases", "myopathie centronucléaire", "ORPHA:595"),
        ("diseases", "LGMD2D", "ORPHA:62"),
        ("diseases", "glycogénose de type II", "ORPHA:365"),
        ("diseases", "déficit en maltase acide", "ORPHA:365"),
        ("diseases", "glycogen storage disease V", "ORPHA:368"),
        ("diseases", "myopathie à agrégats tubulaires", "ORPHA:2593"),
        ("diseases", "Werdnig-Hoffmann", "ORPHA:83330"),
        ("diseases", "Dystrophie musculaire des ceintures autosomique récessive type 2D", "ORPHA:62"),
        ("stains", "trichrome de Gömöri", "stain:MGT"),
        ("stains", "ATPase pH 9,4", "stain:ATP94"),
        ("findings", "noyaux centralisés", "HP:0003687"),
        ("findings", "noyaux internalisés", "HP:0031237"),
        ("findings", "groupement de types", "HP:0033685"),
        ("findings", "fibres anguleuses", "HP:0034045"),
        ("findings", "surcharge lipidique", "HP:0009058"),
        ("stains", "coupes semi-fines", "stain:TB"),
        ("stains", "ATPase 4,63", "stain:ATP46"),
        ("families", "1 Muscular dystrophies", "family:muscular-dystrophies"),
        ("techniques", "microscopie électronique", "FBbi:00000256"),
        ("structures", "plaque motrice", "GO:0031594"),
        ("species", "souris", "NCBITaxon:10090"),
        ("sexes", "F", "NCIT:C16576"),
        ("statuses", "porteuse", "status:carrier"),
        ("sides", "D", "side:right"),
        ("inheritance", "AR", "HP:0000007"),
        ("families", "Myopathies congénitales", "family:congenital-myopathies"),
        ("licences", "CC BY 4.0", "cc:licenses/by/4.0/"),
    ],
)
def test_word_stands_for(kind: str, word: str, curie: str) -> None:
    found = [
        row["object_id"]
        for path in BELIEVED
        if path.name.partition(".")[0].partition("-")[0] == kind
        for row in rows(path)
        if fold(row["subject_label"]) == fold(word)
    ]
    assert found == [curie]


def test_symbol_that_two_genes_bear_is_seen_as_such() -> None:
    genes = next(path for path in BELIEVED if path.name == "genes.sssom.tsv")
    taz = {row["object_label"] for row in rows(genes) if row["subject_label"] == "TAZ"}
    assert taz == {"TAFAZZIN", "WWTR1"}


@pytest.mark.parametrize("word", ["amyotrophie spinale", "spinal muscular atrophy", "myasthénie", "myasthenia"])
def test_broad_word_alone_is_undecided(word: str) -> None:
    broad = next(path for path in BELIEVED if path.name == "diseases-broad.sssom.tsv")
    found = {row["object_id"] for row in rows(broad) if row["subject_label"] == word}
    assert len(found) > 1
    assert found & {"ORPHA:70", "ORPHA:589"}
