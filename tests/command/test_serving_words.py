"""What keeps the server from starting is told in the language of reports, and blamed on the right option."""

import socket
from pathlib import Path

import pytest

from etl.build import build
from muscle_atlas.names import default_base
from muscle_atlas.settings import Settings
from tests.conftest import Run
from tests.etl.built import COMPLETE, write_table


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    path = write_table(folder / "a.csv", [{"image_id": "a", **COMPLETE}])
    build([path], Settings(default_base(), folder / "data", "en"), data=folder / "data")
    return folder / "data"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "holds no release. Build one"), ("fr", "ne contient aucune version. Construisez-en")]
)
@pytest.mark.parametrize("verb", [("serve",), ("releases", "list"), ("releases", "rollback")])
def test_folder_without_release_is_told(
    run: Run, tmp_path: Path, verb: tuple[str, ...], language: str, words: str
) -> None:
    done = run(*verb, "--data", tmp_path, MUSCLE_ATLAS_LANGUAGE=language)
    assert done.returncode == 2
    assert words in done.stderr
    assert str(tmp_path) in done.stderr


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "is no address of this machine"), ("fr", "n'est pas une adresse de cette machine")],
)
def test_host_of_another_machine_is_not_blamed_on_the_port(run: Run, data: Path, language: str, words: str) -> None:
    # 192.0.2.0/24 is for documentation (RFC 5737).
    done = run("serve", "--data", data, "--host", "192.0.2.1", "--port", "0", MUSCLE_ATLAS_LANGUAGE=language)
    assert done.returncode == 2
    assert f"192.0.2.1 {words}" in done.stderr
    assert "--host" in done.stderr
    assert "port 0" not in done.stderr.lower()


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70 + ".example"])
def test_host_that_is_no_address_is_told(run: Run, data: Path, host: str) -> None:
    done = run("serve", "--data", data, "--host", host, "--port", "0", MUSCLE_ATLAS_LANGUAGE="fr")
    assert done.returncode == 2
    assert f"{host} n'est pas une adresse connue" in done.stderr


def test_port_that_is_taken_is_told(run: Run, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = run("serve", "--data", data, "--host", "127.0.0.1", "--port", port, MUSCLE_ATLAS_LANGUAGE="fr")
    assert done.returncode == 2
    assert f"Le port {port} de 127.0.0.1 est pris par un autre programme" in done.stderr
