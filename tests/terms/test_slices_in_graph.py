"""Installed releases stand in the graph: terms in use, what is above them, associations, and where they come from."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pytest

from etl.build import build
from etl.describe import quads
from etl.describe.vocabulary import describe_vocabularies, fingerprint
from muscle_atlas.names import Names, default_base
from muscle_atlas.releases import current_release
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.settings import Settings
from muscle_atlas.tables import Table
from muscle_atlas.terms.slices import (
    Association,
    Contents,
    File,
    Name,
    Parent,
    Reference,
    Slice,
    Successor,
    Term,
    read_slices,
    write_slice,
)
from tests.conftest import Run
from tests.etl.built import COMPLETE, write_table

NAMES = Names(default_base())
GENE, DISEASE, SUBTYPE, GROUP, ROOT = "HGNC:7720", "ORPHA:607", "ORPHA:171436", "ORPHA:97245", "ORPHA:71859"
FILE = File("release.json", "packets", "2025-12-09", 12, "a" * 64)


def iri(curie: str) -> str:
    return f"<{NAMES.expand(curie)}>"


def keep(folder: Path, name: str, contents: Contents) -> None:
    told = {
        "name": name,
        "title": f"Releases of {name}",
        "licence": "CC0",
        "licence_url": NAMES.expand("cc:publicdomain/zero/1.0/"),
        "source": "given",
        "homepage": NAMES.expand("cc:"),
    }
    write_slice(folder / f"{name}.sqlite", told, [FILE], contents)


def diseases(version: str = "7") -> Contents:
    return Contents(
        version=version,
        date="2025-12-09",
        terms=[
            Term(DISEASE, "disease", "Nemaline myopathy", "Myopathie à némaline"),
            Term(SUBTYPE, "disease", "Typical nemaline myopathy"),
            Term(GROUP, "disease", "Congenital myopathy"),
            Term(ROOT, "disease", "A new root"),
            Term("ORPHA:1", "disease", "Nobody has it"),
            Term("ORPHA:98902", "disease", "Amish nemaline myopathy", status="withdrawn"),
        ],
        names=[
            Name("Nemaline myopathy", DISEASE, "label", "en"),
            Name('Rods "and" more', DISEASE, "synonym", "en"),
            Name("Myopathie à bâtonnets", DISEASE, "synonym", "fr"),
            Name("Rod disease", DISEASE, "previous", "en"),
        ],
        parents=[Parent(DISEASE, GROUP), Parent(SUBTYPE, DISEASE), Parent(GROUP, ROOT)],
        references=[Reference(DISEASE, "OMIM:161650", "narrow")],
        successors=[Successor("ORPHA:98902", DISEASE, "moved")],
        associations=[
            Association(GENE, SUBTYPE, "Disease-causing germline mutation(s) in", ""),
            Association(GENE, SUBTYPE, "Modifying germline mutation in", "Assessed"),
            Association(GENE, SUBTYPE, "Seen with", ""),
        ],
    )


@pytest.fixture
def installed(tmp_path: Path) -> list[Slice]:
    folder = tmp_path / "terms"
    folder.mkdir()
    keep(folder, "ordo", diseases())
    keep(
        folder,
        "mondo",
        Contents(
            version="2026-08-04",
            date="2026-08-04",
            terms=[Term("MONDO:0018958", "disease", "nemaline myopathy"), Term("MONDO:0000001", "disease", "disease")],
            references=[Reference("MONDO:0018958", DISEASE, "exact")],
        ),
    )
    return read_slices(folder)


@pytest.fixture
def graph(installed: list[Slice]) -> pl.DataFrame:
    recorded = pl.DataFrame([("<i>", "<p>", iri(DISEASE), "<g>")], schema=quads.SCHEMA, orient="row")
    return quads.unite([describe_vocabularies(NAMES, installed, recorded)])


def said(graph: pl.DataFrame, subject: str, predicate: str) -> set[str]:
    found = graph.filter(pl.col("s") == iri(subject), pl.col("p") == iri(predicate))
    return set(found["o"])


def in_graph(graph: pl.DataFrame, name: str) -> pl.DataFrame:
    return graph.filter(pl.col("g") == f"<{NAMES.mint('graph', name)}>")


def test_a_term_has_its_names_in_both_languages(graph: pl.DataFrame) -> None:
    assert said(graph, DISEASE, "rdfs:label") == {'"Nemaline myopathy"@en', '"Myopathie à némaline"@fr'}
    assert said(graph, DISEASE, "skos:altLabel") == {'"Rods \\"and\\" more"@en', '"Myopathie à bâtonnets"@fr'}
    assert said(graph, DISEASE, "skos:hiddenLabel") == {'"Rod disease"@en'}


def test_all_above_a_term_is_there_and_so_is_what_is_below_a_recorded_disease(graph: pl.DataFrame) -> None:
    assert said(graph, GROUP, "rdfs:subClassOf") == {iri(ROOT)}
    assert said(graph, ROOT, "rdfs:label") == {'"A new root"@en'}
    assert said(graph, SUBTYPE, "rdfs:subClassOf") == {iri(DISEASE)}


def test_what_nobody_mentions_is_left_out(graph: pl.DataFrame) -> None:
    assert said(graph, "ORPHA:1", "rdfs:label") == set()
    assert said(graph, "MONDO:0000001", "rdfs:label") == set()


def test_withdrawn_term_leads_to_its_successor(graph: pl.DataFrame) -> None:
    # It stands in our table of diseases, which an earlier release was drawn into.
    assert said(graph, "ORPHA:98902", "dcterms:isReplacedBy") == {iri(DISEASE)}
    assert len(said(graph, "ORPHA:98902", "owl:deprecated")) == 1


def test_links_to_other_vocabularies_are_seen_from_both(graph: pl.DataFrame) -> None:
    assert said(graph, DISEASE, "skos:narrowMatch") == {iri("OMIM:161650")}
    assert said(graph, DISEASE, "skos:exactMatch") == {iri("MONDO:0018958")}
    assert said(graph, "MONDO:0018958", "skos:exactMatch") == {iri(DISEASE)}
    assert in_graph(graph, "mondo").height == 3


def associations(graph: pl.DataFrame) -> dict[str, dict[str, set[str]]]:
    nodes = graph.filter(pl.col("p") == iri("sio:SIO_000628"), pl.col("o") == iri(SUBTYPE))["s"]
    return {
        node: {
            predicate: set(graph.filter(pl.col("s") == node, pl.col("p") == iri(predicate))["o"])
            for predicate in ("rdf:type", "sio:SIO_000628", "sio:SIO_000253", "dcterms:title")
        }
        for node in nodes
    }


def test_association_is_a_node_of_its_kind_with_gene_disease_and_source(graph: pl.DataFrame) -> None:
    found = associations(graph)
    source = {f"<{NAMES.mint('vocabulary', 'ordo')}>"}
    assert all(told["sio:SIO_000628"] == {iri(GENE), iri(SUBTYPE)} for told in found.values())
    assert all(told["sio:SIO_000253"] == source for told in found.values())
    by_kind = {min(told["dcterms:title"]): told["rdf:type"] for told in found.values()}
    assert by_kind == {
        '"Disease-causing germline mutation(s) in"@en': {iri("sio:SIO_001344")},
        '"Modifying germline mutation in"@en': {iri("sio:SIO_001347")},
        # Words that nobody has seen yet are told by the general class.
        '"Seen with"@en': {iri("sio:SIO_000983")},
    }
    assert said(graph, SUBTYPE, "ma:associatedGene") == {iri(GENE)}


def test_every_kind_of_association_of_a_class_leads_up_to_the_general_one(graph: pl.DataFrame) -> None:
    above = {row["id"]: row["parents"] for row in Table(ONTOLOGY / "terms" / "sio.tsv").rows.iter_rows(named=True)}
    kinds = {name.strip("<>") for told in associations(graph).values() for name in told["rdf:type"]}
    for kind in map(NAMES.compress, kinds):
        current = kind
        while above[current]:
            current = above[current]
        assert current == "sio:SIO_000983"


def test_associations_are_told_alike_without_slices() -> None:
    alone = describe_vocabularies(NAMES)
    nodes = alone.filter(pl.col("p") == iri("sio:SIO_000628"))["s"].unique()
    typed = alone.filter(pl.col("s").is_in(nodes.to_list()), pl.col("p") == iri("rdf:type"))
    assert typed.height == nodes.len()
    assert {iri("sio:SIO_001344"), iri("sio:SIO_001343"), iri("sio:SIO_001347")} <= set(typed["o"])
    short = alone.filter(pl.col("p") == iri("ma:associatedGene"))
    assert short.height > 500


def test_slice_takes_the_place_of_drawn_tables_and_curated_ones_stay(graph: pl.DataFrame) -> None:
    # ORPHA:597 is no term of the slice: its row stays. The label of 97245 is that of the slice.
    assert said(graph, "ORPHA:597", "rdfs:label")
    assert said(graph, GROUP, "rdfs:label") == {'"Congenital myopathy"@en'}
    assert said(graph, "UBERON:0001386", "rdfs:subClassOf") >= {iri("UBERON:0004256")}
    assert said(graph, "ORPHA:269", "ma:associatedGene") >= {iri("HGNC:50800")}


def test_no_triple_stands_twice_and_nothing_is_blank(graph: pl.DataFrame) -> None:
    assert graph.select("s", "p", "o").is_duplicated().sum() == 0
    assert quads.blank(graph).is_empty()


def test_equal_slices_give_equal_bytes(installed: list[Slice]) -> None:
    first, second = (quads.serialise(quads.unite([describe_vocabularies(NAMES, installed)])) for _ in range(2))
    assert first == second


def test_fingerprint_tells_slices_apart(installed: list[Slice]) -> None:
    before = fingerprint(installed)
    assert before != fingerprint()
    keep(installed[0].path.parent, "ordo", diseases(version="8"))
    assert fingerprint(read_slices(installed[0].path.parent)) != before


@pytest.fixture(scope="session")
def released(
    anatomy: Path, diseases: Path, findings: Path, methods: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder of the slices of these real releases, and of no others."""
    folder = tmp_path_factory.mktemp("released")
    for path in (anatomy, diseases, findings, methods):
        (folder / path.name).hardlink_to(path)
    return folder


