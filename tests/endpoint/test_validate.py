"""Files that are sent to be checked: the report is that of the command, and nothing of them is kept or let loose."""

import asyncio
import io
import json
import socket
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import polars as pl
import psutil
import pytest
from starlette.requests import Request
from starlette.types import Message

import etl.reports.forms
from endpoint.problems import ProblemError
from endpoint.validate.filenames import clean_name
from endpoint.validate.limits import CheckLimits
from endpoint.validate.routes import FORMS
from endpoint.validate.uploads import read_upload
from etl.correct.corrections import Correction, CorrectionError, correct
from etl.read.given import Sent
from tests.endpoint.conftest import EXAMPLE, Serve
from tests.etl.built import COMPLETE, write_table

WRONG = {"image_id": "T-1"} | COMPLETE | {"muscle": "deltiod"}
RIGHT = {"image_id": "T-2"} | COMPLETE


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "records.csv", [WRONG, RIGHT], separator=";")


def check(server: httpx.Client, *files: tuple[str, bytes], form: dict[str, str] | None = None, **query: str) -> Any:
    return server.post("/api/validate", files=[("file", file) for file in files], data=form, params=query, timeout=120)


def correction(column: str, old: str, new: str, row: int = 2, file: str = "records.csv") -> dict[str, str | int]:
    return {"file": file, "row": row, "column": column, "old": old, "new": new}


def without_seconds(report: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in report.items() if key != "seconds"}


def test_the_report_is_that_of_the_command(server: httpx.Client, command: list[str], table: Path) -> None:
    told = subprocess.run([*command, "check", table.name, "--json"], capture_output=True, check=False, cwd=table.parent)
    given = check(server, (table.name, table.read_bytes()))
    assert without_seconds(given.json()) == without_seconds(json.loads(told.stdout))
    assert given.headers["x-muscle-atlas-exit-code"] == str(told.returncode) == "1"
    assert given.headers["cache-control"] == "no-store"


def test_a_body_is_a_file_too_named_by_a_header_and_the_report_speaks_french(server: httpx.Client, table: Path) -> None:
    headers = {
        "Content-Type": "text/csv",
        "Content-Disposition": 'attachment; filename="../../etc/passwd.csv"',
        "Accept-Language": "fr",
    }
    given = server.post("/api/validate", content=table.read_bytes(), headers=headers)
    problem = next(one for one in given.json()["problems"] if one["severity"] == "violation")
    assert (problem["file"], problem["row"], problem["column"]) == ("passwd.csv", 2, "muscle")
    assert "muscle" in problem["message"] and given.headers["content-language"] == "fr"


def test_rdf_is_validated_and_not_mixed_with_tables(server: httpx.Client, table: Path) -> None:
    turtle = (
        b"@prefix ma: <https://w3id.org/muscle-atlas/ontology#> .\n<https://w3id.org/muscle-atlas/image/X> a ma:Image ."
    )
    given = check(server, ("graph.ttl", turtle)).json()
    assert given["triples"] == 1
    assert given["problems"][0]["focus"] == "https://w3id.org/muscle-atlas/image/X"
    broken = check(server, ("graph.ttl", b"<a> <b> .")).json()
    assert [one["rule"].rpartition("/")[2] for one in broken["problems"]] == ["graph-unreadable"]
    assert check(server, ("graph.ttl", turtle), (table.name, table.read_bytes())).status_code == 422


def test_progress_is_told_line_by_line_and_the_last_line_is_the_report(server: httpx.Client, table: Path) -> None:
    given = check(server, (table.name, table.read_bytes()), format="ndjson", rows="true")
    *steps, last = [json.loads(line) for line in given.text.splitlines()]
    assert [step["phase"] for step in steps][:3] == ["wait", "read", "resolve"]
    assert last["exit_code"] == 1
    (rows,) = last["report"]["tables"]
    assert rows["file"] == "records.csv" and rows["rows"][0][0] == 2
    assert rows["rows"][0][1][rows["headings"].index("muscle")] == "deltiod"


