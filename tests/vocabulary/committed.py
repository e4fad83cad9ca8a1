"""The committed tables of the vocabularies, each row with the place it stands at."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib import Graph
from rdflib.namespace import SKOS

HOUSE = Path(__file__).resolve().parents[2]
MEND = "to mend: uv run python scripts/draw_vocabulary.py"

TERMS = sorted((HOUSE / "ontology" / "terms").glob("*.tsv"))
PAIRS = sorted((HOUSE / "ontology" / "pairs").glob("*.tsv"))
SYMBOLS = sorted((HOUSE / "ontology" / "symbols").glob("*.tsv"))
MAPPINGS = sorted((HOUSE / "mappings").rglob("*.sssom.tsv"))
BELIEVED = sorted((HOUSE / "mappings").glob("*.sssom.tsv"))
SCHEMES = sorted((HOUSE / "ontology" / "schemes").glob("*.ttl"))


@dataclass(frozen=True)
class Row:
    """A row and its place, for the message."""

    path: Path
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def several(self, column: str) -> list[str]:
        return [value for value in self.cells.get(column, "").split("|") if value]

    def __str__(self) -> str:
        return f"{self.path.relative_to(HOUSE)}:{self.line}"


@cache
def rows(path: Path) -> tuple[Row, ...]:
    numbered = list(enumerate(path.read_text(encoding="utf-8").splitlines(), start=1))
    body = [(number, line) for number, line in numbered if not line.startswith("#")]
    columns = body[0][1].split("\t")
    return tuple(Row(path, number, dict(zip(columns, line.split("\t"), strict=True))) for number, line in body[1:])


def header_lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line[1:] for line in lines if line.startswith("#")]


def told(problems: Iterable[str]) -> str:
    """The message of a failing test: every problem, and the command that mends."""
    return "\n".join([*problems, MEND])


@cache
def concepts() -> dict[str, str]:
    """IRI -> English label of the concepts of our schemes."""
    return {
        str(concept): str(label)
        for path in SCHEMES
        for concept, label in Graph().parse(path).subject_objects(SKOS.prefLabel)
        if getattr(label, "language", "") == "en"
    }


@cache
def prefixes() -> dict[str, dict[str, str]]:
    entries = json.loads((HOUSE / "ontology" / "prefixes.json").read_text(encoding="utf-8"))
    return {entry["prefix"]: entry for entry in entries}


def expand(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return prefixes()[prefix]["uri_prefix"] + local


def fault_of_curie(curie: str) -> str:
    """What is wrong with a CURIE, or nothing: its prefix is canonical and its local part fits the pattern."""
    prefix, _, local = curie.partition(":")
    if prefix not in prefixes():
        return f"{prefix!r} is no canonical prefix of ontology/prefixes.json"
    pattern = prefixes()[prefix].get("pattern", "")
    return "" if local and re.search(pattern, local) else f"{local!r} does not fit {pattern!r}"


@cache
def labels_in_use() -> dict[str, str]:
    """CURIE -> English label of the linked terms."""
    return {row["id"]: row["label_en"] for path in TERMS for row in rows(path) if "label_en" in row.cells}
