"""Pictures that records name: found, rendered without metadata, told of, kept for the next build."""

import errno
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import numpy as np
import polars as pl
import pytest
import pyvips

from etl.build import build
from etl.pictures import rendering
from etl.pictures.channels import channel_pages
from etl.pictures.downloads import Downloads, Limits, UnreachableError
from etl.pictures.folder import Folder, OutsideError
from etl.pictures.formats import fits_suffix, sniff_format
from etl.pictures.guards import RefusedAddressError
from etl.pictures.rendering import RefusedError, render
from etl.pictures.workers import render_files
from muscle_atlas.addresses import is_public
from tests.conftest import HOUSE, Run
from tests.etl.built import COMPLETE, NAMES, Built, image, write_table
from tests.shapes.shape_examples import SETTINGS, Example, examples

Picture = Any
METADATA = b"Dupont Marie, nee le 1995-02-28"
"""What must be nowhere in a derivative."""

# What libvips remembers of a path would hide that the file is another now; workers remember nothing.
pyvips.cache_set_max(0)

EXAMPLES = [example for example in examples(".csv") if example.concept == "picture"]


# Rules


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_table_with_pictures_breaks_the_rule_in_its_name_and_no_other(example: Example) -> None:
    folder = example.path.with_name(example.rule or "valid")
    report = build([example.path], SETTINGS, data=None, images=folder)
    assert {problem.name for problem in report.problems} == example.expected
    assert (report.exit_code == 0) == all(problem.severity != "violation" for problem in report.problems)
    for problem in report.problems:
        assert "{?" not in problem.message + str(problem.suggestion)


# Pixels


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[[Path], tuple[rendering.Rendering, Picture, bytes]]:
    """Render a file in this process: what is told of it, its pixels, its bytes."""

    def make(source: Path) -> tuple[rendering.Rendering, Picture, bytes]:
        stored: dict[str, bytes] = {}

        def store(draft: Path) -> str:
            content = draft.read_bytes()
            draft.unlink()
            stored[sha256(content).hexdigest()] = content
            return sha256(content).hexdigest()

        told = render(source, store, tmp_path)
        assert set(stored) == {told.picture, told.thumbnail}
        small = pyvips.Image.jpegload_buffer(stored[told.thumbnail])
        assert max(small.width, small.height) <= rendering.THUMBNAIL
        pixels = pyvips.Image.jpegload_buffer(stored[told.picture])
        assert (pixels.width, pixels.height) == (told.width, told.height)
        return told, pixels, stored[told.picture]

    return make


Rendered = Callable[[Path], tuple[rendering.Rendering, Picture, bytes]]


