"""Small slices: a few terms of each vocabulary, made up where a case is wanted that the releases happen not to have."""

from collections.abc import Iterable
from pathlib import Path

from muscle_atlas.terms.slices import Association, Contents, Name, Parent, Reference, Successor, Term, write_slice

EARLY = "2001-01-01"
"""A date before that of every release that our tables were drawn from: they hold beside the slice."""
LATE = "2030-01-01"
"""A date after that of every release that our tables were drawn from."""


def write_small(folder: Path, name: str, contents: Contents) -> None:
    """Write a slice, each term of which goes by its labels, too."""
    folder.mkdir(parents=True, exist_ok=True)
    contents.names += list(_labels(contents.terms))
    somewhere = dict.fromkeys(("licence_url", "source", "homepage"), "https://example.org/")
    told = {"name": name, "title": name.upper(), "licence": "CC0-1.0", **somewhere}
    write_slice(folder / f"{name}.sqlite", told, [], contents)


def _labels(terms: Iterable[Term]) -> Iterable[Name]:
    for term in terms:
        yield Name(term.label_en, term.id, "label", "en")
        if term.label_fr:
            yield Name(term.label_fr, term.id, "label", "fr")


def write_genes(folder: Path) -> None:
    """HGNC and MGI."""
    genes = Contents(LATE, LATE)
    genes.terms = [
        Term("HGNC:15999", "gene", "SELENON"),
        Term("HGNC:10483", "gene", "RYR1"),
        Term("HGNC:8620", "gene", "PAX6"),
        Term("HGNC:90001", "gene", "AAA1"),
        Term("HGNC:90002", "gene", "BBB2"),
        Term("HGNC:90003", "gene", "SHARED"),
        Term("HGNC:480", "gene", "AN", status="withdrawn"),
        Term("HGNC:90010", "gene", "GONE1", status="withdrawn"),
        Term("HGNC:90011", "gene", "GONE2", status="withdrawn"),
        Term("HGNC:90012", "gene", "GONE3", status="withdrawn"),
        Term("HGNC:90013", "gene", "GONE4", status="withdrawn"),
        Term("HGNC:90014", "gene", "BBB2OLD", status="withdrawn"),
    ]
    genes.names = [
        Name("SEPN1", "HGNC:15999", "previous"),
        Name("RSS", "HGNC:15999", "alias"),
        Name("selenoprotein N", "HGNC:15999", "synonym", "en"),
        Name("twice", "HGNC:90001", "alias"),
        Name("Twice", "HGNC:90002", "alias"),
        Name("turned", "HGNC:90001", "previous"),
        Name("TURNED", "HGNC:90002", "alias"),
        Name("shared", "HGNC:90001", "alias"),
        Name("BBB2OLD", "HGNC:90001", "alias"),
    ]
    genes.successors = [
        Successor("HGNC:480", "HGNC:8620", "merged"),
        Successor("HGNC:90010", "HGNC:90011", "merged"),
        Successor("HGNC:90011", "HGNC:90010", "merged"),
        Successor("HGNC:90011", "HGNC:90001", "merged"),
        Successor("HGNC:90012", "HGNC:90001", "merged"),
        Successor("HGNC:90012", "HGNC:90002", "merged"),
        Successor("HGNC:90014", "HGNC:90002", "merged"),
    ]
    genes.references = [
        Reference("HGNC:10483", "ensembl:ENSG00000196218"),
        Reference("HGNC:10483", "OMIM:180901"),
        Reference("HGNC:10483", "uniprot:P21817", "related"),
        Reference("HGNC:10483", "MGI:99659", "orthologue"),
    ]
    write_small(folder, "hgnc", genes)
    mice = Contents(LATE, LATE)
    mice.terms = [
        Term("MGI:99659", "gene", "Ryr1"),
        Term("MGI:90001", "gene", "Mousy"),
        Term("MGI:90002", "gene", "Twofold"),
        Term("MGI:90003", "gene", "Lonely"),
    ]
    mice.references = [
        Reference("MGI:99659", "HGNC:10483", "orthologue"),
        Reference("MGI:90001", "HGNC:90001", "orthologue"),
        Reference("MGI:90002", "HGNC:90001", "orthologue"),
        Reference("MGI:90002", "HGNC:90002", "orthologue"),
    ]
    write_small(folder, "mgi", mice)


