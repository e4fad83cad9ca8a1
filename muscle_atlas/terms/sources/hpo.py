"""HPO: findings, and the modes of inheritance and courses beside them, with the French of its translations."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.reading.earlier import add_gone
from muscle_atlas.terms.reading.hierarchy import at_or_below
from muscle_atlas.terms.reading.tabbed import read_tabbed
from muscle_atlas.terms.reading.unpacking import unpack_graph
from muscle_atlas.terms.slices import Contents, Kind, Name, Parent, Successor, Term
from muscle_atlas.terms.source import FaultyReleaseError, Found, Part, Source

# https://obofoundry.org/ontology/hp.html
ONTOLOGY = "https://purl.obolibrary.org/obo/hp.json"
# https://github.com/obophenotype/hpo-translations
FRENCH = "https://purl.obolibrary.org/obo/hp/translations/hp-fr.babelon.tsv"

_DATE = r"(?:[_-]v?(?P<date>\d{4}(?:-\d{2}){0,2}))?"
PARTS = (
    Part("ontology", re.compile(rf"hp(?:-base)?{_DATE}\.json(?:\.gz)?"), ONTOLOGY, 1_000_000),
    Part(
        "french", re.compile(rf"hp-fr(?:-preprocessed)?{_DATE}\.babelon\.tsv(?:\.gz)?"), FRENCH, 100_000, needed=False
    ),
)

FINDINGS = "HP:0000118"
"""Phenotypic abnormality: findings are here and below."""
WRONG_FRENCH = {
    # A core is no nucleus, and a necklace of nuclei not the same as fibres with nuclei.
    "HP:0030230": "Régions du noyau central des fibres musculaires",
    "HP:0031238": "Fibres musculaires squelettiques nucléées",
}
"""French labels that name something else, as the translations of 2026-06 write them."""

_TRANSLATED = ("subject_id", "predicate_id", "translation_language", "translation_value")
_OBSOLETE = re.compile(r"obsolete ", re.IGNORECASE)


def read(parts: Mapping[str, Sequence[Found]]) -> Contents:
    """Read the newest ontology and the newest French labels; of older ontologies, what has gone since.

    Raises:
        FaultyReleaseError: if a file is not what it should be.
    """
    newest = parts["ontology"][0]
    french = read_french(parts["french"][0]) if parts.get("french") else {}
    contents = _read_ontology(newest, french)
    for older in parts["ontology"][1:]:
        add_gone(contents, _read_ontology(older, {}))
    return contents


def _read_ontology(found: Found, french: Mapping[str, str]) -> Contents:
    graph = unpack_graph(found.path)
    compress = cache(Names(default_base()).compress)
    nodes = {compress(node["id"]): node for node in graph["nodes"] if "lbl" in node}
    nodes = {curie: node for curie, node in nodes.items() if curie.startswith("HP:")}
    if FINDINGS not in nodes:
        raise FaultyReleaseError("terms_other_release", file=found.path, name=SOURCE.title, term=FINDINGS)
    parents = defaultdict(set)
    for edge in graph["edges"]:
        child, parent = compress(edge["sub"]), compress(edge["obj"])
        if edge["pred"] == "is_a" and parent in nodes:
            parents[child].add(parent)
    findings = at_or_below({FINDINGS}, parents)
    version = re.search(r"\d{4}-\d{2}-\d{2}", str(graph.get("meta", {}).get("version", "")))
    date = version[0] if version else found.date
    contents = Contents(version=date, date=date)
    for curie, node in nodes.items():
        meta = node.get("meta", {})
        label = " ".join(node["lbl"].split())
        # Most values that name a term are CURIEs, a few IRIs.
        properties = [(compress(told["pred"]), compress(told["val"])) for told in meta.get("basicPropertyValues", ())]
        if meta.get("deprecated"):
            _withdraw(contents, curie, label, properties)
            continue
        kind: Kind = "finding" if curie in findings else "class"
        contents.terms.append(Term(curie, kind, label, french.get(curie)))
        contents.names.append(Name(label, curie, "label", "en"))
        if curie in french:
            contents.names.append(Name(french[curie], curie, "label", "fr"))
        contents.names += [Name(text, curie, "synonym", "en") for text in _exact_synonyms(meta)]
        contents.parents += [Parent(curie, parent) for parent in parents[curie]]
        merged = [old for predicate, old in properties if predicate == "oboInOwl:hasAlternativeId" and old not in nodes]
        contents.terms += [Term(old, "class", label, status="withdrawn") for old in merged]
        contents.successors += [Successor(old, curie, "merged") for old in merged]
    return contents


def _withdraw(contents: Contents, curie: str, label: str, properties: Sequence[tuple[str, str]]) -> None:
    text = _OBSOLETE.sub("", label, count=1)
    contents.terms.append(Term(curie, "class", text, status="withdrawn"))
    contents.names.append(Name(text, curie, "label", "en"))
    for predicate, other in properties:
        # Term replaced by: https://ontobee.org/ontology/IAO?iri=http://purl.obolibrary.org/obo/IAO_0100001
        if predicate == "obo:IAO_0100001":
            contents.successors.append(Successor(curie, other, "replaced"))
        elif predicate == "oboInOwl:consider":
            contents.successors.append(Successor(curie, other, "considered"))


def _exact_synonyms(meta: Mapping[str, Any]) -> list[str]:
    synonyms = meta.get("synonyms", ())
    return [" ".join(synonym["val"].split()) for synonym in synonyms if synonym["pred"] == "hasExactSynonym"]


def read_french(found: Found) -> dict[str, str]:
    """Return the French label by CURIE, those that name something else left out.

    Raises:
        FaultyReleaseError: if the file is no table of translations into French.
    """
    labels = {}
    for term, predicate, language, text in read_tabbed(found.path, _TRANSLATED).iter_rows():
        if not (term and predicate and language):
            raise FaultyReleaseError("terms_breaks_off", file=found.path)
        label = " ".join((text or "").split())
        told = predicate == "rdfs:label" and language == "fr" and label
        if told and WRONG_FRENCH.get(term) != label:
            labels[term] = label
    if not labels:
        raise FaultyReleaseError("terms_no_row", file=found.path)
    return labels


SOURCE = Source(
    name="hpo",
    title="Human Phenotype Ontology",
    licence="HPO licence (version shown, terms unaltered)",
    licence_url="https://hpo.jax.org/app/license",
    homepage="https://hpo.jax.org/",
    parts=PARTS,
    read=read,
)
