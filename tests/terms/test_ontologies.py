"""UBERON, HPO and FBbi become slices: traps of the real files."""

import gzip
import io
import json
from pathlib import Path

import pytest
import zstandard

from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.source import Found, ReleaseError, Source
from muscle_atlas.terms.sources import fbbi, hpo, uberon
from tests.terms.releases import ask, parts_in

FILES = {
    "uberon": "uberon/uberon_musculoskeletal-minimal_2021-11-26.obo.gz",
    "hpo": "hpo/hp_2025-03-03.json.gz",
    "fbbi": "imaging/fbbi.owl.gz",
}
SOURCES = {source.name: source for source in (uberon.SOURCE, hpo.SOURCE, fbbi.SOURCE)}
WORDS = {
    "truncated": "is_broken",
    "half": "is_broken|breaks_off",
    "empty": "too_small",
    "html": "is_a_page",
    "other": "is_broken|no_graph|no_obo",
}
each = pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))


def found(folder: Path, name: str, content: bytes) -> Found:
    path = folder / name
    path.write_bytes(content)
    return Found(path, "")


def kinds(slice_: Path) -> dict[str, str]:
    return dict(ask(slice_, "SELECT id, kind FROM term WHERE status = 'active'"))


@each
def test_the_files_of_the_publisher_are_recognised_by_their_names(source: Source, shared: Path) -> None:
    parts = parts_in(shared / "reference", source)
    assert [one.path.name for one in parts["ontology"]] == [Path(FILES[source.name]).name]
    for part in source.parts:
        assert part.address
        assert part.pattern.fullmatch(part.address.rpartition("/")[2]), part.address


@pytest.mark.parametrize("name", ["uberon.obo", "uberon-basic.obo", "uberon-full.obo.gz", "uberon_2026-04-01.obo"])
def test_every_edition_of_uberon_is_recognised(name: str) -> None:
    assert uberon.PARTS[0].pattern.fullmatch(name)


def test_versions_are_those_that_the_files_tell(anatomy: Path, findings: Path, methods: Path) -> None:
    versions = [
        ask(slice_, "SELECT value FROM release WHERE property = 'version'")[0][0]
        for slice_ in (anatomy, findings, methods)
    ]
    assert versions == ["2021-11-26", "2025-03-03", "2019-03-07"]


def test_every_muscle_that_is_biopsied_is_a_muscle(anatomy: Path, shared: Path) -> None:
    held = kinds(anatomy)
    lines = (shared / "facts" / "facts_muscles.tsv").read_text(encoding="utf-8").splitlines()
    place = lines[0].split("\t").index("uberon")
    muscles = {line.split("\t")[place].removesuffix(" ?") for line in lines[1:] if not line.startswith("#")}
    assert muscles
    assert {muscle for muscle in muscles if held.get(muscle) != "muscle"} == set()


@pytest.mark.parametrize(
    ("muscle", "name"),
    [
        ("UBERON:0001373", "sartorius, which is not below skeletal muscle organ"),
        ("UBERON:0001111", "the intercostals, which are not either"),
        ("UBERON:0001999", "iliopsoas, which is below neither"),
        ("UBERON:0011907", "a head of gastrocnemius"),
    ],
)
def test_muscle_is_one_wherever_it_stands(muscle: str, name: str, anatomy: Path) -> None:
    assert kinds(anatomy)[muscle] == "muscle", name


def test_region_is_no_muscle(anatomy: Path) -> None:
    held = kinds(anatomy)
    assert "muscle" not in {held[region] for region in ("UBERON:0001015", "UBERON:0018254")}


def test_anatomy_has_is_a_and_part_of_and_its_links(anatomy: Path) -> None:
    above = set(ask(anatomy, "SELECT parent, relation FROM parent WHERE term = 'UBERON:0014892'"))
    assert above == {("UBERON:0001630", "is_a"), ("UBERON:0018254", "part_of")}
    linked = {other for (other,) in ask(anatomy, "SELECT other FROM reference WHERE term = 'UBERON:0001630'")}
    assert linked == {"FMA:5022", "MA:0000015"}


def test_broad_name_of_anatomy_is_left_out(anatomy: Path) -> None:
    assert not ask(anatomy, "SELECT * FROM name WHERE term = 'UBERON:0001630' AND text = 'muscle'")


def test_merged_class_leads_to_what_it_became(anatomy: Path) -> None:
    merged = ask(anatomy, "SELECT count(*) FROM successor WHERE manner = 'merged'")
    # 78 in the file; those of other vocabularies are none of UBERON's.
    assert merged == [(62,)]
    assert not ask(anatomy, "SELECT * FROM term JOIN successor ON id = term WHERE status = 'active'")


def test_labels_are_those_of_the_newer_release(anatomy: Path, shared: Path) -> None:
    with zstandard.open(shared / "reference" / "uberon" / "UBERON_v2026-04-01.cellxgene.json.zst", "rb") as file:
        newer = json.load(io.BytesIO(file.read()))
    rows = ask(anatomy, "SELECT id, label_en FROM term WHERE kind = 'muscle'")
    same = [newer.get(curie, {}).get("label") == label for curie, label in rows]
    assert sum(same) > 0.95 * len(same)


OBSOLETE = """format-version: 1.2
data-version: uberon/releases/2026-04-01/uberon.owl

[Term]
id: UBERON:0001630
name: muscle organ
synonym: "muscle \\"whole\\"" EXACT []

[Term]
id: UBERON:0000002
name: obsolete old muscle
is_obsolete: true
replaced_by: UBERON:0001630

[Term]
id: UBERON:0000003
name: obsolete other muscle
is_obsolete: true
consider: UBERON:0001630

[Typedef]
id: part_of
"""


