"""The synthetic atlas: published counts, real facts, records that nothing can be said against, the same every time."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from etl.generate.atlas import generate_records
from etl.generate.catalogue import TABLES, Catalogue
from etl.generate.dice import Dice, apportion
from etl.read.columns import Columns
from muscle_atlas.command import main
from muscle_atlas.files import written_whole
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import Table
from tests.conftest import HOUSE, Run
from tests.etl.built import Built

PUBLISHED = 5006


def _read_workbook(path: Path) -> pl.DataFrame:
    heading, *rows = load_workbook(path).active.iter_rows(values_only=True)
    return pl.DataFrame(rows, schema=dict.fromkeys(heading, pl.String), orient="row")


READ: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".csv": lambda path: pl.read_csv(path, infer_schema=False),
    ".tsv": lambda path: pl.read_csv(path, infer_schema=False, separator="\t"),
    ".xlsx": _read_workbook,
    ".parquet": pl.read_parquet,
    ".jsonl": pl.read_ndjson,
}


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Built:
    """The atlas of the published size, generated and built by the installed command."""
    folder = tmp_path_factory.mktemp("synthetic")
    generated = run("generate", PUBLISHED, "--seed", "7", "--out", folder / "synthetic.csv")
    assert generated.returncode == 0, generated.stderr
    return Built(run("build", folder / "synthetic.csv", "--data", folder / "data", "--json"), folder / "data")


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    """The records of the published size, of another seed."""
    return generate_records(PUBLISHED, 8)


def count(atlas: Built, pattern: str, counted: str = "?image") -> int:
    query = f"SELECT (COUNT(DISTINCT {counted}) AS ?n) WHERE {{ GRAPH graph:synthetic {{ {pattern} }} }}"
    return int(atlas.ask(query)[0][0] or 0)


# What is built


def test_the_atlas_of_the_published_size_is_built_without_anything_to_tell(atlas: Built) -> None:
    assert atlas.process.returncode == 0
    assert (atlas.report["images"], atlas.report["rejected"]) == (PUBLISHED, 0)
    told = {problem["name"] for problem in atlas.told() if problem["severity"] != "info"}
    assert told == set()


@pytest.mark.parametrize(
    ("pattern", "counted", "published"),
    [
        ("?image a ma:Image ; ma:synthetic true", "?image", 5006),
        ("?image ma:species obo:NCBITaxon_9606", "?image", 4535),
        ("VALUES ?animal { obo:NCBITaxon_10090 obo:NCBITaxon_9615 } ?image ma:species ?animal", "?image", 471),
        ("?image ma:technique obo:FBbi_00000258", "?image", 1540),
        ("?image ma:gene ?gene", "?gene", 72),
        ("?image ma:disease ?disease", "?disease", 85),
        ("?image ma:family ?family", "?family", 17),
        ("?image ma:muscle ?muscle", "?muscle", 27),
        ("?image ma:stain ?stain", "?stain", 57),
    ],
)
def test_the_built_graph_has_the_published_counts(atlas: Built, pattern: str, counted: str, published: int) -> None:
    assert count(atlas, pattern, counted) == published


def test_animals_model_diseases_and_people_are_diagnosed(atlas: Built) -> None:
    assert count(atlas, "?animal obo:RO_0003301 ?disease ; ma:strain ?strain ; ma:genotype ?genotype", "?animal") > 20
    assert count(atlas, "?animal ma:treatment ?treatment", "?animal") > 5
    assert count(atlas, "?person ma:diagnosis/ma:diagnosedDisease ?disease", "?person") > 300
    assert count(atlas, "?image ma:status status:carrier ; ma:gene ?gene") > 0
    assert count(atlas, "?image ma:status status:control") > 0


# What a record says


def _symbol(gene: str) -> str:
    """Return the symbol of a gene, beside which the record of a dog has the identifier."""
    return gene.rpartition(" ")[2]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_seed_the_counts_are_the_published_ones(seed: int) -> None:
    records = generate_records(PUBLISHED, seed)
    genes = {_symbol(gene).upper() for gene in records["gene"].drop_nulls()}
    assert (len(genes), records["disease"].drop_nulls().n_unique()) == (72, 85)
    assert (records["muscle"].n_unique(), records["stain"].n_unique()) == (27, 57)
    assert records.filter(species="human").height == 4535
    assert records.filter(technique="transmission electron microscopy").height == 1540


@pytest.mark.parametrize("count", [1, 2, 3, 10, 57, 333, 20_000])
def test_any_number_of_records_has_the_same_proportions(count: int) -> None:
    records = generate_records(count, 1)
    assert records.height == records["image_id"].n_unique() == count
    patients = records.filter(species="human").height
    electron = records.filter(technique="transmission electron microscopy").height
    assert abs(patients - count * 4535 / 5006) <= 1
    assert abs(electron - count * 1540 / 5006) <= 1
    assert records["stain"].n_unique() == min(57, (count - electron) + bool(electron))


def test_every_column_is_canonical_and_every_record_synthetic(records: pl.DataFrame) -> None:
    assert [name for name in records.columns if name not in Columns().names] == []
    assert records["synthetic"].unique().to_list() == ["yes"]
    assert (
        records.select("image_id", "species", "sex", "age", "muscle", "stain", "technique").null_count().row(0)
        == (0,) * 7
    )
    assert "doi" not in records.columns
    assert "source" not in records.columns


def test_a_biopsy_is_photographed_in_several_stains(records: pl.DataFrame) -> None:
    biopsies = records.group_by("specimen_id").agg(
        pl.len(), pl.col("stain").n_unique().alias("stains"), pl.col("muscle", "age", "individual_id").n_unique()
    )
    assert (biopsies["stains"] >= 3).sum() > 0.7 * biopsies.height
    assert biopsies.select("muscle", "age", "individual_id").max().row(0) == (1, 1, 1)
    second = records.group_by("individual_id").agg(pl.col("specimen_id").n_unique())["specimen_id"]
    assert (second.min(), second.max()) == (1, 2)


def test_a_control_has_neither_disease_nor_gene_nor_finding(records: pl.DataFrame) -> None:
    controls = records.filter(status="control")
    assert set(controls["species"]) == {"human", "mouse", "dog"}
    assert (
        controls.select("disease", "gene", "variants", "findings", "treatment").null_count().row(0)
        == (controls.height,) * 5
    )
    carriers = records.filter(status="carrier")
    assert carriers["disease"].null_count() == carriers.height > 0
    assert carriers["zygosity"].unique().to_list() == ["heterozygous"]


def test_variants_name_the_transcript_of_their_gene_and_fit_the_inheritance(records: pl.DataFrame) -> None:
    transcripts = {row.symbol: row.transcript for row in Catalogue().diagnoses}
    people = records.filter(species="human", status="affected").unique("individual_id")
    assert people["variants"].null_count() == 0
    allowed = {
        "Autosomal dominant": {("heterozygous", 1)},
        "Autosomal recessive": {("homozygous", 1), ("compound heterozygous; compound heterozygous", 2)},
        "X-linked recessive": {("hemizygous", 1), ("heterozygous", 1)},
        "X-linked dominant": {("hemizygous", 1), ("heterozygous", 1)},
        None: {("heterozygous", 1)},
    }
    for row in people.iter_rows(named=True):
        variants = row["variants"].split("; ")
        for variant in variants:
            assert re.fullmatch(
                re.escape(transcripts[row["gene"]]) + r":c\.\d+(_\d+)?([+-]\d+)?([ACGT]>[ACGT]|del|dup)", variant
            )
        assert (row["zygosity"], len(variants)) in allowed[row["inheritance"]], row
        if (row["inheritance"] or "").startswith("X-linked"):
            assert (row["zygosity"] == "hemizygous") == (row["sex"] == "male")


def test_one_sex_has_a_disease_that_only_one_can_have(records: pl.DataFrame) -> None:
    of_carriers = "Symptomatic form of muscular dystrophy of Duchenne and Becker in female carriers"
    assert set(records.filter(disease=of_carriers)["sex"]) == {"female"}
    boys = records.filter(disease="Duchenne muscular dystrophy", species="human").unique("individual_id")["sex"]
    assert (boys == "male").sum() >= 0.8 * boys.len()


def test_the_age_fits_the_onset_of_the_disease(records: pl.DataFrame) -> None:
    ages = defaultdict(set)
    for disease, age in records.filter(species="human").select("disease", "age").iter_rows():
        ages[disease].add(age)
    first = records.filter(species="human", disease="Severe congenital nemaline myopathy").filter(
        pl.col("specimen_id").str.ends_with("B1")
    )
    assert all("years" not in age or int(age.split()[0]) <= 5 for age in first["age"])
    assert all(int(age.split()[0]) >= 19 for age in ages["Adult-onset Steinert myotonic dystrophy"])
    assert all(age.endswith((" week", " weeks")) for age in records.filter(pl.col("species") != "human")["age"])


def test_some_biopsies_are_taken_before_birth() -> None:
    ages = pl.concat(generate_records(PUBLISHED, seed)["age"] for seed in range(4))
    assert 0 < ages.str.contains("gestational").sum() < 200


def test_findings_fit_disease_and_stain(records: pl.DataFrame) -> None:
    def stains(finding: str) -> set[str]:
        return set(records.filter(pl.col("findings").str.contains(finding, literal=True))["stain"])

    assert stains("Central core regions") <= {
        "NADH-tetrazolium reductase",
        "succinate dehydrogenase",
        "cytochrome c oxidase",
        "combined COX-SDH",
        "uranyl acetate / lead citrate contrast",
    }
    assert stains("Absent muscle dystrophin expression") == {"anti-dystrophin"}
    nemaline = records.filter(pl.col("findings").str.contains("Nemaline bodies"))
    assert nemaline.height > 50
    assert set(nemaline["gene"]) <= {"ACTA1", "NEB", "TPM3", "TNNT1", "KLHL40", "KBTBD13", "CFL2"}


def test_captions_in_both_languages_say_what_the_record_says(records: pl.DataFrame) -> None:
    for row in records.sample(200, seed=1).iter_rows(named=True):
        for caption, word in (("caption_en", "Synthetic"), ("caption_fr", "synthétique")):
            assert word in row[caption]
            assert f"×{row['magnification']}" in row[caption]
            assert row["gene"] is None or _symbol(row["gene"]) in row[caption]
        assert row["muscle"] in row["caption_en"][0].lower() + row["caption_en"][1:]
        assert row["disease"] is None or row["disease"] in row["caption_en"]


# The same every time


def test_the_dice_fall_the_same_way_everywhere() -> None:
    dice = Dice(1)
    assert [dice.between(1, 6) for _ in range(12)] == [1, 6, 5, 2, 3, 3, 4, 5, 1, 1, 6, 3]


@pytest.mark.parametrize("suffix", READ)
def test_the_same_seed_gives_the_same_bytes_in_every_form(tmp_path: Path, suffix: str) -> None:
    runner = CliRunner()
    for name, seed in (("first", 3), ("again", 3), ("other", 4)):
        path = tmp_path / f"{name}{suffix}"
        ended = runner.invoke(main, ["generate", "60", "--seed", str(seed), "--out", str(path)])
        assert ended.exit_code == 0, ended.output
    first, again, other = (tmp_path / f"{name}{suffix}" for name in ("first", "again", "other"))
    assert first.read_bytes() == again.read_bytes() != other.read_bytes()
    read = READ[suffix](first)
    assert read.cast(pl.String).equals(generate_records(60, 3)), suffix


# What cannot be done is told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["0", "--out", "{}/r.csv"], "0 is not in the range"),
        (["99999999999999999999", "--out", "{}/r.csv"], "is not in the range 1<=x<=10000000"),
        (["-5", "--out", "{}/r.csv"], "No such option"),
        (["many", "--out", "{}/r.csv"], "'many' is not a valid integer"),
        (["5"], "Missing option '--out'"),
        (["5", "--out", "{}/r.doc"], "no form of records ends in “.doc”. Known: .csv, .tsv"),
        (["5", "--out", "{}/r"], "no form of records ends in “”"),
        (["5", "--out", "{}"], "is a directory"),
        (["5", "--out", "{}/absent/r.csv"], "/absent/r.csv: No such file or directory"),
        (["5", "--out", "{}/r.csv", "--images", "{}/file"], "is a file"),
        (["5", "--seed", "x", "--out", "{}/r.csv"], "'x' is not a valid integer"),
        (["1048576", "--out", "{}/r.xlsx"], "1,048,575 records at most"),
    ],
)
def test_bad_usage_is_told_and_nothing_is_written(tmp_path: Path, arguments: list[str], told: str) -> None:
    for name in ("file", "file.csv"):
        (tmp_path / name).write_text("")
    ended = CliRunner().invoke(main, ["generate", *(argument.format(tmp_path) for argument in arguments)])
    assert ended.exit_code == 2
    assert told in ended.output
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == {"file": 0, "file.csv": 0}


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    path.write_text("before")

    def fail() -> None:
        with written_whole(path) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "before"
    assert [found.name for found in tmp_path.iterdir()] == ["records.csv"]


def test_it_says_in_french_what_it_wrote(run: Run, tmp_path: Path) -> None:
    ended = run("generate", 3, "--out", tmp_path / "r.csv", MUSCLE_ATLAS_LANGUAGE="fr")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"Enregistrements synthétiques écrits dans {tmp_path / 'r.csv'} : 3.\n"


def test_pictures_are_asked_for_by_the_names_that_the_records_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[pl.DataFrame, Path, int]] = []

    def draw_pictures(records: pl.DataFrame, folder: Path, *, seed: int, progress: Callable[[int, int], None]) -> None:
        asked.append((records, folder, seed))
        progress(records.height, records.height)

    pictures = SimpleNamespace(draw_pictures=draw_pictures, PictureError=RuntimeError)
    monkeypatch.setitem(sys.modules, "etl.generate.pictures", pictures)
    out, images = tmp_path / "r.csv", tmp_path / "deep" / "pictures"
    ended = CliRunner().invoke(main, ["generate", "4", "--seed", "5", "--out", str(out), "--images", str(images)])
    assert ended.exit_code == 0, ended.output
    ((records, folder, seed),) = asked
    assert (folder, seed) == (images, 5)
    with out.open(encoding="utf-8", newline="") as file:
        written = [row["image"] for row in csv.DictReader(file)]
    assert written == records["image"].to_list() == [f"SYN-0000{number}.jpg" for number in range(1, 5)]


def test_a_picture_that_cannot_be_drawn_is_told_and_no_records_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw_pictures(*arguments: object, **options: object) -> None:
        del arguments, options
        raise RuntimeError("SYN-00001.jpg: no space left on device")

    pictures = SimpleNamespace(draw_pictures=draw_pictures, PictureError=RuntimeError)
    monkeypatch.setitem(sys.modules, "etl.generate.pictures", pictures)
    out, images = tmp_path / "r.csv", tmp_path / "pictures"
    ended = CliRunner().invoke(main, ["generate", "4", "--out", str(out), "--images", str(images)])
    assert (ended.exit_code, ended.output) == (2, "muscle-atlas: SYN-00001.jpg: no space left on device\n")
    assert [path.name for path in tmp_path.iterdir()] == ["pictures"]


def test_pictures_are_drawn(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("etl.generate.pictures")
    ended = run("generate", 3, "--out", tmp_path / "r.csv", "--images", tmp_path / "pictures")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"Pictures drawn in {tmp_path / 'pictures'}: 3." in ended.stdout
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        f"SYN-0000{number}.jpg" for number in range(1, 4)
    ]


# The tables


def test_the_tables_of_facts_are_what_the_script_draws(shared: Path, tmp_path: Path) -> None:
    command = [sys.executable, "scripts/draw_generation.py", "--shared", str(shared), "--into", str(tmp_path)]
    drawn = subprocess.run(
        command, cwd=HOUSE, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(HOUSE)}
    )
    assert drawn.returncode == 0, drawn.stderr
    for name in ("courses.tsv", "transcripts.tsv"):
        assert (tmp_path / name).read_bytes() == (TABLES / name).read_bytes(), f"{name}: {' '.join(command)}"


def test_every_pair_stands_in_the_facts(shared: Path) -> None:
    with (shared / "facts" / "facts_gene_disease.tsv").open(encoding="utf-8") as lines:
        facts = {
            (row["gene_symbol"], row["orpha_code"]): row
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        }
    pairs = Table(TABLES / "diagnoses.tsv").rows
    unknown = [
        f"{symbol} {disease}"
        for symbol, disease in pairs.select("symbol", "disease").iter_rows()
        if (symbol, disease.removeprefix("ORPHA:")) not in facts
        or facts[symbol, disease.removeprefix("ORPHA:")]["group_status"] != "V"
    ]
    assert unknown == []


def test_the_pairs_reach_every_family() -> None:
    families = Table(ONTOLOGY / "pairs" / "families.tsv").rows
    pairs = Table(TABLES / "diagnoses.tsv").rows
    reached = pairs.join(families, on=["gene", "disease"])
    assert (pairs["gene"].n_unique(), pairs["disease"].n_unique()) == (72, 85)
    assert (reached.height, reached["family"].n_unique()) == (pairs.height, 17)


@pytest.mark.parametrize(
    ("table", "identifier", "label", "terms"),
    [
        ("diagnoses", "gene", "symbol", "hgnc"),
        ("diagnoses", "disease", "label", "ordo"),
        ("models", "disease", "label", "ordo"),
        ("muscles", "muscle", "label", "uberon"),
        ("findings", "finding", "label", "hpo"),
    ],
)
def test_labels_of_the_tables_are_those_of_the_vocabularies(
    table: str, identifier: str, label: str, terms: str
) -> None:
    known = dict(Table(ONTOLOGY / "terms" / f"{terms}.tsv").rows.select("id", "label_en").iter_rows())
    rows = Table(TABLES / f"{table}.tsv").rows.select(identifier, label)
    assert [row for row in rows.iter_rows() if known.get(row[0]) != row[1]] == []


def test_symbols_of_mice_are_those_of_the_mouse_orthologues(shared: Path) -> None:
    import gzip

    path = shared / "reference" / "mgi" / "HOM_MouseHumanSequence_2024-11.rpt.gz"
    rows = csv.DictReader(gzip.decompress(path.read_bytes()).decode().splitlines(), delimiter="\t")
    mouse: dict[str, set[str]] = defaultdict(set)
    human: dict[str, str] = {}
    for row in rows:
        if row["NCBI Taxon ID"] == "10090":
            mouse[row["DB Class Key"]].add(row["Symbol"])
        elif row["HGNC ID"]:
            human[row["HGNC ID"]] = row["DB Class Key"]
    models = Table(TABLES / "models.tsv").rows.filter(species="mouse")
    wrong = [row for row in models.select("gene", "symbol").iter_rows() if row[1] not in mouse[human[row[0]]]]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.tsv")), ids=lambda path: path.name)
def test_the_tables_are_sorted_and_headed(path: Path) -> None:
    table = Table(path)
    assert {"title", "licence"} <= table.header.keys()
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")][1:]
    assert rows == sorted(rows), f"sort the rows of {path.relative_to(HOUSE)}"


def test_findings_name_stains_and_patterns_that_there_are() -> None:
    stains = Table(TABLES / "stains.tsv").rows
    known = {*stains["stain"], *stains["kind"].drop_nulls()}
    findings = Table(TABLES / "findings.tsv").rows
    named = {stain for cell in findings["stains"] for stain in cell.split("|")}
    patterns = {pattern for cell in Table(TABLES / "diagnoses.tsv").rows["patterns"] for pattern in cell.split("|")}
    assert named - known == set()
    assert patterns == set(findings["pattern"])


@pytest.mark.parametrize(
    ("total", "shares", "parts"), [(5006, (4535, 471), [4535, 471]), (1, (1, 1), [1, 0]), (10, (1, 1, 1), [4, 3, 3])]
)
def test_a_total_is_divided_by_the_largest_remainder(total: int, shares: tuple[int, ...], parts: list[int]) -> None:
    assert apportion(total, shares) == parts


def test_ctrl_c_ends_it_in_a_word_and_leaves_no_half_file(command: list[str], tmp_path: Path) -> None:
    images = tmp_path / "pictures"
    process = subprocess.Popen(
        [*command, "generate", "3000", "--out", str(tmp_path / "r.csv"), "--images", str(images)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "MUSCLE_ATLAS_LANGUAGE": "fr"},
    )
    deadline = time.monotonic() + 60
    while not images.is_dir() and time.monotonic() < deadline:
        time.sleep(0.05)
    # As a terminal does: to every process, those that are just being started among them.
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told.strip()) == (130, "muscle-atlas: Arrêté.")
    assert list(tmp_path.iterdir()) == [images]
    assert all(path.read_bytes().endswith(b"\xff\xd9") for path in images.iterdir())
