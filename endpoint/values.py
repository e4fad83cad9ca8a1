"""Values of parameters: what a request writes becomes SPARQL terms, or is refused with what there would have been."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyoxigraph as ox

from endpoint.problems import ProblemError
from muscle_atlas.questions import LANGUAGES, Parameter

if TYPE_CHECKING:
    from endpoint.atlas import OpenRelease

MOST = 100
"""Values of one parameter."""
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
# In this order: a name that everybody uses wins over another name of something else.
_NAMES = ("rdfs:label", "skos:prefLabel", "skos:altLabel")


def read_terms(parameter: Parameter, values: Sequence[str], opened: "OpenRelease") -> list[str]:
    """Return values as SPARQL terms, each written by the library that checked it.

    Raises:
        ProblemError: naming parameter, value and what there is, where a value is not of its type.
    """
    most = MOST if parameter.several else 1
    if len(values) > most:
        raise ProblemError(400, f"{parameter.name} stands there {len(values)} times.", f"Give it {most} times at most.")
    read = {"iri": _iri, "integer": _integer, "string": _string}[parameter.type]
    return [str(read(parameter, value, opened)) for value in values]


def _iri(parameter: Parameter, value: str, opened: "OpenRelease") -> ox.NamedNode:
    names = opened.names
    curie = names.identifier(value)
    if curie and curie.partition(":")[0] in parameter.prefixes:
        try:
            return ox.NamedNode(names.expand(curie))
        except ValueError as error:
            raise _refusal(parameter, value, f"is no IRI: {error}", opened) from error
    found = _named(parameter, value, opened)
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(sorted(names.compress(node.value) for node in found))
        raise _refusal(parameter, value, f"is the name of several things: {several}", opened)
    raise _refusal(parameter, value, "is no identifier that fits, and nothing has that name", opened)


def _named(parameter: Parameter, value: str, opened: "OpenRelease") -> list[ox.NamedNode]:
    """Return the things of the right kind that have exactly this name, in any language."""
    texts = [ox.Literal(value), *(ox.Literal(value, language=language) for language in LANGUAGES)]
    for predicate in _NAMES:
        property_ = ox.NamedNode(opened.names.expand(predicate))
        found = {
            quad.subject
            for text in texts
            for quad in opened.store.quads_for_pattern(None, property_, text, None)
            if isinstance(quad.subject, ox.NamedNode)
            and opened.names.compress(quad.subject.value).partition(":")[0] in parameter.prefixes
        }
        if found:
            return list(found)
    return []


def _integer(parameter: Parameter, value: str, opened: "OpenRelease") -> int:
    if not _INTEGER.fullmatch(value):
        raise _refusal(parameter, value, "is no integer of at most nine digits", opened)
    if parameter.minimum is not None and int(value) < parameter.minimum:
        raise _refusal(parameter, value, f"is below {parameter.minimum}", opened)
    return int(value)


def _string(parameter: Parameter, value: str, opened: "OpenRelease") -> ox.Literal:
    if parameter.enum and value not in parameter.enum:
        raise _refusal(parameter, value, f"is none of {', '.join(parameter.enum)}", opened)
    return ox.Literal(value)


def _refusal(parameter: Parameter, value: str, wrong: str, opened: "OpenRelease") -> ProblemError:
    shown = value if len(value) <= MOST else f"{value[:MOST]}…"
    return ProblemError(400, f"{parameter.name}: {shown!r} {wrong}.", f"Send {explain(parameter, opened)}.")


def explain(parameter: Parameter, opened: "OpenRelease") -> str:
    """Return in words what values a parameter takes."""
    if parameter.type == "iri":
        forms = " or ".join(_example(prefix, opened) for prefix in parameter.prefixes)
        return f"an identifier ({forms}), as CURIE or IRI, or an exact name in English or French"
    if parameter.type == "integer":
        return "an integer" if parameter.minimum is None else f"an integer of at least {parameter.minimum}"
    return f"one of {', '.join(parameter.enum)}" if parameter.enum else "a text"


def _example(prefix: str, opened: "OpenRelease") -> str:
    pattern = pattern_of(prefix, opened)
    return f"{prefix}:… with {pattern}" if pattern else f"{prefix}:…"


def pattern_of(prefix: str, opened: "OpenRelease") -> str | None:
    """Return the pattern of what stands behind a prefix, from ``ontology/prefixes.json``."""
    return opened.names.converter.get_record(prefix, strict=True).pattern
