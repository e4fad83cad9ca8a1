"""What records use, before a release is built of them: the terms that their cells stand for, and the words in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from etl.describe.release import LINKED
from etl.describe.united import unite_rows
from etl.problems import Problem, Rules
from etl.read.columns import Columns
from etl.read.records import read_records
from etl.resolve.cells import Cells
from etl.resolve.records import resolve_records
from muscle_atlas.settings import Settings
from muscle_atlas.terms.words.shelf import Shelf

COLUMNS = (*LINKED, "animal_gene")
"""Columns of ``images`` that hold IRIs."""


@dataclass(frozen=True)
class RecordUses:
    """What records use."""

    images: pl.DataFrame
    """One row a photograph, in the order of ``image_id``: that and ``COLUMNS``, IRIs or lists of IRIs."""
    words: pl.DataFrame
    """``image_id``, ``word`` as it is written, ``identifier`` (CURIE): one row a word that stands for something."""
    rejected: int
    """Records that are left out, since their cells cannot be resolved."""
    unreadable: tuple[Problem, ...]
    """Why files could not be read, where one could not."""


def read_uses(paths: Sequence[Path], settings: Settings, shelf: Shelf) -> RecordUses:
    """Read records, resolve them by our own tables and the installed releases of ``shelf``, and tell what they use.

    Raises:
        SliceError: if an installed release cannot be read.
    """
    rules, names, columns = Rules(settings.names, settings.language), settings.names, Columns()
    records = read_records(paths, rules, columns)
    resolved = resolve_records(records, rules, names, columns, shelf)
    kept = resolved.without(resolved.rejected)
    cells = Cells(records, rules, names, columns, shelf)
    return RecordUses(
        images=unite_rows(kept.records, names).select("image_id", *COLUMNS).sort("image_id"),
        words=_words(cells, records.table, kept.records.select("record", "image_id"), columns),
        rejected=records.table.height - kept.records.height,
        unreadable=tuple(records.problems) if records.unreadable else (),
    )


def _words(cells: Cells, table: pl.DataFrame, images: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    found = [pl.DataFrame(schema={"image_id": pl.String, "word": pl.String, "identifier": pl.String})]
    for column in columns.words:
        placed = cells.split(table.join(images, on="record", how="semi"), column).join(images, on="record")
        matches = cells.lexicon(column).resolve_words(placed["value"].unique())
        # An identifier stands for itself, whatever its vocabulary calls it.
        known = [
            (word, match.identifier)
            for word, match in matches.items()
            if match.identifier and match.outcome != "identifier"
        ]
        told = pl.DataFrame(known, schema={"word": pl.String, "identifier": pl.String}, orient="row")
        found.append(placed.rename({"value": "word"}).join(told, on="word").select("image_id", "word", "identifier"))
    return pl.concat(found).unique()
