"""The endpoint beside its peers: the same store, the same queries, one run.

``python -m benchmarks.endpoint --data atlas-data`` prints Markdown. It needs ``wrk`` and a data folder with a release
(``muscle-atlas demo --no-serve``).
"""

import argparse
import json
import platform
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks import servers
from benchmarks.servers import Server

HERE = Path(__file__).resolve().parent
CONNECTIONS = 8
ATTACKERS = 8

Start = Callable[[], AbstractContextManager[Server]]


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("atlas-data"), help="folder with a release")
    parser.add_argument("--seconds", type=int, default=8, help="seconds of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of all servers in turn; the median is told")
    parser.add_argument("--soak", type=float, default=0, help="minutes of the soak; without it there is none")
    parser.add_argument("--only", choices=("speed", "hostile", "soak"), help="one part instead of all")
    parser.add_argument("--json", type=Path, help="file for every figure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # The peers' own copy: nothing of theirs can touch the release.
        store = Path(folder) / "store"
        shutil.copytree((options.data / "current").resolve() / "store", store)
        starts: list[Start] = [
            partial(servers.ours, options.data),
            partial(servers.oxigraph, store),
            partial(servers.rdflib_endpoint, store),
        ]
        figures: dict[str, Any] = {"machine": _machine()}
        if options.only in (None, "speed"):
            figures["speed"] = _speed(starts, options.seconds, options.rounds)
        if options.only in (None, "hostile"):
            figures["hostile"] = [_hostile(start, options.seconds) for start in starts]
        if options.soak:
            figures["soak"] = _soak(starts[0], options.soak * 60)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    print("\n".join(_report(figures)))


def _speed(starts: Sequence[Start], seconds: int, rounds: int) -> dict[str, Any]:
    """Ask each question of each server, first-time and repeated, several rounds in turn."""
    questions = sorted((HERE / "questions").glob("*.rq"))
    found: dict[str, Any] = {"servers": {}, "questions": [question.stem for question in questions], "rates": []}
    with ExitStack() as stack:
        running = [stack.enter_context(start()) for start in starts]
        found["servers"] = {server.name: server.version for server in running}
        for question in questions:
            _check_equal(running, question)
        number = 0
        for _ in range(rounds):
            for question in questions:
                for mode in ("first", "again"):
                    for server in running:
                        number += 10_000_000
                        rate = _wrk(server, mode, question, number, seconds)
                        found["rates"].append({"server": server.name, "question": question.stem, "mode": mode, **rate})
    return found


def _check_equal(running: Sequence[Server], question: Path) -> None:
    """Make sure that all servers give the same answer."""
    answers = set()
    for server in running:
        response = httpx.get(
            server.address,
            params={"query": question.read_text(encoding="utf-8")},
            headers={"Accept": "application/sparql-results+json"},
            timeout=120,
        )
        rows = response.raise_for_status().json()["results"]["bindings"]
        answers.add(
            json.dumps(sorted(json.dumps({k: v["value"] for k, v in row.items()}, sort_keys=True) for row in rows))
        )
    assert len(answers) == 1, f"the answers to {question.name} differ"


def _wrk(server: Server, mode: str, question: Path, number: int, seconds: int) -> dict[str, float]:
    host, _, path = server.address.removeprefix("http://").partition("/")
    command = [
        "wrk",
        "-c",
        str(CONNECTIONS),
        "-t",
        "1",
        "-d",
        str(seconds),
        "--timeout",
        "30",
        "-s",
        str(HERE / "ask.lua"),
    ]
    command += [f"http://{host}", "--", f"/{path}", mode, str(question), str(number)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    figures: dict[str, float] = json.loads(told.strip().splitlines()[-1])
    answered = figures["requests"] - figures["refused"] - figures["broken"]
    return {**figures, "rate": answered / figures["seconds"]}


def _hostile(start: Start, seconds: int) -> dict[str, Any]:
    """Ask ``ASK {}`` while nobody else does, and while eight hostile queries run."""
    with start() as server:
        idle = _pings(server, seconds)
        with _attackers(server) as told:
            time.sleep(1)
            pressed = _pings(server, 3 * seconds)
        return {
            "server": server.name,
            "version": server.version,
            "idle": idle,
            "pressed": pressed,
            "attackers": dict(sorted(told.items())),
        }


@contextmanager
def _attackers(server: Server) -> Iterator[Counter[str]]:
    """Let hostile clients ask for the time of a block; give what they were told.

    Nobody waits for their last queries, which the peers do not end: connections break when the server does.
    """
    ending = threading.Event()
    told: Counter[str] = Counter()
    for number in range(ATTACKERS):
        threading.Thread(target=_attack, args=(server, number, ending, told), daemon=True).start()
    try:
        yield told
    finally:
        ending.set()


def _attack(server: Server, number: int, ending: threading.Event, told: Counter[str]) -> None:
    """Ask hostile queries one after another, each time in other words."""
    queries = [path.read_text(encoding="utf-8") for path in sorted((HERE / "hostile").glob("*.rq"))]
    turn = number
    while not ending.is_set():
        turn += 1
        query = f"{queries[turn % len(queries)]}# {number} {turn}"
        try:
            response = httpx.post(server.address, data={"query": query}, timeout=120)
            told[str(response.status_code)] += 1
        except httpx.HTTPError as error:
            told[type(error).__name__] += 1
            time.sleep(0.1)


def _pings(server: Server, seconds: float) -> dict[str, Any]:
    """Ask a cheap query that nobody has asked before, over one connection, one after another."""
    taken: list[float] = []
    told: Counter[str] = Counter()
    late = time.monotonic() + seconds
    with httpx.Client(timeout=15) as client:
        while time.monotonic() < late:
            started = time.perf_counter()
            try:
                response = client.get(server.address, params={"query": f"ASK {{}} # {time.monotonic_ns()}"})
                told[str(response.status_code)] += 1
            except httpx.HTTPError as error:
                told[type(error).__name__] += 1
            taken.append(time.perf_counter() - started)
            time.sleep(0.01)
    taken.sort()
    return {
        "requests": len(taken),
        "p50": statistics.median(taken),
        "p95": taken[int(len(taken) * 0.95)],
        "worst": taken[-1],
        "told": dict(sorted(told.items())),
    }


def _soak(start: Start, seconds: float) -> dict[str, Any]:
    """Run hostile queries for long, and look at the memory of the server and at its cages."""
    with start() as server:
        process, looks, pinged = psutil.Process(server.pid), [], Counter[str]()
        late = time.monotonic() + seconds
        with _attackers(server) as told:
            while time.monotonic() < late:
                pinged.update(_pings(server, 5)["told"])
                looks.append((process.memory_info().rss, len(process.children())))
        # The last queries reach their limit, and their cages are replaced.
        time.sleep(40)
        settled = len(process.children())
        quiet = _pings(server, 5)
    third = max(1, len(looks) // 3)
    return {
        "minutes": seconds / 60,
        "memory_first_third": statistics.mean(rss for rss, _ in looks[:third]),
        "memory_last_third": statistics.mean(rss for rss, _ in looks[-third:]),
        "most_processes": max(number for _, number in looks),
        "processes_after": settled,
        "asked_beside": dict(pinged),
        "attackers": dict(sorted(told.items())),
        "after": quiet,
    }


def _machine() -> dict[str, Any]:
    return {"cores": psutil.cpu_count(), "python": platform.python_version(), "memory": psutil.virtual_memory().total}


def _report(figures: dict[str, Any]) -> Iterable[str]:
    if speed := figures.get("speed"):
        yield f"Requests a second, {CONNECTIONS} connections, median of the rounds; in brackets 95 % in ms:\n"
        names = list(speed["servers"])
        yield from _row(["question", *(f"{name} {speed['servers'][name]}" for name in names), "ratios"])
        yield from _row(["---"] * (len(names) + 2))
        for question in speed["questions"]:
            for mode in ("first", "again"):
                rates = {name: _median(speed["rates"], name, question, mode) for name in names}
                first = rates[names[0]][0]
                ratios = " · ".join(f"{first / rates[name][0]:.2f}×" for name in names[1:])
                cells = [f"{rate:,.0f} ({p95 * 1000:.1f})" for rate, p95 in rates.values()]
                yield from _row([f"{question}, {mode}", *cells, ratios])
        failures = sum(rate["refused"] + rate["broken"] for rate in speed["rates"])
        yield f"\nFailures, counted as no answers: {failures:.0f}.\n"
    if "hostile" in figures:
        yield f"`ASK {{}}`, each time a new one, in ms, idle and while {ATTACKERS} hostile clients ask:\n"
        yield from _row(["server", "idle p50", "idle p95", "pressed p50", "pressed p95", "worst", "told", "attackers"])
        yield from _row(["---"] * 8)
        for one in figures["hostile"]:
            idle, pressed = one["idle"], one["pressed"]
            times = [idle["p50"], idle["p95"], pressed["p50"], pressed["p95"], pressed["worst"]]
            told = [", ".join(f"{k}: {v}" for k, v in seen.items()) for seen in (pressed["told"], one["attackers"])]
            yield from _row([f"{one['server']} {one['version']}", *(f"{t * 1000:.1f}" for t in times), *told])
    if soak := figures.get("soak"):
        yield f"\nSoak of {soak['minutes']:g} minutes: {json.dumps(soak)}"


def _median(rates: Sequence[dict[str, Any]], name: str, question: str, mode: str) -> tuple[float, float]:
    own = [rate for rate in rates if (rate["server"], rate["question"], rate["mode"]) == (name, question, mode)]
    return statistics.median(rate["rate"] for rate in own), statistics.median(rate["p95"] for rate in own)


def _row(cells: Sequence[str]) -> Iterable[str]:
    yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
