"""Draws the committed vocabulary tables from the reference releases and the facts tables.

uv run python scripts/draw_vocabulary.py --shared ../shared
"""

import argparse
import os
from pathlib import Path

from vocabulary import fbbi, french_muscles, hgnc, hpo, kept, mgi, orphanet, pairs, symbols, uberon
from vocabulary.facts import Facts
from vocabulary.orphanet_names import Names, labels_of
from vocabulary.tables import read_sources, write_terms
from vocabulary.words import write_words

from muscle_atlas.terms.reading.nomenclature import read_nomenclature, read_ontology
from muscle_atlas.terms.source import Found
from muscle_atlas.terms.sources.ordo import Disease

PROJECT: Path = Path(__file__).parents[1]


def draw(shared: Path, into: Path) -> None:
    """Write every drawn table below `into`, then put the kept ones there in order."""
    facts = Facts(shared / "facts")
    files = {
        name: {what: shared / "reference" / path for what, path in release.get("files", {}).items()}
        for name, release in read_sources()["release"].items()
    }
    terms, mappings, pairs_folder = (
        into / "ontology" / "terms",
        into / "mappings",
        into / "ontology" / "pairs",
    )

    diseases = orphanet.read_diseases(files["ordo"]["packets"])
    wanted = facts.diseases() | kept.objects_of(mappings / "diseases-curated.sssom.tsv")
    associated = {gene for curie in wanted for gene, _, _ in diseases[curie].genes}
    every_gene = hgnc.read_genes(files["hgnc"]["complete"])
    genes, gene_words = hgnc.draw(every_gene, facts.genes() | associated | kept.targets(into / "ontology"))
    write_terms(terms / "hgnc.tsv", genes)
    write_terms(terms / "mgi.tsv", mgi.draw(files["mgi"]["homology"], {gene.id for gene in genes}))
    write_words(mappings / "genes.sssom.tsv", gene_words)
    draw_symbols(every_gene, files["hgnc"]["older"], into)
    mondo = orphanet.read_mondo(files["mondo"]["orphanet"])
    listed, disease_words = orphanet.draw(diseases, wanted, names_of(diseases, facts, files["ordo"]), mondo)
    write_terms(terms / "ordo.tsv", listed)
    write_words(mappings / "diseases.sssom.tsv", disease_words)
    written = {word.pair for word in disease_words} | kept.pairs_of(mappings / "diseases-curated.sssom.tsv")
    broad = {word for word, _ in kept.pairs_of(mappings / "diseases-broad.sssom.tsv")}
    write_words(mappings / "diseases-mondo.sssom.tsv", orphanet.mondo_words(mondo, disease_words, written, broad))
    pairs.write_pairs(
        pairs_folder / "associations.tsv",
        ("gene", "disease", "association"),
        pairs.associations(diseases, [term.id for term in listed], {gene.id for gene in genes}),
    )
    pairs.write_pairs(
        pairs_folder / "families.tsv",
        ("gene", "disease", "family", "status"),
        pairs.families(facts.families()),
    )

    labels = uberon.read_labels(files["uberon"]["labels"])
    muscles, muscle_words = uberon.draw(
        facts.muscles(), facts.english_muscles(), labels, uberon.read_relations(files["uberon"]["relations"])
    )
    write_terms(terms / "uberon.tsv", muscles)
    write_words(mappings / "muscles.sssom.tsv", muscle_words)
    taken = {word.pair for word in muscle_words}
    named = [*facts.french_muscles(), *french_muscles.checked()]
    modern = french_muscles.modern_words(named, labels, taken)
    french_muscles.write_labels(terms / "uberon-fr.tsv", named)
    write_words(mappings / "muscles-french.sssom.tsv", modern)
    taken |= {word.pair for word in modern}
    older = french_muscles.older_words(facts.older_french_muscles(), labels, taken)
    write_words(mappings / "muscles-french-older.sssom.tsv", older)

    findings, finding_words = hpo.draw(
        facts.findings() | kept.objects_of(mappings / "findings-curated.sssom.tsv"),
        hpo.read_phenotypes(files["hpo"]["ontology"]),
        hpo.read_french(files["hpo"]["french"]),
    )
    write_terms(terms / "hpo.tsv", findings)
    write_words(mappings / "findings.sssom.tsv", finding_words)
    write_terms(
        terms / "fbbi.tsv",
        fbbi.draw(fbbi.read_techniques(files["fbbi"]["ontology"]), kept.ids_of(terms / "fbbi-fr.tsv")),
    )
    kept.put_in_order(mappings, kept.labels_in_use(into / "ontology"))


def draw_symbols(genes: dict[str, hgnc.Gene], older: Path, into: Path) -> None:
    """Write the tables by which genes outside the atlas, withdrawn ones and dates are recognised."""
    folder = into / "ontology" / "symbols"
    symbols.write_symbols(folder / "approved.tsv", ("id", "symbol", "former"), symbols.approved(genes))
    symbols.write_symbols(folder / "withdrawn.tsv", ("id", "symbol", "successors"), symbols.withdrawn(older, genes))
    symbols.write_symbols(
        folder / "dates.tsv",
        ("month", "day", "written", "kind", "id", "symbol"),
        symbols.dates(genes, symbols.read_months(into / "mappings" / "months.tsv")),
    )


def names_of(diseases: dict[str, Disease], facts: Facts, files: dict[str, Path]) -> Names:
    """Names of diseases over the releases of Orphanet."""
    today = {curie: disease.label for curie, disease in diseases.items()}
    since = facts.english_since_2019()
    return Names(
        english=today,
        english_2018=labels_of(read_ontology(Found(files["ordo_2018"], "2018"))),
        english_2019={curie: name or today[curie] for curie, name in since.items()},
        english_2023=labels_of(read_nomenclature(Found(files["english_2023"], "2023"), "en")),
        french_2022=labels_of(read_nomenclature(Found(files["french_2022"], "2022"), "fr")),
        french_2019=labels_of(read_nomenclature(Found(files["french_2019"], "2019"), "fr")),
    )


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("MUSCLE_ATLAS_SHARED", str(PROJECT.parent / "shared"))
    parser.add_argument("--shared", type=Path, default=Path(default), help="folder with reference/ and facts/")
    parser.add_argument("--into", type=Path, default=PROJECT, help="project to write to (default: this one)")
    chosen = parser.parse_args()
    draw(chosen.shared, chosen.into)


if __name__ == "__main__":
    main()
