"""What is installed: each vocabulary with the release that is kept of it, and how old that is."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from muscle_atlas.terms.slices import SUFFIX, File, Slice, SliceError
from muscle_atlas.terms.source import FaultyReleaseError, Source

OLD = 365
"""Days after which a release is called old: every publisher that we link to has a newer one by then."""


@dataclass(frozen=True)
class Installed:
    """A vocabulary, and its slice where there is one."""

    source: Source
    path: Path
    release: dict[str, str] | None = None
    """What the slice tells of itself; None where there is none, or it cannot be read."""
    terms: int = 0
    """Terms that links may name."""
    withdrawn: int = 0
    files: tuple[File, ...] = ()
    fault: FaultyReleaseError | None = None
    """Why the slice cannot be read."""

    @property
    def version(self) -> str | None:
        """Version of the release."""
        return (self.release or {}).get("version")

    @property
    def age(self) -> int | None:
        """Days since the release; None where its date is not known. Of a month alone, since its first day."""
        told = (self.release or {}).get("date", "")
        try:
            released = date.fromisoformat(told + "2000-01-01"[len(told) :])
        except ValueError:
            return None
        return (datetime.now(UTC).date() - released).days if told else None

    @property
    def old(self) -> bool:
        """Whether it is time for an update."""
        return (self.age or 0) > OLD


def read_installed(terms: Path, sources: Iterable[Source]) -> Iterator[Installed]:
    """Yield every vocabulary, with what is kept of it in a folder."""
    for source in sources:
        yield read_slice(terms, source)


def read_slice(terms: Path, source: Source) -> Installed:
    """Return a vocabulary with what is kept of it in a folder."""
    path = terms / f"{source.name}{SUFFIX}"
    if not path.exists():
        return Installed(source, path)
    kept = Slice(path)
    try:
        with kept.open() as database:
            counts = dict(database.execute("SELECT status, count(*) FROM term GROUP BY status"))
        return Installed(
            source, path, kept.release, counts.get("active", 0), counts.get("withdrawn", 0), tuple(kept.files)
        )
    except (SliceError, sqlite3.Error) as error:
        return Installed(source, path, fault=FaultyReleaseError("terms_slice_unreadable", file=path, reason=error))
