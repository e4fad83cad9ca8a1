"""Conversations at cells: where there is one, programs show it in place of the comment, so that we reply in it."""

from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from etl.read.references import letters
from etl.reports.workbook.comments import AUTHOR, Cell
from etl.reports.workbook.speech import Run
from etl.reports.workbook.splices import Splices, in_xml, tag


def identify(name: str) -> str:
    """Return the identifier that a name always gets."""
    return f"{{{uuid5(NAMESPACE_URL, f'{AUTHOR} {name}')}}}".upper()


class Persons(Splices):
    """Adds us to the persons who take part in conversations, once."""

    def __init__(self) -> None:
        super().__init__()
        self.ours = identify("")
        self._there = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "person" and attributes.get("displayName") == AUTHOR:
            self.ours, self._there = attributes["id"], True

    def end(self, name: str) -> None:
        """Take its end."""
        del name
        if self.depth == 1 and not self._there:
            person = {"displayName": AUTHOR, "id": self.ours, "userId": AUTHOR, "providerId": "None"}
            self.append(tag(self.name("person"), person, "/"))


class Threads(Splices):
    """Takes our replies out of the conversations of a sheet, and adds new ones."""

    def __init__(self, told: Mapping[Cell, Sequence[Run]], ours: str) -> None:
        """Take what is told of cells, and who we are among the persons."""
        super().__init__()
        self._told = {f"{letters(column)}{row}": runs for (row, column), runs in told.items()}
        self._ours = ours
        self._roots: dict[str, dict[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "threadedComment":
            if attributes.get("personId") == self._ours:
                self.leave_out()
            elif "parentId" not in attributes:
                self._roots.setdefault(attributes["ref"], attributes)

    def end(self, name: str) -> None:
        """Take its end."""
        del name
        if self.depth == 1:
            self.append("".join(self._reply(root) for ref, root in self._roots.items() if ref in self._told))

    def _reply(self, root: Mapping[str, str]) -> str:
        text = "".join(text for text, _ in self._told[root["ref"]]).strip()
        reply: dict[str, str] = {
            **root,
            "personId": self._ours,
            "id": identify(root["id"] + text),
            "parentId": root["id"],
        }
        kept: dict[str, str] = {key: reply[key] for key in ("ref", "dT", "personId", "id", "parentId") if key in reply}
        name, body = self.name("threadedComment"), self.name("text")
        return f"{tag(name, kept)}<{body}>{in_xml(text)}</{body}></{name}>"
