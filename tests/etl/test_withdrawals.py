"""Withdrawals: what is taken back is gone from every kept release and cache, whatever happens meanwhile."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pytest
import rdflib

from etl.build import build
from etl.describe import quads
from etl.privacy.policy import Policy
from etl.privacy.recount import count_anew
from etl.withdraw.swaps import REWRITTEN
from etl.withdraw.targets import TargetError
from etl.withdraw.tombstones import read_tombstones, reasons
from etl.withdraw.withdrawal import carry_out, finish, plan
from muscle_atlas.releases import Release, current_release, list_releases, media_path
from muscle_atlas.withdrawing import REASONS
from tests.conftest import Run
from tests.etl.built import COMPLETE, NAMES, write_table
from tests.etl.contributed import write_contribution
from tests.shapes.shape_examples import SETTINGS

pyvips = pytest.importorskip("pyvips", reason="pictures are read by the extra “pictures”")

CAPTION = "Zebra stripes in a fibre that nobody else has shown"
LEFT_OUT = "NOSUCHGENE7"
ROWS = [
    {"image_id": "A-1", "specimen_id": "S-A", "individual_id": "I-A", "image": "1.jpg", "caption_en": CAPTION},
    {"image_id": "A-2", "specimen_id": "S-A", "individual_id": "I-A", "image": "2.jpg", "findings": "nemaline rods"},
    {"image_id": "A-3", "specimen_id": "S-A", "individual_id": "I-A", "image": "3.jpg", "gene": LEFT_OUT},
    {"image_id": "B-1", "specimen_id": "S-B", "individual_id": "I-B", "image": "4.jpg", "synthetic": "yes"},
    {"image_id": "B-2", "specimen_id": "S-B", "individual_id": "I-B", "image": "2.jpg", "synthetic": "yes"},
]


def _write(folder: Path, rows: list[dict[str, str]]) -> Path:
    for number in range(1, 5):
        shade = (pyvips.Image.xyz(40, 30)[0] * number * 3).cast("uchar")
        shade.write_to_file(str(folder / f"{number}.jpg"))
    return write_table(folder / "records.csv", [COMPLETE | row for row in rows])


def _build(folder: Path, rows: list[dict[str, str]], *more: Path) -> Path:
    data = folder / "data"
    build([_write(folder, rows), *more], SETTINGS, data=data, images=folder)
    return data


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two releases, the older without the contribution of the newer."""
    folder = tmp_path_factory.mktemp("withdrawals")
    _build(folder, ROWS)
    return _build(folder, ROWS, write_contribution(folder / "lab"))


