"""Problems: what is wrong and what to do about it, in the language of the reader."""

import json
import re
from pathlib import Path

import httpx
import pytest

import endpoint


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
        # A place may be filled with a word of the language itself.
        places = [
            sorted(place.removesuffix(f"_{language}") for place in re.findall(r"{(\w+)}", text))
            for language, text in told.items()
        ]
        assert places[0] == places[1], told
