"""Reports on the terminal: readable for people, plain in a pipe, in English or French."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.progress_bar import ProgressBar
from rich.table import Table

from etl.problems import Problem
from muscle_atlas.listing import Entry, list_problems
from muscle_atlas.settings import Language

if TYPE_CHECKING:
    # Only named here: what they need takes a second to load, which a list of releases can do without.
    from endpoint.federation.checks import Check
    from etl.reports.report import Progress as Phases
    from etl.reports.report import Report, Told
    from etl.reports.summary import Line
    from etl.validate.graphs import GraphReport

LONGEST = 200
"""Signs of a text that are shown; --json gives it whole."""

_DIGITS = 12
"""Digits of a checksum that are shown, as version control shows them."""

_WIDE = 1_000
"""Signs of a line in a pipe."""

_COLOURS = {"violation": "bold red", "warning": "yellow", "info": "cyan"}


class Printer:
    """Prints reports in one language."""

    def __init__(self, language: Language) -> None:
        words = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
        self._words: dict[str, str] = {key: both[language] for key, both in words.items()}
        self._console = Console(highlight=False, soft_wrap=True, emoji=False)

    def say(self, word: str, **values: object) -> str:
        """Return a phrase of ``words.json`` with its values filled in."""
        return self._words[word].format(**values)

    @contextmanager
    def progress(self, *, quiet: bool) -> Iterator["Phases"]:
        """Give a function that shows which phase a build is in, and how far, on a terminal only."""
        console = Console(stderr=True)
        if quiet or not console.is_terminal:
            yield lambda phase, done=0, total=0, /: None  # noqa: ARG005 - named as Progress names them
            return
        with console.status("…") as status:

            def show(phase: str, done: int = 0, total: int = 0, /) -> None:
                shown = Table.grid(padding=(0, 1))
                counted = (ProgressBar(total, done, width=40), f"{done} / {total}") if total else ()
                shown.add_row(f"{self.say(phase)} …", *counted)
                status.update(shown)

            yield show

    @contextmanager
    def transfers(self, *, quiet: bool) -> Iterator[Callable[[str, int, int | None], None]]:
        """Give a function that shows how many bytes of which file have come, on a terminal only."""
        console = Console(stderr=True)
        if quiet or not console.is_terminal:
            yield lambda name, done, total: None  # noqa: ARG005 - named as the other
            return
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("…")

            def show(name: str, done: int, total: int | None) -> None:
                progress.update(task, description=name, completed=done, total=total)

            yield show

    def report(self, report: "Report", *, published: bool) -> None:
        """Print what a build (``published``) or a check came to."""
        self.problems(report.problems)
        self._summary(report.summary())
        line = self.say("taken", images=report.images, rejected=report.rejected)
        if (seconds := report.seconds["total"]) is not None:
            line += f" ({self.say('seconds', seconds=seconds)})"
        self._console.print(line)
        self._privacy(report.privacy.as_json())
        if report.release:
            self._console.print(self.say("published", release=report.release), style="bold")
        else:
            self._console.print(self.say("nothing" if published else "checked"))
        self._next(report, "next_served" if published else "next_build")

    def _privacy(self, privacy: dict[str, Any]) -> None:
        """Print under which policy, and whom it singles out all the same."""
        ids = self.say("pseudonymous" if privacy["pseudonymised"] else "ids_given")
        k = privacy["k"] or self.say("no_k")
        self._console.print(self.say("privacy", **{**privacy, "ids": ids, "k": k}))
        if privacy["inferred"]:
            self._console.print(self.say("privacy_inferred", **privacy))
        if privacy["k"]:
            self._console.print(self.say("privacy_steps", **privacy, **privacy["generalised"]))
        self._console.print(self.say("privacy_risks", **privacy["risks"]))

    def graph_report(self, report: "GraphReport") -> None:
        """Print what the validation of RDF came to."""
        self.problems(report.problems)
        self._summary(report.summary())
        if not report.problems:
            self._console.print(self.say("conforms"))
        self._console.print(self.say("triples", triples=report.triples))
        if report.problems:
            self._next(report, "next_nothing")

    def releases(self, found: Sequence[dict[str, Any]]) -> None:
        """Print a table of releases."""
        rows = []
        for release in found:
            mark = f" ← {self.say('current')}" if release["current"] else ""
            counts = (str(release["images"]), str(release["rejected"]), str(release["withdrawn"]))
            rows.append(
                (release["release"] + mark, *counts, ", ".join(sha256[:_DIGITS] for sha256 in release["inputs"]))
            )
        self.table(("release", "photographs", "left_out", "withdrawn", "checksums"), rows)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table: heads are phrases of ``words.json``, cells are told as they are."""
        table = Table(box=None, pad_edge=False)
        for head in heads:
            # Folded, because a path that is cut short names nothing.
            table.add_column(self.say(head), overflow="fold")
        for row in rows:
            table.add_row(*(escape(shown(cell)) for cell in row))
        # In a pipe no line is broken: programs read it by the line.
        console = self._console if self._console.is_terminal else Console(highlight=False, width=_WIDE)
        console.print(table)

    def checks(self, found: "Sequence[Check]") -> None:
        """Print what came of asking services."""
        heads = (self.say(word) for word in ("service", "iri", "status", "milliseconds"))
        table = Table(*heads, box=None, pad_edge=False)
        for check in found:
            status = shown(check.failure) if check.failure else self.say("answers")
            colour = "red" if check.failure else "green"
            cells = (escape(text) for text in (check.service.name, check.service.address, status))
            table.add_row(*cells, str(check.milliseconds), style=colour)
        # An address is never broken, however narrow the terminal.
        Console(highlight=False, width=1_000).print(table)

    def text(self, text: str, *, style: str = "") -> None:
        """Print a text that is none of ours, as it is written."""
        self._console.print(escape(shown(text, 5 * LONGEST)), style=style)

    def line(self, word: str, **values: object) -> None:
        """Print one phrase."""
        self._console.print(self.say(word, **values))

    def problems(self, problems: Sequence[Problem]) -> None:
        """Print problems file by file, the worst first, at most so many of a rule."""
        listing = list_problems(problems)
        for number, entries in enumerate(listing.files):
            if number:
                self._console.print()
            for entry in entries:
                self._entry(entry)
        for name, count in sorted(listing.left.items()):
            self._console.print(self.say("more", count=count, rule=name), style="dim")

    def _entry(self, entry: Entry) -> None:
        problem = entry.problem
        place = [entry.place]
        if problem.column:
            place.append(shown(problem.column) + self._quoted(problem.value))
        elif problem.focus and problem.row is None:
            place.append(problem.focus + self._quoted(problem.value))
        if len(entry.rows) > 1:
            place.append(self.say("rows_spoiled", rows=len(entry.rows)))
        colour = _COLOURS[problem.severity]
        told = escape(" · ".join(part for part in place if part))
        self._console.print(
            f"[bold]{told}[/bold]{'  ' if told else ''}"
            f"[{colour}]{self.say(problem.severity)}[/{colour}] [dim]{problem.name}[/dim]"
        )
        self._console.print(f"    {escape(shown(problem.message, 5 * LONGEST))}")
        if problem.suggestion:
            self._console.print(f"    [green]→[/green] {escape(shown(problem.suggestion, 10 * LONGEST))}")

    def _quoted(self, value: str | None) -> str:
        return f" {self.say('quoted', value=shown(value))}" if value else ""

    def _summary(self, lines: "Sequence[Line]") -> None:
        """Print how many causes each rule has, and how many rows they spoil where those are more."""
        if not lines:
            return
        self._console.print()
        for line in lines:
            colour = _COLOURS[line.severity]
            rows = f" {self.say('in_rows', rows=line.rows)}" if line.rows > line.causes else ""
            self._console.print(
                f"{line.causes:5d}  [{colour}]{self.say(line.severity):13}[/{colour}]  {line.name}{rows}"
            )
        self._console.print()

    def _next(self, report: "Told", done: str) -> None:
        """Print what to do next: about the worst there is, else what ``done`` says."""
        worst = next(iter(report.summary()), None)
        if worst and worst.severity != "info":
            about = "next_graph" if report.rows_are_lines else f"next_{worst.severity}"
            self._console.print(self.say(about, rule=worst.name), style="bold")
        else:
            self._console.print(self.say(done), style="bold")


def shown(text: str, longest: int = LONGEST) -> str:
    """Return a text that a terminal can be trusted with: no control signs, and not endless."""
    plain = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
    return plain if len(plain) <= longest else f"{plain[:longest]}…"
