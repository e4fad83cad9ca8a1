"""Formats of numbers: which cells show a date, and which identifiers have lost the zeros in front."""

from collections.abc import Callable, Mapping
from datetime import datetime

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from etl.read.cells import write, write_number

Format = Callable[[str], str]
"""Turns a number as a workbook stores it into the text that is meant."""


def write_shown(number: str) -> str:
    """Return a number with the 15 digits that spreadsheets show, not the 17 that they store: 0.3 for 0.1 + 0.2."""
    try:
        return write_number(f"{float(number):.15g}")
    except ValueError:
        return number


class Formats:
    """The formats of a workbook, by the number that cells give as their style."""

    def __init__(self, *, dated_from_1904: bool = False) -> None:
        self.formats: list[Format] = []
        self._codes: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        self._epoch: datetime = MAC_EPOCH if dated_from_1904 else WINDOWS_EPOCH
        self._in_cells = False
        self._known: dict[str, Format] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element of the part of styles."""
        if name == "numFmt":
            self._codes[attributes["numFmtId"]] = attributes["formatCode"]
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            code = self._codes.get(attributes.get("numFmtId", "0"), "General")
            if code not in self._known:
                self._known[code] = self._format(code)
            self.formats.append(self._known[code])

    def end(self, name: str) -> None:
        """Take its end."""
        if name == "cellXfs":
            self._in_cells = False

    def text(self, data: str) -> None:
        """Take text, of which there is none."""
        del data

    def _format(self, code: str) -> Format:
        if is_timedelta_format(code):
            return lambda number: self._date(number, timedelta=True)
        if is_date_format(code):
            return self._date
        if len(code) > 1 and set(code) == {"0"}:
            return lambda number: write_shown(number).zfill(len(code))
        return write_shown

    def _date(self, number: str, *, timedelta: bool = False) -> str:
        try:
            return str(write(from_excel(float(number), self._epoch, timedelta=timedelta)))
        except (ValueError, OverflowError):
            # A number that is no day, which spreadsheets show as ####.
            return write_shown(number)
