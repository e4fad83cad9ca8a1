"""Suggestions of the Reconciliation API: terms, kinds and properties while somebody types."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from endpoint.languages import choose_language
from endpoint.terms.batches import type_of
from endpoint.terms.exchanges import LONGEST, Callback, Lang, as_json, opened_of
from endpoint.terms.extension import read_properties
from endpoint.terms.manifest import PATH
from endpoint.terms.readers import Readers
from endpoint.terms.searching import check_kinds, find
from muscle_atlas.folding import fold
from muscle_atlas.terms.words.kinds import read_kinds

router = APIRouter(prefix=PATH, tags=["reconciliation"])

PAGE = 10
"""Suggestions that are given at a time."""
FURTHEST = 90
"""Suggestions that may be left out before."""

Prefix = Annotated[str, Query(max_length=LONGEST, description="What has been typed")]
Cursor = Annotated[int, Query(ge=0, le=FURTHEST, description="How many suggestions are left out before")]


@router.head("/suggest/entity", include_in_schema=False)
@router.get("/suggest/entity", summary="Terms as you type, for reconciliation")
async def suggest_entity(
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
    opened, language = opened_of(request), choose_language(request)
    kinds = [type] if type else []
    check_kinds(kinds)
    readers: Readers = request.app.state.readers
    found = await readers.typing.ask(find, opened, language, prefix, kinds, cursor + PAGE)
    result = [
        {
            "id": one.identifier,
            "name": one.label,
            "description": f"{one.name} – {one.identifier}" if one.name != one.label else one.identifier,
            "notable": [type_of(read_kinds()[one.kind], language)],
        }
        for one in found[cursor:]
    ]
    return as_json(request, {"result": result}, opened)


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
    return as_json(request, {"result": list(kinds)[cursor : cursor + PAGE]}, opened_of(request))


@router.head("/suggest/property", include_in_schema=False)
@router.get("/suggest/property", summary="Properties of terms as you type, for reconciliation")
def suggest_property(
    request: Request, prefix: Prefix = "", cursor: Cursor = 0, callback: Callback = None, lang: Lang = None
) -> Response:
    """Give the properties whose name in either language begins so."""
    del callback, lang
    language = choose_language(request)
    told = (one.told(language) for one in read_properties().values() if _begins(prefix, (one.id, *one.labels.values())))
    return as_json(request, {"result": list(told)[cursor : cursor + PAGE]}, opened_of(request))


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
    return as_json(request, {"type": type, "limit": limit, "properties": told}, opened_of(request))


def _begins(prefix: str, names: Iterable[str]) -> bool:
    key = fold(prefix)
    return any(word.startswith(key) for name in names for word in (fold(name), *fold(name).split()))
