"""Credits: where photographs were published and who gave them, each with an IRI made from what it is."""

import polars as pl

from etl.resolve.cells import Cells, distinct, lookup
from etl.resolve.values.keys import text_key
from etl.resolve.values.publications import Publication, find_publications, read_publication, split_publications
from muscle_atlas.names import Names


def resolve_publications(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return ``record``, ``publication`` (IRI), ``identifier`` and ``citation``, one of the two may be null.

    A column "Publication" holds now a citation, now an identifier, now both.
    """
    split = cells.split(table, "doi").sort("record", "position")
    read = {text: read_publication(text, cells.names) for text in split["value"].unique()}
    # Each distinct identifier is expanded once.
    iris = _Iris(cells.names)
    rows: list[tuple[int, str, str | None, str | None]] = []
    for record, text in split.select("record", "value").iter_rows():
        found = read[text]
        if found is None:
            cells.tell("doi-malformed", record, "doi", text)
        else:
            rows.append((record, iris[found.curie], found.identifier, None))
            if found.assumed:
                cells.tell("pubmed-assumed", record, "doi", text, [found.identifier], corrections=[found.identifier])
    cited = table.select("record", "source").drop_nulls()
    sources = {text: _read_source(text, cells.names) for text in distinct(cited, "source")}
    for record, text in cited.iter_rows():
        found_in, citation = sources[text]
        for number, publication in enumerate(found_in):
            # Of several that one citation names, its words stand by the first.
            rows.append((record, iris[publication.curie], publication.identifier, None if number else citation))
        if not found_in:
            rows.append((record, cells.names.mint("publication", text_key(text)), None, citation))
    schema = {"record": pl.UInt32, "publication": pl.String, "identifier": pl.String, "citation": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _read_source(text: str, names: Names) -> tuple[list[Publication], str | None]:
    """Return the publications of a source, and its words where it is a citation."""
    alone = [read_publication(part, names) for part in split_publications(text)]
    if all(alone):
        return [publication for publication in alone if publication], None
    return find_publications(text, names), text


class _Iris(dict[str, str]):
    """IRIs by CURIE."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, curie: str) -> str:
        self[curie] = self._names.expand(curie)
        return self[curie]


def resolve_contributors(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return ``record``, ``contributor`` (IRI) and ``name``."""
    named = table.select("record", pl.col("contributor").alias("name")).drop_nulls()
    keys = {name: cells.names.mint("contributor", text_key(name)) for name in distinct(named, "name")}
    return named.join(lookup(keys, "contributor").rename({"value": "name"}), on="name")
