"""The verb ``generate``: a synthetic atlas of any size, in a file of records, with pictures where they are wanted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from muscle_atlas.settings import read_settings

MOST = 10_000_000
"""Records at once: a million took 43 s and 1.8 GB, and both grow with the number."""


class _StopError(click.ClickException):
    """Wrong usage, told as the other verbs tell it."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"muscle-atlas: {self.message}", file=file, err=True)


@click.command()
@click.argument("count", metavar="N", type=click.IntRange(1, MOST))
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Another seed, other records.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File to write, which must not be there yet: .csv, .tsv, .xlsx, .parquet or .jsonl.",
)
@click.option(
    "--images",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to draw a picture of each record in: a new or an empty one.",
)
def generate(count: int, seed: int, out: Path, images: Path | None) -> None:
    """Make up N records of photographs, in the proportions of the Atlas du muscle.

    Which gene causes which disease is real; people, ages and variants are made up, and every record says that it is
    synthetic. The same N and seed give the same records. 5006 gives an atlas of the published size.

    \b
    Example:
      muscle-atlas generate 5006 --seed 1 --out synthetic.csv --images pictures
      muscle-atlas build synthetic.csv
    """
    from etl.generate.atlas import generate_records, name_pictures  # noqa: PLC0415
    from etl.generate.forms import check_form, write_records, written_whole  # noqa: PLC0415
    from muscle_atlas.report import Printer  # noqa: PLC0415

    try:
        settings = read_settings()
        check_form(out, count)
        _check_free(out, images)
    except (OSError, ValueError) as error:
        raise _StopError(str(error)) from error
    printer = Printer(settings.language)
    try:
        draw_pictures = _load_drawing() if images else None
        with written_whole(out) as file:
            with printer.progress(quiet=False) as show:
                show("inventing")
                records = generate_records(count, seed)
            if images and draw_pictures:
                records = name_pictures(records)
                images.mkdir(parents=True, exist_ok=True)
                with _counting(printer.say("drawing")) as progress:
                    draw_pictures(records, images, seed=seed, progress=progress)
            write_records(records, file, out.suffix)
    except OSError as error:
        of_images = images is not None and str(error.filename).startswith(str(images))
        raise _StopError(f"cannot write {images if of_images else out}: {error.strerror or error}.") from error
    printer.line("generated", count=count, file=out)
    if images:
        printer.line("drawn", count=count, folder=images)


def _check_free(out: Path, images: Path | None) -> None:
    """Make sure that nobody's records or photographs are written over by made-up ones.

    Raises:
        OSError: if the folder cannot be looked into.
        ValueError: if something is there already.
    """
    if out.exists():
        raise ValueError(f"{out} is there already: name another file, or remove it.")
    if images and images.is_dir() and any(images.iterdir()):
        raise ValueError(f"{images} holds files already: name a new or an empty folder.")


def _load_drawing() -> Callable[..., None]:
    try:
        from etl.generate.pictures import PictureError, draw_pictures  # noqa: PLC0415
    except ImportError as error:
        raise _StopError(f"pictures need more: pip install 'muscle-atlas[pictures]' ({error}).") from error

    def draw(*arguments: Any, **options: Any) -> None:
        try:
            draw_pictures(*arguments, **options)
        except PictureError as error:
            raise _StopError(str(error)) from error

    return draw


@contextmanager
def _counting(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows how many of how many are done, on a terminal only."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
