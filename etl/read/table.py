"""The one place where the cells of a table are checked, whatever form it came in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from etl.problems import Problem, Rules
from etl.read.causes import explain
from etl.read.cells import SPACES, clean, mask, printable
from etl.read.columns import Columns
from etl.read.headings import Headings, find_headings, read_headings
from etl.read.layout import Layout
from etl.read.limits import Limits, written
from etl.read.merged import below_merged_headings, spread_merged
from etl.read.references import LAST_ROW, Range, letters, listed
from etl.read.source import Cell, Fault, Row, Sheet, passed

_SLICE = 2000
"""Rows whose cells are taken together."""
_REMEMBERED = 500_000
"""Different cells whose text is remembered."""
_LOOKED_AT = 1_000_000
"""Cells right of the headings that are looked at one by one."""


class TableReader:
    """One table while it is read: rows of canonical columns, and the problems told of them."""

    def __init__(self, name: str, sheet: Sheet, rules: Rules, columns: Columns, limits: Limits) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.headings: dict[str, str] = {}
        """Canonical column to the heading as written."""
        self.cells: dict[str, list[str | None]] = {}
        self.rows: list[int] = []
        self.rejected: set[int] = set()
        """Rows, counted from 0, of which a cell cannot be read."""
        self.shifted: set[int] = set()
        """Rows of which no cell can be trusted."""
        self._sheet = sheet
        self._rules = rules
        self._columns = columns
        self._limits = limits
        self._cleaned = _Cleaned(limits)
        self._headings = Headings(None, [])
        self._private: set[int] = set()
        """Places of columns that are never published."""
        self._bare: set[int] = set()
        """Places without heading in which nothing was found so far."""
        self._unheaded: dict[int, int] = {}
        """Places without heading that hold something, with the first row that does."""
        self._looked_at = 0
        self._short = 0

    def read(self) -> None:
        """Read the table.

        Raises:
            UnreadableError: if it is empty or no table of photographs.
        """
        rows: Iterator[tuple[int, Row]] = (numbered for numbered in self._sheet.rows if _holds_something(numbered[1]))
        cells, row = self._sheet.headings, self._sheet.heading_row
        if cells is None:
            row, cells, above, rows = find_headings(rows, self._columns, self._limits)
            if above:
                self.tell(Fault("heading-below-title", above, row))
        self._headings, faults, error = read_headings(cells, row, self._columns, self._limits, self._sheet.heading_rows)
        for fault in faults:
            self.tell(fault)
        if error:
            raise error
        self.headings = {column: str(self._headings.of(place)) for column, place in self._headings.places.items()}
        self.cells = {column: [] for column in self.headings}
        self._private = {place for column, place in self._headings.places.items() if column in self._columns.private}
        self._bare = {place for place, heading in enumerate(self._headings.written) if heading is None}
        self._read_rows(rows)
        self._end()

    @property
    def layout(self) -> Layout:
        """Where its cells stand."""
        return Layout(self._headings, self._sheet.merged)

    def tell(self, fault: Fault, *, row: int | None = None) -> None:
        """Tell a fault of this table."""
        self.problems.append(tell(self._rules, fault, self.name, row=row, column=self._headings.of(fault.place)))

    def _read_rows(self, rows: Iterable[tuple[int, Row]]) -> None:
        width = len(self._headings.written)
        needed = max(self._headings.places.values()) + 1
        slice_: list[Sequence[Cell]] = []
        for index, (row, given) in enumerate(rows):
            if index >= self._limits.rows:
                raise passed("row-limit", written(self._limits.rows), row)
            self.rows.append(row)
            cells = given
            if isinstance(cells, Fault):
                self._shift(index, row, cells)
                cells = ()
            elif len(cells) != width:
                self._check_width(index, row, cells, width)
            if self._bare:
                self._look_below_no_heading(row, cells)
            missing = needed - len(cells)
            slice_.append(
                [*cells, *([""] * missing)] if missing > 0 else cells if len(cells) <= width else cells[:width]
            )
            if len(slice_) == _SLICE:
                self._take(slice_)
                slice_.clear()
        self._take(slice_)

    def _take(self, slice_: Sequence[Sequence[Cell]]) -> None:
        """Take the cells of the last rows, column by column, which is three times as fast as row by row."""
        cleaned = self._cleaned
        start = len(self.rows) - len(slice_)
        for column, place in self._headings.places.items():
            values = [cleaned[cells[place]] for cells in slice_]
            self.cells[column] += (
                [self._tell_cell(value, index, place) for index, value in enumerate(values, start)]
                if cleaned.faulty
                else cast("list[str | None]", values)
            )
        if len(self.rejected) + len(self.shifted) > self._limits.faults:
            raise passed("row-faults", written(self._limits.faults), self.rows[-1])

    def _tell_cell(self, value: Cell | None, index: int, place: int) -> str | None:
        if not isinstance(value, Fault):
            return value
        if place in self._private:
            # What the laboratory keeps to itself costs no row, and is not repeated in a report that is published.
            value = Fault("cell-private")
        else:
            self.rejected.add(index)
        self.tell(replace(value, row=self.rows[index], place=place))
        return None

    def _shift(self, index: int, row: int, fault: Fault) -> None:
        self.shifted.add(index)
        self.tell(fault, row=row)

    def _check_width(self, index: int, row: int, cells: Sequence[Cell], width: int) -> None:
        """Look at a row that has more cells than there are headings, or fewer."""
        if not self._sheet.separated:
            self._look_right_of_headings(row, cells, width)
        elif extra := next((cell for cell in cells[width:] if _is_filled(cell)), None):
            self._shift(index, row, Fault("row-too-long", printable(str(extra).strip(SPACES))))
        elif len(cells) < width:
            self._short += 1
            if self._short <= self._limits.short:
                self.tell(Fault("row-too-short"), row=row)

    def _look_right_of_headings(self, row: int, cells: Sequence[Cell], width: int) -> None:
        # A sheet may have cells far to the right in each of a million rows; its rows end with their last cell.
        start = width if self._looked_at < _LOOKED_AT else max(width, len(cells) - 1)
        for place in range(start, len(cells)):
            if _is_filled(cells[place]):
                self._unheaded.setdefault(place, row)
        self._looked_at += max(0, len(cells) - width)

    def _look_below_no_heading(self, row: int, cells: Sequence[Cell]) -> None:
        found = {place for place in self._bare if place < len(cells) and _is_filled(cells[place])}
        self._unheaded.update(dict.fromkeys(found, row))
        self._bare -= found

    def _end(self) -> None:
        """Tell and do what can only be told and done when all rows are there."""
        merged = self._sheet.merged
        for fault in spread_merged(merged, self._headings, self.rows, self.cells):
            self.tell(fault)
        spanned = below_merged_headings(merged, self._headings)
        for place, row in sorted(self._unheaded.items()):
            if place not in spanned:
                self.tell(Fault("heading-empty", letters(place)), row=row)
        for fault in self._sheet.told:
            if fault.place is None or fault.place in self._headings.places.values():
                self.tell(self._without_secrets(fault))
        if hidden := [one for one in self._sheet.hidden if self._is_read(one)]:
            self.tell(Fault("sheet-hidden-cells", listed(hidden)))
        if self._short > self._limits.short:
            self.tell(Fault("rows-too-short", written(self._short - self._limits.short)))
        if not self.rows:
            self.tell(Fault("file-without-rows"))
        if "image_id" not in self.headings:
            self._name_by_specimen()

    def _without_secrets(self, fault: Fault) -> Fault:
        """Hide the text of a formula about ages, which may hold a date, or in a private column."""
        secret = self._private | {self._headings.places.get("age")}
        if fault.value and fault.place is not None and fault.place in secret:
            return replace(fault, value=mask(fault.value))
        return fault

    def _is_read(self, hidden: Range) -> bool:
        """Tell whether hidden places are rows, or columns that are read."""
        is_rows = hidden.last_row < LAST_ROW
        return is_rows or any(hidden.first_column <= p <= hidden.last_column for p in self._headings.places.values())

    def _name_by_specimen(self) -> None:
        """Give each row, a report on a biopsy, the identifier of the biopsy."""
        place = self._headings.places["specimen_id"]
        heading = self.headings["specimen_id"]
        self.tell(Fault("heading-image-id-from-specimen", heading, self._headings.row, place))
        self.headings["image_id"] = heading
        self.cells["image_id"] = list(self.cells["specimen_id"])


class _Cleaned(dict[Cell, Cell | None]):
    """What each cell comes to; most words of a table stand in many of its rows."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.faulty = False
        """Whether any cell so far was at fault."""
        self._limits = limits

    def __missing__(self, cell: Cell) -> Cell | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = value = clean(cell, self._limits)
        self.faulty |= isinstance(value, Fault)
        return value


def tell(rules: Rules, fault: Fault, file: str, *, row: int | None = None, column: str | None = None) -> Problem:
    """Return the problem that a fault is in a file."""
    because = {"cause": explain(fault.cause, rules.language)} if fault.cause else {}
    return rules[fault.rule].tell(
        file=file,
        row=row if fault.row is None else fault.row,
        column=column,
        value=fault.value,
        candidates=fault.candidates,
        corrections=fault.corrections,
        bindings={**dict(fault.bindings), **because},
    )


def _is_filled(cell: Cell) -> bool:
    return isinstance(cell, Fault) or bool(cell.strip(SPACES))


def _holds_something(cells: Row) -> bool:
    return isinstance(cells, Fault) or (len(cells) > 0 and (_is_filled(cells[-1]) or any(map(_is_filled, cells))))
