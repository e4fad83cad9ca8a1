"""The editor of queries: whether its bundle was built, and what its page hands over to it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from endpoint.atlas import OpenRelease
from endpoint.editor.completions import read_prefixes

FORM = "html"
"""The value of ``format`` that asks for a page made on the server, where scripts are off."""


@dataclass(frozen=True)
class Editor:
    """The bundle that ``hatch_build.py`` makes of ``endpoint/web/editor``."""

    folder: Path

    @cached_property
    def version(self) -> str | None:
        """The digest of what the bundle was built from; None where the package was built without it."""
        digest = self.folder / "digest"
        return digest.read_text(encoding="ascii").strip()[:12] if digest.is_file() else None

    def answers(self, request: Request) -> bool:
        """Tell whether a request is one that the editor answers: a browser follows a link to a query."""
        return self.version is not None and request.method in ("GET", "HEAD") and "format" not in request.query_params

    def page(self, request: Request, words: dict[str, str], opened: OpenRelease) -> dict[str, Any] | None:
        """Return what the page of the editor is made from; None where there is no bundle."""
        if self.version is None:
            return None
        asked = list(request.query_params.multi_items())
        return {
            "version": self.version,
            # Where scripts are off, the page leads on to the answer that the server writes.
            "plain": f"{request.url.path}?{urlencode([*asked, ('format', FORM)])}" if _asks(request) else None,
            "settings": {
                "base": opened.names.base,
                "prefixes": read_prefixes(opened),
                "words": {name.removeprefix("editor_"): word for name, word in words.items() if _is_told(name)},
            },
        }


def _asks(request: Request) -> bool:
    return "query" in request.query_params


def _is_told(name: str) -> bool:
    return name.startswith(("editor_", "kind_")) or name in ("yes", "no", "mend", "ask", "no_rows", "no_picture")
