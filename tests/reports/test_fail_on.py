"""Which problems fail a run: the same for check, build and validate; the report is written in every case."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.reports.told import write_rows

IMAGE = "<https://w3id.org/muscle-atlas/image/a> a <https://w3id.org/muscle-atlas/ontology#Image> "
GENE = "; <https://w3id.org/muscle-atlas/ontology#gene> <https://example.org/gene> "


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files whose names say what is wrong with them."""
    folder = tmp_path_factory.mktemp("given")
    write_rows(folder / "violation.csv", [{"image_id": "a"}, {"image_id": "b", "gene": "BIN11"}])
    write_rows(folder / "warning.csv", [{"image_id": "a", "findings": "zorglub"}])
    write_rows(folder / "nothing.csv", [{"image_id": "b", "gene": "BIN11"}])
    (folder / "unreadable.csv").write_bytes(b"")
    (folder / "violation.ttl").write_text(f"{IMAGE}{GENE}.\n", encoding="utf-8")
    (folder / "unreadable.ttl").write_text(f"{IMAGE} ;;\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("verb", "name", "fail_on", "code"),
    [
        ("check", "violation.csv", "violation", 1),
        ("check", "violation.csv", "warning", 3),
        ("check", "warning.csv", "warning", 3),
        ("check", "nothing.csv", "never", 3),
        ("check", "unreadable.csv", "never", 2),
        ("build", "violation.csv", "never", 0),
        ("validate", "violation.ttl", "violation", 1),
        ("validate", "violation.ttl", "warning", 3),
        ("validate", "violation.ttl", "never", 0),
    ],
)
def test_what_fails_is_told_and_written(  # noqa: PLR0917
    run: Run, given: Path, tmp_path: Path, verb: str, name: str, fail_on: str, code: int
) -> None:
    target = tmp_path / "report.json"
    data = ("--data", tmp_path / "data") if verb == "build" else ()
    done = run(verb, given / name, "--fail-on", fail_on, "--report", target, *data)
    assert done.returncode == code, done.stderr
    report = json.loads(target.read_text(encoding="utf-8"))
    assert report["problems"]
    if verb == "build":
        assert bool(report["release"]) == (code < 2)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
