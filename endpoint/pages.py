"""The pages for people: plain HTML in English or French, made on the server."""

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import jinja2
import polars as pl
import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from endpoint.ages import tell_age
from endpoint.atlas import Atlas, OpenRelease
from endpoint.languages import LANGUAGES, choose_language
from endpoint.pictures import MOST, Picture, picture_of, pictures_about
from endpoint.queries import read_query
from endpoint.query.editor import Editor
from endpoint.security import EDITOR_POLICY, HEADERS
from endpoint.stains import Stain, photographs_of, query_of, read_scheme, size, top_stains, trail_of
from endpoint.terms import Shown, best_label, data_links, drop_other_language, local_link, title
from muscle_atlas import __version__

router = APIRouter()

PER_PAGE = 60
"""Photographs on one page of the list."""
SHOWN = 100
"""Things that speak of another that a page lists; the query asks for one more."""


@router.head("/", include_in_schema=False)
@router.get("/", summary="The photographs", response_class=HTMLResponse)
def home(request: Request, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1) -> Response:
    """Show the photographs, page by page."""
    atlas: Atlas = request.app.state.atlas
    pages: Pages = request.app.state.pages
    return pages.home(request, atlas.current(), page)


class Pages:
    """Every page, in both languages."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that holds ``templates/``, ``static/`` and ``words.json``."""
        self.query_editor = Editor(folder / "static" / "editor")
        self._words: dict[str, dict[str, str]] = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def home(self, request: Request, opened: OpenRelease, page: int) -> Response:
        """Show one page of photographs, and what the atlas is."""
        language = choose_language(request)
        images = opened.images
        last = max(1, -(-images.height // PER_PAGE))
        page = min(page, last)
        start = (page - 1) * PER_PAGE
        cards = self._cards(images.slice(start, PER_PAGE), language, opened)
        return self._page(
            request,
            "home.html",
            opened=opened,
            cards=cards,
            total=images.height,
            page=page,
            pages=last,
            query=read_query("example"),
        )

    def description(self, request: Request, iri: str, opened: OpenRelease) -> Response:
        """Show what the atlas says of one thing, and what speaks of it."""
        language = choose_language(request)
        told: dict[str, dict[str, Shown]] = defaultdict(dict)
        for solution in opened.select("outgoing", iri=iri):
            predicate, target = solution["predicate"].value, solution["object"]
            shown = Shown.of(target, opened)
            known = told[predicate].setdefault(str(target), shown)
            if isinstance(label := solution.get("label"), ox.Literal):
                known.add_label(label, language)
        for values in told.values():
            drop_other_language(values, language)
        spoken = sorted(opened.select("incoming", iri=iri), key=lambda s: (s["predicate"].value, s["subject"].value))
        speakers = [
            (opened.label(solution["predicate"].value, language), _named(solution["subject"], language, opened))
            for solution in spoken[:SHOWN]
        ]
        properties = sorted(
            (
                (opened.label(predicate, language), predicate, list(values.values()))
                for predicate, values in told.items()
            ),
            key=lambda entry: (entry[1].endswith("#type"), entry[0].casefold()),
        )
        return self._page(
            request,
            "description.html",
            opened=opened,
            iri=iri,
            title=best_label(opened.select("labels", iri=iri), language) or title(iri, told, opened, language),
            properties=properties,
            speakers=speakers,
            more=len(spoken) > SHOWN,
            links=data_links(iri, opened),
            picture=picture_of(iri, opened, language),
            pictures=pictures_about(iri, [speaker["subject"].value for speaker in spoken], opened, language),
        )

    def ontology(self, request: Request, opened: OpenRelease) -> Response:
        """Show the classes and properties."""
        language = choose_language(request)
        terms: dict[str, dict[str, str]] = {}
        for solution in opened.select("terms"):
            label = solution["label"]
            if isinstance(label, ox.Literal) and label.language == language:
                terms[solution["term"].value] = {
                    key: opened.names.compress(term.value) if isinstance(term, ox.NamedNode) else term.value
                    for key, term in solution.items()
                }
        return self._page(request, "ontology.html", opened=opened, terms=terms)

    def rules(self, request: Request, opened: OpenRelease) -> Response:
        """Show every rule."""
        language = choose_language(request)
        rules = [
            {key: term.value for key, term in solution.items()}
            for solution in opened.select("rules")
            if isinstance(name := solution["name"], ox.Literal) and name.language == language
        ]
        return self._page(request, "rules.html", opened=opened, rules=rules)

    def stains(self, request: Request, opened: OpenRelease) -> Response:
        """Show the scheme of stains, to read and to cite."""
        language = choose_language(request)
        scheme, tops = read_scheme(opened), top_stains(opened, language)
        return self._page(
            request,
            "stains.html",
            opened=opened,
            scheme=scheme,
            tops=tops,
            total=sum(map(size, tops)),
            size=size,
            shown=partial(Stain.shown, language=language, opened=opened),
            links=[*data_links(scheme.iri, opened), ("CSV", "/stain.csv")],
        )

    def stain(self, request: Request, stain: Stain, opened: OpenRelease) -> Response:
        """Show one stain, and the photographs in it."""
        language = choose_language(request)
        images = photographs_of(stain, opened)
        cards = self._cards(images.head(SHOWN), language, opened)
        return self._page(
            request,
            "stain.html",
            opened=opened,
            stain=stain,
            trail=trail_of(stain, opened),
            cards=cards,
            pictures=[card["picture"] for card in cards if card["picture"]][:MOST],
            total=images.height,
            shown=partial(Stain.shown, language=language, opened=opened),
            query=query_of(stain, opened),
            links=data_links(stain.iri, opened),
        )

    def editor(self, request: Request) -> Response:
        """Show the editor of queries, or a form where there is none, with the query of the address or an example."""
        atlas: Atlas = request.app.state.atlas
        opened = atlas.current()
        editor = self.query_editor.page(request, self._words_of(choose_language(request)), opened)
        query = request.query_params.get("query") or opened.names.localise(read_query("example"))
        response = self._page(request, "sparql.html", opened=opened, query=query, results=None, editor=editor)
        if editor:
            response.headers["Content-Security-Policy"] = EDITOR_POLICY
        return response

    def results(self, request: Request, query: str, table: Mapping[str, Any], opened: OpenRelease) -> Response:
        """Show the first rows of an answer under its query; ``table`` is as ``endpoint.query.rows`` makes it."""
        shown = {
            **table,
            "rows": [[None if cell is None else Shown.of_cell(cell, opened) for cell in row] for row in table["rows"]],
        }
        return self._page(request, "sparql.html", opened=opened, query=query, results=shown, editor=None)

    def problem(self, request: Request, content: Mapping[str, Any]) -> Response:
        """Show a problem."""
        atlas: Atlas = request.app.state.atlas
        response = self._page(request, "problem.html", opened=atlas.current(), problem=content)
        response.status_code = content["status"]
        return response

    def _cards(self, images: pl.DataFrame, language: str, opened: OpenRelease) -> list[dict[str, Any]]:
        words = self._words_of(language)
        return [_card(row, language, words, opened) for row in images.iter_rows(named=True)]

    def _words_of(self, language: str) -> dict[str, str]:
        return {key: both[language] for key, both in self._words.items()}

    def _page(self, request: Request, template: str, *, opened: OpenRelease, **values: Any) -> HTMLResponse:
        language = choose_language(request)
        words = self._words_of(language)
        other = next(known for known in LANGUAGES if known != language)
        chosen = f"lang={language}" if request.query_params.get("lang") in LANGUAGES else ""

        def stay(href: str) -> str:
            """Keep the language that the reader has chosen when following a link."""
            place, mark, fragment = href.partition("#")
            joined = f"{place}{'&' if '?' in place else '?'}{chosen}" if chosen else place
            return f"{joined}{mark}{fragment}"

        text = self._templates.get_template(template).render(
            stay=stay,
            words=words,
            language=language,
            other=other,
            other_url=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
            release=opened.release.version,
            base=opened.names.base,
            program=__version__,
            **values,
        )
        return HTMLResponse(
            text,
            headers={
                **HEADERS,
                "Vary": "Accept, Accept-Language",
                "Content-Language": language,
                "X-Muscle-Atlas-Release": opened.release.version,
            },
        )


def _named(term: ox.Literal | ox.NamedNode, language: str, opened: OpenRelease) -> Shown:
    """Return how a thing is shown under its name."""
    shown = Shown.of(term, opened)
    for solution in opened.select("labels", iri=term.value):
        if isinstance(label := solution["label"], ox.Literal):
            shown.add_label(label, language)
    return shown


def _card(row: Mapping[str, Any], language: str, words: Mapping[str, str], opened: OpenRelease) -> dict[str, Any]:
    def labels(column: str) -> list[str]:
        own, other = (row[f"{column}_label_{code}"] for code in (language, "en" if language == "fr" else "fr"))
        if isinstance(row[column], list):
            pairs = zip(own, other, row[column], strict=True)
            return [first or second or opened.names.compress(iri) for first, second, iri in pairs]
        return [own or other or opened.names.compress(row[column])] if row[column] else []

    return {
        "href": local_link(row["image"], opened),
        "image_id": row["image_id"],
        "disease": labels("disease"),
        "gene": labels("gene"),
        "muscle": labels("muscle"),
        "stain": labels("stain") or labels("technique"),
        "age": tell_age(row, words),
        "sex": labels("sex"),
        "caption": row[f"caption_{language}"] or row["caption_fr"] or row["caption_en"],
        "synthetic": row["synthetic"],
        "picture": Picture.of(row, language, opened),
    }
