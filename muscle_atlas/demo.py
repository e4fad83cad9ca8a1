"""The example atlas: photographs that were published, and a synthetic atlas of the published size with its pictures."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from etl.build import build, input_fingerprint, installed_slices
from etl.generate.atlas import generate_records, name_pictures
from etl.generate.forms import write_records
from etl.read.records import Input
from etl.reports.report import Progress, Report
from muscle_atlas.files import written_whole
from muscle_atlas.releases import NoReleaseError, current_release
from muscle_atlas.rooms import EXAMPLES
from muscle_atlas.settings import Settings

PUBLISHED_SIZE = 5006
"""Photographs of the Atlas du muscle in 2021 (doi:10.1051/myolog/202123005)."""
_SEED = 2021
_FOLDER = "demo"


def published_records() -> list[Path]:
    """Return the files of records that were transcribed from publications."""
    return sorted(EXAMPLES.glob("*.csv"))


class DrawingError(Exception):
    """A picture could not be drawn or written; the message names its file."""


@dataclass(frozen=True)
class Demo:
    """The example atlas in a data folder."""

    settings: Settings
    data: Path
    size: int = PUBLISHED_SIZE
    """Synthetic photographs beside the published ones."""

    @property
    def with_pictures(self) -> bool:
        """Whether what draws and reads pictures is installed (the extra ``pictures``)."""
        return all(find_spec(name) is not None for name in ("numpy", "pyvips", "requests"))

    def is_up_to_date(self) -> bool:
        """Tell whether the current release was made from these very records, data files and program."""
        try:
            known = current_release(self.data).read_report()
        except NoReleaseError:
            return False
        files = [*published_records(), *([self._records] if self.size else [])]
        if not self._records_are_current() or not all(path.is_file() for path in files):
            return False
        inputs = [Input(str(path), hashlib.sha256(path.read_bytes()).hexdigest(), 0) for path in files]
        pictured = ("pictures" in known["seconds"]) == (self.with_pictures and self.size > 0)
        wanted = input_fingerprint(inputs, self.settings, installed_slices(self.settings))
        return pictured and bool(known["fingerprint"] == wanted)

    def build(self, progress: Progress) -> Report:
        """Make up the synthetic records, draw their pictures, and build a release.

        Raises:
            BusyError: if another build writes to the data folder.
            DrawingError: if a picture cannot be drawn.
            OSError: if the data folder cannot be written.
        """
        files = published_records()
        if not self.size:
            return build(files, self.settings, data=self.data, progress=progress)
        progress("inventing")
        records = self._invent()
        self._records.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(self._records) as file:
            write_records(records, file, self._records.suffix)
        if self.with_pictures:
            self._draw(records, progress)
        images = self._pictures if self.with_pictures else None
        return build([*files, self._records], self.settings, data=self.data, images=images, progress=progress)

    def _draw(self, records: pl.DataFrame, progress: Progress) -> None:
        # Only there where the extra is.
        from etl.generate.pictures import PictureError, draw_pictures  # noqa: PLC0415

        def counted(done: int, total: int) -> None:
            progress("drawing", done, total)

        try:
            draw_pictures(records, self._pictures, seed=_SEED, progress=counted)
        except PictureError as error:
            raise DrawingError(str(error)) from error

    @property
    def _records(self) -> Path:
        return self.data / _FOLDER / "synthetic.csv"

    @property
    def _pictures(self) -> Path:
        return self.data / _FOLDER / "pictures"

    def _invent(self) -> pl.DataFrame:
        records = generate_records(self.size, _SEED)
        return name_pictures(records) if self.with_pictures else records

    def _records_are_current(self) -> bool:
        """Tell whether the records in the folder are those that would be made up now."""
        if not self.size:
            return True
        if not self._records.is_file():
            return False
        known = pl.read_csv(self._records, infer_schema=False)
        return known.equals(self._invent())
