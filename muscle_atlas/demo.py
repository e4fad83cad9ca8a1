"""The example atlas: the photographs of ``examples/``, built once and again only when something changed."""

import hashlib
from pathlib import Path

from etl.build import Progress, Report, build, input_fingerprint
from etl.read.records import Input
from muscle_atlas.releases import NoReleaseError, current_release
from muscle_atlas.rooms import EXAMPLES
from muscle_atlas.settings import Settings


def example_records() -> list[Path]:
    """Return the files of records that the example atlas is built from."""
    return sorted(EXAMPLES.glob("*.csv"))


def is_up_to_date(settings: Settings, data: Path) -> bool:
    """Tell whether the current release of ``data`` was made from these very records, data files and program."""
    try:
        known = current_release(data).read_report()
    except NoReleaseError:
        return False
    inputs = [Input(str(path), hashlib.sha256(path.read_bytes()).hexdigest(), 0) for path in example_records()]
    return bool(known["fingerprint"] == input_fingerprint(inputs, settings))


def build_demo(settings: Settings, data: Path, progress: Progress) -> Report:
    """Build the example atlas in ``data``.

    Raises:
        BusyError: if another build writes to ``data``.
        OSError: if ``data`` cannot be written.
    """
    return build(example_records(), settings, data=data, progress=progress)
