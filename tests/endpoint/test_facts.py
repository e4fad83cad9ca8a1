"""The pages of things: every property by its name, every value in words, in the language of the reader."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.conftest import Run
from tests.endpoint.conftest import Serve


@pytest.mark.parametrize(
    "path", ["/image/VLM-199-2", "/rule/gene-unknown", "/release", "/family/congenital-myopathies"]
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_property_on_a_page_has_a_name(server: httpx.Client, path: str, language: str) -> None:
    if path == "/release":
        path += f"/{server.get('/readyz').json()['release']}"
    text = server.get(path, headers={"Accept": "text/html", "Accept-Language": language}).text
    names = re.findall(r"<dt[^>]*>([^<]*)</dt>", text)
    assert names
    assert [name for name in names if ":" in name] == []


@pytest.mark.parametrize(
    ("language", "first", "told"),
    [("en", "age", ("36 years", "No", "deltoid")), ("fr", "âge", ("36 ans", "Non", "muscle deltoïde"))],
)
def test_facts_stand_in_the_order_of_the_alphabet_and_in_words(
    server: httpx.Client, language: str, first: str, told: tuple[str, ...]
) -> None:
    text = server.get("/image/VLM-199-2", headers={"Accept": "text/html", "Accept-Language": language}).text
    assert re.findall(r"<dt[^>]*>([^<]*)</dt>", text)[0] == first
    assert [word for word in told if f">{word}<" not in text] == []


@pytest.mark.parametrize(
    ("language", "biopsy", "photograph"),
    [
        ("en", "biopsy of.VLM-199-2", "photograph VLM-199-2"),
        ("fr", "biopsie of.VLM-199-2", "photographie VLM-199-2"),
    ],
)
def test_what_has_no_name_is_called_by_its_kind(
    server: httpx.Client, language: str, biopsy: str, photograph: str
) -> None:
    wanted = {"Accept": "text/html", "Accept-Language": language}
    assert f'<a href="/specimen/of.VLM-199-2">{biopsy}</a>' in server.get("/image/VLM-199-2", headers=wanted).text
    assert f'<a href="/image/VLM-199-2">{photograph}</a>' in server.get("/specimen/of.VLM-199-2", headers=wanted).text


def test_a_term_that_the_atlas_does_not_describe_is_shown_by_its_iri_and_leads_nowhere(server: httpx.Client) -> None:
    page = {"Accept": "text/html"}
    text = server.get("/about", params={"iri": "http://purl.obolibrary.org/obo/UBERON_0001476"}, headers=page).text
    assert '<span>FMA:32521</span> <span class="note">http://purl.org/sig/ont/fma/fma32521</span>' in text


def test_a_variant_is_called_by_its_name(serve: Serve, run: Run, records: Callable[..., Path], tmp_path: Path) -> None:
    path = records({"image_id": "one", "gene": "BIN1", "variants": "NM_139343.3:c.461G>A"})
    assert run("build", path, "--data", tmp_path / "data").returncode == 0
    with serve(tmp_path / "data") as server:
        assert ">NM_139343.3:c.461G&gt;A</a>" in server.get("/image/one", headers={"Accept": "text/html"}).text
