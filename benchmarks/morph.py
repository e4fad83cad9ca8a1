# /// script
# requires-python = ">=3.11"
# dependencies = ["morph-kgc>=2.10", "pyarrow>=18"]
# ///
"""One description by Morph-KGC, in an environment of its own: it asks for an older rdflib than ours."""

import json
import platform
import runpy
import sys
import time
from importlib.metadata import version
from pathlib import Path

import morph_kgc  # type: ignore[import-not-found]  # noqa: F401 - what is measured is its work, not its import


def main() -> None:
    """Run the mapping of the first argument; write the file of the second."""
    mapping, out = map(Path, sys.argv[1:])
    config = mapping.with_suffix(".ini")
    config.write_text(
        f"[CONFIGURATION]\noutput_format=N-QUADS\noutput_file={out}\nlogging_level=WARNING\n"
        # What it makes of an empty cell of Parquet, and nothing else: words such as "NA" are words.
        "na_values=None\n"
        f"[Tables]\nmappings={mapping}\n",
        encoding="utf-8",
    )
    sys.argv = ["morph_kgc", str(config)]
    started = time.perf_counter()
    runpy.run_module("morph_kgc", run_name="__main__")
    seconds = time.perf_counter() - started
    used = {name: version(name) for name in ("morph-kgc", "pandas", "pyarrow", "rdflib")}
    print(json.dumps({"seconds": seconds, "versions": {**used, "python": platform.python_version()}}))


if __name__ == "__main__":
    main()
