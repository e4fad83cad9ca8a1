"""Releases, with real processes: killed, at once, rolled back. What is current is always whole."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pytest
import zstandard

from muscle_atlas.releases import current_release, list_releases
from tests.conftest import Run
from tests.etl.built import COMPLETE, HOUSE, Built, write_table

EXAMPLE = HOUSE / "examples" / "vlm-199.csv"
KILLS = 24
"""Moments at which a build is killed, spread over its run time."""

# Kills the process itself before its nth change of names on disk: where publishing is most delicate.
KILLED_AT_RENAMING = """
import os, signal, sys
left = int(sys.argv.pop(1))
def hook(event, arguments):
    global left
    if event in ("os.rename", "os.symlink"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
from muscle_atlas.command import main
main()
"""


def surroundings() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("MUSCLE_ATLAS_", "LC_"))}


def start(command: Sequence[str], data: Path, *records: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*command, "build", *map(str, records or [EXAMPLE]), "--data", str(data), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(),
    )


def check_whole(data: Path) -> str:
    """Read every part of the current release and return its version."""
    release = current_release(data)
    report = release.read_report()
    assert report["release"] == release.version
    with release.graph.open("rb") as file:
        lines = zstandard.ZstdDecompressor().stream_reader(file).read().decode().splitlines()
    store = ox.Store.read_only(str(release.store))
    described = list(ox.parse(release.metadata.read_bytes(), format=ox.RdfFormat.TURTLE))
    assert len(store) == len(lines) + len(described)
    assert pl.read_parquet(release.images).height == report["images"]
    return release.version


@pytest.fixture(scope="module")
def published(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, float]:
    """One published release, and how many seconds its build took."""
    data = tmp_path_factory.mktemp("published") / "data"
    began = time.perf_counter()
    built = Built(run("build", EXAMPLE, "--data", data, "--json"), data)
    assert built.process.returncode == 0
    return built, time.perf_counter() - began


@pytest.fixture
def data(published: tuple[Built, float], tmp_path: Path) -> Path:
    """A copy of the data folder of one release."""
    return Path(shutil.copytree(published[0].data, tmp_path / "data", symlinks=True))


@pytest.fixture(scope="module")
def two(command: list[str], published: tuple[Built, float], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of two releases: three photographs, then one."""
    folder = tmp_path_factory.mktemp("two")
    data = Path(shutil.copytree(published[0].data, folder / "data", symlinks=True))
    process = start(command, data, write_table(folder / "one.csv", [{"image_id": "one", **COMPLETE}]))
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["images"] == 1
    return data


@pytest.fixture
def releases(two: Path, tmp_path: Path) -> Path:
    """A copy of the data folder of two releases."""
    return Path(shutil.copytree(two, tmp_path / "data", symlinks=True))


# Killed


def kill_again_and_again(command: list[str], data: Path, moments: Sequence[float]) -> list[str]:
    """Kill a build at each moment; return what was wrong with the current release afterwards."""
    faults = []
    known = check_whole(data)
    for moment in moments:
        process = start(command, data)
        try:
            process.communicate(timeout=moment)
            ended = True
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            ended = process.returncode == 0
        try:
            current = check_whole(data)
        except Exception as error:  # whatever a reader stumbles over is the finding
            faults.append(f"after {moment:.2f} s: {error!r}")
            continue
        # A build killed after its last rename has published; any other has not.
        if current != known and current != list_releases(data)[-1].version:
            faults.append(f"after {moment:.2f} s: current is {current}")
        if ended and current == known:
            faults.append(f"after {moment:.2f} s: ended without publishing")
        known = current
    return faults


def test_killed_builds_leave_a_whole_release_and_the_next_build_works_and_cleans_up(
    command: list[str], run: Run, published: tuple[Built, float], tmp_path: Path
) -> None:
    built, seconds = published
    dice = random.Random(20260)
    moments = [seconds * (place + dice.random()) / KILLS for place in range(KILLS)]
    folders = [Path(shutil.copytree(built.data, tmp_path / name, symlinks=True)) for name in ("a", "b")]
    with ThreadPoolExecutor(2) as pool:
        halves = pool.map(kill_again_and_again, [command] * 2, folders, [moments[::2], moments[1::2]])
        faults = [fault for half in halves for fault in half]
    assert faults == []
    for folder in folders:
        before = {release.version for release in list_releases(folder)}
        after = Built(run("build", EXAMPLE, "--data", folder, "--json"), folder)
        assert after.process.returncode == 0
        assert check_whole(folder) == after.report["release"]
        assert after.report["release"] not in before
        assert_nothing_left_behind(folder)


def assert_nothing_left_behind(data: Path) -> None:
    """What a killed build leaves is swept away by the next; a lock file may stay."""
    hidden = [path.name for path in (data / "releases").iterdir() if path.name.startswith(".")]
    loose = [path.name for path in data.iterdir() if path.name not in ("releases", "current", ".lock")]
    assert (hidden, loose) == ([], [])


def killed_at_renaming(data: Path, nth: int) -> int:
    process = subprocess.run(
        [sys.executable, "-c", KILLED_AT_RENAMING, str(nth), "build", str(EXAMPLE), "--data", str(data)],
        capture_output=True,
        timeout=120,
        check=False,
        env=surroundings(),
    )
    return process.returncode


def test_build_killed_before_each_renaming_leaves_a_whole_release_and_the_next_build_sweeps_up(
    command: list[str], published: tuple[Built, float], tmp_path: Path
) -> None:
    built, _ = published
    folders = [Path(shutil.copytree(built.data, tmp_path / str(nth), symlinks=True)) for nth in range(3)]
    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(killed_at_renaming, folders, range(3)))
    assert -signal.SIGKILL in codes, "no build was killed: how it publishes has changed"
    for code, folder in zip(codes, folders, strict=True):
        version = check_whole(folder)
        assert (version == built.report["release"]) == (code != 0)
    process = start(command, folders[2])
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    check_whole(folders[2])
    assert_nothing_left_behind(folders[2])


