"""The servers that are compared: each over the same store, each ended by its process."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

HERE = Path(__file__).resolve().parent
OXIGRAPH = "oxigraph>=0.5"


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    name: str
    version: str
    address: str
    """Where it takes queries."""
    pid: int


@contextlib.contextmanager
def ours(data: Path, *options: str) -> Iterator[Server]:
    """Serve a data folder by the command of this environment."""
    command = [str(Path(sys.executable).parent / "muscle-atlas"), "serve", "--data", str(data), "--port", "0", *options]
    with _process(command) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+/", process.stdout.readline())
        assert found, "the server did not say where it is"
        version = subprocess.run([command[0], "--version"], capture_output=True, text=True, check=True)
        server = Server("Muscle Atlas", version.stdout.split()[-1], f"{found[0]}sparql", process.pid)
        _wait(server)
        yield server


@contextlib.contextmanager
def oxigraph(store: Path) -> Iterator[Server]:
    """Serve a store by the server that PyPI's ``oxigraph`` brings."""
    port = _free_port()
    # Started once to fetch it, so that the process below is the server itself.
    tool = ["uvx", "--from", OXIGRAPH, "oxigraph"]
    version = subprocess.run([*tool, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    command = [*tool, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with _process([*command, "--union-default-graph"]) as process:
        server = Server("oxigraph", version, f"http://127.0.0.1:{port}/query", process.pid)
        _wait(server)
        yield server


@contextlib.contextmanager
def rdflib_endpoint(store: Path) -> Iterator[Server]:
    """Serve a store by rdflib-endpoint over oxrdflib."""
    port = _free_port()
    command = ["uv", "run", "-q", "--script", str(HERE / "rdflib_endpoint_peer.py"), str(store), str(port)]
    with _process(command) as process:
        assert process.stdout is not None
        versions = json.loads(process.stdout.readline())
        server = Server("rdflib-endpoint", versions["rdflib-endpoint"], f"http://127.0.0.1:{port}/sparql", process.pid)
        _wait(server)
        yield server


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            # A peer that a query keeps from hearing of it.
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _wait(server: Server, seconds: float = 60) -> None:
    late = time.monotonic() + seconds
    while True:
        try:
            if httpx.get(server.address, params={"query": "ASK {}"}, timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > late:
            raise TimeoutError(f"{server.name} does not answer at {server.address}")
        time.sleep(0.2)
