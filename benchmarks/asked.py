"""The words that a resolver is asked, with what they stand for: made from installed releases, the same for one seed.

What a word stands for is found here by comparing every name of the releases, in no way by the resolver.
"""

import hashlib
import random
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase, digits

from muscle_atlas.folding import fold
from muscle_atlas.tables import Table
from muscle_atlas.terms.slices import Slice
from muscle_atlas.terms.words.embedded import Words
from muscle_atlas.terms.words.kinds import Kind, read_kinds

HAND = Path(__file__).parent / "resolve" / "hand.tsv"
LISTED = {
    "gene": "hgnc.tsv",
    "disease": "ordo.tsv",
    "muscle": "uberon.tsv",
    "finding": "hpo.tsv",
    "technique": "fbbi.tsv",
}
"""The terms that the atlas lists, of which half of the words are."""
SHORTEST = 4
"""Signs of the shortest word that is misspelt: of less, one slip leaves nothing to go by."""
EXACT, OTHER = ("identifier", "folded", "label"), ("synonym", "alias", "previous", "cross-reference")
_TRIES = 20


@dataclass(frozen=True)
class Asked:
    """One word."""

    word: str
    kind: str
    group: str
    """identifier, cross-reference, folded, or the tier of the name; withdrawn, ambiguous, misspelt, hand."""
    expected: str | None
    """CURIE of what is to be accepted; of a misspelt word that of what is to be among the candidates."""
    listed: bool = True
    """Whether the atlas lists the term."""

    @property
    def held_out(self) -> bool:
        """Whether nobody looked at it while the resolver was tuned."""
        return hashlib.sha256(f"{self.kind} {self.word}".encode()).digest()[0] % 2 == 0


@dataclass
class Names:
    """Every name of a kind in its releases and in our tables."""

    tiers: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    """Folded name -> term -> tiers."""
    known: set[str] = field(default_factory=set)
    """Every folded name, those of withdrawn terms and of other releases among them: no misspelling."""
    written: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, term and tier, of terms that links may name."""

    def meant(self, word: str) -> str | None:
        """Return the term that a word stands for, None where several share it."""
        terms = self.tiers.get(fold(word), {})
        preferred = [term for term, tiers in terms.items() if "label" in tiers]
        found = preferred if len(preferred) == 1 else list(terms)
        return found[0] if len(found) == 1 else None


def make_words(slices: dict[str, Slice], seed: int, each: int) -> list[Asked]:
    """Return the words: ``each`` of every kind, group and half (what the atlas lists, what it does not)."""
    chance = random.Random(seed)  # noqa: S311
    asked: dict[tuple[str, str], Asked] = {}
    for kind in read_kinds().values():
        if kind.vocabulary in slices:
            for one in _of_kind(kind, slices, chance, each):
                asked.setdefault((one.word, one.kind), one)
    for word, kind_name, expected in Table(HAND).rows.iter_rows():
        asked[word, kind_name] = Asked(word, kind_name, "hand", expected)
    return list(asked.values())


def _of_kind(kind: Kind, slices: dict[str, Slice], chance: random.Random, each: int) -> Iterator[Asked]:
    names = _read_names(kind, slices)
    listed = set(Words(kind.words).labels)
    groups: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for word, term, tier in names.written:
        if names.meant(word) == term:
            groups[tier].append((word, term))
            groups["folded"].append((_otherwise(word, chance), term))
            groups["identifier"].append((_spelled(term, chance), term))
            if len(word) >= SHORTEST and tier != "previous" and (slip := _misspelt(word, names.known, chance)):
                groups["misspelt"].append((slip, term))
        elif names.meant(word) is None:
            groups["ambiguous"].append((word, None))
    groups["cross-reference"] = list(_references(kind, slices))
    groups["withdrawn"] = list(_withdrawn(kind, slices))
    for group, words in sorted(groups.items()):
        for of_atlas in (True, False):
            half = sorted({one for one in words if (one[1] in listed) == of_atlas}, key=str)
            for word, expected in chance.sample(half, min(each, len(half))):
                yield Asked(word, kind.name, group, expected, of_atlas)


def _read_names(kind: Kind, slices: dict[str, Slice]) -> Names:
    names = Names()
    query = "SELECT text, term, tier, kind, status FROM name JOIN term ON term.id = name.term ORDER BY number"
    for vocabulary in filter(None, (kind.vocabulary, kind.through)):
        with slices[vocabulary].open() as database:
            for text, term, tier, of_kind, status in database.execute(query):
                names.known.add(fold(text))
                if vocabulary == kind.vocabulary and of_kind == kind.name and status == "active":
                    names.tiers[fold(text)][term].add(tier)
                    names.written.append((text, term, tier))
    ours = Words(kind.words)
    names.known |= {*ours.exact, *ours.broad}
    return names


def _references(kind: Kind, slices: dict[str, Slice]) -> Iterator[tuple[str, str]]:
    query = (
        "SELECT other, min(term.id) FROM reference JOIN term ON term.id = reference.term "
        "WHERE match = ? AND kind = ? AND status = 'active' GROUP BY other HAVING count(DISTINCT term.id) = 1"
    )
    assert kind.vocabulary is not None
    with slices[kind.vocabulary].open() as database:
        for match in kind.same:
            yield from database.execute(query, (match, kind.name))


def _withdrawn(kind: Kind, slices: dict[str, Slice]) -> Iterator[tuple[str, str]]:
    """Identifiers of withdrawn terms that one step leads to one term of the kind."""
    query = (
        "SELECT successor.term, min(successor) FROM successor JOIN term ON term.id = successor "
        "GROUP BY successor.term HAVING count(*) = 1 AND min(manner) != 'considered' AND min(kind) = ? "
        "AND min(status) = 'active' AND successor.term NOT IN (SELECT id FROM term WHERE status = 'active')"
    )
    assert kind.vocabulary is not None
    with slices[kind.vocabulary].open() as database:
        found = database.execute(query, (kind.name,))
        yield from ((term, successor) for term, successor in found if term.startswith(f"{kind.prefix}:"))


def _otherwise(word: str, chance: random.Random) -> str:
    """Return a word as others type it: without accents, in capitals, with a curly apostrophe or a doubled space."""
    plain = "".join(one for one in unicodedata.normalize("NFD", word) if not unicodedata.combining(one))
    return chance.choice((plain, word.upper(), word.lower(), word.replace("'", "’"), word.replace(" ", "  ")))


def _spelled(identifier: str, chance: random.Random) -> str:
    prefix, _, number = identifier.partition(":")
    return chance.choice((identifier, f"{prefix}_{number}", f"{prefix} {number}", f"{prefix}:{number}".lower()))


def _misspelt(word: str, known: Iterable[str], chance: random.Random) -> str | None:
    """Return a word with one slip of the keyboard that is no name of anything, None where none was found."""
    for _ in range(_TRIES):
        place = chance.randrange(len(word) - 1)
        head, here, after, rest = word[:place], word[place], word[place + 1], word[place + 2 :]
        if not (here.isalnum() and after.isalnum()):
            continue
        other = chance.choice(digits if here.isdigit() else ascii_lowercase)
        slips = (
            head + after + rest,
            head + after + here + rest,
            head + here * 2 + after + rest,
            head + other + after + rest,
        )
        slip = chance.choice(slips)
        if fold(slip) not in known:
            return slip
    return None
