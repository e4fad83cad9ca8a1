"""Reports as SARIF 2.1.0, which code review tools show beside the lines of a file.

What GitHub asks beyond the standard: https://docs.github.com/code-security/reference/code-scanning (SARIF support).
"""

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import IO, Any
from urllib.parse import quote

from etl.problems import SEVERITIES, Problem, Rule, Rules
from etl.read.given import Given, Sent, name_of
from etl.reports.forms import Dossier
from etl.reports.lines import Span, find_lines
from etl.reports.words import Words
from muscle_atlas import __version__
from muscle_atlas.settings import Language

MOST = 25_000
"""Results of a run that GitHub takes."""

_FIXED: dict[str, Any] = json.loads(Path(__file__).with_name("sarif.json").read_text("utf-8"))
_KINDS = {False: "records", True: "graphs"}
_OTHER: Mapping[Language, Language] = {"en": "fr", "fr": "en"}


def write(dossier: Dossier, file: IO[bytes]) -> None:
    """Write a report as SARIF; of more problems than tools take, the worst."""
    log = {"$schema": _FIXED["schema"], "version": _FIXED["version"], "runs": [_Run(dossier).as_json()]}
    encoder = json.JSONEncoder(ensure_ascii=False, indent=1)
    file.writelines(part.encode(errors="backslashreplace") for part in encoder.iterencode(log))


