"""The command line: parse, call one function, print."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from muscle_atlas import __version__
from muscle_atlas.curating import check as check_words
from muscle_atlas.curating import suggest
from muscle_atlas.curating import tell as tell_flaw
from muscle_atlas.generating import generate
from muscle_atlas.locks import BusyError
from muscle_atlas.moving import diff
from muscle_atlas.options import (
    data_option,
    fail_on_option,
    images_option,
    json_option,
    limit_options,
    log_option,
    privacy_options,
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
            code = _report(example.build, settings, published=True)
        except DrawingError as error:
            raise NothingPublishedError(str(error)) from error
        if code:
            sys.exit(code)
    if not no_serve:
        _serve(example.data, host, port)


@main.command(short_help="Build a release from records.")
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
@data_option
@images_option
@privacy_options
@fail_on_option
@json_option
def build(
    records: tuple[Path, ...], data: Path | None, images: Path | None, fail_on: Any, *, as_json: bool, **privacy: Any
) -> None:
    """Read RECORDS (CSV, TSV, XLSX, Parquet, JSON Lines), link them, validate them, publish a release.

    Exit codes: 0 done; 1 rows were left out, the rest is published; 2 wrong usage or unreadable input;
    3 nothing published; 130 stopped by Ctrl-C.

    \b
    Example:
      muscle-atlas build photographs.csv --images photographs --data atlas-data
      muscle-atlas build photographs.csv --pseudonymise ~/keys/atlas.key --k 5
    """
    settings = usable_settings()
    sys.exit(_build(records, settings, data or settings.data, images, fail_on, as_json=as_json, **privacy))


@main.command(short_help="Tell what is wrong with records; publish nothing.")
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
@images_option
@privacy_options
@fail_on_option
@json_option
def check(records: tuple[Path, ...], images: Path | None, fail_on: Any, *, as_json: bool, **privacy: Any) -> None:
    """Do what build does with RECORDS, and publish nothing. Exit codes are those of build.

    \b
    Example:
      muscle-atlas check photographs.csv --json
    """
    sys.exit(_build(records, usable_settings(), None, images, fail_on, as_json=as_json, **privacy))


@main.command(short_help="Run the shapes over RDF files.")
@click.argument("graphs", nargs=-1, required=True, type=click.Path(path_type=Path))
@fail_on_option
@json_option
def validate(graphs: tuple[Path, ...], fail_on: Any, *, as_json: bool) -> None:
    """Run the shapes over RDF files: Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD.

    Exit codes: 0 no violation; 1 violations; 2 wrong usage or unreadable input; 3 with --fail-on warning, any.

    \b
    Example:
      muscle-atlas validate graph.ttl
    """
    from etl.validate.graphs import check_graphs  # noqa: PLC0415
    from muscle_atlas.report import Printer  # noqa: PLC0415
    from muscle_atlas.terms.slices import SliceError  # noqa: PLC0415

    settings = usable_settings()
    try:
        report = check_graphs(graphs, settings, fail_on=fail_on)
    except SliceError as error:
        raise StopError(Printer(settings.language).say("terms_slice", reason=error)) from error
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        Printer(settings.language).graph_report(report)
    sys.exit(report.exit_code)


@main.command(short_help="Serve the current release.")
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


main.add_command(releases)
for verb in (resolve, suggest, check_words):
    terms.add_command(verb)
main.add_command(terms)
terms.add_command(diff)
main.add_command(generate)


def _build(
    records: tuple[Path, ...],
    settings: Settings,
    data: Path | None,
    images: Path | None,
    fail_on: Any,
    *,
    as_json: bool,
    **privacy: Any,
) -> int:
    from etl.build import build as build_release  # noqa: PLC0415
    from muscle_atlas.protecting import chosen_policy  # noqa: PLC0415

    policy = chosen_policy(settings, data, **privacy)
    return _report(
        lambda progress: build_release(
            records, settings, data=data, images=images, fail_on=fail_on, policy=policy, progress=progress
        ),
        settings,
        published=data is not None,
        as_json=as_json,
    )


def _report(run: Callable[[Any], Any], settings: Settings, *, published: bool, as_json: bool = False) -> int:
    """Run a build, print its report, return its exit code."""
    from etl.build import MissingExtraError  # noqa: PLC0415
    from muscle_atlas.report import Printer  # noqa: PLC0415
    from muscle_atlas.terms.curation.integrity import MappingsError  # noqa: PLC0415
    from muscle_atlas.terms.slices import SliceError  # noqa: PLC0415

    printer = Printer(settings.language)
    try:
        with printer.progress(quiet=as_json) as progress:
            report = run(progress)
    except BusyError as error:
        raise NothingPublishedError(str(error)) from error
    except MappingsError as error:
        raise StopError(tell_flaw(error.flaw, printer)) from error
    except MissingExtraError as error:
        raise StopError(str(error)) from error
    except SliceError as error:
        raise StopError(printer.say("terms_slice", reason=error)) from error
    except OSError as error:
        raise StopError(
            f"cannot write {error.filename}: {error.strerror}. Check --data, its permissions and the disk."
        ) from error
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        printer.report(report, published=published)
    return int(report.exit_code)


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
