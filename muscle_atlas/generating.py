"""The verb ``generate``: a synthetic atlas of any size, in a file of records, with pictures where they are wanted."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from muscle_atlas.files import written_whole
from muscle_atlas.usage import StopError, usable_settings

MOST = 10_000_000
"""Records at once: a million took 43 s and 1.8 GB, and both grow with the number."""


@click.command(short_help="Make up records of a synthetic atlas.")
@click.argument("count", metavar="N", type=click.IntRange(1, MOST))
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Another seed, other records.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File to write: .csv, .tsv, .xlsx, .parquet or .jsonl.",
)
@click.option(
    "--images",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to draw a picture of each record in.",
)
def generate(count: int, seed: int, out: Path, images: Path | None) -> None:
    """Make up N records of photographs, in the proportions of the Atlas du muscle.

    Which gene causes which disease is real; people, ages and variants are made up, and every record says that it is
    synthetic. The same N and seed give the same records. 5006 gives an atlas of the published size.

    \b
    Example:
      muscle-atlas generate 5006 --seed 1 --out synthetic.csv --images pictures
      muscle-atlas build synthetic.csv --images pictures
    """
    from etl.generate.atlas import generate_records, name_pictures  # noqa: PLC0415
    from etl.generate.forms import check_form, write_records  # noqa: PLC0415
    from muscle_atlas.report import Printer  # noqa: PLC0415

    printer = Printer(usable_settings().language)
    try:
        check_form(out, count)
    except ValueError as error:
        raise StopError(str(error)) from error
    try:
        draw_pictures = _load_drawing() if images else None
        with written_whole(out) as file, printer.progress(quiet=False) as show:
            show("inventing")
            records = generate_records(count, seed)
            if images and draw_pictures:
                records = name_pictures(records)
                images.mkdir(parents=True, exist_ok=True)
                draw_pictures(records, images, seed=seed, progress=partial(show, "drawing"))
            write_records(records, file, out.suffix)
    except OSError as error:
        of_images = images is not None and str(error.filename).startswith(str(images))
        raise StopError(f"cannot write {images if of_images else out}: {error.strerror or error}.") from error
    printer.line("generated", count=count, file=out)
    if images:
        printer.line("drawn", count=count, folder=images)


def _load_drawing() -> Callable[..., None]:
    try:
        from etl.generate.pictures import PictureError, draw_pictures  # noqa: PLC0415
    except ImportError as error:
        raise StopError(f"pictures need more: pip install 'muscle-atlas[pictures]' ({error}).") from error

    def draw(*arguments: Any, **options: Any) -> None:
        try:
            draw_pictures(*arguments, **options)
        except PictureError as error:
            raise StopError(str(error)) from error

    return draw
