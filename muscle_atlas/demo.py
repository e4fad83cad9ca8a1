"""The example atlas: the photographs of ``examples/``, built once and again only when something changed."""

import hashlib
from pathlib import Path

from etl.build import Report, build, input_fingerprint
from etl.records import Input
from muscle_atlas.releases import NoReleaseError, current_release
from muscle_atlas.rooms import EXAMPLES
from muscle_atlas.settings import Settings


def build_demo(settings: Settings, data: Path) -> Report:
    """Build the example atlas in ``data``, unless its current release was made from the very same things.

    Raises:
        BusyError: if another build writes to ``data``.
        OSError: if ``data`` cannot be written.
    """
    records = sorted(EXAMPLES.glob("*.csv"))
    inputs = [Input(str(path), hashlib.sha256(path.read_bytes()).hexdigest(), 0) for path in records]
    try:
        known = current_release(data).read_report()
    except NoReleaseError:
        return build(records, settings, data=data)
    if known["fingerprint"] != input_fingerprint(inputs, settings):
        return build(records, settings, data=data)
    return Report(release=known["release"], images=known["images"], rejected=known["rejected"])
