"""Content negotiation: which form of an answer a client asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

import mimeparse
import pyoxigraph as ox


@dataclass(frozen=True)
class Form:
    """One form of an answer."""

    media_type: str
    suffix: str
    serializer: ox.RdfFormat | ox.QueryResultsFormat | None
    """None for a page."""


PAGE = Form("text/html", "html", None)

RDF_FORMS = (
    Form("text/turtle", "ttl", ox.RdfFormat.TURTLE),
    Form("application/n-triples", "nt", ox.RdfFormat.N_TRIPLES),
    Form("application/ld+json", "jsonld", ox.RdfFormat.JSON_LD),
    Form("application/rdf+xml", "rdf", ox.RdfFormat.RDF_XML),
)
"""Forms of graphs, the default first."""

RESULT_FORMS = (
    Form("application/sparql-results+json", "json", ox.QueryResultsFormat.JSON),
    Form("application/sparql-results+xml", "xml", ox.QueryResultsFormat.XML),
    Form("text/csv", "csv", ox.QueryResultsFormat.CSV),
    Form("text/tab-separated-values", "tsv", ox.QueryResultsFormat.TSV),
)
"""Forms of the answers to SELECT and ASK, the default first."""

ALIASES = (
    ("application/json", "application/ld+json"),
    ("application/json", "application/sparql-results+json"),
    ("application/xml", "application/rdf+xml"),
    ("application/xml", "application/sparql-results+xml"),
    ("text/xml", "application/sparql-results+xml"),
    ("text/plain", "application/n-triples"),
    ("application/xhtml+xml", "text/html"),
)
"""Media types that clients send for another; they are answered under the proper one."""


class NotAcceptableError(Exception):
    """Nothing that the client accepts can be given; the message lists what can."""


def choose_form(accept: str | None, forms: Sequence[Form]) -> Form:
    """Return the form that fits an ``Accept`` header best; the first of equals.

    Raises:
        NotAcceptableError: if none fits.
    """
    if not accept or not accept.strip():
        return forms[0]
    offered = {form.media_type: form for form in forms}
    known = {alias: offered[proper] for alias, proper in ALIASES if proper in offered}
    # best_match prefers the last of equals.
    supported = [*known, *reversed(offered)]
    try:
        best = mimeparse.best_match(supported, accept)
    except mimeparse.MimeTypeParseException:
        # A header that cannot be read asks for nothing.
        return forms[0]
    if not best:
        raise NotAcceptableError(f"None of {accept!r} can be given. There are: {', '.join(offered)}.")
    return {**offered, **known}[best]


def split_suffix(path: str, forms: Sequence[Form]) -> tuple[str, Form | None]:
    """Return a path without the suffix of a form, and the form; the path itself where it has no such suffix."""
    stem, _, suffix = path.rpartition(".")
    form = next((form for form in forms if form.suffix == suffix), None)
    return (stem, form) if form and stem else (path, None)
