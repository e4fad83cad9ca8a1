"""The pictures of the synthetic atlas: each different, each the same again, each showing what its record tells."""

import csv
import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
import pyvips
import rdflib
from rdflib.namespace import SKOS

from etl.generate import drawing
from etl.generate.drawing.antigens import SITES
from etl.generate.drawing.electron import draw_electron
from etl.generate.drawing.files import draw_picture
from etl.generate.drawing.lesions import LESIONS
from etl.generate.drawing.light import draw_light
from etl.generate.drawing.looks import antigens, disease_changes, effects
from etl.generate.drawing.orders import Order
from etl.generate.drawing.reading import read_orders
from etl.generate.drawing.ultrastructure import CHANGES
from etl.generate.pictures import FEW, PictureError, draw_pictures
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import Table

ELECTRON = "transmission electron microscopy"
FLUORESCENCE = "fluorescence microscopy"
HERE = Path(drawing.__file__).parent
LAYOUT = {
    "variability", "rounding", "fibrosis", "fat", "septa", "atrophy", "hypertrophy", "perifascicular", "grouping",
    "slow_atrophy", "fast_atrophy", "slow_predominance", "fast_predominance",
}  # fmt: skip
"""Changes that the layout of fibres makes."""
WOVEN = {"thin", "collagen", "tubuloreticular"}
"""Changes of electron micrographs that are made with the myofibrils and the border of the fibre."""

Picture = npt.NDArray[np.float32]


def record(number: int = 1, **cells: str) -> dict[str, str]:
    given = {"image_id": f"SYN-{number:05d}", "image": f"SYN-{number:05d}.jpg", "species": "human", "age": "30"}
    return {
        "stain": "HE",
        "technique": "light microscopy",
        "target": "",
        "findings": "",
        "disease": "",
        **given,
        **cells,
    }


def order(**cells: str) -> Order:
    number = int(cells.pop("number", "1"))
    return next(iter(read_orders(pl.DataFrame([record(number, **cells)]), seed=1)))


def drawn(**cells: str) -> Picture:
    """Pixels of one record, rows × columns × channels."""
    return np.asarray(pyvips.Image.new_from_buffer(draw_picture(order(**cells)), "").numpy(), np.float32).reshape(
        384, 512, -1
    )


def draw(folder: Path, *rows: dict[str, str], seed: int = 1) -> dict[str, bytes]:
    draw_pictures(pl.DataFrame(list(rows)), folder, seed=seed)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def findings(shared: Path) -> list[str]:
    with (shared / "facts" / "facts_histology_hpo.tsv").open(encoding="utf-8") as file:
        return [row["label_en"] for row in csv.DictReader(file, delimiter="\t")]


def test_the_same_seed_and_identifier_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [record(1), record(2, stain="EM-UPb", technique=ELECTRON)]
    assert draw(tmp_path / "a", *rows) == draw(tmp_path / "b", *rows)


def test_other_identifiers_and_other_seeds_give_other_pictures(tmp_path: Path) -> None:
    first = draw(tmp_path / "a", *(record(number) for number in range(1, 6)))
    assert len(set(first.values())) == 5
    assert draw(tmp_path / "b", record(1), seed=2)["SYN-00001.jpg"] != first["SYN-00001.jpg"]


def test_many_are_drawn_by_several_processes_as_by_one_and_progress_reaches_the_end(tmp_path: Path) -> None:
    rows = [record(number) for number in range(1, FEW + 10)]
    told: list[tuple[int, int]] = []
    draw_pictures(
        pl.DataFrame(rows), tmp_path / "many", seed=1, progress=lambda done, every: told.append((done, every))
    )
    assert told[0] == (0, len(rows))
    assert told[-1] == (len(rows), len(rows))
    assert len(list((tmp_path / "many").iterdir())) == len(rows)
    one = draw(tmp_path / "one", rows[-1])
    assert (tmp_path / "many" / rows[-1]["image"]).read_bytes() == one[rows[-1]["image"]]


