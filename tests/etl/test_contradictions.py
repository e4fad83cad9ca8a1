"""What does not go together in a row is told in its cell: stains, techniques, findings, zygosity, animals."""

from dataclasses import dataclass, field

import pytest

from etl.build import build
from etl.problems import Problem
from tests.etl.built import COMPLETE, write_table
from tests.shapes.shape_examples import SETTINGS


@dataclass(frozen=True)
class Fault:
    """A row that breaks one rule: the cells it differs in, the cell that is told, and what is said of it."""

    rule: str
    column: str
    severity: str
    cells: dict[str, str] = field(hash=False)
    suggests: str = ""


DMD = {"gene": "DMD", "disease": "Duchenne muscular dystrophy", "variants": "NM_004006.3:c.31+1G>T"}
MOUSE = {
    "species": "mouse",
    "age": "8 weeks",
    "muscle": "soleus",
    "strain": "C57BL/6J",
    "genotype": "Bin1-/-",
    "variants": "",
}
FAULTS = (
    Fault("image-light-stain-by-electrons", "stain", "violation", {"technique": "TEM", "scale_bar_um": "1 µm"}),
    Fault("image-electron-contrast-by-light", "technique", "violation", {"stain": "uranyl acetate / lead citrate"}),
    Fault("image-stain-seen-otherwise", "technique", "warning", {"technique": "immunofluorescence"}),
    Fault(
        "image-method-differs", "technique", "violation",
        {"stain": "IHC", "target": "DMD; LAMA2", "technique": "immunofluorescence"},
    ),
    Fault("stain-ph-ambiguous", "stain", "violation", {"stain": "ATPase"}, "myosin ATPase pH 9.4"),
    Fault("image-enzyme-section-not-frozen", "section", "violation", {"stain": "SDH", "section": "paraffine"}),
    Fault("image-section-unusual", "section", "warning", {"stain": "oil red O", "section": "FFPE"}),
    Fault("section-unknown", "section", "warning", {"section": "jelly"}),
    Fault(
        "image-finding-shown-by-stain", "findings", "warning",
        {"stain": "NADH-TR", "findings": "COX-negative fibres"}, "combined COX-SDH",
    ),
    Fault("image-finding-shown-by-stain", "findings", "warning", {"stain": "NADH-TR", "findings": "nemaline bodies"}),
    Fault("image-age-of-species", "age", "violation", {**MOUSE, "age": "14 years"}),
    Fault("individual-strain-of-person", "strain", "warning", {"strain": "C57BL/6J"}),
    Fault("individual-gene-of-model", "gene", "warning", {**MOUSE, "gene": "Dmd"}, "Duchenne"),
    Fault(
        "individual-zygosity-fits-sex", "zygosity", "warning",
        {**DMD, "sex": "M", "zygosity": "heterozygous", "inheritance": "X-linked recessive"},
    ),
    Fault(
        "diagnosis-zygosity-fits-inheritance", "zygosity", "warning",
        {"zygosity": "hemizygous", "inheritance": "autosomal recessive"},
    ),
    Fault(
        "diagnosis-second-variant-missing", "variants", "warning",
        {"zygosity": "heterozygous", "inheritance": "autosomal recessive"},
    ),
    Fault("variant-interpretation-plasmy", "zygosity", "violation", {"zygosity": "heteroplasmic"}),
    Fault("variant-reference-fits", "variants", "warning", {"variants": "NM_139343.3:g.461G>A"}),
    Fault("variant-reference-version-missing", "variants", "info", {"variants": "NM_139343:c.461G>A"}),
)  # fmt: skip
RIGHT = (
    {"stain": "anti-dystrophin", "technique": "TEM", "pixel_size_um": "2 nm"},
    {"stain": "toluidine blue", "section": "semi-fine"},
    {"stain": "NADH-TR", "section": "congelée"},
    {"stain": "IF", "target": "DMD; LAMA2", "technique": "confocal", "findings": "Absent muscle dystrophin expression"},
    {**DMD, "sex": "M", "zygosity": "hemizygous", "inheritance": "X-linked recessive"},
    {**DMD, "sex": "F", "zygosity": "heterozygous", "inheritance": "X-linked recessive"},
    {"zygosity": "homozygous", "inheritance": "autosomal recessive"},
    {"status": "carrier", "zygosity": "heterozygous", "inheritance": "autosomal recessive", "disease": ""},
    {**MOUSE},
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    path = tmp_path_factory.mktemp("contradictions") / "records.csv"
    rows = [{**COMPLETE, "image_id": f"IM-{number}", **cells} for number, cells in enumerate(_rows())]
    return build([write_table(path, rows)], SETTINGS, data=None).problems


def _rows() -> list[dict[str, str]]:
    return [*(fault.cells for fault in FAULTS), *RIGHT]


@pytest.mark.parametrize(("number", "fault"), list(enumerate(FAULTS)), ids=lambda value: getattr(value, "rule", None))
def test_a_contradiction_is_told_in_its_cell_and_nothing_else_is(
    number: int, fault: Fault, told: list[Problem]
) -> None:
    found = [problem for problem in told if problem.row == number + 2]
    assert [(one.name, one.column, one.severity) for one in found] == [(fault.rule, fault.column, fault.severity)]
    assert fault.suggests in f"{found[0].message} {found[0].suggestion}"


@pytest.mark.parametrize("number", range(len(RIGHT)))
def test_what_goes_together_is_not_told(number: int, told: list[Problem]) -> None:
    assert [problem.name for problem in told if problem.row == len(FAULTS) + number + 2] == []


def test_nothing_is_told_of_the_table_as_a_whole(told: list[Problem]) -> None:
    assert [problem.name for problem in told if problem.row is None] == []
