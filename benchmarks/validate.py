"""Seconds and memory of a validation by ours, by pySHACL on rdflib and on oxrdflib, and by pyrudof, in one run."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.made_up import grow, write_lines
from benchmarks.measured import OverLimitError, measure
from etl.describe.vocabulary import describe_vocabularies
from etl.validate.shapes import Shapes
from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import HOUSE

OURS = "ours"
PEERS = ("pySHACL on rdflib", "pySHACL on oxrdflib", "pyrudof")
SIZES = (5_006, 50_000, 500_000)
LIMIT = 3_600.0
MEMORY = 8.0
GIB = 2**30


def main() -> None:
    """Measure, and print a Markdown report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of records")
    parser.add_argument("--peers", nargs="*", default=PEERS, choices=PEERS, help="who is measured beside ours")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which a run is ended")
    parser.add_argument("--memory", type=float, default=MEMORY, help="GiB above which a run is ended")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    figures: dict[str, Any] = {"machine": _machine(), "sizes": []}
    lost: set[str] = set()
    for size in options.sizes:
        figures["sizes"].append(_measure_size(size, options.peers, options.limit, options.memory, lost))
        print("\n".join(_report(figures["sizes"][-1])), flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _machine() -> dict[str, Any]:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
    }


def _measure_size(size: int, peers: Sequence[str], limit: float, memory: float, lost: set[str]) -> dict[str, Any]:
    names = Names(default_base())
    with tempfile.TemporaryDirectory(prefix="muscle-atlas-benchmark-") as temporary:
        data, everything, shapes = (Path(temporary) / name for name in ("data.nt", "everything.nt", "shapes.ttl"))
        with data.open("wb") as alone, everything.open("wb") as together:
            for part in grow(size, names):
                lines = write_lines(part)
                alone.write(lines)
                together.write(lines)
            # What ours leans on and adds by itself is given to the others.
            together.write(write_lines(describe_vocabularies(names).select("s", "p", "o").unique()))
        Shapes(names).graph.serialize(shapes, format="turtle")
        script = ["uv", "run", "--quiet", "--script", "benchmarks/shacl_peer.py"]
        commands: dict[str, list[str | Path]] = {
            OURS: [sys.executable, "-m", "benchmarks.one_validation", data],
            **{peer: [*script, peer, everything, shapes] for peer in peers},
        }
        runs: dict[str, dict[str, Any]] = {}
        for name, command in commands.items():
            if name in lost:
                runs[name] = {"ended": "ended at a smaller size"}
                continue
            try:
                measured = measure(command, HOUSE, seconds=limit, memory=int(memory * GIB))
            except OverLimitError as error:
                runs[name] = {"ended": str(error), "seconds": error.seconds, "peak": error.peak}
                lost.add(name)
            else:
                runs[name] = {**measured.told, "processor": measured.processor, "peak": measured.peak}
        return {"records": size, "load": round(os.getloadavg()[0], 1), "runs": runs}


def _report(figures: dict[str, Any]) -> Iterator[str]:
    runs = figures["runs"]
    ours = runs[OURS]
    yield f"\n### {figures['records']:,} records, load {figures['load']}\n"
    yield "| | seconds | × ours | processor | memory, MB | results | the same |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for name, run in runs.items():
        if "ended" in run:
            seconds, times = "—", "—"
            if "seconds" in run and "seconds" in ours:
                seconds, times = f"> {run['seconds']:,.0f}", f"> {run['seconds'] / ours['seconds']:,.0f}"
            yield f"| {name} | {seconds} | {times} | | | | {run['ended']} |"
            continue
        times = f"{run['seconds'] / ours['seconds']:,.1f}" if "seconds" in ours else "—"
        yield (
            f"| {name} | {run['seconds']:,.1f} | {times} | {run['processor']:,.1f} | {run['peak'] / 1e6:,.0f} "
            f"| {sum(run['results'].values()):,} | {_compared(run, ours)} |"
        )
    told = {package: number for run in runs.values() for package, number in run.get("versions", {}).items()}
    yield "\n" + ", ".join(f"{package} {number}" for package, number in sorted(told.items()))


def _compared(run: dict[str, Any], ours: dict[str, Any]) -> str:
    """Return in what the results of a peer differ from ours, by rule and focus."""
    if run is ours or "results" not in ours:
        return ""
    if run["checksum"] == ours["checksum"]:
        return "yes"
    rules = sorted(run["results"].keys() | ours["results"].keys())
    differing = [
        f"{rule.rpartition('/')[2]} {run['results'].get(rule, 0):,} for {ours['results'].get(rule, 0):,}"
        for rule in rules
        if run["results"].get(rule, 0) != ours["results"].get(rule, 0)
    ]
    return "; ".join(differing) or "other nodes"


if __name__ == "__main__":
    main()
