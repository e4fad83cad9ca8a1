"""Smooth noise that repeats seamlessly, made once in a process and looked at through windows."""

from functools import cache

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.float32]
"""One value a pixel, rows first."""

HEIGHT, WIDTH = 384, 512
"""Size of every picture in pixels."""
COLUMNS: Grey = np.arange(WIDTH, dtype=np.float32)[None, :]
ROWS: Grey = np.arange(HEIGHT, dtype=np.float32)[:, None]
SIDE = 1024
"""Side of a tile in pixels."""
SCALES = (0.6, 0.8, 1.2, 1.8, 3.0, 8.0, 24.0, 90.0)
"""Pixels over which tiles are smooth; there are no others, for each is kept."""


@cache
def tile(scale: float) -> Grey:
    """Return a square of noise, ``SIDE`` × ``SIDE``, of mean 0 and deviation 1, smooth over ``scale`` of ``SCALES``."""
    # The seed is that of the scale alone: a worker that starts anew has the same tiles.
    rng = np.random.default_rng(int(scale * 1000))
    frequency_y = np.fft.fftfreq(SIDE)[:, None]
    frequency_x = np.fft.rfftfreq(SIDE)[None, :]
    smooth = np.exp(-2 * (np.pi * scale) ** 2 * (frequency_y**2 + frequency_x**2))
    noise = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((SIDE, SIDE))) * smooth, s=(SIDE, SIDE))
    return np.ascontiguousarray((noise - noise.mean()) / noise.std(), dtype=np.float32)


def window(rng: np.random.Generator, scale: float, height: int = HEIGHT, width: int = WIDTH) -> Grey:
    """Return a view of the tile of the nearest scale, at a random place and turned over at random."""
    top = int(rng.integers(SIDE - height + 1))
    left = int(rng.integers(SIDE - width + 1))
    view = tile(min(SCALES, key=lambda known: abs(known - scale)))[top : top + height, left : left + width]
    return view[:: int(rng.choice((1, -1))), :: int(rng.choice((1, -1)))]
