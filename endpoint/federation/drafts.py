"""A query while it is written anew: where each place of the new text stands in the query that was asked."""

from bisect import bisect_right

from endpoint.cages.faults import FaultError


class Rewritten:
    """A query as it goes to a cage."""

    def __init__(self, text: str, original: str, pieces: list[tuple[int, int]]) -> None:
        self.text = text
        self._original = original
        self._pieces = pieces

    def locate(self, fault: FaultError) -> FaultError:
        """Return a fault with its place in the query that was asked."""
        if "line" not in fault.more:
            return fault
        line, column = self._place(fault.more["line"], fault.more["column"])
        return FaultError(fault.kind, fault.detail, **{**fault.more, "line": line, "column": column})

    def _place(self, line: int, column: int) -> tuple[int, int]:
        # Lines and columns count from 1, columns in bytes of UTF-8, as Oxigraph tells them.
        lines = self.text.split("\n")
        before = lines[min(line, len(lines)) - 1].encode()[: column - 1].decode(errors="ignore")
        at = sum(len(text) + 1 for text in lines[: line - 1]) + len(before)
        emitted, asked = self._pieces[max(0, bisect_right(self._pieces, (at, len(self._original))) - 1)]
        end = min(asked + at - emitted, len(self._original))
        start = self._original.rfind("\n", 0, end) + 1
        return self._original.count("\n", 0, start) + 1, len(self._original[start:end].encode()) + 1


class Draft:
    """The text of a query that is written anew, piece by piece."""

    def __init__(self, original: str) -> None:
        """Begin with nothing written."""
        self._original = original
        self._parts: list[str] = []
        self._pieces: list[tuple[int, int]] = []
        self._length = 0

    def add(self, text: str, asked: int) -> None:
        """Write a text, which stands for what begins at a place of the query that was asked."""
        if not text:
            return
        # A piece goes on as long as what is written runs along with what was asked.
        if not self._pieces or self._length - asked != self._pieces[-1][0] - self._pieces[-1][1]:
            self._pieces.append((self._length, asked))
        self._parts.append(text)
        self._length += len(text)

    def finish(self) -> Rewritten:
        """Return what was written."""
        return Rewritten("".join(self._parts), self._original, self._pieces or [(0, 0)])
