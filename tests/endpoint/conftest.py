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

HOUSE = Path(__file__).resolve().parents[2]
EXAMPLE = HOUSE / "examples" / "vlm-199.csv"

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
