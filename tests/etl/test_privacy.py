"""Privacy: what is published of persons follows the policy of docs/privacy.md."""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.describe.vocabulary import describe_vocabularies
from etl.privacy.persons import list_persons
from etl.privacy.policy import Policy
from etl.privacy.protection import protect
from etl.problems import Rules
from etl.read.columns import Columns
from etl.read.records import read_records
from etl.resolve.records import Resolved, resolve_records
from etl.validate.graphs import check_graphs
from muscle_atlas.command import main
from tests.conftest import Run
from tests.etl.built import COMPLETE, NAMES, Built, write_table
from tests.etl.contributed import write_contribution
from tests.shapes.shape_examples import SETTINGS

KEY = "0123456789abcdef" * 4
PLANTED = "Zebulon"
"""A word in every cell that must not be published."""
ROWS = [
    {
        **COMPLETE,
        "image_id": f"{PLANTED}-{number}",
        "individual_id": f"P-{PLANTED}-{number // 2}",
        "specimen_id": f"B-{PLANTED}-{number}" if number else "",
        "caption_en": f"Fibres of a patient named {PLANTED.upper()} in 1995",
        "comment": PLANTED,
        "age": "36",
    }
    for number in range(3)
]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "atlas.key"
    path.write_text(f"{KEY}\n", encoding="ascii")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def pseudonymous(run: Run, key: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("pseudonymous")
    wrong = {**ROWS[0], "image_id": f"{PLANTED}-wrong", "sex": PLANTED, "individual_id": "P-3"}
    records = write_table(folder / f"{PLANTED}.csv", [*ROWS, wrong])
    return Built(run("build", records, "--data", folder / "data", "--pseudonymise", key, "--json"), folder / "data")


def _pseudonym(kind: str, identifier: str) -> str:
    return hmac.new(KEY.encode(), f"{kind}/{identifier}".encode(), hashlib.sha256).hexdigest()[:32]


def test_every_id_becomes_a_keyed_pseudonym(pseudonymous: Built) -> None:
    assert set(pseudonymous.images["image_id"]) == {_pseudonym("image", str(row["image_id"])) for row in ROWS}
    individuals = {iri.rpartition("/")[2] for iri in pseudonymous.images["individual"]}
    assert individuals == {_pseudonym("individual", f"P-{PLANTED}-{number}") for number in (0, 1)}
    [inferred] = [iri for iri in pseudonymous.images["specimen"] if "/of." in iri]
    assert inferred.endswith(f"of.{_pseudonym('image', f'{PLANTED}-0')}")


def test_nothing_that_was_given_in_confidence_is_in_any_file_of_a_release(pseudonymous: Built) -> None:
    pieces = [PLANTED, KEY, "comment of"]
    held = "\n".join([pseudonymous.dump, pseudonymous.release.metadata.read_text(encoding="utf-8")])
    for path in pseudonymous.release.folder.rglob("*"):
        if path.is_file():
            held += path.read_bytes().decode("latin-1")
    assert [piece for piece in pieces if piece.lower() in held.lower()] == []
    told = json.dumps(pseudonymous.report)
    assert PLANTED in told, "the curator is told the cell that is wrong"
    assert KEY not in told


def test_the_release_says_its_policy(pseudonymous: Built) -> None:
    assert pseudonymous.report["privacy"]["policy"] == "privacy-1"
    assert pseudonymous.report["privacy"]["pseudonymised"] is True
    assert pseudonymous.report["privacy"]["unique"] == 0
    [(policy, persons)] = pseudonymous.ask(
        "SELECT ?policy ?persons WHERE { ?release a ma:Release ; dcterms:conformsTo ?policy ; ma:persons ?persons }"
    )
    assert (policy, persons) == (f"{NAMES.base}policy/privacy-1", "2")


def _key(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "wrong.key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (None, 0, "openssl rand -hex 32"),
        (b"short", 0o600, "has 5 bytes"),
        (KEY.encode(), 0o644, "mode 0644"),
        (b"a" * 64, 0o600, "guessed"),
        (b"image_id,sex\n" * 1000, 0o600, "no key"),
    ],
    ids=["missing", "short", "open", "plain", "long"],
)
def test_a_key_that_cannot_serve_is_refused_with_a_mend(
    content: bytes | None, mode: int, said: str, tmp_path: Path
) -> None:
    path = _key(tmp_path, content, mode) if content else tmp_path / "nowhere.key"
    records = write_table(tmp_path / "records.csv", ROWS)
    options = ["--data", str(tmp_path / "data"), "--pseudonymise", str(path)]
    done = CliRunner().invoke(main, ["build", str(records), *options])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert KEY not in done.stderr
    assert not (tmp_path / "data" / "releases").exists()


def test_a_key_among_the_releases_is_refused(tmp_path: Path) -> None:
    path = _key(tmp_path, KEY.encode())
    done = CliRunner().invoke(main, ["build", "none.csv", "--data", str(tmp_path), "--pseudonymise", str(path)])
    assert done.exit_code == 2
    assert "is published" in done.stderr


