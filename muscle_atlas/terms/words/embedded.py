"""What the atlas knows without any release: tables of words, every symbol of HGNC, the genes of the mouse."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from types import MappingProxyType

from muscle_atlas.folding import fold
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import JOINER, Table
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.slices import Reference, Successor, Term, Tier
from muscle_atlas.terms.words.matches import Entry
from muscle_atlas.terms.words.typed import READ, Name, Typed, spaced
from muscle_atlas.terms.words.vocabularies import Vocabulary

EXACT = "skos:exactMatch"
NARROW = "skos:narrowMatch"
_TIERS: dict[str, Tier] = {"skos:prefLabel": "label", "skos:altLabel": "synonym", "skos:hiddenLabel": "previous"}
_DATED = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")
_SYMBOLS = ONTOLOGY / "symbols"


class Words:
    """The words that are believed of ``<words>.sssom.tsv`` and ``<words>-*.sssom.tsv``, ours and an institute's."""

    def __init__(
        self,
        words: str,
        installed: Mapping[str, str] = MappingProxyType({}),
        mappings: Mappings = Mappings(),  # noqa: B008 - it is frozen
    ) -> None:
        """Read the tables; words that were drawn from a release are left to the one that is installed.

        Args:
            words: the kind of words.
            installed: the versions of the installed releases, by the name of the vocabulary. One that is older than the
                release that a table was drawn from knows less than the table, which is kept beside it.
            mappings: where the tables lie.
        """
        self.labels: dict[str, str] = {}
        """Everything that the tables name, with its label in English, by CURIE."""
        self.kept: set[str] = set()
        """What the tables name that no release stands in for."""
        self.exact: dict[str, list[Entry]] = defaultdict(list)
        self.broad: dict[str, list[str]] = defaultdict(list)
        """Words, folded, that cover several things, as a curator decided."""
        self.decisions = mappings.decisions(words)
        """What is disbelieved, and is left out, and what is unsure."""
        for table, rows in mappings.rows(words, "believed"):
            left = _is_left(table.header, installed)
            for word, predicate, identifier, label, field in rows.iter_rows():
                self.labels.setdefault(identifier, label or "")
                key = fold(word)
                if left or self.decisions.denies(key, identifier):
                    continue
                self.kept.add(identifier)
                if predicate == EXACT:
                    self.exact[key].append(Entry(identifier, _TIERS[field], word, table.path.name))
                elif predicate == NARROW:
                    self.broad[key].append(identifier)

    def words_of(self, identifier: str) -> set[str]:
        """Return the words, folded, that stand for one thing."""
        return {word for word, entries in self.exact.items() if {entry.identifier for entry in entries} == {identifier}}

    def beginning(self, start: str) -> set[str]:
        """Return the things (CURIEs) that a name beginning so, folded, stands for."""
        return {entry.identifier for word, entries in self.exact.items() if word.startswith(start) for entry in entries}

    @cached_property
    def _spaced(self) -> list[tuple[str, str, list[Entry]]]:
        """Every word, folded and spaced, with what it stands for or covers, in alphabetical order."""
        found = dict(self.exact)
        for key, identifiers in self.broad.items():
            broad = [Entry(one, "broad", key, "") for one in identifiers]
            found[key] = [*found.get(key, ()), *broad]
        return [(key, spaced(key), entries) for key, entries in sorted(found.items())]

    @cached_property
    def _parts(self) -> list[tuple[str, int]]:
        """The single words of every word, and where it stands in ``_spaced``, in alphabetical order."""
        return sorted((part, place) for place, (_, words, _) in enumerate(self._spaced) for part in words.split())

    def typed(self, typed: Typed) -> list[Name]:
        """Return the words that begin with what somebody types."""
        first, behind = (bisect_left(self._spaced, (end,)) for end in typed.range())
        return [Name(key, one) for key, _, entries in self._spaced[first:behind] for one in entries]

    def holding(self, typed: Typed) -> list[Name]:
        """Return the words in which every word that somebody types begins a word."""
        # All of them are compared with what the longest finds.
        longest = Typed(max(typed.words, key=len, default=""))
        first, behind = (bisect_left(self._parts, (end,)) for end in longest.range())
        fitting = (self._spaced[place] for place in sorted({place for _, place in self._parts[first:behind]}))
        return [Name(key, one) for key, words, entries in fitting if typed.fits(words) for one in entries]

    def names_of(self, identifier: str) -> list[Name]:
        """Return every word that stands for one thing, or covers it."""
        return [Name(key, one) for key, _, entries in self._spaced for one in entries if one.identifier == identifier]

    @cached_property
    def named(self) -> dict[str, list[str]]:
        """Every word, folded, with what it stands for, or else covers."""
        return dict(self.broad) | {word: [entry.identifier for entry in found] for word, found in self.exact.items()}

    @cached_property
    def keys(self) -> list[str]:
        """Every word, folded."""
        return [*self.named]