def test_the_forms_of_a_report_are_those_that_the_command_writes(server: httpx.Client, table: Path) -> None:
    assert {f".{form.suffix}" for form in FORMS} == {*etl.reports.forms.FORMS, ".ndjson"}
    page = server.post(
        "/api/validate", files={"file": table.read_bytes()}, headers={"Accept": "text/html"}, timeout=120
    )
    assert "deltiod" in page.text and "sandbox" in page.headers["content-security-policy"]
    marked = check(server, (table.name, table.read_bytes()), format="xlsx")
    assert marked.headers["content-disposition"].endswith("records-report.xlsx")
    cells = {
        cell.value for sheet in openpyxl.load_workbook(io.BytesIO(marked.content)) for (*row,) in sheet for cell in row
    }
    assert "deltiod" in cells


def test_a_correction_changes_its_cell_only_and_mends_the_report(server: httpx.Client, table: Path) -> None:
    content = table.read_bytes()
    corrections = json.dumps([correction("muscle", "deltiod", "deltoid")])
    mended = check(server, (table.name, content), form={"corrections": corrections, "format": "corrected"})
    assert mended.content == content.replace(b"deltiod", b"deltoid")
    assert mended.headers["content-disposition"].endswith("records.csv")
    assert check(server, (table.name, content), form={"corrections": corrections}).json()["rejected"] == 0


def test_a_correction_of_what_is_not_there_is_refused(server: httpx.Client, table: Path) -> None:
    def refused(**changed: Any) -> str:
        corrections = json.dumps([correction("muscle", "deltiod", "deltoid") | changed])
        answer = check(server, (table.name, table.read_bytes()), form={"corrections": corrections}, lang="fr")
        assert answer.status_code in (400, 422) and answer.headers["content-type"] == "application/problem+json"
        return str(answer.json()["detail"])

    assert "« deltiod »" in refused(old="soleus")
    assert "2000" in refused(row=2000)
    assert "« muscles »" in refused(column="muscles")
    assert "other.csv" in refused(file="other.csv")
    assert "1" in refused(row="2")


def test_a_refusal_repeats_only_the_beginning_of_what_was_sent(server: httpx.Client, table: Path) -> None:
    corrections = json.dumps([correction("muscle", "x" * 500_000, "deltoid")])
    refused = check(server, (table.name, table.read_bytes()), form={"corrections": corrections})
    assert refused.status_code == 422 and "xxx…" in refused.json()["detail"]
    assert len(refused.content) < 5_000


def test_half_a_surrogate_is_no_text_of_a_correction(server: httpx.Client, table: Path) -> None:
    for changed in ({"new": "\ud800"}, {"old": "\udfff"}, {"file": "\ud800"}):
        corrections = json.dumps([correction("muscle", "deltiod", "deltoid") | changed])
        refused = check(server, (table.name, table.read_bytes()), form={"corrections": corrections})
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")


def correct_one(content: bytes, old: str, new: str, name: str = "t.csv", **where: Any) -> bytes:
    place: dict[str, Any] = {"file": name, "row": 2, "column": "muscle"} | where
    return correct([Sent(name, content)], [Correction(**place, old=old, new=new)])[0].content


def test_every_other_byte_of_a_table_of_text_stays() -> None:
    quoted = '\ufeffimage_id;"muscle";note\r\nA;"del""t";"two\r\nlines"\r\n\r\nB;x;é'.encode()
    assert correct_one(quoted, 'del"t', "a;b") == quoted.replace(b'"del""t"', b'"a;b"')
    assert correct_one(quoted, "x", 'say "y"', row=4) == quoted.replace(b";x;", b';"say ""y""";')
    wide = "image_id\tmuscle\nA\tdelt\n".encode("utf-16")
    assert correct_one(wide, "delt", "ß") == "image_id\tmuscle\nA\tß\n".encode("utf-16")
    latin = "image_id,muscle\nA,deltoïde;x\n".encode("cp1252")
    assert correct_one(latin, "x", "biceps") == "image_id,muscle\nA,deltoïde; biceps\n".encode("cp1252")
    assert correct_one(latin, "muscle", "Muscle", row=1) == latin.replace(b"muscle", b"Muscle")


