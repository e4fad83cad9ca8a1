"""The page that checks files as people use it: a file dropped, a suggestion taken, the corrected file brought home."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.endpoint.browser import Visit, chromium, visiting
from tests.etl.built import COMPLETE, write_table

Open = Callable[..., AbstractContextManager[Visit]]
LONG = 60_000
"""Milliseconds for a check."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def opened(browser: Browser, server: httpx.Client) -> Open:
    return partial(visiting, browser, str(server.base_url).rstrip("/"))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Three rows, of which two name no muscle and one no gene."""
    wrong = [{"muscle": "deltiod"}, {"muscle": "deltiod", "gene": "BIN11"}, {}]
    rows = [{"image_id": f"T-{number}"} | COMPLETE | one for number, one in enumerate(wrong, start=1)]
    return write_table(tmp_path / "records.csv", rows, separator=";")


def drop(page: Page, path: Path) -> None:
    """Let a file fall on the page, as from a folder beside the browser."""
    page.evaluate(
        """([name, text]) => {
          const data = new DataTransfer();
          data.items.add(new File([text], name));
          const place = document.querySelector('.drop');
          for (const kind of ['dragenter', 'dragover', 'drop'])
            place.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
        }""",
        [path.name, path.read_bytes().decode()],
    )
    expect(page.locator("#verdict")).to_be_visible(timeout=LONG)


def test_what_is_dropped_is_corrected_with_a_click_checked_again_and_downloaded(opened: Open, table: Path) -> None:
    with opened(locale="en-GB", accept_downloads=True) as visit:
        page = visit.page
        page.goto(f"{visit.origin}/validate")
        drop(page, table)
        expect(page.locator("#verdict")).to_have_text("2 of 3 rows would be left out.")
        muscles = page.locator("[data-rule=muscle-unknown] .cause")
        expect(muscles).to_have_count(1)
        muscles.get_by_role("button", name="deltoid", exact=True).click()
        expect(page.get_by_text("2 cells corrected")).to_be_visible()
        page.get_by_role("button", name="Table", exact=True).click()
        gene = page.locator("td.violation").get_by_role("button", name=re.compile("BIN11"))
        gene.focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Write …").click()
        page.get_by_label("Text of the cell").fill("BIN1")
        page.keyboard.press("Enter")
        expect(page.locator("td.written")).to_have_count(3)
        page.get_by_role("button", name="Check again").click()
        expect(page.locator("#verdict")).to_contain_text("Photographs ready to be published: 3", timeout=LONG)
        with page.expect_download() as downloading:
            page.get_by_role("button", name="Download records.csv").click()
        corrected = Path(downloading.value.path()).read_bytes()
        assert corrected == table.read_bytes().replace(b"deltiod", b"deltoid").replace(b"BIN11", b"BIN1")
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
        assert visit.troubles == []


def test_the_page_speaks_french_filters_and_leads_to_the_rules(opened: Open, table: Path) -> None:
    with opened(locale="fr-FR", viewport={"width": 390, "height": 800}) as visit:
        page = visit.page
        page.goto(f"{visit.origin}/validate")
        page.set_input_files("input[type=file]", table)
        expect(page.locator("#verdict")).to_have_text("Lignes qui seraient écartées : 2 sur 3.", timeout=LONG)
        page.get_by_label("Chercher dans le rapport").fill("BIN11")
        expect(page.locator(".cause")).to_have_count(1)
        assert page.locator(".rule h3 a").get_attribute("href") == "/rule/gene-unknown?lang=fr"
        page.get_by_role("button", name=re.compile("à corriger")).click()
        expect(page.locator(".cause")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert visit.troubles == []


RECENT = """
for (const [owner, names] of [
  [Map, ['groupBy']], [Object, ['groupBy', 'hasOwn']], [Promise, ['withResolvers']], [self, ['structuredClone']],
  [Array.prototype, ['at', 'findLast', 'findLastIndex', 'toReversed', 'toSorted', 'toSpliced', 'with']],
  [String.prototype, ['at', 'isWellFormed']], [Set.prototype, ['union', 'difference', 'intersection']],
  [AbortSignal, ['any', 'timeout']], [Iterator.prototype, ['map', 'filter', 'some', 'find', 'reduce', 'toArray']],
]) for (const name of names) delete owner[name];
"""
"""Takes away what the browsers of autumn 2021 do not have."""


def test_browsers_of_five_years_ago_show_the_report(opened: Open, table: Path) -> None:
    with opened(locale="en-GB") as visit:
        page = visit.page
        page.add_init_script(RECENT)
        page.goto(f"{visit.origin}/validate")
        drop(page, table)
        expect(page.locator("[data-rule=muscle-unknown] .cause")).to_have_count(1)
        page.locator("[data-view=rows]").click()
        expect(page.get_by_role("heading", name=re.compile("row 2"))).to_be_visible()
        page.get_by_role("button", name="Table", exact=True).click()
        expect(page.locator("td.violation")).to_have_count(3)
        assert visit.troubles == []


def test_what_cannot_be_checked_is_told_on_the_page(opened: Open, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (50 * 2**20 + 1))
    with opened(locale="en-GB") as visit:
        page = visit.page
        page.goto(f"{visit.origin}/validate")
        page.set_input_files("input[type=file]", large)
        expect(page.get_by_role("alert")).to_contain_text("more than 50 MB")


def test_without_scripts_a_form_gives_the_report(opened: Open, table: Path) -> None:
    with opened(locale="en-GB", java_script_enabled=False) as visit:
        page = visit.page
        page.goto(f"{visit.origin}/validate")
        page.set_input_files("input[type=file]", table)
        page.get_by_role("button", name="Check", exact=True).click(timeout=LONG)
        expect(page.locator("body")).to_contain_text("deltiod", timeout=LONG)
