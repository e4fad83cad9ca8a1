"""The command line: what its verbs print, where, in which language, and with which exit code."""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import zstandard

from muscle_atlas.releases import current_release, list_releases
from muscle_atlas.settings import read_settings
from tests.conftest import Run

Done = subprocess.CompletedProcess[str]

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "vlm-199.csv"
VERBS = (
    ("demo",),
    ("build",),
    ("check",),
    ("validate",),
    ("serve",),
    ("releases", "list"),
    ("releases", "rollback"),
    ("terms", "update"),
    ("terms", "status"),
    ("terms", "resolve"),
    ("terms", "suggest"),
    ("terms", "check"),
    ("generate",),
)
BASE = "https://atlas.example.org/muscle/"

GOOD = "good,human,F,14,deltoid,HE,light microscopy,BIN1,NM_139343.3:c.461G>A,ORPHA:169186,CC BY 4.0\n"
TABLES = {
    "good.csv": GOOD,
    "warned.csv": GOOD.replace("HE", ""),
    "mixed.csv": GOOD + GOOD.replace("BIN1", "BIN11").replace("good", "bad"),
    "bad.csv": GOOD.replace("BIN1", "BIN11"),
    "headings.csv": "",
}
HEADINGS = "image_id,species,sex,age,muscle,stain,technique,gene,variants,disease,licence\n"


@dataclass(frozen=True)
class Call:
    """One call of the command: arguments, in which ``{}`` stands for the folder of the test, and settings."""

    arguments: tuple[str | Path, ...]
    settings: Mapping[str, str] = field(default_factory=dict)


def call(*arguments: str | Path, **settings: str) -> Call:
    return Call(arguments, settings)


BAD_BASES = (
    "",
    "atlas",
    "https://example.org/atlas",
    "ftp://example.org/atlas/",
    "https:///atlas/",
    "https://exa mple.org/",
    "http://[x/",
    "https://example.org/<a>/",
    'https://example.org/a"b/',
    "https://example.org/{a}/",
    "https://example.org/#/",
)

CALLS = {
    **{f"help {' '.join(verb)}": call(*verb, "--help") for verb in VERBS},
    "help": call("--help"),
    "version": call("--version"),
    # Verbs
    "build": call("build", EXAMPLE, "--data", "{}/example", "--json"),
    "build in words": call("build", "{}/mixed.csv", "--data", "{}/mixed"),
    "check mixed": call("check", "{}/mixed.csv", "--json"),
    "check headings": call("check", "{}/headings.csv", "--json"),
    "check absent": call("check", "{}/absent.csv", "--json"),
    # --fail-on
    "never mixed": call("check", "{}/mixed.csv", "--fail-on", "never", "--json"),
    "never bad": call("check", "{}/bad.csv", "--fail-on", "never", "--json"),
    "warning warned": call("build", "{}/warned.csv", "--fail-on", "warning", "--json", "--data", "{}/unwritten"),
    # Languages
    "French by setting": call("check", "{}/mixed.csv", "--json", MUSCLE_ATLAS_LANGUAGE="fr"),
    "French by LANG": call("check", "{}/mixed.csv", LANG="fr_FR.UTF-8"),
    "old terminal": call("check", "{}/mixed.csv", PYTHONIOENCODING="ascii"),
    # Bases
    "base": call(
        *("build", "{}/good.csv", "--data", "{}/base", "--json", "--fail-on", "warning"),
        MUSCLE_ATLAS_BASE=BASE,
    ),
    **{f"base {base}": call("check", "{}/good.csv", MUSCLE_ATLAS_BASE=base) for base in BAD_BASES},
    # Wrong usage
    "no verb": call(),
    "unknown verb": call("frobnicate"),
    "no records": call("build"),
    "unknown option": call("check", "{}/good.csv", "--frobnicate"),
    "unknown choice": call("check", "{}/good.csv", "--fail-on", "sometimes", "--json"),
    "no releases verb": call("releases"),
    "port": call("serve", "--port", "70000", "--data", "{}/none"),
    # Places
    "file as data": call("build", "{}/good.csv", "--data", "{}/headings.csv", "--json"),
    "data below a file": call("build", "{}/good.csv", "--data", "{}/headings.csv/data", "--json"),
    "list nothing": call("releases", "list", "--data", "{}/none"),
    "serve nothing": call("serve", "--data", "{}/none", "--port", "0"),
    "demo": call("demo", "--no-serve", "--synthetic", "40", "--data", "{}/demo"),
}

