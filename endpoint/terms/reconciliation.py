"""The Reconciliation Service API, 0.2 and 0.1, by which OpenRefine links tables with the resolver of the builds."""

import asyncio
import json
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from endpoint.atlas import Atlas, OpenRelease
from endpoint.cages.limits import Limits
from endpoint.languages import LANGUAGES, choose_language
from endpoint.pages.pages import Pages
from endpoint.pages.terms import local_link
from endpoint.problems import ProblemError
from endpoint.query.requests import FORM_TYPE, ClientGoneError, read_body, read_parameters
from endpoint.query.service import address_of
from endpoint.security import EMBEDDED_POLICY
from endpoint.terms.batches import answer_batch, read_batch, read_extension, type_of
from endpoint.terms.extension import other_names, read_properties, same_elsewhere, tell_properties
from endpoint.terms.known import KnownTerms, Term, known_terms, unreadable
from endpoint.terms.manifest import PATH, manifest
from endpoint.terms.searching import check_kinds
from muscle_atlas.folding import fold
from muscle_atlas.terms.slices import SliceError
from muscle_atlas.terms.words.kinds import read_kinds

router = APIRouter(prefix=PATH, tags=["reconciliation"])

LONGEST = 200
"""Signs of a prefix, a name or an identifier."""
PAGE = 10
"""Suggestions that are given at a time."""
FURTHEST = 90
"""Suggestions that may be left out before."""
_TURNS = asyncio.Semaphore(4)
"""Batches that are answered at a time: they take seconds, and pages are made by the same threads."""
_LIMITS = Limits(body=2**20)
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", re.ASCII)

Lang = Annotated[Literal["en", "fr"] | None, Query(description="Language of names; else Accept-Language")]
Callback = Annotated[
    str | None,
    Query(max_length=100, description="Name of a function that is called with the answer (JSONP), for clients of 0.1"),
]
Prefix = Annotated[str, Query(max_length=LONGEST, description="What has been typed")]
Cursor = Annotated[int, Query(ge=0, le=FURTHEST, description="How many suggestions are left out before")]
Identifier = Annotated[str, Query(max_length=LONGEST, description="CURIE of a term")]


@router.head("", include_in_schema=False)
@router.get("", summary="Link names to terms; without queries, the manifest of the service")
async def reconcile(
    request: Request,
    queries: Annotated[str | None, Query(description="A batch of queries (JSON)")] = None,
    extend: Annotated[str | None, Query(description="A query for properties of terms (JSON)")] = None,
    callback: Callback = None,
    lang: Lang = None,
) -> Response:
    """Answer a batch of queries with what the resolver accepts, or else with candidates."""
    del callback, lang
    if queries is None and extend is None:
        return _manifest(request)
    return await _answer(request, queries, extend)


@router.post(
    "",
    summary="Link names to terms",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                FORM_TYPE: {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "queries": {"type": "string", "description": "A batch of queries (JSON)"},
                            "extend": {"type": "string", "description": "A query for properties of terms (JSON)"},
                        },
                    }
                }
            },
        }
    },
)
async def reconcile_form(request: Request, lang: Lang = None) -> Response:
    """Answer a batch of queries, or a query for properties of terms, that is sent as a form."""
    del lang
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise ProblemError.of(415, "form-type", kind=kind, form=FORM_TYPE)
    try:
        form = dict(read_parameters(await read_body(request.receive, request.scope, _LIMITS)))
    except ClientGoneError:
        return Response(status_code=400)
    if "queries" not in form and "extend" not in form:
        raise ProblemError.of(400, "batch-missing")
    return await _answer(request, form.get("queries"), form.get("extend"))


@router.head("/suggest/entity", include_in_schema=False)
@router.get("/suggest/entity", summary="Terms as you type, for reconciliation")
def suggest_entity(
    request: Request,
    *,
    prefix: Prefix = "",
    cursor: Cursor = 0,
    type: Annotated[  # noqa: A002 - the protocol's word
        str | None, Query(max_length=LONGEST, description="Kind of the terms; all without it")
    ] = None,
    callback: Callback = None,
    lang: Lang = None,
) -> Response:
    """Give the terms that somebody may be typing."""
    del callback, lang
    opened, language = _opened(request), choose_language(request)
    kinds = [type] if type else []
    check_kinds(kinds)
    try:
        found = known_terms(opened).searches[language].find(prefix, kinds, cursor + PAGE)
    except SliceError as error:
        raise unreadable(error) from error
    result = [
        {
            "id": one.identifier,
            "name": one.label,
            "description": f"{one.name} – {one.identifier}" if one.name != one.label else one.identifier,
            "notable": [type_of(read_kinds()[one.kind], language)],
        }
        for one in found[cursor:]
    ]
    return _json(request, {"result": result}, opened)


@router.head("/suggest/type", include_in_schema=False)
@router.get("/suggest/type", summary="Kinds of terms as you type, for reconciliation")
def suggest_type(
    request: Request, prefix: Prefix = "", cursor: Cursor = 0, callback: Callback = None, lang: Lang = None
) -> Response:
    """Give the kinds whose name in either language begins so."""
    del callback, lang
    language = choose_language(request)
    kinds = (
        type_of(kind, language) for kind in read_kinds().values() if _begins(prefix, (kind.name, *kind.labels.values()))
    )
    return _json(request, {"result": list(kinds)[cursor : cursor + PAGE]}, _opened(request))


