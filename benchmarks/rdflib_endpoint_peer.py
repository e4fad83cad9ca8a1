# /// script
# requires-python = ">=3.11"
# dependencies = ["rdflib-endpoint>=0.6", "oxrdflib>=0.5", "uvicorn>=0.34"]
# ///
"""rdflib-endpoint over an Oxigraph store on disk, in an environment of its own."""

import json
import sys
from importlib.metadata import version

import uvicorn
from oxrdflib import OxigraphStore  # type: ignore[import-not-found]
from pyoxigraph import Store
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint  # type: ignore[import-not-found]


def main() -> None:
    """Serve the store of the first argument on the port of the second."""
    folder, port = sys.argv[1], int(sys.argv[2])
    # Queries see the union of all graphs, as everywhere in this comparison.
    graph = Dataset(store=OxigraphStore(store=Store.read_only(folder)), default_union=True)
    used = {name: version(name) for name in ("rdflib-endpoint", "oxrdflib", "rdflib", "pyoxigraph", "uvicorn")}
    print(json.dumps(used), flush=True)
    uvicorn.run(SparqlEndpoint(graph=graph, path="/sparql"), host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main()
