"""How a verb ends that cannot go on: wrong usage, bad settings, Ctrl-C."""

import sys
from typing import IO, Any

import click

from muscle_atlas.settings import Settings, read_settings

STOPPED = 130
"""Exit code after Ctrl-C, as shells give it: 1 would say that the rest is published."""


class StopError(click.ClickException):
    """Ends a verb with one line on standard error, and 2: wrong usage."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as every verb prints it."""
        click.echo(f"muscle-atlas: {self.message}", file=file, err=True)


class NothingPublishedError(StopError):
    """Ends a verb that would have published, and cannot."""

    exit_code = 3


class Verbs(click.Group):
    """Keeps the verbs in the order of a record's way, and ends quietly when it is stopped."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; tell in a word that it was stopped."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            from muscle_atlas.report import Printer  # noqa: PLC0415

            click.echo(f"muscle-atlas: {Printer(usable_settings().language).say('stopped')}", err=True)
            sys.exit(STOPPED)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the verbs as they were added."""
        del ctx
        return list(self.commands)


def usable_settings() -> Settings:
    """Return the settings of this run.

    Raises:
        StopError: if one of them cannot be used.
    """
    try:
        return read_settings()
    except ValueError as error:
        raise StopError(str(error)) from error
