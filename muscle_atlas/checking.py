"""The verbs that tell what is wrong: ``build``, ``check`` and ``validate``."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from muscle_atlas.curating import tell as tell_flaw
from muscle_atlas.locks import BusyError
from muscle_atlas.options import (
    data_option,
    fail_on_option,
    images_option,
    json_option,
    privacy_options,
    report_option,
)
from muscle_atlas.settings import Settings
from muscle_atlas.usage import NothingPublishedError, StopError, usable_settings

if TYPE_CHECKING:
    from etl.reports.report import Told
    from muscle_atlas.report import Printer


@dataclass(frozen=True)
class Telling:
    """To whom a report goes: standard output, as text or JSON, and files."""

    settings: Settings
    inputs: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    as_json: bool = False

    def __post_init__(self) -> None:
        """Refuse files that no report can be written to, before the work begins.

        Raises:
            StopError: if there is one.
        """
        if self.files:
            from etl.reports.forms import ReportError, refuse_unwritable  # noqa: PLC0415

            try:
                refuse_unwritable(self.files, self.inputs)
            except ReportError as error:
                raise StopError(self.printer.say(error.word, **error.values)) from error

    @property
    def printer(self) -> "Printer":
        """What speaks to people."""
        from muscle_atlas.report import Printer  # noqa: PLC0415

        return Printer(self.settings.language)

    def tell(self, report: "Told", show: Callable[[Any], None]) -> int:
        """Print a report, by ``show`` where it is for people, write it to the files, and return its exit code.

        Raises:
            StopError: if a file cannot be written.
        """
        from etl.problems import Rules  # noqa: PLC0415
        from etl.reports.forms import Dossier, ReportError, write_reports  # noqa: PLC0415
        from etl.reports.objects import parts  # noqa: PLC0415

        if self.as_json:
            sys.stdout.writelines(parts(report))
        else:
            show(report)
        try:
            rules = Rules(self.settings.names, self.settings.language)
            write_reports(Dossier(report, self.inputs, rules), self.files)
        except ReportError as error:
            raise StopError(self.printer.say(error.word, **error.values)) from error
        return report.exit_code


@click.command(short_help="Build a release from records.")
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
@data_option
@images_option
@privacy_options
@fail_on_option
@report_option
@json_option
def build(
    records: tuple[Path, ...],
    data: Path | None,
    images: Path | None,
    fail_on: Any,
    reports: tuple[Path, ...],
    *,
    as_json: bool,
    **privacy: Any,
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
    telling = Telling(settings, records, reports, as_json)
    sys.exit(_build(telling, data or settings.data, images, fail_on, **privacy))


@click.command(short_help="Tell what is wrong with records; publish nothing.")
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
@images_option
@privacy_options
@fail_on_option
@report_option
@json_option
def check(
    records: tuple[Path, ...],
    images: Path | None,
    fail_on: Any,
    reports: tuple[Path, ...],
    *,
    as_json: bool,
    **privacy: Any,
) -> None:
    """Do what build does with RECORDS, and publish nothing. Exit codes are those of build.

    \b
    Example:
      muscle-atlas check photographs.csv --report report.html
    """
    sys.exit(_build(Telling(usable_settings(), records, reports, as_json), None, images, fail_on, **privacy))


@click.command(short_help="Run the shapes over RDF files.")
@click.argument("graphs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--shapes",
    "shapes",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="SHACL shapes in place of ours; may be given several times. The data is then validated as it is, without "
    "our vocabularies.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="How long a shape of --shapes may take before it is ended.  [default: 600]",
)
@fail_on_option
@report_option
@json_option
def validate(
    graphs: tuple[Path, ...],
    shapes: tuple[Path, ...],
    time_limit: float | None,
    fail_on: Any,
    reports: tuple[Path, ...],
    *,
    as_json: bool,
) -> None:
    """Run the shapes over RDF files: Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD; also packed (.gz, .zst).

    Nothing is fetched, whatever the files name.

    Exit codes: 0 no violation; 1 violations; 2 wrong usage, unreadable input or shapes that cannot be used;
    3 with --fail-on warning, any.

    \b
    Example:
      muscle-atlas validate graph.ttl
      muscle-atlas validate --shapes own-rules.ttl graph.nq.zst
    """
    from etl.validate.graphs import LIMIT, check_graphs  # noqa: PLC0415
    from muscle_atlas.terms.slices import SliceError  # noqa: PLC0415

    telling = Telling(usable_settings(), graphs, reports, as_json)
    try:
        report = check_graphs(graphs, telling.settings, shapes=shapes, fail_on=fail_on, limit=time_limit or LIMIT)
    except SliceError as error:
        raise StopError(telling.printer.say("terms_slice", reason=error)) from error
    sys.exit(telling.tell(report, telling.printer.graph_report))


def _build(telling: Telling, data: Path | None, images: Path | None, fail_on: Any, **privacy: Any) -> int:
    from etl.build import build as build_release  # noqa: PLC0415
    from muscle_atlas.protecting import chosen_policy  # noqa: PLC0415

    paths, settings = telling.inputs, telling.settings
    policy = chosen_policy(settings, data, **privacy)
    return report_build(
        lambda progress: build_release(
            paths, settings, data=data, images=images, fail_on=fail_on, policy=policy, progress=progress
        ),
        telling,
        published=data is not None,
    )


def report_build(run: Callable[[Any], Any], telling: Telling, *, published: bool) -> int:
    """Run a build, tell its report, return its exit code."""
    from etl.build import MissingExtraError  # noqa: PLC0415
    from etl.withdraw.tombstones import TombstonesError  # noqa: PLC0415
    from muscle_atlas.terms.curation.integrity import MappingsError  # noqa: PLC0415
    from muscle_atlas.terms.slices import SliceError  # noqa: PLC0415

    printer = telling.printer
    try:
        with printer.progress(quiet=telling.as_json) as progress:
            report = run(progress)
    except BusyError as error:
        raise NothingPublishedError(str(error)) from error
    except MappingsError as error:
        raise StopError(tell_flaw(error.flaw, printer)) from error
    except MissingExtraError as error:
        raise StopError(str(error)) from error
    except TombstonesError as error:
        raise StopError(printer.say("tombstones_damaged", reason=error)) from error
    except SliceError as error:
        raise StopError(printer.say("terms_slice", reason=error)) from error
    except OSError as error:
        # Of a copy the second name is that of what is written.
        place = error.filename2 or error.filename
        raise StopError(
            f"cannot write {place}: {error.strerror}. Check --data, its permissions and the disk."
        ) from error
    return telling.tell(report, lambda told: printer.report(told, published=published))
