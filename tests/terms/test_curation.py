"""Tables of an institute: what they decide, what is wrong in them, and candidates that are reviewed by editing them."""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from endpoint.terms.known import read_known_terms
from etl.build import build, input_fingerprint
from muscle_atlas.names import Names, default_base
from muscle_atlas.releases import current_release
from muscle_atlas.rooms import EXAMPLES, MAPPINGS
from muscle_atlas.settings import read_settings
from muscle_atlas.terms.curation.integrity import MappingsError, refuse_unusable
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.shelf import Shelf
from tests.conftest import Run

NAMES = Names(default_base())
ME = "orcid:0000-0002-1825-0097"
"""The ORCID of the fictitious Josiah Carberry, which ORCID gives as an example."""
PREFIXES = {
    "HGNC": "http://identifiers.org/hgnc/",
    "HP": "http://purl.obolibrary.org/obo/HP_",
    "orcid": "https://orcid.org/",
    "ORPHA": "http://www.orpha.net/ORDO/Orphanet_",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "UBERON": "http://purl.obolibrary.org/obo/UBERON_",
}
HEADER = [
    "#curie_map:",
    *(f"#  {prefix}: {namespace}" for prefix, namespace in PREFIXES.items()),
    "#mapping_set_id: https://institute.example.org/mappings/words",
    '#mapping_set_title: "Our words"',
    "#license: https://creativecommons.org/licenses/by/4.0/",
    "#subject_type: rdfs literal",
    "#object_source: https://institute.example.org/",
]
COLUMNS = (
    *("subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label", "object_match_field"),
    *("mapping_justification", "author_id", "confidence"),
)
NEMALINE = {"object_id": "ORPHA:607", "object_label": "Nemaline myopathy"}

Table = Callable[..., Path]


