"""Associations of genes with diseases: what says so, and of which kind, as SHACL and SPARQL can walk it."""

import re

import polars as pl

from etl.describe import quads
from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

_CLASSES = MAPPINGS / "associations.tsv"
_ANY = "sio:SIO_000983"
"""Association of a gene with a disease, of whatever kind."""


def describe_associations(pairs: pl.DataFrame, graph: str, source: str, names: Names) -> pl.DataFrame:
    """Return the quads of a node for each association (SIO), and of the short way from disease to gene.

    Args:
        pairs: ``gene`` and ``disease`` as CURIEs; ``association``, its kind in the words of the source, may be null;
            ``reason`` and ``status``, in the words of the source, where there are such columns.
        graph: IRI of the graph.
        source: IRI of what tells so.
        names: the names of the atlas.
    """
    known = {row["association"]: row for row in Table(_CLASSES).rows.iter_rows(named=True)}
    triples = []
    for pair in pairs.unique().iter_rows(named=True):
        gene, disease, kind = pair["gene"], pair["disease"], pair.get("association") or ""
        class_ = known.get(kind, {}).get("class") or _ANY
        node = names.mint("association", "-".join(filter(None, (_local(gene), _local(disease), _slug(kind)))))
        triples += [
            (disease, "ma:associatedGene", gene, "term"),
            (node, "rdf:type", class_, "term"),
            # Refers to.
            (node, "sio:SIO_000628", gene, "term"),
            (node, "sio:SIO_000628", disease, "term"),
            # Has source.
            (node, "sio:SIO_000253", source, "term"),
            (node, "dcterms:title", kind, "en"),
            (node, "dcterms:title", known.get(kind, {}).get("label_fr"), "fr"),
            (node, "dcterms:description", pair.get("reason"), "en"),
            (node, "dcterms:description", pair.get("status"), "en"),
        ]
    told = [triple for triple in triples if triple[2]]
    return quads.of_curies(pl.DataFrame(told, schema=quads.CURIES, orient="row"), graph, names)


def _local(curie: str) -> str:
    return curie.partition(":")[2]


def _slug(words: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", words.lower()))