@pytest.fixture(scope="session")
def store(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ox.Store]:
    """A release of three photographs, built with the real slices."""
    folder = tmp_path_factory.mktemp("built")
    rows = [
        {**COMPLETE, "image_id": "T-1", "muscle": "sartorius", "gene": "NEB", "disease": "ORPHA:171436"},
        {**COMPLETE, "image_id": "T-2", "muscle": "vastus lateralis", "gene": "RYR1", "disease": "ORPHA:597"},
        {**COMPLETE, "image_id": "T-3", "muscle": "deltoid", "gene": "RYR1", "disease": "ORPHA:597"},
    ]
    for row in rows:
        del row["variants"]
    settings = Settings(default_base(), folder / "data", "en", terms=released)
    report = build([write_table(folder / "records.csv", rows)], settings, data=folder / "data")
    assert report.images == 3, report.as_json()
    yield ox.Store.read_only(str(current_release(folder / "data").store))


def test_photographs_of_the_thigh_in_a_congenital_myopathy_are_found(store: ox.Store) -> None:
    name = "photographs-of-a-group-of-muscles-in-a-group-of-diseases"
    question = (ONTOLOGY.parent / "endpoint" / "queries" / f"{name}.rq").read_text(encoding="utf-8")
    answers = store.query(question, use_default_graph_as_union=True)
    assert isinstance(answers, ox.QuerySolutions)
    found = {str(answer["photograph"].value).rpartition("/")[2] for answer in answers}
    assert found == {"T-1", "T-2"}


