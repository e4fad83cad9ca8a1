"""What records share: publications and contributors, each with an IRI made from what it is."""

import polars as pl

from etl.resolve import values
from etl.resolve.cells import Cells, distinct, lookup
from etl.resolve.publications import Publication, find_publication, read_publication


def resolve_publications(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return ``record``, ``publication`` (IRI), ``identifier`` and ``citation``, one of the two may be null.

    A column "Publication" holds now a citation, now an identifier, now both. Of several citations of one DOI the
    alphabetically first is kept.
    """
    split = cells.split(table, "doi").sort("record", "position")
    read = {text: read_publication(text, cells.names) for text in split["value"].unique()}
    rows: list[tuple[int, str, str | None, str | None]] = []
    for record, text in split.select("record", "value").iter_rows():
        found = read[text]
        if found is None:
            cells.tell("doi-malformed", record, "doi", text)
        else:
            rows.append(_row(record, found, None, cells))
            if found.assumed:
                cells.tell("pubmed-assumed", record, "doi", text, [found.identifier])
    cited = table.select("record", "source").drop_nulls()
    named = {text: read_publication(text, cells.names) for text in distinct(cited, "source")}
    within = {text: find_publication(text, cells.names) for text, found in named.items() if not found}
    for record, text in cited.iter_rows():
        if found := named[text]:
            rows.append(_row(record, found, None, cells))
        elif found := within[text]:
            rows.append(_row(record, found, text, cells))
        else:
            rows.append((record, cells.names.mint("publication", values.text_key(text)), None, text))
    schema = {"record": pl.UInt32, "publication": pl.String, "identifier": pl.String, "citation": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("citation").drop_nulls().min().over("publication")
    )


def _row(record: int, found: Publication, citation: str | None, cells: Cells) -> tuple[int, str, str, str | None]:
    return record, cells.names.expand(found.curie), found.identifier, citation


def resolve_contributors(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return ``record``, ``contributor`` (IRI) and ``name``."""
    named = table.select("record", pl.col("contributor").alias("name")).drop_nulls()
    keys = {name: cells.names.mint("contributor", values.text_key(name)) for name in distinct(named, "name")}
    return named.join(lookup(keys, "contributor").rename({"value": "name"}), on="name")
