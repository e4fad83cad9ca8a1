"""Contributions: folders of other teams are read, prefixed, credited, and refused where something is wrong."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pytest
import rdflib

from etl.build import build
from etl.contribute.checksums import is_orcid, is_ror
from etl.contribute.documents import LARGEST
from etl.contribute.folders import Delivery, read_paths
from etl.contribute.records import attach
from etl.problems import Rules
from etl.read.columns import Columns
from etl.read.records import read_records
from etl.withdraw.tombstones import reasons
from muscle_atlas.releases import current_release
from muscle_atlas.rooms import MAPPINGS, ONTOLOGY
from muscle_atlas.tables import Table
from tests.conftest import Run
from tests.etl.built import COMPLETE, HOUSE, NAMES, Built, image, node, write_table
from tests.etl.contributed import VALID, write_contribution
from tests.shapes.shape_examples import SETTINGS

DECLARATION = VALID.read_text(encoding="utf-8")
COMPLETE_BUT_LICENCE = {column: value for column, value in COMPLETE.items() if column != "licence"}
LAB = ox.NamedNode(NAMES.mint("contribution", "example-lab"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Built:
    """One file of records and two contributions, that of a French team with the same ids."""
    folder = tmp_path_factory.mktemp("contributions")
    own = write_table(folder / "own.csv", [{"image_id": "P-1", "individual_id": "I-1"} | COMPLETE])
    first = write_contribution(folder / "first")
    french = (
        DECLARATION.replace("example-lab", "labo")
        .replace("doi: 10.5072/example-deposit\n", "language: fr\ncredit: Équipe de Paris\n")
        .replace("CC-BY-4.0", "https://creativecommons.org/licenses/by-sa/4.0/")
    )
    table = "image_id,individual_id,licence,credit\nP-1,I-1,,\nP-9,I-1,CC0-1.0,Archives\n"
    rows = [table.splitlines()[0] + "," + ",".join(COMPLETE_BUT_LICENCE)]
    rows += [f"{row}," + ",".join(COMPLETE_BUT_LICENCE.values()) for row in table.splitlines()[1:]]
    second = write_contribution(folder / "second", french, "\n".join(rows) + "\n")
    data = folder / "data"
    return Built(run("build", "--json", own, first, second, "--data", data), data)


def test_files_and_contributions_are_built_together(built: Built) -> None:
    assert built.process.returncode == 0, built.report["problems"]
    ids = ["P-1", "example-lab.P-1", "example-lab.P-2", "labo.P-1", "labo.P-9"]
    assert built.images["image_id"].to_list() == ids
    individuals = built.images["individual"].str.split("/").list.last().unique().sort().to_list()
    assert individuals == ["I-1", "example-lab.I-1", "labo.I-1"]


def test_a_photograph_carries_its_contribution_licence_and_credit(built: Built) -> None:
    of = dict(built.images.select("image_id", pl.struct("contribution", "licence", "credit")).iter_rows())
    licence = NAMES.expand("cc:licenses/by/4.0/")
    assert of["P-1"] == {"contribution": None, "licence": licence, "credit": None}
    assert of["example-lab.P-1"] == {
        "contribution": LAB.value,
        "licence": licence,
        "credit": "Josiah Carberry, Ada Example",
    }
    assert of["labo.P-1"]["licence"] == NAMES.expand("cc:licenses/by-sa/4.0/")
    assert of["labo.P-1"]["credit"] == "Équipe de Paris"
    assert of["labo.P-9"]["licence"] == NAMES.expand("cc:publicdomain/zero/1.0/")
    assert of["labo.P-9"]["credit"] == "Archives"


def test_provenance_stands_in_the_graph_of_the_photographs(built: Built) -> None:
    photograph = image("example-lab.P-1")
    carberry = NAMES.expand("orcid:0000-0002-1825-0097")
    assert carberry in built.values(photograph, "prov:wasAttributedTo")
    assert built.values(photograph, "ma:contribution") == {LAB.value}
    assert built.values(ox.NamedNode(carberry), "prov:actedOnBehalfOf") == {NAMES.expand("ror:000000098")}
    assert built.values(ox.NamedNode(carberry), "rdfs:label") == {"Josiah Carberry"}
    assert NAMES.expand("prov:Organization") in built.values(node("ror:000000098"), "rdf:type")
    assert built.values(LAB, "prov:hadPrimarySource") == {NAMES.expand("doi:10.5072/example-deposit")}
    for kind in ("consent", "deidentification"):
        declaration = ox.NamedNode(f"{LAB.value}/{kind}")
        assert built.values(LAB, f"ma:{kind}") == {declaration.value}
        assert built.values(declaration, "ma:statement")
        assert built.values(declaration, "prov:wasAttributedTo")
    assert built.graphs(LAB) == {"atlas", "metadata"}
    assert f"<{LAB.value}>" in built.dump


def test_the_release_names_its_contributions_and_counts_their_photographs(built: Built) -> None:
    found = built.ask(
        "SELECT ?contribution ?images { ?release prov:wasDerivedFrom ?contribution ; a ma:Release . "
        "?contribution ma:images ?images }"
    )
    assert found == [(LAB.value, "2"), (NAMES.mint("contribution", "labo"), "2")]
    stated = {hashlib.sha256(path.read_bytes()).hexdigest() for path in built.data.parent.rglob("contribution.yaml")}
    assert stated <= {given["sha256"] for given in built.report_of_release["inputs"]}


def test_texts_are_told_in_the_language_of_the_contribution(built: Built) -> None:
    titles = built.ask("SELECT (LANG(?title) AS ?language) { ?contribution a ma:Contribution ; dcterms:title ?title }")
    assert len(titles) == 2


def test_an_id_that_is_that_of_a_contribution_behind_its_prefix_is_told(tmp_path: Path) -> None:
    own = write_table(tmp_path / "own.csv", [{"image_id": "example-lab.P-1"} | COMPLETE])
    report = build([own, write_contribution(tmp_path / "lab")], SETTINGS, data=None)
    told = [problem for problem in report.problems if problem.name == "image-id-twice"]
    assert sorted(str(problem.value) for problem in told) == ["P-1", "example-lab.P-1"]
    assert report.images == 1


def test_a_contribution_without_consent_is_left_out_and_the_rest_published(run: Run, tmp_path: Path) -> None:
    own = write_table(tmp_path / "own.csv", [{"image_id": "O-1"} | COMPLETE])
    refused = write_contribution(
        tmp_path / "lab", DECLARATION.partition("consent:")[0] + "records: [photographs.csv]\n"
    )
    built = Built(run("build", "--json", own, refused, "--data", tmp_path / "data"), tmp_path / "data")
    assert built.process.returncode == 1
    assert [(one["name"], one["value"]) for one in built.told()] == [
        ("contribution-key-missing", "consent"),
        ("contribution-key-missing", "deidentification"),
    ]
    assert built.images["image_id"].to_list() == ["O-1"]
    assert "example-lab" not in built.dump
    assert not list(current_release(built.data).folder.glob("media/*/*"))


def _read(*paths: Path) -> Delivery:
    return read_paths(paths, Rules(NAMES, "en"), NAMES)


def _names(delivery: Delivery) -> list[str]:
    return [problem.name for problem in delivery.problems]


def _link_outside(folder: Path) -> None:
    shutil.move(folder / "photographs.csv", folder.parent / "elsewhere.csv")
    (folder / "photographs.csv").symlink_to("../elsewhere.csv")


def _link_pictures(folder: Path) -> None:
    shutil.move(folder / "images", folder.parent / "elsewhere")
    (folder / "images").symlink_to(folder.parent / "elsewhere")


def _link_declaration(folder: Path) -> None:
    shutil.move(folder / "contribution.yaml", folder.parent / "elsewhere.yaml")
    (folder / "contribution.yaml").symlink_to("../elsewhere.yaml")


def _images(value: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "contribution.yaml").write_text(f"{DECLARATION}images: {value}\n", encoding="utf-8")

    return write


def _grow(folder: Path) -> None:
    os.truncate(folder / "contribution.yaml", 100_000_000)


def _write(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "contribution.yaml").write_text(text, encoding="utf-8")


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("do", "rule"),
    [
        (lambda folder: (folder / "contribution.yaml").unlink(), "contribution-missing"),
        (lambda folder: shutil.copy(folder / "contribution.yaml", folder / "contribution.yml"), "contribution-files"),
        (_grow, "contribution-limit"),
        (_write(BOMB), "contribution-alias"),
        (_write("[" * 100_000), "contribution-limit"),
        (_write("- a\n" * 6_000), "contribution-limit"),
        (_write("a: b: c\n"), "contribution-unreadable"),
        (_write("a: 1\n---\nb: 2\n"), "contribution-unreadable"),
        (lambda folder: (folder / "contribution.yaml").write_bytes(b"title: \xe9t\xe9\n"), "contribution-unreadable"),
        (_link_outside, "contribution-path-outside"),
        (_link_declaration, "contribution-path-outside"),
        (_link_pictures, "contribution-path-outside"),
        (_images("../"), "contribution-path-outside"),
        (_images("/etc"), "contribution-path-outside"),
        (_images("pictures"), "contribution-file-missing"),
        (_images("x" * 3_000), "contribution-file-missing"),
        (_write(DECLARATION.replace("  - photographs.csv", "  []")), "contribution-type"),
        (_write(DECLARATION + "!!python/object/apply:os.system ['true']: x\n"), "contribution-key-unknown"),
    ],
)
def test_what_hurried_or_hostile_people_send_is_told(do: Callable[[Path], object], rule: str, tmp_path: Path) -> None:
    folder = write_contribution(tmp_path / "lab")
    do(folder)
    delivery = _read(folder)
    assert _names(delivery) == [rule]
    assert LARGEST < 1_000_000


def test_an_empty_declaration_lacks_every_required_key(tmp_path: Path) -> None:
    told = _read(write_contribution(tmp_path / "lab", "# to be written\n")).problems
    assert {problem.name for problem in told} == {"contribution-key-missing"}
    assert {"identifier", "licence", "people", "records"} < {str(problem.column) for problem in told}


def test_what_was_probably_meant_is_proposed(tmp_path: Path) -> None:
    text = DECLARATION.replace("licence:", "license:").replace("photographs.csv", "photograph.csv")
    told = {
        problem.name: str(problem.suggestion) for problem in _read(write_contribution(tmp_path / "lab", text)).problems
    }
    assert "licence" in told["contribution-key-unknown"]
    assert "photographs.csv" in told["contribution-file-missing"]


def test_a_file_of_a_contribution_that_is_given_by_itself_too_stays_its_own(tmp_path: Path) -> None:
    folder = write_contribution(tmp_path / "lab")
    by_itself = tmp_path / "lab" / ".." / "lab" / "photographs.csv"
    delivery = _read(by_itself, folder)
    records = attach(read_records(delivery.files, Rules(NAMES, "en"), Columns()), delivery)
    assert set(records.table["contribution"]) == {"example-lab"}
    assert [problem.name for problem in records.problems] == ["file-twice"]


def test_a_folder_given_twice_is_read_once(tmp_path: Path) -> None:
    folder = write_contribution(tmp_path / "lab")
    (tmp_path / "link").symlink_to("lab")
    delivery = _read(folder, tmp_path / "link")
    assert _names(delivery) == ["file-twice"]
    assert len(delivery.contributions) == 1


@pytest.mark.parametrize("good", ["0000-0002-1825-0097", "0000-0002-1694-233X"])
def test_the_check_digit_of_an_orcid_finds_every_digit_that_is_mistyped(good: str) -> None:
    assert is_orcid(good)
    for place, sign in enumerate(good):
        for other in "0123456789":
            assert sign in "-X" or other == sign or not is_orcid(good[:place] + other + good[place + 1 :])


@pytest.mark.parametrize("good", ["02mhbdp94", "05dxps055", "03yrm5c26"])
def test_the_check_digits_of_a_ror_find_every_sign_that_is_mistyped(good: str) -> None:
    assert is_ror(good)
    for place, sign in enumerate(good):
        for other in "0123456789abcdefghjkmnpqrstvwxyz":
            assert other == sign or not is_ror(good[:place] + other + good[place + 1 :])


def test_every_licence_that_may_be_given_has_a_name() -> None:
    named = rdflib.Graph().parse(ONTOLOGY / "licences.ttl")
    given = set(Table(MAPPINGS / "licences.sssom.tsv").rows["object_id"])
    assert {NAMES.expand(curie) for curie in given} == {str(one) for one in named.subjects(rdflib.RDFS.label)}


def test_the_example_of_the_documentation_is_a_contribution_without_fault() -> None:
    page = (HOUSE / "docs" / "contributing-photographs.md").read_text(encoding="utf-8")
    told = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert told
    assert told[1] == (HOUSE / "examples" / "contribution" / "contribution.yaml").read_text(encoding="utf-8")
    report = build([HOUSE / "examples" / "contribution"], SETTINGS, data=None)
    assert [problem.name for problem in report.problems if problem.severity != "info"] == []
    assert (report.images, report.exit_code) == (3, 0)


def test_every_key_and_every_conflict_stands_in_the_documentation() -> None:
    page = (HOUSE / "docs" / "contributing-photographs.md").read_text(encoding="utf-8")
    keys = Table(MAPPINGS / "contribution.tsv").rows["key"]
    assert [key for key in keys if f"| `{key}` |" not in page] == []
    conflicts = (HOUSE / "etl" / "contribute" / "conflicts.py").read_text(encoding="utf-8")
    assert [rule for rule in re.findall(r'"(contribution-[a-z-]+)"', conflicts) if f"| `{rule}` |" not in page] == []
    assert [reason for reason in reasons() if f"`{reason}`" not in page] == []
