"""A workbook with one planted fault per rule comes back with every fault marked in its cell, and none invented."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from etl.build import build
from etl.privacy.policy import Policy
from muscle_atlas.terms.slices import Contents, Reference, Term
from tests.etl.workbooks.marked import LIST, catalogue, listed, mark, marks, opened
from tests.etl.workbooks.planting import (
    CONTRADICTIONS,
    EXAMPLES,
    Fault,
    Planted,
    pairs_of,
    plant_example,
    plant_rows,
    returned,
    rows_of,
    table_of,
    told_in,
)
from tests.shapes.shape_examples import SETTINGS
from tests.terms.small import EARLY, write_small, write_withdrawn

MAPPINGS = Path(__file__).parents[2] / "shapes" / "mappings"
FILES = pairs_of("files.tsv")
OTHER_WORDS = {"word-ambiguous", "disease-without-orpha", "term-withdrawn", "term-withdrawn-without-successor"}


def names_of(concept: str) -> list[str]:
    return sorted(path.stem.partition(".")[2] for path in (EXAMPLES / concept).glob("invalid.*.csv"))


PICTURES = names_of("picture")


def test_every_fault_of_a_value_is_marked_in_its_cell_and_none_is_invented(tmp_path: Path) -> None:
    planted = Planted()
    for rule in names_of("record"):
        if rule not in OTHER_WORDS:
            plant_example(planted, "record", rule)
    plant_rows(planted)
    path = planted.write(tmp_path / "records.xlsx")
    told = told_in(returned(build([path], SETTINGS, data=None), path))
    _assert_same(told, planted.expected)


def _assert_same(told: set[Fault], planted: set[Fault]) -> None:
    assert sorted(told - planted) == [], "invented"
    assert sorted(planted - told) == [], "not marked"


def test_words_that_only_installed_tables_and_releases_know_are_marked(tmp_path: Path) -> None:
    write_withdrawn(tmp_path)
    nemaline = Term("MONDO:0009725", "disease", "nemaline myopathy 2")
    write_small(
        tmp_path, "mondo", Contents(EARLY, EARLY, [nemaline], references=[Reference(nemaline.id, "OMIM:256030")])
    )
    planted = Planted()
    for rule in sorted(OTHER_WORDS):
        plant_example(planted, "record", rule)
    path = planted.write(tmp_path / "records.xlsx")
    settings = replace(SETTINGS, terms=tmp_path, mappings=MAPPINGS)
    _assert_same(told_in(returned(build([path], settings, data=None), path)), planted.expected)


def test_pictures_at_fault_are_marked_in_the_cells_that_name_them(tmp_path: Path) -> None:
    pyvips = pytest.importorskip("pyvips", reason="pictures are read by an extra", exc_type=ImportError)
    pictures = tmp_path / "pictures"
    planted = Planted()
    for rule in PICTURES:
        shutil.copytree(EXAMPLES / "picture" / rule, pictures / rule)
        if rule == "image-files-unused":
            continue
        rows = rows_of(EXAMPLES / "picture" / f"invalid.{rule}.csv")
        for row in rows if rule in CONTRADICTIONS else rows[-1:]:
            is_below = row["image"] and "/" not in row["image"]
            named = {"image_id": f"{rule}.{row['image_id']}", "image": f"{rule}/{row['image']}"}
            planted.add({**row, **named} if is_below else {**row, "image_id": named["image_id"]}, ("image", rule))
    # One that no other example has, too.
    pyvips.Image.black(40, 40).write_to_file(str(pictures / "image-file-twice" / "section.jpg"))
    path = planted.write(tmp_path / "records.xlsx")
    report = build([path], SETTINGS, data=None, images=pictures)
    content = returned(report, path)
    _assert_same(told_in(content), planted.expected)
    assert {row["Address of the rule"] for row in listed(content) if row["Go to"] is None} == {
        "https://w3id.org/muscle-atlas/rule/image-files-unused"
    }


@pytest.mark.parametrize("rule", names_of("generalisation"))
def test_what_is_made_less_precise_is_marked_in_its_cell(rule: str, tmp_path: Path) -> None:
    path = tmp_path / "records.xlsx"
    planted = Planted(rows_of(EXAMPLES / "generalisation" / f"invalid.{rule}.csv"))
    planted.write(path)
    report = build([path], SETTINGS, data=None, policy=Policy(k=2))
    column = catalogue("en")[rule].column
    told = {(heading, name) for _, heading, name in told_in(returned(report, path))}
    assert (column, rule) in told
    assert all(heading == catalogue("en")[name].column for heading, name in told)


@pytest.mark.parametrize("example", FILES, ids=str)
def test_what_is_wrong_with_a_file_is_marked_in_its_cell_or_stands_in_the_list(example: str) -> None:
    [path] = (EXAMPLES / "file").glob(f"invalid.{example}.*")
    content = mark(path)
    sheets = [name for name in opened(content).sheetnames if name != LIST["en"]]
    marked = {place for name in sheets for place in marks(opened(content)[name])}
    assert marked == set(FILES[example].split())
    assert {str(row["Address of the rule"]).rpartition("/")[2] for row in listed(content)} == {example}


def test_every_rule_is_planted_or_it_is_said_why_none_can_be() -> None:
    planted = {rule for rule, *_ in table_of("planted.tsv")} | set(FILES)
    planted |= {rule for concept in ("record", "picture", "generalisation") for rule in names_of(concept)}
    known = {iri.rpartition("/")[2] for iri in catalogue("en").by_iri}
    unplanted = pairs_of("unplanted.tsv")
    assert sorted(known - planted - unplanted.keys()) == [], "plant these, or say why no workbook can break them"
    assert sorted((planted | unplanted.keys()) - known) == [], "no such rules"
    assert sorted(planted & unplanted.keys()) == [], "planted after all"
    assert all(unplanted.values())