def test_age_bands_publish_no_age_of_a_person_and_those_of_animals(run: Run, tmp_path: Path) -> None:
    mouse = {**COMPLETE, "image_id": "M-1", "species": "mouse", "age": "12 weeks", "gene": "", "variants": ""}
    fetus = {**COMPLETE, "image_id": "F-1", "age": "24 SA"}
    records = write_table(tmp_path / "records.csv", [*ROWS, fetus, mouse])
    built = Built(run("build", records, "--data", tmp_path / "data", "--age-bands", "--json"), tmp_path / "data")
    ages = dict(built.images.select("image_id", "age").iter_rows())
    assert {image for image, age in ages.items() if age is not None} == {"M-1"}
    assert built.images["age_band"].null_count() == 0
    assert built.images["gestational_weeks"].null_count() == built.images.height
    assert built.images.filter(image_id="F-1")["age_years"].to_list() == [None]
    assert '"P36Y"' not in built.dump
    assert built.report["privacy"]["age_bands"] is True


DISEASES = ("ORPHA:267", "ORPHA:268", "ORPHA:597", "ORPHA:607", "")
PERSON = st.fixed_dictionaries(
    {
        "disease": st.sampled_from(DISEASES),
        "sex": st.sampled_from(["F", "M", ""]),
        "age": st.sampled_from(["3", "4", "36", "70", ""]),
        "muscle": st.sampled_from(["deltoid", "quadriceps", ""]),
        "second": st.booleans(),
        "named": st.booleans(),
        "synthetic": st.booleans(),
    }
)


def _resolved(folder: Path, persons: Sequence[Mapping[str, object]]) -> Resolved:
    rows: list[dict[str, str]] = []
    for number, person in enumerate(persons):
        row = {column: str(person[column]) for column in ("disease", "sex", "age", "muscle")}
        row |= {"species": "human", "image_id": f"IM-{number}", "synthetic": "yes" if person["synthetic"] else "no"}
        row |= {"individual_id": f"P-{number}", "caption_en": "Fibres", "doi": "10.1000/1"} if person["named"] else {}
        rows.append(row)
        if person["second"] and person["named"]:
            rows.append({**row, "image_id": f"IM-{number}-2", "age": "5", "muscle": "quadriceps"})
    rules = Rules(NAMES, "en")
    records = read_records([write_table(folder / "records.csv", rows)], rules, Columns())
    return resolve_records(records, rules, NAMES, Columns())


