"""Stand-ins: slices of what our own tables have of a vocabulary, for one that is not installed."""

from collections.abc import Collection, Iterable
from pathlib import Path

import polars as pl

from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import JOINER, Table
from muscle_atlas.terms.slices import (
    SUFFIX,
    Association,
    Contents,
    Name,
    Parent,
    Reference,
    Slice,
    Successor,
    Term,
    write_slice,
)
from muscle_atlas.terms.slices import Kind as KindOfTerm
from muscle_atlas.terms.words.embedded import Words
from muscle_atlas.terms.words.kinds import Kind, read_kinds

_MONDO = "mondo"
_DISEASES = "ordo"


def write_stand_ins(names: Iterable[str], folder: Path, used: Collection[str]) -> list[Slice]:
    """Write slices of what our tables have of some vocabularies.

    Args:
        names: the vocabularies; one of which we have nothing is left out.
        folder: where they are written.
        used: the terms (CURIEs) that are looked at; of those that no photograph was expected to have, only these are
            written.
    """
    return [_write(name, kind, folder, used) for name in names if (kind := _kind_of(name))]


def _kind_of(vocabulary: str) -> Kind | None:
    return next((kind for kind in read_kinds().values() if vocabulary in (kind.vocabulary, kind.through)), None)


def _write(name: str, kind: Kind, folder: Path, used: Collection[str]) -> Slice:
    path = folder / f"{name}{SUFFIX}"
    contents = _diseases_of_mondo() if name == _MONDO else _contents(name, kind, used)
    header = _table(_DISEASES if name == _MONDO else name).header
    told = {key: header.get(key, "") for key in ("title", "licence", "homepage", "source")}
    write_slice(path, {**told, "name": name}, (), contents)
    return Slice(path)


def _table(name: str) -> Table:
    return Table(ONTOLOGY / "terms" / f"{name}.tsv")


def _contents(name: str, kind: Kind, used: Collection[str]) -> Contents:
    table = _table(name)
    contents = Contents(table.header["version"], table.header["date"])
    kind_of_term: KindOfTerm = kind.name  # type: ignore[assignment]
    for row in table.rows.iter_rows(named=True):
        curie = row["id"]
        contents.terms.append(Term(curie, kind_of_term, row["label_en"], row["label_fr"]))
        contents.names.append(Name(row["label_en"], curie, "label"))
        contents.parents += [Parent(curie, parent) for parent in _several(row["parents"])]
        contents.parents += [Parent(curie, whole, "part_of") for whole in _several(row["part_of"])]
        # Those of MONDO are told by MONDO.
        exact = [other for other in _several(row["exact_match"]) if not other.startswith("MONDO:")]
        contents.references += [Reference(curie, other) for other in exact]
        contents.references += [Reference(curie, gene, "orthologue") for gene in _several(row.get("orthologue"))]
    if name == kind.vocabulary:
        entries = [entry for found in Words(kind.words).exact.values() for entry in found]
        contents.names += [Name(entry.text, entry.identifier, entry.tier) for entry in entries]
    if name == "hgnc":
        _add_symbols(contents, used)
    if name == _DISEASES:
        contents.associations += [
            Association(gene, disease, manner, "")
            for gene, disease, manner in Table(ONTOLOGY / "pairs" / "associations.tsv").rows.iter_rows()
        ]
    return contents


def _several(cell: str | None) -> list[str]:
    return cell.split(JOINER) if cell else []


def _add_symbols(contents: Contents, used: Collection[str]) -> None:
    """Add the genes of HGNC that no photograph was expected to have, where one has them."""
    further = set(used) - {term.id for term in contents.terms}
    approved, withdrawn = (Table(ONTOLOGY / "symbols" / f"{name}.tsv").rows for name in ("approved", "withdrawn"))
    for gene, symbol, former in approved.filter(pl.col("id").is_in(further)).iter_rows():
        contents.terms.append(Term(gene, "gene", symbol))
        contents.names += [Name(symbol, gene, "label"), *(Name(name, gene, "previous") for name in _several(former))]
    for gene, symbol, successors in withdrawn.filter(pl.col("id").is_in(further)).iter_rows():
        contents.terms.append(Term(gene, "gene", symbol, status="withdrawn"))
        contents.names.append(Name(symbol, gene, "previous"))
        contents.successors += [Successor(gene, one, "replaced") for one in _several(successors)]


def _diseases_of_mondo() -> Contents:
    """Return the terms of MONDO that our diseases are exactly the same as; we have neither labels nor a version."""
    contents = Contents("", "")
    for curie, cell in _table(_DISEASES).rows.select("id", "exact_match").iter_rows():
        for other in _several(cell):
            if other.startswith("MONDO:"):
                contents.terms.append(Term(other, "disease", ""))
                contents.references.append(Reference(other, curie))
    return contents
