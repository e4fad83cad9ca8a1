"""One validation by ours, a process of its own: ``DATA``."""

import hashlib
import json
import platform
import sys
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from etl.validate.graphs import check_graphs
from muscle_atlas.names import default_base
from muscle_atlas.settings import Settings


def main() -> None:
    """Validate, and print what ``shacl_peer`` prints."""
    settings = Settings(default_base(), Path("atlas-data"), "en")
    started = time.perf_counter()
    report = check_graphs([Path(sys.argv[1])], settings)
    seconds = time.perf_counter() - started
    found = sorted((result.rule, result.focus.strip("<>")) for result in report.results)
    text = "\n".join(" ".join(finding) for finding in found)
    told = {
        "seconds": seconds,
        "triples": report.triples,
        "results": dict(Counter(shape for shape, _ in found)),
        "checksum": hashlib.sha256(text.encode()).hexdigest(),
        "versions": {
            **{name: version(name) for name in ("muscle-atlas", "polars", "pyoxigraph", "pyshacl")},
            "python": platform.python_version(),
        },
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
