"""``terms update`` and ``terms status``: what they take, tell, keep, and end with."""

import fcntl
import gzip
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import Table
from muscle_atlas.terms.slices import Slice
from muscle_atlas.terms.sources import SOURCES, mgi, mondo
from tests.conftest import Run
from tests.terms import mirror as misbehaviour
from tests.terms.conftest import path_of
from tests.terms.mirror import DATE, Mirror

ORPHANET, OMIM, HOMOLOGY = path_of(mondo.ORPHANET), path_of(mondo.OMIM), path_of(mgi.HOMOLOGY)


def told(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """What ``--json`` tells of each vocabulary."""
    assert done.stdout, done.stderr
    return {source["name"]: source for source in json.loads(done.stdout)["sources"]}


def version_of(folder: Path, name: str) -> str:
    return Slice(folder / f"{name}.sqlite").release["version"]


@pytest.fixture
def given(shared: Path, tmp_path: Path) -> Path:
    """A folder with MONDO and the mouse genes somewhere in it."""
    for name in ("mondo", "mgi"):
        folder = tmp_path / "given" / "of 2026" / name
        folder.mkdir(parents=True)
        for path in (shared / "reference" / name).iterdir():
            shutil.copyfile(path, folder / path.name)
    return tmp_path / "given"


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    """A folder for vocabularies that is not there yet."""
    return tmp_path / "terms"


@pytest.fixture(scope="session")
def once(run: Run, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    run(*("terms", "update", "--from", shared / "reference", "--terms", folder, "--only", "mondo", "--only", "mgi"))
    return folder


@pytest.fixture
def installed(once: Path, terms: Path) -> Path:
    """The folder for vocabularies, with MONDO and the mouse genes."""
    shutil.copytree(once, terms)
    return terms


def test_a_folder_of_releases_is_taken(run: Run, given: Path, terms: Path) -> None:
    done = run("terms", "update", "--from", given, "--terms", terms, "--json")
    found = told(done)
    assert (found["mondo"]["state"], found["mondo"]["version"]) == ("updated", "2026-08-04")
    assert (found["mgi"]["state"], found["mgi"]["version"]) == ("updated", "2024-11")
    assert [file["name"] for file in found["mgi"]["files"]] == ["HOM_MouseHumanSequence_2024-11.rpt.gz"]
    assert found["hgnc"]["state"] == "absent"
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in terms.glob("*.sqlite")) == ["mgi.sqlite", "mondo.sqlite"]


def test_the_setting_tells_where_vocabularies_are(run: Run, given: Path, terms: Path) -> None:
    run("terms", "update", "--from", given, "--only", "mondo", MUSCLE_ATLAS_TERMS=str(terms))
    status = told(run("terms", "status", "--json", MUSCLE_ATLAS_TERMS=str(terms)))
    assert status["mondo"]["installed"]
    assert not status["mgi"]["installed"]


def test_they_are_in_the_data_folder_of_the_user_by_default(run: Run, given: Path, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "MUSCLE_ATLAS_TERMS": ""}
    done = run("terms", "update", "--from", given, "--only", "mondo", "--json", **home)
    folder = Path(json.loads(done.stdout)["terms"])
    assert (folder / "mondo.sqlite").exists()
    assert tmp_path in folder.parents
    assert folder.name == "terms"


def test_status_tells_version_age_licence_and_checksums(run: Run, installed: Path) -> None:
    done = run("terms", "status", "--terms", installed, "--json")
    mouse, disease = told(done)["mgi"], told(done)["mondo"]
    assert (mouse["date"], mouse["old"], mouse["terms"]) == ("2024-11", True, 21_810)
    assert mouse["age_days"] > 700
    assert disease["licence"] == "CC-BY-4.0"
    assert all(len(file["sha256"]) == 64 for file in disease["files"])
    assert disease["addresses"] == [mondo.ORPHANET, mondo.OMIM]
    assert done.returncode == 0
    text = run("terms", "status", "--terms", installed, MUSCLE_ATLAS_LANGUAGE="fr").stdout
    assert "non installé" in text
    assert "ancienne" in text


def test_status_without_any_release_says_how_to_have_one(run: Run, terms: Path) -> None:
    done = run("terms", "status", "--terms", terms)
    assert done.returncode == 0
    assert "muscle-atlas terms update" in done.stdout
    assert not terms.exists()


def test_a_slice_that_cannot_be_read_is_told_and_made_anew(run: Run, given: Path, terms: Path) -> None:
    terms.mkdir()
    (terms / "mondo.sqlite").write_bytes(b"no database" * 1000)
    status = run("terms", "status", "--terms", terms, "--json")
    assert (status.returncode, told(status)["mondo"]["installed"]) == (1, False)
    assert "mondo.sqlite" in told(status)["mondo"]["problem"]
    assert run("terms", "update", "--from", given, "--only", "mondo", "--terms", terms).returncode == 0
    assert version_of(terms, "mondo") == "2026-08-04"


def test_the_newest_of_several_files_counts(run: Run, given: Path, terms: Path) -> None:
    (newest,) = given.rglob("HOM_*")
    shutil.copy(newest, given / "HOM_MouseHumanSequence_2020-01-31.rpt.gz")
    found = told(run("terms", "update", "--from", given, "--terms", terms, "--only", "mgi", "--json"))["mgi"]
    assert found["version"] == "2024-11"
    assert [file["date"] for file in found["files"]] == ["2020-01-31", "2024-11"]


def test_a_file_that_is_nearly_called_like_a_release_is_told(run: Run, given: Path, terms: Path) -> None:
    for name in ("HOM_MouseHumanSequence (1).rpt", "notes.txt", ".hidden"):
        (given / name).write_text("x", encoding="utf-8")
    done = run("terms", "update", "--from", given, "--terms", terms, "--only", "mgi", "--json")
    assert json.loads(done.stdout)["unrecognised"] == [str(given / "HOM_MouseHumanSequence (1).rpt")]


def test_a_folder_without_releases_is_no_input(run: Run, tmp_path: Path, terms: Path) -> None:
    done = run("terms", "update", "--from", tmp_path, "--terms", terms)
    assert done.returncode == 2
    assert "hgnc_complete_set.txt" in done.stderr
    assert not terms.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "nowhere"),
        ("--only", "snomed"),
        ("--terms", "/dev/null"),
    ],
)
def test_wrong_usage_is_told(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run("terms", "update", *arguments, MUSCLE_ATLAS_TERMS=str(tmp_path / "terms"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert arguments[1] in done.stderr


def test_a_mirror_that_is_no_address_is_told(run: Run) -> None:
    done = run("terms", "status", MUSCLE_ATLAS_TERMS_MIRROR="mirror.example.org")
    assert done.returncode == 2
    assert "MUSCLE_ATLAS_TERMS_MIRROR" in done.stderr


def test_a_vocabulary_asked_for_by_name_has_failed_without_a_file(run: Run, given: Path, terms: Path) -> None:
    done = run("terms", "update", "--from", given, "--terms", terms, "--only", "hgnc", "--only", "mgi", "--json")
    assert (told(done)["hgnc"]["state"], told(done)["mgi"]["state"], done.returncode) == ("failed", "updated", 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "bytes"),
        (b"garbage\n" * 300_000, "column"),
        (b"\x1f\x8b\x08" + b"\xff" * 3_000_000, "broken"),
        (b"<!doctype html>" + b" " * 3_000_000, "web page"),
        (b"\xff\xfe\x00" * 1_000_000, "column"),
    ],
)
def test_what_is_no_release_is_told_and_replaces_none(
    run: Run, given: Path, installed: Path, content: bytes, words: str
) -> None:
    before = (installed / "mgi.sqlite").read_bytes()
    (path,) = given.rglob("HOM_*")
    path.write_bytes(content)
    done = run("terms", "update", "--from", given, "--terms", installed, "--only", "mgi")
    assert done.returncode == 3
    assert str(path) in done.stdout
    assert words in done.stdout
    assert (installed / "mgi.sqlite").read_bytes() == before


def test_a_release_of_half_the_size_is_refused(run: Run, given: Path, installed: Path) -> None:
    (path,) = given.rglob("HOM_*")
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.unlink()
    (given / "HOM_MouseHumanSequence_2025-01.rpt").write_bytes(b"".join(lines[: len(lines) // 3]))
    done = run("terms", "update", "--from", given, "--terms", installed, "--only", "mgi")
    assert done.returncode == 3
    assert "21810" in done.stdout
    assert version_of(installed, "mgi") == "2024-11"


def test_nothing_is_updated_where_all_failed(run: Run, given: Path, terms: Path) -> None:
    for path in given.rglob("*.gz"):
        path.write_bytes(b"x")
    done = run("terms", "update", "--from", given, "--terms", terms)
    assert done.returncode == 3
    assert not list(terms.glob("*.sqlite"))
    french = run("terms", "update", "--from", given, "--terms", terms, MUSCLE_ATLAS_LANGUAGE="fr")
    assert "octets" in french.stdout


def test_a_part_that_is_missing_is_named(run: Run, given: Path, terms: Path) -> None:
    next(given.rglob("*omim*")).unlink()
    done = run("terms", "update", "--from", given, "--terms", terms)
    assert done.returncode == 1
    assert "“omim”" in done.stdout


class Online:
    """``terms update`` from the mirror, of the mouse genes if nothing else is said."""

    def __init__(self, run: Run, mirror: Mirror, terms: Path) -> None:
        self.run, self.mirror, self.terms = run, mirror, terms

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.mirror.asked.clear()
        return self.run(
            *("terms", "update", "--terms", self.terms, "--only", "mgi", *arguments),
            MUSCLE_ATLAS_TERMS_MIRROR=self.mirror.address,
            no_proxy="*",
        )


@pytest.fixture(scope="session")
def fetched_once(
    run: Run, server: Mirror, released: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    server.restore(released)
    online = Online(run, server, tmp_path_factory.mktemp("fetched"))
    assert online("--only", "mondo").returncode == 0
    return online.terms


@pytest.fixture
def online(run: Run, mirror: Mirror, terms: Path) -> Online:
    """Updates of a folder that is not there yet."""
    return Online(run, mirror, terms)


@pytest.fixture
def again(fetched_once: Path, online: Online) -> Online:
    """Updates of a folder that was updated from the mirror before."""
    shutil.copytree(fetched_once, online.terms)
    return online


def test_releases_are_fetched_from_a_mirror(online: Online, mirror: Mirror) -> None:
    done = online("--only", "mondo", "--json")
    assert done.returncode == 0, done.stdout
    assert (told(done)["mgi"]["version"], told(done)["mondo"]["version"]) == (DATE, "2026-08-04")
    assert [path for path, _ in mirror.asked] == [ORPHANET, OMIM, HOMOLOGY]
    assert all(headers["user-agent"].startswith("muscle-atlas/") for _, headers in mirror.asked)


def test_what_has_not_changed_is_told_and_not_made_again(again: Online) -> None:
    made = (again.terms / "mgi.sqlite").stat().st_ino
    done = again("--only", "mondo", "--json")
    assert {one["state"] for one in told(done).values()} == {"unchanged"}
    assert (again.terms / "mgi.sqlite").stat().st_ino == made
    assert done.returncode == 0


def test_a_slice_that_is_gone_is_made_again_of_what_was_fetched(again: Online) -> None:
    (again.terms / "mgi.sqlite").unlink()
    assert told(again("--json"))["mgi"]["state"] == "updated"
    assert version_of(again.terms, "mgi") == DATE


def test_a_download_that_breaks_off_goes_on_within_the_update(online: Online, mirror: Mirror) -> None:
    mirror.faults[HOMOLOGY] = [misbehaviour.breaks_off]
    assert online().returncode == 0
    assert mirror.ranges()[1] == f"bytes={len(mirror.files[HOMOLOGY]) // 2}-"


def test_a_login_page_fails_and_the_rest_is_updated(online: Online, mirror: Mirror) -> None:
    mirror.faults[HOMOLOGY] = [misbehaviour.wants_a_login]
    done = online("--only", "mondo")
    assert done.returncode == 1
    assert "web page" in done.stdout
    assert version_of(online.terms, "mondo") == "2026-08-04"


@pytest.mark.parametrize("content", [b"short", b"garbage\n" * 300_000])
def test_what_a_publisher_breaks_leaves_the_slice_and_is_fetched_anew(
    again: Online, mirror: Mirror, content: bytes
) -> None:
    before, good = (again.terms / "mgi.sqlite").read_bytes(), mirror.files[HOMOLOGY]
    mirror.files[HOMOLOGY] = content
    assert again().returncode == 3
    assert (again.terms / "mgi.sqlite").read_bytes() == before
    mirror.files[HOMOLOGY] = good
    assert again().returncode == 0


def test_a_publisher_that_is_away_is_told_with_address_and_mend(again: Online, mirror: Mirror) -> None:
    del mirror.files[HOMOLOGY]
    done = again("--only", "mondo")
    assert done.returncode == 1
    assert f"{mirror.address}{HOMOLOGY} answers 404" in done.stdout
    assert f"{DATE} stays" in done.stdout
    assert "--from" in done.stdout


def test_two_updates_do_not_write_at_once(run: Run, given: Path, installed: Path) -> None:
    with (installed / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run("terms", "update", "--from", given, "--terms", installed)
    assert done.returncode == 3
    assert str(installed) in done.stderr


def test_a_killed_update_leaves_good_slices_and_the_next_one_ends_it(
    command: list[str], installed: Path, online: Online, mirror: Mirror
) -> None:
    reached, over = threading.Event(), threading.Event()

    def hang(handler: misbehaviour.Handler, content: bytes) -> None:
        handler.answer(200, content[: len(content) // 2], {"ETag": '"of-today"'}, len(content))
        reached.set()
        over.wait(60)

    mirror.faults[HOMOLOGY] = [hang]
    (installed / ".mgi.sqlite.1").write_bytes(b"left by another")
    process = subprocess.Popen(
        [*command, "terms", "update", "--terms", str(installed), "--only", "mgi"],
        env={**os.environ, "MUSCLE_ATLAS_TERMS_MIRROR": mirror.address, "no_proxy": "*"},
        stdout=subprocess.DEVNULL,
    )
    try:
        assert reached.wait(60)
    finally:
        process.kill()
        process.wait()
        over.set()
    assert version_of(installed, "mgi") == "2024-11"
    done = online()
    assert done.returncode == 0, done.stdout
    assert version_of(installed, "mgi") == DATE
    assert not [path for path in installed.rglob("*") if ".part" in path.name or ".sqlite." in path.name]


def test_every_vocabulary_has_a_named_graph() -> None:
    graphs = set(Table(ONTOLOGY / "graphs.tsv").rows["graph"])
    assert {source.name for source in SOURCES} <= graphs
