"""The wheel and the source distribution work outside the checkout."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
ROOMS = ("muscle_atlas", "etl", "endpoint", "ontology", "shapes", "mappings", "examples")


@pytest.fixture(scope="session")
def uv() -> str:
    found = os.environ.get("UV") or shutil.which("uv")
    if not found:
        pytest.skip("uv is not here: pip install uv")
    return found


@pytest.fixture(scope="session")
def built(uv: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Source distribution of the checkout, and the wheel made from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([uv, "build", "--quiet", "--out-dir", str(folder), str(HOUSE)], check=True)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


def test_both_hold_every_room_and_nothing_else(built: tuple[Path, Path]) -> None:
    sdist, wheel = built
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)
    with tarfile.open(sdist) as archive_:
        names = {name.partition("/")[2] for name in archive_.getnames()}
    assert {"tests/conftest.py", "LICENSE", "README.md", "pyproject.toml", "CHANGELOG.md"} <= names
    assert not [name for name in names if name.startswith((".venv", "atlas-data", ".git/")) or name == "uv.lock"]


def test_both_hold_the_query_editor_and_what_it_is_made_of_under_its_licences(built: tuple[Path, Path]) -> None:
    sdist, wheel = built
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.getinfo(name).file_size for name in archive.namelist()}
    with tarfile.open(sdist) as archive_:
        names = {name.partition("/")[2] for name in archive_.getnames()}
    for name in ("editor.js", "editor.css", "licences.txt", "digest"):
        path = f"endpoint/web/static/editor/{name}"
        assert path in names
        assert held[path] > 0
    assert held["endpoint/web/static/editor/editor.js"] > 500_000
    assert "endpoint/web/editor/package-lock.json" in names
    assert not [name for name in (*names, *held) if "node_modules" in name]


def test_the_lock_of_the_editor_names_no_registry() -> None:
    lock = json.loads((HOUSE / "endpoint" / "web" / "editor" / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"]
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_where_npm_cannot_be_reached_the_package_is_built_with_the_plain_form(
    uv: str, built: tuple[Path, Path], tmp_path: Path
) -> None:
    sdist, _ = built
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    source = next(tmp_path.glob("muscle_atlas-*"))
    # Another source than the bundle is made of, and a registry that nobody answers at.
    (source / "endpoint/web/editor/src/more.js").write_text("export default 1;\n", encoding="utf-8")
    cold = {
        **os.environ,
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_cache": str(tmp_path / "cache"),
        "npm_config_fetch_retries": "0",
    }
    ended = subprocess.run(
        [uv, "build", "--wheel", "--out-dir", str(tmp_path), str(source)],
        env=cold,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "THE QUERY EDITOR WAS NOT BUNDLED" in ended.stdout + ended.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive_:
        names = archive_.namelist()
    assert "endpoint/web/templates/sparql.html" in names
    assert not [name for name in names if name.startswith("endpoint/web/static/editor/")]


def test_the_wheel_builds_and_answers_in_a_fresh_environment(uv: str, built: tuple[Path, Path], tmp_path: Path) -> None:
    _, wheel = built
    environment = tmp_path / "environment"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(environment)], check=True)
    python = environment / "bin" / "python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), str(wheel)], check=True)
    # Folders of the same names in the working directory must not be taken for ours.
    for room in ("shapes", "ontology", "mappings", "examples"):
        (tmp_path / room).mkdir()
    command = environment / "bin" / "muscle-atlas"
    demo = [str(command), "demo", "--no-serve", "--synthetic", "40"]
    ended = subprocess.run(demo, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "atlas-data" / "current" / "graph.nq.zst").is_file()
    # The server, too, with run-time dependencies only.
    program = (
        "import pathlib, endpoint.application as a, endpoint.cages.limits as l, endpoint.federation.services as s; "
        "a.create_application(pathlib.Path('atlas-data'), l.Limits(), s.read_services())"
    )
    subprocess.run([python, "-c", program], cwd=tmp_path, check=True)
