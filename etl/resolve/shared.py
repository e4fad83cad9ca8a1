"""What records share: variants, publications, contributors, each with an IRI made from what it is."""

import polars as pl

from etl.resolve import values
from etl.resolve.cells import SEVERAL, Cells, distinct, lookup


def resolve_variants(table: pl.DataFrame, genes: dict[int, list[str] | None], cells: Cells) -> pl.DataFrame:
    """Return ``record``, ``variant`` (IRI), ``hgvs`` and ``gene`` (CURIE).

    The gene is the one named before the variant, else that of the same position, else the only gene of the row.

    Args:
        table: the records.
        genes: the genes of each record, in the order of the cell.
        cells: told of variants without gene.
    """
    lexicon = cells.lexicon("gene")
    rows: list[tuple[int, str, str, str | None]] = []
    split = cells.split(table, "variants").sort("record", "position")
    counts = dict(split.group_by("record").len().iter_rows())
    for record, text, position in split.select("record", "value", "position").iter_rows():
        known = genes.get(record) or []
        symbol, hgvs = values.read_variant(text)
        gene: str | None = None
        if symbol is not None:
            match = lexicon.resolve(symbol)
            gene = match.identifier
            if gene is None:
                cells.tell_unresolved(record, "variants", match, rule="gene")
        elif len(known) == 1:
            gene = known[0]
        elif len(known) == counts[record]:
            gene = known[position]
        elif known:
            cells.tell("variants-misaligned", record, "variants", text)
            # That its variants have no gene follows.
            cells.told.add((record, "gene"))
        rows.append((record, cells.names.mint("variant", values.variant_key(hgvs, gene)), hgvs, gene))
    schema = {"record": pl.UInt32, "variant": pl.String, "hgvs": pl.String, "gene": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def resolve_publications(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return ``record``, ``publication`` (IRI), ``doi`` and ``citation``, one of the two null.

    A column "Publication" holds now a citation, now a DOI: a citation that is a DOI counts as one.
    """
    is_doi = pl.col("source").is_in([text for text in distinct(table, "source") if values.read_doi(text)])
    table = table.with_columns(
        pl.concat_str("doi", pl.when(is_doi).then("source"), separator=SEVERAL, ignore_nulls=True).alias("doi"),
        pl.when(is_doi.fill_null(value=False)).then(None).otherwise("source").alias("citation"),
    ).with_columns(pl.when(pl.col("doi") != "").then("doi").alias("doi"))
    dois = cells.read(table, "doi", values.read_doi, "doi-malformed")
    paths = {doi: cells.names.expand(f"doi:{values.doi_path(doi)}") for doi in distinct(dois, "doi")}
    with_doi = dois.join(lookup(paths, "publication").rename({"value": "doi"}), on="doi")
    texts = table.select("record", "citation").drop_nulls()
    keys = {text: cells.names.mint("publication", values.text_key(text)) for text in distinct(texts, "citation")}
    cited = texts.join(lookup(keys, "publication").rename({"value": "citation"}), on="citation")
    return pl.concat([with_doi, cited], how="diagonal")


def resolve_contributors(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return ``record``, ``contributor`` (IRI) and ``name``."""
    named = table.select("record", pl.col("contributor").alias("name")).drop_nulls()
    keys = {name: cells.names.mint("contributor", values.text_key(name)) for name in distinct(named, "name")}
    return named.join(lookup(keys, "contributor").rename({"value": "name"}), on="name")