def test_pictures_are_small_jpeg_files_grey_by_electron_microscopy(tmp_path: Path) -> None:
    files = draw(
        tmp_path, record(1), record(2, stain="EM-UPb", technique=ELECTRON), record(3, stain="", technique=ELECTRON)
    )
    images = [pyvips.Image.new_from_buffer(content, "") for content in files.values()]
    assert [(image.width, image.height, image.bands) for image in images] == [
        (512, 384, 3),
        (512, 384, 1),
        (512, 384, 1),
    ]
    assert all(image.get("vips-loader") == "jpegload_buffer" for image in images)
    assert all(10_000 < len(content) < 120_000 for content in files.values())


def test_a_picture_may_lie_in_a_folder_and_a_record_without_one_gets_none(tmp_path: Path) -> None:
    draw_pictures(pl.DataFrame([record(1, image="sub/a.jpg"), record(2, image="")]), tmp_path, seed=1)
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*.jpg")] == [Path("sub/a.jpg")]


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "a.png", "sub/../../a.jpg"])
def test_a_name_that_is_no_jpeg_within_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not name a JPEG"):
        draw(tmp_path / "pictures", record(1, image=name))


def test_two_records_of_one_picture_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two records"):
        draw(tmp_path, record(1), record(2, image="SYN-00001.jpg"))


@pytest.mark.parametrize("many", [1, FEW + 10])
def test_a_picture_that_cannot_be_written_is_named(many: int, tmp_path: Path) -> None:
    (tmp_path / "SYN-00001.jpg").mkdir()
    with pytest.raises(OSError, match=r"SYN-00001\.jpg'$"):
        draw_pictures(pl.DataFrame([record(number + 1) for number in range(many)]), tmp_path, seed=1)
    assert not list(tmp_path.glob(".*"))


def test_a_picture_that_cannot_be_drawn_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise FloatingPointError("a fault of drawing")

    monkeypatch.setattr("etl.generate.drawing.files.draw_light", fail)
    with pytest.raises(PictureError, match=r"SYN-00001\.jpg: FloatingPointError: a fault of drawing"):
        draw(tmp_path, record(1))


