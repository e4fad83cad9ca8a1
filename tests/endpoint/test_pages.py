"""The pages as people see them: in both languages, in a real browser, with hostile records."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

import endpoint
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


def test_synthetic_photographs_are_counted_apart(
    serve: Serve, run: Run, records: Callable[..., Path], tmp_path: Path
) -> None:
    path = records({"image_id": "real", "gene": "BIN1"}, {"image_id": "made-up", "gene": "BIN1", "synthetic": "yes"})
    assert run("build", path, "--data", tmp_path / "data").returncode == 0
    with serve(tmp_path / "data") as server:
        assert "Synthetic among them: 1." in server.get("/", headers={"Accept-Language": "en"}).text
        assert "Dont synthétiques\u00a0: 1." in server.get("/", headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize(
    ("path", "title", "detail"),
    [
        ("/none", "404 Introuvable", "ne dit rien de"),
        ("/mappings/none", "404 Introuvable", "pas de table"),
        ("/stain.xyz", "404 Introuvable", "pas de forme .xyz"),
        ("/?page=0", "400 Demande incorrecte", "Corrigez le paramètre"),
        (f"/media/ab/{'ab' * 32}.jpg", "404 Introuvable", "pas d&#39;image"),
    ],
)
def test_what_is_wrong_is_told_in_french_where_french_is_wanted(
    server: httpx.Client, path: str, title: str, detail: str
) -> None:
    text = server.get(path, headers={"Accept": "text/html", "Accept-Language": "fr"}).text
    assert f"<h1>{title}</h1>" in text
    assert detail in text
    document = server.get(path, headers={"Accept-Language": "fr"})
    assert document.headers["content-type"] == "application/problem+json"
    assert document.headers["content-language"] == "fr"
    assert document.json()["title"] == title[4:]
    assert server.get(path).json()["title"] in ("Not Found", "Bad Request")


def test_every_problem_is_known_in_both_languages() -> None:
    texts = json.loads((Path(endpoint.__file__).parent / "problems.json").read_text(encoding="utf-8"))
    titles = texts.pop("titles")
    both = [*titles.values(), *(text[part] for text in texts.values() for part in ("detail", "mend"))]
    for told in both:
        assert sorted(told) == ["en", "fr"]
        places = [sorted(re.findall(r"{(\w+)}", text)) for text in told.values()]
        assert places[0] == places[1], told


def test_a_hostile_record_stays_text(serve: Serve, run: Run, records: Callable[..., Path], tmp_path: Path) -> None:
    attack = "\"><script>alert('x')</script>\n\\ {{ 7*7 }} 💪"
    data = tmp_path / "data"
    path = records({"image_id": "evil", "gene": "BIN1", "caption_en": attack, "source": attack, "contributor": attack})
    assert run("build", path, "--data", data).returncode == 0
    with serve(data) as server:
        for page in ("/", "/image/evil", "/sparql?query=SELECT%20*%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D"):
            text = server.get(page, headers={"Accept": "text/html"}).text
            assert "<script" not in text
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
        ("sparql?lang=en&query=ASK%7B%7D", "Yes"),
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
