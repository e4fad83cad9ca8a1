"""Every row of the facts tables is known by its words, English and French."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.words.lexicon import Lexicon
from tests.vocabulary.committed import rows

NOT_PUBLISHED = {
    ("genes", "DYT15"): "a locus that HGNC has no gene for",
    ("diseases", "MONDO:0012215"): "MONDO calls two diseases of Orphanet the same as it: the curator chooses",
    ("diseases", "myofibrillar myopathy 3"): "the label of MONDO:0012215",
    ("findings", "Régions du noyau central des fibres musculaires"): "speaks of nuclei, where cores are meant",
    ("findings", "Fibres musculaires squelettiques nucléées"): "speaks of nuclei, where a necklace is meant",
}
"""Words of the facts that are wrong or not verified, with the reason."""

NAMES = Names(default_base())


def facts(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Give kind, word and CURIE of every row that the facts call verified."""
    for row in rows(folder / "neuromuscular.tsv"):
        yield "genes", row["gene_symbol"], row["hgnc_id"]
        yield "diseases", row["label_en"], row["orpha_code"]
        yield "diseases", row["label_fr"], row["orpha_code"]
        yield "diseases", row["en_name_changed_since_2019"].removeprefix("no").removeprefix("yes: "), row["orpha_code"]
        yield "diseases", row["mondo_id"], row["orpha_code"]
        # What MONDO has withdrawn is no longer called so.
        yield "diseases", row["mondo_label"] * (not row["mondo_label"].startswith("obsolete ")), row["orpha_code"]
        yield "diseases", row["omim_exact"] and f"OMIM:{row['omim_exact']}", row["orpha_code"]
    for row in rows(folder / "facts_gene_disease.tsv"):
        yield "genes", row["gene_symbol"], f"HGNC:{row['hgnc_id']}"
        yield "diseases", row["disease_label_en"], f"ORPHA:{row['orpha_code']}"
        yield "diseases", row["disease_label_fr_2019"], f"ORPHA:{row['orpha_code']}"
    for row in rows(folder / "orphanet_muscle_reference.tsv"):
        yield "diseases", row["label_en"], f"ORPHA:{row['orpha_code']}"
        yield "diseases", row["label_fr_2019"], f"ORPHA:{row['orpha_code']}"
        yield "genes", row["gene_symbol"], f"HGNC:{row['hgnc_id']}"
    for row in rows(folder / "muscles.tsv"):
        yield "muscles", row["label"], row["uberon_id"]
        for name in filter(None, f"{row['synonyms']}|{row['fma']}".split("|")):
            yield "muscles", name, row["uberon_id"]
    for row in rows(folder / "facts_muscles.tsv"):
        muscle = row["uberon"].removesuffix(" ?")
        yield "muscles", row["english"].partition(" (")[0], muscle
        yield "muscles", row["uberon_label"], muscle
        if "FR V" in row["status"]:
            yield "muscles", row["french"].partition(" (")[0], muscle
    for row in rows(folder / "muscles_french_older.tsv"):
        yield "muscles", row["older_french"], row["uberon_id"]
    for row in rows(folder / "facts_histology_hpo.tsv"):
        yield "findings", row["label_en"], row["hp"]
        yield "findings", row["label_fr"], row["hp"]
    for row in rows(folder / "facts_stains.tsv"):
        stain = f"stain:{row['notation'].replace('/', '').removesuffix('-x')}"
        yield "stains", row["english"].partition(", target")[0], stain
        if "U/Pb" not in row["notation"]:
            for word in row["french_curated"].partition(", cible")[0].split(" / "):
                yield "stains", word, stain


@pytest.mark.parametrize("kind", ["genes", "diseases", "muscles", "findings", "stains"])
def test_every_word_of_the_facts_is_known(kind: str, shared: Path) -> None:
    lexicon = Lexicon(kind, NAMES)
    told = {(word, curie) for about, word, curie in facts(shared / "facts") if about == kind and word}
    assert told
    missed = {
        (word, curie): lexicon.resolve(word).identifier
        for word, curie in told
        if (kind, word) not in NOT_PUBLISHED and lexicon.resolve(word).identifier != curie
    }
    assert missed == {}


def test_what_is_not_published_stands_in_the_facts(shared: Path) -> None:
    words = {(kind, word) for kind, word, _ in facts(shared / "facts")}
    assert set(NOT_PUBLISHED) <= words
