"""The same report in every form: CSV for spreadsheets, SHACL for graphs, Markdown for jobs."""

from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, SH

from tests.conftest import Run
from tests.etl.built import NAMES
from tests.reports.told import FORMULA, MARKUP, Reports, report_on

MA = rdflib.Namespace(NAMES.expand("ma:"))


def test_every_form_tells_the_same_list(english: Reports) -> None:
    told = [(problem["rule"], problem["file"], problem["row"]) for problem in english.problems]
    assert len(told) > 10
    assert english.exit_code == 1
    table = english.table()
    assert [(row["IRI of the rule"], row["file"], int(row["row"])) for row in table] == told
    results = english.sarif["results"]
    assert [(result["ruleId"], result["properties"]["row"]) for result in results] == [
        (rule.rpartition("/")[2], row) for rule, _, row in told
    ]
    places = [(str(rule), int(row)) for rule, row in english.graph.query(_PLACES)]  # type: ignore[misc]
    assert sorted(places) == sorted((rule, row) for rule, _, row in told)
    page = english.path(".html").read_text(encoding="utf-8")
    assert page.count("<article") == len(told)


_PLACES = f"""
PREFIX sh: <{SH}> PREFIX ma: <{MA}>
SELECT ?rule ?row WHERE {{ ?report sh:result ?result . ?result sh:sourceShape ?rule ; ma:row ?row }}
"""


def test_a_cause_is_counted_once_and_its_rows_beside(english: Reports) -> None:
    by_rule = {line["rule"].rpartition("/")[2]: line for line in english.json["summary"]}
    assert (by_rule["gene-unknown"]["causes"], by_rule["gene-unknown"]["rows"]) == (2, 4)
    assert (by_rule["individual-one-sex"]["causes"], by_rule["individual-one-sex"]["rows"]) == (1, 2)
    assert "2  violation      gene-unknown (in 4 rows)" in english.printed


def test_the_terminal_tells_rows_of_one_cause_once_and_what_to_do_next(english: Reports, french: Reports) -> None:
    assert english.printed.count("No gene is called “BIN11”") == 1
    assert "dirty records.csv:3-5 · gene “BIN11” · 3 rows" in english.printed
    assert english.printed.splitlines()[-1].startswith("Next: correct the violations")
    assert french.printed.splitlines()[-1].startswith("Ensuite : corrigez les violations")


def test_the_worst_of_a_file_comes_first(english: Reports) -> None:
    listed = english.printed.partition("\n\n")[0]
    assert listed.index("violation") < listed.index("warning")
    assert "violation" not in listed[listed.index("  warning ") :]


@pytest.mark.parametrize(("language", "separator"), [("english", b","), ("french", b";")])
def test_a_table_opens_in_a_spreadsheet_of_its_language(
    request: pytest.FixtureRequest, language: str, separator: bytes
) -> None:
    reports: Reports = request.getfixturevalue(language)
    content = reports.path(".csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.splitlines()
    assert len(lines) == 1 + len(reports.problems)
    assert lines[0].count(separator) == 10


def test_no_cell_of_the_table_is_run_or_changed_by_a_spreadsheet(english: Reports) -> None:
    cells = [cell for row in english.table() for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
    values = {row["value"] for row in english.table()}
    assert {f"'{FORMULA}", "'-deltoid x", "'2-MAR", MARKUP} <= values


def test_a_shacl_report_is_one(english: Reports, clean: Reports, graph: Reports) -> None:
    for reports in (english, clean, graph):
        conforms, _, text = pyshacl.validate(reports.graph, shacl_graph=report_shapes())
        assert conforms, text
        [report] = reports.graph.subjects(RDF.type, SH.ValidationReport)
        assert len(list(reports.graph.objects(report, SH.result))) == len(reports.problems)
        assert reports.graph.value(report, SH.conforms) == rdflib.Literal(not reports.problems)


def test_a_shacl_report_has_the_language_and_the_place(french: Reports) -> None:
    [result] = french.graph.subjects(SH.sourceShape, rdflib.URIRef(NAMES.mint("rule", "finding-unknown")))
    message = french.graph.value(result, SH.resultMessage)
    assert isinstance(message, rdflib.Literal)
    assert message.language == "fr"
    assert french.graph.value(result, SH.focusNode) == rdflib.URIRef(NAMES.mint("image", "finding"))
    assert french.graph.value(result, MA.row) == rdflib.Literal(11)
    assert french.graph.value(result, MA.heading) == rdflib.Literal("findings")


def test_a_shacl_report_on_a_graph_names_nodes_of_it(graph: Reports) -> None:
    [result] = graph.graph.subjects(SH.sourceShape, rdflib.URIRef(NAMES.mint("rule", "image-gene-is-hgnc")))
    assert graph.graph.value(result, SH.value) == rdflib.URIRef("https://example.org/gene")
    assert graph.graph.value(result, SH.resultPath) == MA.gene
    assert graph.graph.value(result, SH.resultSeverity) == SH.Violation
    assert graph.exit_code == 1


def test_shapes_of_others_are_reported_in_every_form(run: Run, tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    shapes.write_text(OTHERS, encoding="utf-8")
    data.write_text('<https://example.org/a> <https://example.org/name> "1", "2"@en .\n', encoding="utf-8")
    reports = report_on(run, "validate", data, tmp_path / "r", "--shapes", str(shapes))
    assert reports.exit_code == 1
    components = set(reports.graph.objects(None, SH.sourceConstraintComponent))
    assert components == {SH.MaxCountConstraintComponent, SH.ClassConstraintComponent, SH.PatternConstraintComponent}
    assert set(reports.graph.objects(None, SH.resultPath)) == {rdflib.URIRef("https://example.org/name")}
    assert rdflib.Literal("2", lang="en") in set(reports.graph.objects(None, SH.focusNode))
    conforms, _, text = pyshacl.validate(reports.graph, shacl_graph=report_shapes())
    assert conforms, text
    named = {result["ruleId"] for result in reports.sarif["results"]}
    assert "https://example.org/shapes#Name" in named
    assert len(reports.table()) == len(reports.problems) == reports.path(".html").read_text().count("<article")


def report_shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(Path(__file__).with_name("validation-report.ttl"))


OTHERS = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix : <https://example.org/shapes#> .

:Thing a sh:NodeShape ; sh:targetSubjectsOf <https://example.org/name> ; sh:class :Thing ; sh:property :Name .
:Name a sh:PropertyShape ; sh:path <https://example.org/name> ; sh:maxCount 1 .
:Text a sh:NodeShape ; sh:targetObjectsOf <https://example.org/name> ; sh:pattern "^1$" .
"""


def test_nothing_wrong_is_told_in_every_form(clean: Reports) -> None:
    assert (clean.exit_code, clean.json["problems"], clean.json["summary"]) == (0, [], [])
    assert clean.sarif["results"] == []
    assert "No problem was found." in clean.path(".html").read_text(encoding="utf-8")
    assert clean.table() == []
    assert clean.printed.splitlines()[-1] == "Next: muscle-atlas build, with the same files, publishes them."


def test_the_summary_of_a_job_shows_cells_as_they_are_written(english: Reports) -> None:
    text = english.path(".md").read_text(encoding="utf-8")
    assert "| 2 | 4 | violation |" in text
    assert "<script>" not in text
    assert "\\<script\\>" in text
    assert text.count("\n- ") == len(english.problems)
