"""The parts of a workbook that its sheets rest on: which sheets there are, their strings, their formats."""

from collections.abc import Mapping
from dataclasses import dataclass

from etl.read.source import Fault, Sheet, Source, UnreadableError
from etl.read.workbook.formats import Formats
from etl.read.workbook.package import Package, relations, target
from etl.read.workbook.sheet import SheetRows, unescape

LIST = "MuscleAtlas.problems"
"""The name by which a workbook that was marked says which of its sheets lists what was wrong; that is no table."""
_VISIBLE = "visible"
_TOLD = {
    "workbook-macros": ("vbaProject", "xlMacrosheet", "xlIntlMacrosheet"),
    "workbook-links": ("externalLink",),
}
"""Rules by which parts of these kinds are told, none of which is read."""


def open_workbook(package: Package) -> Source:
    """Return the visible sheets of a workbook; hidden ones are told.

    Raises:
        UnreadableError: if the workbook is damaged; while rows are read, if its sheets are.
    """
    main = next(iter(_Relations(package, "").of("officeDocument").values()), "xl/workbook.xml")
    related = _Relations(package, main)
    index = _Index(package, main)
    formats = Formats(dated_from_1904=index.dated_from_1904)
    for part in related.of("styles").values():
        _read(package, part, formats)
    strings = _Strings()
    for part in related.of("sharedStrings").values():
        _read(package, part, strings)
    told = [Fault(rule) for rule, kinds in _TOLD.items() if any(map(related.of, kinds))]
    source = Source([], told, form="workbook")
    names: set[str] = set()
    parts = related.of("worksheet")
    for sheet in index.sheets:
        if sheet.relation not in parts:
            continue  # A sheet of a chart has no cells.
        part = parts[sheet.relation]
        if sheet.name.casefold() in names or part not in package:
            raise UnreadableError(Fault("file-damaged", f"{main}: {sheet.name}", cause="part"))
        names.add(sheet.name.casefold())
        if sheet.name == index.list:
            continue
        if sheet.state != _VISIBLE:
            source.told.append(Fault("sheet-hidden", sheet.name))
            continue
        table = Sheet((), name=sheet.name)
        table.rows = SheetRows(table, strings.values, formats.formats).read(package, part)
        source.sheets.append(table)
    return source


def _read(package: Package, part: str, handler: "_Relations | _Index | _Strings | Formats") -> None:
    if part in package:
        for _ in package.parse(part, handler):
            pass


def listed_sheet(reference: str) -> str:
    """Return the sheet of a cell that a workbook names: ``'What is wrong'!$A$1``."""
    sheet = reference.rpartition("!")[0]
    return sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet


class _Relations:
    """What a part is related to, by kind."""

    def __init__(self, package: Package, part: str) -> None:
        self._part = part
        self._found: dict[str, dict[str, str]] = {}
        _read(package, relations(part), self)

    def of(self, kind: str) -> dict[str, str]:
        """Return the parts of one kind by the identifier of the relation."""
        return self._found.get(kind, {})

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes["Type"].rpartition("/")[2]
            self._found.setdefault(kind, {})[attributes["Id"]] = target(self._part, attributes["Target"])

    def end(self, name: str) -> None:
        del name

    def text(self, data: str) -> None:
        del data


@dataclass(frozen=True)
class _Listed:
    name: str
    state: str
    relation: str


class _Index:
    """The list of sheets, and the day that dates are counted from."""

    def __init__(self, package: Package, part: str) -> None:
        self.sheets: list[_Listed] = []
        self.dated_from_1904 = False
        self.list: str | None = None
        """The sheet of an earlier report."""
        self._pieces: list[str] | None = None
        if part not in package:
            raise UnreadableError(Fault("file-damaged", part, cause="part"))
        _read(package, part, self)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.sheets.append(_Listed(attributes["name"], attributes.get("state", _VISIBLE), relation))
        elif name == "workbookPr":
            self.dated_from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "definedName" and attributes.get("name") == LIST:
            self._pieces = []

    def end(self, name: str) -> None:
        if name == "definedName" and self._pieces is not None:
            self.list, self._pieces = listed_sheet("".join(self._pieces)), None

    def text(self, data: str) -> None:
        if self._pieces is not None:
            self._pieces.append(data)


class _Strings:
    """The strings that cells refer to by number, pieces of rich text joined, guides to pronunciation left out."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._pieces: list[str] = []
        self._told = False
        self._spoken = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        del attributes
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._spoken = True
        elif name == "t":
            self._told = not self._spoken

    def end(self, name: str) -> None:
        if name == "si":
            self.values.append(unescape("".join(self._pieces)))
        elif name == "rPh":
            self._spoken = False
        elif name == "t":
            self._told = False

    def text(self, data: str) -> None:
        if self._told:
            self._pieces.append(data)
