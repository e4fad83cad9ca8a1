"""Reading the tab-separated tables of the data rooms: a commented header, a heading line, rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

COMMENT = "#"
JOINER = "|"
"""Separates several values in one cell of a committed table."""


@dataclass(frozen=True)
class Table:
    """One committed table."""

    path: Path

    @cached_property
    def header(self) -> dict[str, str]:
        """The ``# key: value`` lines on top of the table."""
        pairs = (line.lstrip("# ").partition(":") for line in self._header_lines())
        return {key.strip(): value.strip() for key, colon, value in pairs if colon}

    @cached_property
    def rows(self) -> pl.DataFrame:
        """The rows, every cell as text, empty cells as null."""
        return pl.read_csv(
            self.path,
            separator="\t",
            quote_char=None,
            infer_schema=False,
            # Not comment_prefix: a row, too, may begin with the sign.
            skip_lines=sum(1 for _ in self._header_lines()),
        )

    def _header_lines(self) -> Iterator[str]:
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                if not line.startswith(COMMENT):
                    return
                yield line.rstrip("\n")


def read_tables(folder: Path, pattern: str = "*.tsv") -> list[Table]:
    """Return the tables of a folder whose names fit ``pattern``, sorted by name."""
    return [Table(path) for path in sorted(folder.glob(pattern))]
