"""Rules as people read them: by concept, as SHACL writes them, with examples that pass and that break them."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from endpoint.atlas import OpenRelease
from muscle_atlas.rooms import SHAPES

EXAMPLES = SHAPES / "examples"
PATH = "/shapes/examples"
"""Where examples are given as files."""

_TABLES = (".csv", ".tsv")
_TEXTS = (".ttl", ".trig", ".rdf", ".jsonld", ".json", ".jsonl", ".yaml")
_MOST_ROWS = 12
_MOST_COLUMNS = 40
_MOST_SIGNS = 8_000
"""What of an example is shown on a page; it can be fetched whole."""
_RULE = re.compile(r"^rule:([\w-]+)$")
_TARGET = re.compile(r"sh:targetClass ([\w:-]+)")
_QUOTES = '"""'
_PLACE = re.compile(r"\{\?\w+\}")
_ORDER = (
    "file",
    "record",
    "image",
    "individual",
    "specimen",
    "diagnosis",
    "variant",
    "publication",
    "picture",
    "contribution",
    "contributor",
    "generalisation",
    "graph",
    "release",
    "withdrawal",
)
"""Concepts in the order in which people come upon them; others follow."""


@dataclass(frozen=True)
class Source:
    """Where a rule stands."""

    concept: str
    """Name of the file of shapes."""
    shacl: str
    """The rule as the file writes it."""
    target: str | None
    """The class whose instances it looks at, as a CURIE."""


@dataclass(frozen=True)
class Example:
    """A file that breaks a rule, or none."""

    name: str
    address: str
    table: list[list[str]] | None = None
    """Headings, and rows, where it is a table that can be shown."""
    text: str | None = None
    """Its text, where it has one that can be shown."""
    beside: tuple[tuple[str, str], ...] = ()
    """Names and addresses of the pictures that it speaks of."""


@dataclass(frozen=True)
class Rule:
    """One rule in one language, as a release tells it."""

    iri: str
    severity: str
    title: str
    reason: str
    """Why it matters."""
    message: str
    advice: str
    column: str | None
    concept: str | None
    """None where the program knows no file that holds it."""

    @property
    def name(self) -> str:
        """Local name, for instance ``gene-unknown``."""
        return self.iri.rpartition("/")[2]


def read_rules(opened: OpenRelease, language: str) -> list[Rule]:
    """Return the rules of a release, sorted by concept and name; what is filled in for each case is left open."""
    found = []
    for solution in opened.select("rules"):
        title = solution["name"]
        if not isinstance(title, ox.Literal) or title.language != language:
            continue
        name = solution["rule"].value.rpartition("/")[2]
        source = read_sources().get(name)
        found.append(
            Rule(
                iri=solution["rule"].value,
                severity=solution["severity"].value.rpartition("#")[2].lower(),
                title=title.value,
                reason=solution["description"].value,
                message=_PLACE.sub("…", solution["message"].value),
                advice=_PLACE.sub("…", solution["advice"].value),
                column=column.value if (column := solution.get("column")) else None,
                concept=source.concept if source else None,
            )
        )
    order = {concept: place for place, concept in enumerate(_ORDER)}
    return sorted(found, key=lambda rule: (order.get(rule.concept or "", len(order)), rule.concept or "", rule.name))


@cache
def read_sources() -> dict[str, Source]:
    """Return where each rule stands, by its local name."""
    found = {}
    for path in sorted(SHAPES.glob("*.ttl")):
        blocks = list(_blocks(path.read_text(encoding="utf-8")))
        for first, block in blocks:
            if rule := _RULE.match(first):
                named = re.compile(rf"\brule:{re.escape(rule[1])}(?![\w-])")
                holders = (text for _, text in blocks if _TARGET.search(text) and named.search(text))
                target = next((_TARGET.findall(text)[0] for text in holders), None)
                found[rule[1]] = Source(path.stem, block, target)
    return found


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is said of one subject after the other: its first line, and all of it."""
    block: list[str] = []
    quoted = False
    for line in text.splitlines():
        begins = not block and bool(line) and not line[0].isspace() and not line.startswith(("@", "#"))
        if begins or block:
            block.append(line)
            quoted ^= line.count(_QUOTES) % 2 == 1
            if not quoted and line.endswith("."):
                yield block[0], "\n".join(block)
                block = []


def examples_of(rule: str, concept: str) -> tuple[list[Example], list[Example]]:
    """Return the examples that break a rule, and those of its concept that break none, of the same form if any is."""
    folder = EXAMPLES / concept
    breaking = sorted(folder.glob(f"invalid.{rule}.*"))
    passing = sorted(folder.glob("valid.*"))
    forms = {path.suffix for path in breaking}
    alike = [path for path in passing if path.suffix in forms] or passing[:1]
    return [_read(path, rule) for path in breaking], [_read(path, "valid") for path in alike]


def find_example(concept: str, name: str) -> Path | None:
    """Return the file of an example, or a picture of one; None where there is none such."""
    path = EXAMPLES / concept / name
    is_ours = path.resolve().is_relative_to(EXAMPLES) and path.is_file()
    return path if is_ours else None


def _read(path: Path, expectation: str) -> Example:
    pictures = path.parent / expectation
    beside = sorted(one for one in pictures.rglob("*") if one.is_file()) if pictures.is_dir() else []
    named = tuple((one.relative_to(pictures).as_posix(), _address(one)) for one in beside)
    table, text = None, _text(path)
    if text is not None and path.suffix in _TABLES:
        table = _table(text)
    return Example(path.name, _address(path), table, None if table else text, named)


def _text(path: Path) -> str | None:
    if path.suffix not in (*_TABLES, *_TEXTS) or not 0 < path.stat().st_size <= _MOST_SIGNS:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def _table(text: str) -> list[list[str]] | None:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True))
    except csv.Error:
        return None
    shown = [row for row in rows if row]
    fits = 1 < len(shown) <= _MOST_ROWS and max(map(len, shown)) <= _MOST_COLUMNS
    return shown if fits else None


def _address(path: Path) -> str:
    return f"{PATH}/{quote(path.relative_to(EXAMPLES).as_posix())}"
