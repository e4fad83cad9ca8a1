"""A dirty spreadsheet of every fault that laboratories and hostile hands make comes back fully told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import pyvips

from tests.conftest import Run
from tests.etl.built import COMPLETE, Built

SHEET = "Biopsies"
LEFT_OUT, KEPT = True, False


@dataclass(frozen=True)
class Fault:
    """One row: the cells that differ from a complete record, the rules that tell of it, and whether it is left out."""

    name: str
    rules: frozenset[str]
    left_out: bool
    cells: Mapping[str, Any] = field(default_factory=dict)


def fault(name: str, rules: str, *, left_out: bool, **cells: Any) -> Fault:
    return Fault(name, frozenset(rules.split()), left_out, cells)


FAULTS = [
    fault("clean", "", left_out=KEPT),
    fault(
        "withdrawn symbol",
        "gene-former-symbol",
        left_out=KEPT,
        gene="SEPN1",
        variants="NM_020451.3:c.943G>A",
        disease="Rigid spine syndrome",
    ),
    fault("unknown gene", "gene-unknown", left_out=LEFT_OUT, gene="BIN11"),
    fault("gene that became a date", "gene-date-mangled", left_out=LEFT_OUT, gene="9-Sep"),
    fault("gene that became a date, March", "gene-date-mangled", left_out=LEFT_OUT, gene="1-Mar"),
    fault("gene that became a date, December", "gene-date-mangled", left_out=LEFT_OUT, gene="Dec-1"),
    fault("gene that is a date cell", "gene-date-mangled", left_out=LEFT_OUT, gene=datetime(2026, 9, 9)),
    fault("impossible date as age", "age-is-impossible-date", left_out=LEFT_OUT, age="1995-02-29"),
    fault("date of birth as age", "age-is-date", left_out=LEFT_OUT, age="12/03/1995"),
    fault("age unreadable", "age-unreadable", left_out=LEFT_OUT, age="une quarantaine"),
    fault("age out of range", "image-age-range", left_out=LEFT_OUT, age="999"),
    fault("muscle that is none", "muscle-is-none", left_out=LEFT_OUT, muscle="foie"),
    fault("muscle unknown", "muscle-unknown", left_out=LEFT_OUT, muscle="deltoidus maximus"),
    fault("malformed HGVS", "variant-hgvs-syntax", left_out=LEFT_OUT, variants="c.14582G>>A"),
    fault("malformed DOI", "doi-malformed", left_out=LEFT_OUT, doi="11.1234/abc"),
    fault("ambiguous disease", "disease-broad", left_out=LEFT_OUT, gene=None, variants=None, disease="myasthénie"),
    fault("unknown species", "species-unknown", left_out=LEFT_OUT, species="axolotl"),
    fault("unknown finding", "finding-unknown", left_out=KEPT, findings="rods; greeble bodies"),
    fault("identifier malformed", "image-id-malformed", left_out=LEFT_OUT, image_id='"><script>alert(1)</script>'),
    fault("script in a caption", "", left_out=KEPT, caption_en='"><script>alert(1)</script> \\ "quoted"\nnew line'),
    fault("command in a caption", "", left_out=KEPT, caption_en="=cmd|' /C calc'!A0"),
    fault("spaces that do not break", "", left_out=KEPT, muscle="\u00a0vastus\u00a0lateralis\u202f"),
    fault("specimen of two, one", "specimen-one-individual", left_out=LEFT_OUT, specimen_id="S-2", individual_id="P-1"),
    fault(
        "specimen of two, other", "specimen-one-individual", left_out=LEFT_OUT, specimen_id="S-2", individual_id="P-2"
    ),
    fault("sex of one person, one", "individual-one-sex", left_out=LEFT_OUT, individual_id="P-3", sex="F"),
    fault("sex of one person, other", "individual-one-sex", left_out=LEFT_OUT, individual_id="P-3", sex="M"),
    fault("control with a gene", "control-with-cause", left_out=KEPT, status="control", disease=None),
    fault(
        "treated mouse",
        "",
        left_out=KEPT,
        species="mouse",
        strain="C57BL/10",
        genotype="Dmd<mdx>/Y",
        sex="M",
        treatment="AAV",
        age="8 weeks",
        gene="Dmd",
        variants=None,
        disease="Duchenne muscular dystrophy",
        muscle="tibialis anterior",
    ),
    fault("healthy control", "", left_out=KEPT, status="control", gene=None, variants=None, disease=None),
    fault("target contradicts", "image-stain-target-differs", left_out=LEFT_OUT, stain="anti-dystrophin", target="DES"),
    fault("zygosity misaligned", "zygosity-misaligned", left_out=LEFT_OUT, zygosity="het; hom; het"),
    fault("pixel size of nothing", "image-pixel-size-range", left_out=LEFT_OUT, pixel_size_um="0"),
    fault("picture absent", "image-file-missing", left_out=KEPT, image="absent.png"),
    fault("picture outside", "image-path-outside", left_out=LEFT_OUT, image="../secret.png"),
    fault("picture by a link outside", "image-path-outside", left_out=LEFT_OUT, image="link.png"),
    fault("picture of zero bytes", "image-file-empty", left_out=LEFT_OUT, image="empty.png"),
    fault("picture truncated", "image-file-damaged", left_out=LEFT_OUT, image="truncated.jpg"),
    fault("picture that is none", "image-file-format", left_out=LEFT_OUT, image="text.jpg"),
    fault("picture of another format", "image-file-suffix", left_out=KEPT, image="png.jpg"),
    fault("picture animated", "image-file-partly-shown", left_out=KEPT, image="animated.gif"),
    fault("picture in CMYK", "", left_out=KEPT, image="cmyk.jpg"),
    fault("picture that is a bomb", "image-file-too-large", left_out=LEFT_OUT, image="bomb.png"),
]


def draw_pictures(folder: Path) -> None:
    """Write the pictures that the rows name, each with its fault, and one for the rows without."""
    folder.mkdir()
    noise = pyvips.Image.gaussnoise(200, 150, mean=128, sigma=40, seed=1).cast("uchar")
    colour = noise.bandjoin([noise, noise]).copy(interpretation="srgb")
    for number in range(len(FAULTS)):
        colour.linear(1, number).cast("uchar").write_to_file(str(folder / f"{number}.png"))
    colour.write_to_file(str(folder / "whole.jpg"))
    (folder / "truncated.jpg").write_bytes((folder / "whole.jpg").read_bytes()[:2000])
    (folder / "whole.jpg").unlink()
    (folder / "empty.png").touch()
    (folder / "text.jpg").write_text("no picture at all, but quite some text")
    colour.invert().pngsave(str(folder / "png.png"))
    (folder / "png.png").rename(folder / "png.jpg")
    frames = colour.resize(0.5).join(colour.resize(0.5).invert(), "vertical")
    frames.set_type(pyvips.GValue.gint_type, "page-height", colour.resize(0.5).height)
    frames.write_to_file(str(folder / "animated.gif"))
    colour.rot90().colourspace("cmyk").write_to_file(str(folder / "cmyk.jpg"))
    black = pyvips.Image.black(60_000, 60_000)
    black.write_to_file(str(folder / "bomb.png"), compression=9)
    (folder.parent / "secret.png").write_bytes((folder / "0.png").read_bytes())
    (folder / "link.png").symlink_to(folder.parent / "secret.png")


def write_workbook(path: Path) -> None:
    """Write the rows, with a hidden sheet, a merged heading and a heading nobody knows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    columns = list(dict.fromkeys(["image_id", "image", *COMPLETE, *(c for one in FAULTS for c in one.cells)]))
    sheet.append([*columns, "Grosisement", "Notes", None])
    sheet.merge_cells(start_row=1, start_column=len(columns) + 2, end_row=1, end_column=len(columns) + 3)
    for number, one in enumerate(FAULTS):
        given = {"image_id": f"D-{number}", "image": f"{number}.png", **COMPLETE, **one.cells}
        sheet.append([given.get(column) for column in columns])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.data_type = "s"
    hidden = book.create_sheet("Anciennes")
    hidden.append(["image_id", "gene"])
    hidden.append(["OLD-1", "RYR1"])
    hidden.sheet_state = "hidden"
    book.save(path)


