"""What keeps a repository of records valid: the hooks for pre-commit, and the GitHub Action."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from muscle_atlas.options import SUFFIXES
from tests.conftest import HOUSE
from tests.etl.built import COMPLETE, write_table

HOOKS = HOUSE / ".pre-commit-hooks.yaml"
ACTION = HOUSE / "action.yml"
BIN = Path(sys.executable).parent


def call(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the environment of the tests, in a folder of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MUSCLE_ATLAS_", "GIT_", "LC_"))}
    names = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    names |= {key.replace("AUTHOR", "COMMITTER"): value for key, value in names.items()}
    terms = os.environ["MUSCLE_ATLAS_TERMS"]
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    env = {**kept, **names, "LANG": "C.UTF-8", "PATH": path, "MUSCLE_ATLAS_TERMS": terms, **settings}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False, env=env)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository of records: good ones, a note, and a graph."""
    if not shutil.which("git"):
        pytest.skip("no git here: apt-get install git")
    folder = tmp_path / "repository"
    (folder / "records").mkdir(parents=True)
    write_table(folder / "records" / "good ones.csv", [{"image_id": "a", **COMPLETE}])
    (folder / "notes.txt").write_text("no record\n", encoding="utf-8")
    (folder / "graph.ttl").write_text(
        "<https://w3id.org/muscle-atlas/image/a> a <https://w3id.org/muscle-atlas/ontology#Image> ;\n"
        "  <https://w3id.org/muscle-atlas/ontology#gene> <https://example.org/gene> .\n",
        encoding="utf-8",
    )
    assert call(folder, "git", "init", "-q", "-b", "main").returncode == 0
    return folder


def add_bad(repository: Path) -> None:
    write_table(repository / "records" / "bad.csv", [{"image_id": "b", **COMPLETE, "gene": "BIN11"}])


# pre-commit


def test_hooks_are_such_as_pre_commit_takes(tmp_path: Path) -> None:
    done = call(tmp_path, "pre-commit", "validate-manifest", str(HOOKS))
    assert done.returncode == 0, done.stdout


def test_hooks_stop_a_commit_of_records_that_are_wrong(repository: Path, tmp_path: Path) -> None:
    hooks = [{**hook, "language": "system"} for hook in yaml.safe_load(HOOKS.read_text(encoding="utf-8"))]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    home = {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    assert call(repository, "pre-commit", "install", **home).returncode == 0
    call(repository, "git", "add", "records", "notes.txt")
    right = call(repository, "git", "commit", "-qm", "Records", **home)
    assert right.returncode == 0, right.stderr
    add_bad(repository)
    call(repository, "git", "add", ".")
    wrong = call(repository, "git", "commit", "-qm", "More", **home)
    assert wrong.returncode == 1
    assert "bad.csv:2 · gene “BIN11”" in wrong.stderr
    assert "image-gene-is-hgnc" in wrong.stderr
    assert "notes.txt" not in wrong.stderr


@pytest.mark.long
def test_hooks_are_installed_by_pre_commit_itself(repository: Path, tmp_path: Path) -> None:
    add_bad(repository)
    call(repository, "git", "add", ".")
    clone = tmp_path / "clone"
    assert call(tmp_path, "git", "clone", "-q", str(HOUSE), str(clone)).returncode == 0
    done = call(
        repository,
        *("pre-commit", "try-repo", str(clone), "muscle-atlas-check", "--all-files"),
        PRE_COMMIT_HOME=str(tmp_path / "home"),
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "bad.csv:2 · gene “BIN11”" in done.stdout


# GitHub


def step(name: str) -> dict[str, Any]:
    steps = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    return next(dict(one) for one in steps if one.get("name") == name)


def act(folder: Path, work: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str], str]:
    """Run the step that checks as GitHub would; return what it printed, its outputs, and the summary of the job."""
    work.mkdir()
    found = step("Check")
    asked = {"RECORDS": "", "GRAPHS": "", "FAIL_ON": "violation", "MUSCLE_ATLAS_LANGUAGE": "en", **inputs}
    assert set(found["env"]) == set(asked)
    files = {"GITHUB_STEP_SUMMARY": work / "summary.md", "GITHUB_OUTPUT": work / "output"}
    for file in files.values():
        file.touch()
    paths = {name: str(file) for name, file in files.items()}
    shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", found["run"])
    done = call(folder, *shell, RUNNER_TEMP=str(work), **asked, **paths)
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines())
    return done, outputs, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")


def test_the_action_is_one(tmp_path: Path) -> None:
    # The schema of SchemaStore, which check-jsonschema carries.
    done = call(tmp_path, "check-jsonschema", "--builtin-schema", "vendor.github-actions", str(ACTION))
    assert done.returncode == 0, done.stdout


def test_no_input_of_the_action_is_read_as_a_command() -> None:
    steps = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    assert all("${{" not in one.get("run", "") for one in steps)


def test_the_action_checks_records_and_graphs_and_goes_on_to_upload(repository: Path, tmp_path: Path) -> None:
    add_bad(repository)
    given = {"RECORDS": "records/**/*.csv\n", "GRAPHS": "graph.ttl"}
    done, outputs, summary = act(repository, tmp_path / "work", **given)
    assert done.returncode == 0, done.stderr
    assert (outputs["exit-code"], outputs["sarif"]) == ("1", "2")
    written = {path.name for path in Path(outputs["reports"]).iterdir()}
    assert written == {f"{verb}.{form}" for verb in ("check", "validate") for form in ("sarif", "html", "md")}
    assert "### What is wrong with the records" in summary
    assert "### What is wrong with the graph" in summary
    assert "good ones.csv" in summary
    ended = call(repository, "bash", "-eo", "pipefail", "-c", step("End")["run"], CODE=outputs["exit-code"])
    assert ended.returncode == 1


def test_the_action_tells_what_it_cannot_find(repository: Path, tmp_path: Path) -> None:
    done, outputs, _ = act(repository, tmp_path / "one", RECORDS="recrods/*.csv\n$(touch injected)")
    assert outputs["exit-code"] == "2"
    assert "::error title=Muscle Atlas::No file is called recrods/*.csv." in done.stdout
    assert not (repository / "injected").exists()
    _, outputs, _ = act(repository, tmp_path / "none")
    assert outputs["exit-code"] == "2"


# What curators read


def test_every_form_hook_and_input_stands_in_the_page_for_curators() -> None:
    page = (HOUSE / "docs" / "curators.md").read_text(encoding="utf-8")
    inputs = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"]
    hooks = [hook["id"] for hook in yaml.safe_load(HOOKS.read_text(encoding="utf-8"))]
    for word in (*(f"`{suffix}`" for suffix in SUFFIXES), *(f"| `{name}` |" for name in inputs), *hooks):
        assert word in page, word


def test_the_examples_of_the_page_are_such_as_their_programs_take(tmp_path: Path) -> None:
    page = (HOUSE / "docs" / "curators.md").read_text(encoding="utf-8")
    config, workflow = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    (tmp_path / "workflow.yaml").write_text(workflow, encoding="utf-8")
    assert call(tmp_path, "pre-commit", "validate-config", "config.yaml").returncode == 0
    done = call(tmp_path, "check-jsonschema", "--builtin-schema", "vendor.github-workflows", "workflow.yaml")
    assert done.returncode == 0, done.stdout
    given = yaml.safe_load(workflow)["jobs"]["records"]["steps"][1]["with"]
    assert set(given) <= set(yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"])
