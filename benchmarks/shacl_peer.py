# /// script
# requires-python = ">=3.11"
# dependencies = ["pyshacl>=0.30", "oxrdflib>=0.5", "pyrudof>=0.3"]
# ///
"""One validation by a peer, in an environment of its own: ``PEER DATA SHAPES``."""

import hashlib
import json
import platform
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version

import pyrudof  # type: ignore[import-not-found]
import pyshacl
import rdflib
from rdflib.namespace import RDF, SH

Finding = tuple[str, str]
"""Shape and focus node."""


def main() -> None:
    """Validate, and print how long it took, how many results each shape has, and a checksum of them all."""
    peer, data, shapes = sys.argv[1:]
    run, packages = PEERS[peer]
    started = time.perf_counter()
    found = sorted(run(data, shapes))
    seconds = time.perf_counter() - started
    versions = {name: version(name) for name in packages} | {"python": platform.python_version()}
    print(json.dumps({"seconds": seconds, "versions": versions, **summary(found)}))


def summary(found: list[Finding]) -> dict[str, object]:
    """Return the number of results by shape, and a checksum of shapes and focus nodes."""
    text = "\n".join(" ".join(finding) for finding in found)
    return {
        "results": dict(Counter(shape for shape, _ in found)),
        "checksum": hashlib.sha256(text.encode()).hexdigest(),
    }


def _by_rdflib(data: str, shapes: str) -> Iterator[Finding]:
    return _by_pyshacl(rdflib.Graph(), data, shapes)


def _by_oxrdflib(data: str, shapes: str) -> Iterator[Finding]:
    return _by_pyshacl(rdflib.Graph(store="Oxigraph"), data, shapes)


def _by_pyshacl(graph: rdflib.Graph, data: str, shapes: str) -> Iterator[Finding]:
    warnings.simplefilter("ignore")
    graph.parse(data, format="ox-nt" if graph.store.__class__.__name__ == "OxigraphStore" else "nt")
    _, report, _ = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(shapes), inplace=True, advanced=False)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        yield str(report.value(result, SH.sourceShape)), str(report.value(result, SH.focusNode))


def _by_pyrudof(data: str, shapes: str) -> Iterator[Finding]:
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(data, format=pyrudof.RDFFormat.NTriples)
    rudof.read_shacl(shapes, format=pyrudof.ShaclFormat.Turtle)
    for entry in rudof.validate_shacl():
        yield str(entry.source_shape), str(entry.focus_node)


PEERS: dict[str, tuple[Callable[[str, str], Iterator[Finding]], tuple[str, ...]]] = {
    "pySHACL on rdflib": (_by_rdflib, ("pyshacl", "rdflib")),
    "pySHACL on oxrdflib": (_by_oxrdflib, ("pyshacl", "oxrdflib", "pyoxigraph", "rdflib")),
    "pyrudof": (_by_pyrudof, ("pyrudof",)),
}


if __name__ == "__main__":
    main()
