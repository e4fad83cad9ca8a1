"""Another store, Apache Jena Fuseki, asks ours by SERVICE, and ours asks it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.endpoint.conftest import Serve

VERSION = "5.6.0"
"""The last series that runs on Java 17; .ci/run installs the same."""
JAR = Path.home() / ".m2/repository/org/apache/jena/jena-fuseki-server" / VERSION / f"jena-fuseki-server-{VERSION}.jar"
IMAGES = "?image a <https://w3id.org/muscle-atlas/ontology#Image>"
JSON = {"Accept": "application/sparql-results+json"}


@pytest.fixture(scope="module")
def fuseki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An empty store on a free port."""
    java = shutil.which("java")
    if not java:
        pytest.skip("Java is not installed")
    if not JAR.exists():
        pytest.skip(f"Fuseki is not at {JAR}; .ci/run says how Maven brings it")
    base = tmp_path_factory.mktemp("fuseki")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = base / "log.txt"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [
                java,
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                str(JAR),
                "--localhost",
                f"--port={port}",
                "--mem",
                "/ds",
            ],
            stdout=written,
            stderr=subprocess.STDOUT,
            cwd=base,
            env={**os.environ, "FUSEKI_BASE": str(base / "run")},
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/ds", timeout=60) as client:
            _wait(client, process, log)
            yield client
    finally:
        process.kill()
        process.wait(30)


def _wait(client: httpx.Client, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            if client.get("/sparql", params={"query": "ASK {}"}).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"Fuseki did not start: {log.read_text(errors='replace')[-2000:]}")


def images(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return sorted(row["image"]["value"] for row in response.json()["results"]["bindings"])


def test_fuseki_asks_us(fuseki: httpx.Client, server: httpx.Client) -> None:
    ours = images(server.get("/sparql", params={"query": f"SELECT ?image {{ {IMAGES} }}"}, headers=JSON))
    assert len(ours) == 3
    address = server.base_url.join("/sparql")
    for long in ("", " ".join(f"<http://example.org/{number}>" for number in range(2_000))):
        values = f"VALUES ?x {{ UNDEF {long} }}"
        query = f"SELECT DISTINCT ?image {{ SERVICE <{address}> {{ {IMAGES} . {values} }} }}"
        assert images(fuseki.post("/sparql", data={"query": query}, headers=JSON)) == ours


def test_a_request_that_offers_another_protocol_is_answered(server: httpx.Client) -> None:
    # As Java's client does.
    offer = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAEAAEAAAAIAAAAB"}
    kind = {"Content-Type": "application/sparql-query"}
    for _ in range(2):
        response = server.post("/sparql", content="ASK {}", headers={**offer, **kind, **JSON})
        assert response.json()["boolean"] is True
    assert server.get("/sparql?query=ASK%7B%7D", headers={**offer, **JSON}).json()["boolean"] is True


def test_we_ask_fuseki(fuseki: httpx.Client, serve: Serve, example_data: Path, tmp_path: Path) -> None:
    marked = "https://w3id.org/muscle-atlas/image/VLM-199-2"
    mark = "<http://example.org/mark> 'seen'"
    update = f"INSERT DATA {{ <{marked}> {mark} . <http://example.org/other> {mark} }}"
    assert fuseki.post("/update", data={"update": update}).status_code in (200, 204)
    path = tmp_path / "services.tsv"
    iri = f"http://127.0.0.1:{fuseki.base_url.port}/ds/sparql"
    path.write_text(f"name\tiri\nFuseki\t{iri}\n", encoding="utf-8")
    with serve(example_data, MUSCLE_ATLAS_SERVICES=str(path), MUSCLE_ATLAS_TRUSTED_HOSTS="127.0.0.1") as client:
        query = f"SELECT ?image {{ {IMAGES} . SERVICE <{iri}> {{ ?image {mark} }} }}"
        assert images(client.get("/sparql", params={"query": query}, headers=JSON)) == [marked]
        wrong = client.get("/sparql", params={"query": f"ASK {{ SERVICE <{iri}x> {{}} }}"}, headers=JSON)
        assert wrong.status_code == 403
