"""The list of sheets of a workbook, to which ours is added."""

from dataclasses import dataclass

from etl.read.workbook.book import LIST, listed_sheet
from etl.reports.workbook.splices import Splices, in_xml, tag

_BEHIND_NAMES = frozenset(
    [
        "calcPr",
        "oleSize",
        "customWorkbookViews",
        "pivotCaches",
        "smartTagPr",
        "smartTagTypes",
        "webPublishing",
        "fileRecoveryPr",
        "webPublishObjects",
        "extLst",
    ]
)
"""What stands behind the defined names (ECMA-376-1, 18.2.27)."""
LONGEST_NAME = 31
"""Signs of the name of a sheet."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


@dataclass(frozen=True)
class Entry:
    """A sheet that is listed."""

    name: str
    relation: str
    number: int


class Index(Splices):
    """Reads the list of sheets; with ``added`` it writes it with one more, which is told to be ours."""

    reads_text = True

    def __init__(self, added: Entry | None = None, relations: str = "") -> None:
        """Take the sheet to be added, and the namespace of relations."""
        super().__init__()
        self.sheets: list[Entry] = []
        self.namespace = ""
        """That of the elements."""
        self.ours: str | None = None
        """Name of the sheet that an earlier report has added."""
        self._new = added
        self._relations = relations
        self._named = added is None
        self._pieces: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if self.depth == 1:
            self.namespace = attributes.get(f"xmlns:{self.prefix[:-1]}" if self.prefix else "xmlns", "")
        elif name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.sheets.append(Entry(attributes["name"], relation, int(attributes["sheetId"])))
        elif name == "definedName" and attributes.get("name") == LIST:
            if self._new:
                self.leave_out()
            else:
                self._pieces = []
        elif self.depth == 2 and name in _BEHIND_NAMES and not self._named:
            self._named = True
            self.put_before(self._names())

    def text(self, data: str) -> None:
        """Take a piece of text."""
        if self._pieces is not None:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        """Take its end."""
        if name == "definedName" and self._pieces is not None:
            self.ours, self._pieces = listed_sheet("".join(self._pieces)), None
        elif name == "sheets" and self._new:
            attributes = {"name": self._new.name, "sheetId": str(self._new.number)}
            attributes |= {"xmlns:r": self._relations, "r:id": self._new.relation}
            self.append(tag(self.name("sheet"), attributes, "/"))
        elif name == "definedNames" and not self._named:
            self._named = True
            self.append(self._name())
        elif self.depth == 1 and not self._named:
            self.append(self._names())

    def _names(self) -> str:
        name = self.name("definedNames")
        return f"<{name}>{self._name()}</{name}>"

    def _name(self) -> str:
        name = self.name("definedName")
        sheet = self._new.name if self._new else ""
        return f"{tag(name, {'name': LIST})}{in_xml(reference(sheet, '$A$1'))}</{name}>"


def reference(sheet: str, cell: str) -> str:
    """Return how a cell of a sheet is named."""
    return f"""'{sheet.replace("'", "''")}'!{cell}"""


def name_sheet(wanted: str, taken: set[str]) -> str:
    """Return a name that a sheet can have and none has yet; ``taken`` holds names, small and folded, and gets it."""
    plain = wanted.translate(_FORBIDDEN).strip("' ")[:LONGEST_NAME].strip("' ") or "1"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        end = f" {number}"
        name = plain[: LONGEST_NAME - len(end)] + end
    taken.add(name.casefold())
    return name
