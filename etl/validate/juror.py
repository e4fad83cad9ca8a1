"""What runs in the process of a judge: ``python -m etl.validate.juror DESCRIPTOR BYTES``."""

import resource
import sys
from multiprocessing.connection import Connection

import rdflib

from etl.validate.judge import JudgeError, judge


def main(descriptor: int, memory: int) -> None:
    """Answer what comes over a connection until it ends: data and triples of shapes by results, or by an error."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    line = Connection(descriptor)
    line.send(True)
    while True:
        try:
            data, triples = line.recv()
        except EOFError:
            return
        shapes = rdflib.Graph()
        for triple in triples:
            shapes.add(triple)
        try:
            line.send(list(judge(data, shapes)))
        except JudgeError as error:
            line.send(error)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
