"""Pairs join genes, diseases and families that are in use."""

from pathlib import Path

import pytest

from tests.vocabulary.committed import PAIRS, concepts, expand, header_lines, labels_in_use, rows, told

tables = pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)


@tables
def test_genes_and_diseases_of_pairs_are_terms_in_use(path: Path) -> None:
    problems = [
        f"{row}: {row[column]} is in no table of terms"
        for row in rows(path)
        for column in ("gene", "disease")
        if row[column] not in labels_in_use()
    ]
    assert not problems, told(problems)


@tables
def test_pairs_are_sorted_and_stand_once(path: Path) -> None:
    found = [tuple(row.cells.values()) for row in rows(path)]
    assert found == sorted(set(found)), told([f"{path.name}: not sorted, or a pair stands twice"])


@tables
def test_table_of_pairs_says_where_it_comes_from(path: Path) -> None:
    keys = [line.strip().partition(":")[0] for line in header_lines(path)]
    assert keys[:6] == ["title", "source", "version", "date", "licence", "homepage"], path.name
    assert keys[6:] in ([], ["graph"]), path.name


def test_families_of_pairs_are_concepts_of_the_scheme() -> None:
    families = next(path for path in PAIRS if path.stem == "families")
    problems = [f"{row}: {row['family']}" for row in rows(families) if expand(row["family"]) not in concepts()]
    assert not problems, told(problems)


def test_family_that_the_gene_table_does_not_list_says_so() -> None:
    families = next(path for path in PAIRS if path.stem == "families")
    statuses = {row["status"].partition(":")[0] for row in rows(families)}
    assert statuses == {"verified", "unverified"}


def test_curated_pair_is_one_that_orphanet_lacks_and_says_why() -> None:
    by_name = {path.stem: rows(path) for path in PAIRS}
    known = {(row["gene"], row["disease"]) for row in by_name["associations"]}
    for row in by_name["associations-curated"]:
        assert (row["gene"], row["disease"]) not in known, f"{row}: Orphanet has it by now"
        assert row["reason"] and row["source"], f"{row}: reason or source is missing"


@pytest.mark.parametrize(
    ("gene", "disease"),
    [("HGNC:11117", "ORPHA:83330"), ("HGNC:10483", "ORPHA:597"), ("HGNC:1052", "ORPHA:169189")],
)
def test_association_is_known(gene: str, disease: str) -> None:
    associations = next(path for path in PAIRS if path.stem == "associations")
    assert [row for row in rows(associations) if row["gene"] == gene and row["disease"] == disease]
