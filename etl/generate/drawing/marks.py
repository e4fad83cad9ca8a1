"""Marks: many small ellipses (nuclei, rods, droplets, granules) put onto a field at once."""

import numpy as np
import numpy.typing as npt

from etl.generate.drawing.noise import Grey

Numbers = npt.NDArray[np.float64]
LARGE = 20
"""Ellipses that reach further, in pixels, are drawn one by one."""
_AT_ONCE = 250_000
"""Pixels worked on at once, so that memory stays small."""


def stamp(
    field: Grey,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    long: npt.ArrayLike,
    short: npt.ArrayLike,
    *,
    angle: npt.ArrayLike = 0.0,
    amount: npt.ArrayLike = 1.0,
    soft: float = 1.0,
) -> None:
    """Draw ellipses into ``field``, which keeps the greater of what it holds and what is drawn.

    Args:
        field: what is drawn on, contiguous.
        x: centres in pixels.
        y: centres in pixels.
        long: half the long axes in pixels.
        short: half the short axes in pixels.
        angle: of the long axes to the right, in radians.
        amount: value within the ellipse.
        soft: width in pixels over which an edge fades.
    """
    every = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, np.float32)) for v in (x, y, long, short, angle, amount)))
    far = np.maximum(every[2], every[3]) + np.float32(soft + 1)
    height, width = field.shape
    seen = (every[0] > -far) & (every[0] < width + far) & (every[1] > -far) & (every[1] < height + far)
    ellipses, far = [values[seen] for values in every], far[seen]
    if not far.size:
        return
    reach = int(np.ceil(far.max()))
    if reach > LARGE:
        for one in range(far.size):
            _stamp_one(field, int(np.ceil(far[one])), soft, [float(values[one]) for values in ellipses])
        return
    step = max(1, _AT_ONCE // (2 * reach + 1) ** 2)
    for start in range(0, far.size, step):
        _stamp_few(field, reach, soft, [values[start : start + step, None, None] for values in ellipses])


def _stamp_one(field: Grey, reach: int, soft: float, ellipse: list[float]) -> None:
    x, y, long, short, angle, amount = ellipse
    top, left = max(0, round(y) - reach), max(0, round(x) - reach)
    part = field[top : max(0, round(y) + reach + 1), left : max(0, round(x) + reach + 1)]
    right = np.arange(left, left + part.shape[1], dtype=np.float32)[None, :] - np.float32(x)
    down = np.arange(top, top + part.shape[0], dtype=np.float32)[:, None] - np.float32(y)
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    along = (right * cosine + down * sine) * np.float32(1 / long)
    across = (down * cosine - right * sine) * np.float32(1 / short)
    value = (1 - np.sqrt(along * along + across * across)) * np.float32(min(long, short) / soft) + np.float32(0.5)
    np.maximum(part, np.clip(value, 0, 1) * np.float32(amount), out=part)


def _stamp_few(field: Grey, reach: int, soft: float, ellipses: list[Grey]) -> None:
    x, y, long, short, angle, amount = ellipses
    around = np.arange(-reach, reach + 1, dtype=np.int32)
    column = np.rint(x).astype(np.int32) + around[None, None, :]
    row = np.rint(y).astype(np.int32) + around[None, :, None]
    right, down = column - x, row - y
    cosine, sine = np.cos(angle), np.sin(angle)
    along = (right * cosine + down * sine) / long
    across = (down * cosine - right * sine) / short
    value = (1 - np.sqrt(along * along + across * across)) * (np.minimum(long, short) / np.float32(soft)) + np.float32(
        0.5
    )
    height, width = field.shape
    seen = (value > 0) & (column >= 0) & (column < width) & (row >= 0) & (row < height)
    place = (row * width + column)[seen]
    drawn = (np.minimum(value, 1) * amount)[seen]
    np.maximum.at(field.reshape(-1), place, drawn.astype(np.float32, copy=False))


def scatter(
    rng: np.random.Generator, x: Numbers, y: Numbers, many: int, spread: npt.ArrayLike
) -> tuple[Numbers, Numbers]:
    """Return ``many`` places around each place, strewn by ``spread`` pixels."""
    wide = np.repeat(np.broadcast_to(np.asarray(spread, float), x.shape), many)
    return (
        np.repeat(x, many) + wide * rng.standard_normal(x.size * many),
        np.repeat(y, many) + wide * rng.standard_normal(y.size * many),
    )
