"""Running the shapes over RDF that others wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyoxigraph as ox

from etl.describe import quads
from etl.describe.vocabulary import describe_vocabularies, labels
from etl.problems import Rules
from etl.read.causes import explain, of_system
from etl.read.given import Given, Sent, name_of, suffix_of
from etl.reports.report import FailOn, Told
from etl.validate.results import parse_quads, validate
from etl.validate.shapes import Shapes
from etl.validate.tell import Speaker
from muscle_atlas.settings import Settings
from muscle_atlas.terms.slices import read_slices


@dataclass
class GraphReport(Told):
    """What the validation of RDF came to."""

    triples: int = 0

    def head(self) -> dict[str, Any]:
        """Return how many triples there were."""
        return {"triples": self.triples}


def check_graphs(
    files: Sequence[Given],
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
    for given in files:
        try:
            found = _parse(given)
            parsed += found
            if not found:
                unreadable = True
                report.problems.append(rules["file-empty"].tell(file=name_of(given)))
        except OSError as error:
            unreadable = True
            cause = explain(of_system(error), settings.language)
            report.problems.append(rules["file-missing"].tell(file=name_of(given), bindings={"cause": cause}))
        except (SyntaxError, ValueError) as error:
            unreadable = True
            row = error.lineno if isinstance(error, SyntaxError) else None
            report.problems.append(rules["graph-unreadable"].tell(file=name_of(given), row=row, value=str(error)))
    graph = parse_quads(parsed)
    graph = graph.select("s", "p", "o", pl.lit(f"<{names.mint('graph', 'atlas')}>").alias("g")).unique()
    report.triples = graph.height
    slices = read_slices(settings.terms) if settings.terms else []
    vocabularies = describe_vocabularies(names, slices, graph)
    store = ox.Store()
    everything = pl.concat([graph, vocabularies])
    store.bulk_load(quads.serialise(everything), format=ox.RdfFormat.N_QUADS)
    speaker = Speaker(labels(vocabularies, names), names, settings.language)
    file = name_of(files[0]) if len(files) == 1 else None
    for result in validate(everything, store, Shapes(names)):
        value = speaker.say(result.value) if result.value and result.value != result.focus else None
        focus = result.focus.strip("<>")
        report.problems.append(
            rules.by_iri[result.rule].tell(
                file=file,
                value=value,
                candidates=[speaker.say(result.suggestion)] if result.suggestion else [],
                bindings={"value": value or ""},
                focus=focus,
                cause=value or focus,
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


def _parse(given: Given) -> list[ox.Quad]:
    form = ox.RdfFormat.from_extension(suffix_of(given).lstrip("."))
    if form is None:
        raise ValueError(f"{suffix_of(given) or 'no suffix'}: use .ttl, .trig, .nt, .nq, .rdf or .jsonld")
    # Renamed, or blank nodes of two files with one label would be one node.
    content = given.content if isinstance(given, Sent) else given.read_bytes()
    parsed = list(ox.parse(content, format=form, rename_blank_nodes=True))
    if any(isinstance(quad.object, ox.Triple) for quad in parsed):
        raise ValueError("a triple as a value (RDF 1.2), which SHACL does not know")
    return parsed
