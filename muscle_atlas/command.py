"""The command line: parse, call one function, print."""

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muscle_atlas import __version__
from muscle_atlas.checking import Telling, build, check, report_build, validate
from muscle_atlas.curating import check as check_words
from muscle_atlas.curating import suggest
from muscle_atlas.generating import generate
from muscle_atlas.moving import diff
from muscle_atlas.options import (
    data_option,
    limit_options,
    log_option,
    serving_options,
)
from muscle_atlas.releases import NoReleaseError, current_release
from muscle_atlas.releasing import releases
from muscle_atlas.resolving import resolve
from muscle_atlas.settings import Settings
from muscle_atlas.terming import terms
from muscle_atlas.usage import NothingPublishedError, StopError, Verbs, usable_settings

if TYPE_CHECKING:
    from endpoint.federation.services import Services

DEMO_PORT = 8765


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="muscle-atlas")
def main() -> None:
    """Turn records of muscle-biopsy photographs into linked data, and serve it.

    Reports come in French where the locale is French, or MUSCLE_ATLAS_LANGUAGE=fr.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal without accents shows their codes rather than ending the program.
            stream.reconfigure(errors="backslashreplace")


@main.command()
@data_option
@serving_options(DEMO_PORT)
@click.option("--no-serve", is_flag=True, help="Build the example atlas and stop.")
@click.option(
    "--synthetic",
    type=click.IntRange(min=0),
    default=5006,
    show_default=True,
    help="How many synthetic photographs stand beside the published ones.",
)
def demo(data: Path | None, host: str, port: int, synthetic: int, *, no_serve: bool) -> None:
    """Build the example atlas, and serve it.

    Three published photographs, and as many synthetic ones with drawn pictures as the Atlas du muscle had in 2021.

    \b
    Example:
      muscle-atlas demo --port 8765
    """
    from muscle_atlas.demo import Demo, DrawingError  # noqa: PLC0415
    from muscle_atlas.report import Printer  # noqa: PLC0415

    settings = usable_settings()
    example = Demo(settings, data or settings.data, synthetic)
    printer = Printer(settings.language)
    if example.is_up_to_date():
        printer.line("up_to_date", release=current_release(example.data).version)
    else:
        if synthetic and not example.with_pictures:
            printer.line("without_pictures")
        try:
            code = report_build(example.build, Telling(settings), published=True)
        except DrawingError as error:
            raise NothingPublishedError(str(error)) from error
        if code:
            sys.exit(code)
    if not no_serve:
        _serve(example.data, host, port)


@click.command(short_help="Serve the current release.")
@data_option
@serving_options(DEMO_PORT)
@limit_options
@log_option
@click.option(
    "--check-federation",
    is_flag=True,
    help="Ask each service that queries may call whether it answers, and stop: exit 0 if all do, else 1.",
)
def serve(
    data: Path | None,
    host: str,
    port: int,
    *,
    check_federation: bool,
    log_queries: bool,
    **limits: float | None,
) -> None:
    """Serve the current release: SPARQL on /sparql, a page and data for every IRI.

    A release published meanwhile is picked up without a restart. A query that takes too long or too much is ended,
    and no other notices. SERVICE calls the services of a published list; MUSCLE_ATLAS_SERVICES=FILE replaces it.

    \b
    Example:
      muscle-atlas serve --data atlas-data --port 8765
    """
    if check_federation:
        sys.exit(_check_federation(usable_settings()))
    _serve(data or usable_settings().data, host, port, log_queries=log_queries, **limits)


for verb in (build, check, validate):
    main.add_command(verb)
main.add_command(serve)
main.add_command(releases)
for verb in (resolve, suggest, check_words, diff):
    terms.add_command(verb)
main.add_command(terms)
main.add_command(generate)


def _serve(data: Path, host: str, port: int, *, log_queries: bool = False, **limits: float | None) -> None:
    from endpoint import server  # noqa: PLC0415
    from endpoint.cages.limits import read_limits  # noqa: PLC0415
    from muscle_atlas.report import Printer  # noqa: PLC0415

    settings = usable_settings()
    printer = Printer(settings.language)
    services = _services(settings)
    try:
        server.serve(
            data,
            host,
            port,
            read_limits(**limits),
            services,
            announce=lambda address: printer.line("served", address=address),
            log_queries=log_queries,
        )
    except (NoReleaseError, server.AddressError) as error:
        raise StopError(printer.say(error.word, **error.values)) from error
    except KeyboardInterrupt:
        # The way to end a server, told when it began.
        return


def _services(settings: Settings) -> "Services":
    from endpoint.federation.services import ServicesError, read_services  # noqa: PLC0415

    try:
        return read_services(settings.services, settings.trusted_hosts)
    except ServicesError as error:
        raise StopError(str(error)) from error


def _check_federation(settings: Settings) -> int:
    """Ask the services, print what came of it, return the exit code."""
    from endpoint.federation.checks import check_services  # noqa: PLC0415
    from muscle_atlas.report import Printer  # noqa: PLC0415

    checks = check_services(_services(settings))
    Printer(settings.language).checks(checks)
    return int(any(check.failure for check in checks))
