"""Records that come back although they were taken back: they are left out of every later build, and told."""

from dataclasses import replace

import polars as pl

from etl.problems import Problem, Rules
from etl.read.records import Records
from etl.resolve.identity import prefixed
from etl.resolve.records import Resolved
from etl.withdraw.rewriting import withdrawn_rows
from etl.withdraw.tombstones import Tombstones
from muscle_atlas.names import Names

_COLUMNS = {"image": "image_id", "specimen": "specimen_id", "individual": "individual_id"}


def leave_out(
    records: Records, resolved: Resolved, tombstones: Tombstones, rules: Rules, names: Names
) -> tuple[Records, Resolved]:
    """Return records without those that were taken back.

    Of each no more is told than where it stands, since the report is kept with the release.
    """
    gone = tombstones.for_ever
    if not gone:
        return records, resolved
    # As they are written, too: copies of one id are resolved under stand-ins.
    written = records.table.select(
        "record",
        *(pl.concat_str(pl.lit(names.mint(thing, "")), prefixed(_COLUMNS[thing])).alias(thing) for thing in _COLUMNS),
    )
    things = pl.concat([resolved.records.select("record", *_COLUMNS, "contribution"), written], how="diagonal")
    back = things.filter(withdrawn_rows(things, gone))
    numbers = set(back["record"])
    if not numbers:
        return records, resolved
    table = records.table.filter(~pl.col("record").is_in(list(numbers)))
    places = records.table.filter(pl.col("record").is_in(list(numbers))).select("file", "row", "record")
    told = [
        rules["record-withdrawn"].tell(
            file=file,
            row=row,
            column=records.headings[file].get("image_id", "image_id"),
            bindings={"date": _date(back.filter(record=record), tombstones)},
        )
        for file, row, record in places.iter_rows()
    ]
    left_out = set(places.select("file", "row").iter_rows())

    def others(problems: list[Problem]) -> list[Problem]:
        return [problem for problem in problems if (problem.file, problem.row) not in left_out]

    kept = resolved.without(numbers)
    kept.problems = others(resolved.problems)
    kept.rejected = resolved.rejected - numbers
    return replace(records, table=table, problems=others(records.problems) + told), kept


def _date(rows: pl.DataFrame, tombstones: Tombstones) -> str:
    named = {iri for row in rows.drop("record").iter_rows() for iri in row if iri in tombstones.by_iri}
    return min(tombstones.by_iri[iri].moment[:10] for iri in named)
