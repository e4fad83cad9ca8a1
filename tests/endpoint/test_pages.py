"""The pages as people see them: in both languages, in a real browser, with hostile records."""

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from tests.conftest import Run
from tests.endpoint.conftest import Serve

PAGES = (
    *("/", "/sparql", "/ontology", "/shapes", "/stain", "/stain/NADH", "/stain/immuno-sarcolemma", "/image/VLM-199-2"),
    *("/rule/gene-unknown", "/none"),
)


@pytest.mark.parametrize("path", PAGES)
def test_each_page_speaks_the_language_that_the_reader_wants(server: httpx.Client, path: str) -> None:
    def page(address: str, **headers: str) -> httpx.Response:
        return server.get(address, headers={"Accept": "text/html", **headers})

    french = page(path, **{"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"})
    english = page(path, **{"Accept-Language": "de,en;q=0.5"})
    assert '<html lang="fr">' in french.text
    assert "Atlas du muscle" in french.text
    assert '<html lang="en">' in english.text
    assert "Muscle Atlas" in english.text
    chosen = page(f"{path}?lang=fr", **{"Accept-Language": "en"})
    assert '<html lang="fr">' in chosen.text
    assert chosen.headers["content-language"] == "fr"
    assert "Accept-Language" in chosen.headers["vary"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("en;q=0.1, fr;q=0.2", "fr"),
        ("fr;q=nonsense", "en"),
        ("fr;q=\u00b2", "en"),
        (",,;q=", "en"),
        ("de", "en"),
        ("*", "en"),
        ("fr;q=0, en;q=0.1", "en"),
    ],
)
def test_the_header_of_languages_is_read_and_never_fails(server: httpx.Client, header: str, language: str) -> None:
    response = server.get("/", headers={b"Accept-Language": header.encode("latin-1")})
    assert response.headers["content-language"] == language


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]


@pytest.mark.parametrize("path", PAGES[:-1])
def test_every_link_of_a_page_leads_somewhere_on_this_server(server: httpx.Client, path: str) -> None:
    parser = _Links()
    parser.feed(server.get(path, headers={"Accept": "text/html"}, params={"lang": "en"}).text)
    assert parser.found
    outside = [link for link in parser.found if not link.startswith(("/", "#", "?"))]
    assert outside == [], "a page works without the rest of the web"
    broken = []
    for link in sorted(set(parser.found)):
        status = server.get(
            link if link.startswith("/") else f"{path}{link}", headers={"Accept": "text/html"}
        ).status_code
        if status != 200:
            broken.append((link, status))
    assert broken == []


def test_the_query_that_pages_offer_is_one_of_this_atlas(
    serve: Serve, run: Run, records: Callable[..., Path], tmp_path: Path
) -> None:
    base = "https://atlas.example.org/muscle/"
    path = records({"image_id": "one", "gene": "BIN1"})
    assert run("build", path, "--data", tmp_path / "data", MUSCLE_ATLAS_BASE=base).returncode == 0
    with serve(tmp_path / "data") as server:
        for address in ("/", "/sparql"):
            text = server.get(address, headers={"Accept": "text/html"}).text
            query = re.search(r"<(pre|textarea)[^>]*>(.*?)</", text, re.DOTALL)
            assert query
            answer = server.post("/sparql", data={"query": html.unescape(query[2])}, headers={"Accept": "text/csv"})
            assert answer.text.splitlines() == ["image", f"{base}image/one"], address


def test_synthetic_photographs_are_counted_apart(
    serve: Serve, run: Run, records: Callable[..., Path], tmp_path: Path
) -> None:
    path = records({"image_id": "real", "gene": "BIN1"}, {"image_id": "made-up", "gene": "BIN1", "synthetic": "yes"})
    assert run("build", path, "--data", tmp_path / "data").returncode == 0
    with serve(tmp_path / "data") as server:
        assert "Synthetic among them: 1." in server.get("/", headers={"Accept-Language": "en"}).text
        assert "Dont synthétiques\u00a0: 1." in server.get("/", headers={"Accept-Language": "fr"}).text


def test_a_hostile_record_stays_text(serve: Serve, run: Run, records: Callable[..., Path], tmp_path: Path) -> None:
    attack = "\"><script>alert('x')</script>\n\\ {{ 7*7 }} 💪"
    data = tmp_path / "data"
    path = records({"image_id": "evil", "gene": "BIN1", "caption_en": attack, "source": attack, "contributor": attack})
    assert run("build", path, "--data", data).returncode == 0
    with serve(data) as server:
        for page in ("/", "/image/evil", "/sparql?format=html&query=SELECT%20*%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D"):
            text = server.get(page, headers={"Accept": "text/html"}).text
            assert "<script>" not in text
            assert "{{ 7*7 }}" in text or page.startswith("/sparql")
        answer = server.get(
            "/sparql", params={"query": "SELECT ?c WHERE { ?i <https://schema.org/caption> ?c }"}
        ).json()
        assert answer["results"]["bindings"][0]["c"]["value"] == attack


@pytest.mark.parametrize(("page", "status"), [("1", 200), ("50", 200), ("0", 400), ("9" * 30, 400), ("x", 400)])
def test_a_strange_page_number_is_no_failure(server: httpx.Client, page: str, status: int) -> None:
    assert server.get("/", params={"page": page}).status_code == status


def test_pages_carry_a_policy_that_forbids_scripts(server: httpx.Client) -> None:
    headers = server.get("/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium here: apt-get install chromium")
    return found


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("?lang=fr", "Myopathie centronucléaire"),
        ("?lang=en", "Centronuclear myopathy"),
        ("image/VLM-199-3?lang=fr", "jonction neuromusculaire"),
        ("sparql?lang=en&format=html&query=ASK%7B%7D", "Yes"),
    ],
)
def test_a_browser_shows_the_page(server: httpx.Client, chromium: str, tmp_path: Path, path: str, shown: str) -> None:
    picture = tmp_path / "page.png"
    options = [
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"),
        f"--user-data-dir={tmp_path / 'profile'}",
        "--window-size=400,800",
    ]
    address = f"{server.base_url}{path}"
    subprocess.run(
        [chromium, *options, f"--screenshot={picture}", address], check=True, capture_output=True, timeout=90
    )
    assert picture.stat().st_size > 5_000
    dom = subprocess.run(
        [chromium, *options, "--dump-dom", address], check=True, capture_output=True, text=True, timeout=90
    ).stdout
    assert shown in dom


def test_page_of_a_linked_term_names_source_and_licence(server: httpx.Client) -> None:
    disease = server.get(
        "/about", params={"iri": "http://www.orpha.net/ORDO/Orphanet_595"}, headers={"Accept": "text/html"}
    ).text
    assert "Orphanet" in disease
    assert "CC-BY-4.0 (© INSERM)" in disease
    muscle = server.get(
        "/about", params={"iri": "http://purl.obolibrary.org/obo/UBERON_0001476"}, headers={"Accept": "text/html"}
    ).text
    assert "CC-BY-3.0" in muscle
    # French names of muscles come from elsewhere, under another licence.
    assert "CC-BY-SA-4.0 (Z-Anatomy)" in muscle
    assert "CC-BY-4.0 (© INSERM)" not in muscle
    image = server.get("/image/VLM-199-1", headers={"Accept": "text/html"}).text
    assert "Named by" not in image
