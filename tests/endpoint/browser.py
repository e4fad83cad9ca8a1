"""A real browser: Debian's Chromium, driven by Playwright, that reaches one server and nothing else."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, expect, sync_playwright

PATIENCE = 15_000
"""Milliseconds until something that does not come is missing."""
expect.set_options(timeout=PATIENCE)
OPTIONS = ("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update")


@dataclass
class Visit:
    """A page, and what went wrong on it."""

    page: Page
    origin: str
    troubles: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return what stands in the editor."""
        return str(self.page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()"))

    def ask(self, query: str) -> None:
        """Write a query into the editor in place of the one that stands there, and press the button."""
        self.page.locator(".CodeMirror").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(query)
        self.page.locator("#question button[type=submit], #question button:not([type])").click()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser: Browser, origin: str, **options: Any) -> Iterator[Visit]:
    """Open a page that may reach ``origin`` only; whatever it says to the console or asks of others is a trouble."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    visit = Visit(context.new_page(), origin)

    def pass_or_refuse(route: Route, request: Request) -> None:
        if request.url.startswith(origin):
            route.continue_()
        else:
            visit.troubles.append(f"asked {request.url}")
            route.abort()

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.troubles.append(message.text)

    context.route("**/*", pass_or_refuse)
    visit.page.on("console", note)
    visit.page.on("pageerror", lambda error: visit.troubles.append(str(error)))
    try:
        yield visit
    finally:
        context.close()
