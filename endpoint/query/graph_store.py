"""The read half of the SPARQL 1.1 Graph Store HTTP Protocol: whole graphs, as they stand in the release."""

from collections.abc import Sequence
from dataclasses import dataclass

from endpoint.cages.codings import Coding
from endpoint.cages.limits import Limits
from endpoint.negotiation import DATASET_FORMS, Form
from endpoint.problems import ProblemError
from endpoint.query.question import Order, not_acceptable, read_form, read_only

PATH = "/rdf-graph-store"
METHODS = "GET, HEAD, OPTIONS"
WRITING = ("PUT", "POST", "DELETE", "PATCH")
"""The methods by which the protocol changes graphs; here nothing does."""


@dataclass(frozen=True, slots=True)
class WholeGraph:
    """A graph, and the form in which it is wanted."""

    name: str
    """Its IRI; empty for the default graph, which is the union of all."""
    form: Form
    coding: Coding

    @property
    def text(self) -> str:
        """What is asked."""
        return self.name

    @property
    def lasting(self) -> bool:
        """Whether the answer is the same as long as the release is; a graph is."""
        return True

    def pack(self, limits: Limits) -> bytes:
        """Return what a cage is told."""
        order = Order(coding=self.coding.value, most_bytes=limits.answer, graph_type=self.form.media_type, whole=True)
        return order.pack(self.name)


def check_method(method: str) -> None:
    """Let reading pass.

    Raises:
        ProblemError: if a method writes, or is none of this protocol.
    """
    if method in WRITING:
        raise read_only()
    if method not in ("GET", "HEAD"):
        problem = ProblemError.of(405, "method-there-are", method=method, methods=METHODS)
        problem.headers["Allow"] = METHODS
        raise problem


def read_graph(parameters: Sequence[tuple[str, str]], accept: str | None, coding: Coding) -> WholeGraph | None:
    """Return the graph that the parameters of a request name; None if they name none.

    Raises:
        ProblemError: if there is more than one, or nothing can be given that the client accepts.
    """
    names = [value for name, value in parameters if name == "graph"]
    default = any(name == "default" for name, _ in parameters)
    if not names and not default:
        return None
    if len(names) + default > 1:
        raise ProblemError.of(400, "graph-twice")
    if names == [""]:
        raise ProblemError.of(400, "graph-empty")
    form = read_form(parameters, accept, DATASET_FORMS)
    if form is None:
        raise not_acceptable(accept, DATASET_FORMS)
    return WholeGraph("".join(names), form, coding)
