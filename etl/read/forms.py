"""Which form a file of records has, found by what it holds, not by what it is called."""

import os
import stat
from functools import cache
from pathlib import Path

from etl.read.causes import of_system
from etl.read.columns import Columns
from etl.read.delimited import open_delimited
from etl.read.encoding import decode
from etl.read.given import Given, Sent, suffix_of
from etl.read.jsonlines import is_json_lines, open_json_lines
from etl.read.limits import Limits, megabytes
from etl.read.source import Fault, Source, UnreadableError, passed
from muscle_atlas.tables import Table

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""Begins files of older office programs, and workbooks that a password locks."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""Begins an archive, and an empty one."""
_PARQUET = (b"PAR1", b"PARE")
_JSON = (".json", ".jsonl", ".ndjson")
_HEAD = 1024


def load(given: Given, limits: Limits) -> bytes:
    """Return the bytes of a file.

    Raises:
        UnreadableError: if there is none, it is no file but a folder, pipe or device, or it is empty or too large.
    """
    content = given.content if isinstance(given, Sent) else _load(given, limits)
    if len(content) > limits.file:
        raise passed("file-limit", megabytes(limits.file))
    if not content.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise UnreadableError(Fault("file-empty"))
    return content


def _load(path: Path, limits: Limits) -> bytes:
    try:
        # Opening a pipe would wait for someone to write into it.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb") as file:  # noqa: PTH123 - a handle has no path
            kind = os.fstat(handle).st_mode
            if not stat.S_ISREG(kind):
                raise UnreadableError(Fault("file-kind"))
            return file.read(limits.file + 1)
    except IsADirectoryError as error:
        raise UnreadableError(Fault("file-kind")) from error
    except OSError as error:
        raise UnreadableError(Fault("file-missing", cause=of_system(error))) from error


def open_source(given: Given, content: bytes, columns: Columns, limits: Limits) -> Source:
    """Return the tables of a file, by the form that it has.

    Raises:
        UnreadableError: if it has none of the forms that are read.
    """
    if content.startswith(_ZIP):
        return _open_archive(given, content, limits)
    if content.startswith(_PARQUET):
        from etl.read.parquet import open_parquet  # noqa: PLC0415 - seldom needed

        return Source([open_parquet(content, columns, limits)], form="parquet")
    if content.startswith(_COMPOUND):
        raise UnreadableError(_compound(content))
    if fault := _foreign(content):
        raise UnreadableError(fault)
    text = decode(content, columns)
    is_json = suffix_of(given) in _JSON
    if is_json and (content.lstrip()[:1], content.rstrip()[-1:]) == (b"[", b"]"):
        raise UnreadableError(Fault("file-json"))
    if is_json_lines(text, limits):
        return Source([open_json_lines(text, columns, limits)], list(text.told), "jsonlines")
    if is_json and content.lstrip()[:1] in (b"[", b"{"):
        raise UnreadableError(Fault("file-json"))
    return Source([open_delimited(text, columns, limits)], list(text.told))


def is_text(content: bytes) -> bool:
    """Tell whether a file of records is text, and no workbook or Parquet."""
    return not content.startswith((*_ZIP, *_PARQUET, _COMPOUND))


def _open_archive(given: Given, content: bytes, limits: Limits) -> Source:
    # What it rests on takes half a second to load, which other tables can do without.
    from etl.read.workbook.book import open_workbook  # noqa: PLC0415
    from etl.read.workbook.package import Package  # noqa: PLC0415

    try:
        package = Package(content, limits)
    except UnreadableError as error:
        if error.fault.rule == "file-damaged" and b"xl/" not in content and not suffix_of(given).startswith(".xls"):
            raise UnreadableError(Fault("file-archive", "ZIP")) from error
        raise
    if "xl/workbook.bin" in package:
        raise UnreadableError(Fault("workbook-form", "XLSB"))
    if "content.xml" in package and "mimetype" in package:
        raise UnreadableError(Fault("workbook-form", "OpenDocument (ODS)"))
    if any(part.endswith(".iwa") for part in package.parts):
        raise UnreadableError(Fault("workbook-form", "Numbers"))
    if "[Content_Types].xml" not in package or "word/document.xml" in package:
        is_text = "word/document.xml" in package
        raise UnreadableError(Fault("file-form", "DOCX") if is_text else Fault("file-archive", "ZIP"))
    return open_workbook(package)


def _compound(content: bytes) -> Fault:
    if _stream("EncryptedPackage") in content:
        return Fault("workbook-encrypted")
    is_workbook = _stream("Workbook") in content or _stream("Book") in content
    return Fault("workbook-form", "XLS") if is_workbook else Fault("file-form", "OLE")


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le")


def _foreign(content: bytes) -> Fault | None:
    """Tell a form that is known and not read."""
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for signature, rule, name in _signatures():
        if content.startswith(signature) or head.startswith(signature):
            return Fault(rule, name)
    return None


@cache
def _signatures() -> list[tuple[bytes, str, str]]:
    rows = Table(Path(__file__).parent / "signatures.tsv").rows
    return [(bytes.fromhex(signature), rule, name) for signature, rule, name in rows.iter_rows()]