def test_release_says_which_releases_it_was_built_with(store: ox.Store) -> None:
    def told(name: str, predicate: str) -> set[str]:
        subject = ox.NamedNode(NAMES.mint("vocabulary", name))
        found = store.quads_for_pattern(subject, ox.NamedNode(NAMES.expand(predicate)), None, None)
        return {quad.object.value for quad in found if not isinstance(quad.object, ox.Triple)}

    assert told("ordo", "owl:versionInfo") == {"1.3.42 / 4.1.8 [2025-03-03]"}
    assert told("uberon", "dcterms:date") == {"2021-11-26"}
    assert told("hpo", "dcterms:rights") == {"HPO licence (version shown, terms unaltered)"}
    assert len(told("ordo", "prov:wasDerivedFrom")) == 5
    # What no slice was installed of is told by its table.
    assert told("hgnc", "owl:versionInfo") == {"2024-10"}
    for file in told("ordo", "prov:wasDerivedFrom"):
        sums = store.quads_for_pattern(ox.NamedNode(file), ox.NamedNode(NAMES.expand("dcterms:identifier")), None, None)
        assert [quad.object.value.partition(":")[0] for quad in sums] == ["sha256"]  # type: ignore[union-attr]


def test_hierarchy_of_the_release_is_walked_to_its_root(store: ox.Store) -> None:
    query = """
        SELECT (COUNT(DISTINCT ?term) AS ?number) WHERE {
          GRAPH <GRAPH> { ?term rdfs:subClassOf ?above FILTER NOT EXISTS { ?above rdfs:label ?label } }
        }"""
    answers = store.query(
        query.replace("GRAPH>", f"{NAMES.mint('graph', 'ordo')}>"),
        prefixes={"rdfs": NAMES.prefixes["rdfs"]},
    )
    assert isinstance(answers, ox.QuerySolutions)
    assert next(answers)["number"].value == "0"


def test_broken_slice_is_told_with_the_mend(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "terms"
    folder.mkdir()
    (folder / "ordo.sqlite").write_bytes(b"no database")
    records = write_table(tmp_path / "records.csv", [{**COMPLETE, "image_id": "T-1"}])
    ended = run("build", records, "--data", tmp_path / "data", MUSCLE_ATLAS_TERMS=str(folder))
    assert ended.returncode == 2
    assert "ordo.sqlite" in ended.stderr
    assert "muscle-atlas terms update" in ended.stderr
    assert not (tmp_path / "data" / "current").exists()
