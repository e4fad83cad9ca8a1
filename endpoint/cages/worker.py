"""The inside of a cage: a process that opens the store read-only and answers one question after another.

It is started by ``endpoint.cages.cage`` with a socket and its limits, and may be killed at any moment.
A query that asks for more memory than it may have, or nests deeper than the stack, ends this process and nothing else.
"""

import json
import os
import re
import resource
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import IO, Any, cast

import pyoxigraph as ox

from endpoint.cages.frames import Kind, Receiver, pack_json, unpack_question
from endpoint.cages.portions import portion_of
from endpoint.cages.rows import ROWS_TYPE, some_rows
from endpoint.cages.wellformed import NotXmlError
from endpoint.cages.writing import AnswerWriter, TooLargeError
from endpoint.query.tokens import has_dataset_clause

STACK = 128 * 2**20
"""Bytes of the stack that queries are parsed and run on, by recursion: a chain of 50,000 signs fits."""
_NOTEWORTHY = 2**25
"""Bytes by which the process may have grown without a word."""

_OFTEN = 50
"""Answers after which the size of the process is looked at in any case."""

_STATM = "/proc/self/statm"
_PAGE = resource.getpagesize()
_PLACE = re.compile(r"(?:error )?at (\d+):(\d+): ")
_CLASSES = re.compile(r",\s*\[.*", re.DOTALL)

Write = Callable[[AnswerWriter], object]


class _FormError(Exception):
    """What was asked for cannot be written in any form that the client accepts."""


class _GraphError(Exception):
    """A graph is named by what is no IRI."""


class _AbsentError(Exception):
    """There is no such graph."""


_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (_FormError, "form"),
    (_AbsentError, "absent"),
    (TooLargeError, "size"),
    (NotXmlError, "xml"),
    (MemoryError, "memory"),
    (SyntaxError, "syntax"),
    (_GraphError, "graph"),
)


