"""Running the server: checks, new releases, ends and refusals, with real processes."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pyoxigraph as ox

from tests.conftest import Run
from tests.endpoint.conftest import EXAMPLE, Serve
from tests.endpoint.releases import publish_quads

Records = Callable[..., Path]


def release_of(server: httpx.Client) -> str:
    return str(server.get("/readyz").json()["release"])


def test_checks_answer_and_ready_asks_the_store(server: httpx.Client) -> None:
    assert server.get("/healthz").json() == {"status": "ok"}
    ready = server.get("/readyz").json()
    assert ready["status"] == "ok"
    assert ready["images"] == 3


def test_a_new_release_and_a_rollback_are_served_without_a_restart(
    serve: Serve, run: Run, records: Records, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    first = records({"image_id": "one", "gene": "BIN1", "species": "human"})
    assert run("build", first, "--data", data).returncode == 0
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?i a <https://w3id.org/muscle-atlas/ontology#Image> }"
    with serve(data) as server:

        def images() -> int:
            answer = server.get("/sparql", params={"query": count}).json()
            return int(answer["results"]["bindings"][0]["n"]["value"])

        old = release_of(server)
        assert images() == 1
        assert run("build", EXAMPLE, "--data", data).returncode == 0
        assert release_of(server) != old
        assert images() == 3
        assert server.get("/image/one", headers={"Accept": "text/turtle"}).status_code == 404
        assert "3 photographs" in server.get("/").text
        assert run("releases", "rollback", "--data", data).returncode == 0
        assert release_of(server) == old
        assert images() == 1
        assert server.get("/image/one", headers={"Accept": "text/turtle"}).status_code == 200


def test_a_folder_made_anew_is_served_though_the_version_is_the_same(
    serve: Serve, run: Run, records: Records, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert run("build", records({"image_id": "one", "gene": "BIN1"}), "--data", data).returncode == 0
    with serve(data) as server:
        assert server.get("/readyz").json()["images"] == 1
        shutil.rmtree(data)
        assert run("build", EXAMPLE, "--data", data).returncode == 0
        assert server.get("/readyz").json()["images"] == 3


def test_a_folder_that_is_no_release_is_not_taken_for_one(run: Run, example_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(example_data, data, symlinks=True)
    (data / "releases" / "backup").mkdir()
    assert "backup" not in run("releases", "list", "--data", data).stdout
    assert run("releases", "rollback", "backup", "--data", data).returncode == 2
    assert run("releases", "list", "--data", data).returncode == 0


def test_the_folder_without_a_release_is_refused_with_the_mend(run: Run, tmp_path: Path) -> None:
    ended = run("serve", "--data", tmp_path, "--port", "0")
    assert ended.returncode == 2
    assert "muscle-atlas build" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_taken_port_is_refused_with_the_mend(run: Run, example_data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        ended = run("serve", "--data", example_data, "--port", str(port))
    assert ended.returncode == 2
    assert str(port) in ended.stderr
    assert "--port" in ended.stderr


def test_a_strange_host_is_refused(run: Run, example_data: Path) -> None:
    ended = run("serve", "--data", example_data, "--host", "no.such.host.invalid", "--port", "0")
    assert ended.returncode == 2
    assert "--host" in ended.stderr


def test_terminate_ends_the_server_at_once(command: list[str], example_data: Path) -> None:
    process = subprocess.Popen(
        [*command, "serve", "--data", str(example_data), "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert time.monotonic() - started < 10


def test_an_answer_from_the_former_release_is_not_kept(serve: Serve, example_data: Path, tmp_path: Path) -> None:
    node = ox.NamedNode
    many = [ox.Quad(node(f"http://e/{n}"), node("http://e/p"), ox.Literal(n), node("http://e/g")) for n in range(900)]
    count = """SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f FILTER(CONCAT(STR(?a), STR(?d)) != "") }"""
    publish_quads(many, tmp_path, example_data)
    with serve(tmp_path) as server:

        def ask() -> int:
            answer = httpx.get(f"{server.base_url}sparql", params={"query": count}, timeout=60).json()
            return int(answer["results"]["bindings"][0]["n"]["value"])

        with ThreadPoolExecutor(1) as threads:
            former = threads.submit(ask)
            time.sleep(0.15)
            publish_quads(many[:2], tmp_path, example_data)
            assert server.get("/sparql", params={"query": "ASK {}"}).status_code == 200
            assert not former.done(), "the query ended before the release was there: the test shows nothing"
            assert former.result() == 900**2
        assert ask() == 4
