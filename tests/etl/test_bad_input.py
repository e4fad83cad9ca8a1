"""Bad input: every fault is told in one pass, with place, value, rule, severity and what was meant."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from tests.conftest import Run
from tests.etl.built import COMPLETE, NAMES, Built, image, write_table

FRENCH = {
    "image_id": "Identifiant",
    "individual_id": "Identifiant patient",
    "specimen_id": "Biopsie",
    "species": "Espèce",
    "sex": "Sexe",
    "age": "Âge à la biopsie",
    "muscle": "Muscle prélevé",
    "stain": "Coloration",
    "technique": "Technique",
    "gene": "Gène",
    "variants": "Mutation",
    "disease": "Maladie",
    "licence": "Licence",
    "status": "Statut",
    "doi": "DOI",
    "side": "Côté",
    "zygosity": "Zygosité",
    "magnification": "Grossissement",
    "pixel_size_um": "Taille du pixel (µm)",
    "genotype": "Génotype",
}
ENGLISH = {column: column for column in FRENCH}


@dataclass(frozen=True)
class Told:
    """What must be told of one row."""

    column: str | None
    value: str | None
    rule: str
    severity: str = "violation"
    suggests: tuple[str, ...] = ()
    row: int = 0
    """Which of the rows of the fault, from 0."""


@dataclass(frozen=True)
class Fault:
    """Rows that hold one fault: what differs from a complete row, and everything that must be told."""

    name: str
    rows: tuple[dict[str, str], ...]
    told: tuple[Told, ...]
    kept: bool = False
    """Whether the rows are published all the same."""


def fault(name: str, rows: list[dict[str, str]], *told: Told, kept: bool = False) -> Fault:
    return Fault(name, tuple(rows), told, kept)


LONG = "a" * 65

FAULTS = [
    fault(
        "unknown-gene",
        [{"gene": "BIN11"}],
        Told("gene", "BIN11", "gene-unknown", suggests=("BIN1 (HGNC:1052)",)),
    ),
    fault(
        "ambiguous-alias",
        [{"gene": "ABP-280", "disease": "not stated", "variants": "not stated"}],
        Told("gene", "ABP-280", "gene-ambiguous", suggests=("FLNA (HGNC:3754)", "FLNC (HGNC:3756)")),
    ),
    fault(
        "unknown-disease",
        [{"disease": "Autosomal recessive centronuclear myopathi"}],
        Told(
            "disease",
            "Autosomal recessive centronuclear myopathi",
            "disease-unknown",
            suggests=("Autosomal recessive centronuclear myopathy (ORPHA:169186)",),
        ),
    ),
    fault(
        "unknown-muscle",
        [{"muscle": "deltiod"}],
        Told("muscle", "deltiod", "muscle-unknown", suggests=("deltoid (UBERON:0001476)",)),
    ),
    fault(
        "unknown-species",
        [{"species": "mousse"}],
        Told("species", "mousse", "species-unknown", suggests=("(NCBITaxon:10090)",)),
    ),
    fault("unknown-stain", [{"stain": "H&F"}], Told("stain", "H&F", "stain-unknown", suggests=("(stain:HE)",))),
    fault("unknown-sex", [{"sex": "X?"}], Told("sex", "X?", "sex-unknown")),
    fault(
        "gene-does-not-cause-the-disease",
        [{"gene": "DMD"}],
        Told(
            "gene",
            "DMD",
            "diagnosis-gene-causes-disease",
            "warning",
            ("Duchenne muscular dystrophy (ORPHA:98896)",),
        ),
        kept=True,
    ),
    fault("age-below-zero", [{"age": "-3"}], Told("age", "-3", "image-age-range", suggests=("14 ans, 9 mois",))),
    fault("age-below-zero-by-a-true-minus", [{"age": "\u22123"}], Told("age", "\u22123", "image-age-range")),
    fault("age-a-little-below-zero", [{"age": "-3 jours"}], Told("age", "-3 jours", "image-age-range")),
    fault("age-450", [{"age": "450"}], Told("age", "450", "image-age-range", suggests=("Correct the number",))),
    fault("age-unreadable", [{"age": "jeune"}], Told("age", "jeune", "age-unreadable", suggests=("30 SA",))),
    fault("gestation-of-60-weeks", [{"age": "60 SA"}], Told("age", "60 SA", "specimen-gestation-range")),
    fault(
        "one-identifier-on-two-rows",
        [{"image_id": "copied", "age": "14"}, {"image_id": "copied", "age": "15"}],
        Told("image_id", "copied", "image-id-twice", suggests=("delete the copies",)),
        Told("image_id", "copied", "image-id-twice", row=1),
    ),
    fault(
        "one-individual-of-two-sexes",
        [{"individual_id": "P-sexes", "sex": "F"}, {"individual_id": "P-sexes", "sex": "H"}],
        Told("sex", "F", "individual-one-sex", suggests=("another individual_id",)),
        Told("sex", "H", "individual-one-sex", row=1),
    ),
    fault(
        "one-individual-of-two-species",
        [
            {"individual_id": "P-species", "species": "souris", "age": "8 semaines"},
            {"individual_id": "P-species", "species": "chien", "age": "8 semaines"},
        ],
        Told("species", "souris", "individual-one-species", suggests=("another individual_id",)),
        Told("species", "chien", "individual-one-species", row=1),
        Told("gene", "BIN1", "gene-of-animal-by-symbol", "warning", row=1),
    ),
    fault(
        "one-specimen-of-two-muscles",
        [
            {"individual_id": "P-muscles", "specimen_id": "B-muscles"},
            {"individual_id": "P-muscles", "specimen_id": "B-muscles", "muscle": "quadriceps"},
        ],
        Told("muscle", "deltoid", "specimen-one-muscle", suggests=("another specimen_id",)),
        Told("muscle", "quadriceps", "specimen-one-muscle", row=1),
    ),
    fault(
        "one-specimen-of-two-individuals",
        [
            {"individual_id": "P-first", "specimen_id": "B-shared"},
            {"individual_id": "P-second", "specimen_id": "B-shared"},
        ],
        Told("specimen_id", "B-shared", "specimen-one-individual", suggests=("Correct individual_id",)),
        Told("specimen_id", "B-shared", "specimen-one-individual", row=1),
    ),
    fault(
        "one-individual-of-two-diseases",
        [
            {"individual_id": "P-diseases"},
            {"individual_id": "P-diseases", "disease": "Autosomal dominant centronuclear myopathy"},
        ],
        Told(
            "disease",
            COMPLETE["disease"],
            "diagnosis-several-diseases",
            "warning",
            ("Write the same disease",),
        ),
        Told(
            "disease",
            "Autosomal dominant centronuclear myopathy",
            "diagnosis-several-diseases",
            "warning",
            row=1,
        ),
        kept=True,
    ),
    fault("malformed-doi", [{"doi": "11.1051/x"}], Told("doi", "11.1051/x", "doi-malformed", suggests=("10.",))),
    fault(
        "control-with-a-disease",
        [{"status": "témoin", "gene": "", "variants": ""}],
        Told("status", "témoin", "individual-control-diagnosed", suggests=("empty the disease",)),
    ),
    fault(
        "malformed-hgvs",
        [{"variants": "NM_139343.3:c.faux-sens"}],
        Told("variants", "NM_139343.3:c.faux-sens", "variant-hgvs-syntax", suggests=("NM_000540.3:c.14582G>A",)),
    ),
    fault(
        "misaligned-variants",
        [{"gene": "BIN1; RYR1", "disease": COMPLETE["disease"], "variants": "c.1A>G; c.2T>C; c.3A>C"}],
        Told("variants", "c.1A>G", "variants-misaligned", suggests=("RYR1:c.14582G>A",)),
        Told("variants", "c.2T>C", "variants-misaligned"),
        Told("variants", "c.3A>C", "variants-misaligned"),
    ),
    fault(
        "identifier-with-a-space",
        [{"image_id": "IM 1"}],
        Told("image_id", "IM 1", "image-id-malformed", suggests=("1 to 64 letters",)),
    ),
    fault("identifier-kept-for-us", [{"image_id": "of.IM-1"}], Told("image_id", "of.IM-1", "image-id-malformed")),
    fault("identifier-of-65-signs", [{"image_id": LONG}], Told("image_id", LONG, "image-id-malformed")),
    fault(
        "identifier-with-an-accent",
        [{"image_id": "détail"}],
        Told("image_id", "détail", "image-id-malformed"),
    ),
    fault(
        "individual-kept-for-us",
        [{"individual_id": "of.P-1"}],
        Told("individual_id", "of.P-1", "individual-id-malformed"),
    ),
    fault("specimen-with-a-slash", [{"specimen_id": "B/1"}], Told("specimen_id", "B/1", "specimen-id-malformed")),
    fault("no-identifier", [{"image_id": ""}], Told("image_id", None, "image-id-missing")),
    fault(
        "several-faults-in-one-row",
        [{"gene": "BIN11", "muscle": "deltiod", "age": "jeune", "doi": "none"}],
        Told("gene", "BIN11", "gene-unknown"),
        Told("muscle", "deltiod", "muscle-unknown"),
        Told("age", "jeune", "age-unreadable"),
        Told("doi", "none", "doi-malformed"),
    ),
    fault(
        "gene-turned-into-a-date",
        [{"gene": "9-Sep"}],
        Told("gene", "9-Sep", "gene-date-mangled", suggests=("SEPTIN9 ← SEPT9 (HGNC:7323)",)),
    ),
    fault(
        "gene-turned-into-a-date-of-two-genes",
        [{"gene": "1-Mar"}],
        Told("gene", "1-Mar", "gene-date-mangled", suggests=("MARCHF1 ← MARCH1", "MTARC1 ← MARC1")),
    ),
    fault(
        "withdrawn-identifier-of-a-gene",
        [{"gene": "HGNC:480", "disease": "", "status": "carrier", "variants": "NM_000280.6:c.1A>G"}],
        Told("gene", "HGNC:480", "gene-withdrawn", "warning"),
        kept=True,
    ),
    fault(
        "withdrawn-identifier-without-successor",
        [{"gene": "HGNC:1"}],
        Told("gene", "HGNC:1", "gene-withdrawn-without-successor", suggests=("genenames.org",)),
    ),
    fault(
        "identifier-of-one-gene-and-symbol-of-another",
        [{"gene": "HGNC:1052 RYR1"}],
        Told("gene", "HGNC:1052 RYR1", "identifier-name-differs", suggests=("BIN1 (HGNC:1052), RYR1 (HGNC:10483)",)),
    ),
    fault(
        "identifier-of-one-disease-and-name-of-another",
        [{"disease": "ORPHA:169186 Duchenne muscular dystrophy"}],
        Told("disease", "ORPHA:169186 Duchenne muscular dystrophy", "identifier-name-differs"),
    ),
    fault(
        "day-that-does-not-exist-as-age",
        [{"age": "1995-02-29"}],
        Told("age", "••••-••-••", "age-is-impossible-date", suggests=("take the date out",)),
    ),
    fault("day-of-birth-as-age", [{"age": "né le 12/03/1995"}], Told("age", "•• •• ••/••/••••", "age-is-date")),
    fault("bound-as-age", [{"age": "> 60 ans"}], Told("age", "> 60 ans", "age-inexact", "warning"), kept=True),
    fault(
        "age-of-an-animal-without-unit",
        [{"species": "souris", "age": "8", "variants": "", "genotype": "Bin1-/-"}],
        Told("age", "8", "age-without-unit", suggests=("8 weeks",)),
    ),
    fault(
        "muscle-that-is-no-muscle",
        [{"muscle": "nerf sural"}],
        Told("muscle", "nerf sural", "muscle-is-none", suggests=("Write the muscle",)),
    ),
    fault(
        "region-for-a-muscle",
        [{"muscle": "cuisse"}],
        Told("muscle", "cuisse", "muscle-ambiguous", suggests=("vastus lateralis (UBERON:0001379)",)),
    ),
    fault("two-sides", [{"muscle": "deltoïde droit", "side": "G"}], Told("muscle", "deltoïde droit", "side-differs")),
    fault(
        "variant-in-words",
        [{"variants": "délétion des exons 2 à 4"}],
        Told("variants", "délétion des exons 2 à 4", "variant-described", "warning", ("c.(a_b)_(c_d)del",)),
        kept=True,
    ),
    fault(
        "more-zygosities-than-variants",
        [{"zygosity": "het; hom"}],
        Told("zygosity", "het; hom", "zygosity-misaligned", suggests=("in the same order",)),
    ),
    fault(
        "zygosity-beside-the-variant-differs",
        [{"variants": "NM_139343.3:c.461G>A (homozygote)", "zygosity": "het"}],
        Told("zygosity", "het", "zygosity-differs", suggests=("Correct the zygosity",)),
    ),
    fault(
        "unknown-zygosity",
        [{"zygosity": "hétérozigote"}],
        Told("zygosity", "hétérozigote", "zygosity-unknown", suggests=("heterozygous (zygosity:heterozygous)",)),
    ),
    fault(
        "two-zygosities-of-one-variant",
        [{"individual_id": "P-zygosities", "zygosity": "het"}, {"individual_id": "P-zygosities", "zygosity": "hom"}],
        Told("zygosity", "het", "variant-interpretation-one-zygosity", suggests=("another individual_id",)),
        Told("zygosity", "hom", "variant-interpretation-one-zygosity", row=1),
    ),
    fault(
        "control-with-a-gene",
        [{"status": "témoin", "disease": ""}],
        Told("gene", "BIN1", "control-with-cause", "warning", ("carrier",)),
        Told("variants", COMPLETE["variants"], "control-with-cause", "warning"),
        kept=True,
    ),
    fault(
        "magnification-in-words",
        [{"magnification": "fort"}],
        Told("magnification", "fort", "magnification-unreadable", "warning"),
        kept=True,
    ),
    fault(
        "magnification-of-nothing", [{"magnification": "0"}], Told("magnification", "0", "image-magnification-range")
    ),
    fault(
        "pixels-larger-than-fibres",
        [{"pixel_size_um": "250"}],
        Told("pixel_size_um", "250", "image-pixel-size-range", suggests=("250 nm",)),
    ),
    fault(
        "unpublished-word-in-findings",
        [{"findings": "centralised nuclei; zorglub"}],
        Told("findings", "zorglub", "finding-unknown", "warning"),
        kept=True,
    ),
]


@dataclass
class Table:
    """One file of faults: where the rows of each stand."""

    path: Path
    headings: dict[str, str]
    rows: list[dict[str, str]] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, given: Fault) -> None:
        self.first[given.name] = len(self.rows) + 2
        self.rows += [{"image_id": f"{given.name}-{place}", **COMPLETE, **row} for place, row in enumerate(given.rows)]


@dataclass(frozen=True)
class Pass:
    """One build of several files that hold every fault."""

    built: Built
    tables: list[Table]

    def table(self, given: Fault) -> Table:
        return next(table for table in self.tables if given.name in table.first)


@pytest.fixture(scope="module")
def one_pass(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Pass:
    folder = tmp_path_factory.mktemp("faults")
    tables = [
        Table(folder / "virgules.csv", FRENCH),
        Table(folder / "points-virgules.csv", ENGLISH),
        Table(folder / "tabulations.tsv", FRENCH),
    ]
    for place, given in enumerate(FAULTS):
        tables[place % 3].add(given)
    for table, separator in zip(tables, ",;\t", strict=True):
        write_table(table.path, table.rows, separator=separator, headings=table.headings)
    data = folder / "data"
    process = run("build", *(table.path for table in tables), "--data", data, "--json")
    return Pass(Built(process, data), tables)


def key(problem: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(problem[part]) for part in ("file", "row", "column", "value", "name", "severity"))


@pytest.mark.parametrize("given", FAULTS, ids=lambda given: given.name)
def test_fault_is_told_with_its_place_value_rule_and_severity_and_nothing_else_is(one_pass: Pass, given: Fault) -> None:
    table = one_pass.table(given)
    first = table.first[given.name]
    expected = [
        (
            str(table.path),
            str(first + told.row),
            str(table.headings.get(told.column, told.column) if told.column else None),
            str(told.value),
            told.rule,
            told.severity,
        )
        for told in given.told
    ]
    found = [
        problem
        for row in range(first, first + len(given.rows))
        for problem in one_pass.built.told(table.path, row)
        if problem["severity"] != "info"
    ]
    assert sorted(map(key, found)) == sorted(expected)
    for told in given.told:
        [problem] = [
            problem
            for problem in found
            if (problem["row"], problem["name"], problem["value"]) == (first + told.row, told.rule, told.value)
        ]
        assert problem["message"]
        assert [word for word in told.suggests if word not in (problem["suggestion"] or "")] == []


@pytest.mark.parametrize("given", FAULTS, ids=lambda given: given.name)
def test_rows_with_a_violation_are_left_out_and_rows_with_a_warning_are_kept(one_pass: Pass, given: Fault) -> None:
    table = one_pass.table(given)
    start = table.first[given.name] - 2
    identifiers = {row["image_id"] for row in table.rows[start : start + len(given.rows)]}
    published = set(one_pass.built.images["image_id"]) & identifiers
    assert published == (identifiers if given.kept else set())


def test_rows_with_faults_leave_nothing_behind_in_the_graph(one_pass: Pass) -> None:
    left_out = {
        row["image_id"]
        for given in FAULTS
        if not given.kept
        for row in one_pass.table(given).rows[one_pass.table(given).first[given.name] - 2 :][: len(given.rows)]
        if row["image_id"] and row["image_id"].isascii() and " " not in row["image_id"]
    }
    spoken_of = {
        quad.subject.value.rpartition("/")[2].removeprefix("of.")
        for quad in one_pass.built.quads
        if isinstance(quad.subject, ox.NamedNode)
    }
    assert spoken_of & left_out == set()


def test_no_day_of_birth_stands_in_the_published_report(one_pass: Pass) -> None:
    published = one_pass.built.release.report.read_text(encoding="utf-8")
    assert "age-is-date" in published
    for text in (published, one_pass.built.dump):
        assert "12/03/1995" not in text
        assert "1995-02-29" not in text


def test_counts_agree_with_the_rows(one_pass: Pass) -> None:
    kept = sum(len(given.rows) for given in FAULTS if given.kept)
    rows = sum(len(table.rows) for table in one_pass.tables)
    report = one_pass.built.report
    assert one_pass.built.process.returncode == 1
    assert (report["images"], report["rejected"]) == (kept, rows - kept)


def test_no_problem_is_told_twice(one_pass: Pass) -> None:
    told = [json.dumps(problem) for problem in one_pass.built.report["problems"]]
    assert len(told) == len(set(told))


def test_problems_come_in_the_order_of_files_and_rows(one_pass: Pass) -> None:
    places = [(problem["file"], problem["row"] or 0) for problem in one_pass.built.report["problems"]]
    assert places == sorted(places)


# Files


HEADINGS = "image_id,species,sex,age,muscle,stain,technique,gene,variants,disease,licence\n"


def line(identifier: str, **cells: str) -> str:
    row = {"image_id": identifier, **COMPLETE, **cells}
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row.values())
    return text.getvalue()


@dataclass(frozen=True)
class Unreadable:
    """One run over files that cannot be read, together with one that can."""

    built: Built
    folder: Path

    def told(self, name: str) -> list[dict[str, Any]]:
        return self.built.told(self.folder / name)


UNREADABLE: dict[str, bytes | None] = {
    "absent.csv": None,
    "empty.csv": b"",
    "blank.csv": b" \n\n",
    "broken.csv": (HEADINGS + line("é") + line("b", muscle="deltoïde")).encode().replace(b"\xc3\xaf", b"\xef"),
    "surrogate.csv": (HEADINGS + line("a") + "\ud800").encode("utf-16", "surrogatepass"),
    "no-identifier.csv": b"gene,muscle\nBIN1,deltoid\n",
    "heading-twice.csv": "image_id,gene,Gène\na,BIN1,BIN1\n".encode(),
    "open-quote.csv": (HEADINGS + line("a") + 'b,human,"F,14\nc,human,F\n').encode(),
    "archive.zip": b"PK\x03\x04\x14\x00",
    "truncated.xlsx": b"PK\x03\x04\x14\x00",
    "picture.csv": b"\x89PNG\r\n\x1a\n\x00\x00",
}


@pytest.fixture(scope="module")
def unreadable(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Unreadable:
    folder = tmp_path_factory.mktemp("unreadable")
    for name, content in UNREADABLE.items():
        if content is not None:
            (folder / name).write_bytes(content)
    (folder / "folder.csv").mkdir()
    (folder / "readable.csv").write_text(HEADINGS + line("a") + line("b", gene="BIN11"), encoding="utf-8")
    process = run(
        "build",
        *(folder / name for name in (*UNREADABLE, "folder.csv", "readable.csv")),
        "--data",
        folder / "data",
        "--json",
    )
    return Unreadable(Built(process, folder / "data"), folder)


@pytest.mark.parametrize(
    ("name", "rule", "place"),
    [
        ("absent.csv", "file-missing", ""),
        ("folder.csv", "contribution-missing", ""),
        ("empty.csv", "file-empty", ""),
        ("blank.csv", "file-empty", ""),
        ("broken.csv", "file-encoding", "0xEF"),
        ("surrogate.csv", "file-encoding", "0x00 0xD8"),
        ("picture.csv", "file-form", "PNG"),
        ("no-identifier.csv", "heading-image-id-missing", ""),
        ("heading-twice.csv", "heading-twice", "Gène"),
        ("open-quote.csv", "file-quotes", ""),
        ("archive.zip", "file-archive", "ZIP"),
        ("truncated.xlsx", "file-damaged", "ZIP"),
    ],
)
def test_file_that_cannot_be_read_is_told_with_its_mend(
    unreadable: Unreadable, name: str, rule: str, place: str
) -> None:
    [told] = [problem for problem in unreadable.told(name) if problem["severity"] == "violation"]
    assert told["name"] == rule
    assert place in (told["value"] or "")
    assert told["suggestion"]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("broken.csv", 3),
        ("surrogate.csv", 3),
        ("open-quote.csv", 3),
        ("heading-twice.csv", 1),
        ("no-identifier.csv", 1),
    ],
)
def test_row_of_an_unreadable_place_is_told(unreadable: Unreadable, name: str, row: int) -> None:
    [told] = [problem for problem in unreadable.told(name) if problem["severity"] == "violation"]
    assert told["row"] == row


def test_what_is_wrong_with_one_file_does_not_hide_what_is_wrong_with_another(unreadable: Unreadable) -> None:
    [told] = [problem for problem in unreadable.told("readable.csv") if problem["severity"] == "violation"]
    assert (told["name"], told["row"], told["column"], told["value"]) == ("gene-unknown", 3, "gene", "BIN11")


def test_unreadable_input_exits_2_and_publishes_nothing(unreadable: Unreadable) -> None:
    assert unreadable.built.process.returncode == 2
    assert unreadable.built.report["release"] is None
    assert not (unreadable.folder / "data" / "current").exists()


# Tables that are read though they are odd


ODD: dict[str, bytes] = {
    "bom.csv": ("\ufeff" + HEADINGS + line("bom-1")).encode(),
    "semicolons.csv": (HEADINGS + line("semi-1")).replace(",", ";").encode(),
    "tabs.tsv": (HEADINGS + line("tab-1")).replace(",", "\t").encode(),
    "crlf.csv": (HEADINGS + line("crlf-1")).replace("\n", "\r\n").encode(),
    "returns.csv": (HEADINGS + line("cr-1")).replace("\n", "\r").encode(),
    "capitals.csv": (HEADINGS.upper().replace("GENE", " Gène ") + line("upper-1")).encode(),
    "blank-lines.csv": ("\n" + HEADINGS + "\n,,,,,,,,,,\n" + line("blank-1", gene="BIN11") + "\n").encode(),
    "newlines.csv": (
        HEADINGS.replace("\n", ",caption_en\n")
        + line("nl-1", caption_en="first\nsecond\r\nthird")
        + line("nl-2", caption_en="one", gene="BIN11")
    ).encode(),
    "unknown-heading.csv": (HEADINGS.replace("\n", ",muscel,Zorglub\n") + line("unk-1", a="x", b="y")).encode(),
    "long-row.csv": (HEADINGS + line("long-1", more="too much") + line("long-2", more="")).encode(),
    "short-row.csv": (HEADINGS + "short-1,human,F,14,deltoid,HE\n").encode(),
    "latin-1.csv": (HEADINGS + line("latin-1", muscle="deltoïde")).encode("latin-1"),
    "utf-16.csv": (HEADINGS + line("utf16-1", muscle="deltoïde")).encode("utf-16"),
    "control.csv": (
        HEADINGS.replace("\n", ",caption_en\n")
        + line("bell-1", caption_en="a\x07b")
        + line("nul-1", caption_en="a\x00b")
    ).encode(),
    "headings.csv": HEADINGS.encode(),
    "copy-a.csv": (HEADINGS + line("copy-1") + line("copy-2")).encode(),
    "copy-b.csv": (HEADINGS + line("copy-3") + line("copy-1")).encode(),
    "no-gene.csv": b"image_id,muscle\nlack-1,deltoid\nlack-2,deltoid\n",
    "not-stated.csv": (HEADINGS + line("ns-1", sex="non précisé", variants="not stated")).encode(),
    "several.csv": (
        HEADINGS
        + line("many-1", gene="BIN1; RYR1", variants="c.461G>A; c.14582G>A")
        + line("many-2", gene="BIN1; RYR1", variants="RYR1:c.14582G>A")
        + line("many-3", gene="BIN1", variants="c.461G>A; c.462C>T")
    ).encode(),
    "spreadsheet-spaces.csv": (
        HEADINGS + line("\u00a0space-1 ", gene="\u202fBIN1\u00a0", muscle=" Deltoïde ")
    ).encode(),
}


@dataclass(frozen=True)
class Odd:
    built: Built
    folder: Path

    def told(self, name: str) -> list[dict[str, Any]]:
        """What is told of a file, warnings and violations."""
        return [problem for problem in self.built.told(self.folder / name) if problem["severity"] != "info"]

    def published(self, prefix: str) -> list[str]:
        return [str(name) for name in self.built.images["image_id"] if str(name).startswith(prefix)]


@pytest.fixture(scope="module")
def odd(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Odd:
    folder = tmp_path_factory.mktemp("odd")
    for name, content in ODD.items():
        (folder / name).write_bytes(content)
    paths = [folder / name for name in ODD]
    process = run("build", *paths, folder / "bom.csv", "--data", folder / "data", "--json")
    return Odd(Built(process, folder / "data"), folder)


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("semicolons.csv", "semi-1"),
        ("tabs.tsv", "tab-1"),
        ("crlf.csv", "crlf-1"),
        ("returns.csv", "cr-1"),
        ("capitals.csv", "upper-1"),
        ("spreadsheet-spaces.csv", "space-1"),
        ("utf-16.csv", "utf16-1"),
    ],
)
def test_table_of_another_program_is_read_without_a_word(odd: Odd, name: str, prefix: str) -> None:
    assert odd.told(name) == []
    assert odd.published(prefix) == [prefix]


def test_text_that_does_not_say_its_encoding_is_read_and_the_guess_told(odd: Odd) -> None:
    [told] = odd.told("latin-1.csv")
    assert (told["name"], told["row"], told["value"]) == ("file-encoding-guessed", 2, "Windows-1252")
    assert "deltoïde" in told["message"]
    assert odd.published("latin-") == ["latin-1"]


def test_byte_order_mark_is_no_part_of_the_first_heading(odd: Odd) -> None:
    assert odd.published("bom-") == ["bom-1"]


def test_file_given_twice_is_read_once_with_a_warning(odd: Odd) -> None:
    [told] = odd.told("bom.csv")
    assert (told["name"], told["severity"], told["suggestion"]) == ("file-twice", "warning", "Give it once.")


def test_row_numbers_stay_those_of_the_spreadsheet_after_blank_lines(odd: Odd) -> None:
    [told] = odd.told("blank-lines.csv")
    assert (told["name"], told["row"], told["value"]) == ("gene-unknown", 5, "BIN11")


def test_newlines_in_a_cell_do_not_count_as_rows_and_are_published(odd: Odd) -> None:
    [told] = odd.told("newlines.csv")
    assert (told["name"], told["row"]) == ("gene-unknown", 3)
    assert odd.built.values(image("nl-1"), "schema:caption") == {"first\nsecond\r\nthird"}


def test_unknown_headings_are_told_with_the_nearest_and_their_cells_left_out(odd: Odd) -> None:
    far, near = sorted(odd.told("unknown-heading.csv"), key=lambda problem: str(problem["value"]))
    assert (near["name"], near["severity"], near["row"]) == ("heading-unknown", "warning", 1)
    assert (near["column"], near["value"]) == ("muscel", "muscel")
    assert "muscle" in near["suggestion"]
    assert far["column"] == "Zorglub"
    assert "columns.tsv" in far["suggestion"]
    assert odd.published("unk-") == ["unk-1"]


def test_row_that_is_too_long_is_left_out_and_one_with_empty_cells_behind_is_not(odd: Odd) -> None:
    [told] = odd.told("long-row.csv")
    assert (told["name"], told["row"], told["value"]) == ("row-too-long", 2, "too much")
    assert odd.published("long-") == ["long-2"]


def test_row_that_is_too_short_is_told_and_taken(odd: Odd) -> None:
    told = {problem["name"] for problem in odd.told("short-row.csv")}
    assert {problem["severity"] for problem in odd.told("short-row.csv")} == {"warning"}
    assert "row-too-short" in told
    assert odd.published("short-") == ["short-1"]


def test_control_characters_are_told_by_their_code(odd: Odd) -> None:
    told = [(p["row"], p["column"], p["value"], p["name"]) for p in odd.told("control.csv")]
    assert told == [
        (2, "caption_en", "U+0007", "cell-control-character"),
        (3, "caption_en", "U+0000", "cell-control-character"),
    ]


def test_file_of_headings_only_is_told_beside_files_with_rows(odd: Odd) -> None:
    [told] = odd.told("headings.csv")
    assert (told["name"], told["row"]) == ("file-without-rows", None)


def test_one_identifier_in_two_files_is_left_out_of_both_and_each_names_the_other(odd: Odd) -> None:
    for name, row in (("copy-a.csv", 2), ("copy-b.csv", 3)):
        [told] = odd.told(name)
        assert (told["name"], told["row"], told["value"]) == ("image-id-twice", row, "copy-1")
        assert f"{odd.folder / 'copy-a.csv'}:2" in told["message"]
        assert f"{odd.folder / 'copy-b.csv'}:3" in told["message"]
    assert odd.published("copy-") == ["copy-2", "copy-3"]


def test_column_that_is_absent_is_told_once_for_the_file(odd: Odd) -> None:
    [told] = [problem for problem in odd.told("no-gene.csv") if problem["name"] == "image-gene-missing"]
    assert (told["row"], told["severity"]) == (None, "warning")
    assert odd.published("lack-") == ["lack-1", "lack-2"]


def test_not_stated_is_no_fault_and_leaves_the_property_open(odd: Odd) -> None:
    assert odd.told("not-stated.csv") == []
    assert odd.built.values(image("ns-1"), "ma:sex") == set()
    assert odd.built.values(image("ns-1"), "ma:notStated") == {
        NAMES.expand("ma:sex"),
        NAMES.expand("ma:variant"),
    }


@pytest.mark.parametrize(
    ("identifier", "pairs"),
    [
        ("many-1", {("c.461G>A", "HGNC:1052"), ("c.14582G>A", "HGNC:10483")}),
        ("many-2", {("c.14582G>A", "HGNC:10483")}),
        ("many-3", {("c.461G>A", "HGNC:1052"), ("c.462C>T", "HGNC:1052")}),
    ],
)
def test_several_values_in_a_cell_are_aligned(odd: Odd, identifier: str, pairs: set[tuple[str, str]]) -> None:
    found = odd.built.ask(
        f"SELECT ?hgvs ?gene WHERE {{ <{NAMES.base}image/{identifier}> ma:variant ?variant ."
        " ?variant ma:hgvs ?hgvs ; ma:ofGene ?gene }"
    )
    assert {(str(hgvs), NAMES.compress(str(gene))) for hgvs, gene in found} == pairs


def test_one_variant_of_one_gene_has_one_iri_however_it_is_written(odd: Odd) -> None:
    [shared] = odd.built.values(image("many-2"), "ma:variant")
    assert shared in odd.built.values(image("many-1"), "ma:variant")


# Text that must survive


HOSTILE = {
    "script": '"><script>alert(1)</script>',
    "quotes": "\"double\" 'single' «guillemets» ```",
    "backslashes": 'C:\\new\\table\\u0041 \\" \\\\',
    "newlines": "first\nsecond\n\nthird\ttabbed",
    "emoji": "fibres 🔬 👩🏽‍🔬 \U0001f9ec",
    "sparql": "} ; DROP ALL # ",
    "braces": "{?value} ${x} %s {0}",
    "markup": "[bold]no[/bold] [/nonsense] [link=x]",
    "right-to-left": "\u202eevil \u05d0\u05d1\u05d2",
    "separators": "a,b;c|d\u2028e\u2029f",
    "long": "é" * 20_000,
    "literal": '"text"@en . <x:a> <x:b> <x:c> .',
    "formula": "=1+1",
}
WRITTEN = {"caption_en": "schema:caption", "caption_fr": "schema:caption", "credit": "schema:creditText"}


@pytest.fixture(scope="module")
def hostile(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("hostile")
    rows = [
        {"image_id": name, **COMPLETE, **dict.fromkeys(WRITTEN, text), "source": text, "contributor": text}
        for name, text in HOSTILE.items()
    ]
    # In other cells such text is no word that we know.
    rows += [{"image_id": f"gene-{name}", **COMPLETE, "gene": text} for name, text in HOSTILE.items() if name != "long"]
    path = write_table(folder / "hostile.csv", rows)
    return Built(run("build", path, "--data", folder / "data", "--json"), folder / "data")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("predicate", sorted(set(WRITTEN.values())))
def test_text_survives_the_way_into_the_store_exactly(hostile: Built, name: str, predicate: str) -> None:
    assert hostile.values(image(name), predicate) == {HOSTILE[name].strip()}


@pytest.mark.parametrize("name", HOSTILE)
def test_citations_and_contributors_survive_too(hostile: Built, name: str) -> None:
    found = hostile.ask(
        f"SELECT ?text ?name WHERE {{ <{NAMES.base}image/{name}>"
        " ma:publication/dcterms:bibliographicCitation ?text ; dcterms:contributor/rdfs:label ?name }"
    )
    assert found == [(HOSTILE[name].strip(), HOSTILE[name].strip())]


def test_dump_and_store_hold_the_same_text(hostile: Built) -> None:
    predicate = NAMES.expand("schema:creditText")
    dumped = {
        str(quad.object.value)
        for quad in hostile.quads
        if quad.predicate.value == predicate and hasattr(quad.object, "value")
    }
    assert dumped == {text.strip() for text in HOSTILE.values()}


def test_table_of_images_holds_the_same_text(hostile: Built) -> None:
    captions = dict(hostile.images.select("image_id", "caption_en").iter_rows())
    assert captions == {name: text.strip() for name, text in HOSTILE.items()}


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "long"])
def test_hostile_text_in_the_cell_of_a_gene_is_told_as_written(hostile: Built, name: str) -> None:
    # Several values in a cell are told one by one.
    told = [str(problem["value"]) for problem in hostile.named("gene-unknown")]
    assert [part for part in HOSTILE[name].split(";") if part.strip() and part.strip() not in told] == []


def test_hostile_text_does_not_spoil_the_printed_report(run: Run, records: Callable[..., Path]) -> None:
    path = records(
        *({"image_id": f"i-{place}", "gene": text} for place, text in enumerate(HOSTILE.values()) if len(text) < 100)
    )
    printed = run("check", path)
    assert "Traceback" not in printed.stderr
    assert printed.returncode == 3
    for text in (
        "[bold]no[/bold] [/nonsense] [link=x]",
        '"><script>alert(1)</script>',
        "{?value} ${x} %s {0}",
    ):
        assert f"“{text}”" in printed.stdout


def test_identifier_written_as_an_iri_is_an_identifier(run: Run, records: Callable[..., Path]) -> None:
    row = {
        "image_id": "iri-1",
        **COMPLETE,
        "gene": NAMES.expand("HGNC:1052"),
        "disease": NAMES.expand("ORPHA:169186"),
        "muscle": NAMES.expand("UBERON:0001476"),
        "licence": "https://creativecommons.org/licenses/by/4.0/",
    }
    checked = Built(run("check", records(row), "--json"), Path())
    assert checked.report["problems"] == []


def test_file_whose_name_is_not_unicode_is_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "\udce9t\udce9.csv"  # “été” in Latin-1, as older systems write it
    path.write_text(HEADINGS + line("a"), encoding="utf-8")
    checked = run("check", path, "--json")
    assert "Traceback" not in checked.stderr
    assert checked.returncode == 0
