"""Contributions have their pages; what was taken back answers 410, from the very next request on."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import polars as pl
import pyoxigraph as ox
import pytest

from muscle_atlas.names import Names, default_base
from muscle_atlas.releases import current_release, media_path
from tests.conftest import Run
from tests.endpoint.conftest import Serve
from tests.etl.contributed import write_contribution

NAMES = Names(default_base())
PHOTOGRAPH = "/image/example-lab.P-1"
COUNT = f"SELECT (COUNT(?image) AS ?images) {{ ?image a <{NAMES.expand('ma:Image')}> }}"
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    folder = tmp_path_factory.mktemp("withdrawn")
    built = run("build", write_contribution(folder / "lab"), "--data", folder / "data")
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "data"


@pytest.fixture(scope="module")
def picture(data: Path) -> str:
    """The path of the one picture, while it is there."""
    digest = pl.read_parquet(current_release(data).images)["sha256"].drop_nulls()[0]
    return f"/{media_path(digest)}"


@pytest.fixture(scope="module")
def client(serve: Serve, data: Path) -> Iterator[httpx.Client]:
    with serve(data) as client:
        yield client


@pytest.fixture(scope="module")
def gone(client: httpx.Client, data: Path, picture: str, run: Run) -> httpx.Client:
    """The same server, after one of the two photographs was taken back while it served."""
    assert client.get(picture).status_code == 200
    assert _count(client) == _count(client) == "2"
    done = run("releases", "withdraw", "example-lab.P-1", "--reason", "consent-withdrawn", "--data", data, "--yes")
    assert done.returncode == 0, done.stderr
    return client


def _count(client: httpx.Client) -> str:
    answer = client.get("/sparql", params={"query": COUNT}, headers={"Accept": "text/csv"})
    return answer.text.split()[1]


@pytest.mark.parametrize(("language", "heading"), [("en", "given by"), ("fr", "donné par")])
def test_the_page_of_a_photograph_tells_whose_it_is(language: str, heading: str, client: httpx.Client) -> None:
    page = client.get("/image/example-lab.P-2", headers=PAGE, params={"lang": language}).text
    for told in (heading, "Josiah Carberry", "Congenital myopathies of an example laboratory", "CC BY 4.0"):
        assert told in page, told


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_of_a_contribution_lists_its_photographs(language: str, client: httpx.Client) -> None:
    answer = client.get("/contribution/example-lab", headers=PAGE, params={"lang": language})
    assert answer.status_code == 200
    title = "Congenital myopathies of an example laboratory"
    for told in (title, "/image/example-lab.P-2", "atlas@example.org", "consented in writing"):
        assert told in answer.text, told


def test_a_contribution_is_described_for_programs(client: httpx.Client) -> None:
    answer = client.get("/contribution/example-lab", headers={"Accept": "text/turtle"})
    told = {(triple.predicate.value, str(triple.object)) for triple in ox.parse(answer.content, ox.RdfFormat.TURTLE)}
    assert (NAMES.expand("prov:wasAttributedTo"), f"<{NAMES.expand('orcid:0000-0002-1825-0097')}>") in told
    assert client.get("/contribution/example-lab/consent.ttl").status_code == 200


def test_cards_tell_licence_and_credit(client: httpx.Client) -> None:
    page = client.get("/", headers=PAGE).text
    assert "CC BY 4.0" in page
    assert "Josiah Carberry, Ada Example" in page


@pytest.mark.parametrize(
    ("language", "told"), [("en", ("410 Gone", "consent withdrawn")), ("fr", ("410 Retiré", "consentement retiré"))]
)
def test_people_are_told_since_when_and_why(language: str, told: tuple[str, str], gone: httpx.Client) -> None:
    answer = gone.get(PHOTOGRAPH, headers={**PAGE, "Accept-Language": language})
    assert answer.status_code == 410
    for text in (*told, "20"):
        assert text in answer.text


def test_programs_are_told_by_a_problem_document(gone: httpx.Client) -> None:
    answer = gone.get(PHOTOGRAPH, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json")
    assert answer.json()["withdrawn"].startswith("20")


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (PHOTOGRAPH, "text/turtle"),
        (PHOTOGRAPH, "text/turtle, */*;q=0.1"),
        (f"{PHOTOGRAPH}.ttl", "*/*"),
        (f"/about?iri={NAMES.mint('image', 'example-lab.P-1')}", "text/turtle"),
    ],
)
def test_programs_that_read_rdf_get_the_tombstone(path: str, accept: str, gone: httpx.Client) -> None:
    answer = gone.get(path, headers={"Accept": accept})
    assert answer.status_code == 410
    told = {str(triple.predicate) for triple in ox.parse(answer.content, ox.RdfFormat.TURTLE)}
    assert f"<{NAMES.expand('ma:withdrawalReason')}>" in told


def test_queries_and_pictures_know_it_no_more(gone: httpx.Client, picture: str) -> None:
    assert _count(gone) == "1"
    assert gone.get(picture).status_code == 404
    assert PHOTOGRAPH not in gone.get("/", headers=PAGE).text
    assert gone.get("/readyz").status_code == 200
