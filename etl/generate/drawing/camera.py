"""What microscope, film and camera do to a picture: uneven light, blur, noise, a scale bar."""

from functools import cache

import numpy as np
import numpy.typing as npt

from etl.generate.drawing.noise import HEIGHT, WIDTH, Grey, window

Pixels = npt.NDArray[np.uint8]


@cache
def _corners() -> Grey:
    """Squared distance to the middle, 1 in the corners."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    corners: Grey = ((x * x + y * y) / 2).astype(np.float32)
    return corners


def photograph(rng: np.random.Generator, light: Grey, *, noise: float, vignette: float) -> Pixels:
    """Return 8-bit pixels, rows × columns × channels, of light (channels × rows × columns, 0 to 255)."""
    falling = 1 - np.float32(vignette) * _corners()
    pixels = np.empty((HEIGHT, WIDTH, len(light)), np.uint8)
    common = np.float32(noise * 0.8) * window(rng, 0.8)
    for channel, values in enumerate(light):
        seen = _blurred(values)
        seen *= falling * np.float32(1 + 0.015 * rng.standard_normal())
        seen += common
        seen += np.float32(noise * 0.6) * window(rng, 0.6)
        np.clip(seen, 0, 255, out=seen)
        pixels[..., channel] = seen
    return pixels


def _blurred(values: Grey) -> Grey:
    """Return values smoothed over three pixels (1, 3, 1)."""
    out = values * np.float32(0.6)
    out[1:] += np.float32(0.2) * values[:-1]
    out[:-1] += np.float32(0.2) * values[1:]
    out[0] += np.float32(0.2) * values[0]
    out[-1] += np.float32(0.2) * values[-1]
    again = out * np.float32(0.6)
    again[:, 1:] += np.float32(0.2) * out[:, :-1]
    again[:, :-1] += np.float32(0.2) * out[:, 1:]
    again[:, 0] += np.float32(0.2) * out[:, 0]
    again[:, -1] += np.float32(0.2) * out[:, -1]
    return again


def put_scale_bar(pixels: Pixels, length: float, value: int) -> None:
    """Draw a bar ``length`` pixels long into the lower right corner."""
    right, low = WIDTH - 18, HEIGHT - 18
    pixels[low - 5 : low, max(8, right - round(length)) : right] = value