def main(descriptor: str, order: str) -> None:
    """Answer questions from the socket with this number until it is closed.

    ``order`` is JSON: ``store``, the folder; ``memory``, the bytes that questions may take; ``prefixes``, what graphs
    are abbreviated with.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = socket.socket(fileno=int(descriptor))
    threading.stack_size(STACK)
    threading.Thread(target=_live, args=(channel, json.loads(order)), daemon=True).start()
    # The server is gone when the other end is closed, even while a query runs that no signal would stop.
    watch = select.poll()
    watch.register(channel, getattr(select, "POLLRDHUP", select.POLLHUP))
    watch.poll()
    os._exit(0)


def _live(channel: socket.socket, order: dict[str, Any]) -> None:
    try:
        store = ox.Store.read_only(order["store"])
    except OSError as error:
        channel.sendall(pack_json(Kind.FAULT, {"kind": "store", "detail": str(error)}))
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if born := _size():
        resource.setrlimit(resource.RLIMIT_AS, (born + order["memory"], born + order["memory"]))
    worker = _Worker(channel, store, order["prefixes"], born)
    channel.sendall(pack_json(Kind.READY, {"thread": threading.get_native_id()}))
    questions = Receiver(channel)
    while (message := questions.next()) is not None:
        worker.answer(*unpack_question(message[1]))
    os._exit(0)


def _size() -> int:
    """Return the bytes of address space of this process; 0 where the system does not tell, and would not limit it."""
    try:
        with open(_STATM, "rb") as told:  # noqa: PTH123 - asked after every answer; a Path takes several times as long
            return int(told.read().split()[0]) * _PAGE
    except OSError:
        return 0


class _Worker:
    """A store, and the channel on which it is asked."""

    def __init__(self, channel: socket.socket, store: ox.Store, prefixes: dict[str, str], born: int) -> None:
        self._channel = channel
        self._store = store
        self._prefixes = prefixes
        self._born = born
        self._answered = 0
        self._peak = 0
        self._grown = 0

    def answer(self, order: bytes, query: str) -> None:
        """Run a query, or look for the graph named in its place, and send the answer or what is wrong."""
        how = _read(order)
        try:
            write, media_type = self._whole(query, how) if how["whole"] else self._results(query, how)
            writer = AnswerWriter(self._channel, how["coding"], how["most_bytes"], media_type)
            write(writer)
            writer.finish()
        except Exception as error:
            self._channel.sendall(pack_json(Kind.FAULT, _fault(error)))
            return
        writer.end(self._growth())

    def _growth(self) -> int:
        """Return by how many noteworthy bytes the process has grown.

        It is looked at where more was taken than ever before, and now and then: it costs more than a small query.
        """
        self._answered += 1
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if peak > self._peak or self._answered % _OFTEN == 0:
            self._peak = peak
            grown = _size() - self._born
            self._grown = grown if grown > _NOTEWORTHY else 0
        return self._grown

    def _whole(self, name: str, how: dict[str, Any]) -> tuple[Write, str]:
        """Return what writes a graph as it stands in the store, without holding it; no name stands for all graphs."""
        media_type: str = how["graph_type"]
        form = ox.RdfFormat.from_media_type(media_type)
        if not name:
            return (
                lambda writer: ox.serialize(self._union(), cast("IO[bytes]", writer), form, prefixes=self._prefixes)
            ), media_type
        graph = _node(name)
        if next(self._store.quads_for_pattern(None, None, None, graph), None) is None:
            raise _AbsentError(name)
        return (
            lambda writer: self._store.dump(cast("IO[bytes]", writer), form, from_graph=graph, prefixes=self._prefixes)
        ), media_type

    def _union(self) -> Iterator[ox.Triple]:
        """Yield every triple of every graph once: those that are equal stand side by side in the store's index."""
        before = None
        for quad in self._store.quads_for_pattern(None, None, None, None):
            if quad.triple != before:
                before = quad.triple
                yield before

    def _results(self, query: str, how: dict[str, Any]) -> tuple[Write, str]:
        """Return what writes the results of a query, and the media type they are written in."""
        results: Any = self._store.query(
            query,
            base_iri=how["base"],
            use_default_graph_as_union=how["union"] and not has_dataset_clause(query),
            default_graph=_nodes(how["default_graphs"]),
            named_graphs=_nodes(how["named_graphs"]),
        )
        graph = isinstance(results, ox.QueryTriples)
        media_type: str | None = how["graph_type" if graph else "results_type"]
        if media_type is None:
            raise _FormError("graph" if graph else "results")
        if media_type == ROWS_TYPE:
            return lambda writer: writer.write(some_rows(results, how["offset"], how["rows"])), media_type
        if graph:
            form = ox.RdfFormat.from_media_type(media_type)
            return (
                lambda writer: ox.serialize(results, cast("IO[bytes]", writer), form, prefixes=self._prefixes)
            ), media_type
        kind = ox.QueryResultsFormat.from_media_type(media_type)
        if (how["offset"] or how["most_rows"]) and isinstance(results, ox.QuerySolutions):
            return lambda writer: _write_portion(writer, results, kind, how), media_type
        return lambda writer: results.serialize(cast("IO[bytes]", writer), kind), media_type


def _write_portion(writer: AnswerWriter, results: ox.QuerySolutions, form: Any, how: dict[str, Any]) -> None:
    portion = portion_of(results, how["offset"], how["most_rows"])
    writer.told = portion.told
    portion.rows.serialize(cast("IO[bytes]", writer), form)


@lru_cache(maxsize=1_000)
def _read(order: bytes) -> dict[str, Any]:
    """Read how a question is to be answered; most are answered in the same few ways."""
    read: dict[str, Any] = json.loads(order)
    return read


def _nodes(iris: list[str] | None) -> list[Any] | None:
    return None if iris is None else [_node(iri) for iri in iris]


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise _GraphError(iri) from error


def _fault(error: Exception) -> dict[str, Any]:
    """Return what the server is told of an error."""
    told = str(error) or type(error).__name__
    kind = next((kind for known, kind in _KINDS if isinstance(error, known)), "evaluation")
    if kind == "syntax" and (place := _PLACE.match(told)):
        # The grammar's character classes are of no help to anybody.
        expected = _CLASSES.sub("", told[place.end() :])
        return {"kind": kind, "detail": expected, "line": int(place[1]), "column": int(place[2])}
    return {"kind": kind, "detail": told}


if __name__ == "__main__":
    main(*sys.argv[1:])
