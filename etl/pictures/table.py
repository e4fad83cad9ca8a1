"""The table of pictures that stands beside the table of records; known without what reads pictures."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

import polars as pl

from etl.problems import Problem

JPEG = "image/jpeg"
"""Media type of every derivative."""

SCHEMA = {
    "record": pl.UInt32,
    "picture": pl.String,
    "thumbnail": pl.String,
    "width": pl.Int64,
    "height": pl.Int64,
    "sha256": pl.String,
    "format": pl.String,
}


@dataclass
class Pictures:
    """The pictures of records.

    ``table`` has one row a record with a picture: ``record``, ``picture`` and ``thumbnail`` (IRIs), ``width`` and
    ``height`` (pixels), ``sha256`` of the picture, ``format`` (media type).
    """

    table: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCHEMA))
    problems: list[Problem] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)

    def __add__(self, other: "Pictures") -> "Pictures":
        """Return these and others: pictures of other records, from another folder."""
        table = pl.concat([self.table, other.table]).sort("record")
        return Pictures(table, self.problems + other.problems, self.rejected | other.rejected)

    def beside(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return resolved records with the columns of their pictures, null where there is none."""
        return records.join(self.table, on="record", how="left", maintain_order="left")


def digests(records: pl.DataFrame) -> list[str]:
    """Return the SHA-256 of every picture and thumbnail of resolved records, each once, sorted."""
    iris = pl.concat([records["picture"], records["thumbnail"]]).drop_nulls().unique().sort()
    return [PurePosixPath(iri).stem for iri in iris]
