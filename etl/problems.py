"""What is wrong with records: the catalogue of rules, and the problems told by them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pyoxigraph as ox

from muscle_atlas.names import Names
from muscle_atlas.rooms import SHAPES
from muscle_atlas.settings import Language

Severity = Literal["violation", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
"""Worst first."""


@dataclass(frozen=True)
class Found:
    """What a validation result of SHACL has beside its node and shape."""

    value: str | None = None
    """The value as the graph has it, as N-Triples text."""
    path: str | None = None
    """As SPARQL writes it."""
    component: str | None = None
    """IRI of the kind of constraint."""


@dataclass(frozen=True)
class Problem:
    """One thing to tell the curator; None where a field does not apply."""

    file: str | None
    row: int | None
    """Row in the file, the heading line being row 1."""
    column: str | None
    """Heading as the file writes it."""
    value: str | None
    rule: str
    """IRI of the rule."""
    severity: Severity
    message: str
    suggestion: str | None
    focus: str | None = None
    """IRI that the problem is about, where a graph is validated."""
    corrections: tuple[str, ...] = ()
    """Texts that would be accepted if they stood in the cell in place of ``value``, the likeliest first."""
    found: Found | None = None
    """What SHACL says of it, where a graph is validated."""
    cause: str = ""
    """What problems have in common that have one cause: one wrong word in many rows, one individual of two sexes."""

    @property
    def name(self) -> str:
        """Local name of the rule, for instance ``gene-unknown``."""
        return self.rule.rpartition("/")[2]

    def as_json(self) -> dict[str, Any]:
        """Return the problem as a JSON object; every key is always there."""
        return {**{key: told for key, told in vars(self).items() if key != "found"}, "corrections": [*self.corrections]}

    @property
    def sort_key(self) -> tuple[bool, str, int, int, str, str, str]:
        """Files, rows, then worst first; what concerns no file at the end."""
        return (
            self.file is None,
            self.file or "",
            self.row or 0,
            SEVERITIES.index(self.severity),
            self.rule,
            self.value or "",
            self.focus or "",
        )


@dataclass(frozen=True)
class Rule:
    """One rule as its data file gives it, in one language."""

    iri: str
    severity: Severity
    name: str
    message: str
    advice: str
    column: str | None
    query: str | None
    """Query of a rule on releases."""
    otherwise: str | None
    """Advice where the other lacks its candidates."""
    without_column: str | None = None
    """Advice where the table has no such column."""
    description: str = ""
    """Why the rule matters."""
    path: str | None = None
    """IRI of the property whose values the rule looks at."""
    constraint: str | None = None
    """IRI of the parameter of SHACL that the rule is made with, where it is one only."""
    among: str | None = None
    """Which quads the faults of a rule on releases are among."""

    def tell(
        self,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        candidates: Iterable[str] = (),
        bindings: Mapping[str, str] | None = None,
        focus: str | None = None,
        corrections: Iterable[str] = (),
        found: Found | None = None,
        cause: str | None = None,
    ) -> Problem:
        """Return a problem with message and advice filled in; advice that lacks its candidates is left out.

        Without ``cause`` the value is the cause, whatever rows it stands in; without value, the place or the focus.
        """
        listed = ", ".join(candidates)
        source = cause or value or _place(file, row, column) or focus or ""
        known = {"value": value or "", **(bindings or {})}
        if listed:
            known["candidates"] = listed
        advice = _fill(self.advice, known)
        if listed and "{?candidates}" not in self.advice + self.message:
            advice = f"{advice} → {listed}"
        return Problem(
            file=file,
            row=row,
            column=column,
            value=value,
            rule=self.iri,
            severity=self.severity,
            message=_fill(self.message, known),
            suggestion=self.otherwise if _PLACE.search(advice) else advice,
            focus=focus,
            corrections=tuple(text for text in dict.fromkeys(corrections) if text != value),
            found=found,
            cause=f"{self.iri.rpartition('/')[2]} {source}".rstrip(),
        )


def _place(file: str | None, row: int | None, column: str | None) -> str:
    return ":".join(str(part) for part in (file, row, column) if part is not None)


_NO_CONSTRAINTS = (
    *("sh:severity", "sh:name", "sh:description", "sh:message", "sh:path"),
    *("sh:targetClass", "sh:order", "sh:group"),
)
_PLACE = re.compile(r"\{\?([A-Za-z]+)\}")


def _fill(template: str, known: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: known.get(place[1], place[0]), template)


@dataclass(frozen=True)
class Rules:
    """Every rule of ``shapes/*.ttl``, by its local name."""

    names: Names
    language: Language

    @cached_property
    def by_iri(self) -> dict[str, Rule]:
        """All rules by IRI."""
        store = ox.Store()
        for path in sorted(SHAPES.glob("*.ttl")):
            store.load(self.names.localise(path.read_text(encoding="utf-8")), format=ox.RdfFormat.TURTLE)
        kinds = ("ma:Rule", "ma:RecordRule", "ma:ReleaseRule")
        subjects = {
            quad.subject.value
            for kind in kinds
            for quad in store.quads_for_pattern(None, self._node("rdf:type"), self._node(kind), None)
            if isinstance(quad.subject, ox.NamedNode)
        }
        return {iri: self._read(store, ox.NamedNode(iri)) for iri in sorted(subjects)}

    def __getitem__(self, name: str) -> Rule:
        return self.by_iri[self.names.mint("rule", name)]

    def __contains__(self, name: str) -> bool:
        return self.names.mint("rule", name) in self.by_iri

    def _node(self, curie: str) -> ox.NamedNode:
        return ox.NamedNode(self.names.expand(curie))

    def _read(self, store: ox.Store, subject: ox.NamedNode) -> Rule:
        values: dict[str, str] = {}
        for predicate in (
            "sh:severity",
            "sh:name",
            "sh:message",
            "ma:advice",
            "ma:otherwise",
            "ma:withoutColumn",
            "ma:column",
            "ma:query",
            "ma:among",
            "sh:description",
            "sh:path",
        ):
            for quad in store.quads_for_pattern(subject, self._node(predicate), None, None):
                term = quad.object
                if isinstance(term, ox.Literal) and term.language not in (None, self.language):
                    continue
                if isinstance(term, ox.Literal | ox.NamedNode):
                    values[predicate] = term.value
        shacl = self.names.expand("sh:")
        constraints = {
            quad.predicate.value
            for quad in store.quads_for_pattern(subject, None, None, None)
            if quad.predicate.value.startswith(shacl)
        }.difference(self.names.expand(curie) for curie in _NO_CONSTRAINTS)
        severity = values["sh:severity"].rpartition("#")[2].lower()
        return Rule(
            iri=subject.value,
            severity=next(known for known in SEVERITIES if known == severity),
            name=values["sh:name"],
            message=values["sh:message"],
            advice=values["ma:advice"],
            column=values.get("ma:column"),
            query=values.get("ma:query"),
            otherwise=values.get("ma:otherwise"),
            without_column=values.get("ma:withoutColumn"),
            among=values.get("ma:among"),
            description=values.get("sh:description", ""),
            path=values.get("sh:path"),
            constraint=constraints.pop() if len(constraints) == 1 else None,
        )
