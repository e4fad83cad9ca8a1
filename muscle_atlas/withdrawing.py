"""The verb ``releases withdraw``."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muscle_atlas.locks import BusyError, locked
from muscle_atlas.options import data_option, json_option
from muscle_atlas.releases import NoReleaseError, current_release, list_releases
from muscle_atlas.usage import NothingPublishedError, StopError, usable_settings

if TYPE_CHECKING:
    # What it needs takes a second to load.
    from etl.withdraw.withdrawal import Plan
    from muscle_atlas.report import Printer

REASONS = ("consent-withdrawn", "duplicate", "error", "legal", "other")
"""The scheme of reasons, so that help is told without reading it; a test compares."""
_SHOWN = 20
"""Photographs that are listed."""


@click.command(short_help="Take records back, for ever, out of every kept release.")
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option(
    "--reason",
    required=True,
    type=click.Choice(REASONS),
    help="Class of the reason. It is published; nothing else of the reason is kept.",
)
@data_option
@click.option("--dry-run", is_flag=True, help="Tell what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask. Without a terminal to ask on, nothing is done but with this.")
@json_option
def withdraw(ids: tuple[str, ...], reason: str, data: Path | None, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Take records and their pixels back, for ever, out of every kept release, dump and cache.

    ID is that of a photograph, biopsy, individual or contribution: as it was given, as kind/id (individual/P-1), or an
    IRI; with an individual, a biopsy or a contribution all its photographs go. What stays is a tombstone: its address
    answers 410 Gone, since when and by which class of reason. Later builds leave the same record out.

    Exit codes: 0 done; 2 unknown id or wrong usage; 3 not carried out, run it again; 130 stopped by Ctrl-C.

    \b
    Example:
      muscle-atlas releases withdraw individual/P-1 --reason consent-withdrawn --data atlas-data
    """
    from etl.withdraw.targets import TargetError  # noqa: PLC0415
    from etl.withdraw.tombstones import TombstonesError  # noqa: PLC0415
    from etl.withdraw.withdrawal import carry_out, plan  # noqa: PLC0415
    from muscle_atlas.report import Printer  # noqa: PLC0415

    settings = usable_settings()
    folder = data or settings.data
    printer = Printer(settings.language)
    try:
        current_release(folder)
        with locked(folder, "build"):
            planned = plan(folder, ids, reason)
            if not as_json:
                _show(planned, printer)
            if not dry_run:
                _confirm(printer, yes=yes)
                with printer.progress(quiet=as_json) as progress:
                    carry_out(planned, lambda done, total: progress("withdrawing", done, total))
    except (NoReleaseError, TargetError) as error:
        raise StopError(printer.say(error.word, **error.values)) from error
    except BusyError as error:
        raise StopError(str(error)) from error
    except TombstonesError as error:
        raise StopError(printer.say("tombstones_damaged", reason=error)) from error
    except OSError as error:
        raise NothingPublishedError(
            printer.say("withdraw_unwritable", file=error.filename, reason=error.strerror)
        ) from error
    if as_json:
        click.echo(json.dumps({**planned.as_json(), "dry_run": dry_run}, ensure_ascii=False))
    else:
        printer.line("withdraw_dry" if dry_run else "withdrawn_done")
        for release in () if dry_run else list_releases(folder):
            privacy = release.read_report().get("privacy", {})
            if below := privacy.get("below_k", 0):
                printer.line("withdraw_below_k", release=release.version, count=below, k=privacy["k"])


def _show(planned: "Plan", printer: "Printer") -> None:
    for iri in planned.images[:_SHOWN]:
        printer.text(f"  {iri}")
    if len(planned.images) > _SHOWN:
        printer.line("withdraw_more", count=len(planned.images) - _SHOWN)
    printer.table(("release", "photographs"), [(version, str(count)) for version, count in planned.releases.items()])
    if planned.shared:
        printer.line("withdraw_shared", count=planned.shared)


def _confirm(printer: "Printer", *, yes: bool) -> None:
    """Ask whoever sits at the terminal.

    Raises:
        StopError: if nobody does, and ``--yes`` was not given.
        click.Abort: if the answer is no.
    """
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise StopError(printer.say("withdraw_unasked"))
    click.confirm(printer.say("withdraw_sure"), abort=True)