def test_after_an_interrupt_nothing_is_left_half_written(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    program = tmp_path / "program.py"
    program.write_text(
        "import pathlib, sys\nimport polars as pl\nfrom etl.generate.pictures import draw_pictures\n"
        "if __name__ == '__main__':\n"
        "    rows = [{'image_id': f'S{n}', 'image': f'S{n}.jpg', 'stain': 'HE'} for n in range(5000)]\n"
        "    draw_pictures(pl.DataFrame(rows), pathlib.Path(sys.argv[1]), seed=1)\n",
        encoding="utf-8",
    )
    house = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, program, folder], stderr=subprocess.PIPE, text=True, cwd=house, env={"PYTHONPATH": str(house)}
    )
    deadline = time.monotonic() + 60
    while not list(folder.glob("*.jpg")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in told
    files = list(folder.iterdir())
    assert 0 < len(files) < 5000
    assert all(path.suffix == ".jpg" and path.read_bytes().endswith(b"\xff\xd9") for path in files)


def test_every_stain_of_the_scheme_is_drawn() -> None:
    scheme = rdflib.Graph().parse(ONTOLOGY / "schemes" / "stain.ttl")
    notations = sorted(str(notation) for notation in scheme.objects(None, SKOS.notation))
    assert len(notations) > 30
    for notation in notations:
        assert draw_picture(order(stain=notation))
    for notation in (name for name in notations if name.startswith("anti-")):
        assert draw_picture(order(stain=notation, technique=FLUORESCENCE))


def test_every_histological_stain_and_enzyme_of_the_scheme_has_a_look_of_its_own() -> None:
    scheme = rdflib.Graph().parse(ONTOLOGY / "schemes" / "stain.ttl")
    parents = {str(parent) for parent in scheme.objects(None, SKOS.broader)} - {
        "https://w3id.org/muscle-atlas/stain/PAS"
    }
    drawn_as = {
        notation: order(stain=notation).look
        for concept, notation in ((concept, str(value)) for concept, value in scheme.subject_objects(SKOS.notation))
        if str(concept) not in parents and not notation.startswith(("anti-", "EM"))
    }
    assert [notation for notation, look in drawn_as.items() if look is None or look.notation != notation] == []


def test_every_finding_is_known_and_drawn_by_light_and_by_electrons(findings: list[str]) -> None:
    known = {row["label_en"] for row in Table(HERE / "findings.tsv").rows.to_dicts()}
    assert [finding for finding in findings if finding not in known] == []
    for number, finding in enumerate(findings):
        stain = ("HE", "MGT", "NADH", "COXSDH", "anti-DES")[number % 5]
        assert draw_picture(order(number=str(number), findings=finding, stain=stain))
        assert draw_picture(order(number=str(number), findings=finding, stain="EM-UPb", technique=ELECTRON))


def test_several_findings_and_an_unknown_one_are_drawn_together() -> None:
    several = order(findings="Nemaline bodies; Skeletal muscle fibrosis; Something else", stain="MGT")
    assert several.changes["rods"]
    assert several.changes["fibrosis"]
    assert draw_picture(several)


def test_the_tables_name_only_what_can_be_drawn() -> None:
    light = {name for effect in effects().values() for name in effect.light}
    light |= {name for changes in disease_changes().values() for name in changes}
    assert light <= set(LESIONS) | LAYOUT
    assert {name for effect in effects().values() for name in effect.electron} <= set(CHANGES) | WOVEN
    assert {name for effect in effects().values() for name in effect.lost} <= set(antigens()) | {"*"}
    assert {antigen.site for antigen in antigens().values()} == set(SITES)


def test_the_findings_carry_the_labels_of_the_ontology() -> None:
    rows = Table(HERE / "findings.tsv").rows.select("id", "label_en").iter_rows()
    released = dict(Table(ONTOLOGY / "terms" / "hpo.tsv").rows.select("id", "label_en").iter_rows())
    assert [row for row in rows if released.get(row[0]) != row[1]] == []


def test_the_tables_are_sorted() -> None:
    for path in sorted(HERE.glob("*.tsv")):
        first = Table(path).rows.to_series(0).to_list()
        assert first == sorted(set(first)), path.name


def pixels(wanted: Order) -> Picture:
    assert wanted.look is not None
    return draw_light(np.random.default_rng(wanted.seed), wanted, wanted.look).astype(np.float32)


def middles_less_rims(picture: Picture, wanted: Order) -> float:
    """How much lighter the middles of fibres are than what surrounds them."""
    from etl.generate.drawing.fibres import cut_across

    rng = np.random.default_rng(wanted.seed)
    section = cut_across(rng, wanted.diameter, wanted.scale, wanted.changes)
    far = np.hypot(section.x, section.y) / section.radius
    grey = picture.mean(2)
    slow = section.fibres.kind[section.owner] == 0
    inside = section.edge > 3
    return float(grey[slow & inside & (far < 0.2)].mean() - grey[slow & inside & (far > 0.6)].mean())


def test_cores_are_pale_in_the_middle_of_type_1_fibres() -> None:
    cored = order(stain="NADH", findings="Central core regions in muscle fibers")
    plain = order(stain="NADH", findings="Type 1 muscle fiber predominance")
    assert middles_less_rims(pixels(cored), cored) > middles_less_rims(pixels(plain), plain) + 25


def test_nuclei_stand_in_the_middle_where_the_finding_says_so() -> None:
    central = order(stain="HE", findings="Centrally nucleated skeletal muscle fibers")
    plain = order(stain="HE", findings="Muscle fiber splitting")
    assert middles_less_rims(pixels(central), central) < middles_less_rims(pixels(plain), plain) - 8


def test_type_1_fibres_are_pale_at_ph_9_4_and_dark_at_ph_4_3() -> None:
    alkaline, acid = (drawn(stain=stain, findings="Type 1 muscle fiber predominance") for stain in ("ATP94", "ATP43"))
    assert alkaline.mean() > acid.mean() + 40


@pytest.mark.parametrize("technique", ["light microscopy", FLUORESCENCE])
def test_absent_dystrophin_leaves_membranes_unmarked(technique: str) -> None:
    stain = {"stain": "IHC" if technique != FLUORESCENCE else "IF", "target": "DMD", "technique": technique}
    normal, absent, other = (
        drawn(**stain, findings=finding)
        for finding in ("", "Absent muscle dystrophin expression", "Absent muscle fiber merosin")
    )
    reduced = drawn(**stain, findings="Reduced muscle dystrophin expression")

    def marked(picture: Picture) -> float:
        brown = picture[..., 0] - picture[..., 2]
        return float((np.abs(picture[..., 1] - picture[..., 2]) if technique == FLUORESCENCE else brown).mean())

    assert marked(absent) < marked(reduced) < marked(normal)
    assert marked(absent) < 0.5 * marked(other)


def test_rods_are_red_in_the_trichrome() -> None:
    def red(picture: Picture) -> float:
        return float((picture[..., 0] - picture[..., 1] > 20).mean())

    assert red(drawn(stain="MGT", findings="Nemaline bodies")) > 1.5 * red(
        drawn(stain="MGT", findings="Muscle fiber splitting")
    )


def test_the_ground_is_dark_by_fluorescence_and_light_by_peroxidase() -> None:
    assert drawn(stain="IF", target="DMD", technique=FLUORESCENCE).mean() < 60
    assert drawn(stain="IHC", target="DMD").mean() > 150


def test_fibres_grow_with_age_and_the_side_of_a_pixel_is_kept() -> None:
    ages = [order(age=age).diameter for age in ("1 month", "5", "16", "60")]
    assert ages == sorted(ages)
    assert 10 < ages[0] < 15
    assert 40 <= ages[3] <= 60
    told = order(pixel_size_um="0.65")
    assert told.scale == pytest.approx(1 / 0.65)
    assert order(pixel_size_um="nonsense").scale > 0
    assert order(stain="EM-UPb", technique=ELECTRON, pixel_size_um="0.012").scale == pytest.approx(1 / 0.012)


@pytest.mark.parametrize("size", ["0.000001", "0.01", "5", "999999", "0"])
def test_an_absurd_side_of_a_pixel_is_drawn_all_the_same(size: str) -> None:
    for cells in ({"stain": "HE"}, {"stain": "EM-UPb", "technique": ELECTRON}):
        assert draw_picture(order(pixel_size_um=size, **cells))


def test_electron_micrographs_show_bands_that_repeat_along_the_myofibrils() -> None:
    wanted = order(stain="EM-UPb", technique=ELECTRON, pixel_size_um="0.02")
    grey = draw_electron(np.random.default_rng(wanted.seed), wanted)[..., 0].astype(float)
    power = np.abs(np.fft.fft2(grey - grey.mean())) ** 2
    down, right = np.unravel_index(np.argmax(power), power.shape)
    cycles = np.hypot(min(down, 384 - down) / 384, min(right, 512 - right) / 512)
    assert 1.6 < 0.02 / cycles < 2.8, "a sarcomere measures about 2.2 micrometres"


def test_words_in_french_and_animals_are_read_too() -> None:
    french = order(stain="trichrome de Gomori", findings="bâtonnets", species="souris", age="8 semaines")
    assert french.look is not None
    assert french.look.notation == "MGT"
    assert french.changes["rods"]
    assert french.diameter < order().diameter


def test_empty_records_draw_nothing(tmp_path: Path) -> None:
    table = pl.read_csv(io.StringIO("image_id,image,stain\n"))
    draw_pictures(table, tmp_path / "none", seed=1)
    assert list((tmp_path / "none").iterdir()) == []
