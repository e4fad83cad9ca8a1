"""The written form of every vocabulary table: headed, tab separated, sorted, without quotes."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCES: Path = Path(__file__).with_name("sources.toml")
TERM_COLUMNS = (
    "id",
    "label_en",
    "label_fr",
    "parents",
    "part_of",
    "exact_match",
    "broad_match",
    "narrow_match",
    "synonyms",
)


@dataclass(frozen=True, slots=True)
class Term:
    """A linked term in use; `also` holds the columns that only its table has."""

    id: str
    label_en: str
    label_fr: str = ""
    parents: frozenset[str] = frozenset()
    part_of: frozenset[str] = frozenset()
    exact_match: frozenset[str] = frozenset()
    broad_match: frozenset[str] = frozenset()
    narrow_match: frozenset[str] = frozenset()
    synonyms: frozenset[str] = frozenset()
    also: Mapping[str, str] = field(default_factory=dict)

    def cells(self) -> list[str]:
        """Return the row as written: several values are sorted and joined by `|`."""
        values = [getattr(self, column) for column in TERM_COLUMNS]
        return [v if isinstance(v, str) else "|".join(sorted(v)) for v in values] + list(self.also.values())


def read_sources() -> dict[str, Any]:
    """Return what `sources.toml` says of releases and tables."""
    return tomllib.loads(SOURCES.read_text(encoding="utf-8"))


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a tab-separated table, heading lines (`#`) left aside. Cells are never quoted."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    heading = lines[0].split("\t")
    return [dict(zip(heading, line.split("\t"), strict=True)) for line in lines[1:]]


def write_table(
    path: Path,
    header: Sequence[str],
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    by: Sequence[int] = (0, 1),
) -> None:
    """Write heading lines, column names and the rows, sorted `by` the cells at these positions.

    Raises ValueError for a cell that could not be written without quotes.
    """
    lines = [*header, "\t".join(columns)]
    for row in sorted(rows, key=lambda row: [row[position] for position in by]):
        if len(row) != len(columns) or any(mark in cell for cell in row for mark in '\t\n\r"'):
            raise ValueError(f"{path}: a cell of {row!r} cannot be written without quotes")
        lines.append("\t".join(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def heading(table: Mapping[str, str], release: Mapping[str, str]) -> list[str]:
    """Return the `# key: value` lines of a table of terms or pairs."""
    values = {
        "title": table["title"],
        "source": release["title"] + (f"; {table['note']}" if "note" in table else ""),
        "version": release["version"],
        "date": release["date"],
        "licence": table.get("licence", release["licence"]),
        "homepage": release["homepage"],
    }
    if "graph" in table:
        values["graph"] = table["graph"]
    return [f"# {key}: {value}" for key, value in values.items()]


def terms_heading(name: str) -> list[str]:
    """Return the heading lines of a table of terms."""
    sources = read_sources()
    table = sources["terms"][name]
    return heading(table, sources["release"][table["release"]])


def write_terms(path: Path, terms: Iterable[Term]) -> None:
    """Write a table of terms under the heading that `sources.toml` gives it."""
    listed = list(terms)
    columns = (*TERM_COLUMNS, *listed[0].also)
    write_table(path, terms_heading(path.stem), columns, [term.cells() for term in listed])
