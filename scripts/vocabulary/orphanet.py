"""Diseases from Orphanet: those of the facts, their groups, and every disease that competes for a word."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from muscle_atlas.folding import fold

from .hierarchy import with_ancestors
from .orphanet_names import Names
from .releases import read_json_archive, read_tabbed
from .tables import Term
from .words import ALTERNATIVE, FORMER, PREFERRED, Pair, Word, distinct

# A category above the diseases of the facts is named in the mappings when its label speaks of these.
MUSCULAR = re.compile(
    r"musc|myopath|myofibr|myasth|motor|sarcoglycan|dystroglycan|arthrogryposis|laminopath|neuropath"
    r"|paraplegia|channelopath|mitochondri",
    re.IGNORECASE,
)
LIMB_GIRDLE = re.compile(r"\b(?:LGMD|limb-girdle muscular dystrophy)(?:,? type)? ([RD]\d+)\b")
QUOTES = str.maketrans("", "", "“”")
# The relation of an ORPHAcode to an OMIM number, by the code that Orphanet puts first.
OMIM_RELATIONS = {"E": "exact_match", "BTNT": "narrow_match", "NTBT": "broad_match"}


@dataclass(frozen=True, slots=True)
class Disease:
    """An entity of Orphanet; `genes` holds (HGNC CURIE, kind of association)."""

    id: str
    label: str
    kind: str
    synonyms: frozenset[str]
    parents: frozenset[str]
    omim: Mapping[str, frozenset[str]]
    genes: frozenset[tuple[str, str]]


def read_diseases(path: Path) -> dict[str, Disease]:
    """ORPHA CURIE -> disease, for the whole release; parents that the release does not hold are left out."""
    diseases = {d.id: d for d in (parse_packet(document["Orphapacket"]) for document in read_json_archive(path))}
    held = {curie: frozenset(disease.parents & diseases.keys()) for curie, disease in diseases.items()}
    return {curie: replace(disease, parents=held[curie]) for curie, disease in diseases.items()}


def parse_packet(packet: Mapping[str, Any]) -> Disease:
    """One ORPHApacket. `Parents` is a list of dicts in most files and one dict in a few."""
    parents = packet.get("Parents") or []
    groups = [parents] if isinstance(parents, dict) else parents
    references = [entry.get("ExternalReference", entry) for entry in packet.get("ExternalReferences") or []]
    omim: dict[str, set[str]] = defaultdict(set)
    for reference in references:
        relation = OMIM_RELATIONS.get(str(reference.get("DisorderMappingRelation")).split(" ")[0])
        if reference["Source"] == "OMIM" and relation:
            omim[relation].add(f"OMIM:{reference['Reference']}")
    return Disease(
        id=f"ORPHA:{packet['ORPHAcode']}",
        label=" ".join(packet["Label"].split()),
        kind=packet["DisorderType"]["value"],
        synonyms=frozenset(" ".join(entry["Synonym"].split()) for entry in packet.get("Synonyms") or []),
        parents=frozenset(f"ORPHA:{parent['ORPHAcode']}" for group in groups for parent in group["Parent"]),
        omim={relation: frozenset(numbers) for relation, numbers in omim.items()},
        genes=frozenset(parse_genes(packet.get("Genes") or [])),
    )


def parse_genes(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(HGNC CURIE, kind of association) of the genes that Orphanet refers to HGNC."""
    for entry in entries:
        for reference in entry["Gene"].get("ExternalReferences") or []:
            if reference["Source"] == "HGNC":
                yield f"HGNC:{reference['Reference']}", entry["Gene"]["DisorderGeneAssociationType"]


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
    # How the numbering of 2018 is written; among its synonyms Orphanet has only the former LGMD2A by itself.
    numbers = {number for name in (label, *disease.synonyms) for number in LIMB_GIRDLE.findall(name)}
    yield from (Word(f"LGMD{space}{number}", curie, label, ALTERNATIVE) for number in numbers for space in ("", " "))
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
    nothing: frozenset[str] = frozenset()
    return Term(
        id=disease.id,
        label_en=disease.label,
        label_fr=next(iter(names.french(disease.id).current), ""),
        parents=disease.parents,
        exact_match=frozenset(mondo.get(disease.id, ())) | disease.omim.get("exact_match", nothing),
        broad_match=disease.omim.get("broad_match", nothing),
        narrow_match=disease.omim.get("narrow_match", nothing),
        synonyms=disease.synonyms,
        also={"kind": disease.kind},
    )
