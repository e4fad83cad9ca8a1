"""French names of muscles, modern and older."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .facts import Muscle
from .tables import read_rows, terms_heading, write_table
from .words import ALTERNATIVE, CURATED, FORMER, PREFERRED, Pair, Word, distinct

Labels = Mapping[str, Mapping[str, Any]]
CHECKED: Path = Path(__file__).with_suffix(".tsv")
# Modern names as the facts write them beside older ones, and a short name in use: TA2.csv writes otherwise.
OTHERWISE = {
    "brachio-radial": "UBERON:0011011",
    "gastrocnémien latéral": "UBERON:0011908",
    "gastrocnémien médial": "UBERON:0011907",
    "quadriceps": "UBERON:0001377",
    "semi-membraneux": "UBERON:0001381",
    "semi-tendineux": "UBERON:0001375",
}


def checked() -> list[Muscle]:
    """Return the names that the facts tables lack and that were looked up at their source."""
    return [Muscle(row["french"], row["id"]) for row in read_rows(CHECKED)]


def label_of(muscle: Muscle) -> str:
    """Return the name as it stands in a sentence: `muscle deltoïde`."""
    return muscle.name[0].lower() + muscle.name[1:]


def write_labels(path: Path, muscles: Iterable[Muscle]) -> None:
    """Write the modern name of each muscle, in a table of its own for the sake of its licence."""
    rows = [(muscle.id, label_of(muscle)) for muscle in muscles]
    write_table(path, terms_heading(path.stem), ("id", "label_fr"), rows)


def modern_words(muscles: Iterable[Muscle], labels: Labels, taken: Collection[Pair]) -> list[Word]:
    """Every name with and without `muscle` before it."""
    named = [(name, muscle.id, tier) for muscle in muscles for name, tier in written(label_of(muscle))]
    named += [(name, curie, ALTERNATIVE) for name, curie in OTHERWISE.items()]
    return distinct((Word(name, curie, labels[curie]["label"], tier, CURATED) for name, curie, tier in named), taken)


def written(label: str) -> Iterator[tuple[str, str]]:
    """Yield the ways in which a French name is written, each with its tier."""
    short = label.removeprefix("muscle ").removeprefix("muscles ")
    names = {label: PREFERRED}
    whole = short.startswith(("de ", "chef "))
    if short != label and not whole:
        names[short] = ALTERNATIVE
    elif " " in short and not whole:
        names[f"muscle {short}"] = ALTERNATIVE
    yield from names.items()


def older_words(muscles: Iterable[Muscle], labels: Labels, taken: Collection[Pair]) -> list[Word]:
    """Older names, with what the facts remark on them."""
    words = (Word(m.name, m.id, labels[m.id]["label"], FORMER, CURATED, m.remark) for m in muscles)
    return distinct(words, taken)
