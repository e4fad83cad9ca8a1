"""Conflicts between contributions: what two teams tell that cannot both be so, told at both places."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from etl.contribute.contribution import Contribution
from etl.contribute.provenance import agent_names
from etl.problems import Problem, Rules
from etl.read.records import Records
from etl.resolve.records import Resolved
from muscle_atlas.names import Names

_SHOWN = 3
"""Places of others that are told."""
_ONE_INDIVIDUAL = ("publication", "variant", "sex", "age", "muscle")
"""What two individuals of one publication hardly share all of."""


@dataclass
class Conflicts:
    """What is told of them, and the records that cannot be published with them."""

    problems: list[Problem] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)


def find_conflicts(
    records: Records, resolved: Resolved, contributions: Sequence[Contribution], rules: Rules, names: Names
) -> Conflicts:
    """Compare contributions with each other and with the records that came without one.

    Args:
        records: the records as they were read.
        resolved: the same, resolved, with the columns of their pictures.
        contributions: those that were given.
        rules: the catalogue that problems are told from.
        names: the names of the atlas.
    """
    found = Conflicts()
    if not contributions:
        return found
    found.problems += _compare_declarations(contributions, rules, names)
    places = {
        record: f"{file}:{row}" for record, file, row in records.table.select("record", "file", "row").iter_rows()
    }
    cells = {row["record"]: row for row in records.table.iter_rows(named=True)}
    for rule, groups in _groups(resolved):
        for group in groups:
            for record, whose in group.items():
                others = [places[other] for other, of in group.items() if of != whose]
                column = str(rules[rule].column)
                cell = cells[record]
                problem = rules[rule].tell(
                    file=cell["file"],
                    row=cell["row"],
                    column=records.headings[cell["file"]].get(column, column),
                    value=cell[column],
                    candidates=others[:_SHOWN],
                )
                found.problems.append(problem)
                if problem.severity == "violation":
                    found.rejected.add(record)
    return found


Group = dict[int, str | None]
"""Records that share what they should not, each with its contribution."""


def _groups(resolved: Resolved) -> Iterator[tuple[str, Iterator[Group]]]:
    records = resolved.records
    if "sha256" in records.columns:
        pictured = records.drop_nulls("sha256")
        licences = pl.col("licence").drop_nulls().n_unique().over("sha256")
        yield "contribution-licences-differ", _shared(pictured.filter(licences > 1), ["sha256"])
        yield "contribution-picture-twice", _shared(pictured.filter(licences <= 1), ["sha256"])
    variants = resolved.variants.drop_nulls("gene").join(records.select("record", "contribution"), on="record")
    several = variants.filter(pl.col("gene").n_unique().over("variant") > 1)
    yield "contribution-variant-genes-differ", _shared(several, ["variant"])
    alike = records.drop_nulls(_ONE_INDIVIDUAL).with_columns(
        pl.col("publication", "variant").list.sort().list.join(" ")
    )
    first = alike.unique("individual", keep="first", maintain_order=True)
    yield "contribution-individual-twice", _shared(first, list(_ONE_INDIVIDUAL))


def _shared(table: pl.DataFrame, by: list[str]) -> Iterator[Group]:
    """Give the records that are alike in some columns and of different contributions, or one of none."""
    whose = pl.col("contribution").fill_null("").n_unique().over(by)
    for _, group in table.filter(whose > 1).group_by(by, maintain_order=True):
        yield dict(group.select("record", "contribution").iter_rows())


def _compare_declarations(contributions: Sequence[Contribution], rules: Rules, names: Names) -> Iterator[Problem]:
    deposits: dict[str, list[Contribution]] = defaultdict(list)
    for contribution in contributions:
        if contribution.terms and contribution.terms.doi:
            deposits[contribution.terms.doi].append(contribution)
    for doi, several in deposits.items():
        for contribution in several if len(several) > 1 else ():
            others = [other.place for other in several if other is not contribution]
            yield rules["contribution-doi-twice"].tell(
                file=contribution.place, column="doi", value=doi, candidates=others[:_SHOWN]
            )
    called = {iri: sorted(several) for iri, several in agent_names(contributions, names).items() if len(several) > 1}
    for contribution in contributions:
        for iri in sorted(agent_names([contribution], names).keys() & called.keys()):
            yield rules["contribution-agent-names-differ"].tell(
                file=contribution.place, column="people", value=names.compress(iri), candidates=called[iri]
            )