@settings(max_examples=15, deadline=None)
@given(persons=st.lists(PERSON, min_size=1, max_size=40), k=st.integers(2, 6), bands=st.booleans())
def test_every_cell_holds_k_persons_and_no_step_is_taken_without_need(
    persons: Sequence[Mapping[str, object]], k: int, bands: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    resolved = _resolved(tmp_path_factory.mktemp("k"), persons)
    vocabularies = describe_vocabularies(NAMES)
    protection = protect(resolved, vocabularies, Policy(k=k, age_bands=bands), NAMES)
    cells: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for person in list_persons(protection.resolved, NAMES).iter_rows(named=True):
        told = (person["disease"], person["sex"], person["exact"], person["synthetic"])
        # Nobody knows how many persons those without an id are.
        cells[told].add("somebody" if person["individual_inferred"] else person["individual"])
    assert all(len(cell) >= k for cell in cells.values())
    summary = protection.summary
    assert (summary.published.unique, summary.published.below_k) == (0, 0)
    assert summary.given.below_k >= summary.suppressed
    assert len(protection.withheld) == summary.suppressed_images
    again = protect(protection.resolved, vocabularies, Policy(k=k, age_bands=bands), NAMES)
    assert (again.steps, again.withheld) == ([], set()), "what is enough takes no further step"
    alike = protect(resolved, vocabularies, Policy(k=k, age_bands=bands), NAMES)
    assert alike.steps == protection.steps


def test_what_would_tell_a_withheld_disease_is_withheld_with_it(run: Run, tmp_path: Path) -> None:
    common = {**COMPLETE, "age": "36", "sex": "F", "doi": "10.1000/182", "findings": "muscle fiber necrosis"}
    rows = [
        {
            **common,
            "disease": "ORPHA:267",
            "gene": "CAPN3",
            "variants": "NM_000070.3:c.550del",
            "zygosity": "homozygous",
        },
        {**common, "disease": "ORPHA:268", "gene": "DYSF", "variants": "NM_003494.4:c.2779del", "doi": "10.1000/183"},
        {**common, "disease": "ORPHA:597", "gene": "RYR1", "variants": "", "age": "3"},
    ]
    numbered = [{**row, "image_id": f"IM-{number}", "individual_id": f"P-{number}"} for number, row in enumerate(rows)]
    records = write_table(tmp_path / "records.csv", [{**row, "caption_en": "Dysferlin of DYSF"} for row in numbered])
    built = Built(run("build", records, "--data", tmp_path / "data", "--k", "2", "--json"), tmp_path / "data")
    assert built.process.returncode == 0
    privacy = built.report["privacy"]
    assert (privacy["suppressed"], privacy["generalised"]["disease"]) == (1, 2)
    assert set(built.images["image_id"]) == {"IM-0", "IM-1"}
    of_records = [line for line in built.dump.splitlines() if "/graph/atlas>" in line]
    for iri in ("Orphanet_267>", "Orphanet_268>", "hgnc/1480>", "hgnc/3097>", "10.1000/18", "550del", "DYSF", "IM-2"):
        assert [line for line in of_records if iri in line] == []
    withheld = {predicate for (predicate,) in built.ask("SELECT DISTINCT ?p WHERE { ?image ma:withheld ?p }")}
    told = {"age", "ageYears", "sex", "muscle", "disease", "gene", "variant", "family", "finding", "publication"}
    assert withheld == {NAMES.expand(f"ma:{name}") for name in told} | {NAMES.expand("schema:caption")}
    dump = tmp_path / "graph.nq"
    dump.write_text(built.dump, encoding="utf-8")
    missing = [problem.name for problem in check_graphs([dump], SETTINGS).problems if "missing" in problem.name]
    assert missing == [], "what is withheld is no gap"


ONE = {"disease": "ORPHA:597", "sex": "F", "age": "36", "muscle": "deltoid", "second": False, "named": True}


def test_nobody_real_is_hidden_among_the_synthetic(tmp_path: Path) -> None:
    persons = [{**ONE, "synthetic": number > 0} for number in range(4)]
    protection = protect(_resolved(tmp_path, persons), describe_vocabularies(NAMES), Policy(k=2), NAMES)
    assert protection.withheld == {0}


def test_photographs_without_an_individual_count_as_one_person(tmp_path: Path) -> None:
    persons = [{**ONE, "named": False, "synthetic": False}] * 5
    protection = protect(_resolved(tmp_path, persons), describe_vocabularies(NAMES), Policy(), NAMES)
    assert protection.summary.published.unique == 5
    assert protection.summary.inferred == 5


def test_the_terminal_says_policy_and_k(run: Run, tmp_path: Path) -> None:
    records = write_table(tmp_path / "records.csv", ROWS)
    assert "policy privacy-1, k = none; 0 of 2 persons" in run("check", records).stdout
    french = run("check", records, "--k", "2", MUSCLE_ATLAS_LANGUAGE="fr").stdout
    assert "politique privacy-1, k = 2" in french


def test_the_day_in_the_id_of_an_animal_is_no_date_of_a_person(run: Run, tmp_path: Path) -> None:
    mouse = {**COMPLETE, "species": "mouse", "age": "12 weeks", "gene": "", "variants": "", "strain": "mdx"}
    rows = [
        {**mouse, "image_id": "mdx-2020-05-12.1", "individual_id": "mdx-2020-05-12", "specimen_id": "mdx-2020-05-13"}
    ]
    done = Built(run("check", write_table(tmp_path / "records.csv", rows), "--json"), tmp_path)
    assert [problem["rule"] for problem in done.report["problems"] if problem["severity"] == "violation"] == []
    assert done.process.returncode == 0


def test_pseudonyms_of_a_contribution_stand_behind_its_own_id(run: Run, key: Path, tmp_path: Path) -> None:
    given = write_contribution(tmp_path / "contribution")
    options = ("--data", tmp_path / "data", "--pseudonymise", key, "--json")
    built = Built(run("build", given, *options), tmp_path / "data")
    wanted = {f"example-lab.{_pseudonym('image', f'example-lab.P-{number}')}" for number in (1, 2)}
    assert set(built.images["image_id"]) == wanted
    assert '"P-1"' not in built.dump


def test_an_id_that_a_pseudonym_replaces_is_in_no_text(run: Run, key: Path, tmp_path: Path) -> None:
    caption = "Fibres of 12 µm, NM_139343.3:c.461G>A"
    rows = [
        {**COMPLETE, "image_id": "QZ-1", "individual_id": "QZP-1", "caption_en": "qzp-2, and others"},
        {**COMPLETE, "image_id": "QZ-2", "individual_id": "QZP-2", "caption_en": caption, "credit": "Photo QZ-1."},
        {**COMPLETE, "image_id": "12", "individual_id": "P1", "caption_en": "Patient P1, aged 12 years"},
    ]
    records = write_table(tmp_path / "records.csv", rows)
    built = Built(
        run("build", records, "--data", tmp_path / "data", "--pseudonymise", key, "--json"), tmp_path / "data"
    )
    assert [problem["column"] for problem in built.named("text-identifies")] == ["caption_en", "credit"]
    assert set(built.images["caption_en"]) == {None, caption, "Patient P1, aged 12 years"}
    held = built.dump + "".join(
        p.read_bytes().decode("latin-1") for p in built.release.folder.rglob("*") if p.is_file()
    )
    assert "qz-" not in held.lower()
    assert "qzp-" not in held.lower()
