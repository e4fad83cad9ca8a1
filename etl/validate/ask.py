"""The other judge: one query of a shape, asked by Oxigraph of the nodes that are marked, and what it finds."""

from collections.abc import Callable

import pyoxigraph as ox

from etl.validate.judge import JudgeError

Found = dict[str, str | None]
"""Variable to its term as N-Triples text, None where it is not bound."""
Prefixes = tuple[tuple[str, str], ...]
Ask = Callable[[bytes, str, Prefixes], list[Found]]
"""Asks a query, with its prefixes, over triples (N-Triples)."""


def ask(data: bytes, query: str, prefixes: Prefixes) -> list[Found]:
    """Return each different answer to a query over triples.

    Raises:
        JudgeError: if Oxigraph cannot answer it.
    """
    store = ox.Store()
    # Parsed here, because a store that loads text gives blank nodes other labels.
    store.bulk_extend(ox.parse(data, format=ox.RdfFormat.N_QUADS))
    try:
        solutions = store.query(query, prefixes=dict(prefixes))
        assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - other queries cannot be read
        names = [variable.value for variable in solutions.variables]
        answers = {tuple(str(term) if (term := row[name]) else None for name in names) for row in solutions}
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        raise JudgeError(str(error)) from error
    return [dict(zip(names, answer, strict=True)) for answer in answers]
