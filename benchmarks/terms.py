"""Terms as people type them: how long ``/api/terms`` takes, letter by letter, over a real server.

``python -m benchmarks.terms --data atlas-data`` prints Markdown. The data folder holds a release that was built with
slices (``muscle-atlas terms update``).
"""

import argparse
import json
import os
import random
import sqlite3
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import httpx
import psutil

from benchmarks import servers

KINDS = (None, "gene", "disease", "muscle", "finding")
"""What is asked for; None: every kind."""
LONGEST = 40
"""Signs of the names that are typed."""


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("atlas-data"), help="folder with a release")
    parser.add_argument("--names", type=int, default=60, help="names that are typed")
    parser.add_argument("--seed", type=int, default=1, help="of the lot by which they are drawn")
    parser.add_argument("--json", type=Path, help="file for every figure")
    options = parser.parse_args()
    slices = (options.data / "current").resolve() / "terms"
    figures: dict[str, dict[str, float]] = {}
    with servers.ours(options.data) as server, httpx.Client(base_url=httpx.URL(server.address).join("/")) as client:
        process = psutil.Process(server.pid)
        ask(client, process, ["a"], None)
        for kind in KINDS:
            names = draw_names(slices, options.names, options.seed, kind)
            typed = [name[:end] for name in names for end in range(1, len(name) + 1)]
            figures[kind or "all kinds"] = ask(client, process, typed, kind)
        slips = list(mistype(draw_names(slices, options.names, options.seed, None), options.seed))
        figures["all kinds, one letter mistyped"] = ask(client, process, slips, None)
    print(f"{options.names} names of each, typed letter by letter; load of the machine {os.getloadavg()[0]:.1f}.\n")
    print("| asked | requests | p50 ms | p95 ms | p99 ms | processor ms |\n|---|---|---|---|---|---|")
    for asked, row in figures.items():
        print(f"| {asked} | {row['requests']:.0f} |", " | ".join(f"{row[part]:.1f}" for part in list(row)[1:]), "|")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def draw_names(slices: Path, count: int, seed: int, kind: str | None) -> list[str]:
    """Draw names of active terms by lot, as many from each slice that has any; of a kind, where one is given."""
    lot = random.Random(seed)  # noqa: S311 - a lot that anybody can draw again
    paths = sorted(slices.glob("*.sqlite"))
    if not paths:
        raise SystemExit(f"{slices} holds no slice: muscle-atlas terms update, then build a release")
    found: list[list[str]] = []
    for path in paths:
        with closing(sqlite3.connect(path)) as database:
            rows = database.execute(
                "SELECT text FROM name JOIN term ON term.id = name.term WHERE status = 'active' AND kind != 'class' "
                "AND kind = coalesce(?, kind) AND length(text) BETWEEN 3 AND ? ORDER BY number",
                (kind, LONGEST),
            ).fetchall()
        if rows:
            found.append([text for (text,) in lot.sample(rows, min(len(rows), count))])
    share = -(-count // len(found))
    return [name for names in found for name in names[:share]][:count]


def mistype(names: Sequence[str], seed: int) -> Iterator[str]:
    """Yield each name of some length with one letter changed."""
    lot = random.Random(seed)  # noqa: S311
    for name in names:
        if len(name) > 5:
            place = lot.randrange(1, len(name))
            yield f"{name[:place]}{'x' if name[place] != 'x' else 'z'}{name[place + 1 :]}"


def ask(client: httpx.Client, process: psutil.Process, typed: Sequence[str], kind: str | None) -> dict[str, float]:
    """Ask one request after another; return their number, percentiles of how long they took, and the processor time.

    All in milliseconds. Other work on the machine lengthens what is waited far more than what is computed.
    """
    taken = []
    before = sum(process.cpu_times()[:2])
    for text in typed:
        parameters = {"q": text, **({"kind": kind} if kind else {})}
        began = time.perf_counter()
        response = client.get("/api/terms", params=parameters)
        taken.append(time.perf_counter() - began)
        response.raise_for_status()
    if len(taken) == 1:
        return {}
    cuts = statistics.quantiles(taken, n=100)
    return {
        "requests": len(taken),
        "p50": cuts[49] * 1e3,
        "p95": cuts[94] * 1e3,
        "p99": cuts[98] * 1e3,
        "processor": (sum(process.cpu_times()[:2]) - before) * 1e3 / len(taken),
    }


if __name__ == "__main__":
    main()
