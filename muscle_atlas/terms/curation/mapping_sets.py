"""Mapping sets: SSSOM tables as curators edit them, every row with the line it stands on."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from muscle_atlas.tables import COMMENT

COLUMNS = (
    *("subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label", "object_match_field"),
    *("mapping_justification", "author_id", "confidence", "mapping_tool", "mapping_tool_version", "comment"),
)
"""Columns that our tables have, in their order; all are slots of SSSOM 1.1."""
NEEDED = ("subject_label", "predicate_id", "object_id", "object_label", "object_match_field", "mapping_justification")
"""Columns that no table can do without."""


@dataclass(frozen=True)
class Row:
    """A row of a mapping set."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def order(self) -> tuple[str, str]:
        """What rows are sorted by."""
        return self["subject_label"], self["object_id"]


@dataclass(frozen=True)
class Flaw:
    """Something that is wrong in a table: where, by which rule, and the phrase of ``words.json`` that says so."""

    path: Path
    line: int | None
    rule: str
    """The phrase is ``mapping_<rule>``."""
    value: str = ""
    told: Mapping[str, object] = field(default_factory=dict, hash=False)
    mendable: bool = False
    """Whether ``terms check --fix`` mends it."""


@dataclass
class MappingSet:
    """A mapping set as it was read, with what kept parts of it from being read."""

    path: Path
    header: list[str] = field(default_factory=list)
    """The lines on top, each with its ``#``."""
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    """What the header says, every value as text."""

    @property
    def line_of_columns(self) -> int:
        """The line that names the columns."""
        return len(self.header) + 1

    def tell(
        self, rule: str, line: int | None = None, value: str = "", *, mendable: bool = False, **told: object
    ) -> None:
        """Note a flaw."""
        self.flaws.append(Flaw(self.path, line, rule, value, told, mendable))


def read_mapping_set(path: Path) -> MappingSet:
    """Read a table; whatever is wrong with it is among its flaws, and rows that cannot be read are left out.

    Raises:
        OSError: if there is no such file, or it cannot be read.
    """
    found = MappingSet(path)
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        found.tell("encoding", content.count(b"\n", 0, error.start) + 1)
        return found
    if text.startswith("\ufeff") or "\r" in text:
        found.tell("line_ends", 1, mendable=True)
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text and not text.endswith("\n"):
        found.tell("last_line", text.count("\n") + 1, mendable=True)
    lines = text.removesuffix("\n").split("\n")
    height = next((number for number, line in enumerate(lines) if not line.startswith(COMMENT)), len(lines))
    # A spreadsheet writes the tabs of the other lines behind those of the header, too.
    found.header = [line.rstrip("\t") for line in lines[:height]]
    found.columns = tuple(lines[height].split("\t")) if height < len(lines) and lines[height] else ()
    _read_header(found)
    for number, line in enumerate(lines[height + 1 :], height + 2):
        cells = line.split("\t")
        if len(cells) != len(found.columns):
            found.tell("cells", number, line[:80], cells=len(cells), columns=len(found.columns))
            continue
        found.rows.append(Row(number, dict(zip(found.columns, cells, strict=True))))
    return found


def _read_header(found: MappingSet) -> None:
    try:
        metadata = yaml.load("\n".join(line[1:] for line in found.header), Loader=yaml.BaseLoader)  # noqa: S506 - text only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        found.tell("header", mark.line + 1 if mark else 1)
        return
    if isinstance(metadata, dict):
        found.metadata = metadata
    elif metadata is not None:
        found.tell("header", 1)


def write_mapping_set(
    path: Path, header: Sequence[str], columns: Sequence[str], rows: Iterable[Mapping[str, str]]
) -> bool:
    """Write a table, its rows sorted; the file is replaced in one step, and only where that changes it.

    Returns:
        Whether it was changed.

    Raises:
        OSError: if it cannot be written.
    """
    ordered = sorted(rows, key=lambda row: (row["subject_label"], row["object_id"]))
    lines = [*header, "\t".join(columns), *("\t".join(row.get(column, "") for column in columns) for row in ordered)]
    content = "\n".join(lines) + "\n"
    if path.exists() and path.read_bytes() == content.encode():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return True


def columns_of(rows: Iterable[Mapping[str, str]], always: Iterable[str] = NEEDED) -> tuple[str, ...]:
    """Return the columns that a table of some rows needs, in their order; what SSSOM has and we do not at the end."""
    used = dict.fromkeys([*always, *(column for row in rows for column, cell in row.items() if cell)])
    return (*(column for column in COLUMNS if column in used), *(column for column in used if column not in COLUMNS))
