"""One build, in a process of its own that tells its phases."""

import json
import sys
from pathlib import Path

from benchmarks.measured import MARK
from etl.build import build
from muscle_atlas.settings import read_settings


def main() -> None:
    """Build the records of the first argument into the folder of the second."""
    records, data = map(Path, sys.argv[1:])

    def tell(phase: str, done: int = 0, total: int = 0, /) -> None:
        del done, total
        print(f"{MARK}{phase}", flush=True)

    report = build([records], read_settings(), data=data, progress=tell)
    told = {problem.name for problem in report.problems}
    content = {"seconds": report.seconds, "images": report.images, "rejected": report.rejected, "told": sorted(told)}
    print(json.dumps(content))


if __name__ == "__main__":
    main()
