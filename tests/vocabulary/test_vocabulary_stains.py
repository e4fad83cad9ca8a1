"""The scheme of stains: sound SKOS, genes and numbers of the releases, words for what a photograph may have."""

import csv
import gzip
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

from muscle_atlas.folding import fold
from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.words.lexicon import Lexicon
from tests.vocabulary.committed import BELIEVED, SCHEMES, expand, rows
from tests.vocabulary.released import genes, techniques

PATH = next(path for path in SCHEMES if path.stem == "stain")
SCHEME = URIRef(expand("atlas:stain"))
PUBLISHED = """
    histology enzyme-histochemistry immunohistochemistry immunofluorescence electron-microscopy
    HE MGT PAS PASD ORO SBB CONGO CV THS VG SR ALIZ PTAH GIEMSA TB NADH SDH COX COXSDH ATP94 ATP104 ATP46 ATP43 ATP42
    ACP ALP NSE PHOS PFK AMPD GPDH ACHE IHC IF EM-UPb
"""
ENZYMES = {
    "SDH": {"SDHA"},
    "ALP": {"ALPL"},
    "ACP": {"ACP2"},
    "PHOS": {"PYGM"},
    "PFK": {"PFKM"},
    "AMPD": {"AMPD1"},
    "GPDH": {"GPD2"},
    "ACHE": {"ACHE", "BCHE"},
}
"""Genes of the enzymes whose EC number HGNC gives."""


@cache
def scheme() -> Graph:
    return Graph().parse(PATH)


def notation(concept: object) -> str:
    return str(scheme().value(URIRef(str(concept)), SKOS.notation))


@cache
def concepts() -> dict[str, URIRef]:
    return {notation(concept): URIRef(str(concept)) for concept in scheme().subjects(RDF.type, SKOS.Concept)}


def values(name: str, predicate: str) -> set[str]:
    return {str(value) for value in scheme().objects(concepts()[name], URIRef(expand(predicate)))}


def headings() -> set[str]:
    return {name for name in concepts() if not values(name, "ma:section")}


def words() -> set[str]:
    table = next(path for path in BELIEVED if path.name == "stains.sssom.tsv")
    return {row["object_id"].removeprefix("stain:") for row in rows(table)}


def test_every_published_notation_is_still_there() -> None:
    assert set(PUBLISHED.split()) <= concepts().keys()
    assert all(str(concept) == f"{SCHEME}/{name}" for name, concept in concepts().items())


def test_a_photograph_may_have_at_least_as_many_stains_as_the_atlas_of_the_institute() -> None:
    leaves = concepts().keys() - headings() - {notation(wide) for wide in scheme().objects(None, SKOS.broader)}
    assert len(leaves) >= 57


def test_every_stain_has_words_and_no_heading_has() -> None:
    assert words() == concepts().keys() - headings()
    assert headings() <= {notation(wide) for wide in scheme().objects(None, SKOS.broader)}


def test_every_concept_is_below_a_top_concept_and_below_none_twice() -> None:
    tops = {notation(top) for top in scheme().objects(SCHEME, SKOS.hasTopConcept)}
    assert tops == {notation(top) for top in scheme().subjects(SKOS.topConceptOf, SCHEME)}
    for name in concepts():
        seen = [name]
        while seen[-1] not in tops:
            above = {notation(wide) for wide in scheme().objects(concepts()[seen[-1]], SKOS.broader)}
            assert len(above) == 1, f"{seen[-1]}: {above}"
            assert not above & set(seen), f"{name}: a cycle"
            seen += above
        assert not values(seen[-1], "skos:broader"), f"{seen[-1]} is on top and below another"


def test_related_concepts_are_related_both_ways() -> None:
    pairs = set(scheme().subject_objects(SKOS.related))
    assert pairs == {(two, one) for one, two in pairs}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_labels_and_definitions_are_told_apart(language: str) -> None:
    for predicate in (SKOS.prefLabel, SKOS.definition):
        texts = Counter(
            fold(str(text)) for text in scheme().objects(None, predicate) if getattr(text, "language", "") == language
        )
        shared = {text for text, count in texts.items() if count > 1}
        assert shared == set()
    for name, concept in concepts().items():
        own = {str(label) for label in scheme().objects(concept, SKOS.prefLabel)}
        assert not own & values(name, "skos:altLabel"), f"{name}: a preferred label is also another label"
        for definition in scheme().objects(concept, SKOS.definition):
            assert str(definition).endswith("."), f"{name}: {definition}"


