"""Pages of an answer: which rows one shows, and where the next ones are (RFC 8288)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi.responses import Response
from starlette.types import Scope

PARAMETER = "offset"
"""Names how many rows stand before those that a page shows."""


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
    first, last = table["offset"] + 1, table["offset"] + len(table["rows"])
    page.headers["X-Muscle-Atlas-Rows"] = f"{first}-{last}, more"
    if address := next_address(scope, table):
        page.headers["Link"] = f'<{address}>; rel="next"'
