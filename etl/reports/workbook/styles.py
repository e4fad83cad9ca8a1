"""The formats of cells: a marked cell keeps all of its own but the fill, and knows what that was.

A cell is marked by a format whose parent is a named style of ours. That style has the fill that the cell had, and its
name the name of the parent that the cell had. Both survive spreadsheet programs, which number formats anew and move
cells about, so that marks can be taken away again whatever was done to the workbook.
"""

import re
from collections.abc import Mapping, Sized
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from etl.problems import Severity
from etl.reports.workbook.splices import tag
from muscle_atlas.tables import Table

_NAME = re.compile(r"Muscle Atlas \d+: ?(.*)", re.DOTALL)
Item = TypeVar("Item")


class Format(NamedTuple):
    """A format of cells: what it refers to, and its alignment and protection as XML."""

    attributes: tuple[tuple[str, str], ...]
    inner: str = ""

    def of(self, name: str) -> str:
        """Return what it refers to, by number."""
        return dict(self.attributes).get(name, "0")

    def with_(self, **changes: str) -> "Format":
        """Return it with other references."""
        return Format(tuple({**dict(self.attributes), **changes}.items()), self.inner)

    def write(self, name: str) -> str:
        """Return its XML."""
        return tag(name, dict(self.attributes)) + f"{self.inner}</{name}>"

    @property
    def look(self) -> tuple[frozenset[tuple[str, str]], str]:
        """What two formats share that look the same."""
        defaults = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0", "xfId": "0"}
        known = {**defaults, **dict(self.attributes)}
        known.pop("applyFill", None)
        return frozenset(known.items()), self.inner


