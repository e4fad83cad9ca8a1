"""Text that would be published is screened: what may identify a person is told, hidden in the report and left out."""

import importlib.util
import json
from pathlib import Path

import pytest

from etl.resolve.revealing import reveals
from etl.resolve.screening import find_all
from muscle_atlas.rooms import MAPPINGS, ONTOLOGY
from muscle_atlas.tables import Table, read_tables
from tests.conftest import Run
from tests.etl.built import COMPLETE, HOUSE, NAMES, Built, image, write_table

PATTERNS = Table(MAPPINGS / "identifying-patterns.tsv").rows

IDENTIFYING = {
    "birth-day": ("Patient DUPONT Jean né le 12/05/1995", ("DUPONT", "Jean", "12/05/1995")),
    "iso-date": ("Deltoïde, biopsie du 1995-05-12", ("1995-05-12",)),
    "french-date": ("Deltoïde, prélevé le 12 mai 1995", ("12 mai 1995",)),
    "first-of-month": ("Deltoïde, prélevé le 1er août 2003", ("août 2003",)),
    "english-date": ("Deltoid, sampled on May 12, 1995", ("May 12, 1995",)),
    "short-date": ("Deltoïde, 12.05.95", ("12.05.95",)),
    "birth-year": ("Deltoïde d'une femme née en 1995", ("1995",)),
    "ddn": ("Deltoïde, DDN 1995", ("1995",)),
    "dob": ("Deltoid, D.O.B. 1995", ("1995",)),
    "maiden-name": ("Mme X, née Duvallière", ("Duvallière",)),
    "ipp": ("Deltoïde, IPP : 8001234", ("8001234",)),
    "nip": ("Deltoïde (NIP 12-345)", ("12-345",)),
    "file": ("Deltoïde, dossier n° 4512", ("4512",)),
    "digits": ("Deltoïde 0012345678", ("0012345678",)),
    "nir": ("Deltoïde, 2 95 05 75 116 001 42", ("2 95 05 75 116 001 42",)),
    "nir-corsica": ("Deltoïde, 295052A11600142", ("295052A11600142",)),
    "email": ("Deltoïde, voir jean.dupont@chu.example.fr", ("jean.dupont",)),
    "phone": ("Deltoïde, tél. 01 42 16 00 00", ("01 42 16 00 00",)),
    "phone-abroad": ("Deltoid, +44 20 7946 0958", ("7946",)),
    "madam": ("Deltoïde de Mme Duvallière", ("Duvallière",)),
    "mister": ("Deltoïde de M. DUPONT", ("DUPONT",)),
    "english-mister": ("Deltoid of Mr Smithson", ("Smithson",)),
    "patient-first-name": ("Deltoïde du patient Jean-Pierre", ("Jean-Pierre",)),
    "patient-colon": ("Patient : DUPONT, deltoïde", ("DUPONT",)),
    "without-cue": ("Deltoïde de Jeanne Dupont, cores", ("Jeanne", "Dupont")),
    "capitals-first": ("DUPONT Jeanne : deltoïde", ("DUPONT", "Jeanne")),
    "nhs": ("Deltoid, 943 476 5919", ("943 476 5919",)),
    "doctor": ("Deltoïde, lu par le Dr Duvallière", ("Duvallière",)),
    "decomposed": ("Deltoïde, ne\u0301e en 1995", ("1995",)),
    "odd-spaces": ("Deltoïde, 12\u00a0mai\u202f1995", ("1995",)),
    "full-width-digits": ("Deltoïde, １２/０５/１９９５", ("１２/０５/１９９５",)),
}
HARMLESS = [
    "SMA type 1 1995",
    "Dystrophie musculaire de Duchenne, patient de 36 ans",
    "Patient P1, ligne Z, trichrome de Gomori ×400",
    "Patient Duchenne, patiente RYR1, patient LGMD, patient SMA type 1",
    "Patiente Becker : Nombreuses fibres de petite taille",
    "Muscle Biopsy of a Patient With Nemaline Myopathy, Showing Rods",
    "PATIENT AVEC MYOPATHIE CENTRONUCLÉAIRE",
    "HE x 200, NADH-TR, ATPase pH 9,4 ; bar 50 µm, grossissement 12500",
    "RYR1 NM_000540.3:c.14582G>A p.(Arg4861His), chr19:38958362, HP:0003687, ORPHA:169189, MIM 117000",
    "Published in 2012, doi:10.1051/myolog/202123005, PMID 34781234, https://doi.org/10.1016/j.nmd.2003.05.012",
    "VLM n° 199, 4e trimestre 2021, p. 22",
    "Enfant né à 32 SA, né à terme de parents consanguins",
    "On ne le voit pas sur les coupes 12 et 14",
    "M. gastrocnemius et M. Gastrocnemius, bande M, HLA-DR positif",
    "Objectifs 10/20/40, fibres I/IIa/IIb, 3/4/5 fibres",
    "Souris mdx de 8 semaines, C57BL/10, MGI:1856328",
    "Mars 2021, mai 1995",
    "Marcus Gunn syndrome, Machado-Joseph Disease, syndrome de Cole Carpenter, Golden Retriever, Trichrome de Gomori",
    "Emery Dreifuss, Lambert Eaton, Kearns Sayre, Charcot Marie, Becker Duchenne, Masson Fontana, Van Gieson",
    "Bar 943 476 5918",
    "MR imaging of the thigh, MR Spectroscopy",
]


