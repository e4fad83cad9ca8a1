"""Telling validation results to curators: which file, row and cell each of them is about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from etl.problems import Found, Problem, Rule, Rules
from etl.read.records import Records
from etl.resolve.cells import SEVERAL
from etl.resolve.identity import STAND_IN
from etl.resolve.records import Resolved
from etl.validate.judge import Result
from etl.validate.terms import read_term
from muscle_atlas.names import Names
from muscle_atlas.settings import Language

_RESOLVED_AS = {"variants": "variant", "findings": "finding", "doi": "publication", "source": "publication"}
_MISSING = "-missing"


@dataclass
class Told:
    """Problems of a validation, and the records that its violations leave out."""

    problems: list[Problem] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)
    general: list[Problem] = field(default_factory=list)
    """Violations that no row explains: nothing may be published with them."""


class Speaker:
    """Turns IRIs into words: labels of terms, in one language, with the CURIE behind."""

    def __init__(self, labels: pl.DataFrame, names: Names, language: Language) -> None:
        """Take ``labels`` with columns ``iri``, ``label_en``, ``label_fr``."""
        self.names = names
        either = pl.coalesce(f"label_{language}", "label_en", "label_fr")
        self._labels: dict[str, str] = dict(labels.select("iri", either.alias("label")).iter_rows())

    def say(self, term: str) -> str:
        """Return what a person reads for a term of N-Triples text."""
        if not term.startswith("<"):
            return str(read_term(term))
        iri = term[1:-1]
        name, label = self.names.compress(iri), self._labels.get(iri)
        if not label:
            return name
        return label if name.startswith("ma:") else f"{label} ({name})"


def tell_results(
    results: Iterable[Result],
    records: Records,
    resolved: Resolved,
    rules: Rules,
    speaker: Speaker,
) -> Told:
    """Return the problems of ``results``, one for each row that a cause spoils."""
    told = Told()
    rows_of = _rows_of(resolved)
    cells = _Cells(records, resolved)
    absent: set[tuple[str, str]] = set()
    # Rules without a column look at the whole: what is already explained by a cell is not told again.
    for rule, focus, values, suggestions in sorted(_grouped(results, rules), key=lambda group: not group[0].column):
        bindings = {"value": ", ".join(speaker.say(value) for value in values)}
        # A value that is wrong is so for everything that has it; else that is the cause which lacks or contradicts.
        told_values = values if values != [f"<{focus}>"] else []
        cause = bindings["value"] if told_values else focus
        found = Found(told_values[0]) if len(told_values) == 1 else None
        candidates = [speaker.say(suggestion) for suggestion in suggestions]
        concerned = cells.holding(rule, values, rows_of.get(focus, []))
        if concerned and rule.column is None and told.rejected.issuperset(concerned):
            continue
        if not concerned:
            problem = rule.tell(candidates=candidates, bindings=bindings, focus=focus, found=found, cause=cause)
            (told.general if rule.severity == "violation" else told.problems).append(problem)
        if rule.column and not values and len(concerned) > 1:
            # Rows that contradict each other: each is told what the others say.
            candidates = cells.contradiction(rule.column, concerned)
        for record in concerned:
            row: int | None
            subject: str | None
            told_by, subject, source = rule, None if STAND_IN in focus else focus, cause
            file, row, column, value = cells.place(record, rule.column)
            if rule.severity == "violation":
                told.rejected.add(record)
            if rule.iri.endswith(_MISSING):
                if (record, rule.column) in resolved.told:
                    # The cell was filled with something that could not be read: one cause is told once.
                    continue
                if rule.column not in records.headings[file]:
                    # The whole column is absent: one cause, too.
                    if (file, rule.iri) in absent:
                        continue
                    row, subject, source = None, None, f"{file}:{rule.column}"
                    column = None if rule.without_column else column
                    told_by = replace(rule, advice=rule.without_column or rule.advice)
                    absent.add((file, rule.iri))
            told.problems.append(
                told_by.tell(
                    file=file,
                    row=row,
                    column=column,
                    value=value,
                    candidates=candidates,
                    bindings=bindings,
                    focus=subject,
                    found=found,
                    corrections=_written(candidates, value) if suggestions and rule.column == "disease" else (),
                    cause=source,
                )
            )
    return told


def _written(candidates: list[str], cell: str | None) -> list[str]:
    """Return the candidates that may be written in place of a cell: all of them where it holds one value."""
    return candidates if cell and SEVERAL not in cell else []


def _grouped(results: Iterable[Result], rules: Rules) -> Iterator[tuple[Rule, str, list[str], list[str]]]:
    """Unite what one rule says of one node: all its suggestions, and all values where no single cell is meant."""
    groups: dict[tuple[str, str, str | None], list[Result]] = defaultdict(list)
    for result in results:
        single = rules.by_iri[result.rule].column is not None
        groups[result.rule, result.focus, result.value if single else None].append(result)
    for (rule, focus, _), members in groups.items():
        values = sorted({member.value for member in members if member.value})
        suggestions = sorted({member.suggestion for member in members if member.suggestion})
        yield rules.by_iri[rule], focus[1:-1], values, suggestions


def _rows_of(resolved: Resolved) -> dict[str, list[int]]:
    """Each IRI with the records that speak of it."""
    named = [
        table.select(pl.col(column).alias("iri"), "record").drop_nulls()
        for table, columns in (
            (resolved.records, ("image", "specimen", "individual", "diagnosis")),
            (resolved.variants, ("variant",)),
            (resolved.interpretations, ("interpretation",)),
            (resolved.publications, ("publication",)),
            (resolved.contributors, ("contributor",)),
            (resolved.contributions, ("contribution", "consent", "deidentification")),
            (resolved.attributions, ("agent",)),
        )
        for column in columns
        if column in table.columns
    ]
    grouped = pl.concat(named).group_by("iri").agg(pl.col("record").unique().sort())
    return dict(grouped.iter_rows())


class _Cells:
    """The cells of records as they were written, and what they were resolved to."""

    def __init__(self, records: Records, resolved: Resolved) -> None:
        self.headings = records.headings
        self.written = {row["record"]: row for row in records.table.iter_rows(named=True)}
        self.resolved = {row["record"]: row for row in resolved.records.iter_rows(named=True)}

    def place(self, record: int, column: str | None) -> tuple[str, int, str | None, str | None]:
        """Return file, row, heading and text of a cell."""
        row = self.written[record]
        heading = self.headings[row["file"]].get(column, column) if column else None
        return row["file"], row["row"], heading, row.get(column) if column else None

    def contradiction(self, column: str, records: list[int]) -> list[str]:
        """Return the first place of each different cell of ``column``, with the cell."""
        first: dict[str, str] = {}
        for record in records:
            row = self.written[record]
            if cell := row.get(column):
                first.setdefault(cell, f"{row['file']}:{row['row']} “{cell}”")
        return list(first.values())

    def holding(self, rule: Rule, values: list[str], records: list[int]) -> list[int]:
        """Return those of ``records`` whose own cell holds one of ``values``; all of them where none does."""
        if rule.column is None:
            return records
        name = _RESOLVED_AS.get(rule.column, rule.column)
        wanted = {value[1:-1] for value in values if value.startswith("<")}

        def holds(record: int) -> bool:
            held = self.resolved[record].get(name)
            return bool(wanted.intersection(held if isinstance(held, list) else [held]))

        return [record for record in records if holds(record)] or records
