"""How stains look, where antibodies mark and what findings change, as the tables beside this file tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from etl.generate.drawing.orders import Colour, Look
from muscle_atlas.tables import JOINER, Table

_HERE = Path(__file__).parent
_NUMBERS = ("type1", "type2a", "type2x", "grain", "rim", "core", "cox", "droplets")


@dataclass(frozen=True)
class Antigen:
    """What an antibody binds to."""

    name: str
    site: str


@dataclass(frozen=True)
class Effect:
    """What one finding changes, each by name and strength."""

    light: Mapping[str, float]
    electron: Mapping[str, float]
    lost: Mapping[str, float]


@cache
def looks() -> dict[str, Look]:
    """Return every look by the notation of its stain."""
    return {row["notation"]: _look(row) for row in _rows("stains.tsv")}


@cache
def antigens() -> dict[str, Antigen]:
    """Return every antigen by its name and by the symbols of its genes; a name goes before a symbol."""
    rows = _rows("antigens.tsv")
    named = {row["name"]: Antigen(row["name"], row["site"]) for row in rows}
    symbols = {symbol: named[row["name"]] for row in rows for symbol in (row["genes"] or "").split(JOINER) if symbol}
    return symbols | named


@cache
def effects() -> dict[str, Effect]:
    """Return what each finding changes, by its CURIE."""
    return {
        row["id"]: Effect(*(_strengths(row[column]) for column in ("light", "electron", "lost")))
        for row in _rows("findings.tsv")
    }


@cache
def disease_changes() -> dict[str, Mapping[str, float]]:
    """Return what diseases change, by a part of their English names."""
    return {row["word"]: _strengths(row["light"]) for row in _rows("diseases.tsv")}


def _rows(name: str) -> list[dict[str, Any]]:
    return Table(_HERE / name).rows.to_dicts()


def _look(row: dict[str, str | None]) -> Look:
    colours = {
        name: _colour(cell) for name, cell in row.items() if cell and name not in ("notation", "ground", *_NUMBERS)
    }
    numbers = {name: float(row[name] or 0) for name in _NUMBERS}
    return Look(row["notation"] or "", _colour(row["ground"] or ""), colours, numbers)


def _colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text)
    return float(red), float(green), float(blue)


def _strengths(text: str | None) -> dict[str, float]:
    pairs = (pair.partition("=") for pair in (text or "").split())
    return {name: float(strength) for name, _, strength in pairs}