# At once


def test_second_build_at_once_is_told_that_another_is_busy_and_neither_first_nor_readers_are_disturbed(
    command: list[str], run: Run, data: Path
) -> None:
    reader = ox.Store.read_only(str(current_release(data).store))
    held = len(reader)
    first = start(command, data)
    deadline = time.monotonic() + 60
    while not list((data / "releases").glob(".*")):
        assert first.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    first.send_signal(signal.SIGSTOP)
    try:
        second = run("build", EXAMPLE, "--data", data, "--json")
        rolled = run("releases", "rollback", "--data", data)
    finally:
        first.send_signal(signal.SIGCONT)
    out, err = first.communicate(timeout=120)
    assert second.returncode == 3
    assert str(data) in second.stderr
    assert "Another build" in second.stderr
    assert "Traceback" not in second.stderr + rolled.stderr
    assert rolled.returncode != 0
    assert (first.returncode, err) == (0, "")
    assert check_whole(data) == json.loads(out)["release"]
    assert len(list(reader)) == held


def test_build_that_publishes_nothing_leaves_the_current_release_and_no_trace(
    run: Run, data: Path, tmp_path: Path
) -> None:
    before = check_whole(data)
    built = run("build", write_table(tmp_path / "headings.csv", [{"image_id": ""}]), "--data", data, "--json")
    assert built.returncode == 3
    assert check_whole(data) == before
    assert [release.version for release in list_releases(data)] == [before]
    assert_nothing_left_behind(data)


# List, roll back


def test_releases_are_listed_oldest_first_with_the_current_one_marked(run: Run, two: Path) -> None:
    listed = json.loads(run("releases", "list", "--data", two, "--json").stdout)
    assert [(release["images"], release["rejected"], release["current"]) for release in listed] == [
        (3, 0, False),
        (1, 0, True),
    ]
    assert listed[0]["inputs"] == [hashlib.sha256(EXAMPLE.read_bytes()).hexdigest()]
    plain = run("releases", "list", "--data", two).stdout
    marked = [text for text in plain.splitlines() if "current" in text]
    assert len(marked) == 1
    assert listed[1]["release"] in marked[0]


def test_rollback_goes_back_by_one_and_tells_where_it_ends(run: Run, releases: Path) -> None:
    older, newer = (release.version for release in list_releases(releases))
    assert check_whole(releases) == newer
    back = run("releases", "rollback", "--data", releases)
    assert (back.returncode, back.stderr) == (0, "")
    assert older in back.stdout
    assert check_whole(releases) == older
    end = run("releases", "rollback", "--data", releases)
    assert end.returncode == 2
    assert older in end.stderr
    assert "Traceback" not in end.stderr
    assert check_whole(releases) == older
    again = run("releases", "rollback", newer, "--data", releases)
    assert again.returncode == 0
    assert check_whole(releases) == newer


def test_rollback_to_an_unknown_release_lists_those_there_are(run: Run, two: Path) -> None:
    told = run("releases", "rollback", "1999-01-01.1", "--data", two)
    assert told.returncode == 2
    for release in list_releases(two):
        assert release.version in told.stderr


def test_build_after_a_rollback_takes_a_new_version(run: Run, releases: Path) -> None:
    known = {release.version for release in list_releases(releases)}
    run("releases", "rollback", "--data", releases)
    built = Built(run("build", EXAMPLE, "--data", releases, "--json"), releases)
    assert built.report["release"] not in known
    assert check_whole(releases) == built.report["release"]


def test_rollback_without_any_release_is_told(run: Run, tmp_path: Path) -> None:
    told = run("releases", "rollback", "--data", tmp_path)
    assert told.returncode == 2
    assert "muscle-atlas build" in told.stderr


def test_a_folder_that_cannot_be_made_is_told_in_the_language_of_reports(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    records = write_table(tmp_path / "records.csv", [{**COMPLETE, "image_id": "a"}])
    done = run("build", records, "--data", tmp_path / "file" / "data", MUSCLE_ATLAS_LANGUAGE="fr")
    assert (done.returncode, done.stdout) == (2, "")
    assert "impossible d'écrire" in done.stderr
