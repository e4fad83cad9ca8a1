"""Whether the server is up, and whether it can answer."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from endpoint.atlas import Atlas
from endpoint.problems import ProblemError
from endpoint.queries import read_query

router = APIRouter(tags=["operation"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Is the server up?")
async def healthz() -> Response:
    """Answer as long as the server runs."""
    return JSONResponse({"status": "ok"})


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", summary="Does the store answer?")
def readyz(request: Request) -> Response:
    """Ask the store a query."""
    atlas: Atlas = request.app.state.atlas
    opened = atlas.current()
    try:
        answers = bool(opened.query(read_query("alive")))
    except OSError as error:
        raise ProblemError.of(503, "store-silent", reason=error) from error
    if not answers:
        raise ProblemError.of(503, "release-empty")
    return JSONResponse({"status": "ok", "release": opened.release.version, "images": opened.report["images"]})
