"""Muscles of records, and the side of the body that they lie on."""

import polars as pl

from etl.resolve.cells import Cells
from muscle_atlas.terms.words.muscles import Muscles


def resolve_muscles(table: pl.DataFrame, sides: pl.DataFrame, cells: Cells) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``record`` and ``muscle``, and ``record`` and ``side`` (CURIEs), told in either column.

    Args:
        table: the records.
        sides: ``record`` and ``side`` as the column of sides tells them.
        cells: told of what is no muscle, too wide or contradictory.
    """
    muscles = Muscles(cells.lexicon("muscle"), cells.lexicon("side"))
    split = cells.split(table, "muscle")
    read = {word: muscles.read(word) for word in split["value"].unique(maintain_order=True)}
    told: dict[int, str] = dict(sides.iter_rows())
    written: dict[int, str] = dict(table.select("record", "side").iter_rows())
    found: list[tuple[int, str]] = []
    for record, word in split.select("record", "value").iter_rows():
        muscle = read[word]
        if muscle.other:
            cells.tell("muscle-is-none", record, "muscle", word, [muscle.other])
        elif muscle.match.identifier is None:
            cells.tell_unresolved(record, "muscle", muscle.match)
        else:
            found.append((record, muscle.match.identifier))
            cells.tell_accepted(record, "muscle", muscle.match)
        if muscle.side and told.setdefault(record, muscle.side) != muscle.side:
            cells.tell("side-differs", record, "muscle", word, [written[record]])
    return (
        pl.DataFrame(found, schema={"record": pl.UInt32, "muscle": pl.String}, orient="row"),
        pl.DataFrame(list(told.items()), schema={"record": pl.UInt32, "side": pl.String}, orient="row"),
    )
