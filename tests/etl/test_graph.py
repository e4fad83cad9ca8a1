"""The graph of a release: its form, its two ways, its named graphs, its table of images."""

import ast
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pytest

from tests.conftest import Run
from tests.etl.built import COMPLETE, HOUSE, NAMES, Built, image, node, write_table

DOI = "10.1051/myolog/202123005"

# What a laboratory gives: patients with several photographs, animals, a fetus, a control, made-up rows.
ROWS: list[dict[str, str]] = [
    {
        **COMPLETE,
        "image_id": "R-1",
        "individual_id": "P-1",
        "specimen_id": "B-1",
        "status": "affected",
        "inheritance": "AR",
        "findings": "centralised nuclei; nemaline rods",
        "variants": "c.461G>A; c.462C>T",
        "side": "left",
        "doi": DOI,
        "contributor": "Laboratory A",
        "credit": "© Laboratory A",
        "caption_en": "Centralised nuclei",
        "caption_fr": "Noyaux centralisés",
    },
    {
        **COMPLETE,
        "image_id": "R-2",
        "individual_id": "P-1",
        "specimen_id": "B-1",
        "variants": "c.461G>A; c.462C>T",
        "inheritance": "AR",
        "status": "affected",
        "stain": "NADH",
        "structure": "neuromuscular junction",
        "side": "left",
    },
    {**COMPLETE, "image_id": "R-3", "age": "9 mois"},
    {**COMPLETE, "image_id": "R-4", "specimen_id": "B-4", "age": "2 ans et 6 mois"},
    {
        **COMPLETE,
        "image_id": "M-1",
        "individual_id": "A-1",
        "species": "mouse",
        "age": "8 weeks",
        "gene": "DMD",
        "disease": "Duchenne muscular dystrophy",
        "variants": "not stated",
        "strain": "C57BL/10",
        "genotype": "mdx",
        "treatment": "AAV",
    },
    {**COMPLETE, "image_id": "F-1", "age": "30 SA"},
    {
        **COMPLETE,
        "image_id": "C-1",
        "status": "control",
        "gene": "",
        "disease": "",
        "variants": "",
        "age": "23 mois",
    },
    {
        **COMPLETE,
        "image_id": "R-5",
        "gene": "RYR1",
        "disease": "Central core disease",
        "variants": "NM_000540.3:c.14582G>A",
        "source": "A book, 1999",
    },
    {
        **COMPLETE,
        "image_id": "S-1",
        "synthetic": "yes",
        "variants": "c.461G>A",
        "doi": DOI,
        "contributor": "Laboratory A",
    },
    {
        **COMPLETE,
        "image_id": "S-2",
        "synthetic": "yes",
        "variants": "c.777C>T",
        "source": "Made up",
        "contributor": "A generator",
    },
    {
        **COMPLETE,
        "image_id": "Z-1",
        "individual_id": "P-Z",
        "variants": "NM_139343.3:c.461G>A (p.Arg154Gln); NM_139343.3:c.1717C>T",
        "zygosity": "het; hét",
        "magnification": "×400",
        "pixel_size_um": "0,3 nm",
        "doi": "PMID: 12345678",
    },
    {
        **COMPLETE,
        "image_id": "Z-1b",
        "individual_id": "P-Zb",
        "variants": "NM_139343.3:c.461G>A (homozygote)",
    },
    {
        **COMPLETE,
        "image_id": "Z-2",
        "individual_id": "P-Z2",
        "gene": "A1BG; BIN1",
        "variants": "A1BG:c.[1A>G];[2del]; BIN1: délétion des exons 2 à 4",
        "source": "Somebody 1999 (doi: 10.1051/somewhere)",
    },
    {
        **COMPLETE,
        "image_id": "Z-3",
        "species": "souris",
        "age": "8 semaines",
        "gene": "Mtm1",
        "variants": "",
        "disease": "X-linked centronuclear myopathy",
        "strain": "C57BL/6",
        "genotype": "Mtm1-/y",
        "treatment": "AAV8-Mtm1",
    },
    {**COMPLETE, "image_id": "X-1", "gene": "no such gene"},
]
KEPT = {row["image_id"] for row in ROWS} - {"X-1"}


