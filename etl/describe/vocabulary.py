"""Vocabularies of a release: our ontology, schemes, rules and questions, and linked terms with their hierarchies."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from etl.describe import quads
from etl.describe.questions import describe_questions
from muscle_atlas.names import PREFIX_MAP, Names, default_base
from muscle_atlas.questions import question_files
from muscle_atlas.rooms import MAPPINGS, ONTOLOGY, SHAPES
from muscle_atlas.tables import JOINER, Table, read_tables
from muscle_atlas.terms.mappings import Mappings

# Column of ontology/terms/*.tsv, predicate, and whether the object is a term or a text in a language.
_LINKS = {
    "parents": "rdfs:subClassOf",
    "part_of": "obo:BFO_0000050",
    "exact_match": "skos:exactMatch",
    "broad_match": "skos:broadMatch",
    "narrow_match": "skos:narrowMatch",
    # In orthology relationship with.
    "orthologue": "obo:RO_HOM0000017",
}
_LABELS = {"label_en": "en", "label_fr": "fr"}
_ASSOCIATED = "ma:associatedGene"


def turtle_files() -> list[Path]:
    """Return our own vocabularies: the ontology, the schemes, the rules."""
    return [
        *sorted(ONTOLOGY.glob("*.ttl")),
        *sorted((ONTOLOGY / "schemes").glob("*.ttl")),
        *sorted(SHAPES.glob("*.ttl")),
    ]


@cache
def describe_vocabularies(names: Names) -> pl.DataFrame:
    """Return the quads of every vocabulary, each in the named graph of its source, without blank nodes."""
    return pl.concat(
        [
            *(_own(path, names) for path in turtle_files()),
            *(_terms(table, names) for table in read_tables(ONTOLOGY / "terms")),
            _associations(names),
            describe_questions(names),
        ]
    )


def _own(path: Path, names: Names) -> pl.DataFrame:
    return quads.quads_of(skolemised(path, names), names.mint("graph", "vocabulary"))


def skolemised(path: Path, names: Names) -> Iterator[ox.Quad]:
    """Parse Turtle with an IRI for each blank node, the same in every run (RDF 1.1 Concepts, section 3.5)."""
    text = names.localise(path.read_text(encoding="utf-8"))
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=False))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)

    def named(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.Literal:
        if isinstance(term, ox.BlankNode):
            return ox.NamedNode(names.mint(".well-known/genid", f"{path.stem}-{term.value}"))
        assert isinstance(term, ox.NamedNode | ox.Literal)  # noqa: S101 - Turtle 1.1 has no triple terms
        return term

    for quad in dataset:
        subject = named(quad.subject)
        assert isinstance(subject, ox.NamedNode)  # noqa: S101 - literals are no subjects
        yield ox.Quad(subject, quad.predicate, named(quad.object))


def _terms(table: Table, names: Names) -> pl.DataFrame:
    graph = pl.lit(f"<{names.mint('graph', table.header['graph'])}>").alias("g")
    rows = _expand(table.rows, "id", names)
    parts = []
    for column, language in _LABELS.items():
        if column in rows.columns:
            labelled = rows.filter(pl.col(column).is_not_null())
            parts.append(
                labelled.select(
                    quads.iri("id").alias("s"),
                    pl.lit(f"<{names.expand('rdfs:label')}>").alias("p"),
                    quads.literal(column, language=language).alias("o"),
                    graph,
                )
            )
    for column, predicate in _LINKS.items():
        if column in rows.columns:
            linked = rows.select("id", pl.col(column).str.split(JOINER)).explode(column).drop_nulls()
            parts.append(
                _expand(linked, column, names).select(
                    quads.iri("id").alias("s"),
                    pl.lit(f"<{names.expand(predicate)}>").alias("p"),
                    quads.iri(column).alias("o"),
                    graph,
                )
            )
    if "synonyms" in rows.columns:
        named = rows.select("id", pl.col("synonyms").str.split(JOINER)).explode("synonyms").drop_nulls()
        parts.append(
            named.select(
                quads.iri("id").alias("s"),
                pl.lit(f"<{names.expand('skos:altLabel')}>").alias("p"),
                quads.literal("synonyms").alias("o"),
                graph,
            )
        )
    return pl.concat(parts)


def _associations(names: Names) -> pl.DataFrame:
    """Say which gene Orphanet, or a curated exception, associates with a disease."""
    parts = []
    for table in read_tables(ONTOLOGY / "pairs", "associations*.tsv"):
        rows = _expand(_expand(table.rows, "gene", names), "disease", names)
        parts.append(
            rows.select(
                quads.iri("disease").alias("s"),
                pl.lit(f"<{names.expand(_ASSOCIATED)}>").alias("p"),
                quads.iri("gene").alias("o"),
                pl.lit(f"<{names.mint('graph', table.header['graph'])}>").alias("g"),
            )
        )
    return pl.concat(parts)


def _expand(table: pl.DataFrame, column: str, names: Names) -> pl.DataFrame:
    iris = {curie: names.expand(curie) for curie in table[column].unique()}
    return table.with_columns(pl.col(column).replace_strict(iris, return_dtype=pl.String))


def labels(vocabularies: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return ``iri``, ``label_en`` and ``label_fr`` of every term and concept."""
    predicates = [f"<{names.expand(curie)}>" for curie in ("rdfs:label", "skos:prefLabel")]
    found = vocabularies.filter(pl.col("p").is_in(predicates)).select(
        pl.col("s").str.strip_chars("<>").alias("iri"),
        pl.col("o").str.extract(r'^"(.*)"@(?:en|fr)$').str.replace_all('\\"', '"', literal=True).alias("label"),
        pl.col("o").str.extract(r"@(en|fr)$").alias("language"),
    )
    both = [
        found.filter(pl.col("language") == language)
        .group_by("iri")
        .agg(pl.col("label").min().alias(f"label_{language}"))
        for language in ("en", "fr")
    ]
    return both[0].join(both[1], on="iri", how="full", coalesce=True).sort("iri")


