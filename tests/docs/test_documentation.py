"""What the documentation says is true: commands, settings, files and examples."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import httpx
import pytest

from endpoint.cages.limits import Limits
from muscle_atlas import __version__
from muscle_atlas.command import main
from muscle_atlas.questions import read_questions
from muscle_atlas.terms.sources import SOURCES
from tests.conftest import Run

HOUSE = Path(__file__).resolve().parents[2]
README = (HOUSE / "README.md").read_text(encoding="utf-8")
PROTOCOL = (HOUSE / "docs" / "protocol.md").read_text(encoding="utf-8")
FAULTS: dict[str, Any] = json.loads((HOUSE / "endpoint" / "cages" / "faults.json").read_text(encoding="utf-8"))
QUESTIONS = (HOUSE / "docs" / "queries.md").read_text(encoding="utf-8")
ARCHITECTURE = (HOUSE / "docs" / "architecture.md").read_text(encoding="utf-8")


def verbs(group: click.Group, before: str = "muscle-atlas") -> list[str]:
    found = []
    for name, command in group.commands.items():
        called = f"{before} {name}"
        found += verbs(command, called) if isinstance(command, click.Group) else [called]
    return found


@pytest.mark.parametrize("verb", verbs(main))
def test_every_verb_stands_in_the_readme(verb: str) -> None:
    assert f"`{verb}" in README


def test_every_setting_stands_in_the_architecture() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (HOUSE / "muscle_atlas").glob("*.py"))
    settings = set(re.findall(r'"(MUSCLE_ATLAS_[A-Z_]+)"', code))
    assert settings
    assert [setting for setting in sorted(settings) if f"`{setting}`" not in ARCHITECTURE] == []


def test_every_path_of_the_server_stands_in_the_architecture(server: httpx.Client) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    # Questions stand in a page of their own, which is drawn from them.
    others = set(paths) - {f"/api/queries/{question.name}" for question in read_questions()}
    assert [path for path in sorted({*others, "/api/queries/{name}"}) if f"`{path}`" not in ARCHITECTURE] == []


def test_every_folder_of_the_house_stands_in_the_architecture() -> None:
    rooms = [path.name for path in HOUSE.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))]
    untold = {"docs", "examples", "tests", "atlas-data", "build", "dist"}
    assert [room for room in sorted(set(rooms) - untold) if f"`{room}/`" not in ARCHITECTURE] == []


def test_every_vocabulary_stands_in_its_page_with_addresses_licence_and_an_example_of_each_file() -> None:
    told = (HOUSE / "docs" / "terms.md").read_text(encoding="utf-8")
    for source in SOURCES:
        addresses = [part.address for part in source.parts if part.address]
        assert [text for text in (f"`{source.name}`", source.licence, *addresses) if text not in told] == []
        names = re.findall(r"`([^`\s]+)`", told)
        for part in source.parts:
            assert any(part.pattern.fullmatch(name) for name in names), f"{source.name}: {part.name}"


def test_every_file_that_the_documents_link_to_is_there() -> None:
    for document in (
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/queries.md",
        "docs/terms.md",
        "docs/contributing-photographs.md",
    ):
        path = HOUSE / document
        links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
        assert [link for link in links if not (path.parent / link).exists()] == [], document


def test_the_query_of_the_readme_gives_its_answer(server: httpx.Client) -> None:
    query = re.search(r"<<'SPARQL'\n(.*?)SPARQL\n", README, re.DOTALL)
    answer = re.search(r"```csv\n(image\n.*?)```", README, re.DOTALL)
    assert query
    assert answer
    response = server.post("/sparql", data={"query": query[1]}, headers={"Accept": "text/csv"})
    assert response.text.splitlines() == answer[1].splitlines()


def test_the_addresses_of_the_readme_answer(server: httpx.Client) -> None:
    addresses = re.findall(r"http://127\.0\.0\.1:8765(/[^\s>`]*)", README)
    assert len(addresses) >= 3
    for address in addresses:
        if address != "/sparql":
            assert server.get(address).status_code == 200, address


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_stands_in_the_protocol_with_its_status(kind: str) -> None:
    assert f"| `{kind}` | {FAULTS[kind]['status']} |" in PROTOCOL


def test_every_parameter_form_and_status_of_queries_stands_in_the_protocol(server: httpx.Client) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    for path in ("/sparql", "/rdf-graph-store"):
        for parameter in paths[path]["get"]["parameters"]:
            assert f"`{parameter['name']}`" in PROTOCOL or f"?{parameter['name']}" in PROTOCOL
        for status, told in paths[path]["get"]["responses"].items():
            assert status in ("200", "422") or status in PROTOCOL, status
            assert [form for form in told.get("content", {}) if form != "text/html" and form not in PROTOCOL] == []


def test_the_limits_of_the_protocol_are_those_of_the_server() -> None:
    limits = Limits()
    for figure in (
        f"| {limits.seconds:g} |",
        f"| {limits.memory // 2**20:,} MiB |",
        f"| {limits.answer // 2**20} MiB |",
        f"| {limits.body // 2**20} MiB |",
        f"| {limits.address:,} bytes |",
        f"| {limits.burst:g} |",
        f"| {limits.waiting:,}; {limits.patience:g} |",
    ):
        assert figure in PROTOCOL, figure


def test_the_example_of_the_protocol_runs(server: httpx.Client) -> None:
    example = re.search(r"```python\n(.*?)```", PROTOCOL, re.DOTALL)
    assert example
    known: dict[str, Any] = {}
    exec(example[1].replace("http://127.0.0.1:8765", str(server.base_url).rstrip("/")), known)  # noqa: S102
    assert list(known["table"].columns) == ["image", "gene"]
    assert len(known["table"]) >= 3


def test_the_spreadsheet_of_the_readme_builds_without_a_violation(run: Run, tmp_path: Path) -> None:
    table = re.search(r"```csv\n(Identifiant.*?)```", README, re.DOTALL)
    assert table
    path = tmp_path / "photographs.csv"
    path.write_text(table[1], encoding="utf-8")
    ended = run("check", path)
    assert ended.returncode == 0, ended.stdout


def test_the_list_of_questions_is_that_of_the_files(tmp_path: Path) -> None:
    drawn = tmp_path / "queries.md"
    drawn.write_text(QUESTIONS, encoding="utf-8")
    subprocess.run([sys.executable, "scripts/draw_questions.py", str(drawn)], cwd=HOUSE, check=True)
    assert drawn.read_text(encoding="utf-8") == QUESTIONS, "draw it anew: uv run python scripts/draw_questions.py"
    assert [question.name for question in read_questions() if f"[`{question.name}`]" not in QUESTIONS] == []


def test_the_call_of_the_page_of_questions_answers(server: httpx.Client) -> None:
    address = re.search(r"curl 'http://127\.0\.0\.1:8765(/[^']*)'", QUESTIONS)
    assert address
    assert "VLM-199-2,Myopathie centronucléaire" in server.get(address[1]).text


def test_the_version_is_the_same_everywhere() -> None:
    citation = (HOUSE / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in citation


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "```sh\nuv run pytest\n```" in README
    assert "\nuv run pytest\n" in (HOUSE / ".ci" / "run").read_text(encoding="utf-8")


def test_what_the_project_depends_on_is_pinned() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    dev = [line for line in project["dependency-groups"]["dev"] if not line.startswith(project["project"]["name"])]
    wanted = project["project"]["dependencies"] + [line for extra in extras.values() for line in extra] + dev
    pinned = {re.split(r"[=<>!~ ;]", line)[0] for line in project["tool"]["uv"]["constraint-dependencies"]}
    assert [name for name in (re.split(r"[\[=<>!~ ;]", line)[0] for line in wanted) if name not in pinned] == []
    assert not (HOUSE / "uv.lock").exists() or "uv.lock" in (HOUSE / ".gitignore").read_text(encoding="utf-8")
