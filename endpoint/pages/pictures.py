"""Pictures: the files of the current release under their content-addressed names, and how pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse, Response

from endpoint.atlas import Atlas, OpenRelease
from endpoint.pages.terms import local_link
from endpoint.problems import ProblemError
from muscle_atlas.releases import media_path

router = APIRouter(tags=["pictures"])

FOREVER = "public, max-age=31536000, immutable"
"""A name made from the checksum never changes its content (RFC 8246)."""
JPEG = "image/jpeg"

WIDEST = 1600
"""Pixels: a wider picture is shown by its thumbnail until somebody asks for it."""

MOST = 24
"""Pictures that the page of a term, a biopsy or an individual shows."""

_TOLD = ("disease", "gene", "muscle", "stain", "technique", "species")
"""What a picture without caption is described by."""


@router.head("/media/{start}/{sha256}.jpg", include_in_schema=False)
@router.get(
    "/media/{start}/{sha256}.jpg",
    summary="A picture or thumbnail",
    response_class=FileResponse,
    responses={200: {"content": {JPEG: {}}}, 206: {"description": "A part, where Range asks for one"}},
)
def media(
    request: Request,
    start: Annotated[str, Path(description="The first two digits of the SHA-256")],
    sha256: Annotated[str, Path(description="SHA-256 of the file, 64 hexadecimal digits in lower case")],
) -> Response:
    """Give a picture by its SHA-256; what it leads to never changes, so that it may be kept for ever."""
    atlas: Atlas = request.app.state.atlas
    opened = atlas.current()
    named = len(sha256) == 64 and set(sha256) <= set("0123456789abcdef") and sha256.startswith(start)
    path = opened.release.folder / media_path(sha256)
    # A name of hexadecimal digits leads nowhere else, and a link in the folder is none of ours.
    if not named or len(start) != 2 or path.is_symlink() or not path.is_file():
        raise ProblemError.of(404, "picture-unknown", release=opened.release.version, sha256=sha256)
    headers = {"Cache-Control": FOREVER, "ETag": f'"{sha256}"'}
    if _has(request, sha256):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=JPEG, headers=headers)


def _has(request: Request, sha256: str) -> bool:
    """Tell whether the client holds the picture already (If-None-Match compares weakly, RFC 9110, 13.1.2)."""
    held = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return "*" in held or f'"{sha256}"' in held


@dataclass(frozen=True)
class Picture:
    """A picture as pages show it."""

    page: str
    """Where the photograph is described."""
    full: str
    thumbnail: str
    width: int
    height: int
    alt: str

    @property
    def shown(self) -> str:
        """The file that the page of the photograph shows."""
        return self.full if self.width <= WIDEST else self.thumbnail

    @classmethod
    def of(cls, row: Mapping[str, Any], language: str, opened: OpenRelease) -> "Picture | None":
        """Return the picture of a row of ``images.parquet``, None where the release has none of it."""
        # A release of an earlier version knows no such columns.
        if row.get("picture") is None:
            return None
        return cls(
            page=local_link(row["image"], opened),
            full=local_link(row["picture"], opened),
            thumbnail=local_link(row["thumbnail"], opened),
            width=row["width"],
            height=row["height"],
            alt=row[f"caption_{language}"] or _describe(row, language, opened),
        )


def picture_of(iri: str, opened: OpenRelease, language: str) -> Picture | None:
    """Return the picture of a photograph; None of what is no photograph, or has no picture."""
    if not iri.startswith(opened.names.mint("image", "")):
        return None
    return next(iter(_shown(opened.images.filter(pl.col("image") == iri), opened, language)), None)


def pictures_about(iri: str, speakers: Sequence[str], opened: OpenRelease, language: str) -> list[Picture]:
    """Return pictures for the page of a term, a biopsy or an individual: up to ``MOST``, spread over all there are.

    Args:
        iri: what the page is about.
        speakers: IRIs of what speaks of it, photographs among them.
        opened: the release.
        language: of the page.
    """
    own = pl.col("individual") == iri if iri.startswith(opened.names.mint("individual", "")) else pl.lit(value=False)
    start = opened.names.mint("image", "")
    spoken = pl.col("image").is_in([speaker for speaker in speakers if speaker.startswith(start)])
    if "picture" not in opened.images.columns:
        return []
    found = opened.images.filter((own | spoken) & pl.col("picture").is_not_null())
    return _shown(found.gather_every(-(-found.height // MOST) or 1), opened, language)


def _shown(rows: pl.DataFrame, opened: OpenRelease, language: str) -> list[Picture]:
    pictures = (Picture.of(row, language, opened) for row in rows.iter_rows(named=True))
    return [picture for picture in pictures if picture is not None]


def _describe(row: Mapping[str, Any], language: str, opened: OpenRelease) -> str:
    """Return what the record tells of a photograph in one line, in the language of the page where it knows it."""
    told: list[str] = []
    for column in _TOLD:
        iris = row[column] if isinstance(row[column], list) else [row[column]]
        for code in (language, "en"):
            labels = row[f"{column}_label_{code}"]
            known = labels if isinstance(labels, list) else [labels]
            if any(known):
                told += [label or opened.names.compress(iri) for label, iri in zip(known, iris, strict=True)]
                break
    return ", ".join([*told, row["image_id"]])
