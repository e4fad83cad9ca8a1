"""Errors as problem documents (RFC 9457), or as a page for browsers, in the language that the client asks for."""

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from endpoint.languages import choose_language
from endpoint.negotiation import NotAcceptableError

MEDIA_TYPE = "application/problem+json"
CATALOGUE = Path(__file__).resolve().parent / "problems.json"
"""What is wrong and what to do about it, by name of the problem, in both languages; titles by status."""


class ProblemError(Exception):
    """Something the client can mend: status, what is wrong, and what to do about it."""

    def __init__(
        self, status: int, detail: str, mend: str, *, retry_after: int | None = None, **members: str | float
    ) -> None:
        """Tell the status, what is wrong, what to do, after how many seconds, and what programs may read besides."""
        super().__init__(detail)
        self.status = status
        self.members = members
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self._told = {"en": (detail, mend)}

    @classmethod
    def of(
        cls, status: int, name: str, /, *, members: Mapping[str, Any] | None = None, **values: Any
    ) -> "ProblemError":
        """Return the problem that ``problems.json`` knows by a name, its places filled with values.

        ``members`` are what programs may read besides.
        """
        texts = _catalogue()[name]
        told = {
            language: (texts["detail"][language].format(**values), texts["mend"][language].format(**values))
            for language in texts["detail"]
        }
        return cls.told(status, told, **(members or {}))

    @classmethod
    def told(
        cls,
        status: int,
        texts: Mapping[str, tuple[str, str]],
        *,
        retry_after: int | None = None,
        **members: str | float,
    ) -> "ProblemError":
        """Return a problem that is told in several languages: what is wrong, and what to do, by language."""
        problem = cls(status, *texts["en"], retry_after=retry_after)
        problem.members = members
        problem._told = dict(texts)
        return problem

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it cross from one process to another."""
        return _again, (self.status, self._told, self.members, self.headers)

    def tell(self, language: str) -> tuple[str, str, str]:
        """Return what is wrong, what to do about it, and the language of both: the one asked for, else English."""
        spoken = language if language in self._told else "en"
        return *self._told[spoken], spoken


def _again(
    status: int, texts: Mapping[str, tuple[str, str]], members: dict[str, str | float], headers: dict[str, str]
) -> ProblemError:
    problem = ProblemError.told(status, texts)
    problem.members = members
    problem.headers = headers
    return problem


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return content


def tell_problem(request: Request, error: ProblemError) -> dict[str, Any]:
    """Return what a problem document says, in the language that the client asks for."""
    language = choose_language(request)
    detail, mend, _ = error.tell(language)
    titles = _catalogue()["titles"].get(str(error.status), {})
    return {
        "type": "about:blank",
        "title": titles.get(language, HTTPStatus(error.status).phrase),
        "status": error.status,
        "detail": detail,
        "mend": mend,
        "instance": request.url.path,
        **error.members,
    }


def problem_response(request: Request, error: ProblemError) -> Response:
    """Return a problem document, or a page where the client asks for one."""
    content = tell_problem(request, error)
    _, _, spoken = error.tell(choose_language(request))
    headers = {"Vary": "Accept, Accept-Language", **error.headers}
    wants_page = request.headers.get("accept", "").startswith("text/html")
    if wants_page and hasattr(request.app.state, "pages"):
        page: Response = request.app.state.pages.problem(request, {**content, "language": spoken})
        page.headers.update(headers)
        return page
    return JSONResponse(content, error.status, {**headers, "Content-Language": spoken}, MEDIA_TYPE)


def install(application: FastAPI) -> None:
    """Answer every error of an application as a problem."""

    @application.exception_handler(ProblemError)
    async def tell(request: Request, error: ProblemError) -> Response:
        return problem_response(request, error)

    @application.exception_handler(NotAcceptableError)
    async def tell_forms(request: Request, error: NotAcceptableError) -> Response:
        return problem_response(request, ProblemError.of(406, "not-acceptable", reason=error))

    @application.exception_handler(RequestValidationError)
    async def tell_parameters(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = " ".join(str(part) for part in first["loc"])
        return problem_response(request, ProblemError.of(400, "parameter", place=place, reason=first["msg"]))

    @application.exception_handler(Exception)
    async def tell_fault(request: Request, error: Exception) -> Response:
        # Starlette logs the traceback; the client is told that the fault is ours.
        return problem_response(request, ProblemError.of(500, "fault", kind=type(error).__name__))

    @application.exception_handler(HTTPException)
    async def tell_status(request: Request, error: HTTPException) -> Response:
        name = {404: "no-page", 405: "method"}.get(error.status_code, "status")
        problem = ProblemError.of(
            error.status_code, name, path=request.url.path, method=request.method, reason=error.detail
        )
        problem.headers = dict(error.headers or {})
        return problem_response(request, problem)