def test_values_of_json_lines_and_parquet_keep_their_kind() -> None:
    lines = b'{"image_id":"A",  "age": 14, "muscle" : "delt"}\n{"image_id":"B","age":3}\n'
    corrected = correct_one(lines, "delt", "deltoïde", "t.jsonl", row=1)
    assert corrected == lines.replace(b'"delt"', '"deltoïde"'.encode())
    assert correct_one(lines, "14", "15", "t.jsonl", row=1, column="age") == lines.replace(b"14", b"15")
    packed = io.BytesIO()
    frame = pl.DataFrame({"image_id": ["A", "B"], "age": [14, 3], "muscle": ["delt", None]})
    frame.write_parquet(packed)
    again = correct_one(packed.getvalue(), "3", "4", "t.parquet", row=3, column="age")
    assert pl.read_parquet(again).rows() == [("A", 14, "delt"), ("B", 4, None)]


def test_values_of_parquet_that_are_no_text_are_corrected_or_refused() -> None:
    packed = io.BytesIO()
    kind = pl.Enum(["soleus", "deltoid"])
    frame = pl.DataFrame({"muscle": ["soleus"], "right": [True], "day": [date(2020, 1, 1)]})
    frame.with_columns(pl.col("muscle").cast(kind)).write_parquet(packed)
    content = packed.getvalue()
    content = correct_one(content, "soleus", "deltoid", "t.parquet")
    content = correct_one(content, "true", "false", "t.parquet", column="right")
    content = correct_one(content, "2020-01-01", "2021-12-31", "t.parquet", column="day")
    assert pl.read_parquet(content).rows() == [("deltoid", False, date(2021, 12, 31))]
    for column, old, new in (("muscle", "deltoid", "x"), ("right", "false", "x"), ("day", "2021-12-31", "2021-02-30")):
        with pytest.raises(CorrectionError, match="type"):
            correct_one(content, old, new, "t.parquet", column=column)
    with pytest.raises(CorrectionError, match="column-twice"):
        correct_one(content, "muscle", "day", "t.parquet", row=1)


def test_of_a_workbook_only_the_cells_change() -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    for row in (["image_id", "muscle", "age", "gene"], ["A", "delt", 14], ["B", None, 3, "=1+1"]):
        sheet.append(row)
    sheet["B2"].font = openpyxl.styles.Font(bold=True)
    book.create_sheet("Other")["A1"] = "stays"
    packed = io.BytesIO()
    book.save(packed)
    where: dict[str, Any] = {"file": "t.xlsx#Sheet", "name": "t.xlsx"}
    once = correct_one(packed.getvalue(), "delt", "<deltoïde> & co", **where)
    twice = correct_one(once, "14", "15", column="age", **where)
    thrice = correct_one(twice, "", "soleus", row=3, **where)
    again = openpyxl.load_workbook(io.BytesIO(correct_one(thrice, "age", "Âge", row=1, column="age", **where)))
    assert list(again["Sheet"].values) == [
        ("image_id", "muscle", "Âge", "gene"),
        ("A", "<deltoïde> & co", 15, None),
        ("B", "soleus", 3, "=1+1"),
    ]
    assert again["Sheet"]["B2"].font.bold and again["Other"]["A1"].value == "stays"
    with zipfile.ZipFile(packed) as before, zipfile.ZipFile(io.BytesIO(thrice)) as after:
        same = [part for part in before.namelist() if before.read(part) == after.read(part)]
        assert set(before.namelist()) - set(same) == {"xl/worksheets/sheet1.xml"}
    with pytest.raises(CorrectionError, match="formula"):
        correct_one(packed.getvalue(), "=1+1", "RYR1", row=3, column="gene", **where)
    for absent in (-1, 0, 4, 10**20):
        with pytest.raises(CorrectionError, match="row"):
            correct_one(packed.getvalue(), "", "soleus", row=absent, **where)


def test_names_are_made_fit_to_be_shown() -> None:
    assert clean_name("../../etc/passwd", "") == "passwd"
    assert clean_name("C:\\Users\\me\\a\u202ecsv.exe", "") == "a csv.exe"
    assert clean_name("  ..", "text/csv") == "records.csv"
    assert clean_name("graph.owl", "application/rdf+xml") == "graph.rdf"
    assert clean_name("a.csv", "", {"a.csv"}) == "a (2).csv"
    assert len(clean_name("x" * 500 + ".csv", "")) == 120


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b" " * 300_000_000)
    return packed.getvalue()


