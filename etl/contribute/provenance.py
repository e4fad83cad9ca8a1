"""Provenance: what contributions say of themselves, and to whom their photographs are attributed (W3C PROV)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from etl.contribute.contribution import Contribution, Declaration, Institution, Person
from etl.resolve.records import Resolved
from etl.resolve.values.keys import text_key
from muscle_atlas.names import Names

_LANGUAGES = ("en", "fr")
_TEXTS = ("title", "description", "consent_statement", "deidentification_statement")


def trace(resolved: Resolved, contributions: Sequence[Contribution], names: Names) -> None:
    """Put the tables ``contributions`` and ``attributions`` beside resolved records, a row a record and more."""
    told = [(contribution, contribution.terms) for contribution in contributions if contribution.terms]
    known = [names.mint("contribution", contribution.identifier) for contribution, _ in told]
    # What is refused is not described; that its photographs are left out is told once.
    contribution = pl.when(pl.col("contribution").is_in(known)).then("contribution").alias("contribution")
    resolved.records = resolved.records.with_columns(contribution)
    if not told:
        return
    records = resolved.records.select("record", "image", "contribution", "synthetic").drop_nulls("contribution")
    rows = [_describe(one, names) for one, _ in told]
    described = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    name_of = {iri: min(called) for iri, called in agent_names(contributions, names).items()}
    attributed = pl.DataFrame(
        [row for one, terms in told for row in _attribute(one, terms.people, name_of, names)],
        schema=dict.fromkeys(("contribution", "agent", "agent_type", "agent_name", "affiliation", "whose"), pl.String),
        orient="row",
    )
    resolved.contributions = records.drop("image").join(described, on="contribution")
    joined = records.join(attributed, on="contribution")
    # Photographs are attributed to people; where people work is said of the people.
    own = pl.when(pl.col("whose") == "own")
    resolved.attributions = joined.with_columns(
        own.then("image").alias("image"), own.then("contribution").alias("contribution")
    ).drop("whose")


def agent_names(contributions: Iterable[Contribution], names: Names) -> dict[str, set[str]]:
    """Return the names that contributions give each person and institution, by IRI."""
    called: dict[str, set[str]] = defaultdict(set)
    for contribution in contributions:
        for person in contribution.terms.people if contribution.terms else ():
            for agent in (person, person.affiliation):
                if agent:
                    called[agent_iri(agent, names)].add(agent.name)
    return called


def agent_iri(agent: Person | Institution, names: Names) -> str:
    """Return the IRI of a person or institution: by ORCID or ROR, else one of ours, made from the name."""
    if isinstance(agent, Person) and agent.orcid:
        return names.expand(f"orcid:{agent.orcid}")
    if isinstance(agent, Institution) and agent.ror:
        return names.expand(f"ror:{agent.ror}")
    return names.mint("contributor", text_key(agent.name))


def _describe(contribution: Contribution, names: Names) -> dict[str, str | None]:
    terms = contribution.terms
    assert terms is not None  # noqa: S101 - only contributions that are not refused are described
    iri = names.mint("contribution", contribution.identifier)
    row: dict[str, str | None] = {
        "contribution": iri,
        "contribution_id": contribution.identifier,
        "contributed": terms.date,
        "licence": names.expand(terms.licence),
        "credit": terms.credit,
        "deposit": names.expand(terms.doi) if terms.doi else None,
        "contact": terms.contact,
    }
    texts: dict[str, str | None] = {"title": terms.title, "description": terms.description}
    for kind, declaration in (("consent", terms.consent), ("deidentification", terms.deidentification)):
        row |= _declare(kind, iri, declaration, names)
        texts[f"{kind}_statement"] = declaration.statement
    for text in _TEXTS:
        row |= {f"{text}_{code}": texts[text] if code == terms.language else None for code in _LANGUAGES}
    return row


def _declare(kind: str, contribution: str, declaration: Declaration, names: Names) -> dict[str, str | None]:
    return {
        kind: f"{contribution}/{kind}",
        f"{kind}_by": agent_iri(declaration.declared_by, names),
        f"{kind}_date": declaration.date,
    }


def _attribute(
    contribution: Contribution, people: Sequence[Person], name_of: dict[str, str], names: Names
) -> Iterator[tuple[str | None, ...]]:
    iri = names.mint("contribution", contribution.identifier)
    kinds = (names.expand("prov:Person"), names.expand("prov:Organization"))
    for person in people:
        agent = agent_iri(person, names)
        at = agent_iri(person.affiliation, names) if person.affiliation else None
        yield iri, agent, kinds[0], name_of[agent], at, "own"
        if at:
            yield iri, at, kinds[1], name_of[at], None, "of people"
