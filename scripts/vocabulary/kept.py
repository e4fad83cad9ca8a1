"""Puts the mapping sets that are kept by hand in order: rows sorted, labels of objects as they are today."""

from collections.abc import Mapping
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import SKOS

from muscle_atlas.folding import fold

from .releases import converter
from .tables import read_rows, read_sources, write_table
from .words import Pair


def labels_in_use(ontology: Path) -> dict[str, str]:
    """CURIE -> English label of every term and every concept of a scheme."""
    rows = (row for path in (ontology / "terms").glob("*.tsv") for row in read_rows(path))
    labels = {row["id"]: row["label_en"] for row in rows if "label_en" in row}
    compress = converter().compress
    for path in (ontology / "schemes").glob("*.ttl"):
        for concept, label in Graph().parse(path).subject_objects(SKOS.prefLabel):
            if getattr(label, "language", "") == "en":
                labels[compress(str(concept)) or str(concept)] = str(label)
    return labels


def targets(ontology: Path) -> set[str]:
    """CURIE of every gene that a stain of ours shows the product of."""
    known = converter()
    target = URIRef(known.expand("ma:target", strict=True))
    scheme = Graph().parse(ontology / "schemes" / "stain.ttl")
    return {known.compress(str(gene), strict=True) for gene in scheme.objects(None, target)}


def ids_of(path: Path) -> set[str]:
    """Return the terms of a kept table."""
    return {row["id"] for row in read_rows(path)}


def objects_of(path: Path) -> set[str]:
    """Return what the words of a kept mapping set stand for: a curator adds a term by writing a word for it."""
    return {row["object_id"] for row in read_rows(path)}


def pairs_of(path: Path) -> set[Pair]:
    """Return the folded word and the object of every row of a kept mapping set."""
    return {(fold(row["subject_label"]), row["object_id"]) for row in read_rows(path)}


def put_in_order(mappings: Path, labels: Mapping[str, str]) -> None:
    """Rewrite every mapping set that is not drawn; a licence, which is no term, keeps its written label."""
    drawn = {f"{name}.sssom.tsv" for name in read_sources()["mappings"]}
    for path in sorted(mappings.glob("*.sssom.tsv")):
        if path.name not in drawn:
            rows = read_rows(path)
            header = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
            for row in rows:
                row["object_label"] = labels.get(row["object_id"], row["object_label"])
            write_table(path, header, tuple(rows[0]), [tuple(row.values()) for row in rows], by=(0, 2))
