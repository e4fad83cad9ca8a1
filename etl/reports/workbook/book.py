"""A workbook that is to be marked: which parts it has, and what is to be left out of it."""

from functools import cached_property

from openpyxl import Workbook
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.xml.functions import tostring

from etl.read.limits import written
from etl.read.workbook.package import relations
from etl.reports.workbook.archive import Archive, Relation
from etl.reports.workbook.index import Index
from etl.reports.workbook.parts import MACRO_SHEETS, MACROS, SIGNATURE, sorts

UNPACKED = 4_000_000_000
"""Bytes that all parts of a workbook may unpack to."""
_SIGNATURES = "_xmlsignatures/"


class NotReturnableError(Exception):
    """A workbook cannot be marked; ``word`` is the phrase that says why, with ``values``."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(word)
        self.word = word
        self.values = values


class Book:
    """The parts of a workbook, and names for new ones."""

    def __init__(self, source: Archive) -> None:
        """Open the workbook.

        Raises:
            NotReturnableError: if it is too large, or two of its sheets are one part.
        """
        if sum(entry.file_size for entry in source.entries) > UNPACKED:
            raise NotReturnableError("too_large", limit=written(UNPACKED // 1_000_000))
        self.source = source
        self.root = source.related("")
        [main] = [relation for relation in self.root if relation.kind == "officeDocument"]
        self.main = main.target
        self.namespace = main.type.rpartition("/")[0]
        """That of relations, which their types begin with, too."""
        self.related = source.related(self.main)
        self.index = source.run(Index(), self.main)
        worksheets = {relation.id: relation.target for relation in self.related if relation.kind == "worksheet"}
        self.sheets = {
            entry.name: worksheets[entry.relation] for entry in self.index.sheets if entry.relation in worksheets
        }
        """Name to part, of those that have cells."""
        if len(set(self.sheets.values())) < len(self.sheets):
            raise NotReturnableError("one_part")
        self._named: set[str] = set()

    def part(self, kind: str) -> str | None:
        """Return the part of a kind that the workbook has."""
        found = (relation.target for relation in self.related if relation.kind == kind)
        return next((part for part in found if part in self.source), None)

    def name_part(self, kind: str) -> str:
        """Return a free name for a part of a kind."""
        part = self.source.unused(sorts()[kind].name, self._named)
        self._named.add(part)
        return part

    def type_of(self, kind: str) -> str:
        """Return the type of relations of a kind."""
        return f"{self.namespace}/{kind}"

    @cached_property
    def signatures(self) -> list[str]:
        """The relations that lead to signatures."""
        return [relation.id for relation in self.root if relation.kind == SIGNATURE]

    def signature_parts(self) -> set[str]:
        """Return the parts that sign others, in small letters."""
        names = {entry.filename.lower() for entry in self.source.entries}
        return {name for name in names if name.startswith(_SIGNATURES)} if self.signatures else set()

    @cached_property
    def macros(self) -> list[Relation]:
        """The relations that lead to macros."""
        return [relation for relation in self.related if relation.kind in MACROS]

    def macro_parts(self) -> set[str]:
        """Return the parts of macros, in small letters.

        Raises:
            NotReturnableError: if macros stand in sheets, of which none can be left out.
        """
        if any(relation.kind in MACRO_SHEETS for relation in self.related):
            raise NotReturnableError("macro_sheets")
        parts: set[str] = set()
        for macro in self.macros:
            parts |= {macro.target, relations(macro.target)}
            parts |= {relation.target for relation in self.source.related(macro.target)}
        return {part.lower() for part in parts}


def unused(taken: set[str]) -> str:
    """Return an identifier of a relation that is free, and take it."""
    number = 1
    while (name := f"rId{number}") in taken:
        number += 1
    taken.add(name)
    return name


def default_styles() -> bytes:
    """Return the formats of a workbook that has none."""
    content: bytes = tostring(write_stylesheet(Workbook()))
    return content
