"""Running the shapes over RDF that others wrote."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, ClassVar

import polars as pl
import rdflib
from rdflib.namespace import OWL

from etl.describe.vocabulary import describe_vocabularies, labels
from etl.problems import Found, Problem, Rules
from etl.read.causes import explain, of_system
from etl.read.given import Given, name_of
from etl.reports.report import FailOn, Told
from etl.validate.ask import Ask, ask
from etl.validate.foreign import Foreign
from etl.validate.judge import Judge, JudgeError, Result
from etl.validate.judges import Judges
from etl.validate.predicates import Predicates
from etl.validate.results import validate
from etl.validate.shapes import Shapes
from etl.validate.sources import SourceError, read_source
from etl.validate.tell import Speaker
from muscle_atlas.settings import Settings
from muscle_atlas.terms.slices import read_slices

LIMIT = 600.0
"""Seconds for a judgement by shapes of somebody else, by all of them or, where that was too long, by one."""


@dataclass
class GraphReport(Told):
    """What the validation of RDF came to."""

    triples: int = 0
    results: list[Result] = field(default_factory=list, repr=False)
    """What the shapes found, as SHACL has it."""
    rows_are_lines: ClassVar[bool] = True

    def head(self) -> dict[str, Any]:
        """Return how many triples there were."""
        return {"triples": self.triples}


def check_graphs(
    files: Sequence[Given],
    settings: Settings,
    *,
    shapes: Sequence[Given] = (),
    fail_on: FailOn = "violation",
    limit: float = LIMIT,
    judging: Judge | None = None,
) -> GraphReport:
    """Validate the union of RDF files, whose format is told by their suffix.

    Nothing is fetched: ``owl:imports`` is told, and a triple like any other. Bad input raises nothing; it is told.

    Args:
        files: the data.
        settings: how the atlas is called.
        shapes: files of shapes in place of ours; the data is then validated as it is, without our vocabularies.
        fail_on: which problems move the exit code.
        limit: seconds for a judgement by ``shapes``.
        judging: who judges by ``shapes``, in place of a process that is ended when the time is up; their queries are
            then asked in this one.

    Raises:
        SliceError: if an installed slice of a vocabulary cannot be read.
    """
    rules = Rules(settings.names, settings.language)
    report = GraphReport()
    # Our own data names everything in full; other people's files are read as other tools read them.
    reading = _Reading(rules, report, relative=bool(shapes))
    data = Predicates()
    for given in files:
        for part in reading.read(given):
            data.add(part)
    report.triples = data.height
    if shapes:
        with Judges(limit) as judges:
            asking = ask if judging else judges.ask
            _validate_foreign(data, shapes, reading, judging or judges.judge, asking)
    elif report.triples:
        _validate(data, settings, rules, report, name_of(files[0]) if len(files) == 1 else None)
    report.problems.sort(key=lambda problem: problem.sort_key)
    severities = {problem.severity for problem in report.problems}
    if reading.failed:
        report.exit_code = 2
    elif fail_on == "warning" and severities & {"violation", "warning"}:
        report.exit_code = 3
    elif fail_on == "violation" and "violation" in severities:
        report.exit_code = 1
    return report


class _Reading:
    """Reads files, and tells what is wrong with them."""

    def __init__(self, rules: Rules, report: GraphReport, *, relative: bool) -> None:
        self.rules, self.report, self.relative = rules, report, relative
        self.failed = False
        """Whether something could not be read or used."""

    def read(self, given: Given) -> Iterator[pl.DataFrame]:
        file = name_of(given)
        empty = True
        try:
            for part in read_source(given, relative=self.relative):
                empty = False
                self._tell_imports(part, file)
                yield part
            if empty:
                self.fail(self.rules["file-empty"].tell(file=file))
        except OSError as error:
            cause = explain(of_system(error), self.rules.language)
            self.fail(self.rules["file-missing"].tell(file=file, bindings={"cause": cause}))
        except SourceError as error:
            self.fail(self.rules[error.rule].tell(file=file, row=error.row, value=error.value))

    def fail(self, problem: Problem) -> None:
        self.failed = True
        self.report.problems.append(problem)

    def _tell_imports(self, part: pl.DataFrame, file: str) -> None:
        for imported in part.filter(pl.col("p") == f"<{OWL.imports}>")["o"]:
            self.report.problems.append(self.rules["graph-import"].tell(file=file, value=imported.strip("<>")))


def _validate(data: Predicates, settings: Settings, rules: Rules, report: GraphReport, file: str | None) -> None:
    """Validate with our shapes, and tell what they find."""
    names = settings.names
    slices = read_slices(settings.terms) if settings.terms else []
    vocabularies = describe_vocabularies(names, slices, data.objects())
    data.add(vocabularies)
    speaker = Speaker(labels(vocabularies, names), names, settings.language)
    report.results = validate(data, Shapes(names))
    # One fault with several things that may have been meant is told once; results come sorted, suggestions last.
    for result, proposals in groupby(report.results, key=lambda result: replace(result, suggestion=None)):
        value = speaker.say(result.value) if result.value and result.value != result.focus else None
        focus = result.focus.strip("<>")
        report.problems.append(
            rules.by_iri[result.rule].tell(
                file=file,
                value=value,
                candidates=[speaker.say(one.suggestion) for one in proposals if one.suggestion],
                bindings={"value": value or ""},
                focus=focus,
                found=Found(result.value if value else None, result.path, result.component),
                cause=value or focus,
            )
        )


def _validate_foreign(data: Predicates, files: Sequence[Given], reading: _Reading, judging: Judge, asking: Ask) -> None:
    """Validate with the shapes of somebody else, and tell what they find, and what is wrong with them."""
    parts = [part for given in files for part in reading.read(given)]
    if not parts:
        return
    foreign = Foreign(parts, reading.rules, name_of(files[0]) if len(files) == 1 else None)
    for problem in foreign.refused():
        reading.fail(problem)
    reading.report.problems += foreign.unused(data)

    def take(shape: rdflib.term.Node, error: JudgeError) -> None:
        reading.fail(foreign.fault(shape, error))

    found = validate(data, foreign.shapes, judging, asking, take)
    reading.report.results = found
    reading.report.problems += [foreign.tell(result) for result in found]
