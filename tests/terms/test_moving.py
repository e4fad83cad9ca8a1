"""``terms diff`` on slices made by hand: what changes for an atlas, and what does not."""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from muscle_atlas.terms.slices import Association, Contents, Name, Parent, Reference, Successor, Term
from tests.conftest import Run
from tests.etl.built import write_table
from tests.terms.moving import ROWS, Told, build_atlas, identifiers, labels, put

GERMLINE = "Disease-causing germline mutation(s) in"
SUSCEPTIBILITY = "Major susceptibility factor in"

CORE, CENTRONUCLEAR, STEINERT, RECESSIVE, BARTH = "ORPHA:597", "ORPHA:596", "ORPHA:273", "ORPHA:169186", "ORPHA:111"
NARROWER, OTHER, UNUSED = "ORPHA:589821", "ORPHA:595", "ORPHA:900001"
CONGENITAL, DYSTROPHY, NEW, WITHDRAWN, INSTEAD, TOP = (f"ORPHA:90010{number}" for number in range(6))
RYR1, MTM1, DMPK, BIN1, TAFAZZIN = "HGNC:10483", "HGNC:7448", "HGNC:2933", "HGNC:1052", "HGNC:11577"
MOUSE_MTM1 = "MGI:1099452"


def diseases(version: str) -> Contents:
    """A small Orphanet, the same in both releases."""
    terms = {
        CORE: ("Central core disease", "Myopathie à axe central"),
        CENTRONUCLEAR: ("X-linked centronuclear myopathy", None),
        STEINERT: ("Steinert myotonic dystrophy", "Maladie de Steinert"),
        RECESSIVE: ("Autosomal recessive centronuclear myopathy", None),
        BARTH: ("Barth syndrome", None),
        NARROWER: ("Congenital-onset Steinert myotonic dystrophy", None),
        OTHER: ("Centronuclear myopathy", None),
        UNUSED: ("Disease of no photograph", "Maladie sans photographie"),
        CONGENITAL: ("Congenital myopathy", None),
        DYSTROPHY: ("Muscular dystrophy", None),
        TOP: ("Neuromuscular disease", None),
    }
    return Contents(
        version,
        version,
        terms=[Term(curie, "disease", *both) for curie, both in terms.items()],
        names=[Name(both[0], curie, "label", "en") for curie, both in terms.items()],
        parents=[
            *(Parent(curie, CONGENITAL) for curie in (CORE, CENTRONUCLEAR, RECESSIVE)),
            *(Parent(curie, DYSTROPHY) for curie in (STEINERT, UNUSED)),
            Parent(NARROWER, STEINERT),
            *(Parent(group, TOP) for group in (CONGENITAL, DYSTROPHY)),
        ],
        references=[Reference(CORE, "OMIM:117000"), Reference(STEINERT, "OMIM:160900")],
        associations=[
            Association(RYR1, CORE, GERMLINE, ""),
            Association(MTM1, CENTRONUCLEAR, GERMLINE, ""),
            Association(DMPK, NARROWER, GERMLINE, ""),
        ],
    )


def replaced(contents: Contents, term: Term) -> None:
    contents.terms[:] = [term if one.id == term.id else one for one in contents.terms]


