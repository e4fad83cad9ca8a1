"""The verb ``terms diff``."""

import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from muscle_atlas.curating import usable_mappings
from muscle_atlas.options import data_option, json_option, terms_option
from muscle_atlas.releases import NoReleaseError, current_release
from muscle_atlas.terming import find_releases, reason_of, terms_folder
from muscle_atlas.usage import StopError, usable_settings

if TYPE_CHECKING:
    from muscle_atlas.report import Printer
    from muscle_atlas.settings import Settings
    from muscle_atlas.terms.moving.changes import Change, Comparison, Thing
    from muscle_atlas.terms.moving.uses import Uses
    from muscle_atlas.terms.slices import Slice
    from muscle_atlas.terms.updating.folders import Folder

SHOWN = 20
"""How many changes of one kind are printed; --json gives all."""
FEW = 4
"""How many groups, words or terms are named in one line."""


@click.command(short_help="Tell which records change meaning with other releases.")
@click.argument("records", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--from",
    "given",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Folder of releases, as their publishers call the files, or of installed vocabularies.",
)
@terms_option
@data_option
@json_option
def diff(records: tuple[Path, ...], given: Path, terms: Path | None, data: Path | None, *, as_json: bool) -> None:
    """Tell which photographs change meaning if the releases in DIR take the place of those that are installed.

    Looked at are the photographs of the current release of --data, or those of RECORDS in its place: terms withdrawn,
    merged or called otherwise, groups left or joined, associations of gene and disease, identifiers elsewhere, words.
    What is not installed is compared by the tables that come with the program. Nothing is changed.

    Exit codes: 0 nothing changes meaning; 1 something does; 2 wrong usage, or something cannot be read.

    \b
    Example:
      muscle-atlas terms diff --from releases --data atlas-data
    """
    from muscle_atlas.report import Printer  # noqa: PLC0415
    from muscle_atlas.terms.moving.comparison import compare  # noqa: PLC0415
    from muscle_atlas.terms.moving.editions import open_editions  # noqa: PLC0415
    from muscle_atlas.terms.moving.meanings import Meanings  # noqa: PLC0415
    from muscle_atlas.terms.moving.sides import replaced, stand_ins  # noqa: PLC0415
    from muscle_atlas.terms.slices import SliceError, read_slices  # noqa: PLC0415
    from muscle_atlas.terms.sources import SOURCES  # noqa: PLC0415

    settings = usable_settings()
    printer = Printer(settings.language)
    folder = terms_folder(terms, settings)
    if terms is not None and not terms.is_dir():
        raise StopError(printer.say("terms_no_folder", folder=terms))
    try:
        # What is quickly seen to be wrong is told before much is read.
        offered = read_slices(given) or find_releases(given, list(SOURCES), printer)
        mappings = usable_mappings(settings, printer)
        uses = _uses(records, data or settings.data, folder, settings, printer)
        with TemporaryDirectory(prefix="muscle-atlas-") as work:
            after = _after(offered, Path(work), printer, quiet=as_json)
            before = read_slices(folder)
            ours = Path(work, "ours")
            ours.mkdir()
            with (
                open_editions(before) as installed,
                open_editions(stand_ins(before, after, ours, uses.terms.keys()), whole=False) as embedded,
                open_editions(after) as later,
            ):
                meanings = (
                    Meanings(before, settings.names, mappings),
                    Meanings(replaced(before, after), settings.names, mappings),
                )
                comparison = compare(installed | embedded, later, uses, meanings)
    except SliceError as error:
        raise StopError(printer.say("diff_unreadable", reason=error)) from error
    except OSError as error:
        raise StopError(
            f"{error.filename}: {error.strerror}. Releases are read into a folder below the one that TMPDIR names."
        ) from error
    if not comparison.compared:
        raise StopError(printer.say("diff_unknown", folder=given))
    if as_json:
        click.echo(json.dumps(comparison.as_json(), ensure_ascii=False))
    else:
        _tell(comparison, printer, settings)
    sys.exit(int(bool(comparison.changes)))


