"""Seconds and memory of a build, phase by phase, and of the same description by Morph-KGC, in one run."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from benchmarks.mapping import write_mapping
from benchmarks.measured import Measured, measure
from benchmarks.one_description import write_tables
from etl.pictures.table import Pictures
from etl.problems import Rules
from etl.read.columns import Columns
from etl.read.records import read_records
from etl.reports.report import PHASES
from etl.resolve.records import resolve_records
from muscle_atlas.rooms import HOUSE
from muscle_atlas.settings import read_settings

SIZES = (5_006, 100_000)
REPEATS = 3
PACKAGES = ("polars", "pyoxigraph", "pyshacl", "rdflib")


def main() -> None:
    """Measure, and print a Markdown report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of records")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="runs of each; the median is told")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    figures = {"machine": _machine(), "sizes": [_measure_size(size, options.repeats) for size in options.sizes]}
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print("\n".join(_report(figures)))


def _machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory": memory,
        "python": platform.python_version(),
        "packages": {package: version(package) for package in PACKAGES},
    }


def _measure_size(size: int, repeats: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="muscle-atlas-benchmark-") as temporary:
        folder = Path(temporary)
        records = folder / "records.csv"
        subprocess.run(
            [Path(sys.executable).parent / "muscle-atlas", "generate", str(size), "--seed", "1", "--out", records],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        mapping = _prepare(records, folder)
        ours, theirs = folder / "ours.nq", folder / "theirs.nq"
        runs: dict[str, list[Measured]] = {"build": [], "ours": [], "theirs": []}
        python, uv = [sys.executable, "-m"], ["uv", "run", "--quiet", "--script", "benchmarks/morph.py"]
        for number in range(repeats):
            # In turn, so that whatever else the machine does meets all of them.
            data = folder / f"data-{number}"
            runs["build"].append(measure([*python, "benchmarks.one_build", records, data], HOUSE))
            runs["ours"].append(measure([*python, "benchmarks.one_description", folder, ours], HOUSE))
            runs["theirs"].append(measure([*uv, mapping, theirs], HOUSE))
        triples = _compare(ours, theirs)
        return {
            "records": size,
            "repeats": repeats,
            "triples": triples,
            "load": round(os.getloadavg()[0], 1),
            "build": _build_figures(runs["build"]),
            "describe": {name: _figures(runs[name]) for name in ("ours", "theirs")},
            "versions": runs["theirs"][0].told["versions"],
        }


def _prepare(records: Path, folder: Path) -> Path:
    """Resolve records once for both descriptions; write the tables that each of them reads."""
    settings = read_settings()
    rules = Rules(settings.names, settings.language)
    resolved = resolve_records(read_records([records], rules, Columns()), rules, settings.names, Columns())
    # The columns of pictures, of which there are none here.
    resolved.records = Pictures().beside(resolved.records)
    write_tables(resolved, folder)
    return write_mapping(resolved, settings.names, folder)


def _compare(ours: Path, theirs: Path) -> int:
    """Return the number of quads of both files.

    Raises:
        ValueError: if they do not hold the same.
    """
    first, second = (_lines(path) for path in (ours, theirs))
    if not first.equals(second):
        only = {
            "ours": first.filter(~first.is_in(second.implode())),
            "theirs": second.filter(~second.is_in(first.implode())),
        }
        raise ValueError(f"the two descriptions differ: { ({name: list(found[:3]) for name, found in only.items()}) }")
    return len(first)


def _lines(path: Path) -> pl.Series:
    table = pl.read_csv(path, has_header=False, new_columns=["line"], separator="\n", quote_char=None)
    # Ends of lines are the engine's own: "." with a space before it, or without.
    return table.select(pl.col("line").str.replace(r"\s*\.\s*$", "").unique().sort()).to_series()


def _figures(runs: Sequence[Measured]) -> dict[str, Any]:
    seconds = [run.told["seconds"] for run in runs]
    return {
        "seconds": median(seconds),
        "all_seconds": seconds,
        "processor_seconds": median(run.processor for run in runs),
        "peak": median(run.peak for run in runs),
    }


def _build_figures(runs: Sequence[Measured]) -> dict[str, Any]:
    phases = {
        phase: {
            "seconds": median(run.told["seconds"][phase] for run in runs),
            "peak": median(run.peaks.get(phase, 0) for run in runs)
            if phase != "total"
            else median(run.peak for run in runs),
        }
        for phase in PHASES
    }
    return {
        "phases": phases,
        "command_seconds": median(run.seconds for run in runs),
        "processor_seconds": median(run.processor for run in runs),
        **{key: runs[0].told[key] for key in ("images", "rejected", "told")},
    }


def _report(figures: dict[str, Any]) -> Iterable[str]:
    machine = figures["machine"]
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    yield (
        f"{machine['system']}, {machine['cores']} cores, {machine['memory'] / 1e9:.0f} GB; "
        f"Python {machine['python']}, {packages}."
    )
    yield ""
    yield from _row(["build", *(f"{size['records']:,} records" for size in figures["sizes"])])
    yield from _row(["---", *("---:" for _ in figures["sizes"])])
    for phase in PHASES:
        yield from _row([phase, *(_cell(size["build"]["phases"][phase]) for size in figures["sizes"])])
    processor = [f"{size['build']['processor_seconds']:.1f} s" for size in figures["sizes"]]
    yield from _row(["processor time of the command", *processor])
    yield from _row(["photographs published", *(f"{size['build']['images']:,}" for size in figures["sizes"])])
    yield from _row(["load of the machine", *(str(size["load"]) for size in figures["sizes"])])
    yield ""
    yield from _row(["describe alone", *(f"{size['triples']:,} quads" for size in figures["sizes"])])
    yield from _row(["---", *("---:" for _ in figures["sizes"])])
    peer = f"Morph-KGC {figures['sizes'][0]['versions']['morph-kgc']}"
    for name, label in (("ours", "Muscle Atlas"), ("theirs", peer)):
        yield from _row([label, *(_cell(size["describe"][name]) for size in figures["sizes"])])
    yield from _row(["ratio of seconds", *(_ratio(size, lambda found: found["seconds"]) for size in figures["sizes"])])
    yield from _row(
        [
            "ratio of processor time",
            *(_ratio(size, lambda found: found["processor_seconds"]) for size in figures["sizes"]),
        ]
    )
    yield from _row(["ratio of memory", *(_ratio(size, lambda found: found["peak"]) for size in figures["sizes"])])


def _row(cells: Sequence[str]) -> Iterable[str]:
    yield f"| {' | '.join(cells)} |"


def _cell(found: dict[str, float]) -> str:
    return f"{found['seconds']:.2f} s, {found['peak'] / 1e6:,.0f} MB"


def _ratio(size: dict[str, Any], figure: Callable[[dict[str, float]], float]) -> str:
    return f"{figure(size['describe']['theirs']) / figure(size['describe']['ours']):.1f}"


if __name__ == "__main__":
    main()
