"""``muscle-atlas validate``: exit codes, places of errors, and nothing fetched."""

import json
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from muscle_atlas.rooms import SHAPES

Run = Callable[..., subprocess.CompletedProcess[str]]

GRAPHS = Path(__file__).parent / "graphs"
VALID = SHAPES / "examples" / "image" / "valid.ttl"
VIOLATION = SHAPES / "examples" / "image" / "invalid.image-age-range.ttl"
WARNING = SHAPES / "examples" / "image" / "invalid.image-sex-missing.ttl"
INFO = SHAPES / "examples" / "image" / "invalid.image-not-stated.ttl"
UNREADABLE = SHAPES / "examples" / "record" / "invalid.graph-unreadable.ttl"


def _told(done: subprocess.CompletedProcess[str]) -> list[tuple[str, int | None]]:
    """Local names of the rules told, with the row."""
    assert "Traceback" not in done.stderr, done.stderr
    return [(problem["rule"].rpartition("/")[2], problem["row"]) for problem in json.loads(done.stdout)["problems"]]


@pytest.mark.parametrize(
    ("path", "fail_on", "code"),
    [
        (VALID, "violation", 0),
        (VALID, "warning", 0),
        (INFO, "violation", 0),
        (INFO, "warning", 0),
        (WARNING, "violation", 0),
        (WARNING, "warning", 3),
        (WARNING, "never", 0),
        (VIOLATION, "violation", 1),
        (VIOLATION, "warning", 3),
        (VIOLATION, "never", 0),
        (UNREADABLE, "violation", 2),
        (UNREADABLE, "never", 2),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else str(value),
)
def test_the_exit_code_says_how_bad_it_is(path: Path, fail_on: str, code: int, run: Run) -> None:
    assert run("validate", path, "--fail-on", fail_on).returncode == code


def test_a_missing_file_is_told_beside_what_others_hold(tmp_path: Path, run: Run) -> None:
    done = run("validate", "--json", tmp_path / "nowhere.ttl", VIOLATION)
    assert {name for name, _ in _told(done)} == {"file-missing", "image-age-range"}
    assert done.returncode == 2


def test_an_error_of_syntax_is_told_with_its_line(run: Run) -> None:
    lines = UNREADABLE.read_text(encoding="utf-8").splitlines()
    wrong = next(number for number, line in enumerate(lines, start=1) if "ma:synthetic" in line)
    done = run("validate", "--json", UNREADABLE)
    assert _told(done) == [("graph-unreadable", wrong)]
    assert f"{UNREADABLE}:{wrong}" in run("validate", UNREADABLE).stdout
    assert done.returncode == 2


@pytest.mark.parametrize("name", ["graph.csv", "graph", "graph.ttl.gz"])
def test_a_suffix_that_is_not_known_is_told_with_those_that_are(name: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / name
    path.write_text(VALID.read_text(encoding="utf-8"), encoding="utf-8")
    done = run("validate", "--json", path)
    assert _told(done) == [("graph-unreadable", None)]
    assert ".ttl, .trig, .nt, .nq, .rdf" in done.stdout
    assert done.returncode == 2


@pytest.mark.parametrize("name", ["folder", "folder.ttl"])
def test_a_folder_is_no_graph(name: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / name).mkdir()
    done = run("validate", "--json", tmp_path / name)
    assert len(_told(done)) == 1
    assert done.returncode == 2


def test_bytes_that_are_no_text_are_told(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "latin1.ttl"
    path.write_bytes(VALID.read_text(encoding="utf-8").encode("latin-1", "replace"))
    done = run("validate", "--json", path)
    assert [name for name, _ in _told(done)] == ["graph-unreadable"]
    assert done.returncode == 2


def test_no_graph_is_wrong_usage(run: Run) -> None:
    done = run("validate")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_messages_come_in_french(run: Run) -> None:
    done = run("validate", VIOLATION, MUSCLE_ATLAS_LANGUAGE="fr")
    assert "L'âge n'est pas compris entre 0 et 120 ans." in done.stdout


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that would know if anything were fetched: its address, and the paths asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *arguments: object) -> None:
            del format, arguments

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("name", "code"), [("imports.ttl", 0), ("schema.rdf", 0), ("context.jsonld", 2)])
def test_nothing_is_fetched(
    name: str, code: int, listener: tuple[str, list[str]], tmp_path: Path, run: Run
) -> None:
    address, asked = listener
    path = tmp_path / name
    text = (GRAPHS / f"remote-{name}").read_text(encoding="utf-8")
    path.write_text(text.replace("http://127.0.0.1", address), encoding="utf-8")
    done = run("validate", "--json", path)
    _told(done)
    assert asked == []
    assert done.returncode == code