@pytest.fixture(scope="module")
def twice(run: Run, tmp_path_factory: pytest.TempPathFactory) -> list[Built]:
    """Two builds of the same records, whose processes order their sets differently."""
    folder = tmp_path_factory.mktemp("graph")
    table = write_table(folder / "records.csv", ROWS)

    def build(seed: str) -> Built:
        return Built(run("build", table, "--data", folder / seed, "--json", PYTHONHASHSEED=seed), folder / seed)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(build, ("1", "2")))


@pytest.fixture(scope="module")
def built(twice: list[Built]) -> Built:
    return twice[0]


def test_the_rows_are_published(built: Built) -> None:
    assert built.process.returncode == 1
    assert set(built.images["image_id"]) == KEPT


# Form


def test_two_builds_of_equal_input_are_equal_byte_for_byte(twice: list[Built]) -> None:
    first, second = twice
    assert first.release.graph.read_bytes() == second.release.graph.read_bytes()
    assert first.report["problems"] == second.report["problems"]


def test_dump_is_sorted_and_says_nothing_twice(built: Built) -> None:
    lines = built.dump.splitlines()
    assert built.dump.endswith(".\n")
    quads = [line.removesuffix(" .").split(" ", 2) for line in lines]
    terms = [(subject, predicate, *rest.rsplit(" ", 1)) for subject, predicate, rest in quads]
    assert terms == sorted(terms)
    assert len(lines) == len(set(lines))


def test_no_blank_node_stands_in_dump_or_store(built: Built) -> None:
    for quad in (*built.quads, *built.store):
        assert not isinstance(quad.subject, ox.BlankNode), quad
        assert not isinstance(quad.object, ox.BlankNode), quad


def test_no_triple_stands_in_two_graphs(built: Built) -> None:
    triples = [quad.triple for quad in built.store]
    assert len(triples) == len(set(triples))


def test_store_holds_the_dump_and_the_metadata_and_nothing_else(built: Built) -> None:
    expected = ox.Store()
    expected.extend(built.quads)
    metadata = ox.NamedNode(NAMES.mint("graph", "metadata"))
    expected.load(built.release.metadata.read_bytes(), format=ox.RdfFormat.TURTLE, to_graph=metadata)
    assert set(built.store) == set(expected)


