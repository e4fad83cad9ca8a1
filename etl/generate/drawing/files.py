"""One picture after another, drawn and written as JPEG files: the work of one process."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyvips

from etl.generate.drawing.electron import draw_electron
from etl.generate.drawing.light import draw_light
from etl.generate.drawing.orders import Order

QUALITY = 88
"""Of the JPEG files."""


class PictureError(Exception):
    """A picture could not be drawn; the message names its file."""


def prepare_worker() -> None:
    """Set up a process of its own."""
    # Ctrl-C is for the parent, which ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def draw_batch(orders: Sequence[Order], folder: Path) -> int:
    """Draw the pictures of some orders into a folder and return how many.

    Raises:
        OSError: one could not be written; it names the file.
        PictureError: one could not be drawn.
    """
    for order in orders:
        path = folder / order.file
        try:
            _write(path, draw_picture(order))
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error
        except Exception as error:
            # What a library raises may not survive the way out of another process.
            raise PictureError(f"{order.file}: {type(error).__name__}: {error}") from None
    return len(orders)


def draw_picture(order: Order) -> bytes:
    """Return the JPEG file of one order: three channels, one of an electron micrograph."""
    rng = np.random.default_rng(order.seed)
    pixels = draw_light(rng, order, order.look) if order.look else draw_electron(rng, order)
    height, width, channels = pixels.shape
    image = pyvips.Image.new_from_memory(pixels.data, width, height, channels, "uchar")
    content: bytes = image.jpegsave_buffer(Q=QUALITY)
    return content


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
