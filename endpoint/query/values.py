"""Values of parameters: what a request writes becomes SPARQL terms, or is refused with what there would have been."""

import re
from collections.abc import Sequence

import pyoxigraph as ox

from endpoint.atlas import OpenRelease
from endpoint.problems import ProblemError
from muscle_atlas.questions import LANGUAGES, Parameter

MOST = 100
"""Values of one parameter."""
_SHOWN = 100
"""Signs of a wrong value that are told."""
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
# In this order: a name that everybody uses wins over another name of something else.
_NAMES = ("rdfs:label", "skos:prefLabel", "skos:altLabel")


def read_terms(parameter: Parameter, values: Sequence[str], opened: OpenRelease) -> list[str]:
    """Return values as SPARQL terms, each written by the library that checked it.

    Raises:
        ProblemError: naming parameter, value and what there is, where a value is not of its type.
    """
    most = MOST if parameter.several else 1
    if len(values) > most:
        raise ProblemError.of(400, "values-too-many", name=parameter.name, count=len(values), most=most)
    read = {"iri": _iri, "integer": _integer, "string": _string}[parameter.type]
    return [str(read(parameter, value, opened)) for value in values]


def _iri(parameter: Parameter, value: str, opened: OpenRelease) -> ox.NamedNode:
    names = opened.names
    curie = names.identifier(value)
    if curie and curie.partition(":")[0] in parameter.prefixes:
        try:
            return ox.NamedNode(names.expand(curie))
        except ValueError as error:
            raise _refusal("value-no-thing", parameter, value, known=forms(parameter, opened)) from error
    found = _named(parameter, value, opened)
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(sorted(names.compress(node.value) for node in found))
        raise _refusal("value-ambiguous", parameter, value, known=several)
    raise _refusal("value-no-thing", parameter, value, known=forms(parameter, opened))


def _named(parameter: Parameter, value: str, opened: OpenRelease) -> list[ox.NamedNode]:
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


def _integer(parameter: Parameter, value: str, _: OpenRelease) -> int:
    least = -(10**9) if parameter.minimum is None else parameter.minimum
    if not _INTEGER.fullmatch(value) or int(value) < least:
        raise _refusal("value-no-integer", parameter, value, known=least)
    return int(value)


def _string(parameter: Parameter, value: str, _: OpenRelease) -> ox.Literal:
    if parameter.enum and value not in parameter.enum:
        raise _refusal("value-not-among", parameter, value, known=", ".join(parameter.enum))
    return ox.Literal(value)


def _refusal(problem: str, parameter: Parameter, value: str, *, known: object) -> ProblemError:
    shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
    return ProblemError.of(400, problem, name=parameter.name, value=shown, known=known)


def forms(parameter: Parameter, opened: OpenRelease) -> str:
    """Return the identifiers that a parameter takes, as CURIEs with the pattern of what stands behind the prefix."""
    return ", ".join(f"{prefix}:{pattern_of(prefix, opened)}" for prefix in parameter.prefixes)


def pattern_of(prefix: str, opened: OpenRelease) -> str:
    """Return the pattern of what stands behind a prefix, from ``ontology/prefixes.json``, without the anchors."""
    pattern = opened.names.converter.get_record(prefix, strict=True).pattern
    return pattern.removeprefix("^").removesuffix("$") if pattern else r"\S+"
