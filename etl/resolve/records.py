"""Resolving a table of records: every cell to an identifier or a value, each distinct cell once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from etl.describe.vocabulary import age_bands
from etl.privacy.pseudonyms import Pseudonyms
from etl.problems import Problem, Rules
from etl.read.cells import mask
from etl.read.columns import Columns
from etl.read.records import Records
from etl.resolve.cells import Cells, listed
from etl.resolve.credits import resolve_contributors, resolve_publications
from etl.resolve.diagnoses import interpret_variants, resolve_variants
from etl.resolve.gaps import HUMAN, leave_open, separate_gaps
from etl.resolve.identity import IDS, check_ids, check_origin, hide_ids, identify, stands_in
from etl.resolve.replaced import screen_replaced
from etl.resolve.revealing import check_revealing
from etl.resolve.screening import screen
from etl.resolve.values.ages import Age, fault_of_age, read_age
from etl.resolve.values.answers import read_boolean
from etl.resolve.values.scale import read_magnification, read_pixel_size, read_scale_bar
from etl.resolve.words.antibodies import name_antibodies, separate_methods
from etl.resolve.words.diseases import Diseases, resolve_diseases, resolve_families
from etl.resolve.words.genes import Genes, resolve_genes, symbols_outside
from etl.resolve.words.muscles import resolve_muscles
from etl.resolve.words.stains import resolve_stains
from muscle_atlas.names import Names
from muscle_atlas.terms.words.matches import Match
from muscle_atlas.terms.words.shelf import Shelf

CONTROL = "status:control"

_SINGLE = ("species", "sex", "status", "section", "technique", "licence")
_SEVERAL = {
    "structure": "structure",
    "inheritance": "inheritance",
    "findings": "finding",
}
_SCALES = {
    "magnification": read_magnification,
    "pixel_size_um": read_pixel_size,
    "scale_bar_um": read_scale_bar,
}
_FREE_TEXT = ("strain", "genotype", "treatment", "caption_en", "caption_fr", "credit")
_OF_DIAGNOSES = ("gene", "variants", "zygosity")
"""Columns that speak of the cause of a disease."""
_CURIES = (
    *(*_SINGLE, *_SEVERAL.values(), "stain", "muscle", "side", "disease", "family", "age_band"),
    *("gene", "animal_gene", "target", "zygosity"),
)
_OF_CONTRIBUTIONS = {"record": pl.UInt32, "synthetic": pl.Boolean}
"""What tables of contributions have at least; without any contribution they hold no row."""


@dataclass
class Resolved:
    """A resolved table: one row a record, IRIs and lists of IRIs as the row itself tells them; what records share."""

    records: pl.DataFrame
    variants: pl.DataFrame
    publications: pl.DataFrame
    contributors: pl.DataFrame
    interpretations: pl.DataFrame
    genes: pl.DataFrame
    contributions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_OF_CONTRIBUTIONS))
    attributions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_OF_CONTRIBUTIONS))
    problems: list[Problem] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)
    told: set[tuple[int, str]] = field(default_factory=set)
    """Records and columns of cells that something is wrong with, so that they do not count as left empty."""
    unresolved: list[tuple[int, str, Match]] = field(default_factory=list)
    """Records, columns and words that stand for nothing, or for more than one thing."""

    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables by the names ``mappings/graph.tsv`` uses."""
        return {
            "records": self.records,
            "variants": self.variants,
            "publications": self.publications,
            "contributors": self.contributors,
            "interpretations": self.interpretations,
            "genes": self.genes,
            "contributions": self.contributions,
            "attributions": self.attributions,
        }

    def without(self, rejected: Iterable[int]) -> "Resolved":
        """Return the same without some records."""
        out = pl.Series(sorted(rejected), dtype=pl.UInt32).implode()
        return self.of({name: table.filter(~pl.col("record").is_in(out)) for name, table in self.tables().items()})

    def of(self, tables: Mapping[str, pl.DataFrame]) -> "Resolved":
        """Return the same with other ``tables``."""
        return Resolved(
            **tables, problems=self.problems, rejected=self.rejected, told=self.told, unresolved=self.unresolved
        )


