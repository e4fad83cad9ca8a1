"""The query editor as people use it: typed into, in a real browser that reaches nothing but the server."""

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from muscle_atlas.rooms import SHAPES
from tests.endpoint.browser import Visit, chromium, visiting
from tests.endpoint.conftest import Serve
from tests.etl.built import NAMES

HOUSE = Path(__file__).resolve().parents[2]
PICTURES = SHAPES / "examples" / "picture"
ONTOLOGY = f"PREFIX ma: <{NAMES.base}ontology#>\n"
IMAGES = (
    f"{ONTOLOGY}SELECT ?image ?gene WHERE {{ ?image a ma:Image . OPTIONAL {{ ?image ma:gene ?gene }} }} ORDER BY ?image"
)
COUNTS = 'SELECT ?name ?number WHERE { VALUES (?name ?number) { ("deltoid" 7) ("quadriceps" 12) ("soleus" -2) } }'

Open = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture(scope="module")
def atlas(serve: Serve, command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A served atlas of three photographs with pictures, and one without."""
    folder = tmp_path_factory.mktemp("editor")
    rows = (PICTURES / "valid.csv").read_text(encoding="utf-8").splitlines()
    path = folder / "records.csv"
    path.write_text("\n".join([*rows, rows[1].replace("EX-1,section.jpg", "EX-4,")]) + "\n", encoding="utf-8")
    where = ["--images", str(PICTURES / "valid"), "--data", str(folder / "data")]
    subprocess.run([*command, "build", str(path), *where], check=True, capture_output=True)
    with serve(folder / "data") as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser, atlas: httpx.Client) -> Iterator[Visit]:
    """A page of a browser; nothing that a test does makes it complain, or ask anything of another host."""
    with visiting(browser, str(atlas.base_url).rstrip("/"), locale="en-GB") as visit:
        yield visit
        assert visit.troubles == []


@pytest.fixture
def opened(browser: Browser, atlas: httpx.Client) -> Open:
    """Open pages in other ways."""
    return partial(visiting, browser, str(atlas.base_url).rstrip("/"))


def page_of(client: httpx.Client, path: str = "/sparql", **parameters: str) -> httpx.Response:
    return client.get(path, params=parameters, headers={"Accept": "text/html"})


def test_a_query_that_is_typed_gives_a_table(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/sparql")
    visit.ask('SELECT ?word WHERE { VALUES ?word { "one" "two" } } ORDER BY ?word')
    cells = visit.page.locator("table td")
    expect(cells).to_have_text(["one", "two"])
    expect(visit.page.locator(".yasr_header [role=status]")).to_contain_text("2 rows")
    expect(visit.page.get_by_role("button", name="Table")).to_have_attribute("aria-pressed", "true")


def test_photographs_are_shown_as_a_mosaic_of_their_thumbnails(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/sparql")
    visit.ask(IMAGES)
    cards = visit.page.locator(".mosaic li")
    expect(cards).to_have_count(4)
    expect(cards.locator("img")).to_have_count(3)
    expect(cards.nth(3)).to_contain_text("no picture in this release")
    visit.page.wait_for_function("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    expect(cards.first.locator("a")).to_have_attribute("href", "/image/EX-1")
    visit.page.get_by_role("button", name="Table").click()
    expect(visit.page.locator("table tbody tr")).to_have_count(4)


def test_names_and_numbers_are_drawn_as_bars(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/sparql")
    visit.ask(COUNTS)
    visit.page.get_by_role("button", name="Chart").click()
    expect(visit.page.locator(".bar-name")).to_have_text(["deltoid", "quadriceps", "soleus"])
    widths = visit.page.locator("rect.bar").evaluate_all("(bars) => bars.map((bar) => bar.getBBox().width)")
    assert widths[1] / widths[0] == pytest.approx(12 / 7, rel=0.01)
    assert widths[1] / widths[2] == pytest.approx(6, rel=0.01)


def test_the_address_carries_query_and_view_and_the_history_leads_back(visit: Visit, opened: Open) -> None:
    visit.page.goto(f"{visit.origin}/sparql?lang=fr")
    visit.ask(COUNTS)
    visit.page.get_by_role("button", name="Graphique").click()
    expect(visit.page.locator("rect.bar")).to_have_count(3)
    address = visit.page.url
    visit.ask("ASK { FILTER(false) }")
    expect(visit.page.locator(".verdict")).to_have_text("Non")
    visit.page.go_back()
    expect(visit.page.locator("rect.bar")).to_have_count(3)
    with opened() as other:
        other.page.goto(address)
        expect(other.page.locator("rect.bar")).to_have_count(3)
        expect(other.page.locator(".CodeMirror")).to_contain_text("quadriceps")
        expect(other.page.locator("html")).to_have_attribute("lang", "fr")
        assert other.troubles == []


def test_the_link_is_copied(opened: Open) -> None:
    with opened(permissions=["clipboard-read", "clipboard-write"]) as visit:
        visit.page.goto(f"{visit.origin}/sparql?lang=en")
        visit.ask(COUNTS)
        visit.page.get_by_role("button", name="Chart").click()
        visit.page.get_by_role("button", name="Copy link").click()
        expect(visit.page.get_by_role("button", name="Copied")).to_be_visible()
        copied = httpx.URL(visit.page.evaluate("navigator.clipboard.readText()"))
        assert dict(copied.params) == {"query": COUNTS, "view": "chart", "lang": "en"}
        assert visit.troubles == []


@pytest.mark.parametrize(("language", "told"), [("en", "There are more"), ("fr", "Il y en a d'autres")])
def test_an_answer_that_the_operator_cuts_is_told(
    browser: Browser, serve: Serve, example_data: Path, language: str, told: str
) -> None:
    with (
        serve(example_data, "--rows", "2") as client,
        visiting(browser, str(client.base_url).rstrip("/"), locale="en-GB") as visit,
    ):
        visit.page.goto(f"{visit.origin}/sparql?lang={language}")
        visit.ask(COUNTS)
        status = visit.page.locator(".yasr_header [role=status]")
        expect(status).to_contain_text(told)
        expect(status).to_contain_text("OFFSET 2")
        visit.ask(f"{COUNTS} OFFSET 2")
        expect(status).not_to_contain_text(told)
        assert visit.troubles == []


def test_the_dataset_that_an_address_names_is_kept(visit: Visit) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    parameters = {"query": count, "default-graph-uri": "http://example.org/it's-empty", "lang": "en"}
    visit.page.goto(str(httpx.URL(f"{visit.origin}/sparql", params=parameters)))
    expect(visit.page.locator("table td")).to_have_text("0")
    expect(visit.page.locator("#question")).to_contain_text(
        "Only these graphs are asked: http://example.org/it's-empty."
    )
    visit.ask(count)
    assert httpx.URL(visit.page.url).params["default-graph-uri"] == parameters["default-graph-uri"]
    href = visit.page.locator(".downloads a").first.get_attribute("href") or ""
    assert httpx.URL(href).params["default-graph-uri"] == parameters["default-graph-uri"]
    visit.page.get_by_text("As code").click()
    visit.page.get_by_role("button", name="curl").click()
    curl = visit.page.locator(".program").inner_text()
    ran = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout.split() == ["n", "0"], ran.stderr


def test_a_link_to_a_query_from_another_page_is_answered(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/?lang=en")
    visit.page.get_by_role("button", name="Try it").click()
    expect(visit.page.locator(".answer")).to_be_visible()


def test_terms_are_completed_by_any_of_their_names_and_their_prefix_is_declared(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/sparql?lang=fr")
    visit.page.locator(".CodeMirror").click()
    visit.page.keyboard.press("Control+A")
    visit.page.keyboard.insert_text("SELECT * WHERE {\n  ?image ")
    best = visit.page.locator(".CodeMirror-hint-active")
    typed = (
        ("ma:gen", "ma:gene", "propriété"),
        (" ryr1", "RYR1", "gène"),
        (" ; ma:muscle delto", "deltoïde", "muscle"),
    )
    for text, label, kind in typed:
        visit.page.keyboard.type(text)
        expect(best).to_contain_text(label)
        expect(best).to_contain_text(kind)
        # The list is drawn anew with each letter; who presses Enter in between chooses nothing.
        visit.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        visit.page.keyboard.press("Enter")
    visit.page.keyboard.type(" }")
    head, _, body = visit.text().partition("SELECT")
    assert "ma:gene HGNC:10483" in body
    assert re.search(r"ma:muscle UBERON:\d{7} \}", body)
    assert sorted(re.findall(r"PREFIX (\w+): <", head)) == ["HGNC", "UBERON", "ma"]


def test_keywords_are_not_taken_for_terms(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/sparql?lang=en")
    visit.page.locator(".CodeMirror").click()
    visit.page.keyboard.press("Control+A")
    visit.page.keyboard.insert_text("SELECT * WHERE {\n  ")
    visit.page.keyboard.type("FILTER")
    visit.page.keyboard.press("Enter")
    assert visit.text().split("\n")[1] == "  FILTER"


def test_the_query_as_code_asks_this_server(visit: Visit) -> None:
    query = 'SELECT ?a ?b WHERE { VALUES (?a ?b) { ("it\'s \\"so\\"" "é$HOME") } }'
    visit.page.goto(f"{visit.origin}/sparql?lang=en")
    visit.ask(query)
    visit.page.get_by_text("As code").click()
    shown = visit.page.locator(".program")
    python = shown.inner_text()
    visit.page.get_by_role("button", name="curl").click()
    expect(shown).to_contain_text("curl")
    curl = shown.inner_text()
    visit.page.get_by_role("button", name="R", exact=True).click()
    expect(shown).to_contain_text("read.csv")
    assert f"{visit.origin}/sparql?format=csv" in shown.inner_text()
    assert query in shown.inner_text()
    # As pandas: the table that the program ends with, written again.
    program = f"{python}\nprint(table.to_csv(index=False))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert 'a,b\n"it\'s ""so""",é$HOME\n' in ran.stdout, ran.stderr
    ran = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout == 'a,b\n"it\'s ""so""",é$HOME\n', ran.stderr


def test_the_answer_can_be_downloaded_in_each_form(visit: Visit, atlas: httpx.Client) -> None:
    visit.page.goto(f"{visit.origin}/sparql?lang=en")
    visit.ask(COUNTS)
    links = visit.page.locator(".downloads a")
    expect(links).to_have_text(["CSV", "TSV", "JSON", "XML"])
    with visit.page.expect_download() as download:
        links.first.click()
    assert Path(download.value.path()).read_text(encoding="utf-8").splitlines()[1] == "deltoid,7"
    visit.ask("CONSTRUCT { <http://example.org/s> <http://example.org/p> 1 } WHERE {}")
    expect(links).to_have_text(["Turtle", "N-Triples", "JSON-LD", "RDF/XML"])
    for link in links.all():
        assert atlas.get(link.get_attribute("href") or "").status_code == 200
    expect(visit.page.locator("table td").first).to_contain_text("example.org/s")


def test_a_query_that_cannot_be_read_is_marked_where_it_ends_to_be_one(opened: Open) -> None:
    with opened(locale="en-GB") as visit:
        visit.page.goto(f"{visit.origin}/sparql")
        visit.ask("SELECT * WHERE {\n  ?s ?p\n}")
        expect(visit.page.get_by_role("alert")).to_contain_text("line 3, column 2")
        expect(visit.page.locator(".wrong")).to_have_text("}")
        assert visit.page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getCursor().line") == 2
        expect(visit.page.locator(".answer")).to_be_hidden()
        # The browser itself tells that the server answered 400.
        assert all("400" in trouble for trouble in visit.troubles)


def test_a_query_can_be_stopped(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/sparql?lang=en")
    visit.ask("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    visit.page.get_by_role("button", name="Stop").click()
    expect(visit.page.locator(".bar [role=status]")).to_have_text("Stopped.")
    visit.ask("ASK {}")
    expect(visit.page.locator(".verdict")).to_have_text("Yes")


def test_what_the_answer_says_is_shown_as_it_is(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/sparql?lang=en")
    visit.ask('SELECT ?a ?b WHERE { BIND("{{ b }} <img src=x onerror=alert(1)>" AS ?a) BIND("other"@en AS ?b) }')
    expect(visit.page.locator("table td").first).to_have_text("{{ b }} <img src=x onerror=alert(1)>")


def test_questions_of_the_server_stand_in_a_menu(visit: Visit, atlas: httpx.Client) -> None:
    content = atlas.get("/api/queries").json()
    visit.page.goto(f"{visit.origin}/sparql?lang=fr")
    menu = visit.page.get_by_label("Exemples")
    for group in menu.locator("optgroup").all():
        assert group.get_attribute("label") in {tag["label"]["fr"] for tag in content["tags"]}
    expect(menu.locator("optgroup option")).to_have_count(len(content["queries"]))
    question = next(one for one in content["queries"] if one["name"] == "photographs-of-a-gene")
    menu.select_option(question["name"])
    expect(visit.page.locator(".answer")).to_be_visible()
    assert visit.text().rstrip() == question["query"].rstrip()
    assert menu.locator("option:checked").inner_text() == question["summary"]["fr"]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_its_window(opened: Open, width: int) -> None:
    with opened(viewport={"width": width, "height": 800}) as visit:
        for view, query in (("table", IMAGES), ("mosaic", IMAGES), ("chart", COUNTS), ("text", IMAGES)):
            parameters = {"query": query, "view": view, "lang": "fr"}
            visit.page.goto(str(httpx.URL(f"{visit.origin}/sparql", params=parameters)))
            expect(visit.page.locator(".yasr_results > *").first).to_be_visible()
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, view
        assert visit.troubles == []


def test_rows_are_sorted_as_numbers_and_found_by_the_names_of_their_terms(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/sparql?lang=en")
    visit.ask(COUNTS)
    cells = visit.page.locator("table tbody tr td:last-child")
    visit.page.get_by_role("columnheader", name="number").click()
    expect(cells).to_have_text(["-2", "7", "12"])
    gene = NAMES.expand("hgnc:10483")
    visit.ask(f"SELECT ?term ?n WHERE {{ VALUES (?term ?n) {{ (<{gene}> 1) (<{NAMES.base}none> 2) }} }}")
    # The table of before has such a field, too.
    expect(cells).to_have_text(["1", "2"])
    visit.page.get_by_placeholder("Filter the rows").fill("ryr1")
    expect(cells).to_have_text(["1"])


def test_everything_is_reached_by_the_keyboard(visit: Visit) -> None:
    visit.page.goto(f"{visit.origin}/sparql?lang=en")
    visit.page.locator(".CodeMirror").click()
    visit.page.keyboard.press("Control+Enter")
    expect(visit.page.locator(".answer")).to_be_visible()
    visit.page.locator(".CodeMirror").click()
    reached = []
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        reached.append(visit.page.evaluate("document.activeElement.textContent.trim()"))
    for name in ("Ask", "Copy link", "As code", "Table", "Text", "CSV"):
        assert name in reached


@pytest.mark.parametrize(("language", "words"), [("en", ("Ask", "Yes")), ("fr", ("Interroger", "Oui"))])
def test_with_scripts_off_the_form_does_the_same(opened: Open, language: str, words: tuple[str, str]) -> None:
    with opened(java_script_enabled=False) as visit:
        visit.page.goto(f"{visit.origin}/sparql?lang={language}")
        visit.page.locator("textarea").fill("ASK {}")
        visit.page.get_by_role("button", name=words[0]).click()
        expect(visit.page.locator("main .lead").last).to_have_text(words[1])
        # A link that was made with scripts leads to the same.
        visit.page.goto(f"{visit.origin}/sparql?lang={language}&query=ASK%7B%7D&view=table")
        expect(visit.page.locator("main .lead").last).to_have_text(words[1])
        assert visit.troubles == []


def test_where_the_package_was_built_without_the_editor_there_is_the_form(
    serve: Serve, example_data: Path, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = HOUSE / "endpoint"
    shutil.copytree(room, tmp_path / "endpoint", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(tmp_path / "endpoint" / "web" / "static" / "editor")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with serve(example_data) as client, visiting(browser, str(client.base_url).rstrip("/")) as visit:
        visit.page.goto(f"{visit.origin}/sparql?lang=en")
        visit.page.locator("textarea").fill("ASK {}")
        visit.page.get_by_role("button", name="Ask").click()
        expect(visit.page.locator("main .lead").last).to_have_text("Yes")
        assert visit.page.locator("script").count() == 0
        assert "script-src" not in page_of(client).headers["content-security-policy"]
        # A link with a query is answered on the server.
        assert "Yes" in page_of(client, query="ASK {}").text
        assert visit.troubles == []


def test_a_page_that_is_only_looked_at_costs_no_query(atlas: httpx.Client) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    response = page_of(atlas, query=endless)
    assert response.status_code == 200
    assert endless in html.unescape(response.text)
    assert "x-query-id" not in response.headers


def test_the_page_may_run_our_script_and_nothing_else(atlas: httpx.Client) -> None:
    policy = page_of(atlas).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    for path, parameters in (("/", {}), ("/sparql", {"query": "ASK {}", "format": "html"})):
        assert "script-src" not in page_of(atlas, path, **parameters).headers["content-security-policy"]


def completions(client: httpx.Client) -> dict[str, Any]:
    content: dict[str, Any] = client.get("/api/completions").json()
    return content


def test_what_can_be_completed_has_its_names_in_both_languages(atlas: httpx.Client) -> None:
    content = completions(atlas)
    terms = {term["iri"]: term for term in content["terms"]}
    expand = NAMES.expand
    assert terms[expand("hgnc:10483")]["labels"]["en"] == "RYR1"
    assert terms[expand("hgnc:10483")]["kind"] == "gene"
    assert {"en", "fr"} <= terms[expand("ORPHA:595")]["labels"].keys()
    assert terms[expand("ma:Image")]["kind"] == "class"
    assert terms[expand("ma:gene")]["kind"] == "property"
    assert terms[expand("stain:NADH")]["kind"] == "stain"
    assert terms[expand("rdf:type")]["kind"] == "property"
    assert content["prefixes"]["ma"] == expand("ma:")
    kinds = {term["kind"] for term in content["terms"]}
    words = json.loads((HOUSE / "endpoint" / "web" / "words.json").read_text(encoding="utf-8"))
    assert [kind for kind in sorted(kinds) if f"kind_{kind}" not in words] == []


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
def test_who_has_the_completions_is_not_sent_them_again(atlas: httpx.Client, coding: str) -> None:
    asked = {"Accept-Encoding": coding}
    first = atlas.get("/api/completions", headers=asked)
    assert first.headers.get("content-encoding", "identity") == coding
    again = atlas.get("/api/completions", headers={**asked, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_thumbnails_of_photographs_are_told(atlas: httpx.Client) -> None:
    known, bare, unknown = (NAMES.mint("image", name) for name in ("EX-1", "EX-4", "none"))
    told = atlas.get("/api/pictures", params={"image": [known, bare, unknown]}).json()
    assert list(told) == [known]
    assert atlas.get(told[known]["thumbnail"]).headers["content-type"] == "image/jpeg"
    assert told[known]["alt"]
    assert atlas.get("/api/pictures").status_code == 400
    assert atlas.get("/api/pictures", params={"image": ["x"] * 201}).status_code == 400
