"""Reports that tests of every form look at: of a dirty table in both languages, of a clean one, of a graph."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.reports.told import ROWS, Reports, report_on, write_rows


@pytest.fixture(scope="session")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table with faults."""
    return write_rows(tmp_path_factory.mktemp("dirty") / "dirty records.csv", ROWS)


@pytest.fixture(scope="session")
def english(run: Run, dirty: Path, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """The reports on it in English."""
    return report_on(run, "check", dirty, tmp_path_factory.mktemp("english"))


@pytest.fixture(scope="session")
def french(run: Run, dirty: Path, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """The reports on it in French."""
    return report_on(run, "check", dirty, tmp_path_factory.mktemp("french"), MUSCLE_ATLAS_LANGUAGE="fr")


@pytest.fixture(scope="session")
def clean(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """The reports on a table without a fault."""
    folder = tmp_path_factory.mktemp("clean")
    return report_on(run, "check", write_rows(folder / "clean.csv", [{"image_id": "right"}]), folder)


@pytest.fixture(scope="session")
def graph(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """The reports on RDF with a fault, one value of which is an IRI."""
    folder = tmp_path_factory.mktemp("graph")
    path = folder / "wrong.ttl"
    path.write_text(
        "@prefix ma: <https://w3id.org/muscle-atlas/ontology#> .\n"
        "<https://w3id.org/muscle-atlas/image/a> a ma:Image ; ma:gene <https://example.org/gene> .\n",
        encoding="utf-8",
    )
    return report_on(run, "validate", path, folder)
