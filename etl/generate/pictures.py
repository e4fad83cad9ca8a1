"""Pictures of a synthetic atlas: one small section of muscle drawn for each record, on all cores."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path, PurePosixPath

import polars as pl

from etl.generate.drawing.files import PictureError, draw_batch, prepare_worker
from etl.generate.drawing.orders import Order
from etl.generate.drawing.reading import read_orders

SUFFIXES = (".jpg", ".jpeg")
BATCH = 16
"""Pictures that a worker draws before it reports."""
FEW = 24
"""Up to so many pictures are drawn in this process: starting others takes longer."""


def draw_pictures(
    records: pl.DataFrame, folder: Path, *, seed: int, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> None:
    """Draw the picture of each record into ``folder`` under the name in its column ``image``.

    A record without a name there gets none. The same seed and ``image_id`` give the same bytes with the same versions
    of numpy and libvips; a file that is there is drawn again. Each file is written whole or not at all.

    Args:
        records: canonical columns, as text; ``image_id`` and ``image`` must be there.
        folder: made where it is absent.
        seed: of the atlas.
        progress: called with the number of pictures drawn, and of all.

    Raises:
        ValueError: two records name the same file, or a name is no JPEG file within the folder.
        OSError: a picture could not be written; it names the file.
        PictureError: a picture could not be drawn, or a process that draws was killed.
    """
    named = records.filter(pl.col("image").fill_null("") != "")
    _check_names(named["image"].to_list())
    folder.mkdir(parents=True, exist_ok=True)
    done, every = 0, named.height
    progress(done, every)
    for drawn in _draw_batches(read_orders(named, seed), every, folder):
        done += drawn
        progress(done, every)


def _check_names(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or path.suffix.lower() not in SUFFIXES:
            raise ValueError(f"{name!r} does not name a JPEG file within the folder of pictures")
        if name in seen:
            raise ValueError(f"two records name the picture {name!r}")
        seen.add(name)


def _draw_batches(orders: Iterable[Order], many: int, folder: Path) -> Iterator[int]:
    """Yield how many pictures were drawn, batch by batch."""
    batches = _batches(orders)
    workers = min(_cores(), -(-many // BATCH))
    if many <= FEW or workers == 1:
        yield from (draw_batch(batch, folder) for batch in batches)
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=prepare_worker)
    # Only a few batches wait at any time, so that a million records need no more memory than a thousand.
    with _interrupts_held():
        waiting: deque[Future[int]] = deque(
            pool.submit(draw_batch, batch, folder) for batch in islice(batches, 4 * workers)
        )
    try:
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(draw_batch, batch, folder) for batch in islice(batches, 1))
    except BrokenProcessPool as error:
        raise PictureError("a process that draws pictures was killed; is there enough memory?") from error
    finally:
        # After Ctrl-C or an error, what is being drawn is finished and the rest is not begun.
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while processes are started: they inherit that, and leave it to this one from the start."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _batches(orders: Iterable[Order]) -> Iterator[list[Order]]:
    iterator = iter(orders)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


__all__ = ["PictureError", "draw_pictures"]
