"""What is pseudonymous is called nothing better, in the repository and on pages; the policy is written down."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from etl.privacy.summary import POLICY, QUASI_IDENTIFIERS, RISKS, Summary

HOUSE = Path(__file__).resolve().parents[2]
ROOMS = (
    "benchmarks",
    "docs",
    "endpoint",
    "etl",
    "examples",
    "mappings",
    "muscle_atlas",
    "ontology",
    "scripts",
    "shapes",
)
MADE = {"node_modules", "static", "__pycache__"}
"""Folders of what others wrote, or what is made."""
TOO_MUCH = re.compile(r"(?<!nœud )(?<!nœuds )\banonym\w*", re.IGNORECASE)
"""The word, but for the French one for blank nodes of RDF."""
PRIVACY = (HOUSE / "docs" / "privacy.md").read_text(encoding="utf-8")


def _texts() -> Iterator[Path]:
    yield from HOUSE.glob("*.md")
    for room in ROOMS:
        for path in (HOUSE / room).rglob("*"):
            if path.is_file() and not MADE & set(path.parts) and path.name != "package-lock.json":
                yield path


def test_nothing_of_ours_promises_more_than_pseudonyms() -> None:
    told = {}
    for path in _texts():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if found := TOO_MUCH.findall(text):
            told[str(path.relative_to(HOUSE))] = found
    assert told == {}


@pytest.mark.parametrize("path", ["/", "/shapes", "/ontology", "/image/VLM-199-2", "/release"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_promises_more_than_pseudonyms(server: httpx.Client, path: str, language: str) -> None:
    page = server.get(path, params={"lang": language}, headers={"Accept": "text/html"})
    assert TOO_MUCH.findall(page.text) == []


def test_the_policy_is_written_down() -> None:
    assert f"`{POLICY}`" in PRIVACY
    told = Summary().as_json()
    for key in (*told, *QUASI_IDENTIFIERS, *RISKS):
        assert f"`{key}`" in PRIVACY, key
