"""The pictures of photographs that an answer names, for the mosaic of the editor."""

from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from endpoint.atlas import Atlas
from endpoint.languages import choose_language
from endpoint.pages.pictures import Picture

router = APIRouter(tags=["editor"])

MOST = 200
"""Photographs of one request."""


@router.head("/api/pictures", include_in_schema=False)
@router.get("/api/pictures", summary="The thumbnails of photographs")
def pictures(
    request: Request,
    image: Annotated[list[str], Query(min_length=1, max_length=MOST, description="IRIs of photographs")],
) -> Response:
    """Give page, thumbnail and description of each photograph that has a picture in the release, by its IRI."""
    atlas: Atlas = request.app.state.atlas
    opened = atlas.current()
    language = choose_language(request)
    found = {}
    for row in opened.images.filter(pl.col("image").is_in(image)).iter_rows(named=True):
        if (picture := Picture.of(row, language, opened)) is not None:
            found[row["image"]] = {"thumbnail": picture.thumbnail, "alt": picture.alt}
    headers = {"Vary": "Accept-Language", "X-Muscle-Atlas-Release": opened.release.version}
    return JSONResponse(found, headers=headers)
