"""What the tests of vocabularies share: slices of the reference releases, and a mirror with real ones."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from muscle_atlas.terms.sources import fbbi, hpo, mgi, mondo, ordo, uberon
from tests.terms.mirror import Mirror, serving
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


def path_of(address: str) -> str:
    """The path at which a mirror has what stands at an address."""
    parts = urlsplit(address)
    return f"/{parts.netloc}{parts.path}"


@pytest.fixture(scope="session")
def released(shared: Path) -> dict[str, bytes]:
    """The mouse genes and MONDO, as their publishers have them, by path of a mirror."""
    releases = {
        mgi.HOMOLOGY: "mgi/HOM_MouseHumanSequence_2024-11.rpt.gz",
        mondo.ORPHANET: "mondo/mondo_exactmatch_orphanet.sssom.tsv.gz",
        mondo.OMIM: "mondo/mondo_exactmatch_omim.sssom.tsv.gz",
    }
    return {
        path_of(address): gzip.decompress((shared / "reference" / name).read_bytes())
        for address, name in releases.items()
    }


@pytest.fixture(scope="session")
def server() -> Iterator[Mirror]:
    """A mirror that has nothing yet."""
    with serving(Mirror()) as one:
        yield one


@pytest.fixture
def mirror(server: Mirror, released: dict[str, bytes]) -> Mirror:
    """A mirror with the real releases, which behaves well."""
    server.restore(released)
    return server
