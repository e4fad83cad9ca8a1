"""What runs in the process of a judge: ``python -m etl.validate.juror DESCRIPTOR BYTES``."""

import resource
import sys
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from typing import Any

import rdflib

from etl.validate.ask import ask
from etl.validate.judge import JudgeError, Result, judge
from etl.validate.shapes import Triple


def _judge(data: bytes, triples: Iterable[Triple]) -> list[Result]:
    shapes = rdflib.Graph()
    for triple in triples:
        shapes.add(triple)
    return list(judge(data, shapes))


TASKS: dict[str, Callable[..., list[Any]]] = {"judge": _judge, "ask": ask}


def main(descriptor: int, memory: int) -> None:
    """Answer what comes over a connection until it ends: a task and its arguments by its results, or by an error."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    line = Connection(descriptor)
    line.send(True)
    while True:
        try:
            task, *arguments = line.recv()
        except EOFError:
            return
        try:
            line.send(TASKS[task](*arguments))
        except JudgeError as error:
            line.send(error)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
