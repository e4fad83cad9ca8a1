"""Exchanges of the Reconciliation API: what its requests have in common, and how their answers leave."""

import json
import re
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import Response

from endpoint.atlas import Atlas, OpenRelease
from endpoint.languages import choose_language
from endpoint.problems import ProblemError

LONGEST = 200
"""Signs of a prefix, a name or an identifier."""
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", re.ASCII)

Lang = Annotated[Literal["en", "fr"] | None, Query(description="Language of names; else Accept-Language")]
Callback = Annotated[
    str | None,
    Query(max_length=100, description="Name of a function that is called with the answer (JSONP), for clients of 0.1"),
]


def as_json(request: Request, content: dict[str, Any], opened: OpenRelease) -> Response:
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


def opened_of(request: Request) -> OpenRelease:
    """Return the release that answers."""
    atlas: Atlas = request.app.state.atlas
    return atlas.current()
