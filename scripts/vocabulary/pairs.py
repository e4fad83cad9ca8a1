"""Which gene goes with which disease, and which family with the two."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from muscle_atlas.terms.sources.ordo import Disease

from .tables import heading, read_sources, write_table

FAMILIES = (
    "muscular-dystrophies",
    "congenital-muscular-dystrophies",
    "congenital-myopathies",
    "distal-myopathies",
    "other-myopathies",
    "myotonic-syndromes",
    "ion-channel-muscle-diseases",
    "malignant-hyperthermia",
    "metabolic-myopathies",
    "hereditary-cardiomyopathies",
    "congenital-myasthenic-syndromes",
    "spinal-muscular-atrophies-and-motoneuron-diseases",
    "hereditary-ataxias",
    "hereditary-motor-and-sensory-neuropathies",
    "hereditary-paraplegias",
    "mitochondrial-myopathies",
    "other-neuromuscular-disorders",
)


def write_pairs(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a table of pairs under the heading that `sources.toml` gives it."""
    sources = read_sources()
    table = sources["pairs"][path.stem]
    header = heading(table, sources["release"][table["release"]])
    write_table(path, header, columns, rows, by=range(len(columns)))


def associations(
    diseases: Mapping[str, Disease], listed: Collection[str], genes: Collection[str]
) -> list[tuple[str, ...]]:
    """Gene, disease, kind of association: all of Orphanet's among the listed diseases and genes."""
    found = ((gene, curie, kind) for curie in listed for gene, kind, _ in diseases[curie].genes)
    return sorted({row for row in found if row[0] in genes})


def families(pairs: Iterable[tuple[str, str, int, str]]) -> list[tuple[str, ...]]:
    """Gene, disease, family, status."""
    return sorted({(gene, curie, f"family:{FAMILIES[number - 1]}", status) for gene, curie, number, status in pairs})
