"""Errors as problem documents (RFC 9457), or as a page for browsers."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from endpoint.negotiation import NotAcceptableError

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """Something the client can mend: status, what is wrong, and what to do about it."""

    def __init__(
        self, status: int, detail: str, mend: str, *, retry_after: int | None = None, **members: str | float
    ) -> None:
        """Tell the status, what is wrong, what to do, after how many seconds, and what programs may read besides."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.mend = mend
        self.members = members
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}


def problem_response(request: Request, error: ProblemError) -> Response:
    """Return a problem document, or a page where the client asks for one."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
        "mend": error.mend,
        "instance": request.url.path,
        **error.members,
    }
    headers = {"Vary": "Accept, Accept-Language", **error.headers}
    wants_page = request.headers.get("accept", "").startswith("text/html")
    if wants_page and hasattr(request.app.state, "pages"):
        page: Response = request.app.state.pages.problem(request, content)
        page.headers.update(headers)
        return page
    return JSONResponse(content, error.status, headers, MEDIA_TYPE)


def install(application: FastAPI) -> None:
    """Answer every error of an application as a problem."""

    @application.exception_handler(ProblemError)
    async def tell(request: Request, error: ProblemError) -> Response:
        return problem_response(request, error)

    @application.exception_handler(NotAcceptableError)
    async def tell_forms(request: Request, error: NotAcceptableError) -> Response:
        return problem_response(request, ProblemError(406, str(error), "Send an Accept header with one of these."))

    @application.exception_handler(RequestValidationError)
    async def tell_parameters(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = " ".join(str(part) for part in first["loc"])
        return problem_response(request, ProblemError(400, f"{place}: {first['msg']}", "Correct the parameter."))

    @application.exception_handler(Exception)
    async def tell_fault(request: Request, error: Exception) -> Response:
        # Starlette logs the traceback; the client is told that the fault is ours.
        fault = ProblemError(500, f"The server failed: {type(error).__name__}.", "Ask again later.")
        return problem_response(request, fault)

    @application.exception_handler(HTTPException)
    async def tell_status(request: Request, error: HTTPException) -> Response:
        mends = {404: "Begin at /.", 405: "See the Allow header for the methods that can be used."}
        mend = mends.get(error.status_code, "See /openapi.json for what can be asked.")
        problem = ProblemError(error.status_code, str(error.detail), mend)
        problem.headers = dict(error.headers or {})
        return problem_response(request, problem)
