"""Hostile queries for a while: no memory is lost, no cage, and nobody else's answer."""

import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import psutil
import pytest

from tests.endpoint.conftest import Serve
from tests.endpoint.test_limits import assert_answers, metric

HOSTILE = Path(__file__).resolve().parents[2] / "benchmarks" / "hostile"
FLAT = 48 * 2**20
"""Bytes by which the server may grow once it is warm: kept answers and Python's own pools."""


def soak(client: httpx.Client, seconds: float) -> Counter[int]:
    """Let four clients ask hostile queries for so long; a fifth asks little all the while. Return what it was told."""
    ending = threading.Event()
    queries = [path.read_text(encoding="utf-8") for path in sorted(HOSTILE.glob("*.rq"))]
    assert queries

    def attack(number: int) -> None:
        turn = number
        while not ending.is_set():
            turn += 1
            httpx.post(f"{client.base_url}sparql", data={"query": f"{queries[turn % 4]}#{number} {turn}"}, timeout=60)

    attackers = [threading.Thread(target=attack, args=(number,)) for number in range(4)]
    for attacker in attackers:
        attacker.start()
    told: Counter[int] = Counter()
    late = time.monotonic() + seconds
    while time.monotonic() < late:
        told[client.get("/sparql", params={"query": f"ASK {{}} # {time.monotonic_ns()}"}).status_code] += 1
        time.sleep(0.02)
    ending.set()
    for attacker in attackers:
        attacker.join()
    return told


def hold(serve: Serve, data: Path, seconds: float) -> None:
    with serve(data, "--timeout", "2", "--memory", "256", "--workers", "6") as client:
        soak(client, 3)
        server = next(
            process
            for process in psutil.Process().children()
            if any(c.laddr.port == client.base_url.port for c in process.net_connections() if c.status == "LISTEN")
        )
        before = server.memory_info().rss
        assert set(soak(client, seconds)) == {200}
        assert_answers(client)
        deadline = time.monotonic() + 5
        while metric(client, "muscle_atlas_queries_running") or metric(client, "muscle_atlas_cages") < 2:
            assert time.monotonic() < deadline, "cages are lost, or a query goes on"
            time.sleep(0.1)
        assert server.memory_info().rss - before < FLAT
        assert len(server.children()) <= 6


def test_hostile_queries_cost_neither_memory_nor_cages(serve: Serve, example_data: Path) -> None:
    hold(serve, example_data, 8)


@pytest.mark.long
def test_an_hour_of_hostile_queries_costs_neither_memory_nor_cages(serve: Serve, example_data: Path) -> None:
    hold(serve, example_data, 3_600)
