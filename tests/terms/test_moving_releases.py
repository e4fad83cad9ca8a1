"""``terms diff`` on real releases: symbols of genes of 2018, French names of 2019, and our own tables."""

from pathlib import Path

import pytest

from muscle_atlas.terms.sources import hgnc, ordo
from tests.conftest import Run
from tests.etl.built import COMPLETE, write_table
from tests.terms.moving import Told, identifiers, labels
from tests.terms.releases import slice_of

RENAMED = {
    "HGNC:1152": ("BVES", "POPDC1"),
    "HGNC:11577": ("TAZ", "TAFAZZIN"),
    "HGNC:20093": ("ADSSL1", "ADSS1"),
    "HGNC:37276": ("ISPD", "CRPPA"),
    "HGNC:4162": ("GARS", "GARS1"),
}
"""Genes of neuromuscular diseases whose symbol HGNC changed between 2018-11 and 2024-10."""
STILL = ("RYR1", "MTM1", "BIN1", "DMD")


def taken(folder: Path, *paths: Path) -> Path:
    """A folder that holds some of the reference releases, and nothing else."""
    folder.mkdir()
    for path in paths:
        (folder / path.name).symlink_to(path)
    return folder


def rows(column: str, values: list[str]) -> list[dict[str, str]]:
    cells = {**COMPLETE, "variants": "", "gene": "", "disease": ""}
    return [{**cells, "image_id": f"IM-{number}", column: value} for number, value in enumerate(values, 1)]


@pytest.fixture(scope="module")
def genes(run: Run, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """HGNC of 2018 is installed, and that of 2024 offered; the records write the symbols of 2018."""
    folder, files = tmp_path_factory.mktemp("genes"), shared / "reference" / "hgnc"
    old = taken(folder / "old", files / "hgnc_complete_set_2018-11.txt.gz")
    (folder / "terms").mkdir()
    slice_of(old, hgnc.SOURCE, folder / "terms")
    new = taken(folder / "new", files / "hgnc_complete_set_2024-10.txt.gz")
    records = write_table(folder / "records.csv", rows("gene", [*(old for old, _ in RENAMED.values()), *STILL]))
    return Told(run("terms", "diff", records, "--from", new, "--terms", folder / "terms", "--json"))


def test_symbols_that_changed_since_2018_are_told(genes: Told) -> None:
    assert genes.done.returncode == 1, genes.done.stderr
    told = {
        change["term"]["identifier"]: (*labels(change["before"]), *labels(change["after"]))
        for change in genes.changes("relabelled")
    }
    assert told == RENAMED


def test_each_symbol_names_its_photograph(genes: Told) -> None:
    assert [genes.change("relabelled", gene)["images"] for gene in RENAMED] == [
        [f"IM-{number}"] for number in range(1, 6)
    ]


def test_symbol_that_two_genes_share_since_then_is_told(genes: Told) -> None:
    """TAZ is a former symbol of TAFAZZIN and an alias of WWTR1."""
    (change,) = genes.changes("word")
    assert change["about"] == "TAZ"
    assert identifiers(change["after"]) == ["HGNC:11577", "HGNC:24042"]


def test_nothing_else_changed_for_these_genes(genes: Told) -> None:
    others = [change for change in genes.answer["changes"] if change["change"] not in ("relabelled", "word")]
    assert others == []
    assert (genes.answer["touched"], genes.answer["photographs"]) == (5, 9)


def test_french_names_that_changed_since_2019_are_told(run: Run, shared: Path, diseases: Path, tmp_path: Path) -> None:
    folder = shared / "reference" / "orphanet"
    files = ("orphapackets_2025-12-09_json.tar.gz", "Orphanet_Nomenclature_Pack_EN_2023.zip", "fr_product3_2019-05.zip")
    (tmp_path / "terms").mkdir()
    slice_of(taken(tmp_path / "old", *(folder / name for name in files)), ordo.SOURCE, tmp_path / "terms")
    new = taken(tmp_path / "new", diseases)
    records = write_table(tmp_path / "records.csv", rows("disease", ["ORPHA:97229", "ORPHA:62"]))
    told = Told(run("terms", "diff", records, "--from", new, "--terms", tmp_path / "terms", "--json"))
    change = told.change("relabelled", "ORPHA:97229")
    assert (change["about"], change["images"]) == ("fr", ["IM-1"])
    assert labels(change["before"]) == ["Déficit en transporteur de riboflavine"]
    assert labels(change["after"]) == ["Déficit en transporteur de la riboflavine"]
    # Its English name has changed since 2019: the French one, which says "type 2D", is no longer given as its label.
    change = told.change("relabelled", "ORPHA:62")
    assert labels(change["before"]) == ["Dystrophie musculaire des ceintures autosomique récessive type 2D"]
    assert change["after"] == []


def test_our_tables_say_what_the_releases_say_that_they_were_drawn_from(
    run: Run, diseases: Path, findings: Path, methods: Path, tmp_path: Path
) -> None:
    new = taken(tmp_path / "new", diseases, findings, methods)
    records = tmp_path / "records.csv"
    assert run("generate", "300", "--out", records).returncode == 0
    nothing = taken(tmp_path / "nothing")
    told = Told(run("terms", "diff", records, "--from", new, "--terms", nothing, "--json"))
    assert [one["installed"] for one in told.answer["vocabularies"]] == [False, False, False]
    assert told.answer["photographs"] == 300
    kept = ("withdrawn", "merged", "re-parented", "association", "reference")
    assert [change for change in told.answer["changes"] if change["change"] in kept] == []
    english = [change for change in told.changes("relabelled") if change["about"] == "en"]
    assert english == []
