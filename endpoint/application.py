"""The web application: one atlas behind all its routes."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from endpoint import descriptions, health, pages, pictures, problems, protocol
from endpoint.atlas import Atlas
from muscle_atlas import __version__

WEB = Path(__file__).resolve().parent / "web"

_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_application(data: Path) -> FastAPI:
    """Return the application that serves the current release of ``data``.

    Raises:
        NoReleaseError: if the folder holds none.
    """
    application = FastAPI(
        title="Muscle Atlas",
        version=__version__,
        description="Photographs of muscle biopsies as linked data.",
        docs_url=None,
        redoc_url=None,
    )
    application.state.atlas = Atlas(data)
    application.state.pages = pages.Pages(WEB)
    application.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
        allow_headers=["*"],
        expose_headers=["X-Muscle-Atlas-Release"],
    )

    @application.middleware("http")
    async def secure(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await proceed(request)
        for name, value in _SECURITY.items():
            response.headers.setdefault(name, value)
        return response

    problems.install(application)
    application.mount("/web", StaticFiles(directory=WEB / "static"), name="web")
    application.include_router(health.router)
    application.include_router(protocol.router)
    application.include_router(pages.router)
    application.include_router(pictures.router)
    application.include_router(descriptions.router)
    return application
