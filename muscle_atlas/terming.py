"""The verbs ``terms update`` and ``terms status``."""

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from muscle_atlas.locks import BusyError, locked
from muscle_atlas.options import json_option, terms_option
from muscle_atlas.usage import NothingPublishedError, StopError, Verbs, usable_settings

if TYPE_CHECKING:
    from muscle_atlas.report import Printer
    from muscle_atlas.settings import Settings
    from muscle_atlas.terms.source import ReleaseError, Source
    from muscle_atlas.terms.updating.folders import Folder
    from muscle_atlas.terms.updating.installed import Installed
    from muscle_atlas.terms.updating.updates import Outcome


@click.group(cls=Verbs, short_help="Fetch the vocabularies that words are linked to, or tell which are here.")
def terms() -> None:
    """Keep the releases of vocabularies that words are linked to: HGNC, Orphanet, UBERON, HPO, MONDO, MGI, FBbi.

    \b
    Example:
      muscle-atlas terms update
    """


@terms.command(short_help="Fetch the newest releases, or take them from a folder.")
@click.option(
    "--from",
    "given",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Folder of releases to take, as their publishers call the files; nothing is fetched.",
)
@terms_option
@click.option("--only", multiple=True, metavar="NAME", help="Only this vocabulary; may be given several times.")
@json_option
def update(given: Path | None, terms: Path | None, only: tuple[str, ...], *, as_json: bool) -> None:
    """Make the vocabularies anew from the newest releases of their publishers, or from those in a folder.

    A download that broke off goes on where it stopped; a release that is not whole never replaces one that is.
    MUSCLE_ATLAS_TERMS_MIRROR=URL fetches copies from there: what stands at https://HOST/PATH from URL/HOST/PATH.

    Exit codes: 0 done; 1 some failed, the rest is updated; 2 wrong usage or unreadable folder; 3 all failed, or another
    update is under way; 130 stopped by Ctrl-C.

    \b
    Example:
      muscle-atlas terms update --from releases --only hgnc
    """
    from muscle_atlas.report import Printer  # noqa: PLC0415
    from muscle_atlas.terms.updating.updates import exit_code  # noqa: PLC0415

    settings = usable_settings()
    printer = Printer(settings.language)
    sources = _chosen(only)
    folder = terms_folder(terms, settings)
    found = find_releases(given, sources, printer) if given else None
    try:
        with locked(folder, "update"):
            outcomes = []
            for outcome in _outcomes(folder, found, sources, settings, printer, wanted=bool(only), quiet=as_json):
                outcomes.append(outcome)
                if not as_json:
                    _tell(outcome, folder, printer)
    except BusyError as error:
        raise NothingPublishedError(str(error)) from error
    except OSError as error:
        raise StopError(
            f"cannot write {error.filename or folder}: {error.strerror}. Check --terms, its permissions and the disk."
        ) from error
    unrecognised = found.unrecognised if found else []
    if as_json:
        told = {
            "terms": str(folder),
            "from": str(given) if given else settings.mirror,
            "sources": [_as_json(outcome, printer) for outcome in outcomes],
            "unrecognised": [str(path) for path in unrecognised],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for path in unrecognised:
            printer.line("terms_unrecognised", file=path)
    sys.exit(exit_code(outcomes))


@terms.command(short_help="Tell which releases are here, and how old they are.")
@terms_option
@json_option
def status(terms: Path | None, *, as_json: bool) -> None:
    """Tell which vocabularies are here: version, date, age, licence, number of terms, files.

    Exit codes: 0 done; 1 one of them cannot be read; 2 wrong usage.

    \b
    Example:
      muscle-atlas terms status --json
    """
    from muscle_atlas.report import Printer  # noqa: PLC0415
    from muscle_atlas.terms.updating.installed import read_installed  # noqa: PLC0415

    settings = usable_settings()
    printer = Printer(settings.language)
    folder = terms_folder(terms, settings)
    found = list(read_installed(folder, _chosen(())))
    if as_json:
        told = {"terms": str(folder), "sources": [_status(one, printer) for one in found]}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        heads = ("vocabulary", "version", "date", "age", "terms", "licence", "files")
        printer.table(heads, [_row(one, printer) for one in found])
        for one in found:
            if one.fault:
                printer.line(one.fault.word, **one.fault.values)
        printer.line("terms_in", folder=folder)
    sys.exit(int(any(one.fault for one in found)))


def _chosen(only: tuple[str, ...]) -> "list[Source]":
    from muscle_atlas.terms.sources import SOURCES  # noqa: PLC0415

    names = [source.name for source in SOURCES]
    if unknown := [name for name in only if name not in names]:
        raise StopError(f"--only {unknown[0]}: no such vocabulary. There are: {', '.join(names)}.")
    return [source for source in SOURCES if not only or source.name in only]


def terms_folder(given: Path | None, settings: "Settings") -> Path:
    """Return the folder of the slices: the one given, else that of the settings.

    Raises:
        StopError: if there is neither.
    """
    folder = given or settings.terms
    if folder is None:
        raise StopError("there is no folder for vocabularies. Give one with --terms.")
    return folder


def find_releases(given: Path, sources: "list[Source]", printer: "Printer") -> "Folder":
    """Return what a folder holds of releases.

    Raises:
        StopError: if it cannot be read, or holds none.
    """
    from muscle_atlas.terms.source import FaultyReleaseError  # noqa: PLC0415
    from muscle_atlas.terms.updating.folders import read_folder  # noqa: PLC0415

    try:
        found = read_folder(given, sources)
    except FaultyReleaseError as fault:
        raise StopError(printer.say(fault.word, **fault.values)) from fault
    if not found.parts:
        addresses = [part.address for source in sources for part in source.parts if part.address]
        examples = ", ".join(urlsplit(address).path.rpartition("/")[2] for address in addresses[:3])
        raise StopError(printer.say("terms_empty_folder", folder=given, examples=examples))
    return found


def _outcomes(
    folder: Path,
    found: "Folder | None",
    sources: "list[Source]",
    settings: "Settings",
    printer: "Printer",
    *,
    wanted: bool,
    quiet: bool,
) -> "Iterator[Outcome]":
    from muscle_atlas.terms.updating.downloads import Downloads  # noqa: PLC0415
    from muscle_atlas.terms.updating.updates import update_from_folder, update_from_publishers  # noqa: PLC0415

    if found is None:
        with printer.transfers(quiet=quiet) as show:
            downloads = partial(Downloads, mirror=settings.mirror, show=show)
            yield from update_from_publishers(folder, sources, downloads)
        return
    with printer.progress(quiet=quiet) as show:
        show("terms_updating", 0, len(sources))
        for done, outcome in enumerate(update_from_folder(folder, found, sources, wanted=wanted), 1):
            yield outcome
            show("terms_updating", done, len(sources))


def _tell(outcome: "Outcome", folder: Path, printer: "Printer") -> None:
    told = {"name": outcome.name, "version": outcome.version, "before": outcome.before}
    reasons = [reason_of(fault, printer) for fault in outcome.faults]
    if outcome.state == "failed":
        for reason in reasons:
            printer.line("terms_failed_kept" if outcome.before else "terms_failed", reason=reason, **told)
        return
    if outcome.state == "updated":
        changed = outcome.before and outcome.before != outcome.version
        printer.line("terms_replaced" if changed else "terms_updated", count=outcome.terms, **told)
    else:
        printer.line(f"terms_{outcome.state}", folder=folder, **told)
    for reason in reasons:
        printer.line("terms_noted", name=outcome.name, reason=reason)


def reason_of(fault: "ReleaseError", printer: "Printer") -> str:
    """Return why a release is not what it should be, in the language of the printer where it is told in both."""
    from muscle_atlas.terms.source import FaultyReleaseError  # noqa: PLC0415

    return printer.say(fault.word, **fault.values) if isinstance(fault, FaultyReleaseError) else str(fault)


def _as_json(outcome: "Outcome", printer: "Printer") -> dict[str, Any]:
    return {
        "name": outcome.name,
        "state": outcome.state,
        "version": outcome.version,
        "before": outcome.before,
        "terms": outcome.terms,
        "files": [file._asdict() for file in outcome.files],
        "problems": [reason_of(fault, printer) for fault in outcome.faults],
        "seconds": round(outcome.seconds, 3),
    }


def _status(one: "Installed", printer: "Printer") -> dict[str, Any]:
    release = one.release or {}
    return {
        "name": one.source.name,
        "title": one.source.title,
        "installed": one.release is not None,
        "version": release.get("version"),
        "date": release.get("date"),
        "age_days": one.age,
        "old": one.old,
        "licence": one.source.licence,
        "licence_url": one.source.licence_url,
        "homepage": one.source.homepage,
        "source": release.get("source"),
        "terms": one.terms,
        "withdrawn": one.withdrawn,
        "files": [file._asdict() for file in one.files],
        "problem": reason_of(one.fault, printer) if one.fault else None,
        "addresses": [part.address for part in one.source.parts if part.address],
    }


def _row(one: "Installed", printer: "Printer") -> tuple[str, ...]:
    if one.release is None:
        state = printer.say("unreadable" if one.fault else "not_installed")
        return (one.source.name, state, "", "", "", one.source.licence, "")
    age = "" if one.age is None else printer.say("days_old" if one.old else "days", days=one.age)
    counts = (str(one.terms), one.source.licence, str(len(one.files)))
    return (one.source.name, one.release["version"], one.release["date"], age, *counts)
