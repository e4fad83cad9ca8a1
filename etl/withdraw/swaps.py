"""Swapping a release for its rewritten self, so that at every moment one of the two stands in its place."""

import ctypes
import os
import shutil
import sys
from pathlib import Path

from muscle_atlas.releases import force

REWRITTEN = ".rewritten-"
"""Begins the name of a release that is whole, and waits to take the place of its former self, or has taken it."""
STAGING = ".staging-"
"""Begins the name of a folder that is being written, or waits to be removed."""
_AT_FDCWD = -100
_EXCHANGE = 2
"""``AT_FDCWD`` and ``RENAME_EXCHANGE`` of Linux (renameat2(2))."""


def swap(rewritten: Path, place: Path) -> None:
    """Put a folder in the place of another, which is removed with all that it holds.

    On Linux the two change places in one step; elsewhere there is a moment without either, which ``recover`` mends.
    """
    former = rewritten
    if not _exchange(rewritten, place):
        former = place.with_name(f"{STAGING}{place.name}")
        place.rename(former)
        rewritten.rename(place)
    force(place.parent)
    shutil.rmtree(former)
    force(place.parent)


def recover(releases: Path) -> None:
    """Put right what was killed: a whole release without its place takes it, whatever else is left goes.

    Only for whoever holds the lock: what another is writing would go, too.
    """
    for rewritten in releases.glob(f"{REWRITTEN}*"):
        place = releases / rewritten.name.removeprefix(REWRITTEN)
        if place.exists():
            # Either it has taken its place and this is its former self, or it will be written anew.
            shutil.rmtree(rewritten)
        else:
            rewritten.rename(place)
    for left_behind in releases.glob(f"{STAGING}*"):
        shutil.rmtree(left_behind)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; tell whether the system can."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)
