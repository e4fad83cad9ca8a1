"""Records that somebody has sent are checked as those in a folder are, and nothing is written anywhere."""

import json
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from etl.build import build, check_in_memory
from etl.read.given import Sent
from muscle_atlas.settings import read_settings
from tests.etl.built import COMPLETE, write_table

CHECK = """
import sys
from etl.build import check_in_memory
from etl.read.given import Sent
from muscle_atlas.settings import read_settings

settings = read_settings({"MUSCLE_ATLAS_TERMS": "none"})
report, _ = check_in_memory([Sent("records.csv", sys.stdin.buffer.read())], settings)
print(report.images)
"""


def test_what_is_sent_is_told_as_what_lies_in_a_folder(tmp_path: Path) -> None:
    rows = [{"image_id": "T-1"} | COMPLETE, {"image_id": "T-2"} | COMPLETE | {"muscle": "deltoide gauche"}]
    path = write_table(tmp_path / "records.csv", rows)
    settings = read_settings({"MUSCLE_ATLAS_TERMS": str(tmp_path / "none")})
    told = build([path], settings, data=None)
    again, records = check_in_memory([Sent("records.csv", path.read_bytes())], settings)
    assert [asdict(problem) for problem in again.problems] == [
        asdict(problem) | {"file": "records.csv" if problem.file else None} for problem in told.problems
    ]
    assert (again.images, again.rejected, again.exit_code) == (told.images, told.rejected, told.exit_code)
    assert records.table["file"].to_list() == ["records.csv", "records.csv"]


def test_a_check_in_memory_writes_no_file(tmp_path: Path) -> None:
    def write_nothing() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    path = write_table(tmp_path / "records.csv", [{"image_id": "T-1"} | COMPLETE])
    ended = subprocess.run(
        [sys.executable, "-B", "-c", CHECK],
        input=path.read_bytes(),
        capture_output=True,
        preexec_fn=write_nothing,
        check=False,
    )
    assert (ended.returncode, json.loads(ended.stdout or b"null")) == (0, 1), ended.stderr.decode()


def test_what_is_offered_for_an_id_that_cannot_be_used_is_accepted(tmp_path: Path) -> None:
    def told(*identifiers: str) -> dict[str, tuple[str, ...]]:
        rows = [{"image_id": identifier} | COMPLETE for identifier in identifiers]
        sent = Sent("records.csv", write_table(tmp_path / "records.csv", rows).read_bytes())
        report, _ = check_in_memory([sent], read_settings({"MUSCLE_ATLAS_TERMS": str(tmp_path / "none")}))
        return {str(one.value): one.corrections for one in report.problems if one.name == "image-id-malformed"}

    offered = told("lame n° 2", "of.x 1", "T 1", "T-1")
    assert offered == {"lame n° 2": ("lame-n-2",), "of.x 1": ("x-1",), "T 1": ()}
    assert told("lame-n-2", "x-1") == {}
