"""Where the data folders lie, in a checkout and in an installed wheel alike."""

from pathlib import Path

# Path(__file__), not importlib.resources: a folder named "shapes" in the working directory would merge in.
HOUSE = Path(__file__).resolve().parent.parent

ONTOLOGY = HOUSE / "ontology"
SHAPES = HOUSE / "shapes"
MAPPINGS = HOUSE / "mappings"
EXAMPLES = HOUSE / "examples"
QUERIES = HOUSE / "endpoint" / "queries"
