"""The example questions over HTTP: their list, and each as a call with typed parameters."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from endpoint.atlas import Atlas, OpenRelease
from endpoint.problems import ProblemError
from endpoint.query.values import pattern_of, read_terms
from muscle_atlas.questions import Parameter, Question, read_catalogue, read_questions

LIST = "/api/queries"
CALL = f"{LIST}/"
"""What the address of each call begins with; answered before the framework, as ``/sparql`` is."""
_COMMON = ("format", "timeout", "offset")
_LANGUAGE = "lang"
"""Of the page, where the answer is one."""
_SEVERAL = ", by CURIE, IRI or exact name; several by repeating the parameter"
_LONGEST = 100
"""Signs of a wrong name that are looked at."""

router = APIRouter(tags=["questions"])


@router.head(LIST, include_in_schema=False)
@router.get(LIST, summary="The example questions")
def list_questions(request: Request) -> Response:
    """Give every example question: its texts, tags, parameters with defaults, and the query itself."""
    atlas: Atlas = request.app.state.atlas
    opened = atlas.current()
    tags, _ = read_catalogue()
    content = {
        "tags": [{"name": name, "label": label} for name, label in tags.items()],
        "queries": [_told(question, opened) for question in read_questions()],
    }
    return JSONResponse(content, headers={"X-Muscle-Atlas-Release": opened.release.version})


def find_question(name: str) -> Question | None:
    """Return the question of this name, if there is one."""
    return next((question for question in read_questions() if question.name == name), None)


def ask(name: str, given: Sequence[tuple[str, str]], opened: OpenRelease) -> list[tuple[str, str]]:
    """Return what a call of a question asks of ``/sparql``.

    Args:
        name: of the question.
        given: the parameters of the request.
        opened: the release that is asked.

    Raises:
        ProblemError: if there is no such question or parameter, or a value is not of its type.
    """
    question = find_question(name)
    if question is None:
        name = name[:_LONGEST]
        near = get_close_matches(name, [known.name for known in read_questions()])
        raise ProblemError.of(404, "question-like" if near else "question-unknown", name=name, known=", ".join(near))
    known = [parameter.name for parameter in question.parameters]
    for word, _ in given:
        if word not in (*known, *_COMMON, _LANGUAGE):
            raise ProblemError.of(400, "parameter-unknown", name=word, known=", ".join((*known, *_COMMON)))
    chosen = {}
    for parameter in question.parameters:
        if values := [value for word, value in given if word == parameter.name]:
            chosen[parameter.name] = read_terms(parameter, values, opened)
    query = question.localised(opened.names).fill(chosen)
    return [("query", query), *((word, value) for word, value in given if word in _COMMON)]


def describe_calls(operation: dict[str, Any], opened: OpenRelease) -> dict[str, Any]:
    """Return the calls for the OpenAPI document.

    Args:
        operation: of ``/sparql`` by GET, whose answers and common parameters the calls share.
        opened: the release that is served.
    """
    return {f"{CALL}{question.name}": {"get": _operation(question, operation, opened)} for question in read_questions()}


def _operation(question: Question, shared: dict[str, Any], opened: OpenRelease) -> dict[str, Any]:
    common = [parameter for parameter in shared["parameters"] if parameter["name"] in _COMMON]
    return {
        "tags": ["questions"],
        "operationId": f"ask-{question.name}",
        "summary": question.summary["en"],
        "description": question.description["en"],
        "parameters": [*(_described(question, parameter, opened) for parameter in question.parameters), *common],
        "responses": shared["responses"],
    }


def _described(question: Question, parameter: Parameter, opened: OpenRelease) -> dict[str, Any]:
    default = _default(question, parameter, opened)
    item: dict[str, Any] = {"type": "integer" if parameter.type == "integer" else "string"}
    if parameter.enum:
        item["enum"] = list(parameter.enum)
    if parameter.minimum is not None:
        item["minimum"] = parameter.minimum
    if parameter.type == "iri":
        curies = [
            {"type": "string", "title": f"{prefix} CURIE", "pattern": f"^{prefix}:{pattern_of(prefix, opened)}$"}
            for prefix in parameter.prefixes
        ]
        names = [{"type": "string", "format": "iri"}, {"type": "string", "title": "exact name", "minLength": 1}]
        item = {"anyOf": [*curies, *names]}
    value = int(default[0]) if parameter.type == "integer" else default[0]
    several = {"type": "array", "items": item, "default": default, "minItems": 1}
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.label["en"] + _SEVERAL * parameter.several,
        "schema": several if parameter.several else {**item, "default": value},
        **({"explode": True} if parameter.several else {}),
    }


def _default(question: Question, parameter: Parameter, opened: OpenRelease) -> list[str]:
    return list(question.localised(opened.names).default(parameter))


def _told(question: Question, opened: OpenRelease) -> dict[str, Any]:
    """Return a question as JSON."""
    return {
        "name": question.name,
        "iri": opened.names.mint("query", question.name),
        "summary": question.summary,
        "description": question.description,
        "tags": question.tags,
        "form": question.form,
        "services": question.services,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "label": parameter.label,
                "default": _default(question, parameter, opened),
                "several": parameter.several,
                "prefixes": {prefix: pattern_of(prefix, opened) for prefix in parameter.prefixes},
                "enum": parameter.enum,
                "minimum": parameter.minimum,
            }
            for parameter in question.parameters
        ],
        "query": question.localised(opened.names).text,
        "call": f"{CALL}{question.name}",
    }
