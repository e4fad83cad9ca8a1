"""What is proposed in place of a value is accepted there."""

import json
from pathlib import Path

from tests.conftest import Run
from tests.etl.built import COMPLETE
from tests.reports.told import write_rows

FAULTS = [
    {"gene": "BIN11", "variants": ""},
    {"gene": "2-MAR", "variants": ""},
    {"gene": "HGNC:1052 RYR1", "variants": ""},
    {"gene": "BIN1\nRYR1", "variants": ""},
    {"gene": "DNM2; BIN11", "variants": "", "disease": "centronuclear myopathy"},
    {"muscle": "dletoid"},
    {"sex": "femal"},
    {"stain": "IF dystrophin", "technique": "electron microscopy", "target": "DMD"},
    {"variants": "NM_139343.3:c.461G>A (homozygote)", "zygosity": "heterozygous"},
    {"variants": "461G>A"},
    {"disease": "myopathie a axes centrau"},
    {"disease": "myasthénie", "gene": "CHRNE", "variants": ""},
    {"findings": "central corse; nemaline bodies"},
    {"doi": "21357781"},
    {"technique": "electron microscop"},
    {"licence": "CC BY 4"},
    {"species": "humann"},
]
COLUMNS = {column for row in FAULTS for column in row}


def test_a_correction_is_accepted_where_it_is_put(run: Run, tmp_path: Path) -> None:
    rows = [
        {"image_id": f"f{n}", **dict.fromkeys(COLUMNS - COMPLETE.keys(), ""), **row} for n, row in enumerate(FAULTS)
    ]
    path = write_rows(tmp_path / "records.csv", rows)
    first = json.loads(run("check", path, "--json").stdout)["problems"]
    mended = [problem for problem in first if problem["corrections"]]
    assert len({problem["rule"] for problem in mended}) >= 8
    for problem in mended:
        row = rows[problem["row"] - 2]
        cell = row.get(problem["column"]) or COMPLETE[problem["column"]]
        # Two problems of one value are mended by the correction of one.
        row[problem["column"]] = cell.replace(problem["value"], problem["corrections"][0])
    again = json.loads(run("check", write_rows(path, rows), "--json").stdout)["problems"]
    left = {(problem["rule"], problem["row"], problem["column"]) for problem in again}
    assert not [told for told in mended if (told["rule"], told["row"], told["column"]) in left]


def test_a_place_is_no_correction(run: Run, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "records.csv",
        [{"image_id": "a"}, {"image_id": "a"}, *({"image_id": f"p{s}", "individual_id": "P", "sex": s} for s in "FM")],
    )
    told = json.loads(run("check", path, "--json").stdout)["problems"]
    assert {problem["rule"].rpartition("/")[2] for problem in told} >= {"image-id-twice", "individual-one-sex"}
    assert [problem for problem in told if problem["corrections"]] == []
