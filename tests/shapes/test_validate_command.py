"""``muscle-atlas validate``: exit codes, places of errors, and nothing fetched."""

import json
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

import pyoxigraph as ox
import pytest

from etl.validate.graphs import check_graphs
from muscle_atlas.rooms import SHAPES
from tests.shapes.shape_examples import SETTINGS

FailOn = Literal["violation", "warning", "never"]
Run = Callable[..., subprocess.CompletedProcess[str]]

GRAPHS = Path(__file__).parent / "graphs"
VALID = SHAPES / "examples" / "image" / "valid.ttl"
VIOLATION = SHAPES / "examples" / "image" / "invalid.image-age-range.ttl"
WARNING = SHAPES / "examples" / "image" / "invalid.image-sex-missing.ttl"
INFO = SHAPES / "examples" / "image" / "invalid.image-not-stated.ttl"
UNREADABLE = SHAPES / "examples" / "file" / "invalid.graph-unreadable.ttl"


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
def test_the_exit_code_says_how_bad_it_is(path: Path, fail_on: FailOn, code: int) -> None:
    assert check_graphs([path], SETTINGS, fail_on=fail_on).exit_code == code


@pytest.mark.parametrize(
    ("path", "fail_on", "code"),
    [(VIOLATION, "violation", 1), (VIOLATION, "never", 0), (WARNING, "warning", 3)],
)
def test_the_command_exits_as_it_is_told(path: Path, fail_on: str, code: int, run: Run) -> None:
    assert run("validate", path, "--fail-on", fail_on).returncode == code


def test_a_missing_file_is_told_beside_what_others_hold(tmp_path: Path, run: Run) -> None:
    done = run("validate", "--json", tmp_path / "nowhere.ttl", VIOLATION)
    assert {name for name, _ in _told(done)} == {"file-missing", "image-age-range"}
    assert done.returncode == 2


def test_an_error_of_syntax_is_told_with_its_line(run: Run) -> None:
    lines = UNREADABLE.read_text(encoding="utf-8").splitlines()
    wrong = next(number for number, line in enumerate(lines, start=1) if "ma:synthetic" in line)
    done = run("validate", UNREADABLE)
    assert f"{UNREADABLE}:{wrong}" in done.stdout
    assert [problem.row for problem in check_graphs([UNREADABLE], SETTINGS).problems] == [wrong]
    assert done.returncode == 2


@pytest.mark.parametrize("name", ["graph.csv", "graph", "graph.csv.gz"])
def test_a_suffix_that_is_not_known_is_told_with_those_that_are(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(VALID.read_text(encoding="utf-8"), encoding="utf-8")
    report = check_graphs([path], SETTINGS)
    assert [(problem.name, problem.row) for problem in report.problems] == [("graph-unreadable", None)]
    assert ".ttl, .trig, .nt, .nq, .rdf" in report.problems[0].message
    assert report.exit_code == 2


@pytest.mark.parametrize("name", ["graph.TTL", "graph.nt", "graph.nq", "graph.trig"])
def test_suffixes_tell_the_format(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    form = ox.RdfFormat.from_extension(path.suffix.lstrip(".").lower())
    assert form is not None
    parsed = ox.parse(VIOLATION.read_bytes(), format=ox.RdfFormat.TURTLE)
    path.write_bytes(ox.serialize(parsed, format=form) or b"")
    assert [problem.name for problem in check_graphs([path], SETTINGS).problems] == ["image-age-range"]


@pytest.mark.parametrize("name", ["folder", "folder.ttl"])
def test_a_folder_is_no_graph(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    report = check_graphs([tmp_path / name], SETTINGS)
    assert len(report.problems) == 1
    assert report.exit_code == 2


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "latin1.ttl"
    path.write_bytes(VALID.read_text(encoding="utf-8").encode("latin-1", "replace"))
    report = check_graphs([path], SETTINGS)
    assert [problem.name for problem in report.problems] == ["graph-unreadable"]
    assert report.exit_code == 2


def test_a_triple_as_a_value_is_told_and_not_read() -> None:
    # SHACL 1.0 knows no triple terms (RDF 1.2).
    path = GRAPHS / "triple-term.ttl"
    report = check_graphs([path], SETTINGS)
    assert [problem.name for problem in report.problems] == ["graph-triple-term"]
    assert report.exit_code == 2


def test_blank_nodes_of_two_files_are_two_nodes() -> None:
    report = check_graphs([GRAPHS / "blank-one.ttl", GRAPHS / "blank-two.ttl"], SETTINGS)
    assert report.problems == []
    assert report.triples == 4


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

        def log_message(self, *arguments: object) -> None:
            del arguments

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("name", "code"), [("imports.ttl", 0), ("schema.rdf", 0), ("context.jsonld", 2)])
def test_nothing_is_fetched(name: str, code: int, listener: tuple[str, list[str]], tmp_path: Path, run: Run) -> None:
    address, asked = listener
    path = tmp_path / name
    text = (GRAPHS / f"remote-{name}").read_text(encoding="utf-8")
    path.write_text(text.replace("http://127.0.0.1", address), encoding="utf-8")
    done = run("validate", "--json", path)
    _told(done)
    assert asked == []
    assert done.returncode == code


def test_a_file_without_triples_is_not_taken_for_a_valid_graph(tmp_path: Path) -> None:
    path = tmp_path / "empty.ttl"
    path.write_text("# nothing\n", encoding="utf-8")
    report = check_graphs([path], SETTINGS)
    assert [problem.name for problem in report.problems] == ["file-empty"]
    assert report.exit_code == 2


def test_a_term_that_is_longer_than_can_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "graph.nt"
    path.write_text(f'<http://e/a> <http://e/b> "{"x" * 17_000_000}" .\n', encoding="ascii")
    [problem] = check_graphs([path], SETTINGS).problems
    assert problem.name == "graph-unreadable"
    assert "too long" in problem.message


OWN = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .
e:Shape a sh:NodeShape ; sh:targetClass e:T ; sh:property [ sh:path e:p ; %s ] ."""


def _own(folder: Path, constraint: str) -> str:
    data, shapes = folder / "data.ttl", folder / "shapes.ttl"
    data.write_text('<http://e/a> a <http://e/T> ; <http://e/p> "x" .', encoding="utf-8")
    shapes.write_text(OWN % constraint, encoding="utf-8")
    [problem] = check_graphs([data], SETTINGS, shapes=[shapes]).problems
    return problem.message


def test_the_words_of_pyshacl_name_the_node_itself(tmp_path: Path) -> None:
    assert "<http://e/a>" in _own(tmp_path, "sh:minCount 2")


def test_a_broken_pattern_is_told_without_the_workings_of_the_program(tmp_path: Path) -> None:
    message = _own(tmp_path, 'sh:pattern "(("')
    assert "unclosed group" in message
    assert "expression:" not in message
