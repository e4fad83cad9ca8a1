"""Telling what was published less of, record by record."""

from collections.abc import Iterator

from etl.privacy.protection import Protection
from etl.problems import Problem, Rules
from etl.read.records import Records
from etl.validate.tell import Speaker

_RULES = {
    "age": "privacy-age-banded",
    "sex": "privacy-sex-withheld",
    "muscle": "privacy-muscle-withheld",
    "disease": "privacy-disease-raised",
    "record": "privacy-record-withheld",
}


def tell_steps(protection: Protection, records: Records, rules: Rules, speaker: Speaker) -> Iterator[Problem]:
    """Give a problem of severity info for each record and step.

    Args:
        protection: what was done.
        records: the records as they were read, for their places.
        rules: the catalogue.
        speaker: says what diseases are called.
    """
    table = records.table.select("record", "file", "row")
    places: dict[int, tuple[str, int]] = {record: (file, row) for record, file, row in table.iter_rows()}
    diseases: dict[int, list[str]] = dict(protection.resolved.records.select("record", "disease").iter_rows())
    for record, of in protection.steps:
        rule = rules[_RULES[of]]
        file, row = places[record]
        raised = diseases[record] if of == "disease" else []
        column = str(rule.column)
        yield rule.tell(
            file=file,
            row=row,
            column=records.headings[file].get(column, column),
            bindings={
                "k": str(protection.summary.k),
                "raised": ", ".join(speaker.say(f"<{iri}>") for iri in raised),
            },
        )
