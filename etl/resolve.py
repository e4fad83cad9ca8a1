"""Resolving a table of records: every cell to an identifier or a value, each distinct cell once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from etl import values
from etl.diseases import Diseases
from etl.lexicon import Lexicon, Match
from etl.problems import Problem, Rules
from etl.records import Columns, Records
from etl.tables import Table
from etl.vocabulary import age_bands
from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS

SEVERAL = ";"
IDENTIFIER = r"^[A-Za-z0-9._-]{1,64}$"
"""Ids given by people (design); those that begin with ``of.`` are kept for what is inferred."""
HUMAN = "NCBITaxon:9606"
PERSON = "sio:SIO_000498"
CONTROL = "status:control"

IDS = ("image_id", "specimen_id", "individual_id")
FREE_TEXT = ("strain", "genotype", "treatment", "caption_en", "caption_fr", "credit")
"""Columns published as they are written."""
SOURCED = ("species", "sex", "age", "muscle", "stain", "technique", "disease", "gene", "variants", "licence")
"""Columns that a perfectly characterised photograph fills, so that a gap is worth telling."""


@dataclass
class Resolved:
    """A resolved table: one row a record, IRIs and lists of IRIs, and the things that records share."""

    records: pl.DataFrame
    variants: pl.DataFrame
    publications: pl.DataFrame
    contributors: pl.DataFrame
    problems: list[Problem] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)

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
        kept = {
            name: table.filter(~pl.col("record").is_in(out)) for name, table in self.tables().items()
        }
        return Resolved(**kept, problems=self.problems, rejected=self.rejected)


def resolve_records(records: Records, rules: Rules, names: Names, columns: Columns) -> Resolved:
    """Resolve every cell of ``records``.

    A row with a violation is named in ``rejected`` and still resolved, so that everything wrong with it is told.
    """
    return _Resolver(records, rules, names, columns).resolve()


class _Resolver:
    def __init__(self, records: Records, rules: Rules, names: Names, columns: Columns) -> None:
        self.source = records
        self.rules = rules
        self.names = names
        self.columns = columns
        self.problems: list[Problem] = []
        self.rejected: set[int] = set(records.rejected)
        self.places = dict(
            zip(
                records.table["record"],
                zip(records.table["file"], records.table["row"], strict=True),
                strict=True,
            )
        )
        self.diseases = Diseases()
        self.lexicons: dict[str, Lexicon] = {}

    def resolve(self) -> Resolved:
        table = self._separate_not_stated(self.source.table)
        out = self._identify(self._check_ids(table))
        for column in ("species", "sex", "status", "muscle", "side", "stain", "technique", "licence"):
            out = out.join(self._words(table, column), on="record", how="left")
        for column in ("gene", "target", "structure", "inheritance"):
            out = out.join(self._listed(self._words(table, column), column), on="record", how="left")
        findings = self._words(table, "findings").rename({"findings": "finding"})
        out = out.join(self._listed(findings, "finding"), on="record", how="left")
        out = out.join(self._disease(table, out), on="record", how="left")
        out = out.join(self._family(table, out), on="record", how="left")
        out = out.join(self._age(table, out), on="record", how="left")
        out = out.join(self._synthetic(table), on="record", how="left").with_columns(
            pl.col("synthetic").fill_null(value=False)
        )
        variants = self._variants(table, out)
        publications = self._publications(table)
        contributors = self._contributors(table)
        for shared, column in ((variants, "variant"), (publications, "publication"), (contributors, "contributor")):
            out = out.join(self._listed(shared, column), on="record", how="left")
        out = out.join(table.select("record", "not_stated", *FREE_TEXT), on="record", how="left")
        out = self._derive(out)
        shared_graph = out.select("record", "synthetic")
        return Resolved(
            records=self._expand(out),
            variants=self._expand(variants).join(shared_graph, on="record"),
            publications=publications.join(shared_graph, on="record"),
            contributors=contributors.join(shared_graph, on="record"),
            problems=self.problems,
            rejected=self.rejected,
        )

    # Telling

    def _tell(
        self, rule: str, record: int, column: str, value: str | None, candidates: Iterable[object] = ()
    ) -> None:
        file, row = self.places[record]
        problem = self.rules[rule].tell(
            file=file,
            row=row,
            column=self.source.headings[file].get(column, column),
            value=value,
            candidates=[str(candidate) for candidate in candidates],
        )
        self.problems.append(problem)
        if problem.severity == "violation":
            self.rejected.add(record)

    # Cells

    def _separate_not_stated(self, table: pl.DataFrame) -> pl.DataFrame:
        """Empty the cells that say "not stated", and list the properties that the source of a record leaves open.

        A record transcribed from a cited text leaves open whatever it does not fill: the text says no more.
        """
        graph = Table(MAPPINGS / "graph.tsv").rows
        of_images = graph.filter(pl.col("subject") == "image")
        properties = dict(of_images.select("object", "predicate").iter_rows())
        said: dict[str, pl.Expr] = {}
        for column in SOURCED:
            words = [word for word in _distinct(table, column) if values.is_not_stated(word)]
            said[column] = pl.col(column).is_in(words).fill_null(value=False)
        transcribed = pl.col("source").is_not_null()
        # A biopsy taken before birth or an electron micrograph are no gaps; the shapes know, a list of gaps need not.
        left_open = [
            pl.when(said[column] | (transcribed & pl.col(column).is_null()))
            .then(pl.lit(self.names.expand(properties.get(column) or properties[column.removesuffix("s")])))
            .otherwise(None)
            for column in SOURCED
        ]
        return table.with_columns(
            pl.concat_list(left_open).list.drop_nulls().alias("not_stated"),
            *(pl.when(said[column]).then(None).otherwise(pl.col(column)).alias(column) for column in SOURCED),
        )

    def _check_ids(self, table: pl.DataFrame) -> pl.DataFrame:
        """Tell wrong ids, and give their rows stand-in ids, so that whatever else is wrong with them is told too."""
        for record in table.filter(pl.col("image_id").is_null())["record"]:
            if record not in self.source.rejected:
                self._tell("image-id-missing", record, "image_id", None)
        for column in IDS:
            wrong = table.filter(~_is_id(column))
            for record, value in wrong.select("record", column).iter_rows():
                self._tell(f"{column.replace('_', '-')}-malformed", record, column, value)
        copies = table.filter(pl.col("image_id").is_not_null() & pl.col("image_id").is_duplicated())
        for (identifier,), rows in copies.group_by("image_id", maintain_order=True):
            places = [f"{file}:{row}" for file, row in rows.select("file", "row").iter_rows()]
            for record in rows["record"]:
                self._tell("image-id-twice", record, "image_id", str(identifier), places)
        stand_in = pl.concat_str(pl.lit("of.row-"), "record")
        right = {column: _is_id(column) for column in IDS}
        return table.with_columns(
            pl.when(right["image_id"] & pl.col("image_id").is_unique())
            .then("image_id")
            .otherwise(stand_in)
            .alias("image_id"),
            *(
                pl.when(right[column] | pl.col(column).is_null()).then(column).otherwise(stand_in).alias(column)
                for column in ("specimen_id", "individual_id")
            ),
        )

    def _identify(self, table: pl.DataFrame) -> pl.DataFrame:
        inferred = pl.concat_str(pl.lit("of."), pl.coalesce("specimen_id", "image_id"))
        individual = pl.coalesce("individual_id", inferred)
        specimen = pl.coalesce("specimen_id", pl.concat_str(pl.lit("of."), "image_id"))
        return table.select(
            "record",
            *IDS,
            self._mint("image", pl.col("image_id")),
            self._mint("specimen", specimen),
            self._mint("individual", individual),
            self._mint("diagnosis", individual),
            pl.when(pl.col("specimen_id").is_null()).then(pl.lit(value=True)).alias("specimen_inferred"),
            pl.when(pl.col("individual_id").is_null()).then(pl.lit(value=True)).alias("individual_inferred"),
        )

    def _mint(self, kind: str, identifier: pl.Expr) -> pl.Expr:
        return pl.concat_str(pl.lit(self.names.mint(kind, "")), identifier).alias(kind)

    def _cells(self, table: pl.DataFrame, column: str) -> pl.DataFrame:
        """One row a value: record, position in its cell, value."""
        cells = table.select("record", pl.col(column).alias("value")).drop_nulls()
        if column in self.columns.many:
            cells = cells.with_columns(pl.col("value").str.split(SEVERAL)).explode("value")
            cells = cells.with_columns(pl.col("value").str.strip_chars()).filter(pl.col("value") != "")
        return cells.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).over("record").alias("position"))

    def _words(self, table: pl.DataFrame, column: str) -> pl.DataFrame:
        """Resolve the words of a column: record and CURIE, in the order of the cell."""
        cells = self._cells(table, column)
        matches = self._lexicon(column).resolve_words(cells["value"].unique())
        accepted = _lookup({word: match.identifier for word, match in matches.items()}, column)
        joined = cells.join(accepted, on="value", how="left")
        failed = joined.filter(pl.col(column).is_null()).sort("record", "position")
        for record, word in failed.select("record", "value").iter_rows():
            self._tell_unresolved(column, record, matches[word])
        return joined.drop_nulls(column).sort("record", "position").select("record", column)

    def _tell_unresolved(self, column: str, record: int, match: Match) -> None:
        kind = {"findings": "finding"}.get(column, column)
        self._tell(f"{kind}-{_outcome(match)}", record, column, match.word, match.candidates)

    def _lexicon(self, column: str) -> Lexicon:
        kind = self.columns.words[column]
        if kind not in self.lexicons:
            self.lexicons[kind] = Lexicon(kind, self.names)
        return self.lexicons[kind]

    @staticmethod
    def _listed(long: pl.DataFrame, column: str) -> pl.DataFrame:
        """Gather one value a row into one list a record."""
        return long.group_by("record").agg(pl.col(column).drop_nulls().unique(maintain_order=True))

    # Diseases, families

    def _disease(self, table: pl.DataFrame, out: pl.DataFrame) -> pl.DataFrame:
        """Resolve diseases; a broad word is linked only where the genes of its row leave one disease."""
        cells = self._cells(table, "disease")
        lexicon = self._lexicon("disease")
        matches = lexicon.resolve_words(cells["value"].unique())
        genes = dict(out.select("record", "gene").iter_rows())
        found: list[tuple[int, str]] = []
        for record, word in cells.sort("record", "position").select("record", "value").iter_rows():
            match = matches[word]
            identifier = match.identifier
            if match.outcome == "broad":
                identifier = self._deduce(record, match, genes.get(record) or [])
            elif identifier is None:
                self._tell_unresolved("disease", record, match)
            if identifier is not None:
                found.append((record, identifier))
        schema = {"record": pl.UInt32, "disease": pl.String}
        return self._listed(pl.DataFrame(found, schema=schema, orient="row"), "disease")

    def _deduce(self, record: int, match: Match, genes: list[str]) -> str | None:
        fitting = [
            candidate
            for candidate in match.candidates
            if any(self.diseases.causes(gene, candidate.identifier) for gene in genes)
        ]
        if len(fitting) == 1:
            self._tell("disease-deduced", record, "disease", match.word, fitting)
            return fitting[0].identifier
        self._tell("disease-broad", record, "disease", match.word, fitting or match.candidates)
        return None

    def _family(self, table: pl.DataFrame, out: pl.DataFrame) -> pl.DataFrame:
        """Resolve families, and derive those of empty cells from gene and disease."""
        told = self._words(table, "family")
        pairs = out.select("record", "gene", "disease").explode("gene").explode("disease").drop_nulls()
        derived = (
            pairs.join(told.select("record").unique(), on="record", how="anti")
            .join(self.diseases.families, on=["gene", "disease"])
            .select("record", "family")
            .unique()
            .sort("record", "family")
        )
        return self._listed(pl.concat([told, derived]), "family")

    # Values with a grammar

    def _age(self, table: pl.DataFrame, out: pl.DataFrame) -> pl.DataFrame:
        animal = (pl.col("species") != HUMAN).fill_null(value=False)
        cells = table.select("record", pl.col("age").alias("value")).drop_nulls()
        cells = cells.join(out.select("record", animal.alias("animal")), on="record", how="left")
        rows = []
        ages: dict[tuple[str, bool], values.Age | None] = {}
        for record, value, is_animal in cells.select("record", "value", "animal").iter_rows():
            key = (value, is_animal)
            if key not in ages:
                ages[key] = values.read_age(value, animal=is_animal)
            age = ages[key]
            if age is None:
                self._tell("age-unreadable", record, "age", value)
                continue
            band = _band(age)
            rows.append((record, age.duration, age.years, age.gestational_weeks, band))
        schema = {
            "record": pl.UInt32,
            "age": pl.String,
            "age_years": pl.Float64,
            "gestational_weeks": pl.Int64,
            "age_band": pl.String,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _synthetic(self, table: pl.DataFrame) -> pl.DataFrame:
        return self._read(table, "synthetic", values.read_boolean, "synthetic-unreadable", pl.Boolean)

    def _read(
        self,
        table: pl.DataFrame,
        column: str,
        read: Callable[[str], object | None],
        rule: str,
        dtype: type[pl.DataType],
    ) -> pl.DataFrame:
        """Read values with ``read``: record and value; what cannot be read is told by ``rule``."""
        cells = self._cells(table, column)
        known = {value: read(value) for value in cells["value"].unique()}
        joined = cells.join(_lookup(known, column, dtype), on="value", how="left")
        for record, value in joined.filter(pl.col(column).is_null()).select("record", "value").iter_rows():
            self._tell(rule, record, column, value)
        return joined.drop_nulls(column).sort("record", "position").select("record", column)

    def _variants(self, table: pl.DataFrame, out: pl.DataFrame) -> pl.DataFrame:
        """Read variants, each with its gene: named before it, else by position, else the only gene of the row."""
        cells = self._cells(table, "variants").sort("record", "position")
        genes = dict(out.select("record", "gene").iter_rows())
        lexicon = self._lexicon("gene")
        rows: list[tuple[int, str, str, str | None]] = []
        for (record,), group in cells.group_by("record", maintain_order=True):
            assert isinstance(record, int)  # noqa: S101 - the key of the group, for the type checker
            known = genes.get(record) or []
            for position, text in enumerate(group["value"]):
                symbol, hgvs = values.read_variant(text)
                gene: str | None = None
                if symbol is not None:
                    match = lexicon.resolve(symbol)
                    gene = match.identifier
                    if gene is None:
                        self._tell(f"gene-{_outcome(match)}", record, "variants", symbol, match.candidates)
                elif len(known) == 1:
                    gene = known[0]
                elif len(known) == group.height:
                    gene = known[position]
                elif known:
                    self._tell("variants-misaligned", record, "variants", text)
                key = values.variant_key(hgvs, gene)
                rows.append((record, self.names.mint("variant", key), hgvs, gene))
        schema = {"record": pl.UInt32, "variant": pl.String, "hgvs": pl.String, "gene": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _publications(self, table: pl.DataFrame) -> pl.DataFrame:
        # A heading "Publication" holds now a citation, now a DOI.
        cited = table.with_columns(
            pl.col("source").is_in([v for v in _distinct(table, "source") if values.read_doi(v)]).alias("is_doi")
        ).with_columns(
            pl.concat_str(
                "doi", pl.when("is_doi").then("source"), separator=SEVERAL, ignore_nulls=True
            ).alias("doi"),
            pl.when(pl.col("is_doi").fill_null(value=False)).then(None).otherwise("source").alias("source"),
        )
        cited = cited.with_columns(pl.when(pl.col("doi") != "").then("doi").alias("doi"))
        dois = self._read(cited, "doi", values.read_doi, "doi-malformed", pl.String)
        paths = {doi: self.names.expand(f"doi:{values.doi_path(doi)}") for doi in dois["doi"].unique()}
        with_doi = dois.join(_lookup(paths, "publication").rename({"value": "doi"}), on="doi").select(
            "record", "publication", "doi", pl.lit(None, pl.String).alias("citation")
        )
        texts = cited.select("record", pl.col("source").alias("citation")).drop_nulls()
        keys = {text: self.names.mint("publication", values.text_key(text)) for text in texts["citation"].unique()}
        without = texts.join(_lookup(keys, "publication").rename({"value": "citation"}), on="citation").select(
            "record", "publication", pl.lit(None, pl.String).alias("doi"), "citation"
        )
        return pl.concat([with_doi, without])

    def _contributors(self, table: pl.DataFrame) -> pl.DataFrame:
        cells = table.select("record", pl.col("contributor").alias("name")).drop_nulls()
        keys = {name: self.names.mint("contributor", values.text_key(name)) for name in cells["name"].unique()}
        return cells.join(_lookup(keys, "contributor").rename({"value": "name"}), on="name")

    # The whole row

    @staticmethod
    def _derive(out: pl.DataFrame) -> pl.DataFrame:
        """Add what follows from other columns: who is a person, what is modelled, whether there is a diagnosis."""
        human = (pl.col("species") == HUMAN).fill_null(value=False)
        animal = (pl.col("species") != HUMAN).fill_null(value=False)
        diagnosed = pl.any_horizontal(
            pl.col(column).list.len().fill_null(0) > 0
            for column in ("disease", "gene", "variant", "family", "inheritance")
        )
        return out.with_columns(
            pl.when(human).then(pl.lit(PERSON)).alias("person_type"),
            pl.when(animal).then("disease").alias("modelled_disease"),
            pl.when(~animal).then("disease").alias("diagnosed_disease"),
            pl.when(diagnosed).then("diagnosis").alias("diagnosis"),
        )

    def _expand(self, table: pl.DataFrame) -> pl.DataFrame:
        """Replace CURIEs by IRIs, each distinct one once."""
        for column in _CURIES:
            if column not in table.columns:
                continue
            listed = table.schema[column] == pl.List(pl.String)
            flat = table[column].explode() if listed else table[column]
            iris = {curie: self.names.expand(curie) for curie in flat.drop_nulls().unique()}
            replace = pl.element() if listed else pl.col(column)
            expanded = replace.replace_strict(iris, return_dtype=pl.String) if iris else replace
            table = table.with_columns(
                (pl.col(column).list.eval(expanded) if listed else expanded).alias(column)
            )
        return table


_CURIES = (
    *("species", "sex", "status", "muscle", "side", "stain", "technique", "licence"),
    *("gene", "target", "structure", "inheritance", "finding", "disease", "family", "age_band"),
    *("person_type", "modelled_disease", "diagnosed_disease"),
)


def _outcome(match: Match) -> str:
    return "ambiguous" if match.outcome in ("ambiguous", "broad") else "unknown"


def _band(age: values.Age) -> str | None:
    if age.gestational_weeks is not None:
        return "age-band:antenatal"
    told = age.told_years
    return next((band for band, start, end in age_bands() if told is not None and start <= told < end), None)


def _is_id(column: str) -> pl.Expr:
    return pl.col(column).str.contains(IDENTIFIER) & ~pl.col(column).str.starts_with("of.")


def _distinct(table: pl.DataFrame, column: str) -> Iterator[str]:
    yield from table[column].drop_nulls().unique()


def _lookup(
    known: dict[str, object] | dict[str, str] | dict[str, str | None],
    column: str,
    dtype: type[pl.DataType] = pl.String,
) -> pl.DataFrame:
    return pl.DataFrame(
        {"value": list(known), column: list(known.values())}, schema={"value": pl.String, column: dtype}
    )
