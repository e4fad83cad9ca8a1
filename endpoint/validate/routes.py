"""Checking records and graphs over HTTP: by program, and by a form for people."""

from contextlib import ExitStack
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from endpoint.atlas import Atlas
from endpoint.languages import LANGUAGES, choose_language
from endpoint.negotiation import Form, choose_form, name_form
from endpoint.pages.pages import Pages
from endpoint.problems import ProblemError
from endpoint.query.clients import client_of
from endpoint.query.requests import ClientGoneError
from endpoint.security import REPORT_POLICY
from endpoint.validate.filenames import SUFFIXES
from endpoint.validate.inspections import Inspection, Inspections, read_corrections, unless_gone
from endpoint.validate.inspector import Outcome
from endpoint.validate.progress import MEDIA_TYPE as PROGRESS_TYPE
from endpoint.validate.progress import ProgressResponse
from endpoint.validate.uploads import FORM, Upload, read_upload

router = APIRouter(tags=["validation"])

JSON = Form("application/json", "json", None)
PROGRESS = Form(PROGRESS_TYPE, "ndjson", None)
CORRECTED = "corrected"
"""The value of ``format`` that asks for the file itself, corrected."""
FORMS: tuple[Form, ...] = (
    JSON,
    PROGRESS,
    Form("text/html", "html", None),
    Form("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", None),
    Form("application/vnd.ms-excel.sheet.macroEnabled.12", "xlsm", None),
    Form("text/csv", "csv", None),
    Form("text/turtle", "ttl", None),
    Form("application/sarif+json", "sarif", None),
    Form("text/markdown", "md", None),
)
"""The forms of a report, the default first; but for the second, they are those that the command writes to files."""
OFFERED = ("html", "xlsx", "csv", "json", "ttl", "sarif", "md")
"""Those that the page offers, by suffix."""
_FILE = {"type": "string", "format": "binary"}
_TEXT = {"type": "string"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "array", "items": _FILE, "description": "Tables, or files of RDF"},
                        "corrections": {
                            "type": "string",
                            "description": "JSON: a list of cells to be corrected first, each with file, row, column, "
                            "old, new",
                        },
                        "format": _TEXT,
                        "lang": _TEXT,
                    },
                }
            },
            **{media_type: {"schema": _FILE} for media_type in SUFFIXES},
        },
    }
}
_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}


@router.post(
    "/api/validate",
    summary="Check records or graphs",
    openapi_extra=_BODY,
    responses={
        200: {
            "description": "The report, as `muscle-atlas check --json` or `validate --json` prints it, or in another "
            "form; X-Muscle-Atlas-Exit-Code is what the command would exit with",
            "content": {form.media_type: {} for form in FORMS},
        },
        **{
            status: {"description": told, **_PROBLEM}
            for status, told in {
                400: "No file, or a form that cannot be read",
                408: "The files come too slowly",
                413: "The files are too large or too many",
                415: "A type that is not read",
                422: "A correction that does not fit; more memory than a check may take",
                429: "The client has two checks already, or has used up its time",
                503: "Too many check at the same time",
                504: "The check takes too long",
            }.items()
        },
    },
)
async def validate(
    request: Request,
    format: Annotated[str | None, Query(description="Form of the answer; wins over Accept")] = None,  # noqa: A002
    filename: Annotated[str | None, Query(description="Name of a file that is sent as the body")] = None,
    rows: Annotated[bool, Query(description="Whether the rows that are spoken of are given, too")] = False,
    lang: Annotated[Literal["en", "fr"] | None, Query(description="Language; else Accept-Language")] = None,
) -> Response:
    """Check tables of records as a build does, or graphs with the shapes; nothing is kept, and nothing published."""
    del format, filename, lang
    return await _answer(request, rows=rows)


@router.head("/api/validate", include_in_schema=False)
@router.get("/api/validate", include_in_schema=False)
async def refuse() -> Response:
    """Tell that files are posted: else the path would be taken for that of a thing the atlas might describe."""
    raise HTTPException(405, headers={"Allow": "POST"})


@router.head("/validate", include_in_schema=False)
@router.get("/validate", summary="Check records in the browser", response_class=HTMLResponse)
async def page(request: Request) -> Response:
    """Show where files are dropped."""
    atlas: Atlas = request.app.state.atlas
    pages: Pages = request.app.state.pages
    inspections: Inspections = request.app.state.inspections
    inspections.inspectors.prepare()
    return pages.validation(request, atlas.current(), inspections.limits.body, OFFERED)


@router.post("/validate", summary="Check records sent by a form", response_class=HTMLResponse, include_in_schema=False)
async def form(request: Request) -> Response:
    """Answer a form that was sent without scripts."""
    return await _answer(request, rows=False)


async def _answer(request: Request, *, rows: bool) -> Response:
    inspections: Inspections = request.app.state.inspections
    client = client_of(request.scope)
    with ExitStack() as held:
        held.enter_context(inspections.desk.visit(client))
        try:
            upload = await read_upload(request, inspections.limits)
            wanted = _form(request, upload)
            lang = upload.fields.get("lang", "")
            inspection = Inspection(
                client,
                upload.files,
                form=wanted.suffix if wanted is not PROGRESS else JSON.suffix,
                language=lang if lang in LANGUAGES else choose_language(request),
                corrections=read_corrections(upload.fields.get("corrections", "[]")),
                rows=rows or upload.fields.get("rows") == "true",
            )
            atlas: Atlas = request.app.state.atlas
            opened = atlas.current()
            headers = {
                "Cache-Control": "no-store",
                "Vary": "Accept, Accept-Language",
                "Content-Language": inspection.language,
                "X-Muscle-Atlas-Release": opened.release.version,
            }
            run = partial(inspections.run, inspection, opened)
            if wanted is PROGRESS:
                return ProgressResponse(request, run, held.pop_all(), headers)
            outcome = await unless_gone(request, run(lambda _: None))
        except ClientGoneError:
            return Response(status_code=400)
        return _response(outcome, wanted, headers)


def _form(request: Request, upload: Upload) -> Form:
    """Return the form of the answer that is asked for.

    Raises:
        ProblemError: if ``format`` names none.
        NotAcceptableError: if nothing fits what is accepted.
    """
    asked = request.query_params.get("format") or upload.fields.get("format")
    if not asked:
        return choose_form(request.headers.get("accept"), FORMS)
    if asked == CORRECTED:
        return Form("application/octet-stream", CORRECTED, None)
    found = name_form(asked, FORMS)
    if found is None:
        known = ", ".join([*(form.suffix for form in FORMS), CORRECTED])
        raise ProblemError.of(400, "form-unknown", suffix=asked[:50], known=known)
    return found


def _response(outcome: Outcome, form: Form, headers: dict[str, str]) -> Response:
    response = Response(outcome.content, media_type=form.media_type, headers=headers)
    response.headers["X-Muscle-Atlas-Exit-Code"] = str(outcome.exit_code)
    if form.media_type == "text/html":
        response.headers["Content-Security-Policy"] = REPORT_POLICY
    elif form is not JSON:
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(outcome.name)}"
    return response