def resolve_records(
    records: Records,
    rules: Rules,
    names: Names,
    columns: Columns,
    shelf: Shelf | None = None,
    *,
    pseudonyms: Pseudonyms | None = None,
) -> Resolved:
    """Resolve every cell of ``records``, by our own tables and the installed releases of ``shelf``.

    With ``pseudonyms`` ids are replaced. A row with a violation is named in ``rejected`` and still resolved, so that
    everything wrong with it is told.
    """
    cells = Cells(records, rules, names, columns, shelf)
    diseases = Diseases()
    rows = separate_methods(records.table.filter(~pl.col("record").is_in(list(records.shifted))), cells)
    table = screen(separate_gaps(rows, names), cells)
    if pseudonyms:
        table = screen_replaced(table, cells)
    named = check_ids(table, cells)
    out = identify(named, cells, pseudonyms)
    for column in _SINGLE:
        out = _add(out, cells.words(table, column))
    out = _add(out, resolve_stains(table, cells))
    if pseudonyms is None:
        persons = out.filter(pl.col("species").fill_null(HUMAN) == HUMAN)["record"]
        hidden = identify(hide_ids(named, check_revealing(table, persons, IDS, cells)), cells)
        out = out.select("record", pl.exclude(hidden.columns)).join(hidden, on="record", maintain_order="left")
    for column, name in _SEVERAL.items():
        out = _add(out, listed(cells.words(table, column).rename({column: name}), name))
    for found in resolve_muscles(table, cells.words(table, "side"), cells):
        out = _add(out, found)
    table = _without_causes_of_controls(table, out, cells)
    reader = Genes(cells.lexicon("gene"))
    species = out.select("record", "species")
    causal = resolve_genes(table, species, "gene", cells, reader)
    targets = resolve_genes(table, species, "target", cells, reader).rename({"gene": "target"})
    out = _add(_add(out, listed(causal, "gene")), listed(causal, "animal_gene"))
    out = name_antibodies(_add(out, listed(targets, "target")), cells)
    genes: dict[int, list[str] | None] = dict(out.select("record", "gene").iter_rows())
    out = _add(out, resolve_diseases(table, genes, diseases, cells))
    out = _add(out, resolve_families(table, out, diseases, cells))
    out = _add(out, _read_ages(table, out, cells))
    for column, read in _SCALES.items():
        rule = f"{column.removesuffix('_um').replace('_', '-')}-unreadable"
        out = _add(out, cells.read(table, column, read, rule, pl.Float64))
    told = cells.read(table, "synthetic", read_boolean, "synthetic-unreadable", pl.Boolean)
    out = _add(out, told).with_columns(pl.col("synthetic").fill_null(value=False))
    check_origin(out, cells)
    variants = resolve_variants(table, genes, reader, cells)
    interpretations = interpret_variants(variants, out, cells)
    publications = resolve_publications(table, cells)
    contributors = resolve_contributors(table, cells)
    for shared, column in ((variants, "variant"), (publications, "publication"), (contributors, "contributor")):
        out = _add(out, listed(shared, column))
    out = leave_open(_add(out, table.select("record", "not_stated", *_FREE_TEXT)), table, names)
    out = out.with_columns(pl.lit(None, pl.List(pl.String)).alias("withheld"))
    synthetic = out.select("record", "synthetic")
    return Resolved(
        records=_expand(out, names),
        variants=_expand(variants, names).join(synthetic, on="record"),
        publications=publications.join(synthetic, on="record"),
        contributors=contributors.join(synthetic, on="record"),
        interpretations=_expand(interpretations, names).join(synthetic, on="record"),
        genes=_genes_outside(pl.concat([causal, targets], how="diagonal"), variants, reader, names).join(
            synthetic, on="record"
        ),
        problems=cells.problems_of(dict(out.filter(~stands_in("image")).select("record", "image").iter_rows())),
        rejected=cells.rejected,
        told=cells.told,
        unresolved=cells.unresolved,
    )


