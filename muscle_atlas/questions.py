"""The questions that the atlas offers to everybody: ``endpoint/queries/*.rq``, one a file, named by its question.

The first lines of a file are its header in YAML, each behind ``#+`` as grlc reads them
(https://github.com/CLARIAH/grlc): ``summary``, ``description``, ``method`` and ``tags`` are grlc's own; ``summary_fr``,
``description_fr`` and ``parameters`` are ours. A parameter stands in the query as ``VALUES ?name { … }`` with its
default, so that every file is a query that runs as it is; what it may be is said once for all questions in
``catalogue.json``, as are the tags there are.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import yaml

from muscle_atlas.names import Names
from muscle_atlas.rooms import QUERIES

LANGUAGES = ("en", "fr")
CATALOGUE = QUERIES / "catalogue.json"

Texts = Mapping[str, str]
"""A text in each language."""

_KEYS = {"summary", "summary_fr", "description", "description_fr", "method", "tags"}
_FORM = re.compile(r"^(SELECT|CONSTRUCT|ASK|DESCRIBE)\b", re.MULTILINE)
_PREFIX = re.compile(r"^PREFIX ([\w.-]+): <([^>]*)>$", re.MULTILINE)
_CALL = re.compile(r"\bSERVICE <([^>]+)>")
_VALUES = re.compile(r"VALUES \?(\w+) { ([^{}]*) }")
_TERM = re.compile(r'<([^>]*)>|"((?:[^"\\]|\\.)*)"|(\S+)')


class QuestionError(ValueError):
    """A file of a question is not as it must be; the message names file, rule and mend."""


@dataclass(frozen=True)
class Parameter:
    """What may be chosen in a question."""

    name: str
    type: Literal["iri", "integer", "string"]
    label: Texts
    prefixes: tuple[str, ...] = ()
    """Of an IRI: the canonical prefixes that it may have."""
    enum: tuple[str, ...] = ()
    """Of a string: the values there are; any where it is empty."""
    minimum: int | None = None
    """Of an integer."""

    @property
    def several(self) -> bool:
        """Whether several values may be given at once: things that are looked for."""
        return self.type == "iri"


@dataclass(frozen=True)
class Question:
    """One question, as its file tells it."""

    name: str
    summary: Texts
    description: Texts
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str
    """The query without its header, parameters at their defaults."""

    @cached_property
    def form(self) -> str:
        """``select``, ``construct``, ``ask`` or ``describe``."""
        found = _FORM.search(self.text)
        if found is None:
            raise QuestionError(f"{self.name}.rq: no line begins with SELECT, CONSTRUCT, ASK or DESCRIBE: write it so.")
        return found[1].lower()

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The other endpoints that the query calls."""
        return tuple(dict.fromkeys(_CALL.findall(self.text)))

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the query declares."""
        return dict(_PREFIX.findall(self.text))

    def default(self, parameter: Parameter) -> tuple[str, ...]:
        """Return the values that stand in the query, as a request would write them: CURIE, IRI, number or text."""
        blocks = [written for name, written in _VALUES.findall(self.text) if name == parameter.name]
        if len(blocks) != 1:
            raise QuestionError(
                f"{self.name}.rq: the parameter {parameter.name} stands there {len(blocks)} times: "
                f"write VALUES ?{parameter.name} {{ … }} once."
            )
        return tuple(iri or text or name for iri, text, name in _TERM.findall(blocks[0]))

    def fill(self, terms: Mapping[str, Sequence[str]]) -> str:
        """Return the query with other values.

        Args:
            terms: for the names of parameters, SPARQL terms that were validated and written by a library.
        """
        # In one pass: what was put in is never read again.
        return _VALUES.sub(
            lambda found: f"VALUES ?{found[1]} {{ {' '.join(terms[found[1]])} }}" if found[1] in terms else found[0],
            self.text,
        )

    def localised(self, names: Names) -> "Question":
        """Return the question as another atlas asks it, whose IRIs have another base."""
        return replace(self, text=names.localise(self.text))


@cache
def read_catalogue() -> tuple[dict[str, Texts], dict[str, Parameter]]:
    """Return every tag with its names, in the order in which people are shown them, and every parameter."""
    told = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return told["tags"], {name: _parameter(name, **entry) for name, entry in told["parameters"].items()}


def _parameter(name: str, *, en: str, fr: str, **rest: Any) -> Parameter:
    kept: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in rest.items()}
    return Parameter(name, label={"en": en, "fr": fr}, **kept)


@cache
def read_questions() -> tuple[Question, ...]:
    """Return every question, by name.

    Raises:
        QuestionError: if a file is not as it must be.
    """
    return tuple(read_question(path) for path in question_files())


def question_files() -> list[Path]:
    """Return the files of questions, by name."""
    return sorted(QUERIES.glob("*.rq"))


def read_question(path: Path) -> Question:
    """Return the question of a file.

    Raises:
        QuestionError: if its header or its parameters are not as they must be.
    """
    tags, parameters = read_catalogue()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    header = "".join(line.removeprefix("#+ ") for line in lines if line.startswith("#+ "))
    try:
        told = yaml.safe_load(header)
    except yaml.YAMLError as error:
        raise QuestionError(
            f"{path.name}: the header is no YAML: {error}. Put a text with a colon in quotes."
        ) from error
    if not isinstance(told, dict) or not set(told) >= _KEYS or not set(told) <= {*_KEYS, "parameters"}:
        raise QuestionError(f"{path.name}: the header needs {', '.join(sorted(_KEYS))}, and may have parameters.")
    named = told.get("parameters", [])
    for words, known in ((told["tags"], list(tags)), (named, list(parameters))):
        if strays := sorted(set(words) - set(known)):
            raise QuestionError(f"{path.name}: {strays} are not in {CATALOGUE.name}; there are {', '.join(known)}.")
    question = Question(
        path.stem,
        {"en": told["summary"], "fr": told["summary_fr"]},
        {"en": told["description"], "fr": told["description_fr"]},
        tuple(told["tags"]),
        tuple(parameters[name] for name in named),
        "".join(line for line in lines if not line.startswith("#+ ")).lstrip(),
    )
    for parameter in question.parameters:
        question.default(parameter)
    return question
