"""Symbols of every gene of HGNC, which it withdrew, and which a spreadsheet takes for a date."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from muscle_atlas.terms.sources import hgnc

from .hgnc import Gene
from .tables import heading, read_rows, read_sources, write_table

Row = tuple[str, ...]


def write_symbols(path: Path, columns: Row, rows: list[Row]) -> None:
    """Write a table of symbols under the heading that `sources.toml` gives it."""
    sources = read_sources()
    table = sources["symbols"][path.stem]
    write_table(path, heading(table, sources["release"][table["release"]]), columns, rows, by=range(len(columns)))


def approved(genes: Mapping[str, Gene]) -> list[Row]:
    """HGNC CURIE, approved symbol, former symbols joined by `|`."""
    return [(gene.id, gene.symbol, "|".join(sorted(set(gene.previous) - {gene.symbol}))) for gene in genes.values()]


def withdrawn(path: Path, genes: Mapping[str, Gene]) -> list[Row]:
    """HGNC CURIE, symbol and successors of every gene of an older release that the release of today lacks.

    A successor is a gene of today that bears the symbol of the withdrawn one, or bore it.
    """
    older = {str(row["hgnc_id"]): str(row["symbol"]) for row in hgnc.read_genes(path)}
    gone = {gene: symbol for gene, symbol in older.items() if gene not in genes}
    successors: dict[str, list[str]] = defaultdict(list)
    bearers = ((gene.id, (gene.symbol, *gene.previous)) for gene in genes.values())
    for gene, successor, _ in hgnc.successors_by_symbol(gone, bearers):
        successors[gene].append(successor)
    return [(gene, symbol, "|".join(successors[gene])) for gene, symbol in gone.items()]


def read_months(path: Path) -> dict[str, int]:
    """Word -> number of the month."""
    return {row["word"]: int(row["month"]) for row in read_rows(path)}


def dates(genes: Mapping[str, Gene], months: Mapping[str, int]) -> list[Row]:
    """Month, day, symbol, kind of symbol, HGNC CURIE and approved symbol of every symbol that reads as a date."""
    words = "|".join(sorted(months, key=len, reverse=True))
    # "MARC1", too, was turned into 1 March by spreadsheets in English.
    form = re.compile(rf"^({words}|marc)-?([1-9]|[12]\d|3[01])$")
    return [
        (str(months.get(found[1], months["mar"])), found[2], symbol, kind, gene.id, gene.symbol)
        for gene in genes.values()
        for kind, symbol in symbols_of(gene)
        if (found := form.match(symbol.lower()))
    ]


def symbols_of(gene: Gene) -> Iterator[tuple[str, str]]:
    """Every symbol of a gene with its kind, the best first."""
    yield "approved", gene.symbol
    yield from (("former", symbol) for symbol in gene.previous)
    yield from (("alias", symbol) for symbol in gene.aliases)
