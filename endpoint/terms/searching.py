"""Search over HTTP: terms as people type them."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from endpoint.atlas import Atlas, OpenRelease
from endpoint.languages import choose_language
from endpoint.problems import ProblemError
from endpoint.query.validators import is_held, weak_tag
from endpoint.terms.known import KnownTerms
from endpoint.terms.readers import Readers
from muscle_atlas.terms.words.kinds import read_kinds
from muscle_atlas.terms.words.search import Found

router = APIRouter(tags=["terms"])

LONGEST = 200
"""Signs of what is typed: no name that anybody types to its end is longer."""
MOST = 50
"""Terms of one answer."""


@router.head("/api/terms", include_in_schema=False)
@router.get("/api/terms", summary="Terms as you type")
async def search_terms(
    request: Request,
    q: Annotated[
        str, Query(max_length=LONGEST, description="The beginning of a name, of words of it, or an identifier")
    ],
    kind: Annotated[
        list[str],
        Query(
            description="Kinds of terms; all without any",
            max_length=len(read_kinds()),
            json_schema_extra={"items": {"type": "string", "enum": list(read_kinds())}},
        ),
    ] = [],  # noqa: B006 - the framework copies it
    lang: Annotated[Literal["en", "fr"] | None, Query(description="Language of labels; else Accept-Language")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Terms that are given at the most")] = 10,
) -> Response:
    """Give the terms that somebody may be typing, best first: what was meant, and by which of its names."""
    atlas: Atlas = request.app.state.atlas
    opened = atlas.current()
    language = lang or choose_language(request)
    check_kinds(kind)
    tag = weak_tag(json.dumps(["terms", q, kind, language, limit]).encode(), opened)
    headers = {
        "Cache-Control": "public, no-cache",
        "ETag": tag.decode(),
        "Vary": "Accept-Language",
        "Content-Language": language,
        "X-Muscle-Atlas-Release": opened.release.version,
    }
    if is_held(tag, request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    readers: Readers = request.app.state.readers
    found = await readers.typing.ask(find, opened, language, q, kind, limit)
    return JSONResponse([_told(one, opened) for one in found], headers=headers)


def find(known: KnownTerms, language: str, typed: str, kinds: Sequence[str], most: int) -> list[Found]:
    """Return the terms that somebody may be typing.

    Raises:
        SliceError: if a slice cannot be read.
    """
    return known.searches[language].find(typed, kinds, most)


def check_kinds(kinds: list[str]) -> None:
    """Let kinds of terms pass.

    Raises:
        ProblemError: if one of them is none.
    """
    for kind in kinds:
        if kind not in read_kinds():
            raise ProblemError.of(400, "term-kind", kind=kind[:LONGEST], known=", ".join(read_kinds()))


def _told(one: Found, opened: OpenRelease) -> dict[str, Any]:
    return {
        "identifier": one.identifier,
        "iri": opened.names.expand(one.identifier),
        "kind": one.kind,
        "label": one.label,
        "name": one.name,
        "match": one.match,
        "photographs": one.photographs,
        "source": one.source,
    }
