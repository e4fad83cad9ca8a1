"""Rendering: the pixels of one picture file, whatever its format, as a plain JPEG and a thumbnail of it."""

import hashlib
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from etl.pictures.channels import COLOURS, channel_pages
from etl.pictures.formats import SIGNATURE_BYTES, sniff_format

RECIPE = 1
"""Version of what this module does with pixels: another one makes every derivative anew."""
LARGEST = 400_000_000
"""Pixels of a picture, all its channels together: told from the header, before anything is decoded."""
LONGEST_SIDE = 65_500
"""Pixels of a side: JPEG counts them in 16 bits, and libjpeg stops here."""
QUALITY = 90
THUMBNAIL = 320
"""Pixels that both sides of a thumbnail keep within."""
SATURATED = 0.175
"""Percent of the pixels shown as black, and as white, where deep pixels become 8 bits: together the 0.35 % of
ImageJ's "Enhance Contrast"."""
SAMPLE = 4_000_000
"""Pixels of the regular sample that the percentiles are taken of."""

_LOADERS = ("Jpeg", "Png", "Tiff", "Webp", "Nsgif")
Image = Any
Load = Callable[[int], Image]


class RefusedError(Exception):
    """A picture that cannot be taken: the rule that says why, and what is told with it."""

    def __init__(self, rule: str, **bindings: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.bindings = {name: str(value) for name, value in bindings.items()}


@dataclass(frozen=True)
class Rendering:
    """A picture as the release shows it."""

    picture: str
    """SHA-256 of the derivative."""
    thumbnail: str
    """SHA-256 of the thumbnail."""
    width: int
    """Pixels of the derivative: those of the source, turned upright."""
    height: int
    format: str
    """What the source is, as ``sniff_format`` has it."""
    shown: int
    """How many pages, frames or channels are shown."""
    held: int
    """How many the file holds."""


def recipe() -> str:
    """Return what makes derivatives what they are: this module and the version of libvips."""
    return f"{RECIPE}-{'.'.join(str(pyvips.version(part)) for part in range(3))}"


def block_other_loaders() -> None:
    """Keep libvips from every decoder that is not one of ours: ImageMagick, SVG, PDF and their like."""
    pyvips.block_untrusted_set(True)
    pyvips.operation_block_set("VipsForeignLoad", True)
    for loader in _LOADERS:
        pyvips.operation_block_set(f"VipsForeignLoad{loader}", False)
    # Each picture is read once; what is remembered would only be memory.
    pyvips.cache_set_max(0)


def render(source: Path, store: Callable[[Path], str], folder: Path) -> Rendering:
    """Render a file: orientation applied, colours in sRGB, 8 bits, alpha on white, and no metadata left.

    Args:
        source: the file.
        store: takes a file that was written and returns its SHA-256.
        folder: where files are written before they are stored.

    Raises:
        RefusedError: if the file is no picture that can be taken.
        OSError: if it cannot be opened, or what becomes of it not be written.
    """
    form = _read_format(source)
    try:
        load, first, pages, held = _open(source, form)
        if len(pages) > 1:
            visible = _composite([_plane(load, page) for page in pages])
        elif form == "tiff" and _has_channels(first):
            held = first.bands
            bands = range(min(held, len(COLOURS)))
            pages = list(bands)
            visible = _composite([_plane(load, 0, band) for band in bands])
        else:
            visible = _single(load)
        derivative = folder / f"{os.getpid()}.jpg"
        # Resolution is metadata, too: a picture says its scale in its record.
        visible.copy(xres=1, yres=1).jpegsave(
            # Not optimize_coding, for which libjpeg holds the whole picture: 100 million pixels took 1.2 GB with it.
            str(derivative),
            Q=QUALITY,
            subsample_mode="off",
            keep="none",
        )
        thumbnail = folder / f"{os.getpid()}.thumbnail.jpg"
        small = pyvips.Image.thumbnail(str(derivative), THUMBNAIL, height=THUMBNAIL, size="down")
        small.copy(xres=1, yres=1).jpegsave(str(thumbnail), Q=QUALITY, keep="none")
    except pyvips.Error as error:
        _check_writable(folder)
        # Its own message begins with what pyvips tried to call; the decoder's words stand in the lines below.
        told = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise RefusedError("image-file-damaged", reason=" · ".join(told[1:3] or [f"{form}load"])[:300]) from error
    return Rendering(store(derivative), store(thumbnail), visible.width, visible.height, form, max(1, len(pages)), held)


def _check_writable(folder: Path) -> None:
    """Raise OSError where the disk is full or closed: libvips tells that no otherwise than a damaged picture."""
    probe = folder / f"{os.getpid()}.probe"
    try:
        probe.write_bytes(bytes(1 << 20))
    finally:
        probe.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_format(source: Path) -> str:
    with source.open("rb") as file:
        beginning = file.read(SIGNATURE_BYTES)
    if not beginning:
        raise RefusedError("image-file-empty")
    form = sniff_format(beginning)
    if form is None:
        raise RefusedError("image-file-format")
    return form


def _open(source: Path, form: str) -> tuple[Load, Image, list[int], int]:
    """Return how pages are loaded, the first as its header tells it, the channel pages, and how many pages there are.

    Raises:
        RefusedError: if there are more pixels than we take.
    """
    loader = getattr(pyvips.Image, f"{form}load")
    options = {"fail_on": "error", "access": "sequential"}
    first = loader(str(source), **options)
    held = first.get("n-pages") if first.get_typeof("n-pages") else 1
    description = first.get("image-description") if first.get_typeof("image-description") else ""
    pages = channel_pages(description, held)[: len(COLOURS)] if form == "tiff" else []
    pixels = first.width * first.height * max(1, len(pages))
    if pixels > LARGEST or max(first.width, first.height) > LONGEST_SIDE:
        raise RefusedError("image-file-too-large", width=first.width, height=first.height)
    if form == "tiff" and held > 1 and not pages:
        second = loader(str(source), page=1, **options)
        if (second.width, second.height) != (first.width, first.height):
            # A pyramid or the label of a slide: nothing of the picture itself is left out.
            held = 1
    if first.get_typeof("orientation") and first.get("orientation") > 1:
        # Turning needs all rows at once: libvips keeps what is large in a temporary file.
        options["access"] = "random"

    def load(page: int) -> Image:
        chosen = {"page": page} if page else {}
        return loader(str(source), **options, **chosen).autorot()

    return load, first, pages, held


def _has_channels(image: Image) -> bool:
    """Tell whether the bands of a TIFF are channels of fluorescence, not colours with alpha.

    Two deep bands are taken for channels, two of 8 bits for grey with alpha: libvips does not tell which they are.
    """
    if image.interpretation in ("b-w", "grey16"):
        return bool(image.bands > 2 or (image.bands == 2 and image.format != "uchar"))
    return bool((image.interpretation == "multiband" and image.bands > 1) or image.bands > 5)


def _single(load: Load) -> Image:
    image = _flat(load(0))
    if image.format == "uchar":
        return image
    return _stretch(image, *_range(_flat(load(0))))


def _flat(image: Image) -> Image:
    """Return a picture of one band or three, in sRGB or grey, as deep as it was."""
    if image.format in ("complex", "dpcomplex"):
        raise RefusedError("image-file-format")
    deep = image.format == "ushort"
    if image.interpretation == "cmyk" or (image.get_typeof("icc-profile-data") and image.bands >= 3):
        fallback = "cmyk" if image.interpretation == "cmyk" else "srgb"
        image = image.icc_transform("srgb", embedded=True, input_profile=fallback, depth=16 if deep else 8)
    elif image.interpretation in ("lab", "labs", "labq", "xyz", "lch", "hsv", "yxy", "cmc"):
        image = image.colourspace("srgb")
    if image.hasalpha():
        white = {"uchar": 255, "ushort": 65535}.get(image.format, 1)
        image = image.flatten(background=white, max_alpha=white)
    return image.extract_band(0, n=3) if image.bands > 3 else image.extract_band(0) if image.bands == 2 else image


def _plane(load: Load, page: int, band: int = 0) -> Image:
    """Return one channel in 8 bits, stretched by itself."""
    image = load(page).extract_band(band)
    if image.format == "uchar":
        return image
    return _stretch(image, *_range(load(page).extract_band(band)))


def _composite(planes: list[Image]) -> Image:
    """Return channels laid over each other, each in its colour."""
    coloured = [plane.linear(list(colour), [0, 0, 0]) for plane, colour in zip(planes, COLOURS, strict=False)]
    return sum(coloured[1:], coloured[0]).cast("uchar").copy(interpretation="srgb")


def _range(image: Image) -> tuple[float, float]:
    """Return the values to show as black and as white: percentiles over all bands, so that hues stay."""
    step = max(1, math.ceil(math.sqrt(image.width * image.height / SAMPLE)))
    values = image.subsample(step, step).numpy().astype(np.float64).ravel()
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    low, high = np.percentile(values, [SATURATED, 100 - SATURATED])
    if low >= high:
        # Nearly all pixels are equal, as in a mask.
        low, high = values.min(), values.max()
    # All are equal: nothing is black, all else is white.
    return (float(low), float(high)) if low < high else (0.0, max(float(high), 1.0))


def _stretch(image: Image, low: float, high: float) -> Image:
    if image.format in ("float", "double"):
        image = (image == image).ifthenelse(image, low)  # noqa: PLR0124 - what is no number is not equal to itself
    factor = 255.0 / (high - low)
    shown = image.linear(factor, -low * factor).rint().cast("uchar")
    return shown.copy(interpretation="srgb" if shown.bands == 3 else "b-w")
