"""Words stand for terms in use, each pair once, in valid SSSOM."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from muscle_atlas.folding import fold
from tests.vocabulary.committed import (
    MAPPINGS,
    Row,
    concepts,
    expand,
    fault_of_curie,
    header_lines,
    labels_in_use,
    prefixes,
    rows,
    told,
)

PREDICATES = {"skos:exactMatch", "skos:narrowMatch"}
TIERS = {"skos:prefLabel", "skos:altLabel", "skos:hiddenLabel"}
COLUMNS = [
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "object_match_field",
    "mapping_justification",
]
SHARE_ALIKE = {"muscles-french"}
sets = pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.name.removesuffix(".sssom.tsv"))


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
        {column: cell for column, cell in row.cells.items() if cell and column != "object_match_field"}
        | {"object_match_field": row.several("object_match_field")}
        for row in rows(path)
    ]
    faults = jsonschema.Draft202012Validator(schema).iter_errors({**heading(path), "mappings": mappings})
    assert not (problems := [f"{path.name}: {fault.json_path} {fault.message[:200]}" for fault in faults]), told(
        problems
    )


@sets
def test_heading_says_source_version_licence_and_that_subjects_are_words(path: Path) -> None:
    found = heading(path)
    name = path.name.removesuffix(".sssom.tsv")
    assert found["mapping_set_id"] == expand(f"atlas:mappings/{name}")
    assert found["subject_type"] == "rdfs literal"
    for key in (
        "mapping_set_title",
        "mapping_set_version",
        "license",
        "object_source",
        "object_source_version",
    ):
        assert found.get(key), f"{path.name}: {key} is missing from the heading"


@sets
def test_curie_map_repeats_the_prefix_map(path: Path) -> None:
    found = heading(path)["curie_map"]
    assert found == {prefix: prefixes()[prefix]["uri_prefix"] for prefix in found}
    used = {row[column].partition(":")[0] for row in rows(path) for column in ("object_id", "predicate_id")}
    assert used <= found.keys(), f"{path.name}: {sorted(used - found.keys())} missing from the curie_map"


@sets
def test_columns_stand_in_order(path: Path) -> None:
    columns = list(rows(path)[0].cells)
    assert columns in (COLUMNS, [*COLUMNS, "comment"])


@sets
def test_rows_are_sorted_by_word_and_object(path: Path) -> None:
    keys = [(row["subject_label"], row["object_id"]) for row in rows(path)]
    assert keys == sorted(keys), told([f"{path.name}: not sorted"])


@sets
def test_predicates_and_tiers_are_the_allowed_ones(path: Path) -> None:
    problems = [
        f"{row}: {row['predicate_id']} {row['object_match_field']}"
        for row in rows(path)
        if row["predicate_id"] not in PREDICATES or row["object_match_field"] not in TIERS
    ]
    assert not problems, told([*problems, f"allowed: {sorted(PREDICATES)} {sorted(TIERS)}"])


@sets
def test_words_are_not_empty_and_have_no_spare_spaces(path: Path) -> None:
    words = [(row, row["subject_label"]) for row in rows(path)]
    problems = [f"{row}: {word!r}" for row, word in words if not fold(word) or word != " ".join(word.split())]
    assert not problems, told(problems)


@sets
def test_objects_are_terms_in_use_under_their_label(path: Path) -> None:
    problems = []
    for row in rows(path):
        curie = row["object_id"]
        if fault := fault_of_curie(curie):
            problems.append(f"{row}: {curie}: {fault}")
        elif not curie.startswith("cc:"):
            label = labels_in_use().get(curie) or concepts().get(expand(curie))
            if label != row["object_label"]:
                problems.append(f"{row}: {curie} is {label!r}, not {row['object_label']!r}")
    assert not problems, told(problems)


def test_no_pair_of_word_and_object_stands_twice() -> None:
    places = defaultdict(list)
    for path in MAPPINGS:
        for row in rows(path):
            places[fold(row["subject_label"]), row["object_id"]].append(str(row))
    problems = [f"{word!r} -> {curie}: {found}" for (word, curie), found in places.items() if len(found) > 1]
    assert not problems, told(problems)


def test_broad_word_has_no_exact_row_and_leaves_a_choice() -> None:
    kinds: dict[str, list[Row]] = defaultdict(list)
    for path in MAPPINGS:
        kinds[path.name.partition(".")[0].partition("-")[0]] += rows(path)
    problems = []
    for found in kinds.values():
        exact = {fold(row["subject_label"]) for row in found if row["predicate_id"] == "skos:exactMatch"}
        broad = defaultdict(list)
        for row in found:
            if row["predicate_id"] == "skos:narrowMatch":
                broad[fold(row["subject_label"])].append(row)
        problems += [
            f"{candidates[0]}: {word!r}" for word, candidates in broad.items() if word in exact or len(candidates) < 2
        ]
    assert not problems, told(problems)


def test_only_what_rests_on_z_anatomy_carries_its_licence() -> None:
    found = {path.name.removesuffix(".sssom.tsv") for path in MAPPINGS if "by-sa" in heading(path)["license"]}
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
        for path in MAPPINGS
        if path.name.partition(".")[0].partition("-")[0] == kind
        for row in rows(path)
        if fold(row["subject_label"]) == fold(word)
    ]
    assert found == [curie]


def test_symbol_that_two_genes_bear_is_seen_as_such() -> None:
    genes = next(path for path in MAPPINGS if path.name == "genes.sssom.tsv")
    taz = {row["object_label"] for row in rows(genes) if row["subject_label"] == "TAZ"}
    assert taz == {"TAFAZZIN", "WWTR1"}


@pytest.mark.parametrize("word", ["amyotrophie spinale", "spinal muscular atrophy", "myasthénie", "myasthenia"])
def test_broad_word_alone_is_undecided(word: str) -> None:
    broad = next(path for path in MAPPINGS if path.name == "diseases-broad.sssom.tsv")
    found = {row["object_id"] for row in rows(broad) if row["subject_label"] == word}
    assert len(found) > 1
    assert found & {"ORPHA:70", "ORPHA:589"}
