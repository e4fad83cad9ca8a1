"""The pages for people: plain HTML in English or French, made on the server."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from endpoint.atlas import Atlas, OpenRelease, Solution
from endpoint.queries import read_query
from muscle_atlas import __version__

router = APIRouter()

LANGUAGES = ("en", "fr")
PER_PAGE = 60
"""Photographs on one page of the list."""
SHOWN = 100
"""Things that speak of another that a page lists; the query asks for one more."""
ROWS = 1_000
"""Rows of an answer that a page shows; every other form gives all."""


@router.head("/", include_in_schema=False)
@router.get("/", summary="The photographs", response_class=HTMLResponse)
def home(request: Request, page: int = 1) -> Response:
    """Show the photographs, page by page."""
    atlas: Atlas = request.app.state.atlas
    pages: Pages = request.app.state.pages
    return pages.home(request, atlas.current(), max(page, 1))


class Pages:
    """Every page, in both languages."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that holds ``templates/`` and ``words.json``."""
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
        start = (page - 1) * PER_PAGE
        cards = [_card(row, language, opened) for row in images.slice(start, PER_PAGE).iter_rows(named=True)]
        return self._page(
            request,
            "home.html",
            opened=opened,
            cards=cards,
            total=images.height,
            page=page,
            pages=max(1, -(-images.height // PER_PAGE)),
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
            _drop_other_language(values, language)
        spoken = opened.select("incoming", iri=iri)
        speakers = [
            (opened.label(solution["predicate"].value, language), Shown.of(solution["subject"], opened))
            for solution in spoken[:SHOWN]
        ]
        properties = sorted(
            (
                (opened.label(predicate, language), predicate, list(values.values()))
                for predicate, values in told.items()
            ),
            key=lambda entry: (entry[1].endswith("#type"), entry[0]),
        )
        return self._page(
            request,
            "description.html",
            opened=opened,
            iri=iri,
            title=_best_label(opened.select("labels", iri=iri), language) or _title(iri, told, opened, language),
            properties=properties,
            speakers=speakers,
            more=len(spoken) > SHOWN,
            links=data_links(iri, opened),
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

    def editor(self, request: Request) -> Response:
        """Show a form for queries."""
        atlas: Atlas = request.app.state.atlas
        return self._page(request, "sparql.html", opened=atlas.current(), query=read_query("example"), results=None)

    def results(
        self,
        request: Request,
        query: str,
        results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
        opened: OpenRelease,
    ) -> bytes:
        """Return the page that shows an answer under its query, at most ``ROWS`` rows of it."""
        if isinstance(results, ox.QueryBoolean):
            table: dict[str, Any] = {"boolean": bool(results), "heads": [], "rows": [], "more": False}
        else:
            heads = (
                [variable.value for variable in results.variables]
                if isinstance(results, ox.QuerySolutions)
                else ["subject", "predicate", "object"]
            )
            rows = []
            more = False
            for number, row in enumerate(results):
                if number == ROWS:
                    more = True
                    break
                cells = [row[head] for head in heads] if isinstance(row, ox.QuerySolution) else list(row)
                rows.append([None if cell is None else Shown.of(cell, opened) for cell in cells])
            table = {"boolean": None, "heads": heads, "rows": rows, "more": more}
        return bytes(self._page(request, "sparql.html", opened=opened, query=query, results=table).body)

    def problem(self, request: Request, content: Mapping[str, Any]) -> Response:
        """Show a problem."""
        atlas: Atlas = request.app.state.atlas
        response = self._page(request, "problem.html", opened=atlas.current(), problem=content)
        response.status_code = content["status"]
        return response

    def _page(self, request: Request, template: str, *, opened: OpenRelease, **values: Any) -> HTMLResponse:
        language = choose_language(request)
        words = {key: both[language] for key, both in self._words.items()}
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
                "Vary": "Accept, Accept-Language",
                "Content-Language": language,
                "X-Muscle-Atlas-Release": opened.release.version,
            },
        )


class Shown:
    """A term as a page shows it: text, and where it leads."""

    def __init__(self, text: str, href: str | None, note: str = "", language: str | None = None) -> None:
        self.text = text
        self.href = href
        self.note = note
        self.language = language
        self._labels: dict[str, str] = {}

    @classmethod
    def of(cls, term: object, opened: OpenRelease) -> "Shown":
        """Return how a term is shown."""
        if isinstance(term, ox.NamedNode):
            return cls(_short_name(term.value, opened), local_link(term.value, opened))
        if isinstance(term, ox.Literal):
            return cls(term.value, None, "", term.language)
        return cls(str(term), None)

    def add_label(self, label: ox.Literal, language: str) -> None:
        """Show a label in place of the CURIE, which becomes the note."""
        if not self._labels:
            self.note = self.text
        self._labels[label.language or ""] = label.value
        for known in (language, "en", "", *sorted(self._labels)):
            if known in self._labels:
                self.text = self._labels[known]
                return


def choose_language(request: Request) -> str:
    """Return the language of a page: parameter ``lang``, else the browser's, else English."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return asked
    header = request.headers.get("accept-language", "")
    ranked = sorted(
        (
            (
                -float(quality) if (quality := part.partition(";q=")[2]).replace(".", "", 1).isdigit() else -1.0,
                order,
                part,
            )
            for order, part in enumerate(header.split(","))
        )
    )
    for _, _, part in ranked:
        tag = part.partition(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return "en"


def local_link(iri: str, opened: OpenRelease) -> str:
    """Return where this server describes an IRI, whatever host it runs on."""
    base = opened.names.base
    if iri.startswith(base):
        return "/" + quote(iri.removeprefix(base), safe="/:@!$&'()*+,;=~#%")
    return f"/about?iri={quote(iri, safe='')}"


def data_links(iri: str, opened: OpenRelease) -> list[tuple[str, str]]:
    """Return name and address of each form in which the data of a page can be had."""
    return [
        (name, f"{local_link(iri, opened)}.{suffix}")
        for name, suffix in (("Turtle", "ttl"), ("JSON-LD", "jsonld"), ("N-Triples", "nt"), ("RDF/XML", "rdf"))
        if iri.startswith(opened.names.base) and "#" not in iri
    ]


def _short_name(iri: str, opened: OpenRelease) -> str:
    """Return the CURIE of an IRI; of our own things without prefix, as in ``image/VLM-199-1``."""
    return opened.names.compress(iri).removeprefix("atlas:")


def _title(iri: str, told: Mapping[str, Mapping[str, "Shown"]], opened: OpenRelease, language: str) -> str:
    """Return what a thing without name is called: its class and the last part of its IRI."""
    for predicate, values in told.items():
        if predicate.endswith("#type"):
            for kind in values:
                label = opened.label(kind.strip("<>"), language)
                if ":" not in label:
                    return f"{label[:1].upper()}{label[1:]} {iri.rstrip('/').rpartition('/')[2]}"
    return _short_name(iri, opened)


def _card(row: Mapping[str, Any], language: str, opened: OpenRelease) -> dict[str, Any]:
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
        "years": row["age_years"],
        "sex": labels("sex"),
        "caption": row[f"caption_{language}"] or row["caption_fr"] or row["caption_en"],
        "synthetic": row["synthetic"],
    }


def _drop_other_language(values: dict[str, Shown], language: str) -> None:
    """Keep texts in the language of the page where there are any, every text otherwise."""
    spoken = {shown.language for shown in values.values() if shown.language}
    if language in spoken:
        for key in [key for key, shown in values.items() if shown.language not in (language, None)]:
            del values[key]


def _best_label(solutions: Iterable[Solution], language: str) -> str | None:
    labels = {
        label.language or "": label.value
        for solution in solutions
        if isinstance(label := solution["label"], ox.Literal)
    }
    return next((labels[known] for known in (language, "en", "", *sorted(labels)) if known in labels), None)