@dataclass
class Styles:
    """The formats of a workbook, and those that are added."""

    fonts: list[str] = field(default_factory=list)
    """Each as XML."""
    light: list[bool] = field(default_factory=list)
    """Of each font, whether its letters are light."""
    fills: list[str] = field(default_factory=list)
    parents: list[Format] = field(default_factory=list)
    """The formats of named styles."""
    formats: list[Format] = field(default_factory=list)
    """Those that cells refer to by number."""
    names: dict[str, int] = field(default_factory=dict)
    """Named style to the number of its format."""
    prefix: str = ""
    """That of the names of elements."""

    read: Mapping[str, int] = field(default_factory=dict)
    """How many each section held when it was read."""

    def __post_init__(self) -> None:
        self._marked: dict[tuple[int, Severity], int] = {}
        self._unmarked: dict[int, int] = {}

    def count(self, section: str) -> int:
        """Return how many a section holds."""
        held: dict[str, Sized] = {
            "fonts": self.fonts,
            "fills": self.fills,
            "cellStyleXfs": self.parents,
            "cellXfs": self.formats,
        }
        return len(held.get(section, self.names))

    @property
    def holds_ours(self) -> bool:
        """Whether an earlier report has marked cells."""
        return any(_NAME.fullmatch(name) for name in list(self.names)[: self.read["cellStyles"]])

    def marked(self, number: int, severity: Severity) -> int:
        """Return the format of a marked cell, by that of the same cell without a mark."""
        key = (number, severity)
        if key not in self._marked:
            own = self._format(number)
            font = int(own.of("fontId"))
            is_light = font < len(self.light) and self.light[font]
            fill = _find(self.fills, self._solid(colours(severity)[is_light]))
            changed = own.with_(fillId=str(fill), xfId=str(self._remember(own)), applyFill="1")
            self._marked[key] = _find(self.formats, changed)
        return self._marked[key]

    def unmarked(self, number: int) -> int:
        """Return the format that a cell had before it was marked by us; its own where it was not."""
        if number not in self._unmarked:
            self._unmarked[number] = self._restore(number)
        return self._unmarked[number]

    def added(self, *, font: str = "", fill: str | None = None, inner: str = "") -> int:
        """Return the number of a format for a sheet of ours; ``font`` is what stands in the element of one."""
        fonts = self._of("font", font)
        font_id = _find(self.fonts, fonts) if font else 0
        fill_id = _find(self.fills, self._solid(fill)) if fill else 0
        references = {"numFmtId": "49", "fontId": str(font_id), "fillId": str(fill_id), "borderId": "0", "xfId": "0"}
        applied = {"applyNumberFormat": "1", "applyFont": "1", "applyFill": "1", "applyAlignment": "1"}
        alignment = f"<{self.prefix}alignment{inner}/>" if inner else ""
        return _find(self.formats, Format(tuple({**references, **applied}.items()), alignment))

    def news(self) -> dict[str, list[str]]:
        """Return what was added since the part was read, as XML by section."""
        xf = f"{self.prefix}xf"
        named = [
            tag(f"{self.prefix}cellStyle", {"name": name, "xfId": str(number)}, "/")
            for name, number in list(self.names.items())[self.read["cellStyles"] :]
        ]
        added = {
            "fonts": self.fonts[self.read["fonts"] :],
            "fills": self.fills[self.read["fills"] :],
            "cellStyleXfs": [one.write(xf) for one in self.parents[self.read["cellStyleXfs"] :]],
            "cellXfs": [one.write(xf) for one in self.formats[self.read["cellXfs"] :]],
            "cellStyles": named,
        }
        return {section: pieces for section, pieces in added.items() if pieces}

    def _format(self, number: int) -> Format:
        return self.formats[number] if number < len(self.formats) else Format(())

    def _remember(self, own: Format) -> int:
        """Return the number of a named style that tells which fill and which parent a format has."""
        base = int(own.of("xfId"))
        parent = self.parents[base] if base < len(self.parents) else Format(())
        wanted = parent.with_(fillId=own.of("fillId"))
        name = next((name for name, number in self.names.items() if number == base), "")
        for known, number in self.names.items():
            match = _NAME.fullmatch(known)
            if match and match[1] == name and self.parents[number].look == wanted.look:
                return number
        used = sum(_NAME.fullmatch(known) is not None for known in self.names)
        while (new := f"Muscle Atlas {used + 1}: {name}") in self.names:
            used += 1
        self.parents.append(wanted)
        self.names[new] = len(self.parents) - 1
        return self.names[new]

    def _restore(self, number: int) -> int:
        own = self._format(number)
        base = int(own.of("xfId"))
        match = next((_NAME.fullmatch(name) for name, of in self.names.items() if of == base), None)
        if match is None:
            return number
        fill = own.of("fillId")
        if any(self._is(fill, colour) for severity in _colours() for colour in colours(severity)):
            fill = self.parents[base].of("fillId")
        # Else the cell was coloured by hand since, which is kept.
        wanted = own.with_(fillId=fill, xfId=str(self.names.get(match[1], 0)), applyFill="1")
        for known, one in enumerate(self.formats):
            if one.look == wanted.look:
                return known
        return _find(self.formats, wanted)

    def _is(self, fill: str, colour: str) -> bool:
        number = int(fill)
        return number < len(self.fills) and f'rgb="{colour}"' in self.fills[number].partition("bgColor")[0]

    def _solid(self, colour: str) -> str:
        fore, back = (
            tag(f"{self.prefix}fgColor", {"rgb": colour}, "/"),
            tag(f"{self.prefix}bgColor", {"indexed": "64"}, "/"),
        )
        pattern = f"{self.prefix}patternFill"
        return self._of("fill", f'<{pattern} patternType="solid">{fore}{back}</{pattern}>')

    def _of(self, name: str, inner: str) -> str:
        return f"<{self.prefix}{name}>{inner}</{self.prefix}{name}>"


def _find(held: list[Item], wanted: Item) -> int:
    """Return the number of what is wanted, which is added where it is not held."""
    try:
        return held.index(wanted)
    except ValueError:
        held.append(wanted)
        return len(held) - 1


@cache
def _colours() -> Mapping[Severity, tuple[str, str]]:
    return {
        severity: (dark, light) for severity, dark, light in Table(Path(__file__).parent / "marks.tsv").rows.iter_rows()
    }


def colours(severity: Severity) -> tuple[str, str]:
    """Return the colours of marks behind dark letters and behind light ones, as ARGB."""
    return _colours()[severity]