def test_nothing_stands_outside_a_named_graph_of_ours(built: Built) -> None:
    graphs = {graph.value for graph in built.store.named_graphs() if isinstance(graph, ox.NamedNode)}
    expected = {"atlas", "synthetic", "vocabulary", "metadata", "hgnc", "ordo", "uberon", "hpo"}
    assert {NAMES.mint("graph", name) for name in expected} <= graphs
    assert all(graph.startswith(NAMES.mint("graph", "")) for graph in graphs)
    assert not list(built.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def test_dates_and_versions_stand_in_the_metadata_only(built: Built) -> None:
    assert built.report["release"] not in built.dump
    assert built.report["release"] in built.release.metadata.read_text(encoding="utf-8")


# The two ways


def short_ways(built: Built) -> list[tuple[str, str]]:
    found = built.ask("SELECT ?short ?path WHERE { ?short ma:shortWayOf ?path }")
    return [(str(short), str(path)) for short, path in found]


def pairs(built: Built, path: str) -> list[tuple[str | None, ...]]:
    return built.ask(f"SELECT DISTINCT ?image ?value WHERE {{ ?image a ma:Image ; {path} ?value }}")


def test_short_ways_are_declared(built: Built) -> None:
    declared = {NAMES.compress(short) for short, _ in short_ways(built)}
    assert {f"ma:{name}" for name in ("gene", "disease", "family", "muscle", "species", "sex", "age")} <= declared


def test_every_short_way_equals_its_path(built: Built) -> None:
    for short, path in short_ways(built):
        assert pairs(built, f"<{short}>"), f"{short} is not used by the records of this test"
        assert pairs(built, f"<{short}>") == pairs(built, path), short


def test_short_way_stands_on_images_only(built: Built) -> None:
    for short, _ in short_ways(built):
        elsewhere = f"SELECT ?thing WHERE {{ ?thing <{short}> ?value FILTER NOT EXISTS {{ ?thing a ma:Image }} }}"
        assert built.ask(elsewhere) == []


def test_what_one_row_of_a_patient_tells_holds_for_the_other_photographs(run: Run, tmp_path: Path) -> None:
    rows = [
        {**COMPLETE, "image_id": "told", "individual_id": "P", "specimen_id": "B"},
        {"image_id": "untold", "individual_id": "P", "specimen_id": "B"},
    ]
    data = tmp_path / "data"
    built = Built(run("build", write_table(tmp_path / "records.csv", rows), "--data", data, "--json"), data)
    assert built.report["images"] == 2
    unequal = [
        NAMES.compress(short) for short, path in short_ways(built) if pairs(built, f"<{short}>") != pairs(built, path)
    ]
    assert unequal == []


# Individuals, ages, families, animals


@pytest.mark.parametrize(
    ("identifier", "individual", "inferred"),
    [("R-1", "P-1", set()), ("R-3", "of.R-3", {"true"}), ("R-4", "of.B-4", {"true"})],
)
def test_unknown_individual_is_inferred_from_biopsy_or_photograph(
    built: Built, identifier: str, individual: str, inferred: set[str]
) -> None:
    [row] = built.images.filter(pl.col("image_id") == identifier).iter_rows(named=True)
    assert row["individual"] == NAMES.mint("individual", individual)
    assert built.values(ox.NamedNode(row["individual"]), "ma:individualInferred") == inferred


def test_two_photographs_of_one_biopsy_share_specimen_individual_and_diagnosis(built: Built) -> None:
    rows = built.images.filter(pl.col("image_id").is_in(["R-1", "R-2"]))
    assert rows["specimen"].unique().to_list() == [NAMES.mint("specimen", "B-1")]
    assert rows["individual"].unique().to_list() == [NAMES.mint("individual", "P-1")]
    assert built.values(ox.NamedNode(NAMES.mint("individual", "P-1")), "ma:diagnosis") == {
        NAMES.mint("diagnosis", "P-1")
    }


@pytest.mark.parametrize(
    ("identifier", "age", "years", "band"),
    [
        ("R-1", {"P14Y"}, {"14"}, "adolescent"),
        ("R-3", {"P9M"}, {"0.75"}, "infancy"),
        ("R-4", {"P2Y"}, {"2"}, "childhood"),
        ("C-1", {"P1Y11M"}, {"1.9167"}, "infancy"),
        ("M-1", {"P56D"}, {"0.1533"}, None),
        ("F-1", set(), set(), "antenatal"),
    ],
)
def test_age_is_published_with_its_precision_and_band(
    built: Built, identifier: str, age: set[str], years: set[str], band: str | None
) -> None:
    subject = image(identifier)
    assert built.values(subject, "ma:age") == age
    assert built.values(subject, "ma:ageYears") == years
    if band:
        assert {found.rpartition("/")[2] for found in built.values(subject, "ma:ageBand")} == {band}


def test_ages_are_written_as_the_store_gives_them_back(built: Built) -> None:
    # A store gives durations in canonical form; whoever compares its answers with the dump compares texts.
    predicate = NAMES.expand("ma:age")
    for quad in built.quads:
        if quad.predicate.value == predicate and isinstance(quad.object, ox.Literal):
            assert isinstance(quad.subject, ox.NamedNode)
            assert built.values(quad.subject, "ma:age") == {quad.object.value}


def test_age_before_birth_stands_on_the_biopsy_in_weeks(built: Built) -> None:
    assert built.values(ox.NamedNode(NAMES.mint("specimen", "of.F-1")), "ma:gestationalWeeks") == {"30"}


@pytest.mark.parametrize("identifier", ["R-1", "R-5", "M-1"])
def test_families_derive_from_gene_and_disease(built: Built, identifier: str) -> None:
    expected = {
        "R-1": {"congenital-myopathies"},
        "R-5": {"congenital-myopathies"},
        "M-1": {"muscular-dystrophies"},
    }
    found = built.values(image(identifier), "ma:family")
    assert {family.rpartition("/")[2] for family in found} == expected[identifier]


def test_animal_models_a_disease_and_has_none_diagnosed(built: Built) -> None:
    animal, disease = ox.NamedNode(NAMES.mint("individual", "A-1")), NAMES.expand("ORPHA:98896")
    assert built.values(animal, "obo:RO_0003301") == {disease}
    assert built.values(image("M-1"), "ma:disease") == {disease}
    assert built.values(ox.NamedNode(NAMES.mint("diagnosis", "A-1")), "ma:diagnosedDisease") == set()
    assert NAMES.expand("sio:SIO_000498") not in built.values(animal, "rdf:type")
    assert built.values(animal, "ma:strain") == {"C57BL/10"}


def test_patient_is_a_person_with_a_diagnosed_disease_and_models_none(built: Built) -> None:
    person = ox.NamedNode(NAMES.mint("individual", "P-1"))
    assert NAMES.expand("sio:SIO_000498") in built.values(person, "rdf:type")
    assert built.values(person, "obo:RO_0003301") == set()
    assert built.values(ox.NamedNode(NAMES.mint("diagnosis", "P-1")), "ma:diagnosedDisease") == {
        NAMES.expand("ORPHA:169186")
    }


def test_control_has_no_diagnosis(built: Built) -> None:
    assert built.values(ox.NamedNode(NAMES.mint("individual", "of.C-1")), "ma:diagnosis") == set()


def test_publication_is_its_doi(built: Built) -> None:
    assert built.values(image("R-1"), "ma:publication") == {NAMES.expand(f"doi:{DOI}")}


# Named graphs


@pytest.mark.parametrize("identifier", ["S-1", "S-2"])
def test_synthetic_record_stands_in_its_own_graph_and_says_so(built: Built, identifier: str) -> None:
    assert built.graphs(image(identifier)) == {"synthetic"}
    assert built.graphs(ox.NamedNode(NAMES.mint("individual", f"of.{identifier}"))) == {"synthetic"}
    assert built.values(image(identifier), "ma:synthetic") == {"true"}


def test_real_record_stands_in_the_atlas_and_says_so(built: Built) -> None:
    assert built.graphs(image("R-1")) == {"atlas"}
    assert built.values(image("R-1"), "ma:synthetic") == {"false"}


@pytest.mark.parametrize("predicate", ["ma:publication", "ma:variant", "dcterms:contributor"])
def test_what_real_and_synthetic_records_share_is_described_in_the_atlas(built: Built, predicate: str) -> None:
    shared = built.values(image("R-1"), predicate) & built.values(image("S-1"), predicate)
    assert shared
    for iri in shared:
        assert built.graphs(ox.NamedNode(iri)) == {"atlas"}


@pytest.mark.parametrize("predicate", ["ma:publication", "ma:variant", "dcterms:contributor"])
def test_what_only_synthetic_records_use_is_described_among_them(built: Built, predicate: str) -> None:
    [own] = built.values(image("S-2"), predicate)
    assert built.graphs(ox.NamedNode(own)) == {"synthetic"}


# What values with a grammar say


def test_zygosity_stands_on_an_interpretation_of_the_variant_in_the_individual(built: Built) -> None:
    found = built.ask(
        """SELECT ?interpretation ?hgvs ?zygosity WHERE {
          ?individual dcterms:identifier "P-Z" ; ma:diagnosis ?diagnosis .
          ?diagnosis ma:variantInterpretation ?interpretation ; ma:causalVariant ?variant .
          ?interpretation a ma:VariantInterpretation ; ma:ofVariant ?variant ; ma:zygosity ?zygosity .
          ?variant ma:hgvs ?hgvs }"""
    )
    heterozygous = NAMES.mint("zygosity", "heterozygous")
    assert {(hgvs, zygosity) for _, hgvs, zygosity in found} == {
        ("NM_139343.3:c.461G>A", heterozygous),
        ("NM_139343.3:c.1717C>T", heterozygous),
    }
    begin = NAMES.mint("variant-interpretation", "P-Z.")
    assert all(re.fullmatch(f"{begin}[0-9a-f]{{16}}", str(iri)) for iri, _, _ in found)


def test_zygosity_written_behind_a_variant_is_told_of_it(built: Built) -> None:
    found = built.ask(
        """SELECT ?hgvs ?zygosity WHERE {
          ?individual dcterms:identifier "P-Zb" ; ma:diagnosis/ma:variantInterpretation ?interpretation .
          ?interpretation ma:ofVariant/ma:hgvs ?hgvs ; ma:zygosity ?zygosity }"""
    )
    assert found == [("NM_139343.3:c.461G>A", NAMES.mint("zygosity", "homozygous"))]


def test_alleles_are_variants_of_their_own_and_descriptions_are_kept(built: Built) -> None:
    found = built.ask(
        """SELECT ?name ?gene ?zygosity WHERE {
          ?individual dcterms:identifier "P-Z2" ; ma:diagnosis ?diagnosis .
          ?diagnosis ma:causalVariant ?variant .
          ?variant ma:hgvs|ma:variantDescription ?name ; ma:ofGene/rdfs:label ?gene .
          OPTIONAL {
            ?diagnosis ma:variantInterpretation ?one .
            ?one ma:ofVariant ?variant ; ma:zygosity ?zygosity } }"""
    )
    both = NAMES.mint("zygosity", "compound-heterozygous")
    assert set(found) == {
        ("c.1A>G", "A1BG", both),
        ("c.2del", "A1BG", both),
        ("délétion des exons 2 à 4", "BIN1", None),
    }


def test_gene_outside_the_atlas_is_described_where_it_is_used(built: Built) -> None:
    gene = node("HGNC:5")
    assert built.values(gene, "skos:exactMatch") == {NAMES.expand("hgnc.id:5")}
    assert built.graphs(gene) == {"atlas"}
    [labels] = built.images.filter(pl.col("image_id") == "Z-2")["gene_label_en"].to_list()
    assert sorted(labels) == ["A1BG", "BIN1"]


def test_mouse_has_its_own_gene_and_the_human_orthologue(built: Built) -> None:
    [(human, mouse)] = built.ask(
        """SELECT ?human ?mouse WHERE {
          ?individual ma:genotype "Mtm1-/y" ; ma:diagnosis ?diagnosis .
          ?diagnosis ma:causalGene ?human ; ma:animalGene ?mouse .
          ?mouse obo:RO_HOM0000017 ?human }"""
    )
    assert (human, mouse) == (NAMES.expand("HGNC:7448"), NAMES.expand("MGI:1099452"))


def test_scale_is_a_decimal_in_micrometres(built: Built) -> None:
    assert built.values(image("Z-1"), "ma:pixelSize") == {"0.0003"}
    assert built.values(image("Z-1"), "ma:magnification") == {"400"}
    [row] = built.images.filter(pl.col("image_id") == "Z-1").iter_rows(named=True)
    assert (row["magnification"], row["pixel_size_um"]) == (400.0, 0.0003)


def test_consequence_for_the_protein_stands_beside_the_name(built: Built) -> None:
    assert built.ask("SELECT ?hgvs WHERE { ?v ma:hgvsProtein 'p.Arg154Gln' ; ma:hgvs ?hgvs }") == [
        ("NM_139343.3:c.461G>A",)
    ]


def test_publications_are_named_by_pubmed_and_found_in_citations(built: Built) -> None:
    pubmed = ox.NamedNode(NAMES.expand("pubmed:12345678"))
    assert built.values(image("Z-1"), "ma:publication") == {pubmed.value}
    assert built.values(pubmed, "dcterms:identifier") == {"PMID:12345678"}
    cited = ox.NamedNode(NAMES.expand("doi:10.1051/somewhere"))
    assert built.values(image("Z-2"), "ma:publication") == {cited.value}
    assert built.values(cited, "dcterms:bibliographicCitation") == {"Somebody 1999 (doi: 10.1051/somewhere)"}


# The table of images


def test_table_has_one_row_for_each_photograph_of_the_graph(built: Built) -> None:
    assert built.images["image_id"].to_list() == sorted(KEPT)
    pictures = {
        quad.subject.value
        for quad in built.store.quads_for_pattern(None, node("rdf:type"), node("ma:Image"), None)
        if isinstance(quad.subject, ox.NamedNode)
    }
    assert {NAMES.mint("image", name) for name in KEPT} == pictures


def test_table_has_the_columns_that_were_agreed(built: Built) -> None:
    agreed = (
        *("image_id", "individual", "specimen", "disease", "gene", "family", "muscle", "stain", "target"),
        *(
            "technique",
            "structure",
            "species",
            "status",
            "sex",
            "age",
            "age_years",
            "age_band",
            "inheritance",
        ),
        *("variant", "finding", "publication", "synthetic", "magnification", "pixel_size_um", "scale_bar_um"),
    )
    assert [column for column in agreed if column not in built.images.columns] == []


@pytest.mark.parametrize("column", ["disease", "gene", "family", "finding", "variant", "inheritance", "publication"])
def test_columns_of_several_values_hold_lists(built: Built, column: str) -> None:
    assert built.images.schema[column] == pl.List(pl.String)


@pytest.mark.parametrize(
    ("column", "predicate"),
    [
        ("gene", "ma:gene"),
        ("disease", "ma:disease"),
        ("family", "ma:family"),
        ("muscle", "ma:muscle"),
        ("stain", "ma:stain"),
        ("sex", "ma:sex"),
        ("species", "ma:species"),
        ("finding", "ma:finding"),
        ("variant", "ma:variant"),
        ("age_band", "ma:ageBand"),
    ],
)
def test_table_says_what_the_graph_says(built: Built, column: str, predicate: str) -> None:
    for identifier, cell in built.images.select("image_id", column).iter_rows():
        held = set(cell or ()) if isinstance(cell, list) or cell is None else {cell}
        assert held == built.values(image(identifier), predicate)


def test_labels_stand_beside_the_iris_in_both_languages(built: Built) -> None:
    [row] = built.images.filter(pl.col("image_id") == "R-1").iter_rows(named=True)
    assert row["gene_label_en"] == ["BIN1"]
    assert row["muscle_label_en"] == "deltoid"
    assert row["muscle_label_fr"]
    assert row["sex_label_en"] == "Female"


# Code


ROOMS = ("etl", "endpoint", "muscle_atlas")
SPARQL = re.compile(
    r"\b(select|construct|ask|describe)\b[^.]*\bwhere\s*\{|\bgraph\s+\?|^\s*prefix\s+[\w-]*:\s*<|\$this\b|\?\w+\s+\w+:\w+",
    re.IGNORECASE,
)


def modules(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((HOUSE / room).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(part, ast.Import):
            found |= {name.name.partition(".")[0] for name in part.names}
        elif isinstance(part, ast.ImportFrom) and part.module:
            found.add(part.module.partition(".")[0])
    return found


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of every string in the code but docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    described = {
        id(statement.value)
        for parent in ast.walk(tree)
        for _, body in ast.iter_fields(parent)
        if isinstance(body, list)
        for statement in body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    }
    for part in ast.walk(tree):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and id(part) not in described:
            yield part.lineno, part.value


def places(fits: Callable[[str], object]) -> list[str]:
    return [
        f"{path.relative_to(HOUSE)}:{line}: {text.strip()[:60]}"
        for path in modules(*ROOMS)
        for line, text in texts(path)
        if fits(text)
    ]


def test_etl_and_endpoint_never_import_each_other() -> None:
    assert modules("etl")
    assert modules("endpoint")
    assert [path.name for path in modules("etl") if "endpoint" in imported(path)] == []
    assert [path.name for path in modules("endpoint") if "etl" in imported(path)] == []


def test_no_namespace_is_written_in_the_code() -> None:
    found = places(re.compile(r"https?://(?!mirror\.example\.)[\w.]").search)
    # Where releases are fetched from stands on top of the modules that read them.
    outside = [place for place in found if not place.startswith("muscle_atlas/terms/sources/")]
    assert outside == [], "namespaces belong in ontology/prefixes.json"
    assert places(set(NAMES.prefixes.values()).__contains__) == []


def test_no_sparql_is_written_in_the_code() -> None:
    found = places(SPARQL.search)
    assert found == [], "queries belong in .rq and .ttl files"
