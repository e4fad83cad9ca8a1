"""Cards: one photograph at a glance, as lists of photographs show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from endpoint.atlas import OpenRelease
from endpoint.languages import LANGUAGES, typeset
from endpoint.pages.ages import tell_age
from endpoint.pages.pictures import Picture
from endpoint.pages.terms import local_link


@dataclass(frozen=True)
class Card:
    """What a list tells of a photograph; labels are in the language of the page where there are any."""

    href: str
    image_id: str
    disease: list[str]
    gene: list[str]
    muscle: list[str]
    stain: list[str]
    """The stain, else the technique."""
    sex: list[str]
    age: str
    """In words, "" where it is not known."""
    caption: str
    caption_language: str
    synthetic: bool
    licence: list[str]
    credit: str
    picture: Picture | None


def read_cards(images: pl.DataFrame, language: str, words: Mapping[str, str], opened: OpenRelease) -> list[Card]:
    """Return the cards of rows of ``images.parquet``."""
    return [_read_card(row, language, words, opened) for row in images.iter_rows(named=True)]


def _read_card(row: Mapping[str, Any], language: str, words: Mapping[str, str], opened: OpenRelease) -> Card:
    languages = (language, *(known for known in LANGUAGES if known != language))

    def labels(column: str) -> list[str]:
        own, other = (row[f"{column}_label_{code}"] for code in languages)
        if isinstance(row[column], list):
            pairs = zip(own, other, row[column], strict=True)
            return [first or second or opened.names.compress(iri) for first, second, iri in pairs]
        return [own or other or opened.names.compress(row[column])] if row[column] else []

    spoken = next((code for code in languages if row[f"caption_{code}"]), language)
    return Card(
        href=local_link(row["image"], opened),
        image_id=row["image_id"],
        disease=labels("disease"),
        gene=labels("gene"),
        muscle=labels("muscle"),
        stain=labels("stain") or labels("technique"),
        sex=labels("sex"),
        age=tell_age(row, words),
        caption=typeset(row[f"caption_{spoken}"] or "", spoken),
        caption_language=spoken,
        synthetic=row["synthetic"],
        licence=labels("licence"),
        credit=row["credit"] or "",
        picture=Picture.of(row, language, opened),
    )
