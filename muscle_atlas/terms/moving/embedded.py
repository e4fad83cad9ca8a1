"""Stand-ins: slices of what our own tables have of a vocabulary, for one that is not installed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from muscle_atlas.rooms import MAPPINGS, ONTOLOGY
from muscle_atlas.tables import JOINER, Table, read_tables
from muscle_atlas.terms.slices import (
    SUFFIX,
    Association,
    Contents,
    Kind,
    Name,
    Parent,
    Reference,
    Slice,
    Successor,
    Term,
    Tier,
    write_slice,
)

TIERS: dict[str, Tier] = {"skos:prefLabel": "label", "skos:altLabel": "synonym", "skos:hiddenLabel": "previous"}
"""Field of a word in ``mappings/*.sssom.tsv`` -> tier of a name."""
_KINDS: dict[str, tuple[Kind, str | None]] = {
    "hgnc": ("gene", "genes"),
    "mgi": ("gene", None),
    "ordo": ("disease", "diseases"),
    "uberon": ("muscle", "muscles"),
    "hpo": ("finding", "findings"),
    "fbbi": ("technique", "techniques"),
}
"""Vocabulary -> kind of its terms, and the table of words that was drawn from its release."""
_DRAWN = "semapv:LexicalMatching"
_MONDO = "mondo"


def write_stand_ins(names: Iterable[str], folder: Path) -> list[Slice]:
    """Write slices of what our tables have of some vocabularies.

    Args:
        names: the vocabularies; one of which we have nothing is left out.
        folder: where they are written.
    """
    slices = []
    for name in names:
        if name not in _KINDS and name != _MONDO:
            continue
        contents = _diseases_of_mondo() if name == _MONDO else _contents(name)
        table = _table("ordo" if name == _MONDO else name)
        path = folder / f"{name}{SUFFIX}"
        told = {key: table.header.get(key, "") for key in ("title", "licence", "homepage", "source")}
        write_slice(path, {**told, "name": name}, (), contents)
        slices.append(Slice(path))
    return slices


def is_drawn(justification: str, table: Path) -> bool:
    """Tell whether a row of a table of words was drawn from the release of the vocabulary that it leads to."""
    return justification == _DRAWN and table in {_words(words) for _, words in _KINDS.values() if words}


def _table(name: str) -> Table:
    return Table(ONTOLOGY / "terms" / f"{name}.tsv")


def _words(words: str) -> Path:
    return MAPPINGS / f"{words}.sssom.tsv"


def _contents(name: str) -> Contents:
    kind, words = _KINDS[name]
    table = _table(name)
    contents = Contents(table.header["version"], table.header["date"])
    for row in table.rows.iter_rows(named=True):
        curie = row["id"]
        contents.terms.append(Term(curie, kind, row["label_en"], row["label_fr"]))
        contents.names.append(Name(row["label_en"], curie, "label"))
        contents.parents += [Parent(curie, parent) for parent in _several(row["parents"])]
        contents.parents += [Parent(curie, whole, "part_of") for whole in _several(row["part_of"])]
        # Those of MONDO are told by MONDO.
        exact = [other for other in _several(row["exact_match"]) if not other.startswith("MONDO:")]
        contents.references += [Reference(curie, other) for other in exact]
        contents.references += [Reference(curie, gene, "orthologue") for gene in _several(row.get("orthologue"))]
    if words:
        contents.names += _drawn_names(_words(words))
    if name == "hgnc":
        _add_symbols(contents)
    if name == "ordo":
        contents.associations += [
            Association(gene, disease, kind, "")
            for gene, disease, kind in Table(ONTOLOGY / "pairs" / "associations.tsv").rows.iter_rows()
        ]
    return contents


def _several(cell: str | None) -> list[str]:
    return cell.split(JOINER) if cell else []


def _drawn_names(path: Path) -> Iterator[Name]:
    rows = Table(path).rows.select("subject_label", "object_id", "object_match_field", "mapping_justification")
    for word, curie, field, justification in rows.iter_rows():
        if is_drawn(justification, path):
            yield Name(word, curie, TIERS[field])


def _add_symbols(contents: Contents) -> None:
    """Add the genes of HGNC that no photograph is expected to have: words lead to them, too."""
    told = {term.id for term in contents.terms}
    symbols, withdrawn = (read_tables(ONTOLOGY / "symbols", f"{name}.tsv")[0] for name in ("approved", "withdrawn"))
    for gene, symbol, former in symbols.rows.iter_rows():
        if gene not in told:
            contents.terms.append(Term(gene, "gene", symbol))
        contents.names += [Name(symbol, gene, "label"), *(Name(name, gene, "previous") for name in _several(former))]
    for gene, symbol, successors in withdrawn.rows.iter_rows():
        contents.terms.append(Term(gene, "gene", symbol, status="withdrawn"))
        contents.names.append(Name(symbol, gene, "previous"))
        contents.successors += [Successor(gene, one, "replaced") for one in _several(successors)]


def _diseases_of_mondo() -> Contents:
    """Return the terms of MONDO that our diseases are exactly the same as; we do not have their labels."""
    table = _table("ordo")
    contents = Contents(table.header["version"], table.header["date"])
    for curie, cell in table.rows.select("id", "exact_match").iter_rows():
        for other in _several(cell):
            if other.startswith("MONDO:"):
                contents.terms.append(Term(other, "disease", ""))
                contents.references.append(Reference(other, curie))
    return contents
