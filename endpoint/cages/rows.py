"""The first rows of an answer as plain values, for pages."""

import json
from itertools import islice
from typing import Any

import pyoxigraph as ox

ROWS_TYPE = "application/vnd.muscle-atlas.rows+json"
"""Never leaves the server: what a page of results is made from."""


def some_rows(results: Any, offset: int, most: int) -> bytes:
    """Return at most ``most`` rows of an answer as JSON, those before ``offset`` left out.

    ``{boolean, heads, rows, offset, more}``: of a SELECT the variables and their values, of a graph its triples; a
    value is ``[kind, value, language]`` with kind ``iri``, ``literal`` or ``other``, or null.
    """
    if isinstance(results, ox.QueryBoolean):
        return json.dumps({"boolean": bool(results), "heads": [], "rows": [], "offset": 0, "more": False}).encode()
    if isinstance(results, ox.QuerySolutions):
        heads = [variable.value for variable in results.variables]
        found = [[_cell(row[head]) for head in heads] for row in islice(results, offset, offset + most + 1)]
    else:
        heads = ["subject", "predicate", "object"]
        found = [[_cell(term) for term in triple] for triple in islice(results, offset, offset + most + 1)]
    content = {"boolean": None, "heads": heads, "rows": found[:most], "offset": offset, "more": len(found) > most}
    return json.dumps(content).encode()


def _cell(term: Any) -> list[str | None] | None:
    match term:
        case None:
            return None
        case ox.NamedNode():
            return ["iri", term.value, None]
        case ox.Literal():
            return ["literal", term.value, term.language]
        case _:
            return ["other", str(term), None]