def row(word: str, **cells: str) -> dict[str, str]:
    return {
        "subject_label": word,
        "predicate_id": "skos:exactMatch",
        "object_match_field": "skos:altLabel",
        "mapping_justification": "semapv:ManualMappingCuration",
        "author_id": ME,
        **NEMALINE,
        **cells,
    }


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def write_table(
    path: Path, rows: Iterable[dict[str, str]], header: Sequence[str] = HEADER, columns: Sequence[str] = COLUMNS
) -> Path:
    path.parent.mkdir(exist_ok=True)
    lines = [*header, "\t".join(columns), *("\t".join(one.get(key, "") for key in columns) for one in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def table(own: Path) -> Table:
    """Write a table of the institute."""
    return lambda name, *rows, header=HEADER: write_table(own / f"{name}.sssom.tsv", rows, header)


@pytest.fixture
def settings(own: Path, tmp_path: Path) -> dict[str, str]:
    return {"MUSCLE_ATLAS_MAPPINGS": str(own), "MUSCLE_ATLAS_TERMS": str(tmp_path / "no-terms")}


def lexicon(own: Path, words: str = "diseases") -> Lexicon:
    return Lexicon(words, NAMES, "en", Shelf(mappings=Mappings.beside(own)))


def cells(path: Path) -> Iterator[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for line in lines[1:]:
        yield dict(zip(lines[0].split("\t"), line.split("\t"), strict=True))


def edit(path: Path, word: str, identifier: str, **told: str) -> None:
    """Edit one row, as a curator does."""
    header = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    rows = list(cells(path))
    columns = list(dict.fromkeys([*rows[0], *told]))
    for one in rows:
        if (one["subject_label"], one["object_id"]) == (word, identifier):
            one.update(told)
    lines = ["\t".join(columns), *("\t".join(one.get(key, "") for key in columns) for one in rows)]
    path.write_text("\n".join([*header, *lines]) + "\n", encoding="utf-8")


def test_word_of_an_institute_is_known(own: Path, table: Table) -> None:
    table("diseases-ours", row("la maladie du pavillon B"))
    assert lexicon(own).resolve("la maladie du Pavillon B").identifier == "ORPHA:607"


def test_row_without_author_counts_for_nothing(own: Path, table: Table) -> None:
    table("diseases-ours", row("la maladie du pavillon B", author_id=""))
    assert lexicon(own).resolve("la maladie du pavillon B").identifier is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("disbelieved/diseases", {"predicate_modifier": "Not"}),
        ("diseases-ours", {"predicate_modifier": "Not"}),
        ("disbelieved/diseases", {}),
    ],
)
def test_what_an_institute_disbelieves_is_neither_accepted_nor_offered(
    name: str, told: dict[str, str], own: Path, table: Table
) -> None:
    table(name, row("Myopathie à némaline", **told))
    match = lexicon(own).resolve("myopathie a NEMALINE")
    assert match.identifier is None
    assert "ORPHA:607" not in {one.identifier for one in match.candidates}
    assert lexicon(own).resolve("Nemaline myopathy").identifier == "ORPHA:607"


@pytest.mark.parametrize(("name", "told"), [("unsure/diseases", {}), ("diseases-ours", {"confidence": "0"})])
def test_what_an_institute_is_unsure_of_is_the_first_candidate(
    name: str, told: dict[str, str], own: Path, table: Table
) -> None:
    table(name, row("Myopathie à némaline", **told), row("la maladie du pavillon B", **told))
    for word in ("Myopathie à némaline", "la maladie du pavillon B"):
        match = lexicon(own).resolve(word)
        assert match.identifier is None
        assert match.candidates[0].identifier == "ORPHA:607"


def test_word_of_two_meanings_has_the_other_where_one_is_disbelieved(own: Path, table: Table) -> None:
    assert lexicon(own, "genes").resolve("TAZ").outcome == "ambiguous"
    table("disbelieved/genes", row("TAZ", predicate_modifier="Not", object_id="HGNC:24042", object_label="WWTR1"))
    assert lexicon(own, "genes").resolve("TAZ").identifier == "HGNC:11577"


def test_synonym_of_an_installed_release_is_disbelieved(diseases: Path, own: Path, table: Table) -> None:
    shelf = Shelf.of_folder(diseases.parent, Mappings())
    assert Lexicon("diseases", NAMES, "en", shelf).resolve("Marfan syndrome").identifier == "ORPHA:558"
    table("disbelieved/diseases", row("Marfan Syndrome", predicate_modifier="Not", object_id="ORPHA:558"))
    match = Lexicon("diseases", NAMES, "en", Shelf.of_folder(diseases.parent, Mappings.beside(own))).resolve(
        "Marfan syndrome"
    )
    assert match.identifier is None
    assert "ORPHA:558" not in {one.identifier for one in match.candidates}


def test_release_is_built_anew_where_a_table_of_the_institute_has_changed(own: Path, table: Table) -> None:
    settings = replace(read_settings({}), mappings=own, terms=None)
    table("diseases-ours", row("autre chose"))
    before = input_fingerprint([], settings, [])
    table("disbelieved/diseases", row("Myopathie à némaline", predicate_modifier="Not"))
    between = input_fingerprint([], settings, [])
    table("diseases-ours", row("encore autre chose"))
    after = input_fingerprint([], settings, [])
    assert len({before, between, after, input_fingerprint([], read_settings({}), [])}) == 4


def test_a_release_keeps_the_tables_that_it_was_built_with(own: Path, table: Table, tmp_path: Path) -> None:
    table("diseases-ours", row("la maladie des bâtonnets"))
    table("disbelieved/diseases", row("Myopathie à némaline", predicate_modifier="Not"))
    settings = replace(read_settings({}), mappings=own, terms=None)
    assert build([EXAMPLES / "vlm-199.csv"], settings, data=tmp_path / "data").exit_code == 0
    kept = current_release(tmp_path / "data").mappings
    assert sorted(path.relative_to(kept).as_posix() for path in kept.rglob("*.tsv")) == [
        "disbelieved/diseases.sssom.tsv",
        "diseases-ours.sssom.tsv",
    ]
    words = read_known_terms(current_release(tmp_path / "data").folder).lexicon("disease")
    assert words.resolve("la maladie des bâtonnets").identifier == "ORPHA:607"
    assert words.resolve("Myopathie à némaline").identifier is None


def test_words_of_the_institute_are_used_by_a_build(
    run: Run, table: Table, settings: dict[str, str], records: Callable[..., Path]
) -> None:
    table("diseases-ours", row("la maladie du pavillon B"))
    photographs = records(
        {"image_id": "IM-1", "disease": "la maladie du pavillon B"}, {"image_id": "2", "disease": "x"}
    )
    problems = json.loads(run("check", photographs, "--json", **settings).stdout)["problems"]
    assert [problem["row"] for problem in problems if problem["rule"].endswith("/disease-unknown")] == [3]


def test_broken_table_of_an_institute_stops_a_build_and_names_the_place(
    run: Run, table: Table, settings: dict[str, str], records: Callable[..., Path]
) -> None:
    broken = table("diseases-ours", row("la maladie", object_id="Orphanet:607"))
    photographs = records({"image_id": "IM-1"})
    done = run("check", photographs, **settings)
    assert done.returncode == 2
    assert f"{broken}:15: “Orphanet:607” has no prefix of the atlas" in done.stderr
    french = run("check", photographs, **settings, MUSCLE_ATLAS_LANGUAGE="fr")
    assert "n'a pas de préfixe de l'atlas" in french.stderr


def test_broken_table_of_an_institute_is_told_wherever_words_are_resolved(
    run: Run, table: Table, settings: dict[str, str]
) -> None:
    broken = table("diseases-ours", row("la maladie", object_match_field="label"))
    done = run("terms", "resolve", "la maladie", **settings)
    assert done.returncode == 2
    assert f"{broken}:15: object_match_field is “label”" in done.stderr


def test_row_that_nobody_has_decided_stops_no_build(own: Path, table: Table) -> None:
    table("suggested/diseases", row("la maladie", object_id="Orphanet:607", author_id=""))
    refuse_unusable(Mappings.beside(own), NAMES)
    table("suggested/diseases", row("la maladie", object_id="Orphanet:607"))
    with pytest.raises(MappingsError):
        refuse_unusable(Mappings.beside(own), NAMES)


def test_folder_of_tables_that_is_none_is_told(run: Run, tmp_path: Path) -> None:
    done = run("terms", "check", MUSCLE_ATLAS_MAPPINGS=str(tmp_path / "none"))
    assert done.returncode == 2
    assert "MUSCLE_ATLAS_MAPPINGS" in done.stderr


WRONG: dict[str, tuple[str, list[dict[str, str]]]] = {
    "order": ("diseases-ours", [row("b"), row("a", object_id="ORPHA:597", object_label="Central core disease")]),
    "spaces": ("diseases-ours", [row("la  maladie")]),
    "word": ("diseases-ours", [row("")]),
    "predicate": ("diseases-ours", [row("a", predicate_id="skos:closeMatch")]),
    "modifier": ("diseases-ours", [row("a", predicate_modifier="no")]),
    "field": ("diseases-ours", [row("a", object_match_field="label")]),
    "justification": ("diseases-ours", [row("a", mapping_justification="semapv:Guess")]),
    "confidence": ("diseases-ours", [row("a", confidence="0,5")]),
    "prefix": ("diseases-ours", [row("a", object_id="Orphanet:607")]),
    "identifier": ("genes-ours", [row("a", object_id="HGNC:BIN1", object_label="BIN1")]),
    "unknown": ("diseases-ours", [row("a", object_id="ORPHA:99999999", object_label="x")]),
    "label": ("diseases-ours", [row("a", object_label="Némaline")]),
    "author": ("diseases-ours", [row("a", author_id="Dr House")]),
    "elsewhere": ("diseases-ours", [row("a", predicate_modifier="Not")]),
    "not_negated": ("disbelieved/diseases", [row("a")]),
    "not_unsure": ("unsure/diseases", [row("a")]),
    "twice": ("diseases-ours", [row("Nemaline myopathy")]),
    "preferred_twice": (
        "diseases-ours",
        [row("Central core disease", object_match_field="skos:prefLabel")],
    ),
    "broad_of_one": ("diseases-ours", [row("wide", predicate_id="skos:narrowMatch")]),
    "broad_and_exact": (
        "diseases-ours",
        [
            row("Myosite à inclusions", predicate_id="skos:narrowMatch"),
            row(
                "Nemaline myopathy",
                predicate_id="skos:narrowMatch",
                object_id="ORPHA:597",
                object_label="Central core disease",
            ),
            row(
                "Nemaline myopathy",
                predicate_id="skos:narrowMatch",
                object_id="ORPHA:598",
                object_label="Multiminicore myopathy",
            ),
        ],
    ),
}


WRONG_HEADERS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "header_missing": ([line for line in HEADER if "license" not in line], COLUMNS),
    "header": ([*HEADER, "#comment: a: b"], COLUMNS),
    "subject_type": ([line.replace("rdfs literal", "owl class") for line in HEADER], COLUMNS),
    "curie_map": ([line.replace("orpha.net/ORDO", "orpha.net/ordo") for line in HEADER], COLUMNS),
    "curie_map_unknown": ([line.replace("#  HP:", "#  hpo:") for line in HEADER], COLUMNS),
    "curie_map_missing": ([line for line in HEADER if "ORPHA" not in line], COLUMNS),
    "column_missing": (HEADER, COLUMNS[1:]),
    "column_twice": (HEADER, (*COLUMNS, "confidence")),
    "column_unknown": (HEADER, (*COLUMNS, "remark")),
    "author_missing": (HEADER, tuple(column for column in COLUMNS if column != "author_id")),
}
WRONG_FILES = {
    "encoding": "subject_label\té\n".encode("latin-1"),
    "line_ends": b"a\r\nb\r\n",
    "last_line": b"a\nb",
    "cells": b"a\tb\nc\n",
    "columns_none": b"",
}


