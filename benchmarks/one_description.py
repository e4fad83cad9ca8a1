"""One description of resolved records, from tables to a file of quads, in a process of its own."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl

from etl.describe import quads
from etl.describe.records import describe_records
from etl.resolve.records import Resolved
from muscle_atlas.settings import read_settings

RESOLVED = "resolved-"


def write_tables(resolved: Resolved, folder: Path) -> None:
    """Write resolved tables to ``folder``."""
    for name, table in resolved.tables().items():
        table.write_parquet(folder / f"{RESOLVED}{name}.parquet")


def main() -> None:
    """Describe the resolved tables in the folder of the first argument; write the file of the second."""
    folder, out = map(Path, sys.argv[1:])
    names = read_settings().names
    started = time.perf_counter()
    tables: dict[str, Any] = {
        path.stem.removeprefix(RESOLVED): pl.read_parquet(path) for path in folder.glob(f"{RESOLVED}*.parquet")
    }
    resolved = Resolved(**tables)
    described = quads.unite([describe_records(resolved, names)])
    with out.open("wb") as file:
        quads.write(described, file)
    print(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
