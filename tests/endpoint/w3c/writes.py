"""What a write of the Graph Store Protocol would do: it is refused by the server, and played as a new release."""

import email
from urllib.parse import parse_qsl, urlsplit

import pyoxigraph as ox

from tests.endpoint.releases import quads_of
from tests.endpoint.w3c.manifests import Exchange

Graphs = dict[ox.NamedNode, list[ox.Quad]]

DEFAULT = ox.NamedNode("http://www.example/gsp/default")
"""The default graph of a release is the union of its named graphs: what is put there stands in one of them."""


def graph_of(exchange: Exchange) -> ox.NamedNode:
    """Return the graph that a request names; of one that names none, the server would choose the name."""
    named = dict(parse_qsl(urlsplit(exchange.path).query, keep_blank_values=True))
    if "graph" in named:
        return ox.NamedNode(named["graph"])
    return DEFAULT if "default" in named else ox.NamedNode("http://www.example/gsp/new")


def play(exchange: Exchange, graphs: Graphs) -> None:
    """Change the graphs as the request asks."""
    graph = graph_of(exchange)
    if exchange.method == "DELETE":
        graphs.pop(graph, None)
        return
    given = [quad for part in _parts(exchange) for quad in quads_of(part, ox.RdfFormat.TURTLE, graph)]
    graphs[graph] = given if exchange.method == "PUT" else graphs.get(graph, []) + given


def _parts(exchange: Exchange) -> list[bytes]:
    kind = exchange.headers["content-type"]
    if not kind.startswith("multipart/"):
        return [exchange.body]
    message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + exchange.body)
    return [bytes(part.get_payload(decode=True)) for part in message.walk() if not part.is_multipart()]
