"""What singles out persons: a synthetic cohort, told by more and by less, and what --k and time cost.

Prints the tables of docs/privacy.md: `uv run python benchmarks/privacy.py`, with a number for the persons of the
timed run (default 500,000).
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from etl.describe.vocabulary import describe_vocabularies
from etl.generate.atlas import generate_records
from etl.privacy.generalising import generalise, parents_of
from etl.privacy.persons import EXACT, RAISED, WITHHELD, crowd, list_persons
from etl.problems import Rules
from etl.read.columns import Columns
from etl.read.records import read_records
from etl.resolve.records import resolve_records
from muscle_atlas.names import Names, default_base

PHOTOGRAPHS = 6180
"""Give 600 persons with the seed."""
SEED = 6
COHORT = 600


def cohort(names: Names) -> pl.DataFrame:
    """Return the persons of the synthetic cohort, as ``list_persons`` does."""
    rules, columns = Rules(names, "en"), Columns()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cohort.csv"
        generate_records(PHOTOGRAPHS, SEED).write_csv(path)
        records = read_records([path], rules, columns)
    return list_persons(resolve_records(records, rules, names, columns), names).head(COHORT)


def main(size: int) -> None:
    """Print the tables."""
    names = Names(default_base())
    persons = cohort(names)
    total = persons.height
    print(f"persons: {total}")
    print("| told of a person | alone | in cells of fewer than 5 |\n|---|---|---|")
    nothing = pl.lit("")
    ways = {
        "disease, sex, exact age, muscle": {},
        "disease, sex, band of ages, muscle": {"exact": pl.col("banded")},
        "disease, band of ages, muscle": {"exact": pl.col("banded"), "sex": nothing},
        "disease, band of ages": {"exact": pl.col("bands"), "sex": nothing},
        "disease": {"exact": nothing, "sex": nothing},
    }
    for way, columns in ways.items():
        crowds = crowd(persons.with_columns(pl.lit(EXACT).alias("level"), pl.lit("").alias("raised"), **columns))
        print(f"| {way} | {(crowds < 2).sum() / total:.0%} | {(crowds < 5).sum() / total:.0%} |")
    parents = parents_of(describe_vocabularies(names), names)
    print("| `--k` | age a band | sex gone | muscle gone | disease raised | nothing published |")
    print("|---|---|---|---|---|---|")
    for k in (2, 3, 5, 10):
        levels = generalise(persons, parents, k, EXACT)["level"]
        shown = levels.filter(levels < WITHHELD)
        steps = [f"{(shown >= level).sum() / total:.0%}" for level in range(1, RAISED + 1)]
        print(f"| {k} | {' | '.join(steps)} | {(levels == WITHHELD).sum() / total:.0%} |")
    many = pl.concat([persons] * (size // total + 1)).head(size)
    many = many.with_columns(pl.concat_str("individual", pl.int_range(pl.len()).cast(pl.String)).alias("individual"))
    began = time.perf_counter()
    generalise(many, parents, 5_000, EXACT)
    print(f"{many.height} persons, k = 5,000: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
