"""What a package says of its parts: how they are related, and what each of them is."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from openpyxl.xml.constants import PKG_REL_NS, XLSM, XLSX

from etl.reports.workbook.splices import Splices, tag
from muscle_atlas.tables import Table

MACROS = ("vbaProject",)
"""Kinds of parts that hold programs."""
MACRO_SHEETS = ("xlMacrosheet", "xlIntlMacrosheet")
"""Kinds of sheets that are programs themselves."""
SIGNATURE = "origin"
"""The kind of relation that leads to signatures."""


class Sort(NamedTuple):
    """One kind of part that is added."""

    name: str
    """With a place for a number."""
    content_type: str


@cache
def sorts() -> Mapping[str, Sort]:
    """Return the kinds of parts that are added, by the last word of their relation."""
    rows = Table(Path(__file__).parent / "parts.tsv").rows
    return {kind: Sort(name, content_type) for kind, name, content_type in rows.iter_rows()}


class Relations(Splices):
    """Adds relations, and leaves some out."""

    def __init__(self, added: Mapping[str, tuple[str, str]], left_out: Collection[str] = ()) -> None:
        """Take what is added, by its identifier: type and target; ``left_out`` are identifiers."""
        super().__init__()
        self._added_ = added
        self._without = left_out

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "Relationship" and attributes["Id"] in self._without:
            self.leave_out()

    def end(self, name: str) -> None:
        """Take its end."""
        del name
        if self.depth == 1:
            for identifier, (type_, target) in self._added_.items():
                self.append(tag(self.name("Relationship"), {"Id": identifier, "Type": type_, "Target": target}, "/"))


class ContentTypes(Splices):
    """Tells what the added parts are, and forgets those that are left out."""

    def __init__(self, main: str, added: Mapping[str, str], left_out: Collection[str], *, macros: bool) -> None:
        """Take the parts.

        Args:
            main: the part of the workbook itself.
            added: part to the kind of it.
            left_out: parts in small letters.
            macros: whether the workbook may hold macros, which its name has to say, too.
        """
        super().__init__()
        self._main = f"/{main}".lower()
        self._added_ = added
        self._without = left_out
        self._type = XLSM if macros else XLSX
        self._extensions: set[str] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "Default":
            self._extensions.add(attributes["Extension"].lower())
        elif name == "Override":
            part = attributes["PartName"].lower()
            if part == self._main:
                self.retag({**attributes, "ContentType": self._type})
            elif part.lstrip("/") in self._without:
                self.leave_out()

    def end(self, name: str) -> None:
        """Take its end."""
        del name
        if self.depth != 1:
            return
        for part, kind in self._added_.items():
            content_type = sorts()[kind].content_type
            extension = part.rpartition(".")[2].lower()
            if extension == "xml":
                attributes = {"PartName": f"/{part}", "ContentType": content_type}
                self.append(tag(self.name("Override"), attributes, "/"))
            elif extension not in self._extensions:
                self._extensions.add(extension)
                self.append(tag(self.name("Default"), {"Extension": extension, "ContentType": content_type}, "/"))


def no_relations() -> bytes:
    """Return a part of relations that holds none."""
    return tag("Relationships", {"xmlns": PKG_REL_NS}, "/").encode()
