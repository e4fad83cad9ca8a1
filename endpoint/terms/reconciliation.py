"""The Reconciliation Service API, 0.2 and 0.1, by which OpenRefine links tables with the resolver of the builds."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from endpoint.cages.limits import Limits
from endpoint.languages import choose_language
from endpoint.pages.pages import Pages
from endpoint.problems import ProblemError
from endpoint.query.requests import FORM_TYPE, ClientGoneError, read_body, read_parameters
from endpoint.query.service import address_of
from endpoint.terms.batches import answer_batch, read_batch, read_extension
from endpoint.terms.exchanges import Callback, Lang, as_json, opened_of
from endpoint.terms.extension import tell_properties
from endpoint.terms.manifest import PATH, manifest
from endpoint.terms.readers import Readers

router = APIRouter(prefix=PATH, tags=["reconciliation"])

_LIMITS = Limits(body=2**20)


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


async def _answer(request: Request, queries: str | None, extension: str | None) -> Response:
    language, opened = choose_language(request), opened_of(request)
    readers: Readers = request.app.state.readers
    if queries is not None:
        content = await readers.tables.ask(answer_batch, opened, read_batch(queries), language)
    else:
        content = await readers.tables.ask(tell_properties, opened, *read_extension(extension or ""), language)
    return as_json(request, content, opened)


def _manifest(request: Request) -> Response:
    opened, language = opened_of(request), choose_language(request)
    pages: Pages = request.app.state.pages
    chosen = request.query_params.get("lang")

    def place(path: str) -> str:
        return address_of(request, path, opened)

    content = manifest(opened, pages.word("atlas", language), language, chosen, place)
    return as_json(request, content, opened)
