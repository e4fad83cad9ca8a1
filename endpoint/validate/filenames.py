"""Names of files as clients tell them, made fit to be shown and to be given back."""

import re
import unicodedata
from collections.abc import Container
from pathlib import PurePath

LONGEST = 120
"""Signs of a name."""
NAMELESS = "records"

SUFFIXES = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.apache.parquet": ".parquet",
    "application/x-parquet": ".parquet",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "application/x-jsonlines": ".jsonl",
    "text/turtle": ".ttl",
    "application/n-triples": ".nt",
    "application/n-quads": ".nq",
    "application/trig": ".trig",
    "application/rdf+xml": ".rdf",
    "application/ld+json": ".jsonld",
}
"""The suffix of each media type that is read. Tables are known by what they hold; RDF is known by its suffix."""
UNTOLD = ("", "application/octet-stream", "text/plain", "application/json", "application/zip")
"""Media types that say nothing of a file that its name does not say better."""
RDF_TYPES = frozenset(
    media_type
    for media_type in SUFFIXES
    if "rdf" in media_type or SUFFIXES[media_type] in (".ttl", ".nt", ".nq", ".trig", ".jsonld")
)
_OWL = (".owl", ".xml")
_SPACE = re.compile(r"\s+")


def clean_name(told: str | None, media_type: str, taken: Container[str] = ()) -> str:
    """Return the name of a file: without folders, without signs that are not shown, unlike those that are taken.

    Args:
        told: what the client calls it.
        media_type: what the client says it is.
        taken: names of other files.
    """
    last = re.split(r"[/\\]", told or "")[-1]
    shown = "".join(sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", last))
    path = PurePath(_SPACE.sub(" ", shown).strip(" .") or NAMELESS)
    suffix = _suffix(path, media_type)
    stem = path.name.removesuffix(path.suffix) if path.suffix else path.name
    stem = stem[: LONGEST - len(suffix)]
    name, number = f"{stem}{suffix}", 1
    while name in taken:
        number += 1
        name = f"{stem} ({number}){suffix}"
    return name


def _suffix(path: PurePath, media_type: str) -> str:
    suffix = path.suffix[:20]
    if media_type == "application/rdf+xml" and suffix.lower() in _OWL:
        return ".rdf"
    if media_type in RDF_TYPES and suffix.lower() != SUFFIXES[media_type]:
        return SUFFIXES[media_type] if not suffix or suffix.lower() not in SUFFIXES.values() else suffix
    return suffix or SUFFIXES.get(media_type, "")
