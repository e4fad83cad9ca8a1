"""The verbs ``releases list`` and ``releases rollback``; ``releases withdraw`` has a module of its own."""

import json
from pathlib import Path
from typing import Any

import click

from muscle_atlas.locks import BusyError, locked
from muscle_atlas.names import Names
from muscle_atlas.options import data_option, json_option
from muscle_atlas.releases import NoReleaseError, Release, current_release, list_releases
from muscle_atlas.usage import StopError, Verbs, usable_settings
from muscle_atlas.withdrawing import withdraw


@click.group(cls=Verbs, short_help="List releases, go back to an older one, take records back.")
def releases() -> None:
    """List the releases of a data folder, go back to an older one, or take records back.

    \b
    Example:
      muscle-atlas releases list --data atlas-data
    """


@releases.command("list", short_help="List the releases, oldest first.")
@data_option
@json_option
def list_(data: Path | None, *, as_json: bool) -> None:
    """List the releases, oldest first; the current one is marked.

    \b
    Example:
      muscle-atlas releases list --data atlas-data
    """
    from muscle_atlas.report import Printer  # noqa: PLC0415

    settings = usable_settings()
    folder = data or settings.data
    printer = Printer(settings.language)
    try:
        current = current_release(folder).version
    except NoReleaseError as error:
        raise StopError(printer.say(error.word, **error.values)) from error
    found = [_summary(release, current) for release in list_releases(folder)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        printer.releases(found)


@releases.command(short_help="Make an older release the current one.")
@click.argument("version", required=False)
@data_option
def rollback(version: str | None, data: Path | None) -> None:
    """Make an older release the current one: VERSION, or the one before the current.

    \b
    Example:
      muscle-atlas releases rollback --data atlas-data
    """
    from etl import publish  # noqa: PLC0415
    from etl.withdraw.tombstones import TombstonesError  # noqa: PLC0415
    from etl.withdraw.withdrawal import finish  # noqa: PLC0415
    from muscle_atlas.report import Printer  # noqa: PLC0415

    settings = usable_settings()
    folder = data or settings.data
    printer = Printer(settings.language)
    try:
        current_release(folder)
        with locked(folder, "build"):
            names = Names(current_release(folder).read_report()["base"])
            # An older release must not bring back what a killed withdrawal has left in it.
            finish(folder, names)
            release = publish.rollback(folder, version)
    except NoReleaseError as error:
        raise StopError(printer.say(error.word, **error.values)) from error
    except BusyError as error:
        raise StopError(str(error)) from error
    except TombstonesError as error:
        raise StopError(printer.say("tombstones_damaged", reason=error)) from error
    printer.line("is_current", release=release.version)


releases.add_command(withdraw)


def _summary(release: Release, current: str) -> dict[str, Any]:
    report = release.read_report()
    return {
        "release": release.version,
        "current": release.version == current,
        "images": report["images"],
        "rejected": report["rejected"],
        "withdrawn": report.get("withdrawn", 0),
        "inputs": [given["sha256"] for given in report["inputs"]],
    }
