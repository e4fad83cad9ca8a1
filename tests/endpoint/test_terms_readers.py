"""The processes in which words are read: they come back when they are lost, and go when the server goes."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from tests.endpoint.conftest import Serve

BATCH = {f"q{number}": {"query": f"nemalin{number} myopatty"} for number in range(50)}


def readers(server: int) -> list[psutil.Process]:
    """The processes of a server that read words."""
    return [one for one in psutil.Process(server).children() if any("spawn_main" in word for word in one.cmdline())]


@contextmanager
def started(command: list[str], data: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    process = subprocess.Popen(
        [*command, "serve", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    assert process.stdout is not None
    try:
        address = re.search(r"http://\S+/", process.stdout.readline())
        assert address
        with httpx.Client(base_url=address[0], timeout=60) as client:
            yield client, process
    finally:
        process.kill()
        process.communicate()


def test_a_reader_that_is_killed_is_replaced(command: list[str], termed_data: Path) -> None:
    with started(command, termed_data) as (client, process):
        before = client.get("/api/terms", params={"q": "sepn1"}).json()
        (reader,) = readers(process.pid)
        reader.kill()
        after = client.get("/api/terms", params={"q": "sepn1"})
        assert after.status_code == 200
        assert after.json() == before
        assert client.get("/readyz").status_code == 200


def test_readers_end_with_their_server(command: list[str], termed_data: Path) -> None:
    for ending in (signal.SIGTERM, signal.SIGKILL):
        with started(command, termed_data) as (client, process):
            assert client.get("/api/terms", params={"q": "sepn1"}).status_code == 200
            assert client.post("/api/reconcile", data={"queries": json.dumps(BATCH)}).status_code == 200
            left = readers(process.pid)
            assert len(left) == 2
            process.send_signal(ending)
            process.wait(30)
            _, alive = psutil.wait_procs(left, timeout=20)
            assert alive == [], f"after {ending.name}"


def test_who_types_does_not_wait_for_tables(serve: Serve, termed_data: Path) -> None:
    with serve(termed_data) as client:
        client.get("/api/terms", params={"q": "sepn1"})
        answers: list[httpx.Response] = []
        tables = [
            threading.Thread(
                target=lambda: answers.append(
                    httpx.post(f"{client.base_url}api/reconcile", data={"queries": json.dumps(BATCH)}, timeout=120)
                )
            )
            for _ in range(4)
        ]
        for table in tables:
            table.start()
        typed = 0
        while any(table.is_alive() for table in tables):
            assert client.get("/api/terms", params={"q": "sepn1", "limit": 1 + typed % 50}).status_code == 200
            assert client.get("/sparql", params={"query": f"ASK {{}} # {typed}"}).status_code == 200
            typed += 1
            time.sleep(0.01)
        assert typed > 1
        assert [answer.status_code for answer in answers] == [200] * 4


def test_more_than_may_wait_are_told_to_come_again(serve: Serve, termed_data: Path) -> None:
    with serve(termed_data) as client:
        client.post("/api/reconcile", data={"queries": json.dumps(BATCH)})
        answers: list[httpx.Response] = []
        limits = httpx.Limits(max_connections=80)
        with httpx.Client(base_url=client.base_url, timeout=120, limits=limits) as many:
            asking = [
                threading.Thread(
                    target=lambda: answers.append(many.post("/api/reconcile", data={"queries": json.dumps(BATCH)}))
                )
                for _ in range(60)
            ]
            for one in asking:
                one.start()
            for one in asking:
                one.join()
        told = {answer.status_code for answer in answers}
        assert told == {200, 503}
        busy = next(answer for answer in answers if answer.status_code == 503)
        assert busy.headers["Retry-After"]
        assert busy.json()["detail"] == "Too many words wait to be read."
