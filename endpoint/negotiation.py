"""Content negotiation: which form of an answer a client asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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

DATASET_FORMS = (
    *RDF_FORMS,
    Form("application/trig", "trig", ox.RdfFormat.TRIG),
    Form("application/n-quads", "nq", ox.RdfFormat.N_QUADS),
)
"""Forms of the graphs that queries make; TriG and N-Quads for clients that read nothing else."""

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
    ("application/x-turtle", "text/turtle"),
    ("application/turtle", "text/turtle"),
    ("text/n3", "text/turtle"),
    ("application/x-trig", "application/trig"),
    ("text/x-nquads", "application/n-quads"),
    ("application/xhtml+xml", "text/html"),
)
"""Media types that clients send for another; they are answered under the proper one."""


NAMES = (
    ("turtle", "text/turtle"),
    ("n3", "text/turtle"),
    ("ntriples", "application/n-triples"),
    ("n-triples", "application/n-triples"),
    ("nquads", "application/n-quads"),
    ("n-quads", "application/n-quads"),
    ("json-ld", "application/ld+json"),
    ("json", "application/ld+json"),
    ("rdfxml", "application/rdf+xml"),
    ("rdf/xml", "application/rdf+xml"),
    ("xml", "application/rdf+xml"),
    ("htm", "text/html"),
)
"""What people write for a form, besides its suffix and media type."""


_LONGEST = 4_096
"""Signs of an ``Accept`` header that are weighed: what a client sends at the end of a longer one is not looked at."""


class NotAcceptableError(Exception):
    """Nothing that the client accepts can be given; the message lists what can."""


def choose_form(accept: str | None, forms: Sequence[Form]) -> Form:
    """Return the form that fits an ``Accept`` header best; the first of equals.

    Raises:
        NotAcceptableError: if none fits.
    """
    form = find_form(accept, tuple(forms))
    if form is None:
        raise NotAcceptableError(f"None of {accept!r} can be given. There are: {offer(forms)}.")
    return form


def offer(forms: Sequence[Form]) -> str:
    """Return the media types of forms in words."""
    return ", ".join(form.media_type for form in forms)


def find_form(accept: str | None, forms: tuple[Form, ...]) -> Form | None:
    """Return the form that fits an ``Accept`` header best, the first of equals; None if none fits."""
    if accept and len(accept) > _LONGEST:
        accept = accept[:_LONGEST].rpartition(",")[0]
    return _find_form(accept, forms)


@lru_cache(maxsize=1_000)
def _find_form(accept: str | None, forms: tuple[Form, ...]) -> Form | None:
    if not accept or not accept.strip(" \t,"):
        return forms[0]
    offered = {form.media_type: form for form in forms}
    known = {alias: offered[proper] for alias, proper in ALIASES if proper in offered}
    # best_match prefers the last of equals.
    supported = [*known, *reversed(offered)]
    try:
        # Media types are the same in capitals (RFC 9110, 8.3.1).
        best = mimeparse.best_match(supported, accept.lower())
    except mimeparse.MimeTypeParseException:
        # A header that cannot be read asks for nothing.
        return forms[0]
    return {**offered, **known}[best] if best else None


def name_form(name: str, forms: Sequence[Form]) -> Form | None:
    """Return the form that people call by a suffix, a media type or the name of its language; None if there is none.

    Clients send several media types with commas between; the first that there is counts.
    """
    by_name = {known: form for form in forms for known in (form.suffix, form.media_type)}
    for alias, proper in (*NAMES, *ALIASES):
        if proper in by_name:
            by_name.setdefault(alias, by_name[proper])
    return next((by_name[asked] for part in name.split(",") if (asked := part.strip().lower()) in by_name), None)


def split_suffix(path: str, forms: Sequence[Form]) -> tuple[str, Form | None]:
    """Return a path without the suffix of a form, and the form; the path itself where it has no such suffix."""
    stem, _, suffix = path.rpartition(".")
    form = next((form for form in forms if form.suffix == suffix), None)
    return (stem, form) if form and stem else (path, None)
