"""Downloads go on where they broke off, try again, and keep nothing that is no release."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from muscle_atlas.terms.source import FaultyReleaseError, Source
from muscle_atlas.terms.sources import SOURCES, mondo
from muscle_atlas.terms.updating.downloads import Downloads, Limits, mirrored
from tests.terms import mirror as misbehaviour
from tests.terms.conftest import path_of
from tests.terms.mirror import DATE, Mirror

PART = mondo.SOURCE.parts[0]
PATH = path_of(mondo.ORPHANET)
NAME = "mondo_exactmatch_orphanet.sssom.tsv"

Fetch = Callable[..., Path]


@pytest.fixture
def fetch(mirror: Mirror, tmp_path: Path) -> Fetch:
    """Fetch MONDO's matches with Orphanet from the mirror."""

    def fetch_one(**limits: float) -> Path:
        few = Limits(**{"pause": 0.0, "attempts": 3, "silence": 5.0, **limits})  # type: ignore[arg-type]
        found, _ = Downloads(tmp_path, mirror.address, few).fetch(PART)
        return found.path

    return fetch_one


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_is_fetched_whole_and_dated_as_its_publisher_says(mirror: Mirror, tmp_path: Path) -> None:
    found, state = Downloads(tmp_path, mirror.address).fetch(PART)
    assert (found.path.read_bytes(), found.date, state) == (mirror.files[PATH], DATE, "new")


def test_a_file_that_has_not_changed_is_not_sent_again(mirror: Mirror, tmp_path: Path) -> None:
    downloads = Downloads(tmp_path, mirror.address)
    first, _ = downloads.fetch(PART)
    again, state = downloads.fetch(PART)
    assert (again, state) == (first, "unchanged")
    assert "if-none-match" in mirror.asked[1][1]


def test_a_download_that_broke_off_goes_on_where_it_stopped(mirror: Mirror, fetch: Fetch) -> None:
    mirror.faults[PATH] = [misbehaviour.breaks_off]
    assert fetch().read_bytes() == mirror.files[PATH]
    assert mirror.ranges() == [None, f"bytes={len(mirror.files[PATH]) // 2}-"]


def test_a_download_goes_on_in_the_next_run(mirror: Mirror, fetch: Fetch, tmp_path: Path) -> None:
    mirror.faults[PATH] = [misbehaviour.breaks_off]
    with pytest.raises(FaultyReleaseError, match="terms_unreachable"):
        fetch(attempts=1)
    assert files_in(tmp_path) == [f".{NAME}.part.json", f"{NAME}.part"]
    assert fetch().read_bytes() == mirror.files[PATH]
    assert mirror.ranges()[1] == f"bytes={len(mirror.files[PATH]) // 2}-"
    assert files_in(tmp_path) == [f".{NAME}.json", NAME]


def test_a_part_of_an_older_file_is_not_continued_with_a_newer_one(mirror: Mirror, fetch: Fetch) -> None:
    mirror.faults[PATH] = [misbehaviour.breaks_off]
    with pytest.raises(FaultyReleaseError):
        fetch(attempts=1)
    mirror.files[PATH] = mirror.files[PATH].replace(b"MONDO:0000023", b"MONDO:0000024")
    assert fetch().read_bytes() == mirror.files[PATH]


def test_a_server_that_ignores_ranges_is_read_from_the_beginning(mirror: Mirror, fetch: Fetch) -> None:
    mirror.faults[PATH] = [misbehaviour.breaks_off, misbehaviour.ignores_range]
    assert fetch().read_bytes() == mirror.files[PATH]


def test_a_range_that_the_server_refuses_is_forgotten(mirror: Mirror, fetch: Fetch) -> None:
    mirror.faults[PATH] = [misbehaviour.breaks_off, lambda handler, _: handler.answer(416, b"")]
    assert fetch().read_bytes() == mirror.files[PATH]


def test_a_range_that_was_not_asked_for_is_not_appended(mirror: Mirror, fetch: Fetch) -> None:
    def another(handler: misbehaviour.Handler, content: bytes) -> None:
        handler.answer(206, content[:9], {"Content-Range": f"bytes 0-8/{len(content)}"})

    mirror.faults[PATH] = [misbehaviour.breaks_off, another]
    assert fetch().read_bytes() == mirror.files[PATH]


def test_a_busy_server_is_asked_again(mirror: Mirror, fetch: Fetch) -> None:
    mirror.faults[PATH] = [misbehaviour.is_busy, misbehaviour.is_busy]
    assert fetch().read_bytes() == mirror.files[PATH]
    assert len(mirror.asked) == 3


