"""The report as a page, in a real browser: it asks nothing of anybody, runs nothing of a cell, and filters."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from etl.problems import Rules
from etl.reports.forms import Dossier, write_reports
from etl.reports.page import MOST
from etl.reports.report import Report
from tests.endpoint.browser import Visit, chromium, visiting
from tests.etl.built import NAMES
from tests.reports.told import MARKUP, Reports


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser, english: Reports) -> Iterator[Visit]:
    address = english.path(".html").as_uri()
    with visiting(browser, address, color_scheme="dark") as opened:
        opened.page.goto(address)
        yield opened


def test_a_page_says_what_is_wrong_and_runs_nothing_of_a_cell(visit: Visit, english: Reports) -> None:
    page = visit.page
    assert MARKUP in page.locator("bdi.value").all_inner_texts()
    assert page.title().startswith("What is wrong with the records")
    first = page.locator("article").first
    for text in ("row 3", "gene", "BIN11", "No gene is called “BIN11”", "write BIN1"):
        expect(first).to_contain_text(text)
    expect(first.locator("a.rule")).to_have_attribute("href", NAMES.mint("rule", "gene-unknown"))
    assert page.locator("article").count() == len(english.problems)
    assert visit.troubles == []


def test_a_page_counts_as_the_json_does(visit: Visit, english: Reports) -> None:
    rows = visit.page.locator("tbody tr")
    counted = [tuple(row.locator("td.number").all_inner_texts()) for row in rows.all()]
    assert counted == [(str(line["causes"]), str(line["rows"])) for line in english.json["summary"]]


def test_a_page_filters_by_severity_and_rule(visit: Visit, english: Reports) -> None:
    page = visit.page
    page.get_by_label("rule", exact=True).select_option("gene-unknown")
    wanted = [problem for problem in english.problems if problem["rule"].endswith("/gene-unknown")]
    expect(page.locator("#matching")).to_have_text(str(len(wanted)))
    assert page.locator("article:visible").count() == len(wanted)
    page.get_by_label("severity", exact=True).select_option("warning")
    expect(page.locator("#matching")).to_have_text("0")
    page.get_by_role("link", name="unknown finding").click()
    expect(page.locator("article:target")).to_be_visible()
    assert visit.troubles == []


def test_a_page_is_shown_without_scripts(browser: Browser, french: Reports) -> None:
    address = french.path(".html").as_uri()
    with visiting(browser, address, java_script_enabled=False) as visit:
        visit.page.goto(address)
        assert visit.page.locator("html").get_attribute("lang") == "fr"
        assert visit.page.locator("article:visible").count() == len(french.problems)
        expect(visit.page.locator("#filter")).to_be_hidden()


def test_a_page_names_no_address_that_a_browser_would_ask(english: Reports) -> None:
    text = english.path(".html").read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"<(?:img|link|iframe|object|audio|video|form)\b|\bsrc=|@import|url\(", text)


def test_a_page_of_too_many_problems_shows_the_first_of_each_rule(tmp_path: Path) -> None:
    rules = Rules(NAMES, "en")
    names = ("finding-unknown", "gene-unknown", "muscle-unknown")
    problems = [rules[names[n % 2]].tell(file="a.csv", row=n + 2, value=f"v{n}") for n in range(100_000)]
    problems += [rules[names[2]].tell(file="a.csv", row=100_002, value="rare")]
    write_reports(Dossier(Report(problems=problems), (Path("a.csv"),), rules), [tmp_path / "report.html"])
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert MOST - 10 < text.count("<article") <= MOST
    assert f"of {len(problems)} problems" in text
    assert "rare" in text
    assert len(text) < 5_000_000