@router.head("/suggest/property", include_in_schema=False)
@router.get("/suggest/property", summary="Properties of terms as you type, for reconciliation")
def suggest_property(
    request: Request, prefix: Prefix = "", cursor: Cursor = 0, callback: Callback = None, lang: Lang = None
) -> Response:
    """Give the properties whose name in either language begins so."""
    del callback, lang
    language = choose_language(request)
    told = (one.told(language) for one in read_properties().values() if _begins(prefix, (one.id, *one.labels.values())))
    return _json(request, {"result": list(told)[cursor : cursor + PAGE]}, _opened(request))


@router.head("/properties", include_in_schema=False)
@router.get("/properties", summary="Properties that data extension tells")
def propose_properties(
    request: Request,
    type: Annotated[  # noqa: A002 - the protocol's word
        str, Query(max_length=LONGEST, description="Kind of the terms; each has the same properties")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1_000, description="Properties that are given at the most")] = 1_000,
    callback: Callback = None,
    lang: Lang = None,
) -> Response:
    """Give the properties that terms of a kind have."""
    del callback, lang
    check_kinds([type] if type else [])
    language = choose_language(request)
    told = [one.told(language) for one in read_properties().values()][:limit]
    return _json(request, {"type": type, "limit": limit, "properties": told}, _opened(request))


@router.head("/view", include_in_schema=False)
@router.get(
    "/view",
    summary="Go to a term",
    status_code=303,
    response_class=RedirectResponse,
    responses={404: {"description": "Links may name no such term"}},
)
def view(request: Request, id: Identifier, lang: Lang = None) -> Response:  # noqa: A002 - the protocol's word
    """Lead to the page of a term, or to its publisher where the release says nothing of it."""
    opened = _opened(request)
    term = _term(id, known_terms(opened))
    if not opened.knows(term.iri):
        return RedirectResponse(term.iri, 303)
    place = local_link(term.iri, opened)
    chosen = f"{'&' if '?' in place else '?'}lang={lang}" if lang else ""
    return RedirectResponse(f"{place}{chosen}", 303)


@router.head("/preview", include_in_schema=False)
@router.get(
    "/preview",
    summary="A term at a glance",
    responses={
        200: {"content": {"text/html": {}}, "description": "A page to be shown within another"},
        404: {"description": "Links may name no such term"},
    },
)
def preview(request: Request, id: Identifier, lang: Lang = None) -> Response:  # noqa: A002 - the protocol's word
    """Show what a term is called, and how often it is photographed, within a page of another site."""
    del lang
    opened = _opened(request)
    pages: Pages = request.app.state.pages
    try:
        known = known_terms(opened)
        term = _term(id, known)
        response = pages.preview(
            request,
            opened,
            term=term,
            labels={language: known.lexicon(term.kind.name, language).label(id) for language in LANGUAGES},
            names=other_names(term, known)[:PAGE],
            same=same_elsewhere(term, known)[:PAGE],
            photographs=known.photographs[id],
        )
    except SliceError as error:
        raise unreadable(error) from error
    response.headers["Content-Security-Policy"] = EMBEDDED_POLICY
    return response


def _term(identifier: str, known: KnownTerms) -> Term:
    term = known.term(identifier)
    if term is None:
        raise ProblemError.of(404, "term-unknown", identifier=identifier)
    return term


async def _answer(request: Request, queries: str | None, extension: str | None) -> Response:
    language, opened = choose_language(request), _opened(request)

    def work() -> dict[str, Any]:
        try:
            if queries is not None:
                return answer_batch(read_batch(queries), known_terms(opened), language)
            return tell_properties(*read_extension(extension or ""), known_terms(opened), language)
        except SliceError as error:
            raise unreadable(error) from error

    async with _TURNS:
        content = await run_in_threadpool(work)
    return _json(request, content, opened)


def _manifest(request: Request) -> Response:
    opened, language = _opened(request), choose_language(request)
    pages: Pages = request.app.state.pages
    chosen = request.query_params.get("lang")

    def place(path: str) -> str:
        return address_of(request, path, opened)

    content = manifest(opened, pages.word("atlas", language), language, chosen, place)
    return _json(request, content, opened)


def _json(request: Request, content: dict[str, Any], opened: OpenRelease) -> Response:
    """Return an answer as JSON, or as a call of the function that a client of 0.1 names (JSONP)."""
    body, media_type = json.dumps(content, ensure_ascii=True, separators=(",", ":")), "application/json"
    if callback := request.query_params.get("callback"):
        if not _CALLBACK.fullmatch(callback):
            raise ProblemError.of(400, "callback-wrong", name=callback[:100])
        # The comment keeps the first bytes from being those of another format.
        body, media_type = f"/**/{callback}({body});", "text/javascript"
    headers = {
        "Cache-Control": "public, no-cache",
        "Vary": "Accept-Language",
        "Content-Language": choose_language(request),
        "X-Muscle-Atlas-Release": opened.release.version,
    }
    return Response(body, headers=headers, media_type=media_type)


def _begins(prefix: str, names: Iterable[str]) -> bool:
    key = fold(prefix)
    return any(word.startswith(key) for name in names for word in (fold(name), *fold(name).split()))


def _opened(request: Request) -> OpenRelease:
    atlas: Atlas = request.app.state.atlas
    return atlas.current()