@cache
def age_bands() -> tuple[tuple[str, float, float], ...]:
    """Return CURIE, lower limit (included) and upper limit (excluded) in years of each age band after birth.

    Source: the age classes of ORDO, in ``ontology/schemes/age-band.ttl``.
    """
    names = Names(default_base())
    store = ox.Store()
    store.load(path=str(ONTOLOGY / "schemes" / "age-band.ttl"), format=ox.RdfFormat.TURTLE)
    limits: dict[str, dict[str, float]] = {"ma:fromYears": {}, "ma:untilYears": {}}
    for predicate, values in limits.items():
        for quad in store.quads_for_pattern(None, ox.NamedNode(names.expand(predicate)), None, None):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
                values[names.compress(quad.subject.value)] = float(quad.object.value)
    starts, ends = limits["ma:fromYears"], limits["ma:untilYears"]
    return tuple(
        (band, start, ends.get(band, float("inf"))) for band, start in sorted(starts.items(), key=lambda b: b[1])
    )


def vocabulary_versions() -> list[dict[str, str]]:
    """Return title, version, date, licence, source and file of every table of linked terms."""
    kept = ("title", "version", "date", "licence", "source", "homepage")
    return [
        {"file": table.path.name, **{key: table.header[key] for key in kept if key in table.header}}
        for table in read_tables(ONTOLOGY / "terms")
    ]


def fingerprint(mappings: Mappings) -> str:
    """Return the SHA-256 of every data file that the graph of a release is made with, an institute's among them."""
    digest = hashlib.sha256()
    folders = (ONTOLOGY / "terms", ONTOLOGY / "pairs", ONTOLOGY / "symbols")
    words = [place.path for place in mappings.places() if place.part or not place.ours]
    tables = [*MAPPINGS.glob("*.tsv"), *words, *(path for folder in folders for path in folder.glob("*.tsv"))]
    for path in sorted([PREFIX_MAP, *tables, *turtle_files(), *question_files()]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