def test_other_labels_of_a_stain_are_words_for_it() -> None:
    lexicon = Lexicon("stains", Names(default_base()))
    for name in words():
        for label in values(name, "skos:altLabel") | values(name, "skos:prefLabel") | {name}:
            assert lexicon.resolve(label).identifier == f"stain:{name}", f"{label!r} is no word for {name}"


def test_concepts_stand_in_order() -> None:
    text = PATH.read_text(encoding="utf-8")
    order = re.findall(r"^stain:(\S+)$", text, re.MULTILINE)
    tops = [name for name in order if not values(name, "skos:broader")]
    assert order == [*tops, *sorted(set(order) - set(tops))], "to mend: top concepts, then the others by notation"
    assert set(order) == concepts().keys()


def test_antigens_are_approved_genes_that_the_notation_names(shared: Path) -> None:
    symbols = {expand(identifier): symbol for identifier, symbol in genes(shared).items()}
    for name in concepts():
        found = {symbols[gene] for gene in values(name, "ma:target")}
        antigen = name.removeprefix("anti-").partition("-")[0]
        assert bool(found) == (name.startswith("anti-") or name == "BTX"), name
        if antigen in symbols.values() and len(found) == 1:
            assert found == {antigen}, name


def test_several_stains_of_one_antigen_have_one_above_them() -> None:
    by_target: dict[frozenset[str], set[str]] = {}
    for name in concepts():
        if found := values(name, "ma:target"):
            by_target.setdefault(frozenset(found), set()).add(name)
    for targets, names in by_target.items():
        widest = {name for name in names if not {notation(wide) for wide in values(name, "skos:broader")} & names}
        assert len(widest) == 1, f"{sorted(targets)}: {sorted(widest)}"


def test_ph_is_that_of_the_label_and_stands_on_atpases_only() -> None:
    for name, concept in concepts().items():
        told = re.search(r"pH ([\d.]+)", " ".join(map(str, scheme().objects(concept, SKOS.prefLabel))))
        assert values(name, "ma:pH") == ({told[1]} if told else set()), name


def test_ec_numbers_are_those_of_hgnc(shared: Path) -> None:
    packed = shared / "reference" / "hgnc" / "hgnc_complete_set_2024-10.txt.gz"
    with gzip.open(packed, "rt", encoding="utf-8") as lines:
        numbers = {row["symbol"]: row["enzyme_id"] for row in csv.DictReader(lines, delimiter="\t")}
    found = {name: values(name, "ma:ecNumber") for name in concepts()}
    assert {name: told for name, told in found.items() if told} == {
        name: {numbers[gene] for gene in symbols} for name, symbols in ENZYMES.items()
    }


def test_sections_and_techniques_fit_the_kind_of_stain(shared: Path) -> None:
    sections = {
        str(concept) for concept in Graph().parse(PATH.with_name("section.ttl")).subjects(RDF.type, SKOS.Concept)
    }
    known = {expand(identifier) for identifier in techniques(shared) if identifier.startswith("FBbi:")}
    for name in concepts().keys() - headings():
        assert values(name, "ma:section") <= sections
        assert values(name, "ma:seenBy") <= known
        if values(name, "skos:broader") == {expand("stain:enzyme-histochemistry")}:
            assert values(name, "ma:section") == {expand("section:frozen")}, name
        assert bool(values(name, "ma:seenBy")) != name.startswith("anti-"), name
    assert values("EM-UPb", "ma:seenBy") == {expand("FBbi:00000258")}


def test_matches_are_identifiers_that_were_looked_up(shared: Path) -> None:
    facts = (shared / "facts" / "facts_stains.tsv").read_text(encoding="utf-8")
    listed = set(re.findall(r"\d{6,}|C\d+", facts))
    fbbi = {identifier.partition(":")[2] for identifier in techniques(shared)}
    for kind in ("closeMatch", "broadMatch", "relatedMatch"):
        for path in (PATH, PATH.with_name("section.ttl")):
            for match in Graph().parse(path).objects(None, SKOS[kind]):
                code = re.split(r"[/_]", str(match))[-1]
                assert code in listed or ("FBbi_" in str(match) and code in fbbi), match


def test_every_source_is_cited_in_words() -> None:
    used = {source for concept in concepts().values() for source in scheme().objects(concept, DCTERMS.source)}
    cited = set(scheme().subjects(DCTERMS.bibliographicCitation, None)) - {SCHEME}
    assert used == cited
