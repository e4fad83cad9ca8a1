"""What some photographs have and others have not: strain, target and scale are asked for where they belong."""

from pathlib import Path

import pytest

from etl.build import build
from tests.etl.built import COMPLETE, write_table
from tests.shapes.shape_examples import SETTINGS

ELECTRONS = {"stain": "EM-UPb", "technique": "TEM", "findings": "", "pixel_size_um": "", "scale_bar_um": ""}
ANTIBODY = {"stain": "IF", "technique": "", "target": "", "findings": ""}
MOUSE = {
    "species": "mouse",
    "age": "8 weeks",
    "strain": "",
    "genotype": "Ryr1<tm1>/+",
    "variants": "",
    "zygosity": "",
    "status": "affected",
    "muscle": "soleus",
    "inheritance": "",
}
BODY = {
    **COMPLETE,
    "image_id": "IM-1",
    "strain": "",
    "genotype": "",
    "pixel_size_um": "",
    "scale_bar_um": "",
    "target": "",
    "zygosity": "",
}
KINDS = {
    "image-scale-missing": (ELECTRONS, {"scale_bar_um": "500 nm"}, "pixel_size_um"),
    "image-target-missing": (ANTIBODY, {"target": "DMD"}, "target"),
    "image-strain-missing": (MOUSE, {"strain": "C57BL/6J"}, "strain"),
}

every_kind = pytest.mark.parametrize("rule", sorted(KINDS))


def _told(folder: Path, **cells: str) -> list[tuple[str, str]]:
    path = write_table(folder / "records.csv", [{**BODY, **cells}])
    problems = build([path], SETTINGS, data=None).problems
    return [(problem.name, problem.severity) for problem in problems]


@every_kind
def test_a_photograph_of_that_kind_is_asked_for_it(rule: str, tmp_path: Path) -> None:
    assert _told(tmp_path, **KINDS[rule][0]) == [(rule, "warning")]


@every_kind
def test_nothing_is_told_where_it_is_given(rule: str, tmp_path: Path) -> None:
    kind, given, _ = KINDS[rule]
    assert _told(tmp_path, **{**kind, **given}) == []


@every_kind
def test_it_may_be_said_not_to_be_stated(rule: str, tmp_path: Path) -> None:
    kind, _, column = KINDS[rule]
    assert _told(tmp_path, **{**kind, column: "not stated"}) == [("image-not-stated", "info")]


@every_kind
def test_a_text_that_does_not_say_it_is_no_fault_of_the_curator(rule: str, tmp_path: Path) -> None:
    told = _told(tmp_path, **{**KINDS[rule][0], "doi": "", "source": "VLM n° 199, 2021, p. 22"})
    assert {severity for _, severity in told} == {"info"}
    assert {name for name, _ in told} == {"image-not-stated"}


def test_nobody_else_is_asked_for_any_of_them(tmp_path: Path) -> None:
    assert _told(tmp_path) == []
    assert _told(tmp_path, doi="", source="VLM n° 199, 2021, p. 22") == []


@pytest.mark.parametrize("text", ["5", "5 µm", "5000 nm", "barre = 5 µm", "barre d'échelle : 5 µm", "scale bar 5 um"])
def test_scale_bars_are_read_as_laboratories_write_them(text: str, tmp_path: Path) -> None:
    assert _told(tmp_path, **{**ELECTRONS, "scale_bar_um": text}) == []


def test_disease_that_is_acquired_needs_no_gene(tmp_path: Path) -> None:
    acquired = {"gene": "", "variants": "", "inheritance": "", "family": "", "findings": "", "zygosity": ""}
    assert _told(tmp_path, **{**acquired, "disease": "dermatomyositis"}) == []
    assert _told(tmp_path, **{**acquired, "disease": "Duchenne muscular dystrophy"}) == [
        ("image-gene-missing", "warning")
    ]


def test_control_needs_neither_gene_nor_disease(tmp_path: Path) -> None:
    nothing = {
        "gene": "",
        "variants": "",
        "inheritance": "",
        "family": "",
        "disease": "",
        "findings": "",
        "zygosity": "",
    }
    assert _told(tmp_path, **{**nothing, "status": "control"}) == []