def plain(width: int = 60, height: int = 40, colour: Sequence[int] = (200, 100, 50)) -> Picture:
    """A picture of one colour, its left third black."""
    image = (pyvips.Image.black(width, height) + list(colour)).cast("uchar").copy(interpretation="srgb")
    return image.draw_rect([0] * len(colour), 0, 0, width // 3, height, fill=True)


def segments(content: bytes) -> list[int]:
    """The markers of a JPEG before its pixels."""
    found, place = [], 2
    while content[place + 1] != 0xDA:
        found.append(content[place + 1])
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return found


def with_metadata(image: Picture, *, orientation: int | None = None) -> Picture:
    image = image.copy()
    for name in ("exif-ifd0-Artist", "exif-ifd2-UserComment", "image-description"):
        image.set_type(pyvips.GValue.gstr_type, name, METADATA.decode())
    for name in ("xmp-data", "iptc-data"):
        image.set_type(pyvips.GValue.blob_type, name, b"<x>" + METADATA + b"</x>")
    image.set_type(pyvips.GValue.gstr_type, "png-comment-0-Comment", METADATA.decode())
    if orientation:
        image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return image.icc_transform("p3", input_profile="srgb") if image.bands == 3 else image


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_no_metadata_survives(suffix: str, tmp_path: Path, rendered: Rendered) -> None:
    path = tmp_path / f"planted.{suffix}"
    with_metadata(plain(), orientation=6).write_to_file(str(path), keep="all")
    assert METADATA in path.read_bytes()
    told, pixels, content = rendered(path)
    assert METADATA not in content
    # JFIF's own header, tables and frame: no APP1 (EXIF, XMP), APP2 (ICC), APP13 (IPTC), comment.
    assert set(segments(content)) <= {0xE0, 0xDB, 0xC0, 0xC4}
    # Turned upright: what was at the left is above.
    assert (told.width, told.height) == (40, 60)
    assert pixels(20, 5) == pytest.approx([0, 0, 0], abs=6)
    # Back in sRGB from Display P3.
    assert pixels(20, 50) == pytest.approx([200, 100, 50], abs=8)


def test_a_thumbnail_within_exif_does_not_survive(tmp_path: Path, rendered: Rendered) -> None:
    hidden = pyvips.Image.black(30, 30).jpegsave_buffer(keep="none")
    body = b"Exif\x00\x00MM\x00*" + METADATA + hidden
    content = plain().jpegsave_buffer(keep="none")
    path = tmp_path / "exif.jpg"
    path.write_bytes(content[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body + content[2:])
    _, _, written = rendered(path)
    assert METADATA not in written
    assert hidden[:40] not in written


def test_cmyk_becomes_srgb(tmp_path: Path, rendered: Rendered) -> None:
    path = tmp_path / "cmyk.jpg"
    plain().icc_transform("cmyk", input_profile="srgb").write_to_file(str(path))
    assert pyvips.Image.new_from_file(str(path)).bands == 4
    _, pixels, _ = rendered(path)
    assert pixels(50, 20) == pytest.approx([200, 100, 50], abs=30)


def test_alpha_is_laid_on_white(tmp_path: Path, rendered: Rendered) -> None:
    for deep in (False, True):
        picture = plain().bandjoin(0)
        path = tmp_path / f"alpha-{deep}.png"
        (picture.colourspace("rgb16") if deep else picture).write_to_file(str(path))
        _, pixels, _ = rendered(path)
        assert pixels(50, 20) == [255, 255, 255]


def test_one_channel_stays_grey(tmp_path: Path, rendered: Rendered) -> None:
    path = tmp_path / "grey.png"
    plain().colourspace("b-w").write_to_file(str(path))
    assert rendered(path)[1].bands == 1


@pytest.mark.parametrize("form", ["ushort", "short", "uint", "int", "float"])
def test_deep_pixels_are_stretched_by_percentiles(form: str, tmp_path: Path, rendered: Rendered) -> None:
    # A ramp of 12 bits that fills a tenth of what 16 bits can say, and one hot pixel.
    values = np.tile(np.linspace(100, 4000, 300), (200, 1))
    values[0, 0] = 30_000
    if form == "float":
        values[1, 0], values[2, 0] = np.nan, np.inf
    path = tmp_path / "deep.tif"
    pyvips.Image.new_from_array(values).cast(form).write_to_file(str(path))
    _, pixels, _ = rendered(path)
    assert pixels.bands == 1
    assert pixels(2, 100)[0] < 5
    assert pixels(297, 100)[0] > 250
    assert pixels(150, 100)[0] == pytest.approx(127, abs=4)


def test_colours_of_16_bits_keep_their_hue(tmp_path: Path, rendered: Rendered) -> None:
    path = tmp_path / "deep.png"
    plain(colour=(200, 100, 50)).colourspace("rgb16").write_to_file(str(path))
    red, green, blue = rendered(path)[1](50, 20)
    assert red == 255
    assert (green, blue) == pytest.approx((127.5, 64), abs=4)


def test_a_mask_is_not_all_black(tmp_path: Path, rendered: Rendered) -> None:
    mask = np.zeros((200, 200), np.uint16)
    mask[:4, :4] = 1
    path = tmp_path / "mask.tif"
    pyvips.Image.new_from_array(mask).write_to_file(str(path))
    assert rendered(path)[1](1, 1)[0] > 240


def write_pages(path: Path, pages: Sequence[np.ndarray[Any, Any]], description: str) -> Path:
    joined = pyvips.Image.new_from_array(np.vstack(pages)).copy()
    joined.set_type(pyvips.GValue.gint_type, "page-height", pages[0].shape[0])
    joined.set_type(pyvips.GValue.gstr_type, "image-description", description)
    joined.tiffsave(str(path))
    return path


def page(value: int, column: int) -> np.ndarray[Any, Any]:
    """A page that is bright in one of eight columns, each with its own brightness."""
    found = np.full((64, 64), 10, np.uint16)
    found[:, 8 * column : 8 * column + 8] = value
    return found


def test_channels_are_laid_over_each_other_in_their_colours(tmp_path: Path, rendered: Rendered) -> None:
    pages = [page(200 * (column + 1), column) for column in range(5)]
    told, pixels, _ = rendered(write_pages(tmp_path / "c.tif", pages, "ImageJ=1.54g\nimages=5\nchannels=5\n"))
    assert (told.shown, told.held) == (4, 5)
    for column, colour in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)]):
        assert pixels(8 * column + 4, 32) == pytest.approx(colour, abs=12)


def write_bands(path: Path, count: int, depth: int) -> Path:
    """A TIFF with several samples a pixel that are no colours, band by band as ``page`` has it; libvips writes none."""
    pixels = np.stack([page(200 * (1 if depth == 8 else band + 1), band) for band in range(count)], axis=-1)
    content = pixels.astype(f"<u{depth // 8}").tobytes()
    words = count * 2
    at = 8 + len(content)
    tags = [
        *[(256, 3, 1, 64), (257, 3, 1, 64), (258, 3, count, at), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)],
        *[(277, 3, 1, count), (278, 3, 1, 64), (279, 4, 1, len(content)), (338, 3, count - 1, at + words)],
    ]
    written = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    described = struct.pack(f"<{count}H", *[depth] * count) + bytes(words)
    entry = at + len(described)
    whole = [b"II*\0", struct.pack("<I", entry), content, described, struct.pack("<H", len(tags)), written, bytes(4)]
    path.write_bytes(b"".join(whole))
    return path


