"""Pictures are written anew: a mark planted wherever a format keeps more than pixels is in no byte of a release."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import pyvips

from tests.conftest import Run
from tests.etl.built import COMPLETE, Built, write_table
from tests.etl.planted import LABEL, MARK, TISSUE, planted

FILES = dict(planted())


@pytest.fixture(scope="module")
def built(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("planted")
    pictures = folder / "pictures"
    pictures.mkdir()
    rows = []
    for number, (name, content) in enumerate(FILES.items()):
        (pictures / name).write_bytes(content)
        rows.append({**COMPLETE, "image_id": f"IM-{number}", "image": name})
    records = write_table(folder / f"{MARK.decode()}.csv", rows)
    return Built(run("build", records, "--images", pictures, "--data", folder / "data", "--json"), folder / "data")


@pytest.mark.parametrize("name", FILES)
def test_a_planted_file_is_a_picture_that_holds_the_mark_many_times(name: str, tmp_path: Path) -> None:
    assert FILES[name].count(MARK) > (2 if name.endswith(".gif") else 5)
    (tmp_path / name).write_bytes(FILES[name])
    assert pyvips.Image.new_from_file(str(tmp_path / name)).avg() > 0


def test_every_picture_is_published(built: Built) -> None:
    assert built.process.returncode == 0, built.told()
    assert built.images["picture"].null_count() == 0
    assert built.images.height == len(FILES)


def _bytes(built: Built) -> Iterator[tuple[str, bytes]]:
    yield "graph.nq", built.dump.encode()
    yield "images.parquet, unpacked", pl.read_parquet(built.release.images).write_json().encode()
    for quad in built.store:
        yield "store, unpacked", str(quad).encode()
    for path in built.release.folder.rglob("*"):
        yield str(path.relative_to(built.release.folder)), str(path.name).encode()
        if path.is_file():
            yield str(path.relative_to(built.release.folder)), path.read_bytes()


def test_the_mark_is_in_no_byte_of_the_release(built: Built) -> None:
    assert {where for where, content in _bytes(built) if MARK.lower() in content.lower()} == set()


def test_derivatives_hold_nothing_but_pixels(built: Built) -> None:
    derivatives = list(built.release.media.rglob("*.jpg"))
    assert derivatives
    for path in derivatives:
        content, place = path.read_bytes(), 2
        while content[place + 1] != 0xDA:
            # JFIF's own header, tables and frame: no EXIF, XMP, IPTC, profile, comment.
            assert content[place + 1] in {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDD}, path
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        assert content.endswith(b"\xff\xd9")
        assert content.count(b"\xff\xd8\xff") == 1


def test_labels_and_macro_images_of_slides_are_not_shown(built: Built) -> None:
    for number, name in enumerate(FILES):
        [iri] = built.images.filter(image_id=f"IM-{number}")["picture"]
        picture = pyvips.Image.new_from_file(str(built.release.folder / "media" / iri.partition("/media/")[2]))
        colour = picture(picture.width - 4, picture.height // 2)
        if name.endswith(("all.jpg", "all.png", "all.webp", "all.gif", "tags.tif", "macro.tif")):
            assert max(abs(told - wanted) for told, wanted in zip(colour, TISSUE, strict=True)) < 12, name
        if len(colour) == len(LABEL):
            assert max(abs(told - wanted) for told, wanted in zip(colour, LABEL, strict=True)) > 50, name
