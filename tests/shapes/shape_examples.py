"""The fixtures of the shapes, by glob: ``shapes/examples/<concept>/valid.*`` and ``invalid.<rule>.*``."""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from etl.describe import quads
from etl.describe.vocabulary import describe_vocabularies
from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import SHAPES
from muscle_atlas.settings import Settings

NAMES = Names(default_base())
SETTINGS = Settings(default_base(), Path("atlas-data"), "en")
TABULAR = {"file", "record", "generalisation"}
"""The concepts whose rules are on files, rows and cells, and whose fixtures are tables."""
GIVEN = "graph"
"""The concept whose rules are on RDF and shapes as they are given: tests/shapes/test_given_examples.py breaks them."""
GRAPHS = (".ttl", ".trig")


@dataclass(frozen=True)
class Example:
    """One fixture."""

    path: Path

    @property
    def concept(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return str(self.path.relative_to(SHAPES / "examples"))

    @cached_property
    def rule(self) -> str | None:
        """Local name of the one rule that the fixture breaks; None where it breaks none."""
        expectation = self.path.stem
        assert expectation == "valid" or expectation.startswith("invalid."), self.name
        return None if expectation == "valid" else expectation.removeprefix("invalid.")

    @property
    def expected(self) -> set[str]:
        return {self.rule} if self.rule else set()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


def concepts() -> list[str]:
    """Every file of shapes, by its name."""
    return sorted(path.stem for path in SHAPES.glob("*.ttl"))


def examples(*suffixes: str) -> list[Example]:
    """Every fixture with one of the suffixes, all of them without."""
    found = [path for path in sorted((SHAPES / "examples").glob("*/*")) if path.is_file()]
    return [Example(path) for path in found if not suffixes or path.suffix in suffixes]


def graphs() -> list[Example]:
    """The fixtures that are graphs."""
    return [example for example in examples(*GRAPHS) if example.concept not in TABULAR | {GIVEN}]


def tables() -> list[Example]:
    """The fixtures that are tables of records."""
    return [example for example in examples() if example.concept in TABULAR and example.path.suffix not in GRAPHS]


@cache
def vocabularies() -> pl.DataFrame:
    """The quads of every vocabulary."""
    return describe_vocabularies(NAMES)


def store_of_vocabularies() -> ox.Store:
    """A new store that holds every vocabulary."""
    store = ox.Store()
    store.bulk_load(quads.serialise(vocabularies()), format=ox.RdfFormat.N_QUADS)
    return store