@pytest.fixture
def data(published: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    copy = tmp_path / "data"
    shutil.copytree(published, copy, symlinks=True)
    return copy


def _ids(data: Path) -> dict[str, list[str]]:
    return {one.version: pl.read_parquet(one.images)["image_id"].to_list() for one in list_releases(data)}


def take_no_note(done: int, total: int) -> None:
    del done, total


def _withdraw(data: Path, *ids: str, reason: str = "consent-withdrawn") -> None:
    carry_out(plan(data, ids, reason), take_no_note)


def _texts(data: Path) -> Iterator[tuple[Path, str]]:
    """Give everything that a data folder tells, whatever it is compressed by, but for tombstones."""
    for path in sorted(data.rglob("*")):
        if path.is_file() and path.name != "withdrawn.ttl":
            yield path, path.read_bytes().decode("latin-1")
    for release in list_releases(data):
        yield release.graph, quads.serialise(quads.read(release.graph)).decode()
        yield release.images, pl.read_parquet(release.images).write_json()
        store = ox.Store.read_only(str(release.store))
        # Tombstones have to name what they stand for.
        told = (quad for quad in store if not str(quad.graph_name).endswith("/metadata>"))
        yield release.store, "\n".join(map(str, told))


def test_an_individual_is_gone_from_every_byte_of_every_release(data: Path) -> None:
    before = pl.read_parquet(current_release(data).images)
    gone = before.filter(pl.col("image_id").is_in(["A-1"]))["sha256"].to_list()
    assert any(CAPTION in text for _, text in _texts(data))
    _withdraw(data, "individual/I-A")
    assert list(_ids(data).values()) == [["B-1", "B-2"], ["B-1", "B-2", "example-lab.P-1", "example-lab.P-2"]]
    for path, text in _texts(data):
        told = [word for word in (CAPTION, LEFT_OUT, *gone) if word in text]
        assert not told, f"{path} still tells {told}"
    assert not list(data.rglob(f"{gone[0]}*"))
    report = current_release(data).read_report()
    assert (report["images"], report["withdrawn"]) == (4, 2)
    assert (report["privacy"]["persons"], report["privacy"]["unique"]) == (2, 2)


def test_privacy_counted_anew_is_that_of_the_build(tmp_path: Path) -> None:
    k = 2
    people = [COMPLETE | {"image_id": f"K-{n}", "individual_id": f"K{n}", "age": str(20 + n // 2)} for n in range(5)]
    table = write_table(tmp_path / "k.csv", [*people, COMPLETE | {"image_id": "K-9"}])
    build([table], SETTINGS, data=tmp_path / "data", policy=Policy(k=k))
    release = current_release(tmp_path / "data")
    told = release.read_report()["privacy"]
    counted = count_anew(pl.read_parquet(release.images), k, NAMES)
    assert counted == {key: told[key] for key in counted}


def test_a_picture_that_another_photograph_shows_stays(data: Path) -> None:
    shown = pl.read_parquet(current_release(data).images).filter(pl.col("image_id").is_in(["A-2", "B-2"]))["sha256"]
    assert shown.n_unique() == 1
    planned = plan(data, ["A-2"], "error")
    assert planned.shared == 1
    carry_out(planned, take_no_note)
    assert (current_release(data).folder / media_path(shown[0])).is_file()


def test_a_release_without_a_photograph_is_that_of_records_without_it(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    fresh = _build(folder, [row for row in ROWS if row["individual_id"] != "I-A"])
    _withdraw(data, "I-A")
    oldest = list_releases(data)[0]
    assert quads.read(oldest.graph).equals(quads.read(current_release(fresh).graph))
    kept, wanted = pl.read_parquet(oldest.images), pl.read_parquet(current_release(fresh).images)
    assert kept.equals(wanted)
    assert _counts(oldest) == _counts(current_release(fresh))
    privacy, fresh_privacy = (one.read_report()["privacy"] for one in (oldest, current_release(fresh)))
    for key in ("k", "persons", "inferred", "unique", "below_k"):
        assert privacy[key] == fresh_privacy[key], key


def _counts(release: Release) -> dict[str, str]:
    """How many triples each graph holds, that of the metadata left out: a tombstone stands there."""
    graph = rdflib.Graph().parse(release.metadata)
    found = graph.subject_objects(rdflib.URIRef(NAMES.expand("void:triples")))
    return {str(part): str(count) for part, count in found if str(part) != NAMES.mint("graph", "metadata")}


def test_findings_that_only_the_withdrawn_photograph_showed_go_from_the_biopsy(data: Path) -> None:
    _withdraw(data, "A-2", reason="error")
    dump = quads.read(current_release(data).graph)
    finding = NAMES.expand("obo:RO_0002200")
    assert dump.filter(pl.col("p") == f"<{finding}>").is_empty()
    biopsy = f"<{NAMES.mint('specimen', 'S-A')}>"
    assert dump.filter(pl.col("s") == biopsy).height


def test_what_a_withdrawal_leaves_is_a_tombstone_in_every_release(data: Path) -> None:
    _withdraw(data, "I-A")
    _withdraw(data, "I-A", "example-lab", reason="legal")
    told = read_tombstones(data, NAMES).by_iri
    assert told[NAMES.mint("individual", "I-A")].reason == "consent-withdrawn"
    assert told[NAMES.mint("contribution", "example-lab")].reason == "legal"
    assert told[NAMES.mint("specimen", "S-A")].withdrawn_with
    for release in list_releases(data):
        graph = rdflib.Graph().parse(release.metadata)
        found = set(map(str, graph.subjects(rdflib.RDF.type, rdflib.URIRef(NAMES.expand("ma:Tombstone")))))
        assert found == set(told)
        dump = quads.read(release.graph)
        assert dump.filter(pl.col("s").str.strip_chars("<>").is_in(list(found))).is_empty()
        assert not dump.filter(pl.col("o").str.contains("example-lab", literal=True)).height


def test_a_later_build_leaves_out_what_was_taken_back_and_tells(data: Path, tmp_path: Path) -> None:
    _withdraw(data, "A-1", reason="error")
    _withdraw(data, "I-B")
    corrected = {"image_id": "A-4", "specimen_id": "S-A", "individual_id": "I-A", "image": "3.jpg"}
    records = _write(tmp_path, [*ROWS, corrected])
    report = build([records], SETTINGS, data=data, images=tmp_path)
    assert report.exit_code == 1
    assert _ids(data)[str(report.release)] == ["A-2", "A-4"]
    back = [problem.row for problem in report.problems if problem.name == "record-withdrawn"]
    assert back == [2, 5, 6]
    assert CAPTION not in json.dumps(current_release(data).read_report())
    pictures = {path.stem for path in (current_release(data).folder / "media").glob("*/*")}
    assert pictures == {path.stem for path in (data / ".pictures").glob("*/media/*/*")} & pictures
    tombstones = rdflib.Graph().parse(current_release(data).metadata)
    assert NAMES.mint("individual", "I-B") in set(map(str, tombstones.subjects()))


def test_a_check_leaves_out_what_was_taken_back(data: Path, run: Run, tmp_path: Path) -> None:
    _withdraw(data, "I-A")
    table = write_table(tmp_path / "again.csv", [COMPLETE | {"image_id": "A-1"}, COMPLETE | {"image_id": "C-1"}])
    told = json.loads(run("check", "--json", table, MUSCLE_ATLAS_DATA=str(data)).stdout)
    assert [problem["rule"].rpartition("/")[2] for problem in told["problems"]] == ["record-withdrawn"]
    assert told["images"] == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from etl.withdraw.withdrawal import carry_out, plan
planned = plan(Path(sys.argv[1]), ["I-A"], "error")
left = int(sys.argv[2])
def count(event, arguments):
    global left
    if event in ("os.rename", "os.mkdir", "os.rmdir", "shutil.rmtree") or event == "os.remove" and left < 8:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
carry_out(planned, lambda done, total: None)
print(left)
"""


@pytest.mark.parametrize("step", [1, 9, 14])
def test_a_killed_withdrawal_leaves_whole_releases_and_is_carried_out_later(step: int, data: Path) -> None:
    before = _ids(data)
    gone = pl.read_parquet(current_release(data).images).row(0, named=True)["sha256"]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(data), str(step)], capture_output=True, text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, f"fewer steps than {step}: {killed.stdout}{killed.stderr}"
    for release in list_releases(data):
        held = pl.read_parquet(release.images)["image_id"].to_list()
        assert held in (before[release.version], [one for one in before[release.version] if not one.startswith("A-")])
        dumped = quads.read(release.graph).filter(pl.col("p") == f"<{NAMES.expand('dcterms:identifier')}>")
        assert set(held) <= {literal.strip('"') for literal in dumped["o"]}
    assert current_release(data).version in before
    _withdraw(data, "I-A", reason="legal")
    assert set(read_tombstones(data, NAMES).by_iri.values()) == {
        one for one in read_tombstones(data, NAMES).by_iri.values() if one.reason in ("error", "legal")
    }
    assert all(not one.startswith("A-") for ids in _ids(data).values() for one in ids)
    assert not [path for path in (data / "releases").iterdir() if path.name.startswith(".")]
    assert not list(data.rglob(f"{gone}*"))


def test_a_swap_that_was_killed_between_two_renames_is_mended(data: Path) -> None:
    release = current_release(data)
    release.folder.rename(release.folder.with_name(f"{REWRITTEN}{release.version}"))
    _withdraw(data, "I-A")
    assert current_release(data).version == release.version


def test_nothing_is_changed_without_a_withdrawal(data: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    finish(data, NAMES)
    plan(data, ["I-A"], "error")
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ("A-9", "withdraw_unknown_like"),
        ("zzz", "withdraw_unknown"),
        ("image/I-A", "withdraw_unknown_like"),
    ],
)
def test_an_id_that_stands_for_nothing_is_told(given: str, word: str, data: Path) -> None:
    with pytest.raises(TargetError) as told:
        plan(data, ["A-1", given], "error")
    assert told.value.word == word
    assert not (data / "withdrawn.ttl").exists()


def test_every_class_of_reason_may_be_given() -> None:
    assert list(REASONS) == reasons()


def test_the_command_asks_tells_and_lists(data: Path, run: Run) -> None:
    unasked = run("releases", "withdraw", "A-1", "--reason", "error", "--data", data)
    assert (unasked.returncode, "--yes" in unasked.stderr) == (2, True)
    dry = run("releases", "withdraw", "A-1", "--reason", "error", "--data", data, "--dry-run", "--json")
    assert json.loads(dry.stdout)["images"] == [NAMES.mint("image", "A-1")]
    assert json.loads(dry.stdout)["dry_run"]
    assert not (data / "withdrawn.ttl").exists()
    done = run("releases", "withdraw", "A-1", "--reason", "error", "--data", data, "--yes", LANG="fr_FR.UTF-8")
    assert done.returncode == 0, done.stderr
    assert "retiré" in done.stdout
    listed = json.loads(run("releases", "list", "--data", data, "--json").stdout)
    assert [one["withdrawn"] for one in listed] == [1, 1]
    unknown = run("releases", "withdraw", "A-9", "--reason", "error", "--data", data, "--yes")
    assert (unknown.returncode, "image/A-2" in unknown.stderr) == (2, True)


def test_nothing_is_changed_where_the_answer_is_no(data: Path, command: list[str]) -> None:
    terminal, other = os.openpty()
    asked = [*command, "releases", "withdraw", "A-1", "--reason", "error", "--data", str(data)]
    process = subprocess.Popen(asked, stdin=other, stdout=other, stderr=other, env={**os.environ, "LANG": "C.UTF-8"})
    os.close(other)
    os.write(terminal, b"n\n")
    told = b""
    while process.poll() is None or not told:
        with contextlib.suppress(OSError):
            told += os.read(terminal, 4096)
    os.close(terminal)
    assert process.returncode == 130
    assert b"for ever?" in told
    assert not (data / "withdrawn.ttl").exists()


def test_damaged_tombstones_stop_a_build_rather_than_let_records_come_back(
    data: Path, run: Run, tmp_path: Path
) -> None:
    (data / "withdrawn.ttl").write_text("<a> <b", encoding="utf-8")
    table = write_table(tmp_path / "again.csv", [COMPLETE | {"image_id": "A-1"}])
    ended = run("build", table, "--data", data)
    assert ended.returncode == 2
    assert "withdrawn.ttl" in ended.stderr
    assert "Traceback" not in ended.stderr