@pytest.mark.parametrize(("count", "depth"), [(4, 8), (4, 16), (5, 16)])
def test_samples_that_are_no_colours_are_channels(count: int, depth: int, tmp_path: Path, rendered: Rendered) -> None:
    told, pixels, _ = rendered(write_bands(tmp_path / "bands.tif", count, depth))
    assert (told.shown, told.held) == (4, count)
    bright = 255 if depth == 16 else 200
    assert pixels(4, 32) == pytest.approx((bright, 0, 0), abs=40)
    assert pixels(12, 32) == pytest.approx((0, bright, 0), abs=40)


def test_of_a_stack_the_first_picture_is_shown(tmp_path: Path, rendered: Rendered) -> None:
    pages = [page(300, column) for column in range(3)]
    told, pixels, _ = rendered(write_pages(tmp_path / "z.tif", pages, "ImageJ=1.54g\nimages=3\nslices=3\n"))
    assert (told.shown, told.held, pixels.bands) == (1, 3, 1)
    assert pixels(4, 32)[0] > 250


def test_a_pyramid_is_one_picture(tmp_path: Path, rendered: Rendered) -> None:
    path = tmp_path / "pyramid.tif"
    plain(900, 600).tiffsave(str(path), tile=True, pyramid=True)
    told, _, _ = rendered(path)
    assert (told.width, told.shown, told.held) == (900, 1, 1)


def test_the_orders_of_imagej_and_ome_are_told_apart() -> None:
    assert channel_pages("ImageJ=1.54g\nimages=12\nchannels=3\nslices=4\n", 12) == [0, 1, 2]
    ome = '<OME><Pixels DimensionOrder="{}" SizeC="3" SizeT="2" SizeZ="4"/></OME>'
    assert channel_pages(ome.format("XYCZT"), 24) == [0, 1, 2]
    assert channel_pages(ome.format("XYZCT"), 24) == [0, 4, 8]
    assert channel_pages(ome.format("XYZTC"), 24) == [0, 8, 16]
    assert channel_pages(ome.format("XYZTC"), 8) == []
    assert channel_pages("channels=3", 3) == []
    assert channel_pages("ImageJ=1.54g\nimages=1\n", 1) == []


def test_real_sections_are_rendered(shared: Path, rendered: Rendered) -> None:
    sections = sorted((shared / "images").glob("*.tif"))
    assert len(sections) == 5
    for path in sections:
        told, pixels, _ = rendered(path)
        assert (told.shown, told.held) in {(1, 1), (4, 4)}
        assert pixels.bands == 3
        # Neither flat nor washed out; deep pixels use all of the range.
        assert pixels.max() >= (250 if told.held > 1 else 200)
        assert pixels.min() <= 40
        assert pixels.deviate() > 25


# Bad files


