"""The options that several verbs of the command line share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]

SUFFIXES = (".json", ".csv", ".ttl", ".sarif", ".html", ".md", ".xlsx", ".xlsm")
"""Of the files that reports are written to: the keys of ``etl/reports/forms.py``, which takes a second to load."""


def data_option(command: Command) -> Command:
    """Add ``--data``: the folder of the releases."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the releases.  [default: atlas-data, or MUSCLE_ATLAS_DATA]",
    )(command)


def terms_option(command: Command) -> Command:
    """Add ``--terms``: the folder of the slices of vocabularies."""
    return click.option(
        "--terms",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of the vocabularies.  [default: in the user's data folder, or MUSCLE_ATLAS_TERMS]",
    )(command)


def images_option(command: Command) -> Command:
    """Add ``--images``: the folder of the pictures."""
    return click.option(
        "--images",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Folder of the pictures that the column “image” names; addresses (http, https) in it are fetched. "
        "Without it no picture is looked for.",
    )(command)


def privacy_options(command: Command) -> Command:
    """Add ``--pseudonymise``, ``--age-bands`` and ``--k``: what of persons is published."""
    command = click.option(
        "--k",
        type=click.IntRange(min=2),
        metavar="N",
        help="Tell less of persons, step by step, until at least N share each combination of disease, sex, age and "
        "muscle; each step is told.  [default: nothing is changed, and counted only]",
    )(command)
    command = click.option(
        "--age-bands", is_flag=True, help="Publish ages of persons as bands only, and none of their captions."
    )(command)
    return click.option(
        "--pseudonymise",
        type=click.Path(path_type=Path),
        metavar="KEYFILE",
        help="Replace every id by an opaque one, made with the key in KEYFILE (32 bytes or more): the same in every "
        "release that is built with it.",
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json``: print one JSON object."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def report_option(command: Command) -> Command:
    """Add ``--report``: files that the report is written to."""
    return click.option(
        "--report",
        "reports",
        type=click.Path(path_type=Path),
        metavar="FILE",
        multiple=True,
        help="Write the report to FILE, in the form that its suffix names; several times for several forms. "
        f"Suffixes: {' '.join(SUFFIXES)}.",
    )(command)


def fail_on_option(command: Command) -> Command:
    """Add ``--fail-on``: which problems move the exit code."""
    return click.option(
        "--fail-on",
        type=click.Choice(["violation", "warning", "never"]),
        default="violation",
        show_default=True,
        help="violation: exit 1 where there is one (rows left out). warning: exit 3 where there is any "
        "(nothing published). never: exit 0 where 1 would be.",
    )(command)


def serving_options(default_port: int) -> Callable[[Command], Command]:
    """Add ``--host`` and ``--port``."""

    def decorate(command: Command) -> Command:
        command = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")(command)
        return click.option(
            "--port",
            type=click.IntRange(0, 65535),
            default=default_port,
            show_default=True,
            help="Port to listen on; 0 takes a free one.",
        )(command)

    return decorate


def log_option(command: Command) -> Command:
    """Add ``--log-queries``: write every query down."""
    return click.option(
        "--log-queries",
        is_flag=True,
        envvar="MUSCLE_ATLAS_LOG_QUERIES",
        help="Write down every query that runs, one JSON object a line: number, checksum of its text, seconds, bytes, "
        "how it ended; never who asked.",
    )(command)


def limit_options(command: Command) -> Command:
    """Add ``--workers``, ``--timeout``, ``--memory`` and ``--rows``: what queries may take and give."""
    command = click.option(
        "--rows",
        type=click.IntRange(min=1),
        envvar="MUSCLE_ATLAS_ROWS",
        help="Rows of a table that are given at a time; a link leads on to the next.  [default: all]",
    )(command)
    command = click.option(
        "--memory",
        type=click.IntRange(min=64),
        envvar="MUSCLE_ATLAS_MEMORY",
        help="MiB of memory that a query may take.  [default: 1024]",
    )(command)
    command = click.option(
        "--timeout",
        type=click.FloatRange(min=0.1),
        envvar="MUSCLE_ATLAS_TIMEOUT",
        help="Seconds that a query may take.  [default: 30]",
    )(command)
    return click.option(
        "--workers",
        type=click.IntRange(min=2),
        envvar="MUSCLE_ATLAS_WORKERS",
        help="Queries that run at the same time, each in a process of its own; half of them may last longer than a "
        "second.  [default: 8 a core]",
    )(command)
