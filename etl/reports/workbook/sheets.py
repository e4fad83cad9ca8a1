"""The cells of a sheet as they are marked: their format is another, missing ones are created, all else stays."""

from collections import deque
from collections.abc import Iterator, Mapping

from etl.problems import Severity
from etl.read.references import LAST_COLUMN, letters, parse_cell
from etl.reports.workbook.splices import Splices, tag
from etl.reports.workbook.styles import Styles

_BEHIND_COMMENTS = frozenset(
    [
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    ]
)
"""What stands behind the reference to the shapes of comments (ECMA-376-1, 18.3.1.99)."""
_YES = ("1", "true")

Marks = Mapping[int, Mapping[int, Severity]]
"""Row to place to the worst that is told there."""


class Marking(Splices):
    """Marks the cells of a sheet, and takes away the marks of an earlier report."""

    def __init__(self, marks: Marks, styles: Styles, *, shapes: str = "", relations: str = "") -> None:
        """Take the marks; ``shapes`` is the relation that the shapes of comments are to have, where there is none.

        Args:
            marks: what is to be marked.
            styles: the formats of the workbook.
            shapes: identifier of that relation, empty where no comment is to be added.
            relations: namespace of relations.
        """
        super().__init__()
        self.shapes: str | None = None
        """The relation by which the sheet names the shapes of its comments."""
        self._styles = styles
        self._was_marked = styles.holds_ours
        self._marks = marks
        self._rows = deque(sorted(marks))
        self._offered = (shapes, relations)
        self._number = 0
        self._place = -1
        self._pending: deque[int] = deque()
        self._of_row: Mapping[int, Severity] = {}
        self._row_style: int | None = None
        self._column_styles: list[tuple[int, int, int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "c" and self.depth == 4:
            self._start_cell(attributes)
        elif name == "row" and self.depth == 3:
            self._start_row(attributes)
        elif name == "col" and self.depth == 3 and "style" in attributes:
            self._column_styles.append((int(attributes["min"]), int(attributes["max"]), int(attributes["style"])))
        elif self.depth == 2:
            if name == "legacyDrawing":
                self.shapes = next((value for key, value in attributes.items() if key.endswith(":id")), None)
            elif name in _BEHIND_COMMENTS and (xml := self._reference()):
                self.put_before(xml)

    def end(self, name: str) -> None:
        """Take its end."""
        if name == "row" and self.depth == 3:
            self.append("".join(self._create(LAST_COLUMN)))
        elif name == "sheetData" and self.depth == 2:
            self.append("".join(self._create_rows(None)))
        elif self.depth == 1:
            self.append(self._reference())

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._number = int(attributes.get("r", self._number + 1))
        self._place = -1
        if self._rows and self._rows[0] < self._number:
            self.put_before("".join(self._create_rows(self._number)))
        self._of_row = self._marks.get(self._number, {})
        self._pending = deque(sorted(self._of_row))
        self._row_style = int(attributes["s"]) if attributes.get("customFormat") in _YES and "s" in attributes else None
        if not self._pending and not self._was_marked:
            # Most rows: much faster than to look at each of their cells.
            self.pass_over()
        if self._pending:
            self._rows.popleft()
            first, _, last = attributes.get("spans", "").partition(":")
            if last and not (int(first) <= self._pending[0] + 1 and self._pending[-1] < int(last)):
                # A hint which columns the row has; without it, programs look.
                self.retag({key: value for key, value in attributes.items() if key != "spans"})

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._place = parse_cell(reference)[0] if reference else self._place + 1
        own = int(attributes.get("s", 0))
        if not self._pending:
            style = self._styles.unmarked(own)
        else:
            if self._pending[0] < self._place:
                self.put_before("".join(self._create(self._place)))
            style = self._styles.unmarked(own)
            if self._pending and self._pending[0] == self._place:
                style = self._styles.marked(style, self._of_row[self._pending.popleft()])
        if style != own:
            changed = {**attributes, "s": str(style)}
            # As most programs do, the first format of all is not named.
            self.retag(changed if style else {key: value for key, value in changed.items() if key != "s"})

    def _create(self, end: int) -> Iterator[str]:
        """Give the cells that are marked left of a place and are not there."""
        while self._pending and self._pending[0] < end:
            place = self._pending.popleft()
            style = self._styles.marked(self._styles.unmarked(self._inherited(place)), self._of_row[place])
            yield tag(self.name("c"), {"r": f"{letters(place)}{self._number}", "s": str(style)}, "/")

    def _create_rows(self, end: int | None) -> Iterator[str]:
        """Give the rows that hold marks above a row, or at the end, and are not there."""
        number = self._number
        while self._rows and (end is None or self._rows[0] < end):
            self._number = self._rows.popleft()
            self._of_row, self._row_style = self._marks[self._number], None
            self._pending = deque(sorted(self._of_row))
            name = self.name("row")
            yield tag(name, {"r": str(self._number)}) + "".join(self._create(LAST_COLUMN)) + f"</{name}>"
        self._number = number

    def _inherited(self, place: int) -> int:
        """Return the format that an empty cell has from its row, else its column."""
        if self._row_style is not None:
            return self._row_style
        return next((style for first, last, style in self._column_styles if first <= place + 1 <= last), 0)

    def _reference(self) -> str:
        """Return what names the shapes of comments, once, and where nothing does yet."""
        relation, namespace = self._offered
        if self.shapes is not None or not relation:
            return ""
        self.shapes = relation
        return tag(self.name("legacyDrawing"), {"xmlns:r": namespace, "r:id": relation}, "/")
