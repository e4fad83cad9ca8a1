"""Publishing a release: written aside, forced to disk, swapped in by one rename."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from etl.withdraw.swaps import STAGING, recover
from muscle_atlas.releases import (
    CURRENT,
    RELEASES,
    NoReleaseError,
    Release,
    current_release,
    force,
    force_all,
    list_releases,
)
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.slices import Slice, read_slices

_NO_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP)
"""Why a file cannot be linked and can still be copied: other file systems, other owners, too many links."""


@contextmanager
def staging(data: Path | None, version: str) -> Iterator[Release]:
    """Give a folder to write a release into; whatever is not published from it disappears.

    With ``data`` None the release is never published, and the folder is a temporary one.
    """
    if data is None:
        with tempfile.TemporaryDirectory(prefix="muscle-atlas-") as temporary:
            yield Release(Path(temporary))
        return
    releases = data / RELEASES
    releases.mkdir(exist_ok=True)
    # We hold the lock: whoever was writing was killed.
    recover(releases)
    for link in data.glob(f".{CURRENT}-*"):
        link.unlink()
    folder = releases / f"{STAGING}{version}"
    folder.mkdir()
    try:
        yield Release(folder)
    finally:
        if folder.exists():
            shutil.rmtree(folder)


def next_version(data: Path | None, now: datetime | None = None) -> str:
    """Return the version of the next release: the day (UTC) and a count, for instance ``2026-11-22.1``."""
    day = (now or datetime.now(UTC)).date().isoformat()
    counts = [
        int(count)
        for release in (list_releases(data) if data else ())
        for before, _, count in [release.version.rpartition(".")]
        if before == day and count.isdigit()
    ]
    return f"{day}.{max(counts, default=0) + 1}"


def keep_mappings(mappings: Mappings, staged: Release) -> None:
    """Put an institute's own tables into a staged release, beside what words were resolved with.

    Raises:
        OSError: if one of them is not there any more, or the release cannot be written.
    """
    for place in mappings.places(ours=False):
        folder = staged.mappings / place.part
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place.path, folder / place.path.name)


def keep_terms(installed: Iterable[Slice], staged: Release) -> list[Slice]:
    """Put slices into a staged release, so that what words were resolved with stays beside the answers.

    They are linked, since a slice is replaced as a whole and never changed; copied where links cannot lead.

    Returns:
        The slices of the release, to be resolved with: those that are installed may be replaced meanwhile.

    Raises:
        SliceError: if one of them cannot be read.
        OSError: if one of them is not there any more, or the release cannot be written.
    """
    for kept in installed:
        # Looked into where it is installed, since that is the place to be told.
        with kept.open():
            staged.terms.mkdir(exist_ok=True)
        target = staged.terms / kept.path.name
        try:
            os.link(kept.path.resolve(), target)
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
            shutil.copyfile(kept.path, target)
    return read_slices(staged.terms)


def publish(staged: Release, data: Path, version: str) -> Release:
    """Move a staged release to its place and make it the current one."""
    force_all(staged.folder)
    release = Release(data / RELEASES / version)
    staged.folder.rename(release.folder)
    force(data / RELEASES)
    _point(data, release)
    return release


def rollback(data: Path, version: str | None = None) -> Release:
    """Make an older release the current one: the one before the current, or the one named.

    Raises:
        NoReleaseError: if there is none such; the message lists what there is.
    """
    releases = {release.version: release for release in list_releases(data)}
    current = current_release(data).version
    if version is None:
        older = [known for known in releases if known != current][: list(releases).index(current)]
        if not older:
            raise NoReleaseError("oldest_release", data=data, release=current)
        version = older[-1]
    if version not in releases:
        raise NoReleaseError("other_releases", data=data, release=version, releases=", ".join(releases))
    _point(data, releases[version])
    return releases[version]


def _point(data: Path, release: Release) -> None:
    link = data / f".{CURRENT}-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(RELEASES) / release.version)
    link.replace(data / CURRENT)
    force(data)