def truncations() -> Iterator[tuple[str, bytes]]:
    noise = pyvips.Image.gaussnoise(300, 300).cast("uchar")
    for suffix in ("jpg", "png", "tif", "webp", "gif"):
        whole = noise.write_to_buffer(f".{suffix}")
        yield suffix, whole[: len(whole) // 2]
        yield suffix, whole[:14]


@pytest.mark.parametrize(
    ("suffix", "content"), [pytest.param(*cut, id=f"{cut[0]}-{number}") for number, cut in enumerate(truncations())]
)
def test_half_a_picture_is_refused(suffix: str, content: bytes, tmp_path: Path, rendered: Rendered) -> None:
    path = tmp_path / f"half.{suffix}"
    path.write_bytes(content)
    with pytest.raises(RefusedError) as refused:
        rendered(path)
    assert refused.value.rule == "image-file-damaged"
    assert refused.value.bindings["reason"]


OTHERS = {
    "svg": b"<svg xmlns='s' width='9' height='9'><rect width='9' height='9'/></svg>",
    "pdf": b"%PDF-1.4\n1 0 obj",
    "bmp": b"BM" + bytes(60),
    "heic": b"\x00\x00\x00\x18ftypheic" + bytes(40),
    "html": b"<!doctype html><title>404</title>",
    "mvg": b"push graphic-context\nimage over 0,0 0,0 'x'\n",
    "zip": b"PK\x03\x04" + bytes(40),
    "one byte": b"\xff",
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_photograph_reaches_no_decoder(kind: str, tmp_path: Path, rendered: Rendered) -> None:
    path = tmp_path / "photograph.jpg"
    path.write_bytes(OTHERS[kind])
    with pytest.raises(RefusedError) as refused:
        rendered(path)
    assert refused.value.rule == "image-file-format"


def test_other_decoders_of_libvips_are_blocked() -> None:
    program = (
        "import pyvips; from etl.pictures.rendering import block_other_loaders as block; block();"
        f"pyvips.Image.new_from_buffer({OTHERS['svg']!r}, '')"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "VipsForeignLoad: buffer is not in a known format" in ended.stderr


def test_a_side_that_jpeg_cannot_count_is_too_large(tmp_path: Path, rendered: Rendered) -> None:
    path = tmp_path / "long.png"
    pyvips.Image.black(rendering.LONGEST_SIDE + 1, 1).write_to_file(str(path))
    with pytest.raises(RefusedError) as refused:
        rendered(path)
    assert refused.value.rule == "image-file-too-large"


def test_formats_are_told_by_their_bytes_and_compared_with_suffixes() -> None:
    assert sniff_format(b"II+\x00\x08\x00\x00\x00") == "tiff"
    assert sniff_format(b"RIFF\x00\x00\x00\x00WAVE") is None
    assert fits_suffix("a.JPEG", "jpeg")
    assert fits_suffix("a.ome.tif", "tiff")
    assert fits_suffix("IM 1.2", "png")
    assert not fits_suffix("a.png", "jpeg")


# Workers


CRASHING = """
import json, os, signal, sys, time
print("{}", flush=True)
for line in sys.stdin:
    source = json.loads(line)["source"]
    if "crash" in source:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "hang" in source:
        time.sleep(60)
    print(json.dumps({"picture": source}), flush=True)
"""


def test_a_picture_that_ends_its_decoder_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    sources = [tmp_path / name for name in ("a", "crash-1", "b", "hang", "c", "crash-2", "d", "e")]
    program = (sys.executable, "-c", CRASHING)
    answers = dict(render_files(sources, tmp_path, keep=True, processes=2, time_limit=1.5, program=program))
    assert set(answers) == set(sources)
    told = {path.name: answer["bindings"]["reason"] for path, answer in answers.items() if "rule" in answer}
    assert told == {"crash-1": "SIGSEGV", "crash-2": "SIGSEGV", "hang": "> 1.5 s"}
    assert {answer.get("rule") for answer in answers.values()} == {None, "image-file-undecodable"}


def test_a_decoder_takes_no_more_memory_than_it_may(tmp_path: Path) -> None:
    # Progressive JPEG is held whole while it is decoded: 120 million pixels, 16 bits, three colours.
    path = tmp_path / "progressive.jpg"
    pyvips.Image.black(12_000, 10_000, bands=3).copy(interpretation="srgb").jpegsave(str(path), interlace=True)
    for folder in ("drafts", "media", "sources"):
        (tmp_path / folder).mkdir()
    limited = (
        sys.executable,
        "-c",
        "from etl.pictures import worker; worker.MEMORY = 500 * 2**20; worker.main()",
    )
    answers = dict(render_files([path], tmp_path, keep=True, processes=1, program=limited))
    assert answers[path].get("rule") in {"image-file-damaged", "image-file-undecodable"}


def test_a_full_disk_is_no_fault_of_the_picture(tmp_path: Path) -> None:
    # A limit on the size of files stands for the end of the disk: the pixels below take more.
    path = tmp_path / "a.png"
    pyvips.Image.gaussnoise(400, 400).cast("uchar").write_to_file(str(path))
    for folder in ("drafts", "media", "sources"):
        (tmp_path / folder).mkdir()
    full = (
        sys.executable,
        "-c",
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000));"
        "from etl.pictures import worker; worker.main()",
    )
    with pytest.raises(OSError, match="File too large") as raised:
        list(render_files([path], tmp_path, keep=True, processes=1, program=full))
    assert raised.value.filename == str(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux")
def test_memory_does_not_grow_with_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    plain(8_000, 8_000).tiffsave(str(path), tile=True, compression="deflate")
    program = (
        "import pathlib, sys; from etl.pictures.rendering import render;"
        "folder = pathlib.Path(sys.argv[1]);"
        "print(render(folder / 'large.tif', lambda draft: '', folder).width);"
        "print(pathlib.Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env={**os.environ, "VIPS_CONCURRENCY": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    width, most = map(int, ended.stdout.split())
    assert width == 8_000
    # 64 million pixels of three bytes are 192 MB.
    assert most < 180_000


# Names


def test_names_are_found_whatever_the_disk_does_with_accents_and_case(tmp_path: Path) -> None:
    for name in ("biopsie-é.jpg", "a.jpg", "sous dossier/c.tif", "Ａ.png", ".hidden.jpg", "Thumbs.db"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    folder = Folder(tmp_path)
    assert folder.find("biopsie-é.jpg") == tmp_path / "biopsie-é.jpg"
    assert folder.find("sous dossier\\c.tif") == folder.find("./x/../sous dossier/c.tif") is not None
    assert folder.find("A.JPG") is None
    assert folder.nearest("A.JPG") == ["a.jpg"]
    assert folder.nearest("c.tif") == ["sous dossier/c.tif"]
    assert folder.nearest("biopsie-e.jpg") == ["biopsie-é.jpg"]
    assert folder.find("sous dossier") is None
    assert folder.find("n" * 5_000) is None
    assert folder.find("n" * 5_000 + "/a.jpg") is None
    assert folder.find("n/" * 5_000 + "a.jpg") is None
    assert sorted(folder.files) == ["a.jpg", "biopsie-é.jpg", "sous dossier/c.tif", "Ａ.png"]


def test_a_name_that_the_disk_keeps_decomposed_is_found(tmp_path: Path) -> None:
    (tmp_path / "e\u0301tude.jpg").write_bytes(b"x")
    assert Folder(tmp_path).find("\u00e9tude.jpg") == tmp_path / "e\u0301tude.jpg"


@pytest.mark.parametrize(
    "name",
    ["../x.jpg", "a/../../x.jpg", "/etc/passwd", "C:\\x.jpg", "c:x.jpg", "\\\\server\\x.jpg", "~/x.jpg", "..\\x.jpg"],
)
def test_a_path_that_leaves_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(OutsideError):
        Folder(tmp_path).find(name)


def test_links_out_of_the_folder_are_refused_and_links_within_it_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    (inside / "real").mkdir(parents=True)
    outside.mkdir()
    for folder in (inside / "real", outside):
        (folder / "x.jpg").write_bytes(b"x")
    (inside / "file.jpg").symlink_to(outside / "x.jpg")
    (inside / "folder").symlink_to(outside)
    (inside / "hanging.jpg").symlink_to(outside / "absent.jpg")
    (inside / "circle.jpg").symlink_to(inside / "circle.jpg")
    (inside / "within").symlink_to(inside / "real")
    os.mkfifo(inside / "pipe.jpg")
    found = Folder(inside)
    for name in ("file.jpg", "folder/x.jpg", "folder/absent.jpg", "hanging.jpg"):
        with pytest.raises(OutsideError):
            found.find(name)
    assert found.find("within/x.jpg") == inside / "real" / "x.jpg"
    assert found.find("circle.jpg") is None
    assert "circle.jpg" not in found.nearest("circle.jpg")
    assert found.find("pipe.jpg") is None


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_picture_in_a_folder_that_lets_nobody_in_is_unreadable_and_not_missing(mode: int) -> None:
    program = (
        "import os, pathlib, sys; from etl.pictures.folder import Folder; found = Folder(pathlib.Path(sys.argv[1]));"
        # The superuser goes in everywhere.
        "os.geteuid() == 0 and os.setuid(65534);"
        "print(found.find('closed/x.jpg'), found.find('absent/x.jpg'), sorted(found.files))"
    )
    # Not tmp_path, into which another user may not go.
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.path.realpath(temporary))
        folder.chmod(0o755)
        for name in ("closed/x.jpg", "open/x.jpg"):
            (folder / name).parent.mkdir()
            (folder / name).write_bytes(b"x")
        (folder / "closed").chmod(mode)
        ended = subprocess.run(
            [sys.executable, "-c", program, folder], capture_output=True, text=True, check=False, cwd=HOUSE
        )
        (folder / "closed").chmod(0o755)
    assert ended.stderr == ""
    assert ended.stdout == f"{folder / 'closed' / 'x.jpg'} None ['open/x.jpg']\n"


# Addresses


class Mirror(BaseHTTPRequestHandler):
    """A server of pictures with the habits of real ones."""

    protocol_version = "HTTP/1.1"
    picture: ClassVar[bytes] = b""
    asked: ClassVar[list[str]] = []
    failing: ClassVar[dict[str, int]] = {}

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.strip("/").partition("?")[0]
        if name.isdigit():
            self._send(int(name), b"")
        elif name == "slow.jpg":
            time.sleep(2)
            self._send(200, self.picture)
        elif name == "short.jpg":
            self._send(200, self.picture[:-10], length=len(self.picture))
            self.close_connection = True
        elif name == "moved.jpg":
            self._send(302, b"", Location="/good.jpg")
        elif name == "circle.jpg":
            self._send(302, b"", Location="/circle.jpg")
        elif name == "nonsense.jpg":
            self._send(302, b"", Location="http://[")
        elif name in ("drip.jpg", "drip-heading.jpg"):
            self._drip(self.picture if name == "drip.jpg" else b"HTTP/1.1 200 OK\r\nX: " + bytes(1_000))
        elif name == "inward.jpg":
            self._send(302, b"", Location=f"http://127.0.0.2:{self.headers['Host'].rpartition(':')[2]}/good.jpg")
        elif name == "sideways.jpg":
            self._send(302, b"", Location="file:///etc/passwd")
        elif name == "again.jpg" and self.asked.count(self.path) == 1:
            self._send(503, b"", Retry_After="86400")
        elif name == "endless.jpg":
            self._send(200, bytes(100_000))
        else:
            self._send(200, self.picture)

    def _send(self, status: int, body: bytes, *, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, content: bytes) -> None:
        """Send a byte at a time, never silent for long."""
        if content is self.picture:
            self._send(200, b"", length=len(content))
        self.close_connection = True
        for number in range(len(content)):
            try:
                self.wfile.write(content[number : number + 1])
            except OSError:
                return
            time.sleep(0.05)

    def log_message(self, *arguments: object) -> None:
        del arguments


@pytest.fixture(scope="module")
def mirror() -> Iterator[str]:
    """The address of a server of pictures on this machine."""
    Mirror.picture = plain(64, 48, (150, 60, 90)).jpegsave_buffer(keep="none")
    with ThreadingHTTPServer(("0.0.0.0", 0), Mirror) as server:  # noqa: S104 - 127.0.0.1 and 127.0.0.2
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


QUICK = Limits(connecting=1, silence=0.5, whole=3, size=50_000, redirects=3, attempts=2, pause=0.01)


def test_what_addresses_lead_to_is_fetched_or_told(mirror: str, tmp_path: Path) -> None:
    downloads = Downloads(tmp_path, frozenset({"127.0.0.1"}), QUICK)
    names = ["good", "moved", "again", "404", "500", "slow", "short", "circle", "endless", "nonsense"]
    answers = dict(downloads.fetch_all([f"{mirror}/{n}" if n.isdigit() else f"{mirror}/{n}.jpg" for n in names]))
    told = {address.rpartition("/")[2].partition(".")[0]: answer for address, answer in answers.items()}
    for name in ("good", "moved", "again"):
        assert isinstance(path := told[name], Path)
        assert path.read_bytes() == Mirror.picture
    reasons = {name: str(told[name]) for name in names if isinstance(told[name], UnreachableError)}
    assert set(reasons) == {"404", "500", "slow", "short", "circle", "endless", "nonsense"}
    assert reasons["404"] == "404 Not Found"
    assert reasons["slow"] == "timeout"
    assert reasons["circle"] == "too many redirects"
    assert "MiB" in reasons["endless"]
    assert "bytes read" in reasons["short"]
    assert all(reasons.values())
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("name", ["drip.jpg", "drip-heading.jpg"])
def test_a_server_that_drips_does_not_hold_a_build_up(name: str, mirror: str, tmp_path: Path) -> None:
    # What drips would last 30 s and longer.
    limits = replace(QUICK, whole=0.5, attempts=1)
    with pytest.raises(UnreachableError, match=r"^> 0\.5 s$"):
        Downloads(tmp_path, frozenset({"127.0.0.1"}), limits).fetch(f"{mirror}/{name}")
    assert not list(tmp_path.iterdir())


def test_why_an_address_cannot_be_had_is_told_without_the_words_of_libraries(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path, frozenset({"127.0.0.1"}), QUICK)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/x.jpg"
        with pytest.raises(UnreachableError) as refused:
            downloads.fetch(address)
    assert str(refused.value) == os.strerror(errno.ECONNREFUSED)
    with pytest.raises(UnreachableError) as unknown:
        downloads.fetch("http://nonexistent.invalid/x.jpg")
    assert not re.search("Pool|Plain|Max retries", str(unknown.value))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_neither_found_nor_proposed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    folder = Folder(tmp_path)
    assert folder.find("pipe.jpg") is None
    assert folder.nearest("pipe.jpg") == []


def test_what_was_fetched_is_not_fetched_again(mirror: str, tmp_path: Path) -> None:
    downloads = Downloads(tmp_path, frozenset({"127.0.0.1"}), QUICK)
    first = downloads.fetch(f"{mirror}/kept.jpg?once")
    assert downloads.fetch(f"{mirror}/kept.jpg?once") == first
    assert Mirror.asked.count("/kept.jpg?once") == 1


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("{mirror}/private.jpg", "/private.jpg"),
        ("{localhost}/private.jpg", "/private.jpg"),
        ("ftp://example.org/x.jpg", ""),
        ("file:///etc/passwd", ""),
        ("data:image/png;base64,AAAA", ""),
    ],
)
def test_addresses_in_private_networks_are_not_asked(address: str, asked: str, mirror: str, tmp_path: Path) -> None:
    told = address.format(mirror=mirror, localhost=mirror.replace("127.0.0.1", "localhost"))
    with pytest.raises(RefusedAddressError):
        Downloads(tmp_path, frozenset(), QUICK).fetch(told)
    assert not asked or asked not in Mirror.asked


@pytest.mark.parametrize("name", ["inward.jpg", "sideways.jpg"])
def test_a_redirect_does_not_lead_into_a_private_network(name: str, mirror: str, tmp_path: Path) -> None:
    with pytest.raises((RefusedAddressError, UnreachableError)) as refused:
        Downloads(tmp_path, frozenset({"127.0.0.1"}), QUICK).fetch(f"{mirror}/{name}")
    assert name == "sideways.jpg" or isinstance(refused.value, RefusedAddressError)


def test_public_addresses_are_told_from_all_others() -> None:
    assert is_public("193.51.208.13")
    assert is_public("2001:660:3001::1")
    for address in (
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"),
        *("224.0.0.1", "ff02::1", "255.255.255.255", "::"),
    ):
        assert not is_public(address), address


# Builds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a JPEG, a PNG and a TIFF of channels."""
    found = tmp_path / "pictures"
    shutil.copytree(Path(EXAMPLES[0].path).parent / "valid", found)
    return found


def run_build(run: Run, table: Path, folder: Path, data: Path, verb: str = "build", **settings: str) -> Built:
    where: list[str | Path] = ["--data", data] if verb == "build" else []
    return Built(run(verb, table, "--images", folder, *where, "--json", **settings), data)


def rows(**named: str) -> list[dict[str, str]]:
    return [{"image_id": identifier, "image": name, **COMPLETE} for identifier, name in named.items()]


NAMED = {"A": "section.jpg", "B": "slides/section.png", "C": "fluorescence.tif"}


def test_a_release_holds_its_pictures_and_says_what_they_are(run: Run, folder: Path, tmp_path: Path) -> None:
    table = write_table(tmp_path / "records.csv", [*rows(**NAMED), *rows(D="absent.jpg")])
    built = run_build(run, table, folder, tmp_path / "data")
    assert built.process.returncode == 0
    assert built.report["images"] == 4
    assert [problem["name"] for problem in built.told()] == ["image-file-missing"]
    assert built.report["seconds"]["pictures"] > 0
    assert built.release.read_report()["seconds"]["pictures"] > 0
    for row in built.images.iter_rows(named=True):
        if row["image_id"] == "D":
            assert {row[name] for name in ("picture", "thumbnail", "width", "height", "sha256", "format")} == {None}
            assert built.values(image("D"), "schema:contentUrl") == set()
            continue
        path = built.release.folder / row["picture"].removeprefix(NAMES.base)
        assert sha256(path.read_bytes()).hexdigest() == path.stem == row["sha256"]
        assert path.is_relative_to(built.release.media)
        pixels = pyvips.Image.new_from_file(str(path))
        assert (pixels.width, pixels.height) == (row["width"], row["height"]) == (48, 32)
        told = image(row["image_id"])
        assert built.values(told, "schema:contentUrl") == {row["picture"]}
        assert built.values(told, "schema:thumbnailUrl") == {row["thumbnail"]}
        assert built.values(told, "schema:sha256") == {row["sha256"]}
        assert built.values(told, "schema:encodingFormat") == {row["format"]} == {"image/jpeg"}
        assert (built.values(told, "schema:width"), built.values(told, "schema:height")) == ({"48"}, {"32"})
        assert (built.release.folder / row["thumbnail"].removeprefix(NAMES.base)).is_file()


def test_without_a_folder_no_picture_is_looked_for(run: Run, tmp_path: Path) -> None:
    table = write_table(tmp_path / "records.csv", rows(A="../outside.jpg", B="https://nowhere.invalid/x.jpg"))
    built = Built(run("build", table, "--data", tmp_path / "data", "--json"), tmp_path / "data")
    assert (built.process.returncode, built.report["problems"]) == (0, [])
    assert "pictures" not in built.report["seconds"]
    assert not built.release.media.exists()
    assert built.images["picture"].to_list() == [None, None]
    assert not (tmp_path / "data" / ".pictures").exists()


def test_equal_pictures_make_equal_graphs_and_derivatives_are_shared(run: Run, folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    table = write_table(tmp_path / "records.csv", rows(**NAMED))
    first = run_build(run, table, folder, data)
    dump, release = first.dump, first.release
    elsewhere = run_build(run, table, folder, tmp_path / "other")
    assert dump == elsewhere.dump
    # What no kept release uses goes.
    fewer = run_build(run, write_table(tmp_path / "fewer.csv", rows(A=NAMED["A"])), folder, data)
    kept = {path.name for path in (data / ".pictures").glob("*/media/*/*.jpg")}
    assert kept == {path.name for path in release.media.glob("*/*.jpg")}
    for path in fewer.release.media.glob("*/*.jpg"):
        same = release.media / path.relative_to(fewer.release.media)
        assert path.samefile(same), "derivatives are made once and linked"
    shutil.rmtree(release.folder)
    run_build(run, tmp_path / "fewer.csv", folder, data)
    kept = {path.name for path in (data / ".pictures").glob("*/media/*/*.jpg")}
    assert kept == {path.name for path in fewer.release.media.glob("*/*.jpg")}
    assert len(list((data / ".pictures").glob("*/sources/*/*.json"))) == 1


def test_a_killed_build_goes_on_where_it_stopped(command: list[str], run: Run, tmp_path: Path) -> None:
    folder, data = tmp_path / "pictures", tmp_path / "data"
    folder.mkdir()
    names = {f"IM-{number}": f"{number}.jpg" for number in range(60)}
    for number, name in enumerate(names.values()):
        plain(1600, 1200, (number, 2 * number, 200)).jpegsave(str(folder / name), Q=60)
    table = write_table(tmp_path / "records.csv", rows(**names))
    process = subprocess.Popen(
        [*command, "build", str(table), "--images", str(folder), "--data", str(data)], stdout=subprocess.DEVNULL
    )
    work = data / ".pictures"
    until = time.monotonic() + 60
    while len(done := list(work.glob("*/sources/*/*.json"))) < 5 and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(done) >= 5
    assert not (data / "current").exists()
    made = {path: path.stat().st_mtime_ns for path in work.glob("*/sources/*/*.json")}
    built = run_build(run, table, folder, data)
    assert (built.process.returncode, built.report["images"]) == (0, 60)
    assert len(made) < 60
    assert {path: path.stat().st_mtime_ns for path in made} == made, "what was done is not done again"
    assert not list(work.glob("*/drafts/*"))


def test_check_tells_the_same_and_keeps_nothing(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "cut.jpg").write_bytes((folder / "section.jpg").read_bytes()[:300])
    table = write_table(tmp_path / "records.csv", rows(A="section.jpg", B="cut.jpg"))
    built = run_build(run, table, folder, tmp_path / "data")
    checked = run_build(run, table, folder, tmp_path / "data", verb="check")
    assert checked.process.returncode == built.process.returncode == 1
    assert checked.report["problems"] == built.report["problems"]
    assert sorted(problem["name"] for problem in checked.told()) == ["image-file-damaged", "image-files-unused"]
    assert (checked.report["images"], checked.report["rejected"]) == (1, 1)
    assert checked.report["seconds"]["pictures"] > 0


def test_every_fault_of_a_table_is_told_with_its_row(run: Run, folder: Path, mirror: str, tmp_path: Path) -> None:
    (folder / "really.jpg").write_bytes((folder / "slides" / "section.png").read_bytes())
    (folder / "empty.png").touch()
    (folder / "out.jpg").symlink_to(tmp_path / "secret.jpg")
    shutil.copy(folder / "section.jpg", tmp_path / "secret.jpg")
    cells = {
        "section.jpg": "image-file-twice",
        "./section.jpg": "image-file-twice",
        "SECTION.JPG": "image-file-missing",
        "": "image-not-named",
        "non précisé": None,
        "../secret.jpg": "image-path-outside",
        "out.jpg": "image-path-outside",
        "C:\\Users\\x.jpg": "image-path-outside",
        "empty.png": "image-file-empty",
        "really.jpg": "image-file-suffix",
        f"{mirror}/good.jpg": None,
        f"{mirror}/404": "image-address-unreachable",
        mirror.replace("127.0.0.1", "127.0.0.2") + "/good.jpg": "image-address-refused",
    }
    table = write_table(
        tmp_path / "records.csv",
        rows(**{f"IM-{number}": name for number, name in enumerate(cells)}),
        headings={"image": "Fichier"},
    )
    built = run_build(run, table, folder, tmp_path / "data", MUSCLE_ATLAS_TRUSTED_HOSTS="127.0.0.1, example.org")
    for row, (name, rule) in enumerate(cells.items(), start=2):
        told = [problem for problem in built.told(table, row) if problem["name"].startswith("image-")]
        assert [problem["name"] for problem in told] == ([rule] if rule else []), name
        assert all((problem["column"], problem["value"] or "") == ("Fichier", name) for problem in told)
    assert "section.jpg" in built.named("image-file-missing")[0]["suggestion"]
    assert f"{table}:3" in built.named("image-file-twice")[0]["suggestion"]
    assert built.named("image-files-unused")[0]["value"] == "2"
    assert built.report["rejected"] == 5
    # The picture that was fetched is in the release, and nothing of the downloads is left behind.
    fetched = built.images.filter(pl.col("image_id") == f"IM-{list(cells).index(f'{mirror}/good.jpg')}")
    assert fetched["width"].to_list() == [64]
    assert not list((tmp_path / "data" / ".pictures").glob("*/downloads"))
    french = run("check", table, "--images", folder, MUSCLE_ATLAS_LANGUAGE="fr")
    assert "mène hors du dossier des images" in french.stdout


def test_a_table_without_the_column_is_told_once(run: Run, folder: Path, tmp_path: Path) -> None:
    table = write_table(tmp_path / "records.csv", [{"image_id": f"IM-{number}", **COMPLETE} for number in range(3)])
    built = run_build(run, table, folder, tmp_path / "data")
    assert [(problem["name"], problem["row"]) for problem in built.told(table)] == [("image-not-named", None)]


def test_pictures_of_a_row_left_out_are_not_published(run: Run, folder: Path, tmp_path: Path) -> None:
    wrong = {**rows(B="slides/section.png")[0], "sex": "purple"}
    table = write_table(tmp_path / "records.csv", [*rows(A="section.jpg"), wrong])
    built = run_build(run, table, folder, tmp_path / "data")
    assert built.process.returncode == 1
    assert {path.stem for path in built.release.media.glob("*/*")} == {
        Path(iri).stem for column in ("picture", "thumbnail") for iri in built.images[column]
    }
    assert built.images.height == 1


def test_an_institute_s_own_base_names_its_pictures(folder: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, base="https://atlas.example.org/m/")
    table = write_table(tmp_path / "records.csv", rows(A="section.jpg"))
    report = build([table], settings, data=tmp_path / "data", images=folder)
    assert report.exit_code == 0
    known = pl.read_parquet(tmp_path / "data" / "current" / "images.parquet")
    assert known["picture"][0].startswith("https://atlas.example.org/m/media/")


def test_where_the_extra_is_absent_the_command_that_installs_it_is_told(
    command: list[str], folder: Path, tmp_path: Path
) -> None:
    table = write_table(tmp_path / "records.csv", rows(A="section.jpg"))
    absent = tmp_path / "absent"
    absent.mkdir()
    (absent / "pyvips.py").write_text("raise ImportError('no pyvips here')\n", encoding="utf-8")
    ended = subprocess.run(
        [*command, "check", str(table), "--images", str(folder)],
        env={**os.environ, "PYTHONPATH": str(absent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "pip install 'muscle-atlas[pictures]'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_folder_that_is_not_there_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    table = write_table(tmp_path / "records.csv", rows(A="section.jpg"))
    ended = run("check", table, "--images", tmp_path / "nowhere", "--json")
    assert ended.returncode == 2
    assert "nowhere" in ended.stderr