def write_diseases(folder: Path) -> None:
    """Orphanet and MONDO."""
    diseases = Contents(LATE, LATE)
    diseases.terms = [
        Term("ORPHA:597", "disease", "Central core disease", "Myopathie congénitale à cores centraux"),
        Term("ORPHA:607", "disease", "Nemaline myopathy", "Myopathie à némaline"),
        Term("ORPHA:98853", "disease", "Autosomal dominant Emery-Dreifuss muscular dystrophy"),
        Term("ORPHA:264", "disease", "Autosomal dominant limb-girdle muscular dystrophy type 1B", status="withdrawn"),
        Term("ORPHA:206610", "disease", "Chronic muscular fatigue and/or chronic muscle pain", status="withdrawn"),
        Term("ORPHA:90001", "disease", "Falsa", "Vera"),
        Term("ORPHA:90002", "disease", "Vera", "Altera"),
        Term("ORPHA:90003", "disease", "Tertia", "Quarta"),
        Term("ORPHA:90004", "disease", "Quinta"),
    ]
    diseases.names = [
        Name("Quarta", "ORPHA:90004", "synonym", "en"),
        Name("Wide", "ORPHA:90004", "broad", "en"),
    ]
    diseases.successors = [Successor("ORPHA:264", "ORPHA:98853", "moved")]
    diseases.references = [
        Reference("ORPHA:597", "OMIM:117000"),
        Reference("ORPHA:607", "OMIM:256030", "broad"),
        Reference("ORPHA:90001", "OMIM:190001"),
        Reference("ORPHA:90002", "OMIM:190001"),
        Reference("ORPHA:264", "OMIM:159001"),
    ]
    write_small(folder, "ordo", diseases)
    mondo = Contents(LATE, LATE)
    mondo.terms = [
        Term("MONDO:0018958", "disease", "nemaline myopathy of MONDO"),
        Term("MONDO:0009725", "disease", "nemaline myopathy 2"),
    ]
    mondo.references = [Reference("MONDO:0018958", "ORPHA:607"), Reference("MONDO:0009725", "OMIM:256030")]
    write_small(folder, "mondo", mondo)


def write_muscles(folder: Path) -> None:
    """UBERON."""
    muscles = Contents(LATE, LATE)
    muscles.terms = [
        Term("UBERON:0001476", "muscle", "deltoid"),
        Term("UBERON:0001377", "muscle", "quadriceps femoris"),
        Term("UBERON:0001379", "muscle", "vastus lateralis"),
        Term("UBERON:0090001", "class", "region of the test"),
        Term("UBERON:0090002", "class", "replaced muscle", status="withdrawn"),
        Term("UBERON:0090003", "class", "considered muscle", status="withdrawn"),
    ]
    muscles.parents = [Parent("UBERON:0001379", "UBERON:0001377", "part_of")]
    muscles.successors = [
        Successor("UBERON:0090002", "UBERON:0001476", "replaced"),
        Successor("UBERON:0090003", "UBERON:0001476", "considered"),
    ]
    muscles.references = [Reference("UBERON:0001476", "FMA:32521"), Reference("UBERON:0001476", "MA:0002303")]
    write_small(folder, "uberon", muscles)


def write_all(folder: Path) -> Path:
    """Every small slice."""
    write_genes(folder)
    write_diseases(folder)
    write_muscles(folder)
    return folder


def write_withdrawn(folder: Path) -> None:
    """Install small releases that have withdrawn a muscle, which has a successor, and a disease, which has none."""
    write_small(
        folder,
        "uberon",
        Contents(
            EARLY,
            EARLY,
            [
                Term("UBERON:0001601", "muscle", "extra-ocular muscle"),
                Term("UBERON:0006229", "class", "extra-ocular muscle", status="withdrawn"),
            ],
            successors=[Successor("UBERON:0006229", "UBERON:0001601", "merged")],
        ),
    )
    fatigue = Term("ORPHA:206610", "disease", "Chronic muscular fatigue and/or chronic muscle pain", status="withdrawn")
    core = Term("ORPHA:597", "disease", "Central core disease")
    caused = Association("HGNC:10483", core.id, "Disease-causing germline mutation(s) in", "Assessed")
    write_small(folder, "ordo", Contents(EARLY, EARLY, [core, fatigue], associations=[caused]))
