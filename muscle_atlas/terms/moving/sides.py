"""The two sides of a comparison: what is installed, or what our tables have; and what a folder holds."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from muscle_atlas.terms.moving.embedded import write_stand_ins
from muscle_atlas.terms.slices import Slice, read_slices
from muscle_atlas.terms.source import ReleaseError, Source
from muscle_atlas.terms.updating.folders import Folder
from muscle_atlas.terms.updating.updates import update_from_folder


class FaultyReleasesError(Exception):
    """Some releases cannot be read; nothing is compared, since what they would change is not known."""

    def __init__(self, faults: Sequence[tuple[str, ReleaseError]]) -> None:
        super().__init__(str(faults))
        self.faults = faults
        """Vocabulary and what is wrong with its release."""


def read_releases(
    found: Folder, sources: Sequence[Source], folder: Path, progress: Callable[[int], object]
) -> list[Slice]:
    """Read releases into slices of their own, as an update would.

    Args:
        found: the releases that a folder holds.
        sources: the vocabularies.
        folder: where the slices are written.
        progress: is told how many vocabularies are done.

    Raises:
        FaultyReleasesError: if one of them is not what it should be.
    """
    faults = []
    for done, outcome in enumerate(update_from_folder(folder, found, sources), 1):
        progress(done)
        faults += [(outcome.name, fault) for fault in outcome.faults]
    if faults:
        raise FaultyReleasesError(faults)
    return in_order(read_slices(folder), sources)


def in_order(slices: Sequence[Slice], sources: Sequence[Source]) -> list[Slice]:
    """Return slices in the order of the vocabularies, then of their names."""
    names = [source.name for source in sources]
    return sorted(slices, key=lambda one: names.index(one.path.stem) if one.path.stem in names else len(names))


def stand_ins(installed: Sequence[Slice], wanted: Sequence[Slice], folder: Path, used: Collection[str]) -> list[Slice]:
    """Return slices of our tables for the vocabularies that would be installed and are not yet.

    Args:
        installed: the slices that are installed.
        wanted: those that would be.
        folder: where they are written.
        used: the terms (CURIEs) that are looked at.

    Raises:
        SliceError: if a slice cannot be read.
    """
    here = {one.release.get("name") for one in installed}
    missing = [name for one in wanted if (name := one.release.get("name", "")) not in here]
    return write_stand_ins(missing, folder, used)


def replaced(installed: Sequence[Slice], offered: Sequence[Slice]) -> list[Slice]:
    """Return the installed slices with the offered ones in their place.

    Raises:
        SliceError: if a slice cannot be read.
    """
    names = {one.release.get("name") for one in offered}
    return [*offered, *(one for one in installed if one.release.get("name") not in names)]
