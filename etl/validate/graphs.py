"""Running the shapes over RDF that others wrote."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph as ox

from etl.describe.vocabulary import describe_vocabularies, labels
from etl.problems import Problem, Rules
from etl.read.causes import explain, of_system
from etl.reports import FailOn
from etl.validate.predicates import Predicates
from etl.validate.results import parse_quads, validate
from etl.validate.shapes import Shapes
from etl.validate.tell import Speaker
from muscle_atlas.settings import Settings
from muscle_atlas.terms.slices import read_slices


@dataclass
class GraphReport:
    """What the validation of RDF came to."""

    triples: int = 0
    problems: list[Problem] = field(default_factory=list)
    exit_code: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it; every key is always there."""
        return {"triples": self.triples, "problems": [asdict(problem) for problem in self.problems]}


def check_graphs(
    paths: Sequence[Path],
    settings: Settings,
    *,
    fail_on: FailOn = "violation",
) -> GraphReport:
    """Validate the union of RDF files, whose format is told by their suffix.

    Nothing is fetched: ``owl:imports`` is a triple like any other. Bad input raises nothing; it is told.

    Raises:
        SliceError: if an installed slice of a vocabulary cannot be read.
    """
    names = settings.names
    rules = Rules(names, settings.language)
    report = GraphReport()
    parsed: list[ox.Quad] = []
    unreadable = False
    for path in paths:
        try:
            found = _parse(path)
            parsed += found
            if not found:
                unreadable = True
                report.problems.append(rules["file-empty"].tell(file=str(path)))
        except OSError as error:
            unreadable = True
            cause = explain(of_system(error), settings.language)
            report.problems.append(rules["file-missing"].tell(file=str(path), bindings={"cause": cause}))
        except (SyntaxError, ValueError) as error:
            unreadable = True
            row = error.lineno if isinstance(error, SyntaxError) else None
            report.problems.append(rules["graph-unreadable"].tell(file=str(path), row=row, value=str(error)))
    graph = parse_quads(parsed)
    graph = graph.select("s", "p", "o", pl.lit(f"<{names.mint('graph', 'atlas')}>").alias("g")).unique()
    report.triples = graph.height
    slices = read_slices(settings.terms) if settings.terms else []
    vocabularies = describe_vocabularies(names, slices, graph)
    everything = pl.concat([graph, vocabularies])
    speaker = Speaker(labels(vocabularies, names), names, settings.language)
    file = str(paths[0]) if len(paths) == 1 else None
    for result in validate(Predicates(everything), Shapes(names)):
        value = speaker.say(result.value) if result.value and result.value != result.focus else None
        report.problems.append(
            rules.by_iri[result.rule].tell(
                file=file,
                value=value,
                candidates=[speaker.say(result.suggestion)] if result.suggestion else [],
                bindings={"value": value or ""},
                focus=result.focus.strip("<>"),
            )
        )
    report.problems.sort(key=lambda problem: problem.sort_key)
    severities = {problem.severity for problem in report.problems}
    if unreadable:
        report.exit_code = 2
    elif fail_on == "warning" and severities & {"violation", "warning"}:
        report.exit_code = 3
    elif fail_on == "violation" and "violation" in severities:
        report.exit_code = 1
    return report


def _parse(path: Path) -> list[ox.Quad]:
    form = ox.RdfFormat.from_extension(path.suffix.lstrip("."))
    if form is None:
        raise ValueError(f"{path.suffix or 'no suffix'}: use .ttl, .trig, .nt, .nq, .rdf or .jsonld")
    # Renamed, or blank nodes of two files with one label would be one node.
    parsed = list(ox.parse(path.read_bytes(), format=form, rename_blank_nodes=True))
    if any(isinstance(quad.object, ox.Triple) for quad in parsed):
        raise ValueError("a triple as a value (RDF 1.2), which SHACL does not know")
    return parsed
