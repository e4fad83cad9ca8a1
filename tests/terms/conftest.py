"""Slices of the reference releases."""

from pathlib import Path

import pytest

from muscle_atlas.terms.sources import fbbi, hpo, ordo, uberon
from tests.terms.releases import slice_of


@pytest.fixture(scope="session")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("terms")


@pytest.fixture(scope="session")
def diseases(shared: Path, slices: Path) -> Path:
    return slice_of(shared / "reference", ordo.SOURCE, slices)


@pytest.fixture(scope="session")
def anatomy(shared: Path, slices: Path) -> Path:
    return slice_of(shared / "reference", uberon.SOURCE, slices)


@pytest.fixture(scope="session")
def findings(shared: Path, slices: Path) -> Path:
    return slice_of(shared / "reference", hpo.SOURCE, slices)


@pytest.fixture(scope="session")
def methods(shared: Path, slices: Path) -> Path:
    return slice_of(shared / "reference", fbbi.SOURCE, slices)
