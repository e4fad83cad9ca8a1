"""Asks a resolver words whose meaning is known, and prints how many it got right and how long it took.

``uv run python -m benchmarks.resolve --terms DIR``: DIR is made by ``muscle-atlas terms update --terms DIR``.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.asked import EXACT, OTHER, Asked, make_words
from etl.problems import Rules
from etl.read.columns import Columns
from etl.read.records import Records
from etl.resolve.cells import Cells
from muscle_atlas.names import Names, default_base
from muscle_atlas.terms.resolver import Answer, Resolver
from muscle_atlas.terms.shelf import Shelf

CELLS, DISTINCT = 1_000_000, 2_000


@dataclass
class Asking:
    """A word, and what came of it."""

    asked: Asked
    answer: Answer
    seconds: float

    @property
    def accepted(self) -> str | None:
        return self.answer.match.identifier

    @property
    def right(self) -> bool:
        return self.accepted == self.asked.expected

    @property
    def told(self) -> bool:
        """Whether the right term is among five candidates."""
        return self.asked.expected in [one.identifier for one in self.answer.match.candidates[:5]]


def _share(count: int, whole: int) -> str:
    return f"{100 * count / whole:6.2f} % ({count:,} of {whole:,})" if whole else "—"


def _line(name: str, words: Iterable[Asking], good: Callable[[Asking], bool]) -> str:
    words = list(words)
    return f"| {name} | {_share(sum(map(good, words)), len(words))} |"


def _figures(words: Sequence[Asking]) -> list[str]:
    def of(*groups: str) -> list[Asking]:
        return [one for one in words if one.asked.group in groups]

    misspelt = of("misspelt")
    not_to_accept = [one for one in words if one.asked.group in ("ambiguous", "misspelt") or not one.asked.expected]
    lines = [
        _line("precision of what is accepted", (one for one in words if one.accepted), lambda one: one.right),
        _line("ambiguous or misspelt, and accepted", not_to_accept, lambda one: one.accepted is not None),
        _line("recall of exact and folded names, identifiers", of(*EXACT), lambda one: one.right),
        _line("recall of synonyms, former names, references", of(*OTHER), lambda one: one.right),
        *(_line(f"· {group}", of(group), lambda one: one.right) for group in (*EXACT, *OTHER, "withdrawn", "hand")),
        _line("misspelt: right one among five candidates", misspelt, lambda one: one.told),
    ]
    for kind in dict.fromkeys(one.asked.kind for one in misspelt):
        for listed, where in ((True, "in the atlas"), (False, "elsewhere")):
            half = [one for one in misspelt if one.asked.kind == kind and one.asked.listed == listed]
            lines.append(_line(f"· {kind}, {where}", half, lambda one: one.told))
    return lines


def _time_table(words: Sequence[Asking], shelf: Shelf, seed: int) -> float:
    """Return the seconds that a column of a million cells takes, as a build resolves it."""
    chance = random.Random(seed)  # noqa: S311
    known = [one.asked.word for one in words if one.asked.kind == "disease" and ";" not in one.asked.word]
    distinct = chance.sample(known, min(DISTINCT, len(known)))
    rows = pl.DataFrame(
        {
            "record": pl.int_range(CELLS, dtype=pl.UInt32, eager=True),
            "file": ["records.csv"] * CELLS,
            "row": pl.int_range(2, CELLS + 2, eager=True),
            "disease": chance.choices(distinct, k=CELLS),
        }
    )
    names = Names(default_base())
    cells = Cells(Records(rows, {"records.csv": {}}, [], []), Rules(names, "en"), names, Columns(), shelf)
    started = time.perf_counter()
    split = cells.split(rows, "disease")
    matches = cells.lexicon("disease").resolve_words(split["value"].unique(maintain_order=True))
    accepted = {word: match.identifier for word, match in matches.items()}
    split.with_columns(pl.col("value").replace_strict(accepted, return_dtype=pl.String).alias("disease"))
    print(f"| {CELLS:,} cells with {len(distinct):,} distinct words | {time.perf_counter() - started:.2f} s |")
    return time.perf_counter() - started


def main() -> None:
    """Ask, and print the figures as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--terms", type=Path, required=True, help="folder of the installed releases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=60, help="words of every kind, group and half")
    parser.add_argument("--wrong", type=Path, help="file that the words of the tuned part with wrong answers are kept in")
    options = parser.parse_args()

    started = time.perf_counter()
    shelf = Shelf.of_folder(options.terms)
    resolver = Resolver(Names(default_base()), "en", shelf)
    loading = time.perf_counter() - started
    asked = make_words(shelf.slices, options.seed, options.each)
    resolver.resolve("RYR1")
    askings = []
    for one in asked:
        started = time.perf_counter()
        answer = resolver.resolve(one.word, one.kind)
        askings.append(Asking(one, answer, time.perf_counter() - started))

    print(f"{len(askings):,} words, of {', '.join(' '.join(pair) for pair in sorted(shelf.releases.items()))}.\n")
    for title, held_out in (("Held out", True), ("Looked at while tuning", False)):
        part = [one for one in askings if one.asked.held_out == held_out]
        print(f"| {title}: {len(part):,} words | |\n|---|---|")
        print("\n".join(_figures(part)), "\n")
    slips = sorted(1000 * one.seconds for one in askings if one.asked.group == "misspelt")
    others = [1000 * one.seconds for one in askings if one.accepted]
    print("| Speed | |\n|---|---|")
    print(f"| loading | {loading:.2f} s |")
    print(f"| a word that is accepted, mean | {statistics.mean(others):.2f} ms |")
    print(f"| candidates of a misspelt word, mean | {statistics.mean(slips):.1f} ms |")
    print(f"| · 95 of 100 within | {slips[int(0.95 * len(slips))]:.1f} ms |\n| · slowest | {slips[-1]:.1f} ms |")
    _time_table(askings, shelf, options.seed)
    if options.wrong:
        wrong = [one for one in askings if not one.asked.held_out and not (one.told if one.asked.group == "misspelt" and not one.accepted else one.right)]
        told = [{**one.asked.__dict__, **one.answer.as_json()} for one in wrong]
        options.wrong.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in told), encoding="utf-8")


if __name__ == "__main__":
    main()