class _Run:
    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._language: Language = dossier.rules.language
        problems = dossier.report.problems
        if len(problems) > MOST:
            kept = sorted(range(len(problems)), key=lambda n: SEVERITIES.index(problems[n].severity))[:MOST]
            problems = [problems[number] for number in sorted(kept)]
        self._problems = problems
        self._rules = list(dict.fromkeys(problem.rule for problem in problems))
        self._ids = {iri: _id(iri, dossier.rules) for iri in self._rules}
        self._index = {iri: number for number, iri in enumerate(self._rules)}
        self._files = {name_of(given): given for given in dossier.files}
        self._repeated: Counter[str] = Counter()

    def as_json(self) -> dict[str, Any]:
        """Return the run: the tool with the rules that told something, in both languages, and the results."""
        other = _OTHER[self._language]
        driver = _FIXED["driver"]
        return {
            "tool": {
                "driver": {
                    **driver,
                    "shortDescription": {"text": driver["shortDescription"][self._language]},
                    "semanticVersion": __version__,
                    "language": self._language,
                    "rules": [_describe(self._dossier.rule(iri), self._ids[iri]) for iri in self._rules],
                },
            },
            "translations": [
                {
                    "name": driver["name"],
                    "language": other,
                    "contents": ["localizedData"],
                    "associatedComponent": {"name": driver["name"]},
                    "translationMetadata": {"name": driver["name"]},
                    "shortDescription": {"text": driver["shortDescription"][other]},
                    "rules": [_describe(self._translated.rule(iri), self._ids[iri]) for iri in self._rules],
                }
            ],
            "language": self._language,
            # Of one tool GitHub keeps one run a category, which is what stands before the last slash.
            "automationDetails": {"id": f"{driver['name']}/{_KINDS[self._dossier.report.rows_are_lines]}/"},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {_FIXED["root"]: {"description": {"text": "."}}},
            "invocations": [self._invocation()],
            "results": [self._result(problem) for problem in self._problems],
        }

    @cached_property
    def _translated(self) -> Dossier:
        return replace(self._dossier, rules=Rules(self._dossier.rules.names, _OTHER[self._language]))

    def _invocation(self) -> dict[str, Any]:
        invocation: dict[str, Any] = {"executionSuccessful": True, "exitCode": self._dossier.report.exit_code}
        if count := len(self._dossier.report.problems) - len(self._problems):
            text = Words(self._language)("left_over", count=count, limit=MOST)
            invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
        return invocation

    def _result(self, problem: Problem) -> dict[str, Any]:
        file, sheet = self._dossier.place(problem.file) if problem.file else (next(iter(self._files), ""), None)
        span = self._spans[file].get(problem.row or 0)
        told = {"row": problem.row, "column": problem.column, "value": problem.value, "cause": problem.cause}
        result: dict[str, Any] = {
            "ruleId": self._ids[problem.rule],
            "ruleIndex": self._index[problem.rule],
            "level": _FIXED["levels"][problem.severity],
            "message": {"text": " ".join(text for text in (problem.message, problem.suggestion) if text)},
            "locations": [self._location(problem, file, sheet, span)],
            "partialFingerprints": {"primaryLocationLineHash": self._fingerprint(problem, file)},
            "properties": {
                **{key: value for key, value in told.items() if value is not None},
                "corrections": list(problem.corrections),
            },
        }
        if fixes := list(self._fixes(problem, file, span)):
            result["fixes"] = fixes
        return result

    @cached_property
    def _spans(self) -> dict[str, dict[int, Span]]:
        """The lines of the rows that are told of, in each file."""
        rows: dict[str, set[int]] = defaultdict(set)
        for problem in self._problems:
            if problem.file and problem.row is not None:
                rows[self._dossier.place(problem.file)[0]].add(problem.row)
        lines = self._dossier.report.rows_are_lines
        found = {
            file: find_lines(self._files[file], rows[file], rows_are_lines=lines)
            for file in rows
            if file in self._files
        }
        return defaultdict(dict, found)

    def _location(self, problem: Problem, file: str, sheet: str | None, span: Span | None) -> dict[str, Any]:
        physical: dict[str, Any] = {"artifactLocation": self._artifact(file)}
        if span:
            physical["region"] = self._region(span, span.find(problem.value))
        parts = [sheet, problem.column, None if problem.row is None else str(problem.row)]
        location: dict[str, Any] = {"physicalLocation": physical}
        if problem.file and any(parts):
            words = Words(self._language)
            row = None if problem.row is None else f"{words('row')} {problem.row}"
            name = " · ".join(part for part in (sheet, row, problem.column) if part)
            kind = "member" if problem.column else "element" if row else "module"
            location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": kind}]
        return location

    @staticmethod
    def _region(span: Span, signs: tuple[int, int] | None) -> dict[str, int]:
        region = {"startLine": span.first}
        if span.last > span.first:
            region["endLine"] = span.last
        if signs:
            region |= {"startColumn": signs[0], "endColumn": signs[1]}
        return region

    def _artifact(self, file: str) -> dict[str, str]:
        given: Given | None = self._files.get(file)
        inside = file if isinstance(given, Sent) or given is None else os.path.relpath(file)
        if inside.startswith(os.pardir):
            return {"uri": Path(file).resolve().as_uri()}
        return {"uri": quote(PurePath(inside).as_posix()), "uriBaseId": _FIXED["root"]}

    def _fingerprint(self, problem: Problem, file: str) -> str:
        """Return what stays the same where rows are put in above: what is wrong, of what, in which file."""
        of = problem.focus or str(problem.row)
        parts = (problem.rule, self._artifact(file)["uri"], problem.file, problem.column, problem.value, of)
        digest = hashlib.sha256("\n".join(part or "" for part in parts).encode(errors="replace")).hexdigest()[:16]
        self._repeated[digest] += 1
        return f"{digest}:{self._repeated[digest]}"

    def _fixes(self, problem: Problem, file: str, span: Span | None) -> Iterator[dict[str, Any]]:
        """Give the corrections that can be made in the text as it stands."""
        signs = span.find(problem.value) if span else None
        if span is None or signs is None:
            return
        region = self._region(span, signs)
        for correction in filter(span.takes, problem.corrections):
            replacement = {"deletedRegion": region, "insertedContent": {"text": correction}}
            yield {
                "description": {"text": f"{problem.value} → {correction}"},
                "artifactChanges": [{"artifactLocation": self._artifact(file), "replacements": [replacement]}],
            }


def _id(iri: str, rules: Rules) -> str:
    return iri.rpartition("/")[2] if iri in rules.by_iri else iri


def _describe(rule: Rule, identifier: str) -> dict[str, Any]:
    """Return a rule in the language that it was read in."""
    # Advice that names candidates is that of one problem.
    advice = rule.advice if "{?" not in rule.advice else rule.otherwise
    text = " ".join(part for part in (rule.description, advice) if part) or rule.name
    return {
        "id": identifier,
        "shortDescription": {"text": rule.name},
        "fullDescription": {"text": rule.description or rule.name},
        "help": {"text": text, "markdown": f"{text}\n\n<{rule.iri}>"},
        "helpUri": rule.iri,
        "defaultConfiguration": {"level": _FIXED["levels"][rule.severity]},
        "properties": {"tags": ["records"], "precision": "very-high"},
    }
