"""Resolving a table of records: every cell to an identifier or a value, each distinct cell once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from etl.describe.vocabulary import age_bands
from etl.problems import Problem, Rules
from etl.read.columns import Columns
from etl.read.records import Records
from etl.resolve import values
from etl.resolve.antibodies import name_antibodies, separate_methods
from etl.resolve.cells import Cells, listed
from etl.resolve.diseases import Diseases
from etl.resolve.gaps import separate_gaps
from etl.resolve.identity import check_ids, check_origin, identify
from etl.resolve.lexicon import Match
from etl.resolve.shared import resolve_contributors, resolve_publications, resolve_variants
from muscle_atlas.names import Names

HUMAN = "NCBITaxon:9606"

_SINGLE = ("species", "sex", "status", "muscle", "side", "stain", "technique", "licence")
_SEVERAL = {
    "gene": "gene",
    "target": "target",
    "structure": "structure",
    "inheritance": "inheritance",
    "findings": "finding",
}
_FREE_TEXT = ("strain", "genotype", "treatment", "caption_en", "caption_fr", "credit")
_CURIES = (*_SINGLE, *_SEVERAL.values(), "disease", "family", "age_band")


@dataclass
class Resolved:
    """A resolved table: one row a record, IRIs and lists of IRIs as the row itself tells them; what records share."""

    records: pl.DataFrame
    variants: pl.DataFrame
    publications: pl.DataFrame
    contributors: pl.DataFrame
    problems: list[Problem] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)
    told: set[tuple[int, str]] = field(default_factory=set)
    """Records and columns of cells that something is wrong with, so that they do not count as left empty."""

    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables by the names ``mappings/graph.tsv`` uses."""
        return {
            "records": self.records,
            "variants": self.variants,
            "publications": self.publications,
            "contributors": self.contributors,
        }

    def without(self, rejected: Iterable[int]) -> "Resolved":
        """Return the same without some records."""
        out = pl.Series(sorted(rejected), dtype=pl.UInt32).implode()
        kept = {name: table.filter(~pl.col("record").is_in(out)) for name, table in self.tables().items()}
        return Resolved(**kept, problems=self.problems, rejected=self.rejected, told=self.told)


def resolve_records(records: Records, rules: Rules, names: Names, columns: Columns) -> Resolved:
    """Resolve every cell of ``records``.

    A row with a violation is named in ``rejected`` and still resolved, so that everything wrong with it is told.
    """
    cells = Cells(records, rules, names, columns)
    diseases = Diseases()
    rows = separate_methods(records.table.filter(~pl.col("record").is_in(list(records.shifted))), cells)
    table = separate_gaps(rows, names)
    out = identify(check_ids(table, cells), cells)
    for column in _SINGLE:
        out = _add(out, cells.words(table, column))
    for column, name in _SEVERAL.items():
        out = _add(out, listed(cells.words(table, column).rename({column: name}), name))
    out = name_antibodies(out, cells)
    genes: dict[int, list[str] | None] = dict(out.select("record", "gene").iter_rows())
    out = _add(out, _resolve_diseases(table, genes, diseases, cells))
    out = _add(out, _resolve_families(table, out, diseases, cells))
    out = _add(out, _read_ages(table, out, cells))
    told = cells.read(table, "synthetic", values.read_boolean, "synthetic-unreadable", pl.Boolean)
    out = _add(out, told).with_columns(pl.col("synthetic").fill_null(value=False))
    check_origin(out, cells)
    variants = resolve_variants(table, genes, cells)
    publications = resolve_publications(table, cells)
    contributors = resolve_contributors(table, cells)
    for shared, column in ((variants, "variant"), (publications, "publication"), (contributors, "contributor")):
        out = _add(out, listed(shared, column))
    out = _add(out, table.select("record", "not_stated", *_FREE_TEXT))
    synthetic = out.select("record", "synthetic")
    return Resolved(
        records=_expand(out, names),
        variants=_expand(variants, names).join(synthetic, on="record"),
        publications=publications.join(synthetic, on="record"),
        contributors=contributors.join(synthetic, on="record"),
        problems=cells.problems,
        rejected=cells.rejected,
        told=cells.told,
    )


def _add(out: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    return out.join(found, on="record", how="left")


def _resolve_diseases(
    table: pl.DataFrame, genes: dict[int, list[str] | None], diseases: Diseases, cells: Cells
) -> pl.DataFrame:
    """Resolve diseases; a broad word is linked only where the genes of its row leave one disease."""
    split = cells.split(table, "disease").sort("record", "position")
    matches = cells.lexicon("disease").resolve_words(split["value"].unique())
    found: list[tuple[int, str]] = []
    for record, word in split.select("record", "value").iter_rows():
        match = matches[word]
        identifier = match.identifier
        if match.outcome == "broad":
            identifier = _deduce(record, match, genes.get(record) or [], diseases, cells)
        elif identifier is None:
            cells.tell_unresolved(record, "disease", match)
        if identifier is not None:
            found.append((record, identifier))
    return listed(pl.DataFrame(found, schema={"record": pl.UInt32, "disease": pl.String}, orient="row"), "disease")


def _deduce(record: int, match: Match, genes: list[str], diseases: Diseases, cells: Cells) -> str | None:
    fitting = [
        candidate
        for candidate in match.candidates
        if any(diseases.causes(gene, candidate.identifier) for gene in genes)
    ]
    if len(fitting) == 1:
        cells.tell("disease-deduced", record, "disease", match.word, fitting)
        return fitting[0].identifier
    if not genes and (record, "gene") in cells.told:
        # A gene that could not be read is cause enough.
        cells.told.add((record, "disease"))
    else:
        cells.tell("disease-broad", record, "disease", match.word, fitting or match.candidates)
    return None


def _resolve_families(table: pl.DataFrame, out: pl.DataFrame, diseases: Diseases, cells: Cells) -> pl.DataFrame:
    """Resolve families, and derive those of empty cells from gene and disease."""
    told = cells.words(table, "family")
    pairs = out.select("record", "gene", "disease").explode("gene").explode("disease").drop_nulls()
    empty = table.filter(pl.col("family").is_null()).select("record")
    derived = (
        pairs.join(empty, on="record")
        .join(diseases.families, on=["gene", "disease"])
        .select("record", "family")
        .unique()
        .sort("record", "family")
    )
    return listed(pl.concat([told, derived]), "family")


def _read_ages(table: pl.DataFrame, out: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    animal = (pl.col("species") != HUMAN).fill_null(value=False).alias("animal")
    told = table.select("record", "age").drop_nulls().join(out.select("record", animal), on="record")
    ages = {key: values.read_age(key[0], animal=key[1]) for key in told.select("age", "animal").unique().iter_rows()}
    rows = []
    for record, text, is_animal in told.iter_rows():
        age = ages[text, is_animal]
        if age is None:
            cells.tell("age-unreadable", record, "age", text)
        else:
            rows.append((record, age.duration, age.years, age.gestational_weeks, _band(age)))
    schema = {
        "record": pl.UInt32,
        "age": pl.String,
        "age_years": pl.Float64,
        "gestational_weeks": pl.Int64,
        "age_band": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _band(age: values.Age) -> str | None:
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
