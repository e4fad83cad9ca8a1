"""Terms as pages show them: a name, and where it leads on this server."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

import pyoxigraph as ox

from endpoint.atlas import OpenRelease, Solution


class Shown:
    """A term as a page shows it: text, and where it leads."""

    def __init__(self, text: str, href: str | None, note: str = "", language: str | None = None) -> None:
        self.text = text
        self.href = href
        self.note = note
        self.language = language
        self._labels: dict[str, str] = {}

    @classmethod
    def of(cls, term: object, opened: OpenRelease) -> "Shown":
        """Return how a term is shown; what the atlas does not describe leads nowhere and shows its IRI."""
        if isinstance(term, ox.NamedNode):
            return cls._of_iri(term.value, opened)
        if isinstance(term, ox.Literal):
            return cls(term.value, None, "", term.language)
        return cls(str(term), None)

    @classmethod
    def of_cell(cls, cell: tuple[str, str, str | None], opened: OpenRelease) -> "Shown":
        """Return how a cell of an answer is shown: its kind, value and language."""
        kind, value, language = cell
        if kind == "iri":
            return cls._of_iri(value, opened)
        return cls(value, None, "", language)

    @classmethod
    def _of_iri(cls, iri: str, opened: OpenRelease) -> "Shown":
        name = short_name(iri, opened)
        if iri.startswith(opened.names.base) or opened.knows(iri):
            return cls(name, local_link(iri, opened))
        return cls(name, None, iri if name != iri else "")

    def add_label(self, label: ox.Literal, language: str) -> None:
        """Show a label in place of the CURIE, which becomes the note."""
        if not self._labels:
            self.note = self.text
        self._labels[label.language or ""] = label.value
        for known in (language, "en", "", *sorted(self._labels)):
            if known in self._labels:
                self.text = self._labels[known]
                return


def local_link(iri: str, opened: OpenRelease) -> str:
    """Return where this server describes an IRI, whatever host it runs on."""
    base = opened.names.base
    if iri.startswith(base):
        return "/" + quote(iri.removeprefix(base), safe="/:@!$&'()*+,;=~#%")
    return f"/about?iri={quote(iri, safe='')}"


def data_links(iri: str, opened: OpenRelease) -> list[tuple[str, str]]:
    """Return name and address of each form in which the data of a page can be had."""
    return [
        (name, f"{local_link(iri, opened)}.{suffix}")
        for name, suffix in (("Turtle", "ttl"), ("JSON-LD", "jsonld"), ("N-Triples", "nt"), ("RDF/XML", "rdf"))
        if iri.startswith(opened.names.base) and "#" not in iri
    ]


def short_name(iri: str, opened: OpenRelease) -> str:
    """Return the CURIE of an IRI; of our own things without prefix, as in ``image/VLM-199-1``."""
    return opened.names.compress(iri).removeprefix("atlas:")


def own_name(iri: str, language: str, opened: OpenRelease) -> str | None:
    """Return what one of our own things without name is called, as in "photograph VLM-199-1"; None of other things."""
    kind, slash, identifier = iri.removeprefix(opened.names.base).partition("/")
    if not (iri.startswith(opened.names.base) and slash and kind.isalpha()):
        return None
    # The last part of the IRI of a class is the first of those of its members.
    known = opened.names.expand(f"ma:{kind.capitalize()}")
    label = opened.label(known, language)
    return f"{label} {identifier}" if label != opened.names.compress(known) else None


def title(iri: str, told: Mapping[str, Mapping[str, "Shown"]], opened: OpenRelease, language: str) -> str:
    """Return what a thing without name is called: its class and the last part of its IRI."""
    for predicate, values in told.items():
        if predicate.endswith("#type"):
            for kind in values:
                label = opened.label(kind.strip("<>"), language)
                if ":" not in label:
                    return f"{label[:1].upper()}{label[1:]} {iri.rstrip('/').rpartition('/')[2]}"
    return short_name(iri, opened)


def drop_other_language(values: dict[str, Shown], language: str) -> None:
    """Keep texts in the language of the page where there are any, every text otherwise."""
    spoken = {shown.language for shown in values.values() if shown.language}
    if language in spoken:
        for key in [key for key, shown in values.items() if shown.language not in (language, None)]:
            del values[key]


def best_label(solutions: Iterable[Solution], language: str) -> str | None:
    """Return the label in the language of the page, else in English, else any."""
    labels = {
        label.language or "": label.value
        for solution in solutions
        if isinstance(label := solution["label"], ox.Literal)
    }
    return next((labels[known] for known in (language, "en", "", *sorted(labels)) if known in labels), None)
