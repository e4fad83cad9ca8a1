"""``contribution.yaml``: its keys and values are read, and whatever is wrong with them is told with its line."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from etl.contribute.contribution import Declaration, Institution, Person, Terms
from etl.contribute.documents import line_of
from etl.contribute.keys import Key, keys_below
from etl.contribute.values import Values, nearest
from etl.problems import Problem, Rules
from etl.read.source import Fault
from etl.read.table import tell
from muscle_atlas.terms.words.lexicon import Lexicon

Told = dict[str, Any]
"""What a mapping says, by key: texts, mappings, lists of mappings or of texts; what is wrong is left out."""


class DeclarationReader:
    """One ``contribution.yaml`` while it is read."""

    def __init__(self, place: str, values: Values, rules: Rules) -> None:
        """Take the path as it is told, and what reads its values."""
        self.problems: list[Problem] = []
        self._place = place
        self._values = values
        self._rules = rules

    @property
    def refused(self) -> bool:
        """Whether anything told so far forbids to publish the photographs."""
        return any(problem.severity == "violation" for problem in self.problems)

    def read(self, document: yaml.Node | None) -> Told:
        """Return what a document says."""
        if document is None:
            document = yaml.MappingNode("", [], yaml.Mark(self._place, 0, 0, 0, "", 0))
        told = self._mapping(document, "", "")
        people = [person["name"] for person in told.get("people", []) if "name" in person]
        for key in ("consent", "deidentification"):
            declared_by = told.get(key, {}).get("declared_by")
            if declared_by and people and declared_by not in people:
                path = f"{key}.declared_by"
                line = next((line_of(node) for node in _at(document, path)), None)
                fault = Fault("contribution-person-unknown", declared_by, candidates=nearest(declared_by, people))
                self.tell(fault, line, path)
        return told

    def tell(self, fault: Fault, line: int | None = None, key: str | None = None) -> None:
        """Tell a fault of a line and key."""
        placed = replace(fault, row=fault.row or line)
        self.problems.append(tell(self._rules, placed, self._place, column=key))

    def _mapping(self, node: yaml.Node, path: str, shown: str) -> Told:
        if not isinstance(node, yaml.MappingNode):
            self._tell_type(node, shown, "{…}")
            return {}
        known = keys_below(path)
        told: Told = {}
        seen: set[str] = set()
        for key_node, value in node.value:
            name = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            full = f"{shown}.{name}" if shown else name
            if name in seen:
                self.tell(Fault("contribution-key-twice", name), line_of(key_node), full)
                continue
            if name not in known:
                candidates = nearest(name, list(known))
                self.tell(Fault("contribution-key-unknown", name[:80], candidates=candidates), line_of(key_node), full)
                continue
            seen.add(name)
            if (read := self._value(value, known[name], full)) is not None:
                told[name] = read
        for name, key in known.items():
            if key.required and name not in seen:
                full = f"{shown}.{name}" if shown else name
                self.tell(Fault("contribution-key-missing", full), line_of(node), full)
        return told

    def _value(self, node: yaml.Node, key: Key, shown: str) -> Any:
        if isinstance(node, yaml.ScalarNode) and not node.value.strip(" ~"):
            if key.required:
                self.tell(Fault("contribution-key-missing", shown), line_of(node), shown)
            return None
        if key.form == "one":
            return self._mapping(node, key.path, shown)
        if key.form == "many":
            return [self._mapping(item, key.path, shown) for item in self._items(node, shown)]
        if key.form == "files":
            read = [self._text(item, key, shown) for item in self._items(node, shown)]
            return [text for text in read if text is not None]
        return self._text(node, key, shown)

    def _items(self, node: yaml.Node, shown: str) -> Iterator[yaml.Node]:
        if isinstance(node, yaml.SequenceNode) and node.value:
            yield from node.value
        else:
            self._tell_type(node, shown, "- …")

    def _text(self, node: yaml.Node, key: Key, shown: str) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._tell_type(node, shown, "text")
            return None
        read = self._values.read(key.form, node.value.strip())
        if isinstance(read, Fault):
            self.tell(read, line_of(node), shown)
            return None
        return read

    def _tell_type(self, node: yaml.Node, shown: str, wanted: str) -> None:
        value = node.value if isinstance(node, yaml.ScalarNode) else None
        fault = Fault("contribution-type", value and value[:80], bindings=(("wanted", wanted),))
        self.tell(fault, line_of(node), shown or None)


def terms_of(told: Mapping[str, Any], licences: Lexicon) -> Terms:
    """Return the terms that a document tells in which nothing is wrong."""
    people = {person["name"]: _person(person) for person in told["people"]}
    return Terms(
        language=told.get("language", "en"),
        title=told["title"],
        description=told.get("description"),
        date=told["date"],
        licence=str(licences.resolve(told["licence"]).identifier),
        credit=told.get("credit") or ", ".join(people),
        doi=told.get("doi"),
        contact=told["contact"],
        people=tuple(people.values()),
        consent=_declaration(told["consent"], people),
        deidentification=_declaration(told["deidentification"], people),
    )


def _person(told: Mapping[str, Any]) -> Person:
    at = told.get("affiliation")
    return Person(told["name"], told.get("orcid"), Institution(at["name"], at.get("ror")) if at else None)


def _declaration(told: Mapping[str, Any], people: Mapping[str, Person]) -> Declaration:
    return Declaration(told["statement"], people[told["declared_by"]], told["date"])


def _at(node: yaml.Node, path: str) -> Iterator[yaml.Node]:
    """Give the node at a path of keys, if there is one."""
    name, _, rest = path.partition(".")
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value == name:
            yield from _at(value, rest) if rest else [value]
