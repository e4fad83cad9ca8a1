"""Facts: what the atlas says of one thing, and what speaks of it, as the page of the thing shows them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from endpoint.atlas import OpenRelease
from endpoint.languages import alphabetical, typeset
from endpoint.pages.ages import tell_duration
from endpoint.pages.terms import Shown, best_label, drop_other_language, own_name, title


@dataclass(frozen=True)
class Fact:
    """One property of a thing, with everything it says."""

    label: str
    predicate: str
    """IRI of the property."""
    values: list[Shown]


@dataclass(frozen=True)
class Speaker:
    """A thing that speaks of another, and by which property."""

    iri: str
    predicate: str
    """IRI of the property."""


def read_facts(iri: str, language: str, words: Mapping[str, str], opened: OpenRelease) -> tuple[str, list[Fact]]:
    """Return what a thing is called, and what is said of it in the order of the alphabet, its classes last."""
    told: dict[str, dict[str, Shown]] = defaultdict(dict)
    for solution in opened.select("outgoing", iri=iri):
        predicate, target = solution["predicate"].value, solution["object"]
        known = told[predicate].setdefault(str(target), Shown.of(target, opened))
        if isinstance(target, ox.Literal):
            known.text = _tell_value(target, words, opened)
        else:
            known.text = own_name(target.value, language, opened) or known.text
        if isinstance(label := solution.get("label"), ox.Literal):
            known.add_label(label, language)
    for values in told.values():
        drop_other_language(values, language)
    name = best_label(opened.select("labels", iri=iri), language) or title(iri, told, opened, language)
    facts = [
        Fact(opened.label(predicate, language), predicate, list(values.values())) for predicate, values in told.items()
    ]
    return name, sorted(facts, key=lambda fact: (fact.predicate.endswith("#type"), alphabetical(fact.label)))


def read_speakers(iri: str, opened: OpenRelease) -> list[Speaker]:
    """Return what speaks of a thing, sorted by property and IRI."""
    spoken = [
        Speaker(solution["subject"].value, solution["predicate"].value)
        for solution in opened.select("incoming", iri=iri)
    ]
    return sorted(spoken, key=lambda speaker: (speaker.predicate, speaker.iri))


def show_speaker(speaker: Speaker, language: str, opened: OpenRelease) -> tuple[str, Shown]:
    """Return the name of the property by which something speaks, and how it is shown under its own name."""
    shown = Shown.of(ox.NamedNode(speaker.iri), opened)
    shown.text = own_name(speaker.iri, language, opened) or shown.text
    for solution in opened.select("labels", iri=speaker.iri):
        if isinstance(label := solution["label"], ox.Literal):
            shown.add_label(label, language)
    return opened.label(speaker.predicate, language), shown


def _tell_value(literal: ox.Literal, words: Mapping[str, str], opened: OpenRelease) -> str:
    """Return a value as people write it: durations in words, yes and no, numbers with the mark of the language."""
    match opened.names.compress(literal.datatype.value):
        case "xsd:boolean":
            return words["yes"] if literal.value in ("true", "1") else words["no"]
        case "xsd:duration":
            return tell_duration(literal.value, words) or literal.value
        case "xsd:decimal":
            return literal.value.replace(".", words["decimal_mark"])
        case _:
            return typeset(literal.value, literal.language)
