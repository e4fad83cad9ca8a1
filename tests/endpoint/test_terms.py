"""``/api/terms`` over a real socket: terms as people type them, from what the release was built with."""

import errno
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from etl.publish import keep_terms
from muscle_atlas.releases import Release, current_release
from muscle_atlas.terms.slices import read_slices
from tests.endpoint.conftest import Serve
from tests.terms.small import write_genes

ADDRESS = "/api/terms"


def ask(client: httpx.Client, q: str, **parameters: Any) -> list[dict[str, Any]]:
    response = client.get(ADDRESS, params={"q": q, **parameters})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()
    return found


def test_a_former_symbol_gives_the_gene(termed: httpx.Client) -> None:
    (one,) = ask(termed, "sepn", kind="gene")
    assert one["identifier"] == "HGNC:15999"
    assert one["iri"].endswith("/hgnc/15999")
    assert (one["kind"], one["label"], one["name"], one["match"]) == ("gene", "SELENON", "SEPN1", "previous")
    assert one["source"] == "HGNC 2030-01-01"


def test_photographs_of_the_release_are_counted(termed: httpx.Client) -> None:
    (one,) = ask(termed, "central core", kind="disease")
    assert (one["identifier"], one["photographs"]) == ("ORPHA:597", 2)


@pytest.mark.parametrize(
    ("language", "label"),
    [("fr", "Myopathie à némaline"), ("en", "Nemaline myopathy"), ("fr-CA,en;q=0.5", "Myopathie à némaline")],
)
def test_labels_are_in_the_language_of_the_reader(termed: httpx.Client, language: str, label: str) -> None:
    response = termed.get(ADDRESS, params={"q": "nemaline my"}, headers={"Accept-Language": language})
    assert response.json()[0]["label"] == label
    assert response.headers["Content-Language"] == language[:2]
    assert "Accept-Language" in response.headers["Vary"]


def test_the_language_of_the_address_wins(termed: httpx.Client) -> None:
    response = termed.get(ADDRESS, params={"q": "ORPHA:607", "lang": "en"}, headers={"Accept-Language": "fr"})
    assert response.json()[0]["label"] == "Nemaline myopathy"


def test_several_kinds_may_be_asked_for(termed: httpx.Client) -> None:
    both = termed.get(ADDRESS, params=[("q", "d"), ("kind", "muscle"), ("kind", "stain")]).json()
    assert {one["kind"] for one in both} == {"muscle", "stain"}


def test_no_more_than_the_limit_is_given(termed: httpx.Client) -> None:
    assert len(ask(termed, "m", limit=2)) == 2


def test_what_is_held_is_not_sent_again(termed: httpx.Client) -> None:
    first = termed.get(ADDRESS, params={"q": "ryr"})
    again = termed.get(ADDRESS, params={"q": "ryr"}, headers={"If-None-Match": first.headers["ETag"]})
    other = termed.get(ADDRESS, params={"q": "ryr1"}, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.headers["X-Muscle-Atlas-Release"]


def test_pages_of_other_sites_may_ask(termed: httpx.Client) -> None:
    response = termed.get(ADDRESS, params={"q": "ryr"}, headers={"Origin": "https://example.org"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_head_tells_what_get_would(termed: httpx.Client) -> None:
    head, get = (termed.request(method, ADDRESS, params={"q": "ryr"}) for method in ("HEAD", "GET"))
    assert head.content == b""
    assert head.headers["ETag"] == get.headers["ETag"]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"q": "x" * 201},
        {"q": "x", "limit": "0"},
        {"q": "x", "limit": "51"},
        {"q": "x", "kind": "tree"},
        {"q": "x", "lang": "de"},
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_cannot_be_asked_is_told_with_a_mend(
    termed: httpx.Client, parameters: dict[str, str], language: str
) -> None:
    response = termed.get(ADDRESS, params=parameters, headers={"Accept-Language": language})
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Content-Language"] == language
    assert response.json()["mend"]


def test_a_release_without_slices_is_searched_by_our_own_tables(server: httpx.Client) -> None:
    assert ask(server, "SEPN1", kind="gene")[0]["identifier"] == "HGNC:15999"


def test_the_release_keeps_the_slices_that_it_was_built_with(termed_data: Path) -> None:
    kept = current_release(termed_data).terms
    installed = termed_data.parent / "terms"
    assert {path.name for path in kept.iterdir()} == {path.name for path in installed.glob("*.sqlite")}
    assert all(path.samefile(installed / path.name) for path in kept.iterdir())


def test_another_update_leaves_a_release_as_it_was(termed: httpx.Client, termed_data: Path) -> None:
    installed = termed_data.parent / "terms" / "hgnc.sqlite"
    before = installed.read_bytes()
    aside = installed.with_name(".new")
    aside.write_bytes(b"something else")
    aside.replace(installed)
    try:
        assert ask(termed, "SEPN1", kind="gene")[0]["identifier"] == "HGNC:15999"
    finally:
        installed.write_bytes(before)


def test_a_slice_that_cannot_be_read_is_told(serve: Serve, termed_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(termed_data, data, symlinks=True)
    (current_release(data).terms / "ordo.sqlite").write_bytes(b"no slice" * 1000)
    with serve(data) as client:
        response = client.get(ADDRESS, params={"q": "ryr"})
        assert response.status_code == 503
        assert "ordo.sqlite" in response.json()["detail"]
        assert client.get("/readyz").status_code == 200


def test_a_slice_of_another_format_is_told(serve: Serve, termed_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(termed_data, data, symlinks=True)
    database = sqlite3.connect(current_release(data).terms / "hgnc.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with serve(data) as client:
        response = client.post("/api/reconcile", data={"queries": '{"q": {"query": "RYR1"}}'})
        assert response.status_code == 503
        assert "99" in response.json()["detail"]


def test_a_release_that_is_published_while_served_is_searched_by_its_own_slices(
    serve: Serve, termed_data: Path, tmp_path: Path, command: list[str]
) -> None:
    data, terms = tmp_path / "data", tmp_path / "terms"
    shutil.copytree(termed_data, data, symlinks=True)
    write_genes(terms)
    with serve(data) as client:
        for _ in range(5):
            assert ask(client, "nemaline myop", lang="fr")[0]["label"] == "Myopathie à némaline"
        before = client.get(ADDRESS, params={"q": "ryr"})
        records = termed_data.parent / "records.csv"
        settings = {**os.environ, "MUSCLE_ATLAS_TERMS": str(terms)}
        subprocess.run(
            [*command, "build", str(records), "--data", str(data)], check=True, capture_output=True, env=settings
        )
        after = client.get(ADDRESS, params={"q": "ryr"}, headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.headers["X-Muscle-Atlas-Release"] != before.headers["X-Muscle-Atlas-Release"]
        assert ask(client, "nemaline myop")[0]["source"].endswith(".sssom.tsv")


def test_slices_are_copied_where_links_cannot_lead(
    termed_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", elsewhere)
    installed = read_slices(termed_data.parent / "terms")
    kept = keep_terms(installed, Release(tmp_path))
    assert [one.release for one in kept] == [one.release for one in installed]
    assert not any(one.path.samefile(other.path) for one, other in zip(kept, installed, strict=True))
