"""Identifiers and labels as the reference releases give them, read apart from the drawing scripts."""

import csv
import gzip
import io
import json
import re
import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import zstandard

OBO = re.compile(r".*/obo/([A-Za-z]+)_(\w+)$")


@cache
def genes(shared: Path) -> dict[str, str]:
    packed = shared / "reference" / "hgnc" / "hgnc_complete_set_2024-10.txt.gz"
    with gzip.open(packed, "rt", encoding="utf-8") as lines:
        return {row["hgnc_id"]: row["symbol"] for row in csv.DictReader(lines, delimiter="\t")}


@cache
def diseases(shared: Path) -> dict[str, str]:
    labels = {}
    packed = shared / "reference" / "orphanet" / "orphapackets_2025-12-09_json.tar.gz"
    with tarfile.open(packed) as archive:
        for member in archive:
            document = archive.extractfile(member) if member.name.endswith(".json") else None
            if document:
                packet = json.load(document)["Orphapacket"]
                labels[f"ORPHA:{packet['ORPHAcode']}"] = packet["Label"].strip()
    return labels


@cache
def anatomy(shared: Path) -> dict[str, str]:
    """UBERON of 2026, the deprecated left out."""
    packed = shared / "reference" / "uberon" / "UBERON_v2026-04-01.cellxgene.json.zst"
    with zstandard.open(packed, "rb") as document:
        found = json.load(io.BytesIO(document.read()))
    return {curie: entry["label"] for curie, entry in found.items() if not entry["deprecated"]}


@cache
def phenotypes(shared: Path) -> dict[str, str]:
    """HPO, the obsolete left out."""
    with gzip.open(shared / "reference" / "hpo" / "hp_2025-03-03.json.gz") as document:
        nodes = json.load(document)["graphs"][0]["nodes"]
    return {
        OBO.sub(r"\1:\2", node["id"]): node["lbl"]
        for node in nodes
        if "lbl" in node and not node.get("meta", {}).get("deprecated")
    }


@cache
def techniques(shared: Path) -> dict[str, str]:
    with gzip.open(shared / "reference" / "imaging" / "fbbi.owl.gz", "rt", encoding="utf-8") as document:
        classes = document.read().split("<owl:Class rdf:about=")[1:]
    labels = {}
    for text in classes:
        label = re.search(r"<rdfs:label[^>]*>([^<]+)<", text)
        if label:
            labels[OBO.sub(r"\1:\2", text[1 : text.index('"', 1)])] = label[1]
    return labels


@cache
def species(shared: Path) -> dict[str, str]:
    """The taxa that OBI names; it has no dog."""
    packed = shared / "reference" / "imaging" / "obi_view.obo.gz"
    with gzip.open(packed, "rt", encoding="utf-8") as document:
        pairs = re.findall(r"^id: (NCBITaxon:\d+)\nname: (.*)$", document.read(), re.MULTILINE)
    return {**dict(pairs), "NCBITaxon:9615": "Canis lupus familiaris"}


@cache
def age_classes(shared: Path) -> dict[str, str]:
    packed = shared / "reference" / "orphanet" / "ordo-2.6_2018-07-12.obographs.json.gz"
    with gzip.open(packed) as document:
        nodes = json.load(document)["graphs"][0]["nodes"]
    labels = {node["id"].rpartition("_")[2]: node.get("lbl", "") for node in nodes}
    return {f"ORPHA:{code}": labels[code] for code in map(str, range(409943, 409950))}


@cache
def mice(shared: Path) -> dict[str, str]:
    """Genes of the mouse in MGI's homology classes."""
    packed = shared / "reference" / "mgi" / "HOM_MouseHumanSequence_2024-11.rpt.gz"
    with gzip.open(packed, "rt", encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return {row["Mouse MGI ID"]: row["Symbol"] for row in rows if row["Mouse MGI ID"]}


@cache
def former_symbols(shared: Path) -> dict[str, set[str]]:
    """HGNC CURIE -> symbols that the gene bore before."""
    packed = shared / "reference" / "hgnc" / "hgnc_complete_set_2024-10.txt.gz"
    with gzip.open(packed, "rt", encoding="utf-8") as lines:
        return {row["hgnc_id"]: set(row["prev_symbol"].split("|")) for row in csv.DictReader(lines, delimiter="\t")}


RELEASES: dict[str, Callable[[Path], dict[str, str]]] = {
    "hgnc": genes,
    "mgi": mice,
    "ordo": diseases,
    "uberon": anatomy,
    "hpo": phenotypes,
    "fbbi": techniques,
    "ncbitaxon": species,
}
