"""The nodes that a shape looks at (SHACL, 2.1.3)."""

from collections.abc import Iterable

import polars as pl
from rdflib.namespace import SH

from etl.validate.predicates import Predicates
from etl.validate.shapes import Target
from etl.validate.terms import write_term


def find_nodes(targets: Iterable[Target], predicates: Predicates) -> pl.DataFrame:
    """Return as ``s`` the nodes that any of the targets finds."""
    found = [_find(target, predicates) for target in targets]
    return found[0] if len(found) == 1 else pl.concat(found).unique()


def _find(target: Target, predicates: Predicates) -> pl.DataFrame:
    if target.kind == SH.targetClass:
        return predicates.instances(str(target.value))
    if target.kind == SH.targetNode:
        return predicates.nodes(write_term(target.value))
    pairs = predicates[str(target.value)]
    return pairs.select("s" if target.kind == SH.targetSubjectsOf else pl.col("o").alias("s")).unique()
