"""The pages for people: plain HTML in English or French, made on the server."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import jinja2
import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from endpoint.atlas import Atlas, OpenRelease
from endpoint.editor.editor import Editor
from endpoint.languages import LANGUAGES, choose_language, typeset
from endpoint.pages.cards import read_cards
from endpoint.pages.facts import read_facts, read_speakers, show_speaker
from endpoint.pages.pictures import MOST, picture_of, pictures_about
from endpoint.pages.rules import Rule, Source, examples_of, read_rules
from endpoint.pages.stains import Stain, photographs_of, query_of, read_scheme, size, top_stains, trail_of
from endpoint.pages.terms import Shown, data_links
from endpoint.queries import read_query
from endpoint.query.paging import next_address
from endpoint.security import CHECKING_POLICY, EDITOR_POLICY, HEADERS
from muscle_atlas import __version__
from muscle_atlas.questions import Question, read_catalogue, read_questions

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
        words: dict[str, dict[str, str]] = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        self._words = {
            language: {key: typeset(both[language], language) for key, both in words.items()} for language in LANGUAGES
        }
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
        cards = read_cards(images.slice(start, PER_PAGE), language, self._words[language], opened)
        return self._page(
            request,
            "home.html",
            opened=opened,
            cards=cards,
            total=images.height,
            synthetic=images["synthetic"].sum(),
            page=page,
            pages=last,
            query=opened.names.localise(read_query("example")),
        )

    def description(self, request: Request, iri: str, opened: OpenRelease) -> Response:
        """Show what the atlas says of one thing, and what speaks of it."""
        language = choose_language(request)
        title, facts = read_facts(iri, language, self._words[language], opened)
        speakers = read_speakers(iri, opened)
        return self._page(
            request,
            "description.html",
            opened=opened,
            iri=iri,
            title=title,
            facts=facts,
            speakers=[show_speaker(speaker, language, opened) for speaker in speakers[:SHOWN]],
            more=len(speakers) > SHOWN,
            links=data_links(iri, opened),
            sources=[{key: term.value for key, term in source.items()} for source in opened.select("sources", iri=iri)],
            picture=picture_of(iri, opened, language),
            pictures=pictures_about(iri, [speaker.iri for speaker in speakers], opened, language),
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
        """Show every rule, by concept."""
        rules = read_rules(opened, choose_language(request))
        concepts = {rule.concept: [one for one in rules if one.concept == rule.concept] for rule in rules}
        return self._page(request, "rules.html", opened=opened, concepts=concepts, total=len(rules))

    def rule(self, request: Request, rule: Rule, source: Source, opened: OpenRelease) -> Response:
        """Show one rule: why it matters, what to do, what breaks it and what passes, and how it is written."""
        breaking, passing = examples_of(rule.name, source.concept)
        return self._page(
            request,
            "rule.html",
            opened=opened,
            rule=rule,
            source=source,
            shacl=opened.names.localise(source.shacl),
            breaking=breaking,
            passing=passing,
            unexampled=self._unexampled(rule.iri, choose_language(request), opened),
            links=data_links(rule.iri, opened),
        )

    @staticmethod
    def _unexampled(iri: str, language: str, opened: OpenRelease) -> str | None:
        """Return why no example breaks a rule, where the shapes say so."""
        said = opened.names.expand("ma:withoutExample")
        for quad in opened.store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(said), None, None):
            if isinstance(quad.object, ox.Literal) and quad.object.language == language:
                return quad.object.value
        return None

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
        cards = read_cards(images.head(SHOWN), language, self._words[language], opened)
        return self._page(
            request,
            "stain.html",
            opened=opened,
            stain=stain,
            trail=trail_of(stain, opened),
            cards=cards,
            pictures=[card.picture for card in cards if card.picture][:MOST],
            total=images.height,
            shown=partial(Stain.shown, language=language, opened=opened),
            query=query_of(stain, opened),
            links=data_links(stain.iri, opened),
        )

    def questions(self, request: Request, opened: OpenRelease) -> Response:
        """Show every example question, by tag."""
        tags, _ = read_catalogue()
        # Under its first tag each, so that none stands there twice.
        groups = [(tag, names, [one for one in read_questions() if one.tags[0] == tag]) for tag, names in tags.items()]
        links = data_links(f"{opened.names.base}query", opened)
        return self._page(request, "questions.html", opened=opened, groups=groups, links=links)

    def question(self, request: Request, question: Question, opened: OpenRelease) -> Response:
        """Show one example question, to be asked with other values."""
        tags, _ = read_catalogue()
        iri = opened.names.mint("query", question.name)
        links = data_links(iri, opened)
        return self._page(request, "question.html", opened=opened, question=question, tags=tags, iri=iri, links=links)

    def editor(self, request: Request) -> Response:
        """Show the editor of queries, or a form where there is none, with the query of the address or an example."""
        atlas: Atlas = request.app.state.atlas
        opened = atlas.current()
        editor = self.query_editor.page(request, self._words[choose_language(request)], opened)
        query = request.query_params.get("query") or opened.names.localise(read_query("example"))
        response = self._page(request, "sparql.html", opened=opened, query=query, results=None, editor=editor)
        if editor:
            response.headers["Content-Security-Policy"] = EDITOR_POLICY
        return response

    def results(self, request: Request, query: str, table: Mapping[str, Any], opened: OpenRelease) -> Response:
        """Show the first rows of an answer under its query; ``table`` is as ``endpoint.cages.rows`` makes it."""
        shown = {
            **table,
            "rows": [[None if cell is None else Shown.of_cell(cell, opened) for cell in row] for row in table["rows"]],
        }
        following = next_address(request.scope, table)
        return self._page(
            request, "sparql.html", opened=opened, query=query, results=shown, following=following, editor=None
        )

    def validation(self, request: Request, opened: OpenRelease, most: int, forms: Sequence[str]) -> Response:
        """Show where files are dropped to be checked.

        Args:
            request: who asks.
            opened: the release whose words are known.
            most: bytes that files may have.
            forms: suffixes of the forms of reports.
        """
        language = choose_language(request)
        words = {name.removeprefix("check_"): word for name, word in self._words[language].items() if _is_check(name)}
        rules = {rule.name: rule.title for rule in read_rules(opened, language)}
        response = self._page(
            request,
            "validate.html",
            opened=opened,
            version=self.query_editor.version,
            settings={"words": words, "most": most, "forms": forms, "rules": rules},
        )
        response.headers["Content-Security-Policy"] = CHECKING_POLICY
        return response

    def preview(self, request: Request, opened: OpenRelease, **values: Any) -> Response:
        """Show a term at a glance, to be put into a page of another site."""
        return self._page(request, "preview.html", opened=opened, **values)

    def word(self, name: str, language: str) -> str:
        """Return a word of the pages."""
        return self._words[language][name]

    def problem(self, request: Request, content: Mapping[str, Any]) -> Response:
        """Show a problem."""
        atlas: Atlas = request.app.state.atlas
        response = self._page(request, "problem.html", opened=atlas.current(), problem=content)
        response.status_code = content["status"]
        return response

    def _page(self, request: Request, template: str, *, opened: OpenRelease, **values: Any) -> HTMLResponse:
        language = choose_language(request)
        words = self._words[language]
        other = next(known for known in LANGUAGES if known != language)
        chosen = f"lang={language}" if request.query_params.get("lang") in LANGUAGES else ""

        def stay(href: str) -> str:
            """Keep the language that the reader has chosen when following a link."""
            place, mark, fragment = href.partition("#")
            joined = f"{place}{'&' if '?' in place else '?'}{chosen}" if chosen else place
            return f"{joined}{mark}{fragment}"

        def number(amount: int) -> str:
            """Write a number as the language does."""
            return f"{amount:,}".replace(",", words["thousands_mark"])

        text = self._templates.get_template(template).render(
            stay=stay,
            number=number,
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


def _is_check(name: str) -> bool:
    return name.startswith("check_") or name in ("violation", "warning", "info", "mend")
