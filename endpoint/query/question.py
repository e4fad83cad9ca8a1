"""A question: what a request asks, as the SPARQL 1.1 Protocol hands it over."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from endpoint.negotiation import DATASET_FORMS, PAGE, RESULT_FORMS, Form, find_form, name_form, offer
from endpoint.problems import ProblemError
from endpoint.query.codings import Coding
from endpoint.query.frames import pack_question
from endpoint.query.limits import Limits
from endpoint.query.rows import ROWS_TYPE
from endpoint.query.tokens import changes, has_dataset_clause

ROWS = 1_000
"""Rows of an answer that a page shows; every other form gives all."""

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

    @property
    def for_page(self) -> bool:
        """Whether the answer is to be a page."""
        return self.results_form is PAGE or self.graph_form is PAGE

    @property
    def lasting(self) -> bool:
        """Whether the answer is the same as long as the release is."""
        return not self.for_page and not changes(self.query)

    def pack(self, query: str, limits: Limits) -> bytes:
        """Return what a cage is told; ``query`` is the text that is run, which may not be the one that was asked."""
        told = bool(self.default_graphs or self.named_graphs)
        order = _Order(
            # A query with FROM names its own dataset; everybody else sees all graphs.
            union=not told and not has_dataset_clause(self.query),
            default_graphs=self.default_graphs if told else None,
            named_graphs=self.named_graphs if told else None,
            results_type=_media_type(self.results_form),
            graph_type=_media_type(self.graph_form),
            coding=Coding.IDENTITY.value if self.for_page else self.coding.value,
            rows=ROWS,
            most_bytes=limits.answer,
        )
        return pack_question(_as_json(order), query.encode())


class _Order(NamedTuple):
    """How a question is to be answered, as ``endpoint.query.worker`` reads it."""

    union: bool
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    results_type: str | None
    graph_type: str | None
    coding: str
    rows: int
    most_bytes: int


@lru_cache(maxsize=1_000)
def _as_json(order: _Order) -> bytes:
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
        told = "is missing" if not queries else "stands there more than once"
        raise ProblemError(400, f"The parameter “query” {told}.", "Send exactly one query.")
    results, graph = _forms(all_of("format")[-1:], accept)
    return Question(queries[0], all_of("default-graph-uri"), all_of("named-graph-uri"), results, graph, coding)


def _forms(names: Sequence[str], accept: str | None) -> tuple[Form | None, Form | None]:
    """Return the forms of results and of graphs: those that the parameter ``format`` names, else those accepted."""
    for name in names:
        results, graph = name_form(name, _RESULTS), name_form(name, _GRAPHS)
        if results is None and graph is None:
            known = ", ".join(form.suffix for form in (*RESULT_FORMS, *DATASET_FORMS, PAGE))
            raise ProblemError(400, f"There is no format {name!r}.", f"There are: {known}.")
        return results, graph
    results, graph = find_form(accept, _RESULTS), find_form(accept, _GRAPHS)
    if results is None and graph is None:
        raise not_acceptable(accept, (*RESULT_FORMS, *DATASET_FORMS))
    return results, graph


def not_acceptable(accept: str | None, forms: Sequence[Form]) -> ProblemError:
    """Return what a client is told that accepts nothing of what there is."""
    asked = f"None of {accept!r} can be given" if accept else "That form cannot be given"
    return ProblemError(406, f"{asked}.", f"Accept one of these: {offer(forms)}.")


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
        raise ProblemError(400, f"The timeout {asked[-1]!r} is no number of seconds above zero.", "Send timeout=10.")
    return min(seconds, limits.seconds)


def read_only() -> ProblemError:
    """Return what a client is told that sends an update."""
    return ProblemError(
        403,
        "The atlas is read-only over HTTP: updates are refused.",
        "Records come in by “muscle-atlas build RECORDS”, which validates them first.",
    )
