"""What is too much to be a table of photographs: limits that keep reading bounded in memory and time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one file of records; what passes one is refused, and the limit told.

    They are chosen to lie an order of magnitude above a table of a million photographs (about 300 bytes a row),
    except for ``columns``, which is what a spreadsheet can hold.
    """

    file: int = 1_000_000_000
    """Bytes of a file."""
    unpacked: int = 500_000_000
    """Bytes of the XML parts of a workbook, and of the text of a Parquet file, once decompressed."""
    ratio: int = 200
    """How many times smaller a part of a workbook may be than what it unpacks to; sheets reach 10 to 40."""
    parts: int = 10_000
    """Parts of a workbook."""
    rows: int = 2_000_000
    """Rows of a table that hold something."""
    columns: int = 16_384
    """Headings of a table."""
    line: int = 10_000_000
    """Characters of a line of text."""
    cell: int = 1_000_000
    """Characters of a cell; a spreadsheet holds 32,767."""
    faults: int = 10_000
    """Rows of a table that cannot be read; with more, the file is no such table."""
    short: int = 1_000
    """Rows cut short that are told one by one; programs that drop empty cells at the end do so in every row."""


def written(limit: int) -> str:
    """Return a number as both languages write it: groups of three digits, a narrow space between."""
    return f"{limit:_}".replace("_", "\u202f")


def megabytes(limit: int) -> str:
    """Return a number of bytes in millions."""
    return written(limit // 1_000_000) if limit >= 1_000_000 else f"{limit / 1_000_000:g}"
