"""Reports on the terminal: readable for people, plain in a pipe."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from etl.build import PHASES, Report
from etl.check_graph import GraphReport
from etl.problems import SEVERITIES, Problem

SHOWN = 20
"""How many problems of one rule are printed; the summary counts them all."""

_COLOURS = {"violation": "bold red", "warning": "yellow", "info": "cyan"}


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Give a function that shows which phase a build is in, on a terminal only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("…") as status:
        yield lambda phase: status.update(f"{PHASES.index(phase) + 1}/{len(PHASES) - 1} {phase} …")


def print_report(report: Report) -> None:
    """Print what a build or check came to."""
    console = Console(highlight=False, soft_wrap=True)
    _print_problems(console, report.problems)
    _print_summary(console, report.problems)
    taken = f"{report.images} photograph{'' if report.images == 1 else 's'} taken"
    left_out = f"{report.rejected} row{'' if report.rejected == 1 else 's'} left out"
    seconds = report.seconds["total"]
    console.print(f"{taken}, {left_out}" + (f" ({seconds:.1f} s)" if seconds is not None else "") + ".")
    if report.release:
        console.print(f"Release [bold]{report.release}[/bold] is published.")
    elif report.exit_code:
        console.print("Nothing is published." if report.exit_code > 1 else "", end="\n" if report.exit_code > 1 else "")


def print_graph_report(report: GraphReport) -> None:
    """Print what the validation of RDF came to."""
    console = Console(highlight=False, soft_wrap=True)
    _print_problems(console, report.problems)
    _print_summary(console, report.problems)
    console.print(f"{report.triples} triples validated.")


def print_releases(found: Sequence[dict[str, Any]]) -> None:
    """Print a table of releases."""
    console = Console(highlight=False)
    table = Table("release", "photographs", "left out", "records", box=None)
    for release in found:
        mark = " ← current" if release["current"] else ""
        table.add_row(
            release["release"] + mark, str(release["images"]), str(release["rejected"]), ", ".join(release["files"])
        )
    console.print(table)


def _print_problems(console: Console, problems: Sequence[Problem]) -> None:
    shown: Counter[str] = Counter()
    for problem in problems:
        shown[problem.name] += 1
        if shown[problem.name] > SHOWN:
            continue
        place = ":".join(str(part) for part in (problem.file, problem.row) if part is not None)
        cell = f" · {problem.column}" if problem.column else ""
        value = f" “{problem.value}”" if problem.value and problem.column else ""
        focus = f" · {problem.focus}" if problem.focus and problem.row is None else ""
        colour = _COLOURS[problem.severity]
        console.print(
            f"{escape(place)}{escape(cell)}{escape(value)}{escape(focus)}  "
            f"[{colour}]{problem.severity}[/{colour}] [dim]{problem.name}[/dim]"
        )
        console.print(f"    {escape(problem.message)}")
        if problem.suggestion:
            console.print(f"    [dim]→[/dim] {escape(problem.suggestion)}")


    for name, count in sorted(shown.items()):
        if count > SHOWN:
            console.print(f"… and {count - SHOWN} more of {name}; --json tells all.")


def _print_summary(console: Console, problems: Sequence[Problem]) -> None:
    counts = Counter((problem.severity, problem.name) for problem in problems)
    if not counts:
        return
    console.print()
    for (severity, name), count in sorted(counts.items(), key=lambda item: (SEVERITIES.index(item[0][0]), item[0][1])):
        colour = _COLOURS[severity]
        console.print(f"{count:5d}  [{colour}]{severity:9}[/{colour}]  {name}")
    console.print()
