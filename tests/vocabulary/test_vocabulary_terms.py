"""The linked terms are those of the releases, under the names that the releases give them."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.vocabulary.committed import TERMS, expand, fault_of_curie, header_lines, rows, told
from tests.vocabulary.released import RELEASES, anatomy

LINKS = ("parents", "part_of", "exact_match", "broad_match", "narrow_match")
HEADER = ("title", "source", "version", "date", "licence", "homepage", "graph")
tables = pytest.mark.parametrize("path", TERMS, ids=lambda path: path.stem)


@tables
def test_table_says_where_it_comes_from(path: Path) -> None:
    keys = [line.strip().partition(":")[0] for line in header_lines(path)]
    assert keys == list(HEADER), told([f"{path.name}: heading lines are {keys}, wanted {list(HEADER)}"])


@tables
def test_rows_are_sorted_and_each_term_stands_once(path: Path) -> None:
    ids = [row["id"] for row in rows(path)]
    assert ids == sorted(set(ids)), told([f"{path.name}: not sorted by id, or an id stands twice"])


@tables
def test_table_needs_no_quotes(path: Path) -> None:
    content = path.read_bytes()
    assert b'"' not in content and b"\r" not in content, told([f"{path.name}: holds a quote or a CR"])
    assert content.endswith(b"\n"), told([f"{path.name}: does not end with a line feed"])


@tables
def test_identifiers_have_canonical_prefixes_and_fit_their_patterns(path: Path) -> None:
    problems = [
        f"{row}: {curie}: {fault}"
        for row in rows(path)
        for curie in [row["id"], *(curie for column in LINKS for curie in row.several(column))]
        if (fault := fault_of_curie(curie))
    ]
    assert not problems, told(problems)


@tables
def test_everything_above_a_term_is_in_the_table(path: Path) -> None:
    # A table such as uberon-curated adds to the one that it is named after.
    whole = [one for one in TERMS if one.stem == path.stem.partition("-")[0]]
    held = {row["id"] for one in whole for row in rows(one)}
    problems = [
        f"{row}: {above} is not in the table"
        for row in rows(path)
        for column in ("parents", "part_of")
        for above in row.several(column)
        if above not in held
    ]
    assert not problems, told(problems)


@pytest.mark.parametrize("name", RELEASES)
def test_terms_are_in_the_release_under_this_label(name: str, shared: Path) -> None:
    released = RELEASES[name](shared)
    path = next(path for path in TERMS if path.stem == name)
    problems = [
        f"{row}: {row['id']} is {released.get(row['id'], 'not in the release')!r}, not {row['label_en']!r}"
        for row in rows(path)
        if released.get(row["id"]) != row["label_en"]
    ]
    assert not problems, told(problems)


def test_french_names_of_muscles_are_of_muscles_in_use(shared: Path) -> None:
    by_name = {path.stem: {row["id"] for row in rows(path)} for path in TERMS}
    assert by_name["uberon-fr"] <= by_name["uberon"] <= anatomy(shared).keys()


THIGH = "UBERON:0004252"


def test_muscles_of_the_thigh_are_all_below_it() -> None:
    above: dict[str, set[str]] = defaultdict(set)
    for path in TERMS:
        if path.stem.startswith("uberon"):
            for row in rows(path):
                above[row["id"]] |= {*row.several("parents"), *row.several("part_of")}
    inside = {THIGH}
    while found := {muscle for muscle, near in above.items() if near & inside} - inside:
        inside |= found
    labels = {row["label_en"] for path in TERMS if path.stem == "uberon" for row in rows(path) if row["id"] in inside}
    assert labels >= {
        "quadriceps femoris",
        "vastus lateralis",
        "vastus medialis",
        "vastus intermedius",
        "rectus femoris",
        "sartorius muscle",
        "gracilis",
        "adductor magnus",
        "adductor longus",
        "biceps femoris",
        "semitendinosus",
        "semimembranosus muscle",
    }
    assert not labels & {"tibialis anterior", "soleus muscle", "gastrocnemius", "deltoid", "gluteus maximus"}


def test_curated_place_of_a_muscle_is_one_that_uberon_leaves_out() -> None:
    told_by_uberon = {
        row["id"]: row.several("parents") for path in TERMS if path.stem == "uberon" for row in rows(path)
    }
    curated = next(path for path in TERMS if path.stem == "uberon-curated")
    for row in rows(curated):
        assert row["reason"]
        assert not set(row.several("parents")) & set(told_by_uberon[row["id"]]), str(row)


def test_gene_has_the_other_identifiers_org_iri() -> None:
    hgnc = next(path for path in TERMS if path.stem == "hgnc")
    problems = [f"{row}: no exact match" for row in rows(hgnc) if not row.several("exact_match")]
    assert not problems, told(problems)
    bin1 = next(row for row in rows(hgnc) if row["id"] == "HGNC:1052")
    assert expand(bin1["exact_match"]) == "https://identifiers.org/hgnc:1052"


def test_french_of_2019_with_the_old_limb_girdle_numbering_is_no_label() -> None:
    ordo = next(path for path in TERMS if path.stem == "ordo")
    labels = {row["id"]: row["label_fr"] for row in rows(ordo)}
    assert labels["ORPHA:62"] == ""
    assert not [label for label in labels.values() if "des ceintures autosomique récessive type 2" in label]


def test_omim_stands_by_the_relation_that_orphanet_gives() -> None:
    ordo = {row["id"]: row for path in TERMS if path.stem == "ordo" for row in rows(path)}
    assert "OMIM:117000" in ordo["ORPHA:597"].several("exact_match")
    assert "OMIM:253300" in ordo["ORPHA:70"].several("narrow_match")


@pytest.mark.parametrize("finding", ["HP:0030230", "HP:0031238"])
def test_french_that_names_another_finding_is_left_out(finding: str) -> None:
    hpo = next(path for path in TERMS if path.stem == "hpo")
    assert next(row for row in rows(hpo) if row["id"] == finding)["label_fr"] == ""
