"""Search: terms as people look for them while they type, by any of their names, best first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from muscle_atlas.terms.slices import Tier
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.matches import Entry, Match, Outcome
from muscle_atlas.terms.words.typed import Name, Typed, spaced

How = Outcome | Tier | Literal["alike"]
"""By what a term was found: the tier of the name that begins so, or how the resolver has read the whole of it."""

_TIERS = get_args(Tier)
_OUTCOMES: tuple[How, ...] = (
    *("identifier", "cross-reference", *_TIERS, "orthologue"),
    *("withdrawn", "ambiguous", "contradictory", "unknown", "alike"),
)
"""How a term was found, best first."""
_FOLLOWED = 20
"""Names of other vocabularies that are followed to terms of ours."""

Place = tuple[float, ...]


@dataclass(frozen=True)
class Found:
    """A term that was found."""

    identifier: str
    """CURIE."""
    kind: str
    label: str
    name: str
    """The name that it was found by."""
    match: How
    photographs: int
    """Photographs that say just this term."""
    source: str
    """Where the name stands: a table of ours, or a release."""


@dataclass(frozen=True)
class _Hit:
    place: Place
    """Where it stands among others; less is better."""
    kind: str
    name: str
    match: How
    source: str


class Search:
    """The terms of several kinds, as the lexicons know them, those that are photographed first."""

    def __init__(self, lexicons: Mapping[str, Lexicon], photographs: Mapping[str, int]) -> None:
        """Take the lexicon of each kind, and how many photographs say a term (CURIE)."""
        self.lexicons = lexicons
        self._photographs = photographs

    def find(self, text: str, kinds: Iterable[str] = (), most: int = 10) -> list[Found]:
        """Return the terms of some kinds, or of all, that somebody may be typing, each once.

        First come terms that the resolver reads the text as, be it an identifier; then names that begin so, then
        those in which every word typed begins a word; then names of vocabularies that lead to terms of ours, or have
        some that ours lack (MONDO, the genes of the mouse); names that are alike where there is none of all these.
        Within each, labels come before synonyms, aliases and former names, terms with more photographs first, shorter
        names first. A name of a withdrawn term leads to its successors.
        """
        typed = Typed.of(text)
        wanted = list(kinds) or list(self.lexicons)
        if not typed.key:
            return []
        best: dict[str, _Hit] = {}
        for stage in (self._resolved, self._beginning, self._holding, self._leading):
            for kind in wanted:
                self._take(best, stage(kind, text, typed))
            if len(best) >= most:
                break
        if not best:
            for kind in wanted:
                self._take(best, self._alike(kind, text))
        chosen = sorted(best.items(), key=lambda item: (item[1].place, item[0]))[:most]
        return [self._tell(identifier, hit) for identifier, hit in chosen]

    def _take(self, best: dict[str, _Hit], hits: Iterable[tuple[str, _Hit]]) -> None:
        for identifier, hit in hits:
            known = best.get(identifier)
            if known is None or hit.place < known.place:
                best[identifier] = hit

    def _resolved(self, kind: str, text: str, typed: Typed) -> Iterator[tuple[str, _Hit]]:
        match = self.lexicons[kind].find(text)
        if match is None:
            return
        for identifier in self._meant(kind, match):
            place = self._place(0, match.outcome, identifier, typed.key)
            yield identifier, _Hit(place, kind, match.name or text, match.outcome, match.source)

    def _meant(self, kind: str, match: Match) -> list[str]:
        """Return what the resolver accepts, or else those of its candidates that links may name."""
        if match.identifier:
            return [match.identifier]
        candidates = (candidate.identifier for candidate in match.candidates)
        return [identifier for identifier in candidates if self.lexicons[kind].links(identifier)]

    def _beginning(self, kind: str, _: str, typed: Typed) -> Iterator[tuple[str, _Hit]]:
        for name in self._photographed[kind]:
            if typed.begins(name.key):
                yield from self._named(kind, name, typed)
        for name in self.lexicons[kind].typed(typed):
            yield from self._named(kind, name, typed)

    def _holding(self, kind: str, _: str, typed: Typed) -> Iterator[tuple[str, _Hit]]:
        for name, words in self._photographed[kind].items():
            if typed.fits(words):
                yield from self._named(kind, name, typed)
        for name in self.lexicons[kind].holding(typed):
            yield from self._named(kind, name, typed)

    def _named(self, kind: str, name: Name, typed: Typed) -> Iterator[tuple[str, _Hit]]:
        entry = name.entry
        stage = 0 if name.key == typed.key else 1 if typed.begins(name.key) else 2
        match: How = entry.tier if entry.active else "withdrawn"
        for identifier in [entry.identifier] if entry.active else self.lexicons[kind].today(entry.identifier):
            yield (
                identifier,
                _Hit(
                    self._place(stage, match, identifier, name.key), kind, entry.text, match, self._source(kind, entry)
                ),
            )

    def _leading(self, kind: str, _: str, typed: Typed) -> Iterator[tuple[str, _Hit]]:
        lexicon = self.lexicons[kind]
        through = lexicon.through
        if through is None:
            return
        match: How = "orthologue" if lexicon.kind.manner == "orthologue" else "cross-reference"
        for name in [*through.typed(typed), *through.holding(typed)][:_FOLLOWED]:
            own = [name.entry.identifier] if lexicon.stands_alone(name.entry.identifier) else []
            how: How = name.entry.tier if own else match
            for identifier in own or lexicon.led(name.entry.identifier):
                place = self._place(3, how, identifier, name.key)
                yield identifier, _Hit(place, kind, name.entry.text, how, name.entry.source)

    def _alike(self, kind: str, text: str) -> Iterator[tuple[str, _Hit]]:
        for candidate in self.lexicons[kind].nearest(text):
            # A short list is told whole where nothing in it is alike.
            if candidate.score:
                place = (4.0, -candidate.score, -self._photographs.get(candidate.identifier, 0))
                yield candidate.identifier, _Hit(place, kind, candidate.label, "alike", "")

    def _place(self, stage: int, match: How, identifier: str, key: str) -> Place:
        return stage, _OUTCOMES.index(match), -self._photographs.get(identifier, 0), len(key)

    def _source(self, kind: str, entry: Entry) -> str:
        return entry.source or f"{self.lexicons[kind].kind.words}*.sssom.tsv"

    def _tell(self, identifier: str, hit: _Hit) -> Found:
        label = self.lexicons[hit.kind].label(identifier) or identifier
        count = self._photographs.get(identifier, 0)
        return Found(identifier, hit.kind, label, hit.name, hit.match, count, hit.source)

    @cached_property
    def _photographed(self) -> dict[str, dict[Name, str]]:
        """The names of the terms that are photographed, spaced, by kind: found however many others begin so."""
        return {
            kind: {
                name: spaced(name.key)
                for identifier in self._photographs
                if lexicon.links(identifier)
                for name in lexicon.names_of(identifier)
            }
            for kind, lexicon in self.lexicons.items()
        }
