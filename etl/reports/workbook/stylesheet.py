"""The part of a workbook that holds the formats of cells."""

from collections.abc import Mapping

from etl.reports.workbook.splices import Splices, tag
from etl.reports.workbook.styles import Format, Styles

_SECTIONS: tuple[str, ...] = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
)
_SECTIONS += ("colors", "extLst")
"""What the part of formats holds, in this order (ECMA-376-1, 18.8.39)."""
_ITEMS = {"fonts": "font", "fills": "fill", "cellStyleXfs": "xf", "cellXfs": "xf", "cellStyles": "cellStyle"}
_LIGHT = 0.6
"""Luminance from which letters are called light."""
_LIGHT_THEME = ("0", "2")
"""Colours of a theme that are backgrounds: letters in them are light."""
_LIGHT_INDEX = ("1", "9")
"""White in the palette of old."""


class Reading(Splices):
    """Reads the formats of a workbook."""

    def __init__(self) -> None:
        super().__init__()
        self.styles = Styles()
        self._section = ""
        self._inner = 0
        self._given: dict[str, str] = {}
        self._is_light = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if self.depth == 1:
            self.styles.prefix = self.prefix
        elif self.depth == 2:
            self._section = name
        elif self.depth == 3 and _ITEMS.get(self._section) == name:
            self.hold()
            self._inner, self._given, self._is_light = self.inner, attributes, False
        elif name == "color" and self._section == "fonts" and self.depth == 4:
            self._is_light = _is_light(attributes)

    def end(self, name: str) -> None:
        """Take its end."""
        if self.depth == 3 and _ITEMS.get(self._section) == name:
            self._take(name)
            self.replace(None)
        elif self.depth == 1:
            self.styles.read = {section: self.styles.count(section) for section in _ITEMS}

    def _take(self, name: str) -> None:
        styles = self.styles
        if name == "cellStyle":
            styles.names.setdefault(self._given.get("name", ""), int(self._given["xfId"]))
        elif name == "xf":
            form = Format(tuple(self._given.items()), self.raw(self._inner, max(self._inner, self.begin)))
            (styles.parents if self._section == "cellStyleXfs" else styles.formats).append(form)
        elif name == "fill":
            styles.fills.append(self.raw(self.started, self.finish))
        else:
            styles.fonts.append(self.raw(self.started, self.finish))
            styles.light.append(self._is_light)


def _is_light(colour: Mapping[str, str]) -> bool:
    if "theme" in colour:
        return colour["theme"] in _LIGHT_THEME and float(colour.get("tint", 0)) > -1 + _LIGHT
    if "indexed" in colour:
        return colour["indexed"] in _LIGHT_INDEX
    red, green, blue = (int(colour.get("rgb", "FF000000")[-6:][at : at + 2], 16) / 255 for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > _LIGHT


class Writing(Splices):
    """Writes the formats of a workbook with those that were added."""

    def __init__(self, styles: Styles) -> None:
        """Take the formats."""
        super().__init__()
        self._news = styles.news()
        self._count = styles.count

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if self.depth != 2:
            return
        if name in _SECTIONS:
            self._create(before=_SECTIONS.index(name))
        if name in self._news:
            self.retag({**attributes, "count": str(self._count(name))})

    def end(self, name: str) -> None:
        """Take its end."""
        if self.depth == 2 and name in self._news:
            self.append("".join(self._news.pop(name)))
        elif self.depth == 1:
            self._create(before=len(_SECTIONS))

    def _create(self, before: int) -> None:
        """Write the sections that are added to and are not there."""
        for section in _SECTIONS[:before]:
            if section in self._news:
                name, pieces = f"{self.prefix}{section}", self._news.pop(section)
                xml = tag(name, {"count": str(self._count(section))}) + "".join(pieces) + f"</{name}>"
                (self.append if self.depth == 1 else self.put_before)(xml)