AFTER = {
    "demo again": call("demo", "--no-serve", "--synthetic", "40", "--data", "{}/demo"),
    "list": call("releases", "list", "--data", "{}/example"),
    "list json": call("releases", "list", "--data", "{}/example", "--json"),
    "list by setting": call("releases", "list", "--json", MUSCLE_ATLAS_DATA="{}/example"),
    "roll back the only one": call("releases", "rollback", "--data", "{}/example"),
}
"""Calls that need what those above have built."""


@dataclass(frozen=True)
class Calls:
    """What every call came to."""

    folder: Path
    done: dict[str, Done]

    def __getitem__(self, name: str) -> Done:
        return self.done[name]

    def json(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self[name].stdout)
        return content


@pytest.fixture(scope="session")
def calls(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Calls:
    folder = tmp_path_factory.mktemp("command")
    for name, rows in TABLES.items():
        (folder / name).write_text(HEADINGS + rows, encoding="utf-8")

    def at_place(text: str | Path) -> str:
        return str(text).replace("{}", str(folder))

    def make(given: Call) -> Done:
        return run(*map(at_place, given.arguments), **{key: at_place(text) for key, text in given.settings.items()})

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = dict(zip(CALLS, pool.map(make, CALLS.values()), strict=True))
        done |= dict(zip(AFTER, pool.map(make, AFTER.values()), strict=True))
    return Calls(folder, done)


# Everywhere


@pytest.mark.parametrize("name", [*CALLS, *AFTER])
def test_there_is_never_a_traceback(calls: Calls, name: str) -> None:
    assert "Traceback" not in calls[name].stderr


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("build", 0),
        ("build in words", 1),
        ("check mixed", 1),
        ("check headings", 3),
        ("check absent", 2),
        ("never mixed", 0),
        ("never bad", 3),
        ("base", 0),
        ("warning warned", 3),
        ("demo", 0),
        ("demo again", 0),
        ("list", 0),
        ("help", 0),
        ("version", 0),
        ("no verb", 2),
        ("unknown verb", 2),
        ("no records", 2),
        ("unknown option", 2),
        ("unknown choice", 2),
        ("no releases verb", 2),
        ("port", 2),
        ("file as data", 2),
        ("data below a file", 2),
        ("list nothing", 2),
        ("roll back the only one", 2),
        ("serve nothing", 2),
        *((f"base {base}", 2) for base in BAD_BASES),
    ],
)
def test_exit_code_is_the_one_agreed(calls: Calls, name: str, code: int) -> None:
    assert calls[name].returncode == code, calls[name].stderr


@pytest.mark.parametrize(
    "name",
    [
        "unknown verb",
        "no records",
        "unknown option",
        "unknown choice",
        "port",
        "file as data",
        "data below a file",
        "list nothing",
        "serve nothing",
    ],
)
def test_wrong_usage_is_told_on_standard_error_and_prints_nothing(calls: Calls, name: str) -> None:
    assert calls[name].stdout == ""
    assert calls[name].stderr.strip()


# Help


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_help_of_each_verb_has_an_example_of_that_verb(calls: Calls, verb: tuple[str, ...]) -> None:
    shown = calls[f"help {' '.join(verb)}"]
    assert shown.returncode == 0
    _, _, example = shown.stdout.partition("Example:")
    assert f"muscle-atlas {' '.join(verb)}" in example


