"""``terms resolve``: what it prints, in which language, and with which exit code."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.terms.small import write_all


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_all(tmp_path_factory.mktemp("small"))


def test_json_is_a_list_in_the_order_asked(run: Run, terms: Path) -> None:
    words = ["SEPN1", "twice", "myopathie à némaline", "SELENNO"]
    done = run("terms", "resolve", *words, "--terms", terms, "--json")
    told = json.loads(done.stdout)
    assert [one["word"] for one in told] == words
    assert [list(one) for one in told] == [["word", "kind", "identifier", "label", "match", "candidates"]] * 4
    assert told[0] == {
        "word": "SEPN1",
        "kind": "gene",
        "identifier": "HGNC:15999",
        "label": "SELENON",
        "match": "previous",
        "candidates": [],
    }
    assert [one["identifier"] for one in told] == ["HGNC:15999", None, "ORPHA:607", None]
    assert told[1]["candidates"] == [
        {"identifier": "HGNC:90001", "label": "AAA1", "score": 100.0},
        {"identifier": "HGNC:90002", "label": "BBB2", "score": 100.0},
    ]
    assert told[3]["candidates"][0]["identifier"] == "HGNC:15999"
    assert 0 < told[3]["candidates"][0]["score"] < 100
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("words", "code"),
    [(("SEPN1",), 0), (("SEPN1", "nothing at all"), 1), ((), 2), (("SEPN1", "--kind", "protein"), 2)],
)
def test_the_exit_code_tells_whether_every_word_is_accepted(
    run: Run, terms: Path, words: tuple[str, ...], code: int
) -> None:
    assert run("terms", "resolve", *words, MUSCLE_ATLAS_TERMS=str(terms)).returncode == code


@pytest.mark.parametrize(
    ("kind", "identifier"),
    [("gene", "HGNC:2928"), ("disease", "ORPHA:98896"), ("stain", "stain:anti-DMD"), ("muscle", None)],
)
def test_a_word_is_looked_up_among_the_kind_that_is_asked_for(run: Run, kind: str, identifier: str | None) -> None:
    done = run("terms", "resolve", "DMD", "--kind", kind, "--json")
    (told,) = json.loads(done.stdout)
    assert (told["kind"], told["identifier"]) == (kind, identifier)


def test_people_are_told_by_which_name_of_which_source_a_word_is_accepted(run: Run, terms: Path) -> None:
    told = run("terms", "resolve", "SEPN1", "jumeau interne", "HGNC:480", "--terms", terms).stdout
    assert "SEPN1 → SELENON (HGNC:15999), gene" in told
    assert "former name “SEPN1” · HGNC 2030-01-01" in told
    assert "muscles-french-older.sssom.tsv" in told
    assert "AN (HGNC:480)" in told


def test_people_are_told_in_french(run: Run, terms: Path) -> None:
    told = run("terms", "resolve", "ORPHA:607", "[x]", "--terms", terms, MUSCLE_ATLAS_LANGUAGE="fr").stdout
    assert "Myopathie à némaline (ORPHA:607), maladie" in told
    assert "[x] n'est pas accepté" in told


def test_words_come_from_standard_input(command: list[str], terms: Path) -> None:
    done = subprocess.run(
        [*command, "terms", "resolve", "-", "RYR1", "--terms", str(terms), "--json"],
        input="\ufeffSEPN1\n\n  deltoid \r\n",
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, "LANG": "C"},
    )
    assert [one["identifier"] for one in json.loads(done.stdout)] == ["HGNC:15999", "UBERON:0001476", "HGNC:10483"]
    assert done.returncode == 0


def test_input_that_is_no_utf8_is_told(command: list[str]) -> None:
    done = subprocess.run(
        [*command, "terms", "resolve", "-"], input=b"d\xe9sol\xe9", capture_output=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"UTF-8" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("verb", [("terms", "resolve", "RYR1"), ("check", "records.csv")])
def test_a_broken_slice_is_told_with_its_mend(run: Run, tmp_path: Path, verb: tuple[str, ...]) -> None:
    (tmp_path / "hgnc.sqlite").write_bytes(b"no slice")
    done = run(*verb, MUSCLE_ATLAS_TERMS=str(tmp_path))
    assert done.returncode == 2
    assert "hgnc.sqlite" in done.stderr
    assert "muscle-atlas terms update" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    done = run("terms", "resolve", "RYR1", "--terms", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
