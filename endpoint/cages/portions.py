"""A portion of the rows of an answer: those after an offset, at most so many, and whether there are more."""

import json
from itertools import islice
from typing import Any, NamedTuple

import pyoxigraph as ox

_FORM = ox.QueryResultsFormat.JSON


class Portion(NamedTuple):
    """Some rows, ready to be written in any form."""

    rows: ox.QuerySolutions
    told: dict[str, Any]
    """What the head of the answer says: ``offset``, ``rows``, ``more``; nothing where these are all rows there are."""


def portion_of(results: ox.QuerySolutions, offset: int, most: int | None) -> Portion:
    """Leave rows out before an offset, and all but so many behind it; None stands for all.

    That there are more has to be known before the first row is sent, so the rows are taken first. They are held as the
    text of their JSON, which is what Oxigraph reads them from again to write them in the form that is asked for.
    """
    next(islice(results, offset, offset), None)
    if most is None:
        return Portion(results, {})
    names = [variable.value for variable in results.variables]
    held = bytearray(b'{"head":' + json.dumps({"vars": names}).encode() + b',"results":{"bindings":[')
    count = 0
    for row in islice(results, most):
        if count:
            held += b","
        held += json.dumps({name: _described(term) for name, term in zip(names, row, strict=True) if term}).encode()
        count += 1
    held += b"]}}"
    more = next(results, None) is not None
    rows = ox.parse_query_results(bytes(held), _FORM)
    assert isinstance(rows, ox.QuerySolutions)  # noqa: S101 - written as such above
    return Portion(rows, {"offset": offset, "rows": count, "more": more} if offset or more else {})


def _described(term: Any) -> dict[str, Any]:
    """Return a term as JSON (https://www.w3.org/TR/sparql12-results-json/#select-encode-terms)."""
    match term:
        case ox.NamedNode():
            return {"type": "uri", "value": term.value}
        case ox.BlankNode():
            return {"type": "bnode", "value": term.value}
        case ox.Triple():
            parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
            return {"type": "triple", "value": {name: _described(part) for name, part in parts.items()}}
        case _ if term.language is None:
            return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
        case _:
            direction = {"its:dir": term.direction.value} if term.direction else {}
            return {"type": "literal", "value": term.value, "xml:lang": term.language, **direction}
