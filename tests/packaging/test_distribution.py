"""The wheel and the source distribution work outside the checkout."""

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
        "import pathlib, endpoint.application as a, endpoint.query.limits as l, endpoint.query.services as s; "
        "a.create_application(pathlib.Path('atlas-data'), l.Limits(), s.read_services())"
    )
    subprocess.run([python, "-c", program], cwd=tmp_path, check=True)
