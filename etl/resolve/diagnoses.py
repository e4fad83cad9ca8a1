"""The variants of diagnoses: which gene each lies in, and with which zygosity an individual bears it."""

import re

import polars as pl

from etl.resolve.cells import Cells
from etl.resolve.values.hgvs import alleles
from etl.resolve.values.keys import text_key
from etl.resolve.values.variants import COMPOUND, Variant, advice_on, read_variant, zygosity_of_alleles
from etl.resolve.words.genes import Genes, tell_gene

_PLACE_OF_GENE = re.compile(r"^[cgmnopr]\.")
# Each variant of a compound heterozygote is heterozygous.
_WIDER = {COMPOUND: "zygosity:heterozygous"}
_LONGEST_ZYGOSITY = 4
"""Words of "à l'état hétérozygote composite"."""
_SCHEMA = {
    "record": pl.UInt32,
    "variant": pl.String,
    "hgvs": pl.String,
    "protein": pl.String,
    "description": pl.String,
    "gene": pl.String,
    "zygosity": pl.String,
}


def resolve_variants(
    table: pl.DataFrame, named: dict[int, list[str] | None], genes: Genes, cells: Cells
) -> pl.DataFrame:
    """Return one row a variant: ``record``, ``variant`` (IRI), its names, ``gene`` and ``zygosity`` (CURIEs).

    The gene is the one named before the variant, else that of the same position, else the only gene of the row.
    A zygosity told once holds for every variant of the row, several hold in their order.

    Args:
        table: the records.
        named: the genes of each record, in the order of the cell.
        genes: reads the genes named before variants.
        cells: told of what cannot be read or does not fit.
    """
    split = cells.split(table, "variants").sort("record", "position")
    spoken = {text: _separate_zygosity(text, cells) for text in split["value"].unique()}
    read = {text: read_variant(name) for text, (name, _) in spoken.items()}
    counts: dict[int, int] = dict(split.group_by("record").len().iter_rows())
    zygosities = _resolve_zygosities(table, counts, cells)
    written: dict[int, str] = dict(table.select("record", "zygosity").iter_rows())
    rows = []
    for record, text, position in split.select("record", "value", "position").iter_rows():
        variant = read[text]
        if not _tell_name(variant, record, text, cells):
            continue
        if variant.gene is not None:
            meant = genes.read(variant.gene)
            tell_gene(meant, record, "variants", variant.gene, cells)
            gene = meant.identifier
            causal = named.get(record) or []
            if gene and causal and gene not in causal:
                cells.tell("variant-gene-differs", record, "variants", text, map(genes.candidate, causal))
        else:
            gene = _at(named.get(record) or [], position, counts[record])
            if gene is None and named.get(record):
                cells.tell("variants-misaligned", record, "variants", text)
                # That its variants have no gene follows.
                cells.told.add((record, "gene"))
        names = alleles(variant.hgvs) if variant.hgvs else []
        changed: list[str | None] = [name for name in dict.fromkeys(names) if not name.endswith((".=", ".?"))]
        of_alleles = zygosity_of_alleles(variant.hgvs or "") or spoken[text][1]
        zygosity = _at(zygosities.get(record, []), position, counts[record]) or of_alleles
        if of_alleles and zygosity not in (of_alleles, _WIDER.get(of_alleles)):
            wanted = cells.lexicon("zygosity").candidate(of_alleles)
            # Of several variants, the others may have the zygosity that is written.
            mended = cells.spell("zygosity", [wanted]) if counts[record] == 1 else []
            cells.tell("zygosity-differs", record, "zygosity", written[record], [wanted], corrections=mended)
        # The consequence of two alleles cannot be told apart.
        protein = variant.protein if len(changed) < 2 else None
        for name in changed or [variant.hgvs or None]:
            iri = cells.names.mint("variant", variant_key(name or variant.description or "", gene))
            rows.append((record, iri, name, protein, variant.description, gene, zygosity))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _separate_zygosity(text: str, cells: Cells) -> tuple[str, str | None]:
    """Take "c.2272C>T (homozygote)" apart: the variant, and the zygosity (CURIE) that words behind it tell."""
    words = text.split()
    for count in range(min(len(words) - 1, _LONGEST_ZYGOSITY), 0, -1):
        match = cells.lexicon("zygosity").resolve(" ".join(words[-count:]).strip("(),"))
        if match.identifier:
            return " ".join(words[:-count]).rstrip(" ,"), match.identifier
    return text, None


def _at(values: list[str], position: int, count: int) -> str | None:
    """Return the value that goes with a variant: the only one, or that of its position among ``count``."""
    if len(values) == 1:
        return values[0]
    return values[position] if len(values) == count else None


def _tell_name(variant: Variant, record: int, text: str, cells: Cells) -> bool:
    """Tell how a variant is written; return whether it can be published."""
    if variant.description:
        advice = advice_on(variant.description, cells.language)
        cells.tell("variant-described", record, "variants", text, [advice] if advice else [])
    elif variant.hgvs is None:
        cells.tell("variant-hgvs-syntax", record, "variants", text)
        return False
    elif variant.old_style:
        modern = variant.hgvs if not variant.protein else f"{variant.hgvs} {variant.protein}"
        cells.tell("variant-old-style", record, "variants", text, [modern], corrections=[modern])
    return True


def variant_key(name: str, gene: str | None) -> str:
    """Return the digits that name a variant: of its name, with the gene where that gives no reference."""
    bare = bool(_PLACE_OF_GENE.match(name)) or ":" not in name
    return text_key(f"{gene}:{name}" if bare and gene is not None else name)


def _resolve_zygosities(table: pl.DataFrame, counts: dict[int, int], cells: Cells) -> dict[int, list[str]]:
    """Return the zygosities (CURIEs) of each record: one for all its variants, or as many as there are."""
    lexicon = cells.lexicon("zygosity")
    split = cells.split(table, "zygosity").sort("record", "position")
    matches = lexicon.resolve_words(split["value"].unique(maintain_order=True))
    found: dict[int, list[str]] = {}
    for record, words in split.group_by("record", maintain_order=True).agg("value").iter_rows():
        unread = [word for word in words if matches[word].identifier is None]
        for word in unread:
            cells.tell_unresolved(record, "zygosity", matches[word])
        variants = counts.get(record, 0)
        if not variants and not unread:
            if (record, "variants") not in cells.told:
                cells.tell("zygosity-without-variant", record, "zygosity", "; ".join(words))
        elif len(words) not in (1, variants):
            cells.tell("zygosity-misaligned", record, "zygosity", "; ".join(words))
        elif not unread:
            found[record] = [str(matches[word].identifier) for word in words]
    return found


def interpret_variants(variants: pl.DataFrame, out: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return one row a variant whose zygosity is told: ``interpretation`` (IRI) of the variant in the individual.

    Columns: ``record``, ``interpretation``, ``diagnosis`` and ``variant`` (IRIs), ``zygosity`` (CURIE).
    """
    individuals, minted = cells.names.mint("individual", ""), cells.names.mint("variant", "")
    told = variants.drop_nulls("zygosity").select("record", "variant", "zygosity")
    return told.join(out.select("record", "individual", "diagnosis"), on="record").select(
        "record",
        pl.concat_str(
            pl.lit(cells.names.mint("variant-interpretation", "")),
            pl.col("individual").str.strip_prefix(individuals),
            pl.lit("."),
            pl.col("variant").str.strip_prefix(minted),
        ).alias("interpretation"),
        "diagnosis",
        "variant",
        "zygosity",
    )
