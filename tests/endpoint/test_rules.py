"""Every rule on a page: why it matters, what breaks it, what passes; each dereferences as a page and as data."""

import json
import re

import httpx
import pytest

from endpoint.application import WEB
from endpoint.pages.rules import EXAMPLES, examples_of, find_example, read_sources
from etl.problems import Rules
from tests.etl.built import NAMES

RULES = {rule.rpartition("/")[2] for rule in Rules(NAMES, "en").by_iri}


def page(server: httpx.Client, path: str, language: str = "en") -> str:
    answer = server.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.status_code == 200, path
    return answer.text


def test_every_rule_is_known_with_what_it_is_written_as() -> None:
    sources = read_sources()
    assert sources.keys() == RULES
    for name, source in sources.items():
        assert source.shacl.startswith(f"rule:{name}\n") and source.shacl.endswith("."), name


def test_every_concept_has_its_words() -> None:
    words = json.loads((WEB / "words.json").read_text(encoding="utf-8"))
    assert {f"concept_{source.concept}" for source in read_sources().values()} <= words.keys()


def test_every_example_belongs_to_a_rule_and_is_shown_with_it() -> None:
    shown = {
        example.name for name, source in read_sources().items() for example in examples_of(name, source.concept)[0]
    }
    assert shown == {path.name for path in EXAMPLES.glob("*/invalid.*") if path.is_file()}


@pytest.mark.parametrize(("language", "broken"), [("en", "What breaks it"), ("fr", "Ce qui l&#39;enfreint")])
def test_the_list_leads_to_each_rule_and_a_rule_shows_its_examples(
    server: httpx.Client, language: str, broken: str
) -> None:
    listed = set(re.findall(r'href="/rule/([\w-]+)"', page(server, "/shapes", language)))
    assert listed == RULES
    told = page(server, "/rule/gene-unknown", language)
    assert broken in told and '<td class="meant">RYR9</td>' in told and "{?" not in told.partition("<pre")[0]
    assert "invalid.image-file-damaged.csv" in page(server, "/rule/image-file-damaged", language)
    assert "withoutExample" in page(server, "/rule/file-missing", language)


def test_a_rule_is_data_too(server: httpx.Client) -> None:
    for form, start in (("text/turtle", "@prefix"), ("application/ld+json", "[{")):
        answer = server.get("/rule/gene-unknown", headers={"Accept": form})
        assert answer.headers["content-type"].startswith(form) and answer.text.startswith(start)


def test_examples_are_given_as_files_and_nothing_else_is(server: httpx.Client) -> None:
    answer = server.get("/shapes/examples/file/invalid.cell-error.xlsx")
    assert answer.content == (EXAMPLES / "file" / "invalid.cell-error.xlsx").read_bytes()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert server.get("/shapes/examples/file/invalid.nothing.csv").status_code == 404
    assert find_example("..", "file.ttl") is None and find_example("file", "../../file.ttl") is None
