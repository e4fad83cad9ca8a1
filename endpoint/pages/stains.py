"""The scheme of stains as its pages show it: a tree of concepts, each with what is known of it and its photographs."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import polars as pl
import pyoxigraph as ox

from endpoint.atlas import OpenRelease
from endpoint.languages import alphabetical
from endpoint.pages.terms import Shown
from endpoint.queries import read_query

EXAMPLE = "stain/NADH"
"""The stain that ``stained.rq`` asks for as it stands."""
COLUMNS = (
    *("notation", "iri", "label_en", "label_fr", "broader", "definition_en", "definition_fr", "pH", "ec_number"),
    *("target", "section", "seen_by", "close_match", "source", "photographs"),
)

Value = ox.NamedNode | ox.Literal


@dataclass
class Stain:
    """One concept of the scheme, or the scheme itself."""

    iri: str
    told: dict[str, list[Value]] = field(default_factory=dict)
    """Values by CURIE of the property."""
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    """Names of what the values speak of, by IRI and language."""
    narrower: list["Stain"] = field(default_factory=list)
    own: int = 0
    """Photographs that say just this stain."""

    @property
    def notation(self) -> str:
        """The notation."""
        return self.text("skos:notation")

    @property
    def is_heading(self) -> bool:
        """Whether no photograph may have it: it gathers others."""
        return "ma:section" not in self.told

    @property
    def photographs(self) -> int:
        """Photographs in this stain or in a narrower one."""
        return self.own + sum(stain.photographs for stain in self.narrower)

    def text(self, predicate: str, language: str | None = None) -> str:
        """Return a text in a language, else in whatever there is."""
        found = [value for value in self.told.get(predicate, []) if isinstance(value, ox.Literal)]
        chosen = [value for value in found if value.language == language] or found
        return chosen[0].value if chosen else ""

    def texts(self, predicate: str, language: str) -> list[str]:
        """Return every text in a language or in none."""
        found = [value for value in self.told.get(predicate, []) if isinstance(value, ox.Literal)]
        return sorted({value.value for value in found if value.language in (language, None)}, key=str.casefold)

    def iris(self, predicate: str) -> list[str]:
        """Return every IRI."""
        return sorted(value.value for value in self.told.get(predicate, []) if isinstance(value, ox.NamedNode))

    def shown(self, predicate: str, language: str, opened: OpenRelease) -> list[Shown]:
        """Return every thing that a property names, as pages show it, by name."""
        terms = []
        for iri in self.iris(predicate):
            term = Shown.of(ox.NamedNode(iri), opened)
            for code, label in sorted(self.labels.get(iri, {}).items()):
                term.add_label(ox.Literal(label, language=code) if code else ox.Literal(label), language)
            terms.append(term)
        return sorted(terms, key=lambda term: term.text.casefold())


_read: WeakKeyDictionary[OpenRelease, dict[str, dict[str, Stain]]] = WeakKeyDictionary()
"""The schemes of open releases by language; a release that is closed takes its own with it."""


def read_stains(opened: OpenRelease, language: str = "en") -> dict[str, Stain]:
    """Return every concept of the scheme by IRI, each with the concepts below it by label in a language."""
    known = _read.setdefault(opened, {})
    if language not in known:
        known[language] = _read_stains(opened, language)
    return known[language]


def _read_stains(opened: OpenRelease, language: str) -> dict[str, Stain]:
    stains: dict[str, Stain] = {}
    for solution in opened.select("stains"):
        stain = stains.setdefault(solution["concept"].value, Stain(solution["concept"].value))
        values = stain.told.setdefault(opened.names.compress(solution["predicate"].value), [])
        if solution["object"] not in values:
            values.append(solution["object"])
        if isinstance(label := solution.get("label"), ox.Literal):
            stain.labels.setdefault(solution["object"].value, {})[label.language or ""] = label.value
    counts = Counter(dict(opened.images.group_by("stain").agg(pl.len()).drop_nulls("stain").iter_rows()))
    for stain in sorted(stains.values(), key=lambda stain: alphabetical(stain.text("skos:prefLabel", language))):
        stain.own = counts[stain.iri]
        for wide in stain.iris("skos:broader"):
            stains[wide].narrower.append(stain)
    return stains


def read_scheme(opened: OpenRelease) -> Stain:
    """Return what the scheme says of itself."""
    scheme = Stain(f"{opened.names.base}stain")
    for solution in opened.select("about-stains"):
        scheme.told.setdefault(opened.names.compress(solution["predicate"].value), []).append(solution["object"])
    return scheme


def top_stains(opened: OpenRelease, language: str) -> list[Stain]:
    """Return the concepts on top: those without headings below them first, the larger first."""

    def place(stain: Stain) -> tuple[bool, int]:
        return any(narrow.is_heading for narrow in stain.narrower), -size(stain)

    stains = read_stains(opened, language).values()
    return sorted((stain for stain in stains if "skos:topConceptOf" in stain.told), key=place)


def trail_of(stain: Stain, opened: OpenRelease) -> list[Stain]:
    """Return the concepts above one, the top first."""
    stains = read_stains(opened)
    trail = [stain]
    while wide := trail[0].iris("skos:broader"):
        trail.insert(0, stains[wide[0]])
    return trail[:-1]


def size(stain: Stain) -> int:
    """Return how many stains a photograph may have at or below a concept."""
    return (not stain.is_heading) + sum(size(narrow) for narrow in stain.narrower)


def photographs_of(stain: Stain, opened: OpenRelease) -> pl.DataFrame:
    """Return the rows of the photographs in a stain or in a narrower one."""
    wanted = [stain]
    for one in wanted:
        wanted += one.narrower
    return opened.images.filter(pl.col("stain").is_in([one.iri for one in wanted]))


def query_of(stain: Stain, opened: OpenRelease) -> str:
    """Return the query for the photographs in a stain."""
    text = opened.names.localise(read_query("stained"))
    return text.replace(f"{opened.names.base}{EXAMPLE}", stain.iri)


def write_csv(opened: OpenRelease) -> bytes:
    """Return the scheme as a table, one row a stain that a photograph may have; several values are joined by ``|``."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for stain in sorted(read_stains(opened).values(), key=lambda stain: stain.notation):
        if stain.is_heading:
            continue

        def joined(predicate: str, of: Stain = stain) -> str:
            return "|".join(opened.names.compress(iri) for iri in of.iris(predicate))

        cells = {
            "notation": stain.notation,
            "iri": stain.iri,
            "broader": joined("skos:broader"),
            "pH": stain.text("ma:pH"),
            "ec_number": "|".join(stain.texts("ma:ecNumber", "")),
            "target": joined("ma:target"),
            "section": joined("ma:section"),
            "seen_by": joined("ma:seenBy"),
            "close_match": joined("skos:closeMatch"),
            "source": "|".join(stain.iris("dcterms:source")),
            "photographs": stain.photographs,
        }
        for language in ("en", "fr"):
            cells[f"label_{language}"] = stain.text("skos:prefLabel", language)
            cells[f"definition_{language}"] = stain.text("skos:definition", language)
        writer.writerow(cells)
    return out.getvalue().encode("utf-8")
