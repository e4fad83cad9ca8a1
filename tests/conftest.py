"""What tests of every room share: the reference folder, the installed command, records in files."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent

Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tell where the report on the W3C's tests goes."""
    parser.addoption("--earl", default=str(HOUSE / "build" / "earl.ttl"), help="where the EARL report is written")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference releases; absent, the test is skipped, which CI does not allow."""
    folder = Path(os.environ.get("MUSCLE_ATLAS_SHARED", HOUSE.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"the reference releases are not at {folder}; MUSCLE_ATLAS_SHARED tells where they are")
    return folder


@pytest.fixture(scope="session")
def command() -> list[str]:
    """The installed command."""
    beside = Path(sys.executable).parent / "muscle-atlas"
    found = str(beside) if beside.exists() else shutil.which("muscle-atlas")
    assert found, "muscle-atlas is not installed: uv sync"
    return [found]


@pytest.fixture(scope="session", autouse=True)
def no_terms(tmp_path_factory: pytest.TempPathFactory) -> Generator[str, None, None]:
    """An empty folder of vocabularies in place of the user's own, for this process and those it starts."""
    folder = str(tmp_path_factory.mktemp("terms"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSCLE_ATLAS_TERMS", folder)
        yield folder


@pytest.fixture(scope="session")
def run(command: list[str], no_terms: str) -> Run:
    """Run the installed command and return what it printed; nothing is inherited from the caller's settings."""

    def run_command(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("MUSCLE_ATLAS_", "LC_"))}
        return subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**clean, "LANG": "C.UTF-8", "MUSCLE_ATLAS_TERMS": no_terms, **settings},
        )

    return run_command


@pytest.fixture
def records(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of records: heading line, then rows as dictionaries; other cells stay empty."""

    def write(*rows: dict[str, str], name: str = "records.csv") -> Path:
        import csv

        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, headings, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI everything that a test needs is installed: one that was skipped has not run, and fails."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped, where all must run: {report.longrepr}"
    return report
