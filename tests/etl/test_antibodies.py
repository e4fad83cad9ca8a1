"""Immunostains: method, antibody and target, however a laboratory divides them among the cells."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from etl.resolve.words.antibodies import METHODS, read_antibodies
from tests.conftest import Run
from tests.etl.built import COMPLETE, NAMES, Built, write_table

FLUORESCENCE, BRIGHT_FIELD, LIGHT, CONFOCAL = (
    f"FBbi:{number}" for number in ("00000246", "00000243", "00000345", "00000251")
)


@dataclass(frozen=True)
class Case:
    """What a laboratory writes, and what the photograph then says."""

    stain: str
    target: str
    technique: str
    told_stain: str
    told_targets: str
    told_technique: str


CASES = (
    Case("dystrophine", "", "MO", "anti-DMD", "DMD", LIGHT),
    Case("DYS1", "", "MO", "anti-DMD-rod", "DMD", LIGHT),
    Case("DYS2", "DMD", "MO", "anti-DMD-C", "DMD", LIGHT),
    Case("IHC", "DMD", "", "anti-DMD", "DMD", BRIGHT_FIELD),
    Case("IF", "dystrophin", "", "anti-DMD", "DMD", FLUORESCENCE),
    Case("IF", "", "", "IF", "", FLUORESCENCE),
    Case("IF", "DMD; LAMA2", "confocal", "IF", "DMD LAMA2", CONFOCAL),
    Case("anti-dystrophine", "DMD; LAMA2", "immunofluorescence", "anti-DMD", "DMD LAMA2", FLUORESCENCE),
    Case("IF dystrophine", "", "", "anti-DMD", "DMD", FLUORESCENCE),
    Case("IF dystrophine", "", "microscopie optique", "anti-DMD", "DMD", FLUORESCENCE),
    Case("Immunohistochimie de la mérosine", "", "", "anti-LAMA2", "LAMA2", BRIGHT_FIELD),
    Case("Immunofluorescence (anti-α-sarcoglycane)", "", "confocal", "anti-SGCA", "SGCA", CONFOCAL),
    Case("C5b-9 IHC", "", "", "anti-C5b-9", "C9", BRIGHT_FIELD),
    Case("IHC: MHC-I", "", "", "anti-MHC-I", "HLA-A HLA-B HLA-C", BRIGHT_FIELD),
    Case("IHC", "HLA-A; HLA-B; HLA-C", "", "anti-MHC-I", "HLA-A HLA-B HLA-C", BRIGHT_FIELD),
    Case("HLA-ABC", "HLA-A", "MO", "anti-MHC-I", "HLA-A", LIGHT),
    Case("IHC", "DAG1", "", "anti-DAG1", "DAG1", BRIGHT_FIELD),
    Case("bungarotoxine", "", "immunofluorescence", "BTX", "CHRNA1", FLUORESCENCE),
    Case("NADH-TR", "", "MO", "NADH", "", LIGHT),
)


@pytest.fixture(scope="module")
def built(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("antibodies")
    rows = [
        {
            **COMPLETE,
            "image_id": f"IM-{number}",
            "target": case.target,
            "stain": case.stain,
            "technique": case.technique,
        }
        for number, case in enumerate(CASES)
    ]
    path = write_table(folder / "records.csv", rows)
    return Built(run("build", path, "--data", folder / "data", "--json"), folder / "data")


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=lambda value: getattr(value, "stain", None))
def test_stain_target_and_technique_fill_each_other_in(built: Built, number: int, case: Case) -> None:
    row = built.images.row(by_predicate=pl.col("image_id") == f"IM-{number}", named=True)
    assert row["stain"] == NAMES.expand(f"stain:{case.told_stain}")
    assert " ".join(sorted(row["target_label_en"] or [])) == case.told_targets
    assert row["technique"] == NAMES.expand(case.told_technique)


def test_nothing_is_said_of_these_rows_but_where_the_antibody_is_missing(built: Built) -> None:
    unknown = [number for number, case in enumerate(CASES) if case.told_stain == "IF" and not case.told_targets]
    told = [(problem["rule"].rpartition("/")[2], problem["row"]) for problem in built.told()]
    assert told == [("image-target-missing", number + 2) for number in unknown]


def test_what_contradicts_or_is_not_known_is_told_and_left_out(run: Run, tmp_path: Path) -> None:
    faults = {
        "LAMA2": ("anti-dystrophine", "image-stain-target-differs"),
        "": ("IF dystrofine", "stain-unknown"),
        "BIN1": ("sarcoglycanes", "stain-ambiguous"),
    }
    rows = [
        {**COMPLETE, "image_id": f"IM-{number}", "stain": stain, "target": target}
        for number, (target, (stain, _)) in enumerate(faults.items())
    ]
    checked = Built(run("check", write_table(tmp_path / "records.csv", rows), "--json"), tmp_path)
    for number, (target, (stain, rule)) in enumerate(faults.items()):
        problems = [problem for problem in checked.told(row=number + 2) if problem["severity"] == "violation"]
        assert [problem["name"] for problem in problems] == [rule], (stain, target, problems)


def test_a_technique_said_to_be_unknown_stays_so(run: Run, tmp_path: Path) -> None:
    row = {**COMPLETE, "image_id": "IM-1", "stain": "IF dystrophine", "technique": "non précisé"}
    path = write_table(tmp_path / "records.csv", [row])
    built = Built(run("build", path, "--data", tmp_path / "data", "--json"), tmp_path / "data")
    assert built.images["technique"].to_list() == [None]
    assert [problem["name"] for problem in built.told()] == ["image-not-stated"]


def test_targets_lead_to_one_stain_each() -> None:
    antibodies = read_antibodies()
    assert antibodies.named[frozenset({"HGNC:2928"})] == "stain:anti-DMD"
    assert {frozenset(genes) for genes in antibodies.targets.values()} == set(antibodies.named)
    assert set(antibodies.seen_by) == set(METHODS)