HOSTILE = (
    {
        "junk.csv": bytes(range(256)) * 500,
        "half.parquet": b"PAR1" + b"\0" * 100,
        "deep.jsonl": b'{"image_id":' + b"[" * 200_000,
        "bomb.xlsx": None,
    },
    {
        "deep.ttl": b"<a:a> <a:b> " + b"( " * 200_000,
        "entities.rdf": b'<!DOCTYPE r [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>',
        "remote.jsonld": b'{"@context": "http://127.0.0.1:1/context", "@id": "x:y", "z": 1}',
    },
)


@pytest.mark.parametrize("files", HOSTILE)
def test_hostile_files_are_each_told(server: httpx.Client, files: dict[str, bytes | None]) -> None:
    answer = check(server, *[(name, content or bomb()) for name, content in files.items()])
    assert (answer.status_code, answer.headers["x-muscle-atlas-exit-code"]) == (200, "2")
    assert {problem["file"] for problem in answer.json()["problems"]} == set(files)


def test_what_is_too_large_too_many_or_of_another_kind_is_refused(server: httpx.Client) -> None:
    large = server.post("/api/validate", content=b"x" * 100_000_000, headers={"Content-Type": "text/csv"})
    assert (large.status_code, large.json()["limit"]) == (413, "body")
    many = check(server, *[(f"{number}.csv", b"a,b\n") for number in range(1_000)])
    assert (many.status_code, many.json()["status"]) == (413, 413)
    assert server.post("/api/validate", content=b"x", headers={"Content-Type": "image/png"}).status_code == 415
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert server.post("/api/validate", content=b"--x\r\nContent", headers=headers).status_code == 400
    coded = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    assert server.post("/api/validate", content=b"x", headers=coded).json()["detail"].find("gzip") > 0
    assert server.post("/api/validate", content=b"", headers={"Content-Type": "text/csv"}).status_code == 400
    assert check(server, ("a.csv", b"a"), format="pdf").status_code == 400
    page = server.post("/validate", data={"x": "y"}, headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert page.status_code == 415 and "pas lu" in page.text


class _Hurried(asyncio.SelectorEventLoop):
    """A loop whose clock can be put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


async def refuse(kind: str, length: int | None, parts: list[bytes]) -> tuple[int, int]:
    """Return the status of a refused request, and how many parts of its body are left; each takes 9 s to come."""

    async def receive() -> Message:
        assert left, "all of the body has come"
        loop = asyncio.get_running_loop()
        assert isinstance(loop, _Hurried)
        loop.ahead += 9
        await asyncio.sleep(0)
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    left = list(parts)
    headers = [(b"content-type", kind.encode())] + ([(b"content-length", b"%d" % length)] if length else [])
    with pytest.raises(ProblemError) as caught:
        await read_upload(Request({"type": "http", "headers": headers}, receive), CheckLimits())
    return caught.value.status, len(left)


def test_all_of_what_is_too_large_is_taken_however_slowly_it_comes_so_that_its_client_reads_why() -> None:
    form = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' for _ in range(99))
    with asyncio.Runner(loop_factory=_Hurried) as runner:
        assert runner.run(refuse("text/csv", 10**9, [b"x"] * 6)) == (413, 0)
        assert runner.run(refuse("multipart/form-data; boundary=x", None, [form + b"--x--"])) == (413, 0)
        assert runner.run(refuse("multipart/form-data; boundary=x", None, [form, b"--x--"])) == (413, 0)


def send_form(server: httpx.Client, head: bytes, content: bytes = b"image_id\n") -> httpx.Response:
    body = b"--x\r\n" + head + b"\r\n\r\n" + content + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    return server.post("/api/validate", content=body, headers=headers, timeout=120)


def test_what_is_wrong_with_a_form_is_told_without_what_it_holds(server: httpx.Client) -> None:
    disposition = b'Content-Disposition: form-data; name="file"; filename="%s"'
    long = send_form(server, disposition % b"a.csv" + b"\r\nX: " + b"y" * 10_000)
    assert (long.status_code, "header" in long.json()["detail"]) == (413, True)
    wrong = send_form(server, disposition % b"Jean \xff Dupont.csv")
    assert wrong.status_code == 400 and "Dupont" not in wrong.text and "\\" not in wrong.json()["detail"]


def test_what_came_whole_is_refused_at_once(server: httpx.Client) -> None:
    # To wait for the rest of a body that is there would take ten seconds.
    refused = server.post("/api/validate", files={"note": (None, b"x" * 1_100_000)}, timeout=8)
    assert refused.status_code == 413


def test_to_get_a_check_is_a_wrong_method(server: httpx.Client) -> None:
    for method in ("GET", "HEAD", "PUT"):
        refused = server.request(method, "/api/validate")
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def inspectors(server: httpx.Client) -> list[psutil.Process]:
    """Return the processes of this server that check files."""
    port = server.base_url.port
    parent = next(
        connection.pid
        for connection in psutil.net_connections("tcp")
        if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN
    )
    return [child for child in psutil.Process(parent).children() if "muscle_atlas.inspecting" in child.cmdline()]


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return met


@pytest.fixture(scope="module")
def many() -> bytes:
    """A table whose check lasts some seconds."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    rows = [lines[1].replace("VLM-199-1", f"X-{number}", 1) for number in range(5_000)]
    return "\n".join([lines[0], *rows]).encode()


@contextmanager
def checking(server: httpx.Client, content: bytes, phase: str) -> Iterator[Iterator[str]]:
    """Give the lines of a check that has come to a phase."""
    headers = {"Content-Type": "text/csv", "Accept": "application/x-ndjson"}
    with server.stream("POST", "/api/validate", content=content, headers=headers, timeout=120) as given:
        lines = given.iter_lines()
        while json.loads(next(lines))["phase"] != phase:
            pass
        yield lines


def busiest(server: httpx.Client) -> psutil.Process:
    """Return the process that checks: the one that has worked the most."""
    return max(inspectors(server), key=lambda process: process.cpu_times().user)


def test_a_client_that_leaves_ends_its_check(server: httpx.Client, many: bytes) -> None:
    with checking(server, many, "resolve"):
        process = busiest(server)
    assert until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


def test_a_check_whose_process_ends_is_told(server: httpx.Client, many: bytes) -> None:
    with checking(server, many, "resolve") as lines:
        busiest(server).kill()
        *_, last = lines
    assert json.loads(last)["problem"]["fault"] == "gone"


def test_a_third_check_of_one_client_is_refused_while_two_go_on_and_queries_are_answered(
    server: httpx.Client, many: bytes
) -> None:
    with checking(server, many, "wait") as one, checking(server, many, "wait") as other:
        refused = check(server, ("a.csv", b"image_id\n"))
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert server.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
        assert [json.loads(list(lines)[-1])["exit_code"] for lines in (one, other)] == [0, 0]


def test_nothing_of_a_file_is_kept(serve: Serve, example_data: Path, tmp_path: Path) -> None:
    def files() -> set[Path]:
        return {path for folder in (temporary, example_data) for path in folder.rglob("*")}

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with serve(example_data, TMPDIR=str(temporary)) as client:
        client.get("/readyz")
        before = files()
        secret = write_table(tmp_path / "secret.csv", [WRONG | {"image_id": "SECRET-1", "muscle": "SECRETWORD"}])
        found: set[Path] = set()
        done = threading.Event()

        def watch() -> None:
            while not done.is_set():
                found.update(files())

        watching = threading.Thread(target=watch)
        watching.start()
        report = check(client, ("secret.csv", secret.read_bytes())).json()
        done.set()
        watching.join()
        assert "SECRETWORD" in json.dumps(report)
        assert found | files() == before


def test_a_slow_upload_holds_nobody_up(server: httpx.Client, table: Path) -> None:
    host, port = server.base_url.host, server.base_url.port
    with socket.create_connection((host, port or 80)) as slow:
        slow.sendall(
            b"POST /api/validate HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\nimage_id"
        )
        assert check(server, (table.name, table.read_bytes())).status_code == 200


@pytest.fixture(autouse=True)
def _alive(server: httpx.Client) -> Iterator[None]:
    yield
    assert server.get("/readyz").status_code == 200