@pytest.fixture(scope="module")
def data(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_atlas(run, tmp_path_factory.mktemp("atlas"))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is installed: an Orphanet, with what it withdraws and renames later."""
    folder = tmp_path_factory.mktemp("before")
    contents = diseases("2027-01-01")
    contents.terms.append(Term(WITHDRAWN, "disease", "Group of before"))
    contents.parents += [Parent(CORE, WITHDRAWN), Parent(WITHDRAWN, TOP)]
    contents.names += [Name("former core word", CORE, "synonym", "en"), Name("shared core word", CORE, "synonym", "en")]
    put(folder, "ordo", contents, ["packets", "french"])
    put(folder, "mondo", mondo("2027-01-01", {"MONDO:0007294": CORE}))
    put(folder, "mgi", mice("2027-01-01", {MOUSE_MTM1: MTM1}))
    put(folder, "fbbi", Contents("2027-01-01", "2027-01-01", terms=[Term("FBbi:00000241", "class", "microscopy")]))
    return folder


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A later Orphanet, MONDO and MGI, in which one thing of each kind is otherwise."""
    folder = tmp_path_factory.mktemp("after")
    contents = diseases("2027-06-01")
    replaced(contents, Term(CORE, "disease", "CENTRAL  core disease", "Myopathie à noyaux centraux"))
    replaced(contents, Term(STEINERT, "disease", "Myotonic dystrophy type 1", "Maladie de Steinert"))
    replaced(contents, Term(CENTRONUCLEAR, "disease", "X-linked centronuclear myopathy", status="withdrawn"))
    replaced(contents, Term(UNUSED, "disease", "Called otherwise, and used by nobody"))
    replaced(contents, Term(CONGENITAL, "disease", "Myopathy of birth"))
    contents.terms.append(Term(WITHDRAWN, "disease", "Group of before", status="withdrawn"))
    contents.terms += [Term(INSTEAD, "disease", "Group of today"), Term(NEW, "disease", "New group")]
    contents.successors += [Successor(CENTRONUCLEAR, OTHER, "moved"), Successor(WITHDRAWN, INSTEAD, "merged")]
    contents.parents[:] = [parent for parent in contents.parents if parent.term not in (STEINERT, CENTRONUCLEAR)]
    contents.parents += [Parent(STEINERT, NEW), Parent(NEW, TOP), Parent(CORE, INSTEAD), Parent(INSTEAD, TOP)]
    contents.names.append(Name("shared core word", OTHER, "synonym", "en"))
    contents.names.append(Name("shared core word", CORE, "synonym", "en"))
    contents.references[:] = [Reference(CORE, "OMIM:117001"), Reference(STEINERT, "OMIM:160900")]
    contents.associations[:] = [
        Association(RYR1, CORE, SUSCEPTIBILITY, ""),
        Association(BIN1, RECESSIVE, GERMLINE, ""),
    ]
    put(folder, "ordo", contents, ["packets"])
    put(folder, "mondo", mondo("2027-06-01", {"MONDO:0000001": CORE}))
    put(folder, "mgi", mice("2027-06-01", {"MGI:2": MTM1}))
    return folder


def mondo(version: str, same: dict[str, str]) -> Contents:
    return Contents(
        version,
        version,
        terms=[Term(curie, "disease", f"{curie} of MONDO") for curie in same],
        references=[Reference(curie, other) for curie, other in same.items()],
    )


def mice(version: str, orthologues: dict[str, str]) -> Contents:
    return Contents(
        version,
        version,
        terms=[Term(curie, "gene", "Mtm1") for curie in orthologues],
        references=[Reference(curie, gene, "orthologue") for curie, gene in orthologues.items()],
    )


@pytest.fixture(scope="module")
def folders(before: Path, after: Path) -> tuple[Path, Path]:
    return before, after


@pytest.fixture(scope="module")
def told(run: Run, data: Path, before: Path, after: Path) -> Told:
    return Told(run("terms", "diff", "--from", after, "--terms", before, "--data", data, "--json"))


def test_something_that_changes_meaning_is_told_by_the_exit_code(told: Told) -> None:
    assert told.done.returncode == 1, told.done.stderr


def test_versions_are_told_and_what_is_not_compared(told: Told) -> None:
    assert told.answer["vocabularies"] == [
        {"name": "ordo", "before": "2027-01-01", "after": "2027-06-01", "installed": True, "lost": ["french"]},
        {"name": "mondo", "before": "2027-01-01", "after": "2027-06-01", "installed": True, "lost": []},
        {"name": "mgi", "before": "2027-01-01", "after": "2027-06-01", "installed": True, "lost": []},
    ]
    assert told.answer["left"] == ["fbbi"]


def test_withdrawn_term_is_told_with_its_successor_and_its_photographs(told: Told) -> None:
    change = told.change("withdrawn", CENTRONUCLEAR)
    assert identifiers(change["after"]) == [OTHER]
    assert change["about"] == "moved"
    assert (change["photographs"], change["images"]) == (2, ["IM-3", "IM-4"])


def test_of_a_withdrawn_term_nothing_else_is_told(told: Told) -> None:
    of_term = [change for change in told.answer["changes"] if change["term"]["identifier"] == CENTRONUCLEAR]
    assert [change["change"] for change in of_term] == ["withdrawn"]


def test_merged_group_is_told_with_the_photographs_below_it(told: Told) -> None:
    change = told.change("merged", WITHDRAWN)
    assert change["group"]
    assert identifiers(change["after"]) == [INSTEAD]
    assert change["images"] == ["IM-1", "IM-2"]


def test_label_that_changes_is_told_in_its_language(told: Told) -> None:
    change = told.change("relabelled", STEINERT)
    assert change["about"] == "en"
    assert labels(change["before"] + change["after"]) == ["Steinert myotonic dystrophy", "Myotonic dystrophy type 1"]
    change = told.change("relabelled", CORE)
    assert change["about"] == "fr"
    assert labels(change["before"] + change["after"]) == ["Myopathie à axe central", "Myopathie à noyaux centraux"]


def test_label_of_a_group_above_is_told(told: Told) -> None:
    change = told.change("relabelled", CONGENITAL)
    assert change["group"]
    assert change["images"] == ["IM-1", "IM-2", "IM-3", "IM-4", "IM-6"]


def test_capitals_and_spaces_do_not_change_a_meaning(told: Told) -> None:
    assert "en" not in {change["about"] for change in told.changes("relabelled", CORE)}


def test_term_that_no_photograph_uses_is_not_told(told: Told) -> None:
    assert UNUSED not in {change["term"]["identifier"] for change in told.answer["changes"]}


def test_group_that_is_left_and_group_that_is_joined_are_told(told: Told) -> None:
    change = told.change("re-parented", STEINERT)
    assert identifiers(change["before"]) == [DYSTROPHY]
    assert identifiers(change["after"]) == [NEW]
    assert change["images"] == ["IM-5"]


def test_group_that_stands_for_a_merged_one_is_not_told_once_more(told: Told) -> None:
    assert told.changes("re-parented", CORE) == []


def test_association_of_another_kind_is_told(told: Told) -> None:
    change = told.change("association", CORE)
    assert change["gene"]["identifier"] == RYR1
    assert labels(change["before"]) == [GERMLINE]
    assert labels(change["after"]) == [SUSCEPTIBILITY]


def test_association_that_is_gained_is_told(told: Told) -> None:
    change = told.change("association", RECESSIVE)
    assert change["before"] == []
    assert labels(change["after"]) == [GERMLINE]
    assert change["images"] == ["IM-6"]


def test_association_that_a_narrower_disease_loses_is_told(told: Told) -> None:
    change = told.change("association", STEINERT)
    assert change["gene"]["identifier"] == DMPK
    assert identifiers(change["before"]) == [NARROWER]
    assert change["after"] == []


def test_pair_that_never_had_an_association_is_not_told(told: Told) -> None:
    assert told.changes("association", BARTH) == []


def test_identifier_elsewhere_that_changes_is_told(told: Told) -> None:
    omim, of_mondo = told.changes("reference", CORE)
    assert (identifiers(omim["before"]), identifiers(omim["after"])) == (["OMIM:117000"], ["OMIM:117001"])
    assert of_mondo["vocabulary"] == "mondo"
    assert (identifiers(of_mondo["before"]), identifiers(of_mondo["after"])) == (["MONDO:0007294"], ["MONDO:0000001"])


def test_orthologue_that_changes_touches_photographs_of_mice_only(told: Told) -> None:
    change = told.change("reference", MTM1)
    assert identifiers(change["before"] + change["after"]) == [MOUSE_MTM1, "MGI:2"]
    assert change["images"] == ["IM-4"]


def test_word_that_is_understood_no_longer_is_told(told: Told) -> None:
    (change,) = [change for change in told.changes("word", CORE) if change["about"] == "former core word"]
    assert identifiers(change["before"]) == [CORE]
    assert change["after"] == []


def test_word_that_becomes_ambiguous_is_told_with_what_it_stands_for(told: Told) -> None:
    (change,) = [change for change in told.changes("word", CORE) if change["about"] == "shared core word"]
    assert identifiers(change["after"]) == [OTHER, CORE]


def test_photographs_are_counted_once(told: Told) -> None:
    assert (told.answer["photographs"], told.answer["touched"]) == (7, 6)


def test_the_same_releases_change_nothing(run: Run, data: Path, before: Path) -> None:
    done = run("terms", "diff", "--from", before, "--terms", before, "--data", data)
    assert done.returncode == 0, done.stdout
    assert "nothing changes meaning" in done.stdout
    assert "Changes of meaning: 0. Photographs that they touch: 0 of 7." in done.stdout


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            (
                "ordo: 2027-01-01 → 2027-06-01",
                "a file “french”, which is missing now",
                "withdrawn (1)",
                "ORPHA:596 X-linked centronuclear myopathy: → ORPHA:595 Centronuclear myopathy (moved)",
                "photographs: 2 (IM-3, IM-4)",
                "ORPHA:273 Steinert myotonic dystrophy: leaves ORPHA:900101 Muscular dystrophy; joins",
                "ORPHA:597 Central core disease – HGNC:10483 RYR1: Disease-causing germline mutation(s) in → Major",
                "“former core word”: ORPHA:597 Central core disease → nothing",
                "(ambiguous, not accepted)",
                "Not in the folder, and not compared: fbbi.",
                "Photographs that they touch: 6 of 7.",
            ),
        ),
        (
            "fr",
            (
                "retiré (1)",
                "ORPHA:597 (fr) : Myopathie à axe central → Myopathie à noyaux centraux",
                "photographies : 2 (IM-3, IM-4)",
                "quitte ORPHA:900101 Muscular dystrophy ; rejoint",
                "« former core word » : ORPHA:597 Myopathie à axe central → rien",
                "Pas dans le dossier, et pas comparés : fbbi.",
                "Photographies touchées : 6 sur 7.",
            ),
        ),
    ],
)
def test_changes_are_told_in_both_languages(
    language: str, lines: tuple[str, ...], run: Run, data: Path, folders: tuple[Path, Path]
) -> None:
    before, after = folders
    done = run("terms", "diff", "--from", after, "--terms", before, "--data", data, MUSCLE_ATLAS_LANGUAGE=language)
    assert [line for line in lines if line not in done.stdout] == [], done.stdout


