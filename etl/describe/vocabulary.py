"""Vocabularies of a release: our ontology, schemes, rules and questions, and linked terms with their hierarchies."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from etl.describe import quads
from etl.describe.associations import describe_associations
from etl.describe.questions import describe_questions
from etl.describe.slices import describe_slices
from etl.describe.terms import Installed, describe_table, is_drawn
from muscle_atlas.names import PREFIX_MAP, Names, default_base
from muscle_atlas.questions import question_files
from muscle_atlas.rooms import MAPPINGS, ONTOLOGY, SHAPES
from muscle_atlas.tables import Table, read_tables
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.slices import Slice


def turtle_files() -> list[Path]:
    """Return our own vocabularies: the ontology, the schemes, the rules."""
    return [
        *sorted(ONTOLOGY.glob("*.ttl")),
        *sorted((ONTOLOGY / "schemes").glob("*.ttl")),
        *sorted(SHAPES.glob("*.ttl")),
    ]


def describe_vocabularies(
    names: Names, slices: Sequence[Slice] = (), records: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the quads of every vocabulary, each in the named graph of its source, without blank nodes.

    A slice takes the place of the tables that were drawn from an earlier release of its source: what it says of the
    terms that the atlas mentions, and of all above them. Tables that are kept by hand stay.

    Args:
        names: the names of the atlas.
        slices: the installed releases of vocabularies.
        records: the quads of records, for the terms that they mention.

    Raises:
        SliceError: if a slice cannot be read.
    """
    tables = _tables(names)
    if not slices:
        return tables
    installed = Installed(slices)
    recorded = installed.mentioned(records.select("o"), names) if records is not None else set()
    mentioned = installed.mentioned(tables.select("s", "o"), names)
    return pl.concat([_kept(names), _linked(names, installed), describe_slices(slices, mentioned, recorded, names)])


@cache
def _tables(names: Names) -> pl.DataFrame:
    """Return the quads of what needs no slice."""
    return pl.concat([_kept(names), _linked(names)])


@cache
def _kept(names: Names) -> pl.DataFrame:
    """Return the quads of our own vocabularies and questions."""
    return pl.concat([*(_own(path, names) for path in turtle_files()), describe_questions(names)])


def _linked(names: Names, installed: Installed | None = None) -> pl.DataFrame:
    """Return the quads of the tables of linked terms and associations, but for what an installed slice says better."""
    terms = read_tables(ONTOLOGY / "terms")
    pairs = read_tables(ONTOLOGY / "pairs", "associations*.tsv")
    return pl.concat(
        [
            *(describe_table(table, installed.left_of(table) if installed else table.rows, names) for table in terms),
            *(_associations(table, names) for table in pairs if not (installed and installed.supersedes(table))),
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


def _associations(table: Table, names: Names) -> pl.DataFrame:
    """Say which gene Orphanet, or a curated exception, associates with a disease."""
    of = table.header["graph"] if is_drawn(table) else table.path.stem
    graph = names.mint("graph", table.header["graph"])
    return describe_associations(table.rows, graph, names.mint("vocabulary", of), names)


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


def vocabulary_versions(slices: Sequence[Slice] = ()) -> list[dict[str, str]]:
    """Return title, version, date, licence, source and file of every table of linked terms that is published.

    Raises:
        SliceError: if a slice cannot be read.
    """
    kept = ("title", "version", "date", "licence", "source", "homepage")
    installed = Installed(slices)
    tables = [*read_tables(ONTOLOGY / "terms"), *read_tables(ONTOLOGY / "pairs", "associations-*.tsv")]
    return [
        {"file": table.path.name, **{key: table.header[key] for key in kept if key in table.header}}
        for table in tables
        if not installed.supersedes(table)
    ]


def fingerprint(slices: Sequence[Slice] = (), mappings: Mappings = Mappings()) -> str:  # noqa: B008 - it is frozen
    """Return the SHA-256 of every data file that the graph of a release is made with, an institute's among them.

    Raises:
        SliceError: if a slice cannot be read.
    """
    digest = hashlib.sha256()
    folders = (ONTOLOGY / "terms", ONTOLOGY / "pairs", ONTOLOGY / "symbols")
    words = [place.path for place in mappings.places() if place.part or not place.ours]
    tables = [*MAPPINGS.glob("*.tsv"), *words, *(path for folder in folders for path in folder.glob("*.tsv"))]
    for path in sorted([PREFIX_MAP, *tables, *turtle_files(), *question_files()]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    for one in slices:
        digest.update(json.dumps([sorted(one.release.items()), one.files]).encode())
    return digest.hexdigest()
