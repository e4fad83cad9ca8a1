"""Data extension: properties of terms that a table was linked to, as further columns of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from endpoint.languages import LANGUAGES
from endpoint.problems import ProblemError
from endpoint.terms.known import KnownTerms, Term
from muscle_atlas.tables import Table
from muscle_atlas.terms.words.identifiers import exact_matches

_PROPERTIES = Path(__file__).with_name("properties.tsv")


@dataclass(frozen=True)
class Property:
    """Something that can be told of a term."""

    id: str
    labels: dict[str, str]

    def told(self, language: str) -> dict[str, str]:
        """Return it as the protocol wants it."""
        return {"id": self.id, "name": self.labels[language]}


@cache
def read_properties() -> dict[str, Property]:
    """Return every property by its identifier."""
    rows = Table(_PROPERTIES).rows.iter_rows()
    return {name: Property(name, {"en": english, "fr": french}) for name, english, french in rows}


def tell_properties(known: KnownTerms, ids: Sequence[str], properties: Sequence[str], language: str) -> dict[str, Any]:
    """Return the values of properties of terms; none of what is no term.

    Raises:
        ProblemError: if there is no such property.
    """
    for name in properties:
        if name not in read_properties():
            told = ", ".join(read_properties())
            raise ProblemError.of(400, "property-unknown", name=name[:100], known=told)
    rows = {}
    for identifier in ids:
        term = known.term(identifier)
        rows[identifier] = {name: _values(name, term, known, language) if term else [] for name in properties}
    return {"meta": [read_properties()[name].told(language) for name in properties], "rows": rows}


def _values(name: str, term: Term, known: KnownTerms, language: str) -> list[dict[str, Any]]:
    if name == "photographs":
        return [{"int": known.photographs[term.identifier]}]
    return [{"str": value} for value in _texts(name, term, known, language) if value]


def _texts(name: str, term: Term, known: KnownTerms, language: str) -> list[str]:
    kind = term.kind.name
    if name in ("label_en", "label_fr"):
        return [known.lexicon(kind, name.removeprefix("label_")).label(term.identifier)]
    if name == "iri":
        return [term.iri]
    if name == "kind":
        return [term.kind.labels["fr" if language == "fr" else "en"]]
    if name == "names":
        return other_names(term, known)
    return same_elsewhere(term, known)


def other_names(term: Term, known: KnownTerms) -> list[str]:
    """Return every name of a term that is no label of it, in alphabetical order."""
    english, french = (known.lexicon(term.kind.name, language) for language in LANGUAGES)
    labels = {lexicon.label(term.identifier) for lexicon in (english, french)}
    names = {name.entry.text for name in english.names_of(term.identifier) if name.entry.tier != "broad"}
    return sorted(names - labels, key=str.casefold)


def same_elsewhere(term: Term, known: KnownTerms) -> list[str]:
    """Return the CURIEs under which other vocabularies have exactly this term."""
    lexicon = known.lexicon(term.kind.name)
    vocabulary = lexicon.through if lexicon.stands_alone(term.identifier) else lexicon.vocabulary
    references = vocabulary.references(term.identifier) if vocabulary else ()
    installed = {other for _, other, match in references if match == "exact"}
    return sorted({*installed, *exact_matches(term.identifier)})
