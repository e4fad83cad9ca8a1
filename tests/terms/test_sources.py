"""What slices hold of HGNC, MGI and MONDO: the words, identifiers and successors of the real releases."""

import gzip
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.slices import Slice
from muscle_atlas.terms.source import FaultyReleaseError, Found
from muscle_atlas.terms.sources import SOURCES, hgnc, mondo
from muscle_atlas.terms.updating.folders import read_folder
from muscle_atlas.terms.updating.updates import update_from_folder

OURS = [source for source in SOURCES if source.name in ("hgnc", "mgi", "mondo")]


class Asked:
    """Slices that answer SQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, query: str, *values: str) -> list[Any]:
        with Slice(self.folder / f"{name}.sqlite").open() as database, closing(database.execute(query, values)) as rows:
            return [row[0] if len(row) == 1 else row for row in rows]

    def names(self, name: str, term: str, tier: str) -> set[str]:
        return set(self(name, "SELECT text FROM name WHERE term = ? AND tier = ?", term, tier))

    def references(self, name: str, term: str) -> set[tuple[str, str]]:
        return set(self(name, "SELECT other, match FROM reference WHERE term = ?", term))

    def bearers(self, name: str, key: str) -> set[tuple[str, str]]:
        return set(self(name, "SELECT term, tier FROM name WHERE key = ?", key))


@pytest.fixture(scope="module")
def ask(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("terms")
    outcomes = list(update_from_folder(folder, read_folder(shared / "reference", OURS), OURS))
    assert [(outcome.name, outcome.state, outcome.faults) for outcome in outcomes] == [
        (source.name, "updated", []) for source in OURS
    ]
    yield Asked(folder)


def test_a_gene_has_its_symbol_former_symbols_aliases_and_names(ask: Asked) -> None:
    selenon = "HGNC:15999"
    assert ask.names("hgnc", selenon, "label") == {"SELENON"}
    assert {"SEPN1", "RSMD1"} <= ask.names("hgnc", selenon, "previous")
    assert "selenoprotein N" in ask.names("hgnc", selenon, "synonym")
    assert ask("hgnc", "SELECT kind, label_en, status FROM term WHERE id = ?", selenon) == [
        ("gene", "SELENON", "active")
    ]


def test_values_that_hgnc_joins_in_quotes_are_names_of_their_own(ask: Asked) -> None:
    assert {"ACF", "ASP", "ACF64"} <= ask.names("hgnc", "HGNC:24086", "alias")
    assert ask("hgnc", "SELECT count(*) FROM name WHERE text LIKE '%|%' AND tier != 'synonym'") == [0]


def test_names_are_english_and_symbols_of_no_language(ask: Asked) -> None:
    found = ask("hgnc", "SELECT DISTINCT tier, language FROM name")
    assert set(found) == {
        ("label", None),
        ("alias", None),
        ("previous", None),
        ("synonym", "en"),
        ("previous", "en"),
    }


def test_a_gene_corresponds_to_ensembl_ncbi_omim_its_protein_and_the_gene_of_the_mouse(ask: Asked) -> None:
    assert ask.references("hgnc", "HGNC:7448") == {
        ("ensembl:ENSG00000171100", "exact"),
        ("NCBIGene:4534", "exact"),
        ("OMIM:300415", "exact"),
        ("uniprot:Q13496", "related"),
        ("MGI:1099452", "orthologue"),
    }


def test_numbers_that_orphanet_gives_genes_are_no_orpha_codes(ask: Asked) -> None:
    assert ask("hgnc", "SELECT count(*) FROM reference WHERE other LIKE 'ORPHA:%'") == [0]


def test_every_approved_gene_and_every_withdrawn_one_of_the_older_release_is_a_term(ask: Asked) -> None:
    counts = dict(ask("hgnc", "SELECT status, count(*) FROM term GROUP BY status"))
    assert counts == {"active": 43_882, "withdrawn": 1_919}
    assert ask("hgnc", "SELECT value FROM release WHERE property IN ('version', 'date')") == ["2024-10-18"] * 2


def test_a_withdrawn_gene_leads_to_the_one_that_bears_or_bore_its_symbol(ask: Asked) -> None:
    leads = "SELECT t.id FROM successor JOIN term t ON t.id = successor WHERE t.status != 'active'"
    assert ask("hgnc", leads) == []
    assert ask("hgnc", "SELECT count(DISTINCT term) FROM successor") == [110]
    # TIAF1 was merged into MYO18A, which keeps its symbol; RPS15P1 has another number today.
    query = "SELECT successor, manner FROM successor JOIN term ON id = term WHERE label_en = ?"
    assert ask("hgnc", query, "TIAF1") == [("HGNC:31104", "replaced")]
    assert ask("hgnc", query, "RPS15P1") == [("HGNC:35725", "replaced")]


def test_every_term_and_what_it_corresponds_to_is_an_identifier_of_the_prefix_map(ask: Asked) -> None:
    records = {record.prefix: record for record in Names(default_base()).converter.records}
    for source in OURS:
        query = "SELECT id FROM term UNION SELECT other FROM reference UNION SELECT successor FROM successor"
        wrong = [
            curie
            for curie in ask(source.name, query)
            for prefix, _, local in [curie.partition(":")]
            if prefix not in records or not re.search(records[prefix].pattern or "", local)
        ]
        assert wrong == [], source.name


def test_a_gene_of_the_mouse_leads_to_its_human_orthologue(ask: Asked) -> None:
    assert ask.bearers("mgi", "mtm1") == {("MGI:1099452", "label")}
    assert ("HGNC:7448", "orthologue") in ask.references("mgi", "MGI:1099452")


def test_a_gene_of_the_mouse_without_human_orthologue_is_a_term(ask: Asked) -> None:
    assert ask.references("mgi", "MGI:3643747") == {("NCBIGene:628444", "exact")}


def test_a_disease_of_mondo_corresponds_to_orphanet_and_omim(ask: Asked) -> None:
    assert ask.references("mondo", "MONDO:0010674") >= {("ORPHA:580", "exact")}
    both = ask("mondo", "SELECT term FROM reference GROUP BY term HAVING count(DISTINCT substr(other, 1, 4)) = 2")
    assert len(both) > 3_000


def test_a_disease_that_mondo_has_and_orphanet_lacks_is_a_term_with_its_label(ask: Asked) -> None:
    found = ask("mondo", "SELECT label_en, kind, status FROM term WHERE id = 'MONDO:0000910'")
    assert found == [("retinitis pigmentosa 6", "disease", "active")]
    assert {other for other, _ in ask.references("mondo", "MONDO:0000910")} == {"OMIM:312612"}


def test_a_class_that_mondo_took_back_is_withdrawn_and_still_found_by_its_name(ask: Asked) -> None:
    assert ask("mondo", "SELECT status FROM term WHERE id = 'MONDO:0000911'") == ["withdrawn"]
    assert ask.bearers("mondo", "dilated cardiomyopathy 1t") >= {("MONDO:0000911", "label")}
    assert ask("mondo", "SELECT count(*) FROM term WHERE label_en LIKE 'obsolete %' AND status = 'active'") == [0]


def test_the_version_of_mondo_is_the_one_that_its_files_tell(ask: Asked) -> None:
    assert ask("mondo", "SELECT value FROM release WHERE property = 'version'") == ["2026-08-04"]


def test_a_slice_tells_its_licence_and_the_files_it_was_made_of(ask: Asked, shared: Path) -> None:
    import hashlib

    for source in OURS:
        told = dict(ask(source.name, "SELECT property, value FROM release"))
        assert (told["licence"], told["licence_url"]) == (source.licence, source.licence_url)
        for name, size, digest in ask(source.name, "SELECT name, bytes, sha256 FROM file"):
            (path,) = (shared / "reference").rglob(name)
            assert (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()) == (size, digest)


# The columns of withdrawn.txt: https://www.genenames.org/help/download/. The genes are those of the releases.
WITHDRAWN = """HGNC_ID\tSTATUS\tWITHDRAWN_SYMBOL\tMERGED_INTO_REPORT(S) (i.e HGNC_ID|SYMBOL|STATUS)
HGNC:1\tEntry Withdrawn\tA12M1\t
HGNC:99998\tMerged/Split\tOLD1\t"HGNC:5|A1BG|Approved, HGNC:7|A2M|Approved"
HGNC:7448\tMerged/Split\tMTM1\tHGNC:5|A1BG|Approved
"""


def test_a_merged_gene_leads_to_every_gene_that_hgnc_names(shared: Path, tmp_path: Path) -> None:
    told = tmp_path / "withdrawn.txt"
    told.write_text(WITHDRAWN, encoding="utf-8")
    complete = shared / "reference" / "hgnc" / "hgnc_complete_set_2024-10.txt.gz"
    contents = hgnc.SOURCE.read({"complete": [Found(complete, "2024-10")], "withdrawn": [Found(told, "2024-10")]})
    assert {tuple(one) for one in contents.successors} == {
        ("HGNC:99998", "HGNC:5", "merged"),
        ("HGNC:99998", "HGNC:7", "merged"),
    }
    withdrawn = {term.id: term.label_en for term in contents.terms if term.status == "withdrawn"}
    assert withdrawn == {"HGNC:1": "A12M1", "HGNC:99998": "OLD1"}


def test_a_release_that_breaks_off_is_refused(shared: Path, tmp_path: Path) -> None:
    whole = gzip.decompress((shared / "reference" / "hgnc" / "hgnc_complete_set_2024-10.txt.gz").read_bytes())
    broken = tmp_path / "hgnc_complete_set.txt"
    broken.write_bytes(whole[: whole.index(b"\nHGNC:7\t") + 8])
    with pytest.raises(FaultyReleaseError, match="terms_breaks_off"):
        hgnc.SOURCE.read({"complete": [Found(broken, "")]})


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("subject_id\tsubject_label\nMONDO:1\tx\n", "terms_no_column"),
        ("subject_id\tsubject_label\tpredicate_id\tobject_id\n", "terms_no_row"),
        ("", "terms_no_table"),
        ("subject_id\tsubject_label\tpredicate_id\tobject_id\nMONDO:1\tx\tskos:exactMatch\tNOWHERE:1\n", "prefix"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: str, word: str) -> None:
    path = tmp_path / "mondo_exactmatch_orphanet.sssom.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FaultyReleaseError, match=word):
        mondo.SOURCE.read({"orphanet": [Found(path, "")], "omim": [Found(path, "")]})
