"""Sheets of ours, written row by row."""

from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

from etl.read.references import letters
from etl.reports.workbook.splices import in_xml, tag

LONGEST = 32_767
"""Signs of a cell."""
LINKS = 65_530
"""Links of a sheet."""

_LINE, _TALLEST = 15, 405
"""How high a line of text is, and a row can be (points)."""


class Cell(NamedTuple):
    """What stands in a cell; text is never a formula, whatever it begins with."""

    value: str | int
    style: int = 0
    link: str = ""
    """The cell of the workbook that it leads to."""


class SheetWriter:
    """Writes a sheet."""

    def __init__(self, stream: IO[bytes], namespace: str) -> None:
        self.cut = 0
        """Cells whose text was too long."""
        self._stream = stream
        self._namespace = namespace
        self._links: list[tuple[str, str]] = []

    def begin(self, widths: Sequence[int] = (), frozen: int = 0) -> None:
        """Write what stands above the rows.

        Args:
            widths: how many signs wide each column is.
            frozen: rows that stay in sight.
        """
        pane = {"ySplit": str(frozen), "topLeftCell": f"A{frozen + 1}", "activePane": "bottomLeft", "state": "frozen"}
        view = tag("sheetView", {"workbookViewId": "0"})
        columns = "".join(
            tag("col", {"min": str(n), "max": str(n), "width": str(width), "customWidth": "1"}, "/")
            for n, width in enumerate(widths, 1)
        )
        self._write(
            tag("worksheet", {"xmlns": self._namespace})
            + (f"<sheetViews>{view}{tag('pane', pane, '/')}</sheetView></sheetViews>" if frozen else "")
            + (f"<cols>{columns}</cols>" if columns else "")
            + "<sheetData>"
        )

    def write(self, number: int, cells: Iterable[Cell], lines: int = 0) -> None:
        """Write a row, as high as so many lines of text; empty cells without a style are left out."""
        height = f' ht="{min(lines * _LINE, _TALLEST)}" customHeight="1"' if lines else ""
        pieces = [f'<row r="{number}"{height}>']
        for place, (value, style, link) in enumerate(cells):
            if value == "" and not style:
                continue
            at = f"{letters(place)}{number}"
            formatted = f' s="{style}"' if style else ""
            if value == "":
                pieces.append(f'<c r="{at}"{formatted}/>')
            elif isinstance(value, int):
                pieces.append(f'<c r="{at}"{formatted}><v>{value}</v></c>')
            else:
                text = in_xml(self._cut(value))
                pieces.append(f'<c r="{at}"{formatted} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
            if link and len(self._links) < LINKS:
                self._links.append((at, link))
        pieces.append("</row>")
        self._write("".join(pieces))

    def end(self, filtered: str = "") -> None:
        """Write what stands below the rows; ``filtered`` are the cells that can be filtered."""
        links = "".join(tag("hyperlink", {"ref": at, "location": link}, "/") for at, link in self._links)
        self._write(
            "</sheetData>"
            + (tag("autoFilter", {"ref": filtered}, "/") if filtered else "")
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            + "</worksheet>"
        )

    def _cut(self, text: str) -> str:
        if len(text) <= LONGEST // 2:
            return text
        # Signs beyond the first plane count twice.
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) <= 2 * LONGEST:
            return text
        self.cut += 1
        return units[: 2 * LONGEST - 2].decode("utf-16-le", "ignore") + "…"

    def _write(self, xml: str) -> None:
        self._stream.write(xml.encode("ascii", "xmlcharrefreplace"))
