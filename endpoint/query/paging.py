"""Portions of an answer: which rows a page or a table gives, and where the next ones are (RFC 8288)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from fastapi.responses import Response
from starlette.types import Scope

if TYPE_CHECKING:
    from endpoint.query.question import Question

PARAMETER = "offset"
"""Names how many rows stand before those that are given."""
_LONGEST_LINK = 3_000
"""Bytes of an address in ``Link``: nginx passes on heads of one page of memory, 4,096 bytes, unless told otherwise."""

Header = tuple[bytes, bytes]


def next_address(scope: Scope, table: Mapping[str, Any]) -> str | None:
    """Return where the next rows are, relative to this server; None after the last, and for what was not a GET."""
    if not table["more"] or scope["method"] not in ("GET", "HEAD"):
        return None
    parameters = parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
    kept = [(name, value) for name, value in parameters if name != PARAMETER]
    return f"{scope['path']}?{urlencode([*kept, (PARAMETER, table['offset'] + len(table['rows']))])}"


def announce_next(page: Response, scope: Scope, table: Mapping[str, Any]) -> None:
    """Tell programs which rows a page shows, that there are more, and where."""
    if not table["more"]:
        return
    page.headers["X-Muscle-Atlas-Rows"] = _told(table["offset"], len(table["rows"]), more=True)
    address = next_address(scope, table)
    if address and len(address) <= _LONGEST_LINK:
        page.headers["Link"] = f'<{address}>; rel="next"'


def portion_headers(path: str, question: "Question", head: Mapping[str, Any]) -> list[Header]:
    """Return what is told of a table that is not given whole: which rows these are, that there are more, and where.

    The address says all that decides the answer, however the question was asked. Where it is too long for a header, the
    next rows are had by asking the same with another offset.

    Args:
        path: of the service.
        question: that was asked.
        head: what the cage says of its answer (``endpoint.cages.portions.Portion.told`` and more).
    """
    if not head.get("rows"):
        return []
    following = head["offset"] + head["rows"]
    headers = [(b"x-muscle-atlas-rows", _told(head["offset"], head["rows"], more=head["more"]).encode())]
    if head["more"] and question.results_form and len(question.query) <= _LONGEST_LINK:
        told = [
            ("query", question.query),
            *(("default-graph-uri", graph) for graph in question.default_graphs),
            *(("named-graph-uri", graph) for graph in question.named_graphs),
            ("format", question.results_form.suffix),
            (PARAMETER, str(following)),
        ]
        address = f"{path}?{urlencode(told)}"
        if len(address) <= _LONGEST_LINK:
            headers.append((b"link", f'<{address}>; rel="next"'.encode()))
    return headers


def _told(offset: int, count: int, *, more: bool) -> str:
    return f"{offset + 1}-{offset + count}{', more' if more else ''}"
