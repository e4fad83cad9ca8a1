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
from muscle_atlas.terms.words.resolver import Answer, Resolver
from muscle_atlas.terms.words.shelf import Shelf

CELLS, DISTINCT = 1_000_000, 2_000


@dataclass
class Asking:
    """A word, and what came of it."""

    asked: Asked
    answer: Answer
    seconds: float
    processor: float
    """Seconds of processor time: what is left to compare where others use the machine, too."""

    @property
    def accepted(self) -> str | None:
        """What was accepted."""
        return self.answer.match.identifier

    @property
    def right(self) -> bool:
        """Whether that is what the word stands for."""
        return self.accepted == self.asked.expected

    @property
    def told(self) -> bool:
        """Whether the right term is among five candidates."""
        return self.asked.expected in [one.identifier for one in self.answer.match.candidates[:5]]


_SECONDS: tuple[Callable[[Asking], float], ...] = (lambda one: one.seconds, lambda one: one.processor)


def _most(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


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


def _time_table(words: Sequence[Asking], shelf: Shelf, seed: int) -> None:
    """Print the seconds that a column of a million cells takes, as a build resolves it."""
    chance = random.Random(seed)  # noqa: S311
    with shelf.slices["ordo"].open() as database:
        names_of_diseases = [name for (name,) in database.execute("SELECT text FROM name ORDER BY number")]
    slips = [one.asked.word for one in words if one.asked.kind == "disease" and one.asked.group == "misspelt"]
    fitting = [name for name in names_of_diseases if ";" not in name and name.strip() == name]
    distinct = slips[: DISTINCT // 20] + chance.sample(fitting, DISTINCT - DISTINCT // 20)
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
    started, spent = time.perf_counter(), time.process_time()
    split = cells.split(rows, "disease")
    matches = cells.lexicon("disease").resolve_words(split["value"].unique(maintain_order=True))
    accepted = {word: match.identifier for word, match in matches.items()}
    split.with_columns(pl.col("value").replace_strict(accepted, return_dtype=pl.String).alias("disease"))
    seconds, processor = time.perf_counter() - started, time.process_time() - spent
    unknown = sum(match.outcome == "unknown" for match in matches.values())
    what = f"{CELLS:,} cells with {len(distinct):,} distinct words, {unknown} unknown"
    print(f"| {what} | {seconds:.2f} s | {processor:.2f} s |")


def main() -> None:
    """Ask, and print the figures as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--terms", type=Path, required=True, help="folder of the installed releases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=60, help="words of every kind, group and half")
    parser.add_argument("--wrong", type=Path, help="file for the wrong answers, but for held-out words")
    options = parser.parse_args()

    started = time.perf_counter()
    shelf = Shelf.of_folder(options.terms)
    resolver = Resolver(Names(default_base()), "en", shelf)
    loading = time.perf_counter() - started
    asked = make_words(shelf.slices, options.seed, options.each)
    resolver.resolve("RYR1")
    askings = []
    for one in asked:
        started, spent = time.perf_counter(), time.process_time()
        answer = resolver.resolve(one.word, one.kind)
        askings.append(Asking(one, answer, time.perf_counter() - started, time.process_time() - spent))

    print(f"{len(askings):,} words, of {', '.join(' '.join(pair) for pair in sorted(shelf.releases.items()))}.\n")
    for title, held_out in (("Held out", True), ("Looked at while tuning", False)):
        part = [one for one in askings if one.asked.held_out == held_out]
        print(f"| {title}: {len(part):,} words | |\n|---|---|")
        print("\n".join(_figures(part)), "\n")
    slips = [one for one in askings if one.asked.group == "misspelt"]
    print("| Speed | by the clock | of the processor |\n|---|---|---|")
    print(f"| loading | {loading:.2f} s | |")
    accepted = [one for one in askings if one.accepted]
    for name, words in (("a word that is accepted", accepted), ("a misspelt word", slips)):
        for what, reckon in (("mean", statistics.mean), ("95 of 100 within", _most)):
            clock, processor = (reckon([1000 * seconds(one) for one in words]) for seconds in _SECONDS)
            print(f"| {name}, {what} | {clock:.1f} ms | {processor:.1f} ms |")
    _time_table(askings, shelf, options.seed)
    if options.wrong:
        _write_wrong(options.wrong, askings)


def _write_wrong(path: Path, askings: Iterable[Asking]) -> None:
    wrong = [
        {**one.answer.as_json(), "group": one.asked.group, "expected": one.asked.expected}
        for one in askings
        if not one.asked.held_out and not (one.right or (one.asked.group == "misspelt" and one.told))
    ]
    path.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in wrong), encoding="utf-8")


if __name__ == "__main__":
    main()
