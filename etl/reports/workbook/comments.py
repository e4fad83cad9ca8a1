"""The comments of a sheet: ours stand below what the curator wrote, between signs by which they are found again."""

import re
from collections.abc import Mapping, Sequence

from etl.read.references import letters, parse_cell
from etl.read.workbook.sheet import unescape
from etl.reports.workbook.speech import Run
from etl.reports.workbook.splices import Splices, in_xml, tag

LONGEST = 32_767
"""Signs of a comment, like those of a cell."""
AUTHOR = "Muscle Atlas"
_BEGIN, _END = f"▸ {AUTHOR}\n", "◂"
_OURS = re.compile(f"(?:\n\n)?▸ {AUTHOR}\r?\n.*?{_END}", re.DOTALL)
_BOLD, _PLAIN = "<{0}b/>", ""
_FONT = '<{0}sz val="9"/><{0}color indexed="81"/><{0}rFont val="Tahoma"/><{0}family val="2"/>'

Cell = tuple[int, int]
"""Row from 1, place from 0."""


def begun(namespace: str) -> bytes:
    """Return a part of comments that holds none."""
    return f"{tag('comments', {'xmlns': namespace})}<authors/><commentList/></comments>".encode()


def framed(told: Sequence[Run]) -> list[Run]:
    """Return what is told between the signs by which it is found again."""
    return [(_BEGIN, True), *told, (_END, False)]


class Comments(Splices):
    """Takes away our comments of an earlier report, and adds new ones."""

    reads_text = True

    def __init__(self, told: Mapping[Cell, Sequence[Run]], more: Run) -> None:
        """Take what is told of cells; ``more`` ends what is too long."""
        super().__init__()
        self.cells: set[Cell] = set()
        """Cells that have a comment now."""
        self.full: list[Cell] = []
        """Cells whose comment has no room for what is told."""
        self._told = dict(told)
        self._more = more
        self._authors: list[str] = []
        self._author = -1
        self._attributes_: dict[str, str] = {}
        self._text = (0, 0)
        self._runs: list[tuple[str, str]] = []
        self._properties = ""
        self._property_at = 0
        self._pieces: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "comment":
            self.hold()
            self._attributes_, self._runs = attributes, []
        elif name == "text":
            self._text = (self.begin, 0)
        elif name == "rPr":
            self._property_at = self.begin
        elif name == "r":
            self._properties = ""
        elif name in ("t", "author"):
            self._pieces = []

    def text(self, data: str) -> None:
        """Take a piece of text."""
        if self._pieces is not None:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        """Take its end."""
        if name in ("t", "author"):
            text, self._pieces = "".join(self._pieces or ()), None
            if name == "author":
                self._authors.append(text)
            else:
                self._runs.append((self._properties if self.depth > 5 else "", unescape(text)))
        elif name == "rPr":
            self._properties = self.raw(self._property_at, self.finish)
        elif name == "text":
            self._text = (self._text[0], self.finish)
        elif name == "comment":
            self.replace(self._revised())
        elif name == "authors":
            if AUTHOR not in self._authors:
                self._authors.append(AUTHOR)
                self.append(f"<{self.name('author')}>{AUTHOR}</{self.name('author')}>")
        elif name == "commentList":
            self.append("".join(self._new(cell) for cell in sorted(self._told)))

    def _revised(self) -> str | None:
        """Return the comment with ours, without, or, where nothing changes, None."""
        column, row = parse_cell(self._attributes_["ref"])
        whole = "".join(text for _, text in self._runs)
        own = _without_ours(self._runs, whole)
        told = self._told.pop((row, column), None)
        if told is None and own == self._runs:
            self.cells.add((row, column))
            return None
        length = sum(len(text) for _, text in own)
        added = self._fitted(told, LONGEST - length - 2) if told else []
        if told and not added:
            self.full.append((row, column))
        if not length and not added:
            return ""
        self.cells.add((row, column))
        gap = [("\n\n", False)] if length and added else []
        written = "".join(self._run(properties, text) for properties, text in own) + self._runs_of(gap + added)
        name = self.name("text")
        first, last = self._text
        return f"{self.raw(self.started, first)}<{name}>{written}</{name}>{self.raw(last, self.finish)}"

    def _new(self, cell: Cell) -> str:
        row, column = cell
        self.cells.add(cell)
        attributes = {"ref": f"{letters(column)}{row}", "authorId": str(self._authors.index(AUTHOR))}
        text, comment = self.name("text"), self.name("comment")
        runs = self._runs_of(self._fitted(self._told[cell], LONGEST))
        return f"{tag(comment, attributes)}<{text}>{runs}</{text}></{comment}>"

    def _fitted(self, told: Sequence[Run], room: int) -> list[Run]:
        """Return as much of what is told as there is room for; nothing where that is not worth while."""
        framed_ = framed(told)
        if sum(len(text) for text, _ in framed_) <= room:
            return framed_
        kept: list[Run] = []
        left = room - len(_BEGIN) - len(_END) - len(self._more[0])
        for text, bold in told:
            if len(text) > left:
                break
            kept.append((text, bold))
            left -= len(text)
        return framed([*kept, self._more]) if kept else []

    def _runs_of(self, runs: Sequence[Run]) -> str:
        return "".join(
            self._run(f"<{{0}}rPr>{_BOLD if bold else _PLAIN}{_FONT}</{{0}}rPr>".format(self.prefix), text)
            for text, bold in runs
        )

    def _run(self, properties: str, text: str) -> str:
        run, piece = self.name("r"), self.name("t")
        return f'<{run}>{properties}<{piece} xml:space="preserve">{in_xml(text)}</{piece}></{run}>'


def _without_ours(runs: Sequence[tuple[str, str]], whole: str) -> list[tuple[str, str]]:
    """Return the runs of a comment without what we wrote, whichever runs it stands in."""
    spans = [match.span() for match in _OURS.finditer(whole)]
    if not spans:
        return list(runs)
    kept: list[tuple[str, str]] = []
    begin = 0
    for properties, text in runs:
        left = "".join(
            sign for at, sign in enumerate(text, begin) if not any(first <= at < last for first, last in spans)
        )
        begin += len(text)
        if left:
            kept.append((properties, left))
    return kept if any(text.strip() for _, text in kept) else []
