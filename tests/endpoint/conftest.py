"""A real server on a real socket, over a release built by the installed command."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.etl.built import COMPLETE, write_table
from tests.terms.small import write_all

HOUSE = Path(__file__).resolve().parents[2]
EXAMPLE = HOUSE / "examples" / "vlm-199.csv"

PHOTOGRAPHED = COMPLETE | {"gene": "RYR1", "variants": "", "disease": "Central core disease"}
"""Cells of a photograph whose words the small slices know."""

Serve = Callable[..., AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="session")
def serve(command: list[str]) -> Serve:
    """Serve a data folder on a free port for the time of a ``with`` block; gives a client whose base is the server.

    Options of the command and settings (``MUSCLE_ATLAS_*``) may be added.
    """

    @contextmanager
    def serving(data: Path, *options: str, **settings: str) -> Iterator[httpx.Client]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("MUSCLE_ATLAS_", "LC_"))}
        process = subprocess.Popen(
            [*command, "serve", "--data", str(data), "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**environment, "LANG": "C.UTF-8", **settings},
        )
        assert process.stdout is not None
        try:
            told = process.stdout.readline()
            address = re.search(r"http://\S+/", told)
            assert address, f"the server said {told!r}"
            with httpx.Client(base_url=address[0], timeout=60) as client:
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=30)
        assert "Traceback" not in errors, errors[-3000:]

    return serving


@pytest.fixture(scope="session")
def example_data(tmp_path_factory: pytest.TempPathFactory, command: list[str]) -> Path:
    """A data folder with the example atlas."""
    data = tmp_path_factory.mktemp("example") / "data"
    subprocess.run([*command, "build", str(EXAMPLE), "--data", str(data)], check=True, capture_output=True)
    return data


@pytest.fixture(scope="session")
def server(serve: Serve, example_data: Path) -> Iterator[httpx.Client]:
    """The example atlas, served."""
    with serve(example_data) as client:
        yield client


@pytest.fixture(scope="session")
def termed_data(tmp_path_factory: pytest.TempPathFactory, command: list[str]) -> Path:
    """A data folder with two photographs, built with small slices of vocabularies."""
    folder = tmp_path_factory.mktemp("termed")
    records = write_table(
        folder / "records.csv", [{"image_id": "T-1"} | PHOTOGRAPHED, {"image_id": "T-2"} | PHOTOGRAPHED]
    )
    settings = {**os.environ, "MUSCLE_ATLAS_TERMS": str(write_all(folder / "terms"))}
    told = [*command, "build", str(records), "--data", str(folder / "data")]
    subprocess.run(told, check=True, capture_output=True, env=settings)
    return folder / "data"


@pytest.fixture(scope="session")
def termed(serve: Serve, termed_data: Path) -> Iterator[httpx.Client]:
    """The same, served."""
    with serve(termed_data) as client:
        yield client
