"""What the editor of queries completes: the prefixes, classes, properties and terms of the release that is served."""

import hashlib
import json
from typing import Any
from weakref import WeakKeyDictionary

import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.responses import Response

from endpoint.atlas import Atlas, OpenRelease
from endpoint.cages.codings import Coding, choose_coding

router = APIRouter(tags=["editor"])

_written: WeakKeyDictionary[OpenRelease, dict[Coding, tuple[str, bytes]]] = WeakKeyDictionary()
"""Tag and bytes by coding, of open releases; a release that is closed takes its own with it."""


@router.head("/api/completions", include_in_schema=False)
@router.get(
    "/api/completions",
    summary="What the editor completes",
    responses={200: {"content": {"application/json": {}}, "description": "Prefixes, and terms with their names"}},
)
def completions(request: Request) -> Response:
    """Give every prefix, class, property and term of the release with its names in both languages."""
    atlas: Atlas = request.app.state.atlas
    opened = atlas.current()
    coding = choose_coding(request.headers.get("accept-encoding"))
    written = _written.setdefault(opened, {})
    if coding not in written:
        written[coding] = _write(opened, coding)
    etag, body = written[coding]
    headers = {
        "Cache-Control": "public, no-cache",
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "X-Muscle-Atlas-Release": opened.release.version,
    }
    held = request.headers.get("if-none-match", "")
    if etag in held or held.strip() == "*":
        return Response(status_code=304, headers=headers)
    if coding is not Coding.IDENTITY:
        headers["Content-Encoding"] = coding.value
    return Response(body, headers=headers, media_type="application/json")


def _write(opened: OpenRelease, coding: Coding) -> tuple[str, bytes]:
    content = {"base": opened.names.base, "prefixes": read_prefixes(opened), "terms": read_terms(opened)}
    compressor = coding.compressor()
    body = compressor.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
    body += compressor.finish()
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"', body


def read_prefixes(opened: OpenRelease) -> dict[str, str]:
    """Return the namespace of each prefix that a query may use, the preferred prefix of a namespace before others."""
    records = opened.names.converter.records
    preferred = {record.prefix: record.uri_prefix for record in records}
    # "atlas" would hide the more telling prefixes, which begin with the same base.
    return {prefix: start for prefix, start in {**preferred, **opened.names.prefixes}.items() if prefix != "atlas"}


def read_terms(opened: OpenRelease) -> list[dict[str, Any]]:
    """Return what can be completed: ``iri``, ``kind``, ``labels`` by language, and ``others``, its other names."""
    terms: dict[str, dict[str, Any]] = {}
    for solution in opened.select("completions"):
        iri = solution["term"].value
        term = terms.setdefault(iri, {"iri": iri, "kind": solution["kind"].value, "labels": {}, "others": []})
        if isinstance(label := solution.get("label"), ox.Literal):
            term["labels"][label.language or ""] = label.value
        if (other := solution.get("other")) and other.value not in term["others"]:
            term["others"].append(other.value)
    return sorted(terms.values(), key=lambda term: (not term["labels"], term["iri"]))