def test_obsolete_class_leads_to_its_successor(tmp_path: Path) -> None:
    contents = uberon.SOURCE.read({"ontology": [found(tmp_path, "uberon.obo", OBSOLETE.encode())]})
    assert contents.version == "2026-04-01"
    assert {(one.term, one.successor, one.manner) for one in contents.successors} == {
        ("UBERON:0000002", "UBERON:0001630", "replaced"),
        ("UBERON:0000003", "UBERON:0001630", "considered"),
    }
    assert {term.label_en for term in contents.terms if term.status == "withdrawn"} == {"old muscle", "other muscle"}
    assert 'muscle "whole"' in {name.text for name in contents.names}


def test_older_ontology_adds_withdrawn_terms_only(tmp_path: Path) -> None:
    newest = found(tmp_path, "new.obo", OBSOLETE.encode())
    older = OBSOLETE.replace("0000002", "0000009").replace("muscle organ", "organ that is a muscle")
    contents = uberon.SOURCE.read({"ontology": [newest, found(tmp_path, "old.obo", older.encode())]})
    assert ("UBERON:0000009", "withdrawn") in {(term.id, term.status) for term in contents.terms}
    assert [term.label_en for term in contents.terms if term.id == "UBERON:0001630"] == ["muscle organ"]


def test_findings_are_below_phenotypic_abnormality(findings: Path) -> None:
    held = kinds(findings)
    assert held["HP:0003198"] == held["HP:0000118"] == "finding"
    assert held["HP:0000007"] == held["HP:0000001"] == "class"
    assert len(held) == 19078


@pytest.mark.parametrize("finding", ["HP:0030230", "HP:0031238"])
def test_french_that_names_another_finding_is_left_out(finding: str, findings: Path) -> None:
    assert ask(findings, "SELECT label_fr FROM term WHERE id = ?", finding) == [(None,)]
    assert not ask(findings, "SELECT * FROM name WHERE term = ? AND language = 'fr'", finding)


def test_french_of_findings_is_read(findings: Path) -> None:
    assert ask(findings, "SELECT label_fr FROM term WHERE id = 'HP:0000001'") == [("Tous",)]


def test_only_exact_synonyms_are_names(findings: Path) -> None:
    names = {text for (text,) in ask(findings, "SELECT text FROM name WHERE term = 'HP:0003198' AND tier = 'synonym'")}
    assert names == {"Muscle tissue disease", "Myopathic changes"}


def test_obsolete_and_merged_findings_lead_on(findings: Path) -> None:
    def successors(finding: str) -> set[tuple[str, ...]]:
        return set(ask(findings, "SELECT successor, manner FROM successor WHERE term = ?", finding))

    assert successors("HP:0000057") == {("HP:0008665", "replaced")}
    assert successors("HP:0000489") == {("HP:0100886", "considered"), ("HP:0100887", "considered")}
    assert successors("HP:0003569") == {("HP:0003198", "merged")}


def test_techniques_are_kinds_of_microscopy(methods: Path) -> None:
    held = kinds(methods)
    assert held["FBbi:00000246"] == held["FBbi:00000258"] == "technique"
    assert held["FBbi:00000222"] == "class"
    above = {parent for (parent,) in ask(methods, "SELECT parent FROM parent WHERE term = 'FBbi:00000251'")}
    assert above == {"FBbi:00000246"}


@each
@pytest.mark.parametrize("broken", ["truncated", "half", "empty", "html", "other"])
def test_broken_ontology_is_refused(source: Source, broken: str, shared: Path, tmp_path: Path) -> None:
    packed = (shared / "reference" / FILES[source.name]).read_bytes()
    contents = {
        "truncated": packed[: len(packed) // 2],
        "half": gzip.decompress(packed)[:40_003],
        "empty": b"",
        "html": b"\n<!DOCTYPE HTML>\n<html></html>",
        "other": b'{"graphs": []}',
    }
    one = found(tmp_path, "release", contents[broken])
    with pytest.raises(ReleaseError, match=rf"^terms_(?:{WORDS[broken]}): .*release"):
        source.read({"ontology": [one]})


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a\tb\n1\t2\n", "terms_no_column"),
        ("subject_id\ttranslation_language\tpredicate_id\ttranslation_value\nHP:1\tfr\t\t\n", "terms_breaks_off"),
        ("subject_id\ttranslation_language\tpredicate_id\ttranslation_value\n", "terms_no_row"),
    ],
)
def test_broken_translations_are_refused(text: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=wrong):
        hpo.read_french(found(tmp_path, "hp-fr.babelon.tsv", text.encode()))


@pytest.mark.parametrize("vocabulary", ["ordo", "uberon", "hpo", "fbbi"])
def test_every_identifier_has_a_prefix_of_ours(
    vocabulary: str, anatomy: Path, diseases: Path, findings: Path, methods: Path
) -> None:
    slice_ = {"ordo": diseases, "uberon": anatomy, "hpo": findings, "fbbi": methods}[vocabulary]
    told = ["SELECT id FROM term", "SELECT other FROM reference", "SELECT successor FROM successor"]
    told += ["SELECT parent FROM parent", "SELECT gene FROM association"]
    curies = {curie for query in told for (curie,) in ask(slice_, query)}
    names = Names(default_base())
    assert {curie for curie in curies if names.identifier(curie) != curie} == set()
