"""Glances of the Reconciliation API: the page of a term, and what is shown of it within the page of another site."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from endpoint.atlas import OpenRelease
from endpoint.languages import LANGUAGES
from endpoint.pages.pages import Pages
from endpoint.pages.terms import local_link
from endpoint.problems import ProblemError
from endpoint.security import EMBEDDED_POLICY
from endpoint.terms.exchanges import LONGEST, Lang, opened_of
from endpoint.terms.extension import other_names, same_elsewhere
from endpoint.terms.known import KnownTerms, Term
from endpoint.terms.manifest import PATH
from endpoint.terms.readers import Readers

router = APIRouter(prefix=PATH, tags=["reconciliation"])

NAMES = 10
"""Names that are shown of a term."""

Identifier = Annotated[str, Query(max_length=LONGEST, description="CURIE of a term")]


@router.head("/view", include_in_schema=False)
@router.get(
    "/view",
    summary="Go to a term",
    status_code=303,
    response_class=RedirectResponse,
    responses={404: {"description": "Links may name no such term"}},
)
async def view(request: Request, id: Identifier, lang: Lang = None) -> Response:  # noqa: A002 - the protocol's word
    """Lead to the page of a term, or to its publisher where the release says nothing of it."""
    opened = opened_of(request)
    term = (await _look(request, opened, id)).term
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
async def preview(request: Request, id: Identifier, lang: Lang = None) -> Response:  # noqa: A002 - the protocol's word
    """Show what a term is called, and how often it is photographed, within a page of another site."""
    del lang
    opened = opened_of(request)
    pages: Pages = request.app.state.pages
    response = pages.preview(request, opened, glance=await _look(request, opened, id))
    response.headers["Content-Security-Policy"] = EMBEDDED_POLICY
    return response


async def _look(request: Request, opened: OpenRelease, identifier: str) -> "Glance":
    readers: Readers = request.app.state.readers
    glance = await readers.typing.ask(look, opened, identifier)
    if glance is None:
        raise ProblemError.of(404, "term-unknown", identifier=identifier)
    return glance


@dataclass(frozen=True)
class Glance:
    """What is shown of a term."""

    term: Term
    labels: dict[str, str]
    """By language."""
    names: list[str]
    same: list[str]
    """What it is called elsewhere (CURIEs)."""
    photographs: int


def look(known: KnownTerms, identifier: str) -> Glance | None:
    """Return what is shown of a term (CURIE); None where links may name none such.

    Raises:
        SliceError: if a slice cannot be read.
    """
    if (term := known.term(identifier)) is None:
        return None
    return Glance(
        term,
        labels={language: known.lexicon(term.kind.name, language).label(identifier) for language in LANGUAGES},
        names=other_names(term, known)[:NAMES],
        same=same_elsewhere(term, known)[:NAMES],
        photographs=known.photographs[identifier],
    )
