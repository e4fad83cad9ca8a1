"""Symbols of every gene of HGNC, withdrawn ones, dates; and what is no muscle, under its name in UBERON."""

from pathlib import Path

from etl.resolve.values.dates import read_days
from tests.vocabulary.committed import HOUSE, SYMBOLS, fault_of_curie, rows, told
from tests.vocabulary.released import anatomy, former_symbols, genes

TABLES = {path.stem: path for path in SYMBOLS}


def test_every_gene_of_hgnc_stands_under_its_symbols(shared: Path) -> None:
    listed = {row["id"]: (row["symbol"], set(row.several("former"))) for row in rows(TABLES["approved"])}
    before = former_symbols(shared)
    assert {gene: symbol for gene, (symbol, _) in listed.items()} == genes(shared)
    assert all(former <= before[gene] for gene, (_, former) in listed.items())


def test_withdrawn_genes_are_not_there_today_and_their_successors_are(shared: Path) -> None:
    today, before = genes(shared), former_symbols(shared)
    for row in rows(TABLES["withdrawn"]):
        assert row["id"] not in today, str(row)
        for successor in row.several("successors"):
            symbols = {symbol.casefold() for symbol in (today[successor], *before[successor])}
            assert row["symbol"].casefold() in symbols, str(row)


def test_dates_are_symbols_that_read_as_this_day(shared: Path) -> None:
    for row in rows(TABLES["dates"]):
        assert genes(shared)[row["id"]] == row["symbol"], str(row)
        # Spreadsheets in English read "MARC1" as a day; no person does.
        days = read_days(row["written"].upper().replace("MARC1", "MAR1").replace("MARC2", "MAR2"))
        assert [(str(day.month), str(day.day)) for day in days] == [(row["month"], row["day"])], str(row)


def test_mice_have_orthologues_among_the_genes_of_the_atlas() -> None:
    human = {row["id"] for row in rows(HOUSE / "ontology" / "terms" / "hgnc.tsv")}
    for row in rows(HOUSE / "ontology" / "terms" / "mgi.tsv"):
        assert row.several("orthologue"), str(row)
        assert set(row.several("orthologue")) <= human, str(row)


def test_what_is_no_muscle_stands_under_the_label_of_uberon(shared: Path) -> None:
    labels = anatomy(shared)
    problems = [
        f"{row}: {row['id']} is {labels.get(row['id'])!r}, not {row['label_en']!r}"
        for row in rows(HOUSE / "mappings" / "no-muscles.tsv")
        if fault_of_curie(row["id"]) or labels.get(row["id"]) != row["label_en"]
    ]
    assert not problems, told(problems)


def test_what_is_no_muscle_is_no_muscle_of_ours() -> None:
    muscles = {row["id"] for row in rows(HOUSE / "ontology" / "terms" / "uberon.tsv")}
    named = {row["object_id"] for path in (HOUSE / "mappings").glob("muscles*.sssom.tsv") for row in rows(path)}
    none = {row["id"] for row in rows(HOUSE / "mappings" / "no-muscles.tsv")}
    assert not none & named, none & muscles