def test_help_lists_every_verb(calls: Calls) -> None:
    _, _, listed = calls["help"].stdout.partition("Commands:\n")
    assert set(re.findall(r"^  (\w+)", listed, re.MULTILINE)) == {verb[0] for verb in VERBS}


# JSON


REPORTS = [
    *("build", "check mixed", "check headings", "check absent", "never mixed", "never bad"),
    *("warning warned", "French by setting", "base"),
]


@pytest.mark.parametrize("name", REPORTS)
def test_json_is_one_object_with_every_key_and_nothing_else_is_printed(calls: Calls, name: str) -> None:
    report = calls.json(name)
    assert calls[name].stdout.count("\n") == 1
    assert calls[name].stderr == ""
    assert set(report) == {"release", "images", "rejected", "privacy", "problems", "seconds", "summary"}
    assert set(report["seconds"]) == {"read", "resolve", "describe", "validate", "load", "total"}
    assert isinstance(report["images"], int)
    assert isinstance(report["rejected"], int)
    keys = {"file", "row", "column", "value", "rule", "severity", "message", "suggestion"}
    keys |= {"focus", "corrections", "cause"}
    for problem in report["problems"]:
        assert set(problem) == keys
        assert problem["severity"] in ("violation", "warning", "info")
        assert problem["rule"].rpartition("/")[0].endswith("rule")
        assert problem["message"]


@pytest.mark.parametrize("name", ["build", "base"])
def test_build_that_publishes_names_its_release(calls: Calls, name: str) -> None:
    assert calls.json(name)["release"]
    assert all(seconds is not None for seconds in calls.json(name)["seconds"].values())


@pytest.mark.parametrize("name", ["check mixed", "check headings", "check absent", "never bad", "warning warned"])
def test_what_publishes_nothing_names_no_release(calls: Calls, name: str) -> None:
    assert calls.json(name)["release"] is None


def test_check_tells_what_build_tells(calls: Calls) -> None:
    assert (calls.json("check mixed")["images"], calls.json("check mixed")["rejected"]) == (1, 1)
    [problem] = calls.json("check mixed")["problems"]
    assert (problem["row"], problem["column"], problem["value"]) == (3, "gene", "BIN11")
    assert "BIN11" in calls["build in words"].stdout
    assert problem["message"] in calls["build in words"].stdout
    assert problem["suggestion"] in calls["build in words"].stdout


def test_check_writes_nothing(calls: Calls) -> None:
    written = {path.name for path in calls.folder.iterdir()}
    assert written == {*TABLES, "example", "mixed", "base", "demo", "unwritten"}


def test_warnings_that_fail_publish_nothing(calls: Calls) -> None:
    assert not (calls.folder / "unwritten" / "current").exists()
    assert list_releases(calls.folder / "unwritten") == []


def test_report_in_words_is_plain_in_a_pipe(calls: Calls) -> None:
    assert "\x1b" not in calls["build in words"].stdout
    assert calls["build in words"].stderr == ""


# Languages


def test_messages_are_french_where_french_is_asked_for(calls: Calls) -> None:
    [problem] = calls.json("French by setting")["problems"]
    assert problem["message"] == "Aucun gène ne s'appelle « BIN11 » ; la ligne est écartée."
    assert problem["suggestion"].startswith("Vouliez-vous dire : BIN1")
    assert problem["message"] in calls["French by LANG"].stdout
    assert problem["suggestion"] in calls["French by LANG"].stdout


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": ""}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "MUSCLE_ATLAS_LANGUAGE": "en"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "MUSCLE_ATLAS_LANGUAGE": "fr"}, "fr"),
    ],
)
def test_language_is_that_of_the_setting_else_of_the_locale(environment: dict[str, str], language: str) -> None:
    assert read_settings(environment).language == language


def test_values_stand_between_the_quotation_marks_of_the_language(calls: Calls) -> None:
    assert "“" not in calls["French by LANG"].stdout
    assert " « " in calls["French by LANG"].stdout
    assert " “" in calls["build in words"].stdout