def said(built: Built) -> str:
    """Return what a release says of photographs, and its report."""
    of_records = tuple(
        f"<{NAMES.base}{kind}/" for kind in ("image", "specimen", "individual", "diagnosis", "publication")
    )
    lines = [line for line in built.dump.splitlines() if line.startswith(of_records)]
    assert lines
    return "\n".join([*lines, built.release.report.read_text(encoding="utf-8")])


@pytest.fixture(scope="module")
def screened(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("screened")
    told = [{"image_id": name, **COMPLETE, "caption_fr": text} for name, (text, _) in IDENTIFYING.items()]
    examples = [
        {"image_id": f"example-{number}", **COMPLETE, "caption_en": text}
        for number, text in enumerate(PATTERNS["example"])
    ]
    harmless = [{"image_id": f"ok-{number}", **COMPLETE, "caption_fr": text} for number, text in enumerate(HARMLESS)]
    path = write_table(folder / "captions.csv", [*told, *examples, *harmless])
    return Built(run("build", path, "--data", folder / "data", "--json"), folder / "data")


@pytest.fixture(scope="module")
def told_and_published(screened: Built) -> str:
    return said(screened)


@pytest.fixture(scope="module")
def rows() -> dict[str, int]:
    names = [*IDENTIFYING, *(f"example-{number}" for number in range(PATTERNS.height))]
    return {name: row for row, name in enumerate(names, start=2)}


@pytest.mark.parametrize("name", IDENTIFYING)
def test_caption_that_may_identify_a_person_is_told_hidden_and_left_out(
    screened: Built, rows: dict[str, int], told_and_published: str, name: str
) -> None:
    [told] = screened.told(row=rows[name])
    assert (told["name"], told["severity"], told["column"]) == ("text-identifies", "warning", "caption_fr")
    assert screened.values(image(name), "schema:caption") == set()
    for secret in IDENTIFYING[name][1]:
        assert secret not in json.dumps(told, ensure_ascii=False)
        if secret not in "".join(HARMLESS):
            assert secret not in told_and_published


def test_rows_of_screened_captions_are_published(screened: Built) -> None:
    assert screened.process.returncode == 0
    assert screened.report["rejected"] == 0


@pytest.mark.parametrize("number", range(PATTERNS.height))
def test_every_pattern_finds_its_example(screened: Built, rows: dict[str, int], number: int) -> None:
    assert [problem["name"] for problem in screened.told(row=rows[f"example-{number}"])] == ["text-identifies"]


@pytest.mark.parametrize("number", range(len(HARMLESS)))
def test_caption_of_a_muscle_laboratory_passes(screened: Built, number: int) -> None:
    assert screened.values(image(f"ok-{number}"), "schema:caption") == {HARMLESS[number]}


def test_what_was_found_is_told_in_words(run: Run, tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "a.csv", [{"image_id": "a", **COMPLETE, "caption_fr": "Patient DUPONT Jean né le 12/05/1995"}]
    )
    [told] = Built(run("check", path, "--json", MUSCLE_ATLAS_LANGUAGE="fr"), tmp_path).told()
    assert "une date" in told["message"]
    assert "un nom de personne" in told["message"]
    assert "••/••/••••" in told["value"]


def test_other_text_is_screened_for_what_does_not_belong_there(run: Run, tmp_path: Path) -> None:
    rows = [
        {"image_id": "treated", **COMPLETE, "treatment": "Corticoïdes depuis le 12/05/2020"},
        {"image_id": "strain", **COMPLETE, "strain": "mdx, IPP 8001234"},
        {"image_id": "credit", **COMPLETE, "credit": "Photo patient DUPONT"},
        {"image_id": "source", **COMPLETE, "source": "Dossier n° 4512, né le 12/05/1995"},
        # Authors, days of publication and those who took a photograph are what these cells are for.
        {"image_id": "cited", **COMPLETE, "source": "Mme A. Duvallière, Vie & Myologie, 12 mai 2021"},
        {"image_id": "credited", **COMPLETE, "credit": "© Pr Duvallière, photo du 12/05/2021, contact@example.org"},
    ]
    built = Built(run("build", write_table(tmp_path / "a.csv", rows), "--data", tmp_path / "data", "--json"), tmp_path)
    told = [(problem["row"], problem["column"]) for problem in built.named("text-identifies")]
    assert told == [(2, "treatment"), (3, "strain"), (4, "credit"), (5, "source")]
    release = Built(built.process, tmp_path / "data")
    for secret in ("12/05/2020", "8001234", "DUPONT", "4512", "12/05/1995"):
        assert secret not in said(release)
    assert "12 mai 2021" in release.dump
    assert "contact@example.org" in release.dump


def test_long_caption_is_screened_in_no_time(run: Run, tmp_path: Path) -> None:
    texts = ["é" * 30_000, "1 " * 15_000, "A.a-" * 7_000, "Jean " * 6_000, "01" * 15_000, "10.1/" + "a" * 30_000]
    path = write_table(
        tmp_path / "a.csv", [{"image_id": f"l-{n}", **COMPLETE, "caption_en": text} for n, text in enumerate(texts)]
    )
    assert Built(run("check", path, "--json"), tmp_path).process.returncode == 0


def test_name_in_the_place_of_an_identifier_is_not_repeated(run: Run, tmp_path: Path) -> None:
    rows = [
        {"image_id": "a", **COMPLETE, "individual_id": "DUPONT Jean"},
        {"image_id": "b", **COMPLETE, "individual_id": "Hélène"},
        {"image_id": "c", **COMPLETE, "specimen_id": "Dupont, 12/05/1995"},
        {"image_id": "d", **COMPLETE, "individual_id": "P/1"},
    ]
    built = Built(run("check", write_table(tmp_path / "a.csv", rows), "--json"), tmp_path)
    for secret in ("DUPONT", "Jean", "Hélène", "Dupont", "1995"):
        assert secret not in built.process.stdout
    values = [problem["value"] for problem in built.told() if problem["name"].endswith("-malformed")]
    assert values == ["•••••• ••••", "••••••", "••••••, ••/••/••••", "P/1"]


REVEALING = {
    "Dupont-Marie": "name of a person",
    "MARTIN_Jean_1965": "name of a person",
    "DupontMarie.2": "name of a person",
    "Duvalliere-Anne": "name of a person",
    "P-12-05-1995": "date",
    "IMG_20210412_1532": "date",
    "IPP0012345678": "long number",
    "1-85-05-78-006-084-91": "social security number",
    "943-476-5919": "NHS number",
}
OPAQUE = [
    *(
        "P-0001",
        "VLM-199-1",
        "B2010-123",
        "19H04512",
        "00001234",
        "atlas.2021.12",
        "C57BL6-Jackson-3",
        "GTEX-1117F-0226",
    ),
    *("Charcot-Marie-Tooth-3", "DMD_Becker_4", "Gomori-Trichrome-2", "Lambert-Eaton-1", "Emery_Dreifuss_2019"),
    *("Golden-Retriever-7", "Masson_1995", "Mouse-Oscar", "Paris-2021-4", "Kennedy_2021", "tibialis.anterior.12"),
    *("0123456789abcdef0123456789abcdef", "deltoid_HE_x200"),
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
]


def test_an_id_that_tells_whom_it_stands_for_is_hidden_and_its_row_left_out(run: Run, tmp_path: Path) -> None:
    rows = [{**COMPLETE, "image_id": f"IM-{n}", "individual_id": value} for n, value in enumerate(REVEALING)]
    rows += [{**COMPLETE, "image_id": value, "individual_id": f"P-{n}"} for n, value in enumerate(OPAQUE)]
    mouse = {"species": "mouse", "age": "12 weeks", "gene": "", "variants": "", "image_id": "M", "strain": "mdx"}
    rows.append({**COMPLETE, **mouse, "individual_id": "Martin-Jean"})
    records = write_table(tmp_path / "records.csv", rows)
    checked = Built(run("check", records, "--json"), tmp_path)
    told = {problem["row"]: problem for problem in checked.named("id-identifies")}
    assert set(told) == set(range(2, 2 + len(REVEALING)))
    for (value, what), problem in zip(REVEALING.items(), told.values(), strict=True):
        assert what in problem["message"]
        assert value not in json.dumps(problem)
        assert problem["severity"] == "violation"
    assert checked.report["rejected"] == len(REVEALING), checked.told()


def test_no_problem_of_a_row_repeats_an_id_that_tells_of_a_person(run: Run, tmp_path: Path) -> None:
    named = {**COMPLETE, "image_id": "Dupont_Jean_1957", "individual_id": "Martin_Jeanne_1958", "muscle": "deltiod"}
    contradicting = {**named, "specimen_id": "Dupont_Jean_1959", "sex": "male", "age": ""}
    for rows in ([named], [named, contradicting], [contradicting, {**contradicting, "image_id": "A", "sex": "female"}]):
        records = write_table(tmp_path / "records.csv", rows)
        checked = Built(run("check", records, "--json"), tmp_path)
        assert checked.named("id-identifies")
        assert checked.named("muscle-unknown")
        assert not any(name in json.dumps(checked.report) for name in ("Dupont", "Martin", "Jean"))


def test_every_pattern_of_ids_finds_its_example() -> None:
    for kind, example in Table(MAPPINGS / "identifying-ids.tsv").rows.select("kind", "example").iter_rows():
        assert kind in reveals(example), example


def test_no_word_of_a_vocabulary_is_taken_for_a_person() -> None:
    tables = [*read_tables(MAPPINGS, "*.sssom.tsv"), *read_tables(ONTOLOGY / "terms")]
    columns = ("subject_label", "label_en", "label_fr", "synonyms")
    texts = {
        text
        for table in tables
        for column in columns
        if column in table.rows.columns
        for text in table.rows[column].drop_nulls()
    }
    found = find_all(texts, "caption_en")
    assert {text for text, finding in found.items() if {"person", "health"} & set(finding.kinds)} == set()


def test_the_names_are_those_of_their_source() -> None:
    spec = importlib.util.spec_from_file_location("draw_names", HOUSE / "scripts" / "draw_names.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (MAPPINGS / "identifying-names.tsv").read_text(encoding="utf-8") == module.draw_names()
