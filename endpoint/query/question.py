"""A question: what a request asks, as the SPARQL 1.1 Protocol hands it over."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from endpoint.cages.codings import Coding
from endpoint.cages.frames import pack_question
from endpoint.cages.limits import Limits
from endpoint.cages.rows import ROWS_TYPE
from endpoint.negotiation import DATASET_FORMS, PAGE, RESULT_FORMS, Form, find_form, name_form, offer
from endpoint.problems import ProblemError
from endpoint.query.paging import PARAMETER as OFFSET
from endpoint.query.tokens import changes

_DIGITS = 9
"""Of an offset, at most."""
ROWS = 1_000
"""Rows of an answer that a page shows; other forms give all, or as many as the operator says."""

_RESULTS = (*RESULT_FORMS, PAGE)
_GRAPHS = (*DATASET_FORMS, PAGE)


@dataclass(frozen=True, slots=True)
class Question:
    """A query, its dataset, and the forms in which its answer may come."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    results_form: Form | None
    """The form of an answer to SELECT or ASK; None if the client accepts none."""
    graph_form: Form | None
    """The form of an answer to CONSTRUCT or DESCRIBE."""
    coding: Coding
    offset: int = 0
    """Rows before those that are given."""

    @property
    def text(self) -> str:
        """What is asked."""
        return self.query

    @property
    def for_page(self) -> bool:
        """Whether the answer is to be a page."""
        return self.results_form is PAGE or self.graph_form is PAGE

    @property
    def only_for_page(self) -> bool:
        """Whether a page is wanted whatever the query is, as by browsers; RDF4J takes one rather than nothing."""
        return self.results_form is PAGE and self.graph_form is PAGE

    @property
    def lasting(self) -> bool:
        """Whether the answer is the same as long as the release is."""
        return not self.for_page and not changes(self.query)

    def pack(self, query: str, base: str, limits: Limits) -> bytes:
        """Return what a cage is told.

        Args:
            query: the text that is run, which may not be the one that was asked.
            base: what relative IRIs of the query are resolved against.
            limits: what the query may take.
        """
        told = bool(self.default_graphs or self.named_graphs)
        order = Order(
            whole=False,
            base=base,
            union=not told,
            default_graphs=self.default_graphs if told else None,
            named_graphs=self.named_graphs if told else None,
            results_type=_media_type(self.results_form),
            graph_type=_media_type(self.graph_form),
            coding=Coding.IDENTITY.value if self.for_page else self.coding.value,
            most_bytes=limits.answer,
            rows=min(ROWS, limits.rows or ROWS),
            most_rows=limits.rows,
            offset=self.offset,
        )
        return order.pack(query)


class Order(NamedTuple):
    """How a question is to be answered, as ``endpoint.cages.worker`` reads it."""

    coding: str
    most_bytes: int
    graph_type: str | None
    whole: bool
    """Whether a graph is wanted as it stands: its name comes in place of a query, nothing for all of them."""
    results_type: str | None = None
    base: str | None = None
    union: bool = False
    """Whether all graphs are asked together, unless the query names its own by ``FROM``."""
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    rows: int = ROWS
    """Of a page, at most."""
    most_rows: int | None = None
    """Of a table, at most."""
    offset: int = 0

    def pack(self, text: str) -> bytes:
        """Return the message to a cage that asks a query in this way."""
        return pack_question(_as_json(self), text.encode())


@lru_cache(maxsize=1_000)
def _as_json(order: Order) -> bytes:
    """Return an order as JSON; most are the same few."""
    return json.dumps(order._asdict()).encode()


def _media_type(form: Form | None) -> str | None:
    if form is None:
        return None
    return ROWS_TYPE if form is PAGE else form.media_type


def read_question(parameters: Sequence[tuple[str, str]], accept: str | None, coding: Coding) -> Question:
    """Return what the parameters of a request ask.

    Raises:
        ProblemError: if there is not exactly one query, if there is an update, or if nothing can be given that the
            client accepts.
    """

    def all_of(wanted: str) -> tuple[str, ...]:
        return tuple(value for name, value in parameters if name == wanted)

    if all_of("update"):
        raise read_only()
    queries = all_of("query")
    if len(queries) != 1:
        raise ProblemError.of(400, "query-twice" if queries else "query-absent")
    results, graph = _forms(all_of("format")[-1:], accept)
    offset = _read_offset(all_of(OFFSET)[-1:])
    return Question(queries[0], all_of("default-graph-uri"), all_of("named-graph-uri"), results, graph, coding, offset)


def _read_offset(given: Sequence[str]) -> int:
    """Return how many rows stand before those that are given."""
    for text in given:
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
            raise ProblemError.of(400, "offset-wrong", offset=text)
        return int(text)
    return 0


def _forms(names: Sequence[str], accept: str | None) -> tuple[Form | None, Form | None]:
    """Return the forms of results and of graphs: those that the parameter ``format`` names, else those accepted."""
    for name in names:
        results, graph = name_form(name, _RESULTS), name_form(name, _GRAPHS)
        if results is None and graph is None:
            raise _no_format(name, (*RESULT_FORMS, *DATASET_FORMS, PAGE))
        return results, graph
    results, graph = find_form(accept, _RESULTS), find_form(accept, _GRAPHS)
    if results is None and graph is None:
        raise not_acceptable(accept, (*RESULT_FORMS, *DATASET_FORMS))
    return results, graph


def read_form(parameters: Sequence[tuple[str, str]], accept: str | None, forms: tuple[Form, ...]) -> Form | None:
    """Return the form that the parameter ``format`` names, else the one that is accepted; None if none is.

    Raises:
        ProblemError: if there is no format of that name.
    """
    for name in [value for known, value in parameters if known == "format"][-1:]:
        if (named := name_form(name, forms)) is None:
            raise _no_format(name, forms)
        return named
    return find_form(accept, forms)


def _no_format(name: str, forms: Sequence[Form]) -> ProblemError:
    known = ", ".join(form.suffix for form in forms)
    return ProblemError.of(400, "format-unknown", name=name, known=known)


def not_acceptable(accept: str | None, forms: Sequence[Form]) -> ProblemError:
    """Return what a client is told that accepts nothing of what there is."""
    if accept:
        return ProblemError.of(406, "accept-nothing", accept=accept, offered=offer(forms))
    return ProblemError.of(406, "accept-other", offered=offer(forms))


def read_timeout(parameters: Sequence[tuple[str, str]], limits: Limits) -> float:
    """Return the seconds that a query may take: those asked for by ``timeout``, never more than the limit.

    Raises:
        ProblemError: if the parameter is no number above zero.
    """
    asked = [value for name, value in parameters if name == "timeout"]
    if not asked:
        return limits.seconds
    try:
        seconds = float(asked[-1])
    except ValueError:
        seconds = math.nan
    if not seconds > 0:
        raise ProblemError.of(400, "timeout-wrong", timeout=asked[-1])
    return min(seconds, limits.seconds)


def read_only() -> ProblemError:
    """Return what a client is told that sends an update."""
    return ProblemError.of(403, "read-only")