def _is_left(header: Mapping[str, str], installed: Mapping[str, str]) -> bool:
    version = installed.get(header.get("subject_source", "").removeprefix("graph:"))
    return version is not None and _date(version) >= _date(header["mapping_set_version"])


def _date(version: str) -> str:
    """Return the date in a version, as much of it as is there."""
    found = _DATED.search(version)
    return found[0] if found else ""


class _Listed:
    """A vocabulary that is read from tables as a whole, without likenesses."""

    source: str

    def __init__(self) -> None:
        self._terms: dict[str, Term] = {}
        self._names: dict[str, list[Entry]] = defaultdict(list)
        self._successors: dict[str, list[Successor]] = defaultdict(list)
        self._references: dict[str, list[Reference]] = defaultdict(list)
        self._referring: dict[str, list[Reference]] = defaultdict(list)

    def named(self, key: str) -> list[Entry]:
        return self._names.get(key, [])

    def term(self, identifier: str) -> Term | None:
        return self._terms.get(identifier)

    def successors(self, identifier: str) -> list[Successor]:
        return self._successors.get(identifier, [])

    def references(self, identifier: str) -> list[Reference]:
        return self._references.get(identifier, [])

    def referring(self, other: str) -> list[Reference]:
        return self._referring.get(other, [])

    def beginning(self, start: str) -> set[str]:
        del start
        return set()

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._names)

    def names_of(self, identifier: str) -> list[Name]:
        term = self._terms.get(identifier)
        entries = self._names.get(term.label_en.lower(), ()) if term else ()
        return [Name(one.text.lower(), one) for one in entries if one.identifier == identifier]

    def typed(self, typed: Typed) -> list[Name]:
        first, behind = (bisect_left(self._sorted, end) for end in typed.range())
        keys = self._sorted[first : min(behind, first + READ)]
        return [Name(key, entry) for key in keys for entry in self._names[key]]

    def holding(self, typed: Typed) -> list[Name]:
        # A symbol is one word.
        del typed
        return []

    def _add(self, identifier: str, symbol: str, former: Iterable[str] = (), *, active: bool = True) -> None:
        self._terms[identifier] = Term(identifier, "gene", symbol, None, "active" if active else "withdrawn")
        tiers: tuple[tuple[str, Tier], ...] = ((symbol, "label"), *((name, "previous") for name in former))
        for name, tier in tiers:
            # Symbols are ASCII without spaces, for which this is folding, and much faster.
            self._names[name.lower()].append(Entry(identifier, tier, name, self.source, active))


class Symbols(_Listed):
    """Every gene of HGNC by its approved and former symbols, and the genes that HGNC withdrew."""

    def __init__(self) -> None:
        super().__init__()
        table = Table(_SYMBOLS / "approved.tsv")
        self.source = f"{table.header['source']} {table.header['version']}"
        for identifier, symbol, former in table.rows.iter_rows():
            self._add(identifier, symbol, former.split(JOINER) if former else ())
        for identifier, symbol, successors in Table(_SYMBOLS / "withdrawn.tsv").rows.iter_rows():
            self._add(identifier, symbol, active=False)
            after = successors.split(JOINER) if successors else ()
            self._successors[identifier] = [Successor(identifier, one, "replaced") for one in after]


class Mice(_Listed):
    """The genes of the mouse that are orthologous to genes of the atlas."""

    def __init__(self) -> None:
        super().__init__()
        table = Table(ONTOLOGY / "terms" / "mgi.tsv")
        self.source = f"{table.header['source']} {table.header['version']}"
        for mouse, symbol, cell in table.rows.select("id", "label_en", "orthologue").iter_rows():
            self._add(mouse, symbol)
            for gene in cell.split(JOINER):
                reference = Reference(mouse, gene, "orthologue")
                self._references[mouse].append(reference)
                self._referring[gene].append(reference)


@cache
def embedded_vocabulary(name: str) -> Vocabulary | None:
    """Return what stands in for a release that is not installed, None where only tables of words do."""
    if name == "hgnc":
        return Symbols()
    return Mice() if name == "mgi" else None
