"""Asking the rules on a release as a whole, whose queries look at quads, graph by graph."""

from collections.abc import Iterator

import polars as pl
import pyoxigraph as ox

from etl.describe import quads
from etl.problems import Problem, Rule, Rules
from etl.validate.among import among
from muscle_atlas.names import Names


def ask_release_rules(graph: pl.DataFrame, store: ox.Store, rules: Rules, names: Names) -> Iterator[Problem]:
    """Give a problem for each fault that a ``ma:ReleaseRule`` finds.

    A rule that says by ``ma:among`` which quads its faults are among is asked of those only, any other of the store.

    Args:
        graph: the quads of the release (columns ``s``, ``p``, ``o``, ``g`` of N-Quads text).
        store: a store that holds them.
        rules: the catalogue.
        names: the names of the atlas.
    """
    for rule in rules.by_iri.values():
        if rule.query is not None:
            yield from _ask(rule, rule.query, _store(graph, rule.among, names) if rule.among else store, names)


def _store(graph: pl.DataFrame, choice: str, names: Names) -> ox.Store:
    store = ox.Store()
    store.load(quads.serialise(among(choice, graph, names)), format=ox.RdfFormat.N_QUADS)
    return store


def _ask(rule: Rule, query: str, store: ox.Store, names: Names) -> Iterator[Problem]:
    solutions = store.query(query, prefixes=names.prefixes)
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - the rules hold SELECT queries only
    variables = [variable.value for variable in solutions.variables]
    for solution in solutions:
        found = {name: str(solution[name]).strip("<>") for name in variables if solution[name] is not None}
        yield rule.tell(value=found.get("value"), bindings=found)
