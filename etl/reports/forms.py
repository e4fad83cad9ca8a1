"""The forms that a report is written in: which suffix stands for which, and files that are whole or not there."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path

from etl.problems import Rule, Rules
from etl.read.given import Given, name_of
from etl.reports.report import Told
from muscle_atlas.files import written_whole

FORMS = {
    ".json": "etl.reports.objects",
    ".csv": "etl.reports.table",
    ".ttl": "etl.reports.shacl",
    ".sarif": "etl.reports.sarif",
    ".html": "etl.reports.page",
    ".md": "etl.reports.markdown",
    ".xlsx": "etl.reports.workbook.form",
    ".xlsm": "etl.reports.workbook.macros",
}
"""Suffix to the module that writes the form, loaded where it is asked for: ``write(dossier, file)``."""


@dataclass(frozen=True)
class Dossier:
    """What a form is written from."""

    report: Told
    inputs: tuple[Given, ...]
    """The files that were checked, as they were given."""
    rules: Rules
    """The catalogue, in the language of the report."""

    @property
    def files(self) -> tuple[Given, ...]:
        """The files themselves, those of folders that were given among them."""
        return self.report.files or self.inputs

    def rule(self, iri: str) -> Rule:
        """Return a rule of the catalogue, or what is known of one that is a shape of somebody else."""
        if iri in self.rules.by_iri:
            return self.rules.by_iri[iri]
        severity = next(problem.severity for problem in self.report.problems if problem.rule == iri)
        name = self.rules.names.compress(iri)
        return Rule(iri, severity, name, message="", advice="", column=None, query=None, otherwise=None)

    def place(self, file: str) -> tuple[str, str | None]:
        """Return what the file of a problem is called, and which of its sheets is meant, where it has several."""
        if file in self._names:
            return file, None
        path = next((name for name in self._names if file.startswith(f"{name}#")), None)
        return (path, file[len(path) + 1 :]) if path else (file, None)

    @cached_property
    def _names(self) -> list[str]:
        # The longest first: a name may hold a #, too.
        return sorted(map(name_of, self.files), key=len, reverse=True)


class ReportError(Exception):
    """A report cannot be written; ``word`` is the phrase that says so, with ``values``."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(word)
        self.word = word
        self.values = values


def refuse_unwritable(targets: Sequence[Path], inputs: Sequence[Path]) -> None:
    """Look whether reports can be written, before there are any.

    Raises:
        ReportError: if a suffix stands for no form, a file is named twice or is one that is checked, or its folder
            cannot be written to.
    """
    given = {os.path.realpath(path) for path in inputs}
    seen: set[str] = set()
    for target in targets:
        if (real := os.path.realpath(target)) in seen:
            raise ReportError("report_twice", file=target)
        seen.add(real)
        if real in given:
            raise ReportError("report_of_itself", file=target)
        if target.suffix.lower() not in FORMS:
            raise ReportError("report_suffix", file=target, suffixes=" ".join(FORMS))
        try:
            _refuse_place(target)
        except OSError as error:
            # A name that is too long is no name that is free.
            raise ReportError("report_failed", file=target, reason=error.strerror or error) from error


def _refuse_place(target: Path) -> None:
    if target.is_dir():
        raise ReportError("report_folder", file=target)
    if not target.parent.is_dir():
        raise ReportError("report_nowhere", file=target, folder=target.parent)
    if target.exists() and not target.is_file():
        # A file that is renamed into its place would end a device or a pipe.
        raise ReportError("report_no_file", file=target)
    if not os.access(target.parent, os.W_OK) or (target.exists() and not os.access(target, os.W_OK)):
        raise ReportError("report_unwritable", file=target)


def write_reports(dossier: Dossier, targets: Sequence[Path]) -> None:
    """Write a report to files: each is written aside and renamed, so that none is ever half of one.

    Raises:
        ReportError: of the first that the system refuses to write, once all others are written.
    """
    given = {os.path.realpath(file) for file in dossier.files if isinstance(file, Path)}
    failed: list[ReportError] = []
    for target in targets:
        real = Path(os.path.realpath(target))
        if str(real) in given:
            # A file of a folder that was given, which only reading the folder told.
            failed.append(ReportError("report_of_itself", file=target))
            continue
        try:
            with written_whole(real) as file:
                import_module(FORMS[target.suffix.lower()]).write(dossier, file)
        except OSError as error:
            failed.append(ReportError("report_failed", file=target, reason=error.strerror or error))
    if failed:
        raise failed[0]