def test_a_server_that_stays_busy_is_told_with_address_and_reason(mirror: Mirror, fetch: Fetch) -> None:
    mirror.faults[PATH], mirror.lasting = [misbehaviour.is_busy], True
    with pytest.raises(FaultyReleaseError) as told:
        fetch()
    expected = {"address": mirror.address + PATH, "reason": "503 Service Unavailable", "attempts": 3}
    assert told.value.values == expected


def test_a_server_that_says_nothing_is_left(mirror: Mirror, fetch: Fetch) -> None:
    ended = threading.Event()

    def hang(handler: misbehaviour.Handler, content: bytes) -> None:
        del handler, content
        ended.wait(20)

    mirror.faults[PATH], mirror.lasting = [hang], True
    try:
        with pytest.raises(FaultyReleaseError) as told:
            fetch(silence=0.1, attempts=2)
    finally:
        ended.set()
    assert told.value.values["reason"] == "timeout"


def test_a_server_that_drips_is_left_when_its_time_is_up(mirror: Mirror, fetch: Fetch) -> None:
    def drip(handler: misbehaviour.Handler, content: bytes) -> None:
        handler.answer(200, b"", length=len(content))
        for start in range(200):
            handler.wfile.write(content[start : start + 1])
            time.sleep(0.02)

    mirror.faults[PATH] = [drip]
    with pytest.raises(FaultyReleaseError, match="terms_too_slow"):
        fetch(whole=0.3)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"subject_id\tsubject_label\n", "terms_too_small"),
        (b"\x1f\x8b\x08" + b"?" * 200_000, "terms_is_broken"),
        (b"<!DOCTYPE html><title>Log in</title>" + b" " * 200_000, "terms_is_a_page"),
        (b"\xef\xbb\xbf\n<HTML>" + b" " * 200_000, "terms_is_a_page"),
    ],
)
def test_what_is_no_release_replaces_none(
    mirror: Mirror, fetch: Fetch, tmp_path: Path, content: bytes, word: str
) -> None:
    good = fetch().read_bytes()
    mirror.files[PATH] = content
    with pytest.raises(FaultyReleaseError, match=word):
        fetch()
    assert files_in(tmp_path) == [f".{NAME}.json", NAME]
    assert (tmp_path / "orphanet" / NAME).read_bytes() == good


@pytest.mark.parametrize("status", [401, 403, 404, 407, 410])
def test_a_refusal_is_told_at_once(mirror: Mirror, fetch: Fetch, status: int) -> None:
    mirror.faults[PATH] = [lambda handler, _: handler.answer(status, b"")]
    with pytest.raises(FaultyReleaseError, match="terms_refused") as told:
        fetch()
    assert (told.value.values["status"], len(mirror.asked)) == (status, 1)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://["])
def test_a_redirect_to_something_else_than_http_is_not_followed(mirror: Mirror, fetch: Fetch, target: str) -> None:
    mirror.faults[PATH] = [lambda handler, _: handler.answer(302, b"", {"Location": target})]
    with pytest.raises(FaultyReleaseError):
        fetch()
    assert len(mirror.asked) == 1


def test_a_circle_of_redirects_is_left(mirror: Mirror, fetch: Fetch) -> None:
    mirror.faults[PATH], mirror.lasting = [lambda handler, _: handler.answer(302, b"", {"Location": PATH})], True
    with pytest.raises(FaultyReleaseError, match="terms_unreachable"):
        fetch()
    assert len(mirror.asked) < 20


def test_a_file_without_end_is_left(fetch: Fetch) -> None:
    with pytest.raises(FaultyReleaseError, match="terms_too_large"):
        fetch(size=1_000_000)


def test_what_is_packed_on_the_way_is_refused(mirror: Mirror, fetch: Fetch) -> None:
    mirror.faults[PATH] = [lambda handler, content: handler.answer(200, content, {"Content-Encoding": "gzip"})]
    with pytest.raises(FaultyReleaseError, match="terms_packed"):
        fetch()


def test_another_mirror_is_asked_for_the_whole_file(mirror: Mirror, fetch: Fetch, tmp_path: Path) -> None:
    fetch()
    other = mirror.address.replace("127.0.0.1", "localhost")
    _, state = Downloads(tmp_path, other).fetch(PART)
    assert state == "new"


def test_a_mirror_has_copies_by_host_and_path() -> None:
    assert mirrored("https://a.org/b/c.txt", None) == "https://a.org/b/c.txt"
    assert mirrored("https://a.org/b/c.txt", "http://m.org/terms/") == "http://m.org/terms/a.org/b/c.txt"
    assert mirrored("https://a.org/b?c=d", "http://m.org") == "http://m.org/a.org/b?c=d"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_what_is_fetched_is_recognised_in_a_folder(source: Source) -> None:
    for part in source.parts:
        if part.address:
            assert part.address.startswith("https://")
            assert part.pattern.fullmatch(part.address.rpartition("/")[2]), part.address
