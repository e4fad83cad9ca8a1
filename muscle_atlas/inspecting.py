"""The inside of a cage for files that others send: a process that checks or corrects them once, and writes no file.

It is started by ``endpoint.validate.inspector``, and may be killed at any moment. What it is to do comes on standard
input: a line of JSON, and behind it the bytes of the files; what comes of it goes to standard output. A file that makes
it ask for more memory than it may have ends this process and nothing else. Nothing that it says of itself repeats what
stands in a file.
"""

import io
import json
import os
import resource
import select
import signal
import sys
import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path, PurePath
from typing import IO, Any

_STATM = Path("/proc/self/statm")
_RDF = frozenset((".ttl", ".trig", ".nt", ".nq", ".rdf", ".jsonld"))
_NICE = 10
"""Niceness: whoever asks the server, or looks at a page, goes first."""
_LONGEST = 500
"""Signs of each value that a refusal repeats: what is told before an answer is a short line."""
CORRECTED = "corrected"


class RefusedError(Exception):
    """What is asked for cannot be done; carries the name of the problem in ``endpoint/problems.json``."""

    def __init__(self, problem: str, status: int = 422, **values: object) -> None:
        from etl.read.cells import printable  # noqa: PLC0415

        super().__init__(problem)
        told = {name: printable(str(value), _LONGEST) for name, value in values.items()}
        self.told = {"refusal": problem, "status": status, "values": told}


class _Channel:
    """Where the server reads: lines of JSON, and bytes behind the last one."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def say(self, told: dict[str, Any], content: bytes = b"") -> None:
        self._stream.write(json.dumps(told).encode() + b"\n" + content)
        self._stream.flush()

    def progress(self, phase: str, done: int = 0, total: int = 0, /) -> None:
        """Be the ``Progress`` of a check."""
        self.say({"phase": phase, "done": done, "total": total})


def main() -> None:
    """Do one order, and end."""
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A file that is written to is refused, not the end of the process.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Whatever a library prints goes nowhere.
    channel = _Channel(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    _load()
    channel.say({"ready": True})
    line = sys.stdin.buffer.readline()
    if not line:
        return
    order = json.loads(line)
    contents = [sys.stdin.buffer.read(file["size"]) for file in order["files"]]
    threading.Thread(target=_end_with_server, daemon=True).start()
    _limit(order["memory"])
    try:
        told, answer = _do(order, contents, channel)
    except RefusedError as refused:
        told, answer = refused.told, b""
    except MemoryError:
        told, answer = {"fault": "memory"}, b""
    except Exception as error:
        told, answer = {"fault": "error", "place": _place(error)}, b""
    channel.say(told | {"size": len(answer)}, answer)
    os._exit(0)


def _load() -> None:
    """Load what every order needs, before there is one."""
    import etl.build  # noqa: PLC0415
    import etl.read.workbook.book  # noqa: PLC0415
    import etl.validate.graphs  # noqa: F401, PLC0415


def _end_with_server() -> None:
    watch = select.poll()
    watch.register(0, select.POLLHUP)
    watch.poll()
    os._exit(1)


def _limit(memory: int) -> None:
    """Let the process grow by so many bytes."""
    with suppress(OSError):
        born = int(_STATM.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (born + memory, born + memory))


def _place(error: Exception) -> str:
    """Return which kind of error came from which line of the program, without what it says."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
    return f"{type(error).__name__} {where}"


def _do(order: dict[str, Any], contents: list[bytes], channel: _Channel) -> tuple[dict[str, Any], bytes]:
    from etl.correct.corrections import Correction, CorrectionError, correct  # noqa: PLC0415
    from etl.read.given import Sent  # noqa: PLC0415
    from muscle_atlas.settings import Settings  # noqa: PLC0415
    from muscle_atlas.terms.curation.integrity import MappingsError  # noqa: PLC0415
    from muscle_atlas.terms.slices import SliceError  # noqa: PLC0415

    settings = Settings(
        base=order["base"],
        data=Path(os.devnull),
        language=order["language"],
        terms=Path(order["terms"]),
        mappings=Path(order["mappings"]) if order["mappings"] else None,
    )
    files = [Sent(file["name"], content) for file, content in zip(order["files"], contents, strict=True)]
    are_rdf = {PurePath(file.name).suffix.lower() in _RDF for file in files}
    if len(are_rdf) > 1:
        raise RefusedError("validate-mixed")
    is_rdf = are_rdf == {True}
    if is_rdf and (order["corrections"] or order["form"] == CORRECTED):
        raise RefusedError("correction-of-rdf")
    try:
        if order["corrections"]:
            channel.progress("correct")
            files = correct(files, [Correction(**one) for one in order["corrections"]])
        if order["form"] == CORRECTED:
            changed = {one["file"].partition("#")[0] for one in order["corrections"]}
            wanted = [file for file in files if file.name in changed] or files
            if len(wanted) > 1:
                raise RefusedError("corrected-several")
            return {"answer": wanted[0].name, "exit_code": 0}, wanted[0].content
        return _report(files, settings, order, channel, is_rdf=is_rdf)
    except CorrectionError as error:
        raise RefusedError(f"correction-{error.kind}", **error.values) from error
    except SliceError as error:
        raise RefusedError("terms-unreadable", 503, reason=error) from error
    except MappingsError as error:
        raise RefusedError("mappings-unusable", 503) from error


def _report(
    files: list[Any], settings: Any, order: dict[str, Any], channel: _Channel, *, is_rdf: bool
) -> tuple[dict[str, Any], bytes]:
    from etl.build import check_in_memory  # noqa: PLC0415
    from etl.problems import Rules  # noqa: PLC0415
    from etl.reports.forms import FORMS, Dossier  # noqa: PLC0415
    from etl.validate.graphs import check_graphs  # noqa: PLC0415

    report: Any
    tables = []
    if is_rdf:
        channel.progress("validate")
        report = check_graphs(files, settings)
    else:
        report, records = check_in_memory(files, settings, progress=channel.progress)
        tables = _tables(report, records, order["rows"]) if order["rows"] else []
    target = io.BytesIO()
    dossier = Dossier(report, tuple(files), Rules(settings.names, settings.language))
    import_module(FORMS[f".{order['form']}"]).write(dossier, target)
    content = target.getvalue()
    if tables:
        content = content.rstrip()[:-1] + b', "tables": ' + json.dumps(tables, ensure_ascii=False).encode() + b"}\n"
    name = f"{PurePath(files[0].name).stem}-report.{order['form']}"
    return {"answer": name, "exit_code": report.exit_code}, content


def _tables(report: Any, records: Any, most: int) -> list[dict[str, Any]]:
    """Return, of each table, its headings and the rows that something was told of, at most so many."""
    import polars as pl  # noqa: PLC0415

    tables = []
    for file, headings in records.headings.items():
        told = {problem.row for problem in report.problems if problem.file == file and problem.row is not None}
        rows = records.table.filter((pl.col("file") == file) & pl.col("row").is_in(sorted(told)))
        shown = rows.head(most)
        tables.append(
            {
                "file": file,
                "headings": list(headings.values()),
                "rows": [[row, list(cells)] for row, *cells in shown.select("row", *headings).iter_rows()],
                "more": rows.height - shown.height,
            }
        )
    return tables


if __name__ == "__main__":
    main()
