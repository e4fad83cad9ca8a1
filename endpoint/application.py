"""The web application: one atlas behind all its routes."""

import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from endpoint import health, metrics, problems, security
from endpoint.atlas import Atlas
from endpoint.cages.limits import Limits
from endpoint.cages.pool import Pool
from endpoint.editor import completions, mosaic
from endpoint.federation.forwarder import Forwarder
from endpoint.federation.services import Services
from endpoint.openapi import DescribedApplication
from endpoint.pages import descriptions, pages, pictures
from endpoint.query import questions
from endpoint.query.answers import Answers
from endpoint.query.protocol import SparqlProtocol
from endpoint.terms import glances, reconciliation, searching, suggestions
from endpoint.terms.readers import Readers
from endpoint.validate import routes as validation
from endpoint.validate.inspections import Inspections
from endpoint.validate.limits import CheckLimits
from muscle_atlas import __version__

log = logging.getLogger("muscle_atlas")

WEB = Path(__file__).resolve().parent / "web"


def create_application(data: Path, limits: Limits, services: Services) -> SparqlProtocol:
    """Return the application that serves the current release of ``data``.

    Args:
        data: folder of the releases.
        limits: what queries may take.
        services: what queries may call.

    Raises:
        NoReleaseError: if the folder holds none.
    """
    atlas = Atlas(data)
    pool = Pool(limits, atlas.current().prefixes)
    answers = Answers(limits.cached, limits.cached_answer)

    forwarder = Forwarder(services)
    readers = Readers()
    inspections = Inspections(CheckLimits())

    @contextlib.asynccontextmanager
    async def run(_: FastAPI) -> AsyncIterator[None]:
        await forwarder.open()
        pool.move_to(atlas.current().release.store)
        try:
            yield
        finally:
            readers.close()
            await inspections.inspectors.close()
            await pool.close()
            await forwarder.close()

    application = DescribedApplication(
        lifespan=run,
        title="Muscle Atlas",
        version=__version__,
        description="Photographs of muscle biopsies as linked data.",
        docs_url=None,
        redoc_url=None,
    )
    application.state.atlas = atlas
    application.state.metrics = metrics.registry_of(atlas, pool, answers)
    application.state.services = services
    application.state.readers = readers
    application.state.inspections = inspections
    application.state.pages = pages.Pages(WEB)
    if application.state.pages.query_editor.version is None:
        log.warning("The package was built without the query editor: /sparql is a plain form (see CONTRIBUTING.md).")
    application.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
        allow_headers=["*"],
        expose_headers=["X-Muscle-Atlas-Release", "X-Muscle-Atlas-Exit-Code", "Content-Disposition"],
    )

    application.add_middleware(security.SecureHeaders)

    problems.install(application)
    application.mount("/web", GZipMiddleware(StaticFiles(directory=WEB / "static")), name="web")
    application.include_router(health.router)
    application.include_router(metrics.router)
    application.include_router(pages.router)
    application.include_router(pictures.router)
    application.include_router(questions.router)
    application.include_router(completions.router)
    application.include_router(mosaic.router)
    application.include_router(searching.router)
    application.include_router(reconciliation.router)
    application.include_router(suggestions.router)
    application.include_router(glances.router)
    application.include_router(validation.router)
    application.include_router(descriptions.router)
    return SparqlProtocol(application, atlas, application.state.pages, pool, answers=answers, forwarder=forwarder)