@pytest.fixture(scope="module")
def told(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What is told of each wrong table, all checked at once: the name of the table, and the rules that it breaks."""
    folder = tmp_path_factory.mktemp("wrong")
    for rule, (name, rows) in WRONG.items():
        part, _, words = name.rpartition("/")
        write_table(folder / part / f"{words}-{rule}.sssom.tsv", rows)
    for rule, (header, columns) in WRONG_HEADERS.items():
        write_table(folder / f"diseases-{rule}.sssom.tsv", [row(rule)], header, columns)
    for rule, content in WRONG_FILES.items():
        (folder / f"diseases-{rule}.sssom.tsv").write_bytes(content)
    settings = {"MUSCLE_ATLAS_MAPPINGS": str(folder), "MUSCLE_ATLAS_TERMS": str(folder / "none")}
    done = run("terms", "check", "--json", **settings)
    assert done.returncode == 1
    found: dict[str, set[str]] = {}
    for flaw in json.loads(done.stdout)["flaws"]:
        assert flaw["message"]
        found.setdefault(Path(flaw["file"]).name.removesuffix(".sssom.tsv").rpartition("-")[2], set()).add(flaw["rule"])
    before = {
        path: path.read_bytes() for path in folder.glob("*.sssom.tsv") if path.name.split("-")[1][:-10] in WRONG_FILES
    }
    assert run("terms", "check", "--fix", **settings).returncode == 1
    assert all(
        path.read_bytes() == content for path, content in before.items() if b"subject_label" in content or not content
    )
    return found


@pytest.mark.parametrize("rule", [*WRONG, *WRONG_HEADERS, *WRONG_FILES])
def test_what_is_wrong_in_a_table_is_told(rule: str, told: dict[str, set[str]]) -> None:
    assert rule in told[rule]


def test_check_names_file_line_and_command_in_both_languages(run: Run, table: Table, settings: dict[str, str]) -> None:
    path = table("diseases-ours", row("a", object_label="Némaline"))
    done = run("terms", "check", **settings)
    line = len(HEADER) + 2
    assert f"{path}:{line}: ORPHA:607 is called “Nemaline myopathy”, not “Némaline”." in done.stdout
    assert f"→ muscle-atlas terms check --fix {path}" in done.stdout
    french = run("terms", "check", **settings, MUSCLE_ATLAS_LANGUAGE="fr")
    assert "ORPHA:607 s'appelle « Nemaline myopathy », non « Némaline »." in french.stdout


def test_fix_sorts_completes_and_changes_nothing_twice(run: Run, table: Table, settings: dict[str, str]) -> None:
    header = [line for line in HEADER if "orcid" not in line]
    path = table("diseases-ours", row("zz  b", object_label=""), row("aa", object_label="?"), header=header)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert run("terms", "check", **settings).returncode == 1
    done = run("terms", "check", "--fix", **settings)
    assert done.returncode == 0, done.stdout
    assert [(one["subject_label"], one["object_label"]) for one in cells(path)] == [
        ("aa", "Nemaline myopathy"),
        ("zz b", "Nemaline myopathy"),
    ]
    mended = path.read_bytes()
    assert b"#  orcid: https://orcid.org/\n" in mended
    assert json.loads(run("terms", "check", "--fix", "--json", **settings).stdout)["mended"] == []
    assert path.read_bytes() == mended


def test_fix_leaves_a_table_alone_that_it_cannot_read_whole(run: Run, table: Table, settings: dict[str, str]) -> None:
    path = table("diseases-ours", row("b"), row("a"))
    path.write_text(path.read_text() + "half a row\n")
    before = path.read_bytes()
    assert run("terms", "check", "--fix", **settings).returncode == 1
    assert path.read_bytes() == before


RECORDS = """image_id,disease,gene,muscle,findings
IM-1,myopatie a nemaline,TAZ,deltoide gauch,
IM-2,Myopatie à némaline,,Duvallière Anne,
IM-3,patient Duvallière,,multifidus,wxyzzy
IM-4,née le 12/05/1995,,deltoid,
"""


@dataclass(frozen=True)
class Suggestions:
    """What was suggested for ``RECORDS``."""

    folder: Path
    printed: dict[str, Any]
    again: Callable[[], Path]
    """Suggests once more; the table of diseases."""

    @property
    def diseases(self) -> Path:
        return self.folder / "suggested" / "diseases.sssom.tsv"


@pytest.fixture(scope="module")
def once(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("suggested")
    (folder / "records.csv").write_text(RECORDS, encoding="utf-8")
    terms = str(folder / "none")
    done = run("terms", "suggest", folder / "records.csv", "--into", folder, "--json", MUSCLE_ATLAS_TERMS=terms)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


@pytest.fixture
def suggested(once: tuple[Path, dict[str, Any]], run: Run, own: Path, settings: dict[str, str]) -> Suggestions:
    shutil.copytree(once[0] / "suggested", own / "suggested")

    def again() -> Path:
        done = run("terms", "suggest", once[0] / "records.csv", **settings)
        assert done.returncode == 0, done.stderr
        return own / "suggested" / "diseases.sssom.tsv"

    return Suggestions(own, once[1], again)


def test_candidates_are_written_with_count_and_place(suggested: Suggestions) -> None:
    found = {
        one["object_id"]: one for one in cells(suggested.diseases) if one["subject_label"] == "myopatie a nemaline"
    }
    best = found["ORPHA:607"]
    assert best["object_label"] == "Nemaline myopathy"
    assert best["mapping_justification"] == "semapv:LexicalSimilarityThresholdMatching"
    assert best["mapping_tool"] == "muscle-atlas"
    assert best["author_id"] == ""
    assert 0.9 < float(best["confidence"]) < 1
    assert best["comment"] == "disease: unknown, cells: 2, first records.csv:2"
    assert max(found.values(), key=lambda one: float(one["confidence"])) == best


def test_suggested_tables_are_sound_and_told_as_undecided(
    suggested: Suggestions, run: Run, settings: dict[str, str]
) -> None:
    path = suggested.diseases
    done = run("terms", "check", "--json", **settings)
    told = json.loads(done.stdout)
    assert done.returncode == 0, told["flaws"]
    assert {"file": str(path), "rows": len(list(cells(path))), "line": 15} in told["undecided"]


def test_what_may_identify_a_person_is_not_written(suggested: Suggestions) -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in (suggested.folder / "suggested").iterdir())
    for text in (written, json.dumps(suggested.printed, ensure_ascii=False)):
        assert "Duvalli" not in text
        assert "1995" not in text
    assert suggested.printed["withheld"] == ["records.csv:3", "records.csv:4", "records.csv:5"]


def test_word_that_nothing_is_like_says_so_and_one_without_term_is_not_offered(
    suggested: Suggestions,
) -> None:
    own = suggested.folder
    (unlike,) = cells(own / "suggested" / "findings.sssom.tsv")
    assert (unlike["subject_label"], unlike["object_id"]) == ("wxyzzy", "sssom:NoTermFound")
    muscles = {one["subject_label"] for one in cells(own / "suggested" / "muscles.sssom.tsv")}
    assert muscles == {"deltoide gauch"}


def test_decision_holds_at_once_and_is_put_where_it_belongs(
    suggested: Suggestions, run: Run, own: Path, settings: dict[str, str]
) -> None:
    path = suggested.diseases
    word = "myopatie a nemaline"
    others = [
        one["object_id"] for one in cells(path) if one["subject_label"] == word and one["object_id"] != "ORPHA:607"
    ]
    edit(path, word, others[0], author_id=ME, predicate_modifier="Not")
    edit(path, word, others[1], author_id=ME, confidence="0")
    match = lexicon(own).resolve(word)
    assert match.candidates[0].identifier == others[1]
    assert others[0] not in {one.identifier for one in match.candidates}
    edit(path, word, "ORPHA:607", author_id=ME)
    assert lexicon(own).resolve(word).identifier == "ORPHA:607"
    done = run("terms", "check", "--fix", **settings)
    assert done.returncode == 0, done.stdout
    (believed,) = cells(own / "diseases-reviewed.sssom.tsv")
    assert (believed["object_id"], believed["author_id"]) == ("ORPHA:607", ME)
    assert believed["mapping_justification"] == "semapv:ManualMappingCuration"
    (denied,) = cells(own / "disbelieved" / "diseases.sssom.tsv")
    assert (denied["object_id"], denied["predicate_modifier"]) == (others[0], "Not")
    (doubted,) = cells(own / "unsure" / "diseases.sssom.tsv")
    assert (doubted["object_id"], doubted["confidence"]) == (others[1], "0")
    assert lexicon(own).resolve(word).identifier == "ORPHA:607"
    assert run("terms", "resolve", word, "--kind", "disease", **settings).returncode == 0


def test_what_was_decided_is_not_offered_again(suggested: Suggestions, run: Run, settings: dict[str, str]) -> None:
    path, word = suggested.diseases, "myopatie a nemaline"
    edit(path, word, "ORPHA:607", author_id=ME, predicate_modifier="Not")
    before = {tuple(sorted(one.items())) for one in cells(path)}
    suggested.again()
    assert before <= {tuple(sorted(one.items())) for one in cells(path)}
    assert [
        one["author_id"] for one in cells(path) if (one["subject_label"], one["object_id"]) == (word, "ORPHA:607")
    ] == [ME]
    assert run("terms", "check", "--fix", **settings).returncode == 0
    suggested.again()
    left = {one["object_id"] for one in cells(path) if one["subject_label"] == word}
    assert left
    assert "ORPHA:607" not in left
    edit(path, word, left.pop(), author_id=ME)
    assert run("terms", "check", "--fix", **settings).returncode == 0
    suggested.again()
    assert word not in ({one["subject_label"] for one in cells(path)} if path.exists() else set())


def test_running_twice_changes_nothing(suggested: Suggestions) -> None:
    folder = suggested.folder / "suggested"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    suggested.again()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


def test_candidates_of_other_records_stay(
    suggested: Suggestions, run: Run, records: Callable[..., Path], settings: dict[str, str]
) -> None:
    path = suggested.diseases
    more = records({"image_id": "IM-9", "disease": "distrophie de Duchene"}, name="more.csv")
    assert run("terms", "suggest", more, **settings).returncode == 0
    assert {"myopatie a nemaline", "distrophie de Duchene"} <= {one["subject_label"] for one in cells(path)}


def test_records_that_cannot_be_read_are_told_and_nothing_is_written(
    run: Run, own: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    done = run("terms", "suggest", tmp_path / "none.csv", **settings)
    assert done.returncode == 2
    assert "none.csv" in done.stdout
    assert not list(own.iterdir())


def test_folder_for_candidates_must_be_given(run: Run, records: Callable[..., Path], tmp_path: Path) -> None:
    photographs = records({"image_id": "IM-1", "disease": "wxyzzy"})
    assert run("terms", "suggest", photographs).returncode == 2
    done = run("terms", "suggest", photographs, "--into", tmp_path / "new", "--terms", tmp_path / "none")
    assert done.returncode == 0
    assert (tmp_path / "new" / "suggested" / "diseases.sssom.tsv").exists()


def test_our_own_tables_can_be_an_institutes(run: Run, own: Path, settings: dict[str, str]) -> None:
    shutil.copy(MAPPINGS / "sides.sssom.tsv", own / "sides.sssom.tsv")
    told = json.loads(run("terms", "check", "--json", **settings).stdout)["flaws"]
    assert {flaw["rule"] for flaw in told} == {"author_missing", "twice"}
