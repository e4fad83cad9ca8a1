"""HGNC: the genes of man, with every symbol and name that they have had.

Addresses: the "current" tab-separated files of https://www.genenames.org/download/, in the bucket that
https://www.genenames.org/about/ calls the place of all downloads. Columns:
https://www.genenames.org/help/download/. The column ``orphanet`` is left out: it holds Orphanet's numbers of genes,
which are no ORPHA codes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from muscle_atlas.folding import fold
from muscle_atlas.terms.reading.tabbed import read_tabbed
from muscle_atlas.terms.slices import Contents, Name, Reference, Successor, Term
from muscle_atlas.terms.source import FaultyReleaseError, Found, Part, Source

COMPLETE = "https://storage.googleapis.com/public-download-files/hgnc/tsv/tsv/hgnc_complete_set.txt"
WITHDRAWN = "https://storage.googleapis.com/public-download-files/hgnc/tsv/tsv/withdrawn.txt"

_APPROVED = "Approved"
_MODIFIED = "date_modified"
_NAMES = {
    "symbol": ("label", None),
    "alias_symbol": ("alias", None),
    "prev_symbol": ("previous", None),
    "name": ("synonym", "en"),
    "alias_name": ("synonym", "en"),
    "prev_name": ("previous", "en"),
}
"""Column -> tier and language of the names in it."""
_REFERENCES = {
    "ensembl_gene_id": ("ensembl:", "exact"),
    "entrez_id": ("NCBIGene:", "exact"),
    "omim_id": ("OMIM:", "exact"),
    # A protein is what a gene encodes, not the same thing.
    "uniprot_ids": ("uniprot:", "related"),
    "mgd_id": ("", "orthologue"),
}
"""Column -> what stands before its values in a CURIE, and how they match."""
_COLUMNS = ("hgnc_id", "status", _MODIFIED, *_NAMES, *_REFERENCES)

_MERGED = "MERGED_INTO_REPORT(S) (i.e HGNC_ID|SYMBOL|STATUS)"
_WITHDRAWN_COLUMNS = ("HGNC_ID", "WITHDRAWN_SYMBOL", _MERGED)

Row = dict[str, str | None]


def read_genes(path: Path) -> Iterator[Row]:
    """Yield the rows of a complete set, withdrawn entries among them.

    Raises:
        FaultyReleaseError: if the file is no complete set.
    """
    for row in read_tabbed(path, _COLUMNS, quoted=True).iter_rows(named=True):
        if not (row["hgnc_id"] and row["symbol"] and row["status"]):
            raise FaultyReleaseError("terms_breaks_off", file=path)
        yield row


def several(cell: str | None) -> list[str]:
    """Return the values of a cell, which HGNC joins with ``|``."""
    return [value for part in (cell or "").split("|") if (value := part.strip())]


def _read(files: Mapping[str, Sequence[Found]]) -> Contents:
    newest, *older = files["complete"]
    rows = list(read_genes(newest.path))
    genes = {str(row["hgnc_id"]): row for row in rows if row["status"] == _APPROVED}
    date = max((str(row[_MODIFIED]) for row in rows if row[_MODIFIED]), default=newest.date)
    contents = Contents(version=date, date=date)
    for gene, row in genes.items():
        contents.terms.append(Term(gene, "gene", str(row["symbol"])))
        contents.names += _names_of(gene, row)
        contents.references += _references_of(gene, row)

    withdrawn = {str(row["hgnc_id"]): str(row["symbol"]) for row in rows}
    merged: dict[str, list[str]] = {}
    for found in reversed(older):
        withdrawn |= {str(row["hgnc_id"]): str(row["symbol"]) for row in read_genes(found.path)}
    for found in reversed(files.get("withdrawn", ())):
        told = _read_withdrawn(found.path)
        withdrawn |= {gene: symbol for gene, (symbol, _) in told.items()}
        merged |= {gene: successors for gene, (_, successors) in told.items()}
    withdrawn = {gene: symbol for gene, symbol in withdrawn.items() if gene not in genes}
    contents.terms += [Term(gene, "gene", symbol, status="withdrawn") for gene, symbol in withdrawn.items()]
    contents.names += [Name(symbol, gene, "previous") for gene, symbol in withdrawn.items()]
    for gene, successors in merged.items():
        if gene in withdrawn:
            contents.successors += [Successor(gene, other, "merged") for other in successors]
    # Only complete sets are there to tell what has become of these.
    untold = {gene: symbol for gene, symbol in withdrawn.items() if gene not in merged}
    bearers = ((gene, (str(row["symbol"]), *several(row["prev_symbol"]))) for gene, row in genes.items())
    contents.successors += successors_by_symbol(untold, bearers)
    return contents


def successors_by_symbol(
    withdrawn: Mapping[str, str], genes: Iterable[tuple[str, Iterable[str]]]
) -> Iterator[Successor]:
    """Yield the genes of today that bear the symbol of a withdrawn one, or bore it.

    HGNC keeps the symbol of an entry that was merged among the previous symbols of the one that took it in.

    Args:
        withdrawn: HGNC CURIE -> symbol.
        genes: HGNC CURIE of each approved gene, with its symbol and its previous ones.
    """
    bearers: dict[str, set[str]] = defaultdict(set)
    for gene, symbols in genes:
        for symbol in symbols:
            bearers[fold(symbol)].add(gene)
    for gene, symbol in withdrawn.items():
        for bearer in sorted(bearers[fold(symbol)]):
            yield Successor(gene, bearer, "replaced")


def _names_of(gene: str, row: Row) -> Iterator[Name]:
    for column, (tier, language) in _NAMES.items():
        values = [str(row[column])] if column in ("symbol", "name") and row[column] else several(row[column])
        yield from (Name(value, gene, tier, language) for value in values)  # type: ignore[arg-type]


def _references_of(gene: str, row: Row) -> Iterator[Reference]:
    for column, (before, match) in _REFERENCES.items():
        yield from (Reference(gene, before + value, match) for value in several(row[column]))  # type: ignore[arg-type]


def _read_withdrawn(path: Path) -> dict[str, tuple[str, list[str]]]:
    """HGNC CURIE -> symbol and successors, of the entries that HGNC withdrew or merged.

    One cell holds the entries that took one in, ``HGNC:1|A|Approved, HGNC:2|B|Approved``.
    """
    return {
        gene: (symbol, re.findall(r"HGNC:\d+(?=\|)", merged or ""))
        for gene, symbol, merged in read_tabbed(path, _WITHDRAWN_COLUMNS, quoted=True).iter_rows()
        if gene and symbol
    }


_DATE = r"(?P<date>\d{4}(?:-\d{2}){1,2})"

SOURCE = Source(
    name="hgnc",
    title="HGNC complete set",
    licence="CC0-1.0",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    homepage="https://www.genenames.org/",
    parts=(
        Part("complete", re.compile(rf"hgnc_complete_set(?:[_-]{_DATE})?\.(?:txt|tsv)(?:\.gz)?"), COMPLETE, 2_000_000),
        Part(
            "withdrawn",
            re.compile(rf"(?:hgnc_)?withdrawn(?:[_-]{_DATE})?\.(?:txt|tsv)(?:\.gz)?"),
            WITHDRAWN,
            20_000,
            needed=False,
        ),
    ),
    read=_read,
)