@pytest.fixture
def words(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Two releases of HGNC, of which the later gives a symbol to another gene, too."""
    genes = {RYR1: "RYR1", MTM1: "MTM1", DMPK: "DMPK", BIN1: "BIN1", TAFAZZIN: "TAZ"}
    contents = Contents("2099-01-01", "2099-01-01", terms=[Term(gene, "gene", name) for gene, name in genes.items()])
    contents.names += [Name(name, gene, "label") for gene, name in genes.items()]
    put(tmp_path / "old", "hgnc", contents)
    replaced(contents, Term(TAFAZZIN, "gene", "TAFAZZIN"))
    contents.version = contents.date = "2099-02-01"
    contents.terms += [Term("HGNC:24042", "gene", "WWTR1")]
    contents.names[-1:] = [Name("TAFAZZIN", TAFAZZIN, "label"), Name("TAZ", TAFAZZIN, "previous")]
    contents.names += [Name("TAZ", "HGNC:24042", "alias"), Name("former core word", RYR1, "alias")]
    put(tmp_path / "new", "hgnc", contents)
    yield tmp_path / "old", tmp_path / "new"


def test_words_of_records_are_those_that_are_compared(words: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    rows = [*ROWS[:1], {**ROWS[6], "gene": "TAZ"}, {**ROWS[6], "image_id": "IM-8", "gene": "HGNC:11577"}]
    records = write_table(tmp_path / "records.csv", rows)
    old, new = words
    told = Told(run("terms", "diff", records, "--from", new, "--terms", old, "--json"))
    change = told.change("word", TAFAZZIN)
    assert change["about"] == "TAZ"
    assert identifiers(change["after"]) == [TAFAZZIN, "HGNC:24042"]
    assert change["images"] == ["IM-7"]
    assert told.change("relabelled", TAFAZZIN)["images"] == ["IM-7", "IM-8"]


def test_term_that_a_release_leaves_out_is_told_with_what_bears_its_name(
    words: tuple[Path, Path], run: Run, data: Path, tmp_path: Path
) -> None:
    old, _ = words
    contents = Contents("2099-02-01", "2099-02-01", terms=[Term("HGNC:1", "gene", "OTHER1")])
    contents.names.append(Name("DMPK", "HGNC:1", "previous"))
    put(tmp_path / "less", "hgnc", contents)
    told = Told(run("terms", "diff", "--from", tmp_path / "less", "--terms", old, "--data", data, "--json"))
    change = told.change("withdrawn", DMPK)
    assert change["about"] == "absent"
    assert identifiers(change["after"]) == ["HGNC:1"]
    assert told.change("withdrawn", RYR1)["after"] == []


def test_rows_that_are_left_out_are_counted(words: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    records = write_table(tmp_path / "records.csv", [*ROWS[:1], {**ROWS[1], "gene": "NOGENE"}])
    old, _ = words
    done = run("terms", "diff", records, "--from", old, "--terms", old)
    assert done.returncode == 0
    assert "not looked at: 1" in done.stderr
    assert "0 of 1" in done.stdout


class TestBadInput:
    """Whatever cannot be read ends the command with 2, one line that names it, and no comparison."""

    def refused(self, run: Run, *arguments: str | Path, **settings: str) -> str:
        done = run("terms", "diff", *arguments, **settings)
        assert done.returncode == 2, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
        return done.stderr

    def test_folder_without_a_known_file_is_refused(self, run: Run, data: Path, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("nothing")
        told = self.refused(run, "--from", tmp_path, "--terms", tmp_path, "--data", data, MUSCLE_ATLAS_LANGUAGE="fr")
        assert "ne contient aucune version connue" in told

    def test_folder_that_is_not_there_is_refused(self, run: Run, data: Path, tmp_path: Path) -> None:
        assert "does not exist" in self.refused(run, "--from", tmp_path / "nowhere", "--data", data)
        assert "--from" in self.refused(run, "--data", data)
        told = self.refused(run, "--from", tmp_path, "--terms", tmp_path / "nowhere", "--data", data)
        assert "there is no such folder" in told

    def test_slices_of_an_unknown_vocabulary_are_refused(
        self, run: Run, data: Path, before: Path, tmp_path: Path
    ) -> None:
        put(tmp_path, "other", Contents("1", "1", terms=[Term("HGNC:1", "gene", "A")]))
        told = self.refused(run, "--from", tmp_path, "--terms", before, "--data", data)
        assert "slices of no vocabulary that is known" in told

    def test_broken_release_is_refused(self, run: Run, data: Path, before: Path, tmp_path: Path) -> None:
        broken = tmp_path / "hgnc_complete_set_2030-01.txt.gz"
        broken.write_bytes(gzip.compress(b"hgnc_id\tsymbol\n" * 500_000)[:-20])
        assert broken.name in self.refused(run, "--from", tmp_path, "--terms", before, "--data", data)

    def test_release_without_a_needed_part_is_refused(self, run: Run, data: Path, before: Path, tmp_path: Path) -> None:
        (tmp_path / "mondo_exactmatch_omim.sssom.tsv").write_text("subject_id\n" * 20_000)
        told = self.refused(run, "--from", tmp_path, "--terms", before, "--data", data)
        assert "“orphanet” of mondo is missing" in told

    def test_broken_slice_is_refused(self, run: Run, data: Path, before: Path, tmp_path: Path) -> None:
        (tmp_path / "hgnc.sqlite").write_bytes(b"")
        assert "hgnc.sqlite" in self.refused(run, "--from", tmp_path, "--terms", before, "--data", data)
        (tmp_path / "hgnc.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 100)
        assert "hgnc.sqlite" in self.refused(run, "--from", before, "--terms", tmp_path, "--data", data)

    def test_data_without_a_release_is_refused(self, run: Run, before: Path, tmp_path: Path) -> None:
        assert "holds no release" in self.refused(run, "--from", before, "--terms", before, "--data", tmp_path)

    def test_broken_table_of_images_is_refused(self, run: Run, data: Path, before: Path, tmp_path: Path) -> None:
        copy = shutil.copytree(data, tmp_path / "data", symlinks=True)
        table = next(copy.glob("releases/*/images.parquet"))
        table.write_bytes(table.read_bytes()[:-100])
        assert "images.parquet" in self.refused(run, "--from", before, "--terms", before, "--data", copy)

    def test_records_that_are_no_table_are_refused(self, run: Run, before: Path, tmp_path: Path) -> None:
        told = self.refused(run, tmp_path / "absent.csv", "--from", before, "--terms", before)
        assert "absent.csv" in told