@pytest.fixture(scope="module")
def dirty(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("dirty")
    draw_pictures(folder / "pictures")
    write_workbook(folder / "sale.xlsx")
    lines = [
        json.dumps({"image_id": "J-0", **COMPLETE}),
        '{"image_id": "J-1", "caption_en": "lone \\ud800 surrogate"}',
        '{"image_id": "J-2", "caption_en": "nothing \\u0000 at all"}',
        '{"image_id": "J-3", "gene": ',
    ]
    (folder / "lines.jsonl").write_text("\n".join(lines) + "\n")
    data = folder / "data"
    done = run(
        "build", folder / "sale.xlsx", folder / "lines.jsonl", "--images", folder / "pictures", "--data", data, "--json"
    )
    return Built(done, data)


def rules_of(built: Built, row: int) -> set[str]:
    told = [problem for problem in built.told(row=row) if f"#{SHEET}" in str(problem["file"])]
    # What a record lacks, where the fault took it away, is not the fault.
    return {problem["name"] for problem in told if problem["severity"] != "info" or "former" in problem["name"]} - {
        "image-gene-missing",
        "image-variant-missing",
        "image-not-named",
    }


@pytest.mark.parametrize(("number", "one"), list(enumerate(FAULTS)), ids=[one.name for one in FAULTS])
def test_every_fault_is_told_at_its_row_by_its_rule(dirty: Built, number: int, one: Fault) -> None:
    assert rules_of(dirty, number + 2) == one.rules


@pytest.mark.parametrize(("number", "one"), list(enumerate(FAULTS)), ids=[one.name for one in FAULTS])
def test_only_what_must_is_left_out(dirty: Built, number: int, one: Fault) -> None:
    identifier = one.cells.get("image_id", f"D-{number}")
    assert (identifier not in set(dirty.images["image_id"])) == one.left_out


def test_every_problem_of_a_cell_names_place_value_and_mend(dirty: Built) -> None:
    for problem in dirty.told():
        assert problem["message"]
        assert problem["suggestion"], problem
        if problem["severity"] == "violation" and problem["row"]:
            assert problem["file"]


def test_what_the_sheets_and_headings_hide_is_told(dirty: Built) -> None:
    assert [problem["value"] for problem in dirty.named("sheet-hidden")] == ["Anciennes"]
    [unknown] = [problem for problem in dirty.named("heading-unknown") if problem["value"] == "Grosisement"]
    assert "rossissement" in unknown["suggestion"]
    assert dirty.named("heading-merged")


def test_broken_lines_are_told_and_the_others_read(dirty: Built) -> None:
    told = {
        (p["row"], p["name"])
        for p in dirty.told()
        if str(p["file"]).endswith(".jsonl") and p["severity"] == "violation"
    }
    assert told == {(2, "cell-control-character"), (3, "cell-control-character"), (4, "row-json")}
    assert "J-0" in set(dirty.images["image_id"])


def test_dates_of_people_are_not_repeated(dirty: Built) -> None:
    report = dirty.release.report.read_text(encoding="utf-8")
    for date in ("1995-02-29", "12/03/1995"):
        assert date not in report
        assert date not in dirty.dump


def test_the_rest_is_published(dirty: Built) -> None:
    assert dirty.process.returncode == 1
    assert dirty.report["images"] == sum(not one.left_out for one in FAULTS) + 1
    captions = set(dirty.images["caption_en"].drop_nulls())
    assert "=cmd|' /C calc'!A0" in captions
    assert any("<script>" in caption for caption in captions)