def test_report_in_words_is_french_all_through(calls: Calls) -> None:
    printed = calls["French by LANG"].stdout
    assert "Aucun gène ne s'appelle « BIN11 »" in printed
    assert [word for word in ("photograph taken", "left out", "row ") if word in printed] == []


# Bases


def test_base_changes_every_iri_that_is_minted(calls: Calls) -> None:
    release = current_release(calls.folder / "base")
    with release.graph.open("rb") as file:
        dump = zstandard.ZstdDecompressor().stream_reader(file).read().decode()
    assert "w3id.org/muscle-atlas" not in dump
    for kind in (
        "image/good",
        "specimen/of.good",
        "individual/of.good",
        "diagnosis/of.good",
        "ontology#Image",
        "graph/atlas",
        "rule/gene-unknown",
        "stain/HE",
        "family/congenital-myopathies",
    ):
        assert f"<{BASE}{kind}>" in dump
    assert "w3id.org/muscle-atlas" not in release.metadata.read_text(encoding="utf-8")
    assert release.read_report()["base"] == BASE


def test_base_changes_nothing_else(calls: Calls) -> None:
    assert calls.json("base")["problems"] == []
    assert calls.json("base")["images"] == 1


@pytest.mark.parametrize("base", BAD_BASES)
def test_base_that_cannot_be_used_is_told_by_the_name_of_its_setting(calls: Calls, base: str) -> None:
    assert "MUSCLE_ATLAS_BASE" in calls[f"base {base}"].stderr
    assert calls[f"base {base}"].stdout == ""


# Places


@pytest.mark.parametrize("name", ["file as data", "data below a file"])
def test_place_that_cannot_be_written_is_named(calls: Calls, name: str) -> None:
    assert "headings.csv" in calls[name].stderr


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Path]:
    """A folder that may not be written; for the superuser, one that nobody can make."""
    if os.geteuid() == 0:
        yield Path("/proc/atlas")
        return
    folder = tmp_path / "sealed"
    folder.mkdir(mode=0o555)
    yield folder
    folder.chmod(0o755)


def test_folder_that_may_not_be_written_is_told(run: Run, sealed: Path) -> None:
    told = run("build", EXAMPLE, "--data", sealed, "--json")
    assert told.returncode == 2
    assert str(sealed) in told.stderr
    assert "Traceback" not in told.stderr
    assert told.stdout == ""


# Demo, releases


def test_demo_builds_the_example_once(calls: Calls) -> None:
    assert current_release(calls.folder / "demo").read_report()["images"] == 43
    assert len(list_releases(calls.folder / "demo")) == 1


def test_demo_builds_again_where_the_base_is_another(run: Run, calls: Calls) -> None:
    again = run("demo", "--no-serve", "--synthetic", "40", "--data", calls.folder / "demo", MUSCLE_ATLAS_BASE=BASE)
    assert again.returncode == 0
    assert current_release(calls.folder / "demo").read_report()["base"] == BASE


def test_list_names_release_and_counts(calls: Calls) -> None:
    [release] = json.loads(calls["list json"].stdout)
    assert calls["list json"].stdout == calls["list by setting"].stdout
    assert release["release"] == calls.json("build")["release"]
    assert (release["images"], release["rejected"], release["current"]) == (3, 0, True)
    assert release["release"] in calls["list"].stdout
    assert "current" in calls["list"].stdout
    [checksum] = release["inputs"]
    assert checksum == hashlib.sha256(EXAMPLE.read_bytes()).hexdigest()
    assert checksum[:12] in calls["list"].stdout


def test_rolling_back_the_only_release_is_refused_and_changes_nothing(calls: Calls) -> None:
    assert calls.json("build")["release"] in calls["roll back the only one"].stderr
    assert current_release(calls.folder / "example").version == calls.json("build")["release"]


def test_folder_without_release_is_told_how_to_build_one(calls: Calls) -> None:
    for name in ("list nothing", "serve nothing"):
        assert "muscle-atlas build" in calls[name].stderr
    assert not (calls.folder / "none").exists()