def _uses(records: tuple[Path, ...], data: Path, terms: Path, settings: "Settings", printer: "Printer") -> "Uses":
    from muscle_atlas.terms.moving.uses import UnusableError, gather_uses, read_release  # noqa: PLC0415

    if not records:
        try:
            return read_release(current_release(data), settings.names)
        except NoReleaseError as error:
            raise StopError(printer.say(error.word, **error.values)) from error
        except UnusableError as error:
            raise StopError(printer.say("diff_no_images", reason=error)) from error
    from etl.uses import COLUMNS, read_uses  # noqa: PLC0415
    from muscle_atlas.terms.words.shelf import Shelf  # noqa: PLC0415

    used = read_uses(records, settings, Shelf.of_folder(terms, usable_mappings(settings, printer)))
    if used.unreadable:
        told = [f"{problem.file}: {problem.message} {problem.suggestion or ''}".rstrip() for problem in used.unreadable]
        raise StopError("\n".join(told))
    if used.rejected:
        click.echo(printer.say("diff_rejected", count=used.rejected), err=True)
    return gather_uses(used.images.lazy(), COLUMNS, settings.names, used.words)


def _after(offered: "list[Slice] | Folder", work: Path, printer: "Printer", *, quiet: bool) -> "list[Slice]":
    """Return the slices of a folder, or those made of the releases in it."""
    from muscle_atlas.terms.moving.sides import FaultyReleasesError, in_order, read_releases  # noqa: PLC0415
    from muscle_atlas.terms.sources import SOURCES  # noqa: PLC0415

    if isinstance(offered, list):
        return in_order(offered, SOURCES)
    for path in offered.unrecognised:
        click.echo(printer.say("terms_unrecognised", file=path), err=True)
    try:
        with printer.progress(quiet=quiet) as show:
            return read_releases(offered, SOURCES, work, lambda done: show("terms_updating", done, len(SOURCES)))
    except FaultyReleasesError as error:
        told = [printer.say("terms_noted", name=name, reason=reason_of(fault, printer)) for name, fault in error.faults]
        raise StopError("\n".join(told)) from error


def _tell(comparison: "Comparison", printer: "Printer", settings: "Settings") -> None:
    for one in comparison.compared:
        changes = [change for change in comparison.changes if change.vocabulary == one.name]
        ours = printer.say("diff_ours" if one.before else "diff_ours_undated", version=one.before)
        before = one.before if one.installed else ours
        printer.text(printer.say("diff_of", what=one.name, told=f"{before} → {one.after}"), style="bold")
        for part in one.lost:
            printer.line("terms_noted", name=one.name, reason=printer.say("terms_part_lost", name=one.name, part=part))
        if not changes:
            printer.text(f"  {printer.say('diff_same')}")
        for manner, found in groupby(changes, key=lambda change: change.manner):
            alike = list(found)
            printer.text(f"  {printer.say(f'diff_{manner}')} ({len(alike)})", style="yellow")
            for change in alike[:SHOWN]:
                for line in _lines(change, printer, settings):
                    printer.text(f"    {line}")
            if len(alike) > SHOWN:
                printer.text(f"    {printer.say('diff_more', count=len(alike) - SHOWN)}")
        printer.text("")
    if comparison.left:
        printer.line("diff_left", names=", ".join(comparison.left))
    printer.line("diff_summary", changes=len(comparison.changes), touched=comparison.touched, of=comparison.photographs)


def _lines(change: "Change", printer: "Printer", settings: "Settings") -> Iterator[str]:
    def name(thing: "Thing") -> str:
        label = (thing.label_fr if settings.language == "fr" else None) or thing.label
        return " ".join(part for part in (thing.identifier, label) if part)

    def several(things: "tuple[Thing, ...]") -> str:
        named = ", ".join(name(thing) for thing in things[:FEW]) or printer.say("diff_nothing")
        return f"{named} {printer.say('diff_and', count=len(things) - FEW)}" if len(things) > FEW else named

    what, told = name(change.term), f"{several(change.before)} → {several(change.after)}"
    match change.manner:
        case "restored":
            told = printer.say("diff_restored")
        case "withdrawn" | "merged":
            told = f"→ {several(change.after) if change.after else printer.say('diff_no_successor')}"
            told += f" ({printer.say(f'diff_manner_{change.about}')})" if change.about else ""
        case "relabelled":
            what = f"{change.term.identifier} ({change.about})"
        case "re-parented":
            sides = (("diff_leaves", change.before), ("diff_joins", change.after))
            parts = [printer.say(word, groups=several(things)) for word, things in sides if things]
            told = printer.say("diff_then").join(parts)
        case "association" if change.gene:
            what = f"{what} – {name(change.gene)}"
        case "word":
            what = printer.say("quoted", value=change.about)
            told += f" ({printer.say('diff_ambiguous')})" if len(change.after) > 1 else ""
    yield printer.say("diff_of", what=what, told=told)
    more = ", …" if change.photographs > len(change.images) else ""
    kind = "diff_below" if change.group else "diff_photographs"
    yield f"    {printer.say(kind, count=change.photographs, images=', '.join(change.images) + more)}"
