"""Diseases from Orphanet: those of the facts, their groups, and every disease that competes for a word."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from muscle_atlas.folding import fold
from muscle_atlas.terms.source import Found
from muscle_atlas.terms.sources import ordo
from muscle_atlas.terms.sources.ordo import Disease

from .hierarchy import with_ancestors
from .orphanet_names import Names
from .releases import read_tabbed
from .tables import Term
from .words import ALTERNATIVE, FORMER, PREFERRED, Pair, Word, distinct

# A category above the diseases of the facts is named in the mappings when its label speaks of these.
MUSCULAR = re.compile(
    r"musc|myopath|myofibr|myasth|motor|sarcoglycan|dystroglycan|arthrogryposis|laminopath|neuropath"
    r"|paraplegia|channelopath|mitochondri",
    re.IGNORECASE,
)
QUOTES = str.maketrans("", "", "“”")
# How a match of Orphanet is called in the tables of terms.
COLUMNS = {"exact": "exact_match", "narrow": "narrow_match", "broad": "broad_match"}


def read_diseases(path: Path) -> dict[str, Disease]:
    """ORPHA CURIE -> disease, for the whole release; parents that the release does not hold are left out."""
    return ordo.read_diseases(Found(path, ""))


def read_mondo(path: Path) -> dict[str, dict[str, str]]:
    """ORPHA CURIE -> MONDO CURIEs that MONDO calls exact, each with its label."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in read_tabbed(path):
        if row["predicate_id"] == "skos:exactMatch":
            found[row["object_id"].replace("Orphanet:", "ORPHA:")][row["subject_id"]] = row["subject_label"]
    return dict(found)


def mondo_words(
    mondo: Mapping[str, Mapping[str, str]], words: Iterable[Word], taken: Collection[Pair], broad: Collection[str]
) -> list[Word]:
    """The labels of MONDO for diseases that have `words`, but for pairs already `taken` and words that are `broad`."""
    labels = {word.object_id: word.object_label for word in words}
    named = (
        Word(name, curie, label, ALTERNATIVE)
        for curie, label in labels.items()
        for name in mondo.get(curie, {}).values()
        if not name.startswith("obsolete ") and fold(name) not in broad
    )
    return distinct(named, taken)


def words_of(disease: Disease, names: Names) -> Iterator[Word]:
    """Every name of the disease, as words."""
    label, curie = disease.label, disease.id
    yield Word(label, curie, label, PREFERRED)
    yield from (Word(synonym, curie, label, ALTERNATIVE) for synonym in disease.synonyms)
    yield from (Word(former, curie, label, FORMER) for former in names.former_english(curie))
    yield from (Word(number, curie, label, ALTERNATIVE) for number in ordo.limb_girdle_numbers(disease))
    french = names.french(curie)
    for name in french.current:
        yield Word(name, curie, label, PREFERRED)
        yield Word(name.translate(QUOTES), curie, label, ALTERNATIVE)
    yield from (Word(name.translate(QUOTES), curie, label, FORMER) for name in french.former)


def draw(
    diseases: Mapping[str, Disease],
    wanted: Collection[str],
    names: Names,
    mondo: Mapping[str, Mapping[str, str]],
) -> tuple[list[Term], list[Word]]:
    """Terms and words: all words of the wanted diseases and their groups, and whatever shares one of them."""
    parents = {curie: disease.parents for curie, disease in diseases.items()}
    groups = with_ancestors(wanted, parents) - set(wanted)
    named = set(wanted) | {
        curie for curie in groups if diseases[curie].kind != "Category" or MUSCULAR.search(diseases[curie].label)
    }
    by_word: dict[str, list[Word]] = defaultdict(list)
    for disease in diseases.values():
        for name in (disease.label, *disease.synonyms):
            tier = PREFERRED if name == disease.label else ALTERNATIVE
            by_word[fold(name)].append(Word(name, disease.id, disease.label, tier))
    words = [word for curie in named for word in words_of(diseases[curie], names)]
    for key in {fold(word.subject) for word in words}:
        words += [word for word in by_word[key] if word.object_id not in named]
    competitors = {word.object_id for word in words} - named
    words += [Word(diseases[curie].label, curie, diseases[curie].label, PREFERRED) for curie in competitors]
    listed = with_ancestors(set(wanted) | competitors, parents)
    return [term_of(diseases[curie], names, mondo) for curie in listed], distinct(words)


def term_of(disease: Disease, names: Names, mondo: Mapping[str, Mapping[str, str]]) -> Term:
    """Return the row of a disease: MONDO by MONDO's own table, OMIM by Orphanet's relation."""
    matches: dict[str, set[str]] = {column: set() for column in COLUMNS.values()}
    for other, match in disease.references:
        matches[COLUMNS[match]].add(other)
    return Term(
        id=disease.id,
        label_en=disease.label,
        label_fr=next(iter(names.french(disease.id).current), ""),
        parents=disease.parents,
        exact_match=frozenset(mondo.get(disease.id, ())) | matches["exact_match"],
        broad_match=frozenset(matches["broad_match"]),
        narrow_match=frozenset(matches["narrow_match"]),
        synonyms=disease.synonyms,
        also={"kind": disease.kind},
    )