def _without_causes_of_controls(table: pl.DataFrame, out: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Tell causes of disease in controls, and empty their cells: a photograph of none would be found by its gene."""
    controls = out.filter(pl.col("status") == CONTROL)["record"].to_list()
    of_control = pl.col("record").is_in(controls)
    for column in _OF_DIAGNOSES:
        for record, text in table.filter(of_control).select("record", column).drop_nulls().iter_rows():
            cells.tell("control-with-cause", record, column, text)
    return table.with_columns(pl.when(~of_control).then(pl.col(column)).alias(column) for column in _OF_DIAGNOSES)


def _genes_outside(found: pl.DataFrame, variants: pl.DataFrame, reader: Genes, names: Names) -> pl.DataFrame:
    """Return ``record``, ``gene`` and ``twin`` (IRIs) and ``symbol`` of genes that no vocabulary of ours describes."""
    used = pl.concat(
        [
            *(found.select("record", pl.col(column).alias("gene")) for column in ("gene", "target")),
            variants.select("record", "gene"),
        ]
    ).drop_nulls()
    symbols = symbols_outside(used["gene"].unique(), reader.lexicon)
    rows = [
        (gene, names.expand(gene), names.expand(f"hgnc.id:{gene.partition(':')[2]}"), symbol)
        for gene, symbol in symbols.items()
    ]
    schema = {"gene": pl.String, "iri": pl.String, "twin": pl.String, "symbol": pl.String}
    described = pl.DataFrame(rows, schema=schema, orient="row")
    return used.join(described, on="gene").select("record", pl.col("iri").alias("gene"), "twin", "symbol").unique()


def _add(out: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    return out.join(found, on="record", how="left")


def _read_ages(table: pl.DataFrame, out: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    animal = (pl.col("species") != HUMAN).fill_null(value=False).alias("animal")
    told = table.select("record", "age").drop_nulls().join(out.select("record", animal), on="record")
    keys = list(told.select("age", "animal").unique().iter_rows())
    faults = {key: fault_of_age(key[0], animal=key[1]) for key in keys}
    ages = {key: read_age(key[0], animal=key[1]) for key in keys if faults[key] is None}
    rows = []
    for record, text, is_animal in told.iter_rows():
        fault = faults[text, is_animal]
        if fault:
            # A day of birth must not stand in the report, which is published with the release.
            hidden = mask(text) if fault.startswith("age-is") else text
            cells.tell(fault, record, "age", hidden)
        elif age := ages[text, is_animal]:
            rows.append((record, age.duration, age.years, age.gestational_weeks, _band(age)))
            if age.approximate:
                cells.tell("age-approximate", record, "age", text)
    schema = {
        "record": pl.UInt32,
        "age": pl.String,
        "age_years": pl.Float64,
        "gestational_weeks": pl.Int64,
        "age_band": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _band(age: Age) -> str | None:
    if age.gestational_weeks is not None:
        return "age-band:antenatal"
    told = age.told_years
    return next((band for band, start, end in age_bands() if told is not None and start <= told < end), None)


def _expand(table: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Replace CURIEs by IRIs, each distinct one once."""
    for column in _CURIES:
        if column not in table.columns:
            continue
        is_list = table.schema[column] == pl.List(pl.String)
        flat = table[column].explode() if is_list else table[column]
        iris = {curie: names.expand(curie) for curie in flat.drop_nulls().unique()}
        value = pl.element() if is_list else pl.col(column)
        expanded = value.replace_strict(iris, return_dtype=pl.String) if iris else value
        table = table.with_columns((pl.col(column).list.eval(expanded) if is_list else expanded).alias(column))
    return table
