"""Updates: slices made anew from releases that a folder holds or that publishers have."""

import shutil
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import ParseError

import polars as pl
import zstandard

from muscle_atlas import __version__
from muscle_atlas.terms.slices import SUFFIX, Contents, File, write_slice
from muscle_atlas.terms.source import FaultyReleaseError, Found, ReleaseError, Source
from muscle_atlas.terms.updating.checks import check_file, checksum
from muscle_atlas.terms.updating.downloads import Downloads, forget
from muscle_atlas.terms.updating.folders import Folder, read_folder
from muscle_atlas.terms.updating.installed import Installed, read_slice

DOWNLOADS = "downloads"
"""Folder, beside the slices, of what was fetched; it is asked for again only where the publisher has a newer one."""

_PROGRAM = f"muscle-atlas {__version__}"

_UNREADABLE = (
    ValueError,
    LookupError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    tarfile.TarError,
    ParseError,
    pl.exceptions.PolarsError,
    zstandard.ZstdError,
)
"""What readers stumble over where a file is not what its name says."""

Files = Mapping[str, Sequence[Found]]


@dataclass
class Outcome:
    """What came of the update of one vocabulary."""

    name: str
    state: Literal["updated", "unchanged", "absent", "failed"] = "updated"
    """absent: there is no file of it."""
    faults: list[ReleaseError] = field(default_factory=list)
    """Why it failed; or what is missing from a slice that was made all the same."""
    before: str | None = None
    """Version that was there before."""
    version: str | None = None
    """Version that is there now."""
    terms: int = 0
    """Terms of that version that links may name."""
    files: list[File] = field(default_factory=list)
    seconds: float = 0.0


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 0 where all is well; 1 where something failed and the rest is done; 3 where nothing is."""
    tried = [outcome for outcome in outcomes if outcome.state != "absent"]
    if tried and all(outcome.state == "failed" for outcome in tried):
        return 3
    return int(any(outcome.faults for outcome in outcomes))


def update_from_folder(
    terms: Path, found: Folder, sources: Iterable[Source], *, wanted: bool = False
) -> Iterator[Outcome]:
    """Make slices of the releases that a folder holds.

    Args:
        terms: folder of the slices, locked by the caller.
        found: what the other folder holds.
        sources: the vocabularies to update.
        wanted: whether each was asked for by name, so that one without a file has failed.
    """
    _clear(terms)
    for source in sources:
        files = found.parts.get(source.name)
        if files is None:
            missing = [FaultyReleaseError("terms_no_file", name=source.name)] if wanted else []
            yield Outcome(source.name, "failed" if wanted else "absent", list(missing))
            continue
        yield _update(terms, source, lambda files=files: files)  # type: ignore[misc]


def update_from_publishers(
    terms: Path, sources: Iterable[Source], downloads: Callable[[Path], Downloads]
) -> Iterator[Outcome]:
    """Make slices of the newest releases that publishers have.

    Args:
        terms: folder of the slices, locked by the caller.
        sources: the vocabularies to update.
        downloads: gives the downloads into a folder.
    """
    _clear(terms)
    for source in sources:
        yield _fetch_and_update(terms, source, downloads(terms / DOWNLOADS / source.name))


def _fetch_and_update(terms: Path, source: Source, downloads: Downloads) -> Outcome:
    missing: list[ReleaseError] = []
    fresh: list[Path] = []
    # What no address leads to was kept from a folder.
    kept = read_folder(downloads.folder, [source]).parts.get(source.name, {}) if downloads.folder.is_dir() else {}
    files: dict[str, list[Found]] = {}

    def fetch() -> Files:
        for part in source.parts:
            if part.address is None:
                if part.name in kept:
                    files[part.name] = kept[part.name]
                continue
            try:
                found, state = downloads.fetch(part)
            except FaultyReleaseError as fault:
                if part.needed:
                    raise
                missing.append(fault)
                if part.name in kept:
                    files[part.name] = kept[part.name]
                continue
            files[part.name] = [found]
            if state == "new":
                fresh.append(found.path)
        return files

    outcome = _update(terms, source, fetch, only_if_changed=True)
    if outcome.state == "failed":
        for path in fresh:
            forget(path)
    outcome.faults += missing
    return outcome


def _update(terms: Path, source: Source, find: Callable[[], Files], *, only_if_changed: bool = False) -> Outcome:
    began = time.monotonic()
    outcome = Outcome(source.name)
    # One that cannot be read has neither version nor terms, and is made anew.
    old = read_slice(terms, source)
    outcome.before = outcome.version = old.version
    outcome.terms = old.terms
    try:
        files = find()
        outcome.files = _checked(source, files)
        if only_if_changed and _is_made_of(old, outcome.files):
            outcome.state = "unchanged"
        else:
            contents = _contents(source, files, old)
            write_slice(old.path, _release(source), outcome.files, contents)
            _keep(terms, source, files)
            outcome.version, outcome.terms = contents.version, _active(contents)
            outcome.faults += _lost(source, old, outcome.files)
    except ReleaseError as error:
        outcome.state = "failed"
        outcome.faults.append(error)
    outcome.seconds = time.monotonic() - began
    return outcome


def _checked(source: Source, files: Files) -> list[File]:
    """Check the files of a release, and describe them."""
    for part in source.parts:
        if part.needed and not files.get(part.name):
            raise FaultyReleaseError(
                "terms_part_missing", name=source.name, part=part.name, pattern=part.pattern.pattern
            )
    described: dict[str, File] = {}
    for part in source.parts:
        for path, date in files.get(part.name, ()):
            check_file(path, part.least)
            described.setdefault(path.name, File(path.name, part.name, date, path.stat().st_size, checksum(path)))
    return sorted(described.values())


def _contents(source: Source, files: Files, old: Installed) -> Contents:
    try:
        contents = source.read(files)
    except _UNREADABLE as error:
        names = ", ".join(str(found.path) for part in files.values() for found in part)
        raise FaultyReleaseError("terms_unreadable", file=names, reason=f"{type(error).__name__}: {error}") from error
    if not contents.terms:
        raise FaultyReleaseError("terms_no_term", name=source.name)
    active = _active(contents)
    if active < old.terms / 2:
        raise FaultyReleaseError("terms_shrunk", name=source.name, before=old.terms, after=active, slice=old.path)
    return contents


def _active(contents: Contents) -> int:
    return sum(term.status == "active" for term in set(contents.terms))


def _release(source: Source) -> dict[str, str]:
    first = source.parts[0]
    return {
        "name": source.name,
        "title": source.title,
        "licence": source.licence,
        "licence_url": source.licence_url,
        "homepage": source.homepage,
        "source": first.address or source.homepage,
        "program": _PROGRAM,
    }


def _keep(terms: Path, source: Source, files: Files) -> None:
    """Keep a copy of what no address leads to: the next update from the publishers needs it, too."""
    for part in source.parts:
        folder = terms / DOWNLOADS / source.name / part.name
        if part.address is None and files.get(part.name) and files[part.name][0].path.parent != folder:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for found in files[part.name]:
                shutil.copy2(found.path, folder)


def _lost(source: Source, old: Installed, files: Iterable[File]) -> Iterator[FaultyReleaseError]:
    """Tell which parts the slice before had and this one lacks."""
    for part in sorted({file.part for file in old.files} - {file.part for file in files}):
        yield FaultyReleaseError("terms_part_lost", name=source.name, part=part)


def _is_made_of(old: Installed, files: Iterable[File]) -> bool:
    """Tell whether a slice was made of these files, by this version of the program."""
    ours, theirs = ({(file.part, file.sha256) for file in some} for some in (old.files, files))
    return (old.release or {}).get("program") == _PROGRAM and ours == theirs


def _clear(terms: Path) -> None:
    """Remove what a killed update has left; nobody else writes, since we hold the lock."""
    for left in terms.glob(f".*{SUFFIX}.*"):
        left.unlink()
